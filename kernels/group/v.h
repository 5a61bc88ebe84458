/*
 * Instructions on V registers in a lane group: one function, compiled once for
 * each instruction set as entry_group.c is, beside it.
 */
#ifndef AG_GROUP_V_H
#define AG_GROUP_V_H

#include "group/group.h"

#ifndef AG_GROUP_V_ENTRY
#define AG_GROUP_V_ENTRY_OF(group) AG_GROUP_V_ENTRY_NAME(group)
#define AG_GROUP_V_ENTRY_NAME(group) group##_v
#define AG_GROUP_V_ENTRY AG_GROUP_V_ENTRY_OF(AG_GROUP_ENTRY)
#endif

/* Executes an instruction of class simd or vmemory; the active lanes that it is
   not executed for, nothing being done to them. */
u64 AG_GROUP_V_ENTRY(ag_group *g, ag_packed_entry e);

#endif
