/* A process that is alone: how it ends, who it is, what it may use. */
#ifndef AG_LINUX_PROCESSES_H
#define AG_LINUX_PROCESSES_H

#include "linux/call.h"

AG_SYSCALL(exit)
{
    return ag_call_exits(AG_CALL_C, k->x[0] & 0xff);
}
AG_SYSCALL(exit_group)
{
    return ag_call_exits(AG_CALL_C, k->x[0] & 0xff);
}

#endif
