# The progress line on a terminal of 50 columns: per cent, never wider, and gone
# at the end. Waits longer where the machine was too busy to draw one.
# needs: script stty /proc/self/status

$ for s in 1 10 100; do script -qec "stty cols 50; armgpu run spin.bin -b cpu -n 65536 -m 2G -c 0 --summary --timeout $s" log </dev/null >/dev/null; tr '\r' '\n' <log | grep -a -q '%' && break; done; tr '\r' '\n' <log | sed 's/\x1b\[K//' | awk '/%/ && length > 49 { print "too wide: " $0 } /%/ { n++ } /^lanes/ { print } END { print (n > 0) }'
lanes       65536 interrupted
1

$ armgpu run answer.bin -n 1 -b cpu --summary --progress always 2>&1 | grep -c % || :
0

$ armgpu check -b cpu --only stops --progress never 2>&1 | tail -1
1 passed, 0 failed
