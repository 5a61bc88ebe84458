# --strace: one line a system call on standard error, as strace writes them.
# needs: aarch64-linux-gnu-gcc

$ cat >calls.c <<'C'
> static long call(long n, long a, long b, long c, long d, long e, long f)
> {
>     register long x0 __asm__("x0") = a, x1 __asm__("x1") = b;
>     register long x2 __asm__("x2") = c, x3 __asm__("x3") = d;
>     register long x4 __asm__("x4") = e, x5 __asm__("x5") = f;
>     register long x8 __asm__("x8") = n;
>     __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4),
>                      "r"(x5), "r"(x8) : "memory");
>     return x0;
> }
> static char buffer[64], text[] = "tab\t \"quoted\" \\ \1" "2\377 and more than 32";
> static struct { const void *base; long n; } list[] = {{"ab\n", 3}, {"c", 1}};
> void _start(void)
> {
>     call(214, 0, 0, 0, 0, 0, 0);
>     call(56, -100, (long)"/words", 0x80000, 0, 0, 0);
>     call(63, 3, (long)buffer, 64, 0, 0, 0);
>     call(56, -100, (long)"/none", 01101, 0644, 0, 0);
>     call(57, 9, 0, 0, 0, 0, 0);
>     call(222, 0, 8192, 3, 0x22, -1, 0);
>     call(226, 0, 4096, 0, 0, 0, 0);
>     call(64, 1, (long)text, sizeof text - 1, 0, 0, 0);
>     call(64, 1, 16, 1, 0, 0, 0);
>     call(66, 1, (long)list, 2, 0, 0, 0);
>     call(198, 2, 1, 0, 0, 0, 0);
>     call(500, 1, 2, 0, 0, 0, 0);
>     call(98, (long)buffer + 60, 128, 0, 0, 0, 0);
> }
> C

$ aarch64-linux-gnu-gcc -O1 -static -nostdlib -ffreestanding -o calls.elf calls.c

$ mkdir -p root; printf 'some\nwords\n' >root/words

$ armgpu run calls.elf -b cpu --root root --file-bytes 0 --strace 0 2>&1 >out.txt | sed 's/0x[0-9a-f]\{5,\}/ADDRESS/g'
brk(NULL) = ADDRESS
openat(AT_FDCWD, "/words", O_RDONLY|O_CLOEXEC) = 3
read(3, "some\nwords\n", 64) = 11
openat(AT_FDCWD, "/none", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 EROFS (Read-only file system)
close(9) = -1 EBADF (Bad file descriptor)
mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ADDRESS
mprotect(NULL, 4096, PROT_NONE) = -1 ENOMEM (Cannot allocate memory)
write(1, "tab\t \"quoted\" \\ \0012\377 and more tha"..., 36) = 36
write(1, 0x10, 1) = -1 EFAULT (Bad address)
writev(1, [{iov_base="ab\n", iov_len=3}, {iov_base="c", iov_len=1}], 2) = 4
socket(2, 0x1, 0) = -1 ENOSYS (Function not implemented)
syscall_500(0x1, 0x2, 0, 0, 0, 0) = -1 ENOSYS (Function not implemented)
futex(ADDRESS, 0x80, 0, NULL, NULL, 0) = ? (deadlock)
armgpu: deadlock at ADDRESS (call+0x1c) with code 0x62
armgpu: system calls that there are not, and got ENOSYS: socket, 500

$ wc -c <out.txt | tr -d ' '
40

$ armgpu run calls.elf -b cpu -q --root root --strict-syscalls --strace 0 2>&1 >out.txt | tail -2 | cut -c1-30
writev(1, [{iov_base="ab\n", i
socket(2, 0x1, 0) = ? (syscall

$ armgpu run calls.elf -b cpu --root root --summary --strace 0 >/dev/null 2>trace.txt; grep -c ' = ' trace.txt
13

$ for n in 1 3 5; do armgpu run calls.elf -b cpu -n 5 --resident 2 --threads $n --root root --summary --strace 4 2>&1 >/dev/null | cmp -s - trace.txt && echo same; done
same
same
same

$ armgpu run calls.elf -b cpu -n 3 --root root --columns lane,stop,cycles,stdout,stderr --csv --strace 1 2>/dev/null >with.txt; armgpu run calls.elf -b cpu -n 3 --root root --columns lane,stop,cycles,stdout,stderr --csv 2>/dev/null | cmp - with.txt && wc -l <with.txt | tr -d ' '
7

$ armgpu run calls.elf -b cpu -n 9 --strace 9
! armgpu: --strace: lane 9 does not exist; the run has lanes 0 to 8 (--lanes)
[exit 125]

$ armgpu run calls.elf -b cpu -n 9 --only 3 --strace 4
! armgpu: --strace: lane 4 is not one of those that run (--only)
[exit 125]

$ armgpu run answer.bin -b cpu --strace 0
! armgpu: --strace is for ELF programs, and 'answer.bin' is none
[exit 125]

$ armgpu run calls.elf -b cpu --as bare-metal --strace 0
! armgpu: --strace is for Linux programs, and 'calls.elf' is one of bare metal
[exit 125]
