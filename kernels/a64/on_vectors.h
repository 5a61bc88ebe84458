/*
 * The bodies that are written for values of any number of lanes, so that they
 * can be compiled once for each kind of value: after engine/scalar.h for one
 * lane, after the accessors of group/group.h for vectors of lanes. None of these
 * files has an include guard. What must go lane by lane is in one_lane.h,
 * atomic.h and system.h.
 */
#include "a64/addsub.h"
#include "a64/bitfield.h"
#include "a64/branch.h"
#include "a64/flagm.h"
#include "a64/ldst.h"
#include "a64/logical.h"
#include "a64/move.h"
#include "a64/multiply.h"
#include "a64/reverse.h"
#include "a64/select.h"
#include "a64/shift.h"
