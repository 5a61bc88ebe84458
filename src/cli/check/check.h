/*
 * The conformance test of backends: what `armgpu check` and
 * tests/test_backend.c share. A backend under test and the reference (the cpu
 * backend on one thread, lanes one by one) run the same programs; whole lane
 * states, results and memory must be equal bit for bit. It knows the library
 * through armgpu.h alone, so it tests what a user of the library gets.
 *
 * A subject is a list of rounds. What a round does depends on the seed, the
 * subject's name and the round's number alone, so one round repeats by itself.
 */
#ifndef AG_CHECK_H
#define AG_CHECK_H

#include "cli/cli.h"

/* The cpu backend's device that executes lanes one by one. */
#define AG_CHECK_ONE_BY_ONE 1

enum ag_check_side { AG_CHECK_REFERENCE, AG_CHECK_TESTED, AG_CHECK_SIDES };

typedef struct ag_check_device {
    const char *backend;
    uint32_t device;
    uint32_t threads; /* CPU: 0 = one per core */
    uint32_t spread;  /* armgpu_options.spread */
    uint32_t engine;  /* enum armgpu_engine */
    const char *helper; /* armgpu_options.helper */
} ag_check_device;

typedef struct ag_check_rig ag_check_rig;
typedef struct ag_check_row ag_check_row;

#define AG_CHECK_REPORT_SIZE 8192
#define AG_CHECK_RIGS 8

typedef struct ag_check {
    ag_check_device devices[AG_CHECK_SIDES];
    uint64_t seed;
    bool is_quick;

    /* If not NULL, asked before each round of a subject with how many are done:
       false ends the subject, and it `is_ended`. */
    bool (*goes_on)(void *user, uint64_t done, uint64_t rounds);
    void *user;
    bool is_ended;

    /* The subject that ran last. */
    uint64_t cases;       /* lanes compared */
    uint64_t differences; /* lanes, sums or calls that were wrong */
    uint64_t executed;    /* instructions on the tested side, */
    uint64_t translated;  /* and of these in translated code */
    char report[AG_CHECK_REPORT_SIZE]; /* whole lines on the first of them */

    /* The engine's own. */
    const char *subject;
    uint64_t round;
    bool is_broken; /* a call failed, a lock hung: the subject ends */
    bool is_listed; /* `armgpu check --only` knows it; else a test's own */
    ag_check_rig *rigs[AG_CHECK_RIGS];
    size_t next_rig;
    ag_check_row *rows; /* loads and stores first, then implemented ones */
    size_t row_count, implemented_count, memory_count;
    uint64_t *retired; /* lanes that executed one in `words`, by table index */
    uint32_t *system_moves; /* MRS and MSR of registers that exist */
    size_t system_move_count;
} ag_check;

/* -- Random numbers -------------------------------------------------------- */

typedef struct ag_check_random {
    uint64_t state;
} ag_check_random;

uint64_t ag_check_next(ag_check_random *r);
/* 0 to n - 1; n is not 0. */
uint64_t ag_check_below(ag_check_random *r, uint64_t n);
/* A register's value: often one at an edge of some width. */
uint64_t ag_check_value(ag_check_random *r);

/* -- Subjects -------------------------------------------------------------- */

/* With --engine translated, for which lanes have memory of their own: */
enum ag_check_translation {
    AG_CHECK_TRANSLATES, /* some of what executes must be translated */
    AG_CHECK_INTERPRETS, /* it is what has to be left to the interpreter */
    AG_CHECK_SHARES      /* the subject is about shared memory: passed over */
};

typedef struct ag_check_subject {
    const char *name;
    const char *text; /* a few words */
    uint64_t rounds, quick_rounds;
    uint64_t translated_rounds; /* each is compiled: these are few */
    enum ag_check_translation translation;
    void (*run)(ag_check *c, uint64_t round, ag_check_random *r);
} ag_check_subject;

/* Ends with a row whose name is NULL. */
extern const ag_check_subject ag_check_subjects[];

const ag_check_subject *ag_check_find_subject(const char *name);

#define AG_CHECK_ALL_ROUNDS UINT64_MAX

/* Whether it is run, and how many rounds of it. */
bool ag_check_has(uint32_t engine, const ag_check_subject *subject);
uint64_t ag_check_rounds(const ag_check *c, const ag_check_subject *subject);

/* The device under test executes translated code. */
static inline bool ag_check_is_translated(const ag_check *c)
{
    return c->devices[AG_CHECK_TESTED].engine == ARMGPU_ENGINE_TRANSLATED;
}

