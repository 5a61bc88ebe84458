#!/bin/sh
# tests/test_linux_files.sh EXE: files of the host that lanes read (--root, --file):
# lane by lane as under qemu-aarch64 in the same directory, and never one that is
# not below it, whatever links and names there are and who changes them meanwhile.
# Files that lanes write: what each sees, and what --collect leaves, as QEMU in a
# directory of the lane's own.
# See linux/common.sh for LANES and BACKEND.
#
# Needs aarch64-linux-gnu-gcc, qemu-aarch64 and python3.
# shellcheck disable=SC2317 # functions are called by their names
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
out=$PWD/build/linux-files
# shellcheck source=tests/linux/common.sh
. tests/linux/common.sh
need aarch64-linux-gnu-gcc qemu-aarch64 python3
rm -rf "$out"
mkdir -p "$out/root/data/deep" "$out/outside" "$out/expected" || exit 1
for name in reader opener writer entries; do
    aarch64-linux-gnu-gcc -O2 -static "tests/linux/files/$name.c" \
        -o "$out/$name" || die "$name does not build"
done

make_files()
{
    echo secret >"$out/outside/f"
    echo "hello common" >"$out/root/data/common.txt"
    ln -s common.txt "$out/root/data/link"
    lane=0
    while [ "$lane" -lt "$lanes" ]; do
        { seq 1 $((lane * 37 + 20)) && echo "lane $lane"; } \
            >"$out/root/data/lane$lane.txt"
        lane=$((lane + 1))
    done
    cd "$out/root" || exit 1
    ln -s ../outside/f up
    ln -s ../../../../../../../../../../../../../../../../etc/passwd far
    ln -s "$out/outside/f" absolute
    ln -s /data/common.txt inside
    ln -s "$out/outside" folder
    ln -s loop loop
    ln -s /proc/self/root root
    ln -s /proc/self/cwd/../outside/f magic
    mkfifo fifo
    mkdir d && echo open >d/f
    ln -s "$out/outside" d.other
    cd - >/dev/null || exit 1
}

# The same lanes that armgpu runs, one after the other.
make_expected()
{
    lane=0
    while [ "$lane" -lt "$lanes" ]; do
        # shellcheck disable=SC3045 # dash has it as well
        (cd "$out/root" && ulimit -n 64 && qemu-aarch64 ../reader data $lane) \
            >"$out/expected/$lane.out" || die "reader fails in lane $lane"
        lane=$((lane + 1))
    done
}

# A lane's directory before it begins: DIR.
make_old()
{
    mkdir -p "$1/old/empty" "$1/tmp"
    echo "old file f" >"$1/old/f"
    echo "g is here" >"$1/old/g"
    echo "not touched" >"$1/old/same"
    echo target >"$1/old/target"
    ln -s target "$1/old/link"
}

make_written()
{
    make_old "$out/old-root"
    lane=0
    while [ "$lane" -lt "$lanes" ]; do
        make_old "$out/qemu/$lane"
        make_old "$out/qemu-entries/$lane"
        mkdir -p "$out/none/$lane/tmp" "$out/none-entries/$lane/tmp"
        for at in qemu none; do
            (cd "$out/$at/$lane" && qemu-aarch64 "$out/writer" $lane) \
                >"$out/expected/$at$lane.out" || die "writer fails, $lane"
            (cd "$out/$at-entries/$lane" &&
                qemu-aarch64 "$out/entries" $lane) \
                >"$out/expected/$at-entries$lane.out" ||
                die "entries fails, $lane"
        done
        lane=$((lane + 1))
    done
}

# run PROGRAM OPTION...: in $out, the backend by $backend.
run()
{
    # shellcheck disable=SC2086 # words
    (cd "$out" && "$exe" run $backend "$@")
}

reads_alike()
{
    rm -rf "$out/got" && mkdir "$out/got"
    run reader -n "$lanes" --root root --stdout got/ "$@" -- data '{lane}' \
        >"$out/table" || return 1
    lane=0
    while [ "$lane" -lt "$lanes" ]; do
        diff "$out/expected/$lane.out" "$out/got/$lane.out" || return 1
        lane=$((lane + 1))
    done
}

