/*
 * Waiting for a launch by asking. Drivers' own waits have no end where a device
 * hangs. Only src/backend includes this.
 */
#ifndef AG_WAIT_H
#define AG_WAIT_H

#include <stdbool.h>

/* Whether the launch is over, well or not. */
typedef bool ag_is_over_fn(void *user);

/* Asks until it is over or has not been for `seconds`, of those in which this
   process ran: true, false. At first without
   pause, then with naps that grow to nap_most nanoseconds. */
bool ag_wait_until(ag_is_over_fn *is_over, void *user, double seconds,
                   long nap_most);

#endif