/* The reference is the cpu backend on one thread. */
void ag_check_init(ag_check *c, ag_check_device tested, uint64_t seed);
void ag_check_free(ag_check *c);

/* True if the backend under test opens; `text` is then the device's name, else
   why it does not open. The report and `differences` are what
   armgpu_inspect_device() says. */
bool ag_check_opens(ag_check *c, char *text, size_t size);

/* Counts and the report start again; for tests that drive rigs themselves. */
void ag_check_begin(ag_check *c, const char *subject);

/* Runs a subject, or one round of it; true if nothing differed. */
bool ag_check_run(ag_check *c, const ag_check_subject *subject, uint64_t round);

/* "cpu, 8 threads", "cuda device 1". */
const char *ag_check_device_text(const ag_check_device *d, char text[64]);

/* -- Rigs: a handle on either side ------------------------------------------
 */

/*
 * Memory of a rig that is not given a size: code, then a window for data; in
 * shared memory a window for each lane, so that no two lanes touch the same
 * bytes unless a test means it.
 */
#define AG_CHECK_CODE 0x4000
#define AG_CHECK_WINDOW 0x2000

struct ag_check_rig {
    ag_check *check;
    armgpu *g[AG_CHECK_SIDES];
    uint32_t mode;   /* enum armgpu_memory_mode */
    uint32_t layout; /* armgpu_options.private_layout of the tested side */
    bool is_float;   /* both sides are the tested device; the reference's
                        floating point is in integers, the tested side's not */
    uint64_t lanes, memory_size;
    uint64_t translated; /* what the tested side had retired translated */
    uint8_t *image;      /* memory at the start, of every lane if private */
    armgpu_state *start; /* of every lane */
    armgpu_state *end[AG_CHECK_SIDES];
    armgpu_lane_result *results[AG_CHECK_SIDES];
    armgpu_result totals[AG_CHECK_SIDES];
    uint8_t *memory[AG_CHECK_SIDES];
};

/* Closes those that are kept open. */
void ag_check_close_rigs(ag_check *c);

/* All these return false, or NULL, after ag_check_fail(). */

/* A rig from the cache, opened if it is not there; memory_size 0: as above. */
ag_check_rig *ag_check_rig_take(ag_check *c, uint32_t mode, uint64_t lanes,
                                uint64_t memory_size);

/* One that is_float, in shared memory as large as one lane needs. */
ag_check_rig *ag_check_rig_take_float(ag_check *c, uint64_t lanes);
/* A side of it, in words. */
const char *ag_check_side_text(const ag_check_rig *rig,
                               enum ag_check_side side, char text[96]);

/* Both sides as after a reset with rig->image in memory; rig->start becomes
   the lanes' states. */
bool ag_check_load(ag_check_rig *rig);
/* rig->start into all lanes of both sides. */
bool ag_check_start(ag_check_rig *rig);
bool ag_check_execute(ag_check_rig *rig, uint64_t max_cycles);
/* What the tested side executed just now, by its totals; part of the above. */
void ag_check_count_retired(ag_check_rig *rig);
/* Counts every lane as a case and reports those that differ in anything. */
bool ag_check_compare(ag_check_rig *rig);
/* Results and states only: for what runs often. */
bool ag_check_compare_lanes(ag_check_rig *rig);
/* Reads rig->end and rig->results of one side. */
bool ag_check_read_lanes(ag_check_rig *rig, enum ag_check_side side);
/* Reads rig->memory of one lane of both sides, all of it. */
bool ag_check_read(ag_check_rig *rig, uint64_t lane);

/* The lane's data: [low, high). */
uint64_t ag_check_low(const ag_check_rig *rig, uint64_t lane);
uint64_t ag_check_high(const ag_check_rig *rig, uint64_t lane);