# left LANE: what the lane left is what it left under QEMU, of which --collect has
# no file that it did not touch, and no /tmp.
left()
{
    diff -r --no-dereference "$out/$at/$1" "$out/tree/$1" >"$out/differs"
    case $at in
    qemu-entries) printf 'Only in %s: %s\nOnly in %s: same\nOnly in %s: tmp\n' \
        "$out/$at/$1/old" empty "$out/$at/$1/old" "$out/$at/$1" ;;
    qemu) printf 'Only in %s: same\nOnly in %s: tmp\n' "$out/$at/$1/old" \
        "$out/$at/$1" ;;
    none*) printf 'Only in %s: tmp\n' "$out/$at/$1" ;;
    esac | diff - "$out/differs"
}

# writes_alike PROGRAM qemu|none OPTION...: from what was there, or from nothing.
writes_alike()
{
    program=$1 at=$2
    shift 2
    rm -rf "$out/got" "$out/tree" && mkdir "$out/got"
    [ "$at" = none ] || set -- --root old-root "$@"
    [ "$program" = writer ] || at=$at-$program
    run "$program" -n "$lanes" --stdout got/ --collect tree "$@" -- '{lane}' \
        >"$out/table" || return 1
    lane=0
    while [ "$lane" -lt "$lanes" ]; do
        diff "$out/expected/$at$lane.out" "$out/got/$lane.out" || return 1
        left "$lane" || return 1
        lane=$((lane + 1))
    done
    diff -r --no-dereference "$out/old-root" "$out/old-again"
}

# What leads out of its folder is not left there; what is there is replaced.
keeps_links_inside()
{
    rm -rf "$out/tree" && mkdir -p "$out/tree/1/d"
    ln -s "$out/outside" "$out/tree/1/later"
    ln -s "$out/outside" "$out/tree/1/d/e"
    run entries -n 3 --collect tree --stdout got/ -- out >"$out/table" 2>&1 ||
        return 1
    [ "$(grep -c 'are left out' "$out/table")" -eq 1 ] || return 1
    for lane in 0 1 2; do
        (cd "$out/tree/$lane" && find . -type l | sort | while read -r link; do
            echo "$link $(readlink "$link")"
        done) >"$out/links"
        printf '%s\n' './d/e/root ../..' './d/in ./.././x' \
            './down d/./...x//..y' | diff - "$out/links" || return 1
    done
    grep 'later has .*/4 absolute/10 d/4 ' "$out/got/2.out"
}

# Of a folder of the host nothing is changed, but in it; and nothing where lanes
# write nothing.
keeps_folders()
{
    run entries --root old-root -- folder >"$out/opened"
    printf '%s\n' 'chmod: -1 Read-only file system' \
        'chown: -1 Read-only file system' 'same: -1 Read-only file system' \
        'other: -1 Operation not permitted' 'times: -1 Read-only file system' \
        'link: -1 Operation not permitted' 'file: 0 ' 'symlink: 0 ' \
        'there: -1 File exists' >"$out/wanted"
    # Whose it is depends on who made it.
    sed '/^chown/d; /^same/d' "$out/wanted" >"$out/sure"
    sed '/^chown/d; /^same/d' "$out/opened" | diff "$out/sure" - || return 1
    run entries --root old-root --file-bytes 0 -- folder >"$out/opened"
    [ "$(grep -c 'Read-only' "$out/opened")" -eq 8 ]
}

