# The text of a program: its region alone, and as compilers are given it.

$ armgpu translate answer.bin >region; grep -c '/\* 0x0: mov' region
1

$ for l in c cuda metal opencl; do armgpu translate answer.bin --language $l >$l; sed -n 1,2p $l; tail -n 1 $l; sed '$d' $l | tail -n "$(wc -l <region)" | cmp - region; done
/* answer.bin */
/* options: -DAG_LAYOUT=1 -DAG_MARKS=1 -DAG_OFFSET=u32 -DAG_KNOWN_MEMORY=0x40 -DAG_KNOWN_BASE=0x0 -DAG_KNOWN_READONLY=0x0 -DAG_KNOWN_READONLY_BYTES=0x0 */
AG_REGION_KERNEL(0)
/* answer.bin */
/* options: -DAG_LAYOUT=1 -DAG_MARKS=1 -DAG_OFFSET=u32 -DAG_KNOWN_MEMORY=0x40 -DAG_KNOWN_BASE=0x0 -DAG_KNOWN_READONLY=0x0 -DAG_KNOWN_READONLY_BYTES=0x0 */
AG_REGION_KERNEL(0)
/* answer.bin */
/* options: -DAG_LAYOUT=1 -DAG_MARKS=1 -DAG_OFFSET=u32 -DAG_KNOWN_MEMORY=0x40 -DAG_KNOWN_BASE=0x0 -DAG_KNOWN_READONLY=0x0 -DAG_KNOWN_READONLY_BYTES=0x0 */
AG_REGION_KERNEL(0)
/* answer.bin */
/* options: -DAG_LAYOUT=1 -DAG_MARKS=1 -DAG_OFFSET=u32 -DAG_KNOWN_MEMORY=0x40 -DAG_KNOWN_BASE=0x0 -DAG_KNOWN_READONLY=0x0 -DAG_KNOWN_READONLY_BYTES=0x0 */
AG_REGION_KERNEL(0)

$ grep -c '^#include "' c cuda metal opencl
c:0
cuda:0
metal:0
opencl:0
[exit 1]

$ armgpu translate - --language c <answer.bin | sed -n 1p
/* standard input */

$ mkdir 'a*'; cp answer.bin 'a*/b.bin'; armgpu translate 'a*/b.bin' --language c | sed -n 1p
/* a?/b.bin */

$ armgpu translate answer.bin --language pascal
! armgpu: --language: 'pascal' is not one of its values: c, cuda, metal, opencl
[exit 125]

$ armgpu translate udf.bin | head -n 1
AG_REGION_BEGINS(0, 0x0)

$ printf '\211PNG\r\n\032\n' >a.png; armgpu translate a.png
! armgpu: 'a.png' does not begin with an instruction: 0x474e5089 is not an A64 instruction: the encoding is unallocated; 'armgpu help images' says what a program is
[exit 126]

$ printf '/* A program in C. */' >prog.c; armgpu translate prog.c --language c
! armgpu: 'prog.c' does not begin with an instruction: 0x41202a2f is not an A64 instruction: the encoding is unallocated; 'armgpu help images' says what a program is
[exit 126]

$ head -c 64 /dev/zero | armgpu translate -
! armgpu: 'standard input' does not begin with an instruction: UDF is undefined for ever, by design of the architecture; 'armgpu help images' says what a program is
[exit 126]

$ armgpu translate empty.bin
! armgpu: 'empty.bin' is empty; check the command that made it
[exit 126]

$ armgpu translate .
! armgpu: '.' is a directory; give the path of a file
[exit 126]

$ armgpu translate nothing.bin --language c
! armgpu: cannot open 'nothing.bin': No such file or directory; check the path and its permissions
[exit 127]
