/*
 * Which of two ways of executing the same is the faster one here and now: what
 * ran last tells how fast the better one is, and now and then the other has a
 * turn, less often the longer it was not better. Whatever is chosen, what comes
 * of lanes is the same.
 */
#ifndef AG_CPU_TRIAL_H
#define AG_CPU_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

struct ag_cpu_trial {
    bool is_first_better, is_trying; /* the other one, in the next turn */
    double rate; /* instructions a second of the better one's last turn */
    uint32_t left,
        most; /* turns of the better one before the other's, of so many */
};

void ag_cpu_trial_begin(struct ag_cpu_trial *t);
/* The next turn: true, the first way; false, the other one. */
bool ag_cpu_trial_way(const struct ag_cpu_trial *t);
/* What that retired in how many seconds; turns in which it was little tell
   nothing. */
void ag_cpu_trial_ran(struct ag_cpu_trial *t, uint64_t retired, double seconds);

#endif