# Arguments as strace writes them.
shows_calls()
{
    run entries --strace 0 -- 3 >"$out/table" 2>"$out/calls"
    while read -r line; do
        grep -Fx "$line" "$out/calls" || { echo "missing: $line" && return 1; }
    done <<'END'
symlinkat("d/file", AT_FDCWD, "l") = 0
linkat(AT_FDCWD, "l", AT_FDCWD, "n", 0x400) = 0
linkat(AT_FDCWD, "d", AT_FDCWD, "g", 0) = -1 EPERM (Operation not permitted)
fchmod(3, 0751) = 0
fchmodat(AT_FDCWD, "mode", 0640) = 0
fchown(3, -1, -1) = 0
fchownat(AT_FDCWD, "mode", 1000, -1, 0) = 0
utimensat(AT_FDCWD, "mode", [UTIME_OMIT, {tv_sec=2000000001, tv_nsec=7}], 0) = 0
utimensat(AT_FDCWD, "mode", [UTIME_OMIT, UTIME_NOW], 0) = 0
utimensat(AT_FDCWD, "mode", NULL, 0) = 0
utimensat(3, NULL, [{tv_sec=-5, tv_nsec=1}, {tv_sec=-4, tv_nsec=2}], 0) = 0
utimensat(3, NULL, 0xffffffffffffffff, 0) = -1 EFAULT (Bad address)
END
}

# --file A=B: the name leads there through links as well.
links_to_named()
{
    run entries --file a/b=old-root/old/g -- named >"$out/opened"
    diff - "$out/opened" <<'END'
link: 0 
l has g is here

l: mode 120777 names 1 size 3 to 3 a/b
link: 0 
m has g is here

chmod: 0 
a/b: mode 100600 names 1 size 10
name: 0 
remove: 0 
l: -1 No such file or directory
instead: 0 
a/b: -1 No such file or directory
a/b: mode 120777 names 1 size 4 to 4 ../l
remove: 0 
instead: 0 
l: -1 Too many levels of symbolic links
n has made through both
part of the way: 0 
p/a/b has made through both
not followed: -1 Too many levels of symbolic links
n: mode 100644 names 1 size 17
END
}

# Only lanes that match, in place of what was there, and through no link.
collects()
{
    rm -rf "$out/tree" && mkdir -p "$out/tree/2/result.txt.d" "$out/tree/3"
    echo before >"$out/tree/3/result.txt"
    ln -s "$out/outside" "$out/tree/4"
    run writer -n 6 --collect tree --find 'x0>=0' --find 'lane>=2' \
        --find 'lane!=5' -- '{lane}' >"$out/table"
    [ "$(cd "$out/tree" && echo *)" = "2 3 4" ] &&
        cmp "$out/tree/3/result.txt" "$out/none/3/result.txt" &&
        cmp "$out/tree/4/result.txt" "$out/none/4/result.txt" &&
        [ "$(ls "$out/outside")" = f ]
}

