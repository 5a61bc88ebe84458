#include "backend/cpu/cpu_trial.h"

#define ENOUGH (1u << 18)
#define FIRST_LEFT 16
#define MOST_LEFT 256
#define CLEARLY 1.05 /* times as fast */

bool ag_cpu_trial_way(const struct ag_cpu_trial *t)
{
    return t->is_first_better != t->is_trying;
}

void ag_cpu_trial_begin(struct ag_cpu_trial *t)
{
    *t = (struct ag_cpu_trial){
        .is_first_better = true, .left = 1, .most = FIRST_LEFT};
}

/* The other way was tried. */
static void judge(struct ag_cpu_trial *t, double rate)
{
    t->is_trying = false;
    if (rate > CLEARLY * t->rate) {
        t->is_first_better = !t->is_first_better;
        t->rate = rate;
        t->most = FIRST_LEFT;
    } else if (t->most < MOST_LEFT) {
        t->most *= 2;
    }
    t->left = t->most;
}

void ag_cpu_trial_ran(struct ag_cpu_trial *t, uint64_t retired, double seconds)
{
    if (retired < ENOUGH || seconds <= 0)
        return;
    if (t->is_trying) {
        judge(t, (double)retired / seconds);
        return;
    }
    t->rate = (double)retired / seconds;
    t->is_trying = --t->left == 0;
}
