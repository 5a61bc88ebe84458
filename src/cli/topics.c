/*
 * What `armgpu help TOPIC` says about more than one option: short pages, each
 * one struct. Their text is in the manual too, which has tables of its own for
 * what is made from lists here. A line that begins with a blank is printed as
 * it is, an empty one ends a paragraph; no line is longer than 80 columns when
 * it is printed.
 */
#include "cli/cli.h"

#include <string.h>

static const char images[] =
    "A flat A64 image runs without any system: the bytes of the file are placed\n"
    "at the load address (--load-addr, 0 if not given), and every lane begins\n"
    "with the first of them, or at --pc. An image has no headers, no dynamic linking and no\n"
    "operating system: a program ends well with HLT #0.\n"
    "\n"
    "From C that defines uint64_t program(uint64_t lane, uint64_t argument), with\n"
    "clang and lld or an aarch64 gcc, whichever is there:\n"
    "\n"
    "  armgpu cc -o prog.bin prog.c\n"
    "  armgpu run prog.bin --lanes 128\n"
    "\n"
    "From assembly alone:\n"
    "\n"
    "  aarch64-linux-gnu-as -o prog.o prog.s\n"
    "  aarch64-linux-gnu-ld -Ttext=0 -e 0 -o prog.elf prog.o\n"
    "  aarch64-linux-gnu-objcopy -O binary -j .text prog.elf prog.bin\n"
    "\n"
    "With LLVM: clang --target=aarch64-linux-gnu -fuse-ld=lld in place of gcc and\n"
    "as, ld.lld in place of ld, llvm-objcopy in place of objcopy. What Apple's\n"
    "linker makes (Mach-O) cannot be turned into an image.\n"
    "\n"
    "An ELF program that was linked statically needs no image: 'armgpu run\n"
    "prog.elf' runs it as it is, a process a lane ('armgpu help elf').\n";

static const char elf[] =
    "An ELF program for AArch64 that is linked statically (gcc -static, or for a\n"
    "static PIE -static-pie) runs as it is; each lane is a process of its own:\n"
    "\n"
    "  aarch64-linux-gnu-gcc -O2 -static -o prog.elf prog.c\n"
    "  armgpu run prog.elf -- one two        one lane: as if it ran here\n"
    "  armgpu run prog.elf -n 1000 -- {lane} a thousand, each with its number\n"
    "\n"
    "Each lane can have arguments, an environment and a standard input:\n"
    "\n"
    "  --args lines.txt             line K, split as a shell does, to lane K\n"
    "  --env NAME=VALUE             nothing is taken from armgpu's environment\n"
    "  --stdin FILE                 the same for all\n"
    "  --stdin-dir DIR              the K-th file by name to lane K\n"
    "  --stdin-lines FILE           line K to lane K\n"
    "\n"
    "One lane's output appears as it is printed. Of several the table has the\n"
    "exit status and the first line; all of it goes to\n"
    "\n"
    "  --stdout all.txt             one lane after the other\n"
    "  --stdout DIR/                DIR/LANE.out, DIR/LANE.err\n"
    "  --stdout prefix              the standard output, as in '3: hello'\n"
    "  --json                       stdout, stderr and exit_status of each lane\n"
    "  --out rows.csv --columns lane,exit,stdout\n"
    "  --find 'stdout~\"FAIL\"'      only lanes that printed it; exit==3 too\n"
    "\n"
    "A lane has data, a heap (--heap) and a stack (--stack) of its own; what may\n"
    "not be written is there once for all lanes. --verbose says where. Standard\n"
    "error of several lanes is in DIR/, --json and the column stderr alone.\n"
    "Where lanes stop is said as symbol+0x10 and, where addr2line is installed,\n"
    "as file:line. System calls that there are not get ENOSYS and are named after\n"
    "the run; --strict-syscalls stops the lane, --strace LANE prints its calls.\n"
    "\n"
    "One function in place of main, with arguments of each lane's own:\n"
    "\n"
    "  armgpu run prog.elf --call hash -n 1000 --reg x0=lane --reg x1=7\n";