# A lane that is stopped has left what it had.
stops()
{
    rm -rf "$out/tree"
    run writer -n 3 --collect tree -c 60000 -- '{lane}' >"$out/table"
    [ $? -eq 124 ] && [ "$(cd "$out/tree" && echo *)" = "0 1 2" ] &&
        ls "$out"/tree/*/*
}

limits()
{
    run writer --file-bytes 1000 -- fill >"$out/opened" &&
        printf '%s\n' 'full: -1 No space left on device' 'bytes: 1000 ' \
            'longer: -1 No space left on device' 'less: 0 ' \
            'again: -1 No space left on device' 'removed: 0 ' 'closed: 0 ' \
            'other: 300 ' | diff - "$out/opened" &&
        run writer -- many >"$out/opened" &&
        echo 'many: -1 No space left on device' | diff - "$out/opened"
}

# As it is where lanes write nothing.
read_only()
{
    run writer --root old-root --file-bytes 0 -- fill >"$out/opened"
    grep -q 'bytes: 0' "$out/opened" &&
        run opener --root old-root --file-bytes 0 -- old/f tmp/x >"$out/opened" &&
        printf '%s\n' 'old/f: old file f' 'tmp/x: error 2' |
        diff - "$out/opened"
}

# opens EXPECTED PATH...: of one lane.
opens()
{
    wanted=$1
    shift
    run opener -n 1 --root root -- "$@" >"$out/opened" 2>&1
    printf '%s\n' "$wanted" | diff - "$out/opened"
}

stays_inside()
{
    opens "up: error 2
far: error 2
absolute: error 2
inside: hello common
folder/f: error 2
loop: error 40
root/etc/passwd: error 2
magic: error 2
../outside/f: error 2
data/../../outside/f: error 2
data/deep/../../../outside/f: error 2
/../../outside/f: error 2
/proc/self/environ: error 2
$out/outside/f: error 2
fifo: error 6
d/f: open
d/f/..: error 20
data/nowhere/../common.txt: error 2
/data//./deep/../common.txt: hello common" \
        up far absolute inside folder/f loop root/etc/passwd magic \
        ../outside/f data/../../outside/f data/deep/../../../outside/f \
        /../../outside/f /proc/self/environ "$out/outside/f" fifo d/f d/f/.. \
        data/nowhere/../common.txt /data//./deep/../common.txt
}

# A directory is a link to one outside half of the time.
keeps_secret()
{
    mkfifo "$out/ends"
    python3 tests/linux/files/swap.py "$out/root/d" "$out/root/d.other" \
        <"$out/ends" &
    exec 3>"$out/ends"
    run opener -n 1 --root root -- 20000 d/f >"$out/opened" 2>&1
    exec 3>&-
    wait $! || return 1
    rm "$out/ends"
    echo 'secret: 0' | diff - "$out/opened"
}

named()
{
    run opener -n 1 --file /a/b=outside/f --file c=root/data/common.txt \
        -- a/b /a/./b c data/common.txt a >"$out/opened" 2>&1
    printf '%s\n' 'a/b: secret' '/a/./b: secret' 'c: hello common' \
        'data/common.txt: error 2' 'a: error 2' | diff - "$out/opened"
}

# Without the options no call comes to the host for what is not there.
nothing_comes()
{
    run opener -n 2 -- data/common.txt >"$out/opened" &&
        grep -q 'error 2' "$out/opened" && grep -q ' 0 on the host' "$out/opened"
}

# Each way of ending it says what is wrong.
refuses()
{
    said=$1
    shift
    run opener -n 1 "$@" >"$out/opened" 2>&1 && return 1
    grep -F "$said" "$out/opened" || { cat "$out/opened" && return 1; }
}

make_files
make_expected
make_written
make_old "$out/old-again"
for backend in ${BACKEND:-cpu-1 cpu-3 opencl}; do
    name=$backend
    case $backend in
    cpu-*) backend="-b cpu --threads ${backend#cpu-}" ;;
    *) backend="-b $backend" ;;
    esac
    # shellcheck disable=SC2086 # words
    if ! "$exe" devices 2>/dev/null | grep -q "^ *${name%-*}"; then
        skip "$name: not here"
        continue
    fi
    check "$lanes lanes read as under QEMU, $name" reads_alike
    check "in waves, $name" reads_alike --resident 7
    check "nothing leads out, $name" stays_inside
    check "files by name, $name" named
    check "no files, $name" nothing_comes
    check "$lanes lanes write as under QEMU, $name" writes_alike writer qemu
    check "from nothing, in waves, $name" writes_alike writer none --resident 7
    check "in waves, $name" writes_alike writer qemu --resident 7
    check "links, modes and times, $name" writes_alike entries qemu
    check "the same from nothing, in waves, $name" \
        writes_alike entries none --resident 7
    check "links to files by name, $name" links_to_named
    check "limits, $name" limits
    [ "$name" = cpu-1 ] || continue
    check "nothing leads out while a directory changes" keeps_secret
    [ "$lanes" -lt 6 ] ||
        check "--collect with --find, in a folder of another run" collects
    check "links that lead out are not collected" keeps_links_inside
    check "folders of the host" keeps_folders
    check "--strace shows the calls" shows_calls
    check "lanes that are stopped" stops
    check "no files are written" read_only
    check "--collect in a file" refuses "Not a directory" --collect opener
    check "--root of no directory" refuses "No such file" --root nowhere
    check "--root of a file" refuses "Not a directory" --root opener
    check "--file without a name" refuses "is not GUEST=HOST" --file =opener
    check "--file of nothing" refuses "is no file" --file a=nowhere
done
finish