/* function(g, ...) on both sides; false after reporting that it failed. */
#define AG_CHECK_BOTH(rig, function, ...)                                      \
    (ag_check_called((rig), AG_CHECK_REFERENCE,                                \
                     function((rig)->g[AG_CHECK_REFERENCE], __VA_ARGS__),      \
                     #function) &&                                             \
     ag_check_called((rig), AG_CHECK_TESTED,                                   \
                     function((rig)->g[AG_CHECK_TESTED], __VA_ARGS__),         \
                     #function))
bool ag_check_called(ag_check_rig *rig, enum ag_check_side side, int32_t error,
                     const char *what);

/* Little-endian values of 1 to 8 bytes. */
uint64_t ag_check_get(const uint8_t *at, size_t bytes);
void ag_check_put(uint8_t *at, uint64_t value, size_t bytes);
/* Words at an address of the image. */
void ag_check_put_words(ag_check_rig *rig, uint64_t address,
                        const uint32_t *words, size_t count);

/* Counts a difference; the first few are described in the report, and true. */
bool ag_check_fail(ag_check *c, const char *format, ...) AG_CLI_PRINTF(2, 3);
/* The same in parts: true if it is to be described, with these two. */
bool ag_check_count(ag_check *c);
void ag_check_say(ag_check *c, const char *format, ...) AG_CLI_PRINTF(2, 3);
void ag_check_say_again(ag_check *c);

/* Odd rounds have shared memory, which translated code has not. */
uint32_t ag_check_mode_of(const ag_check *c, uint64_t round);
/* Lanes and memory mode of a subject's round. */
ag_check_rig *ag_check_rig_of(ag_check *c, uint64_t round);
/* The image: zero where code is, random in the windows. */
void ag_check_random_data(ag_check_rig *rig, ag_check_random *r);

/* -- Generated code -------------------------------------------------------- */

struct ag_check_row {
    uint32_t mask, value;
    uint32_t index; /* in the library's table */
    bool implemented;
    uint8_t group; /* enum ag_check_group */
};

enum ag_check_group {
    AG_CHECK_ALU,
    AG_CHECK_BRANCH,
    AG_CHECK_SYSTEM,
    AG_CHECK_MEMORY,
    AG_CHECK_OTHER
};

/* What a word accesses, as far as it is one of the table's loads and stores. */
typedef struct ag_check_access {
    bool is_access;
    bool is_literal; /* PC-relative: there is no base */
    uint32_t bytes;
    uint32_t base;  /* register, 31: SP unless is_system */
    uint32_t index; /* register, 31: none */
    uint32_t extend, shift;
    int64_t offset;
    bool is_system; /* cache maintenance by address */
} ag_check_access;

void ag_check_read_rows(ag_check *c);
ag_check_access ag_check_decode_access(uint32_t word);
/* A word of this row with random fields, some of them alike or 31. */
uint32_t ag_check_word(const ag_check *c, const ag_check_row *row,
                       ag_check_random *r);
/* A random implemented row of the group. */
const ag_check_row *ag_check_pick_row(const ag_check *c,
                                      enum ag_check_group group,
                                      ag_check_random *r);
/* The index register's part of the address. */
uint64_t ag_check_index_value(const ag_check_access *a, const armgpu_state *s);
/* A short program of random words that touches its lane's window only and ends
   in HLT; it may lie at any address. */
#define AG_CHECK_SEQUENCE 16 /* words of a program's place */
void ag_check_sequence(const ag_check *c, ag_check_random *r,
                       uint32_t words[AG_CHECK_SEQUENCE]);
/* The same of exclusives, ordered accesses and atomics on few addresses. */
void ag_check_exclusives(const ag_check *c, ag_check_random *r,
                         uint32_t words[AG_CHECK_SEQUENCE]);
/* Registers for either kind of program, at PC `at`. */
void ag_check_sequence_state(const ag_check_rig *rig, uint64_t lane,
                             uint64_t at, ag_check_random *r);
/* Everything random but sizes and the lane's identity. */
void ag_check_random_state(armgpu_state *s, ag_check_random *r);
/* V registers: floating-point numbers of all widths, and what breaks integer
   code. */
void ag_check_random_vectors(armgpu_state *s, ag_check_random *r);

/* -- Rounds by file -------------------------------------------------------- */

/* words.c */
void ag_check_round_words(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_undefined(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_edges(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_sequences(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_own_code(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_exclusives(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_limits(ag_check *c, uint64_t round, ag_check_random *r);

/* stops.c */
void ag_check_round_stops(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_resume(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_interrupt(ag_check *c, uint64_t round, ag_check_random *r);

/* code.c */
void ag_check_round_code(ag_check *c, uint64_t round, ag_check_random *r);

/* programs.c */
void ag_check_round_programs(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_many(ag_check *c, uint64_t round, ag_check_random *r);

/* float.c */
void ag_check_round_float(ag_check *c, uint64_t round, ag_check_random *r);

/* sharing.c */
void ag_check_round_atomics(ag_check *c, uint64_t round, ag_check_random *r);
void ag_check_round_locks(ag_check *c, uint64_t round, ag_check_random *r);

#endif