static const char sweeps[] =
    "A sweep runs one lane an input and keeps one result a lane. Give each lane\n"
    "memory of its own, and no more than the program needs: that decides how many\n"
    "lanes are on the device at one time.\n"
    "\n"
    "  armgpu run f.bin --memory-mode private --memory 4K --lanes 65536\n"
    "\n"
    "The input is the lane's number (TPIDRRO_EL0), or what is given to it:\n"
    "\n"
    "  --reg x0=lane*8+5           a register, from the lane's number\n"
    "  --reg d0=lane*0.25-1        a floating-point number\n"
    "  --regs values.csv           registers, a line a lane: lane,x0,x1\n"
    "  --lane-data in.bin@0x1000:64\n"
    "                              64 bytes of a file for each lane\n"
    "  --lane-files corpus@0x1000  a file of a directory for each lane\n"
    "  --program a.bin --program b.bin --assign block\n"
    "                              different programs\n"
    "\n"
    "Results are rows in the order of lanes, or only those that matter:\n"
    "\n"
    "  --out rows.csv --columns lane,cycles,x0\n"
    "                              written as lanes end; .jsonl and .bin too\n"
    "  --find 'x0!=0' --first 1    the first lane that is wrong\n"
    "  --find 'stop!=halt'         lanes that did not end well\n"
    "  --find 'd0>1e-9 || d0!=d0'  numbers that are too large, and NaNs\n"
    "  --summary                   totals only; the fastest\n"
    "  --map lanes.png --map-by cycles\n"
    "                              a picture, a square a lane\n"
    "\n"
    "More lanes than fit run in waves: a lane begins where another ended. Ctrl-C\n"
    "and --timeout keep what there is, in whole rows.\n";

static const char memory[] =
    "Memory begins at address 0 and ends at its size; an access outside of it is a\n"
    "data-fault of that lane. It is zero but for the program (--load-addr), --data\n"
    "and what lanes get of their own. Nothing is read-only.\n"
    "\n"
    "Shared (the default): all lanes see one memory, and atomics, exclusives and\n"
    "barriers work between them. Each lane has a stack at the top of memory, lane\n"
    "0 the highest, --stack bytes apart. Without --memory it is as large as the\n"
    "stacks need: 4 MiB for up to 128 lanes, 32 KiB a lane for more. Nothing keeps\n"
    "lanes off each other's stacks; the table says how many lanes left their own.\n"
    "\n"
    "  armgpu run prog.bin -n 64\n"
    "  armgpu run deep.bin -n 4096 --stack 256K\n"
    "\n"
    "Private: each lane has --memory bytes of its own (4 MiB if not given) and a\n"
    "copy of its program. SP begins at their end. Lanes that do not need each\n"
    "other are better off so: a lane that goes astray faults, and more lanes run\n"
    "than fit, in waves (--resident).\n"
    "\n"
    "  armgpu run prog.bin -n 1000000 --memory-mode private --memory 64K\n"
    "\n"
    "Decoded code takes up to 256 MiB besides (ARMGPU_CODE_PAGES). The CPU has what\n"
    "the computer has, or less where a control group allows less.\n"
    "\n"
    "What is in memory after the run:\n"
    "\n"
    "  --dump 0x1000:64            of shared memory, or of each lane shown\n"
    "  --dump 0x1000:64@7          of lane 7\n"
    "  --columns lane,mem:0x1000:8 in each row\n"
    "  --find 'mem:0x1000:4=0xff'  lanes that have this there\n";

