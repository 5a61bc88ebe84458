/*
 * IEEE 754 arithmetic as the Arm ARM's pseudocode defines it, in integers: one
 * text, the same bits on every device. Functions have the pseudocode's names;
 * operands are bit patterns, FPCR is the register, results are by value.
 * FEAT_FP16, FRINTTS, JSCVT, BF16, FHM are there, FEAT_AFP and EBF16 are not.
 */
#ifndef AG_FLOAT_FLOAT_H
#define AG_FLOAT_FLOAT_H

#include "float/add.h"
#include "float/bfloat.h"
#include "float/compare.h"
#include "float/convert.h"
#include "float/divide.h"
#include "float/estimate.h"
#include "float/fixed.h"
#include "float/hardware.h"
#include "float/hardware_convert.h"
#include "float/minmax.h"
#include "float/multiply.h"
#include "float/round_int.h"
#include "float/sqrt.h"

#endif
