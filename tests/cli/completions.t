# What shells load to complete command lines: bash's is asked here, the others'
# are read. Values follow "--name=" too, and names may have blanks.
# needs: bash

$ armgpu help --completions bash >c.bash; bash -n c.bash; echo x >'my prog.bin'; : >f.csv; : >plain.bin

$ cat >ask <<'END'
> . ./c.bash
> COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
> _armgpu
> printf '[%s]\n' "${COMPREPLY[@]}" | sort -r | tr -d '\n'; echo
> END

$ bash ask armgpu r
[run]

$ bash ask armgpu --v
[--version]

$ bash ask armgpu run --mem
[--memory][--memory-mode][--memory-base]

$ bash ask armgpu run --memory-mode ''
[shared][private]

$ bash ask armgpu run plain.bin --memory-mode = p
[private]

$ bash ask armgpu run plain.bin --memory-mode =
[shared][private]

$ bash ask armgpu run plain.bin --memory-mode=p
[--memory-mode=private]

$ bash ask armgpu run -b c
[cuda][cpu]

$ bash ask armgpu run --backend = c
[cuda][cpu]

$ bash ask armgpu run m; bash ask armgpu run 'my\ p'; bash ask armgpu run '"my p'; bash ask armgpu run --data m
[my prog.bin]
[my prog.bin]
[my prog.bin]
[my prog.bin]

$ bash ask armgpu run answ
[answer.bin]

$ bash ask armgpu run --data lo
[loop.bin][load.bin]

$ bash ask armgpu run --assign r; bash ask armgpu run --assign f.; bash ask armgpu run --assign = f.
[roundrobin][return.bin]
[f.csv]
[f.csv]

$ bash ask armgpu run --lanes ''
[]

$ bash ask armgpu help s
[sweeps][stops]

$ bash ask armgpu help --completions ''
[zsh][fish][bash]

$ bash ask armgpu devices ''
[--json][--help]

$ armgpu help --completions zsh | grep -e '--memory-mode' -e '--dump' -e '--assign' -e '1:name'
            '*--memory-mode=[shared\: all lanes see one memory (default); private\: each has its own, which suits many lanes better, and which ELF programs always have.]:MODE:(shared private)' \
            '*--assign=[Which lane executes which program\: in turn (default), in blocks, or as a file with the columns lane and program says.]:HOW|FILE: _armgpu_values_or_files roundrobin block' \
            '*--no-table[Print neither lanes nor totals\: only what --json, --csv, --dump or --out ask for.]' \
            '*--dump=[Print memory after the run; of every lane printed if memory is private and no LANE is given]:ADDR\:LEN\[@LANE\]:' \
            '*--memory-mode=[shared\: all lanes see one memory (default); private\: each has its own.]:MODE:(shared private)' \
            '1:name:(run cc disasm translate insns devices check bench help version images elf sweeps memory json stops exit)' ;;

$ armgpu help --completions fish | grep -e '-l data' -e '-l backend' -e '-l assign'
complete -c armgpu -n '__fish_seen_subcommand_from run' -l backend -s b -x -a 'auto cpu cuda metal opencl' -d 'Execute on this backend (default auto); \'armgpu devices\' lists them.'
complete -c armgpu -n '__fish_seen_subcommand_from run' -l data -r -F -d 'Place a file\'s bytes at ADDR after the program'
complete -c armgpu -n '__fish_seen_subcommand_from run' -l assign -r -F -a 'roundrobin block' -d 'Which lane executes which program: in turn (default), in blocks, or as a file with the columns lane and program says.'
complete -c armgpu -n '__fish_seen_subcommand_from check' -l backend -s b -x -a 'cpu cuda metal opencl' -d 'Check this backend (default: all that can be used but cpu, or else cpu with several threads).'
complete -c armgpu -n '__fish_seen_subcommand_from bench' -l backend -s b -x -a 'cpu cuda metal opencl' -d 'Measure this backend (default: the first GPU, or else cpu)'
