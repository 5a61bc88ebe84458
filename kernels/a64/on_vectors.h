/*
 * The bodies that are written for values of any number of lanes, so that they
 * can be compiled once for each kind of value: after engine/scalar.h for one
 * lane, after the accessors of group/group.h for vectors of lanes. None of these
 * files has an include guard. What must go lane by lane is in one_lane.h,
 * atomic.h and system.h.
 */
#include "a64/addsub.h" /* again */
#include "a64/bitfield.h" /* again */
#include "a64/branch.h" /* again */
#include "a64/flagm.h" /* again */
#include "a64/ldst.h" /* again */
#include "a64/logical.h" /* again */
#include "a64/move.h" /* again */
#include "a64/multiply.h" /* again */
#include "a64/reverse.h" /* again */
#include "a64/select.h" /* again */
#include "a64/shift.h" /* again */
