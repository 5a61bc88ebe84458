# disasm, insns, devices, version.

$ armgpu disasm answer.bin
   0:	d2800540 	mov	x0, #0x2a                  	// #42
   4:	d4400000 	hlt	#0x0

$ armgpu disasm loop.bin --load-addr 0x10000 --start 0x10004 --count 2
10004:	f1000421 	subs	x1, x1, #0x1
10008:	b5ffffe1 	cbnz	x1, 0x10004

$ armgpu disasm loop.bin --no-aliases --count 1
   0:	d2800c81 	movz	x1, #0x64

$ armgpu disasm udf.bin
   0:	d503201f 	nop
   4:	00000000 	udf	#0

$ armgpu disasm - <odd.bin
   0:	636261   	.byte	0x61, 0x62, 0x63

$ printf '\037\040\003\325ab' | armgpu disasm -
   0:	d503201f 	nop
   4:	6261     	.byte	0x61, 0x62

$ armgpu insns --tsv | awk -F'\t' 'NR == 1 { print; next } NF != 6 || $2 !~ /^0x[0-9a-f]+$/ || length($2) != 10 || length($3) != 10 || ($5 != "implemented" && $5 != "named") { print "bad row:", $0 }'
# name	mask	value	feature	status	assembly

$ test "$(armgpu insns --tsv | grep -c -v '^#')" -eq "$(armgpu insns --json | grep -c '"mask"')" && echo same
same

$ test "$(armgpu insns --tsv | grep -c -v '^#')" -eq "$(armgpu insns | sed 1d | grep -c .)" && echo same
same

$ armgpu insns HLT | head -2
name                           status      feature   assembly
HLT_EX_exception               implemented base      hlt #<imm>

$ armgpu insns --json hlt | head -2
{"schema":"armgpu.insns/1","instructions":[
{"name":"HLT_EX_exception","mask":"0xffe0001f","value":"0xd4400000","feature":"base","status":"implemented","assembly":"hlt #<imm>"}

$ armgpu devices | sed -n '1p;$s/ .*//p'
backend  device  units    memory  name
cpu

$ armgpu devices --json | grep -c '"backend":"cpu"'
1

$ armgpu version | sed '/^mode:/d;s/[0-9][0-9.]*/N/g;s/: gcc .*/: COMPILER/;s/: clang .*/: COMPILER/;s/: cuda.*cpu/: OTHERS, cpu/'
armgpu N
backends: OTHERS, cpu
instructions: N implemented, N more named
built by: COMPILER

$ armgpu --version | head -1 | grep -c '^armgpu [0-9]'
1

$ armgpu insns | awk '/ $/ { print "trailing blank:", $0 }'
