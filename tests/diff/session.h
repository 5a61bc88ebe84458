/*
 * Runs cases on the library and on an oracle and compares what they did: X0 to
 * X30, SP, PC, NZCV, FPCR, FPSR, TPIDR_EL0, memory, how execution ended and how
 * many instructions it took. A case runs on one or several subjects, and once on
 * the oracle.
 *
 * Where an instruction faults, the architecture leaves open what an oracle may
 * have half done; the library promises that nothing has happened, so then the
 * expected state is that before the instruction.
 *
 * Environment: SEED (default 1), COUNT (instructions to compare), CASE=KIND:N
 * (only that case; KIND as a failure names it).
 */
#ifndef DIFF_SESSION_H
#define DIFF_SESSION_H

#include "generate.h"
#include "subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum diff_end {
    DIFF_DONE, /* at the limit or at the HLT, whose address is PC */
    DIFF_READ_FAULT,
    DIFF_WRITE_FAULT,
    DIFF_FETCH_FAULT, /* PC is the bad address */
    DIFF_UNALIGNED,   /* before the access that had to be aligned */
    DIFF_EXCEPTION    /* undefined or anything else */
};

struct diff_outcome {
    enum diff_end end;
    uint64_t executed;
    uint64_t vectors; /* of these, by diff_is_vector() */
    uint64_t path; /* differs if the way through the code did; 0: unknown */
};

/* How far an oracle runs. */
struct diff_bounds {
    uint64_t until;  /* until PC is this, the same in all runs of a case, */
    unsigned limit;  /* for that many instructions, unless it is 0, */
    uint64_t before; /* and no further than before this one, unless it is 0 */
};

struct diff_oracle {
    const char *name;
    struct diff_scope scope;
    uint8_t *memory;      /* the window's bytes and what is behind it */
    const uint8_t *image; /* what they are before every run */
    void *context;
    /* Code words have changed. */
    void (*code_changed)(void *context);
    /* From *s on. */
    void (*run)(void *context, const struct diff_bounds *bounds,
                armgpu_state *s, struct diff_outcome *out);
};

struct diff_session {
    struct diff_oracle *oracle;
    struct diff_generator generator;
    struct diff_subject *subjects;
    unsigned num_subjects;
    uint8_t *image;    /* memory before every case */
    uint8_t *found;    /* a lane's, afterwards */
    bool *reported;    /* rows of which a difference was printed */
    uint64_t count;    /* instructions to compare */
    uint64_t executed; /* compared so far */
    uint64_t vectors;  /* of these */
    uint64_t cases, faults, differences;
    uint64_t unaligned; /* of the faults */
    uint64_t paths; /* different ways that lanes took, of all cases together */
    unsigned reports; /* differences that were printed */
};

/* Reads the environment. The first has few lanes one by one or in one group;
   all that matters to it is what instructions do. */
void diff_session_open(struct diff_session *s, struct diff_oracle *oracle,
                       uint64_t default_count);
void diff_session_open_on(struct diff_session *s, struct diff_oracle *oracle,
                          uint64_t default_count,
                          const struct diff_kind_of_subject *kinds,
                          unsigned num_kinds);
void diff_session_close(struct diff_session *s);

/* The same number of words of every row, together a sixteenth of `count`; or
   CASE. */
void diff_run_singles(struct diff_session *s);

/* Sequences until `count` instructions have been compared, or CASE. */
void diff_run_sequences(struct diff_session *s);

/* Rows that are usable but of which no single case retired, on each subject. */
unsigned diff_rows_missed(const struct diff_session *s);

/* What was compared, and a line for each subject. */
void diff_print_summary(const struct diff_session *s);

#ifdef __cplusplus
}
#endif
#endif
