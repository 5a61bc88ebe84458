"""For tests/test_linux_files.sh: swap.py A B: makes each the other over and over
(RENAME_EXCHANGE) until its standard input ends."""
import ctypes
import select
import sys

libc = ctypes.CDLL(None, use_errno=True)
a, b = (name.encode() for name in sys.argv[1:])
swaps = 0
while swaps % 64 or not select.select([sys.stdin], [], [], 0)[0]:
    if libc.renameat2(-100, a, -100, b, 2) != 0:
        sys.exit("renameat2: " + str(ctypes.get_errno()))
    swaps += 1