static const char json[] =
    "run --json prints one object, also after Ctrl-C. Values of 64 bits are\n"
    "strings, because many readers hold numbers as doubles; counts are numbers:\n"
    "\n"
    "  {\"schema\":\"armgpu.run/1\",\"program\":\"prog.bin\",\"backend\":\"cpu\",\n"
    "   \"device\":\"...\",\"memory_mode\":\"shared\",\"memory_size\":4194304,\n"
    "   \"num_lanes\":2,\"total_cycles\":34,\"elapsed_seconds\":0.0001,\n"
    "   \"avg_ips\":340000,\"min_cycles\":17,\"max_cycles\":17,\n"
    "   \"lane_efficiency\":1,\"stops\":{\"halt\":2},\n"
    "   \"lanes\":[{\"lane\":0,\"stop_reason\":\"halt\",\"stop_code\":\"0x0\",\n"
    "     \"pc\":\"0x40\",\"sp\":\"0x400000\",\"nzcv\":\"0110\",\"cycles\":17,\n"
    "     \"x\":[\"0x0\", 31 values]}, ...],\n"
    "   \"memory\":[{\"address\":\"0x1000\",\"lane\":0,\"hex\":\"00ff\"}]}\n"
    "\n"
    "A data or alignment fault adds fault_address and fault_access (read or write)\n"
    "to its lane, --program programs and each lane's program. Once V registers were\n"
    "used lanes have fpcr, fpsr and v, 32 strings of 128 bits. matches is there\n"
    "with --find, memory with --dump, and its lane where the memory is a lane's\n"
    "own or was asked for by lane. sp_outside_stack counts the lanes that share\n"
    "memory and stopped with SP outside their stack, if there are any.\n"
    "\n"
    "--show N and --find choose the lanes, --summary leaves them out. For many\n"
    "lanes take --out rows.jsonl: an object a line, written as lanes end.\n"
    "\n"
    "  armgpu run prog.bin --json | jq '.lanes[] | select(.cycles > 1000) | .lane'\n"
    "\n"
    "docs/json.md in armgpu's sources describes every member. disasm has no JSON;\n"
    "devices, insns, check and bench have --json of their own.\n";

static const char stops[] =
    "Why a lane stopped, where its PC then is, and what the code beside it says.\n"
    "Lanes that can go on do so when the library executes again. run counts halt\n"
    "and exit as ended well if the code is 0, and a limit as 124 (help exit).\n"
    "\n"
    "  armgpu run prog.bin -n 1000 --find 'stop=data-fault' --all\n"
    "  armgpu run prog.bin -n 1000 --find 'stop!=halt' --first 1\n"
    "\n";

static const char exits[] =
    "run exits with one of these: the worst lane decides, but that the run was\n"
    "interrupted outranks its lanes. The other subcommands exit with 0, 125, 126\n"
    "or 127, check with 1 if a backend differed from the CPU, bench with 1 if a\n"
    "lane's result was wrong.\n"
    "\n"
    "  armgpu run prog.bin -q --no-table || echo \"ended with $?\"\n"
    "  timeout --preserve-status 60 armgpu run prog.bin   # 143, not 124\n"
    "\n";

static const char *trait_text(uint32_t traits)
{
    if ((traits & ARMGPU_STOP_HAS_STATUS) != 0)
        return "ended";
    if ((traits & ARMGPU_STOP_IS_LIMIT) != 0)
        return "limit, can go on";
    return (traits & ARMGPU_STOP_GOES_ON) != 0 ? "can go on" : "ended badly";
}

static void list_stops(FILE *out)
{
    fprintf(out, "  %-16s %-14s %-12s %s\n", "reason", "PC", "code", "the lane");
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    if (value != ARMGPU_STOP_RUNNING)                                          \
        fprintf(out, "  %-16s %-14s %-12s %s\n", text, pc, code,               \
                trait_text(traits));
    ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
}

void ag_cli_list_exits(FILE *out)
{
#define AG_CLI_X(name, value, text)                                            \
    fprintf(out, "  %3d  ", value);                                            \
    ag_cli_wrap(out, text, 7, 7);
    AG_CLI_EXITS(AG_CLI_X)
#undef AG_CLI_X
}

const ag_cli_topic ag_cli_topics[] = {
    {"images", "what can be run, and how to make it", "IMAGES", images, NULL},
    {"elf", "ELF programs: arguments, input, output", "ELF PROGRAMS", elf, NULL},
    {"sweeps", "a lane an input, a result a lane", "SWEEPS", sweeps, NULL},
    {"memory", "shared and private memory, stacks", "MEMORY", memory, NULL},
    {"json", "what --json prints", "JSON", json, NULL},
    {"stops", "why lanes stop", NULL, stops, list_stops},
    {"exit", "exit statuses", NULL, exits, ag_cli_list_exits},
    {NULL, NULL, NULL, NULL, NULL},
};

const ag_cli_topic *ag_cli_find_topic(const char *name)
{
    for (const ag_cli_topic *t = ag_cli_topics; t->name != NULL; t++) {
        if (strcmp(t->name, name) == 0)
            return t;
    }
    return NULL;
}

void ag_cli_print_topic(FILE *out, const ag_cli_topic *topic)
{
    fprintf(out, "%s: %s\n\n%s", topic->name, topic->summary, topic->text);
    if (topic->list != NULL)
        topic->list(out);
}
