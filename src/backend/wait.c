/* Waiting for a launch: see wait.h. */
#define _POSIX_C_SOURCE 200809L
#include "backend/wait.h"
#include "base/clock.h"

#include <sched.h>
#include <time.h>

#define SPIN_SECONDS 1e-4 /* a short launch is not waited for with naps */
#define NAP_LEAST 20000
/* A longer pause between two looks is none of the device's: this process was
   stopped, or had no processor. */
#define LONGEST_LOOK 0.5

bool ag_wait_until(ag_is_over_fn *is_over, void *user, double seconds,
                   long nap_most)
{
    struct timespec nap = {0, NAP_LEAST};
    double waited = 0, last = ag_now();
    while (!is_over(user)) {
        double now = ag_now(), since = now - last;
        waited += since < LONGEST_LOOK ? since : LONGEST_LOOK;
        last = now;
        if (waited > seconds)
            return false;
        if (waited < SPIN_SECONDS) {
            sched_yield();
            continue;
        }
        nanosleep(&nap, NULL);
        nap.tv_nsec += nap.tv_nsec / 4;
        if (nap.tv_nsec > nap_most)
            nap.tv_nsec = nap_most;
    }
    return true;
}
