/* composite.h: one reward out of several named ones.
 *
 * Seed section 6, R = w_aud R_aud + w_opt R_opt + w_pol R_pol - P, divided by the sum of weights so
 * that rewards in 0 … 1 give a reward no larger:
 *
 *     R = sum_i s_i w_i f_i(v_i) / sum_i |w_i|     over the inputs that have arrived
 *
 * s = -1 for "penalty", else 1; v the value that came last; f the input's shape. A name without a
 * weight is ignored, so that any stream of named numbers may be wired in. Plain struct. */
#ifndef AED_COMPOSITE_H
#define AED_COMPOSITE_H

#include <stddef.h>

#include "base/status.h"

enum
{
    AED_COMPOSITE_MAX = 16,
    AED_COMPOSITE_NAME_N = 32
};

typedef struct
{
    char name[AED_COMPOSITE_NAME_N];
    double weight, value;
    size_t shape; /* row of the table of shapes in composite.c */
    double centre, width;
    int arrived;
} aed_composite_input;

typedef struct
{
    aed_composite_input inputs[AED_COMPOSITE_MAX];
    size_t n;
} aed_composite;

/* One input, "aud", of weight 1. Rt-safe: yes. */
void aed_composite_init(aed_composite *c);

/* Give an input its weight, -1000 … 1000; 0 takes it away, with what it had received.
 * Errors (*c unchanged): AED_E_ARG for a weight out of range, NaN, an empty or too long name, or a
 * 17th input. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_composite_weight(
    aed_composite *c, const char *name, double weight, aed_error *e);

/* Bend an input before it is weighed: "linear" v; "sigmoid" 1/(1 + exp(-(v - centre)/width));
 * "bell" exp(-((v - centre)/width)^2), which is the seed's reward with width = sqrt(.05);
 * "exp" exp(-max(0, (v - centre)/width)), which makes a reward in 0 … 1 out of a loss or a norm.
 * Errors (*c unchanged): AED_E_NAME for an input without weight or an unknown shape; AED_E_ARG for
 * a width of 0 or NaN. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_composite_shape(aed_composite *c, const char *name, const char *shape,
    double centre, double width, aed_error *e);

/* Take in a value. A name without a weight is no error: nothing happens.
 * Errors (*c unchanged): AED_E_NONFINITE for NaN or Inf. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_composite_set(
    aed_composite *c, const char *name, double value, aed_error *e);

/* 1 when a value of any input has arrived since init or the last aed_composite_clear. Rt-safe: yes. */
int aed_composite_ready(const aed_composite *c);

/* Forget the values, keep names, weights and shapes. Rt-safe: yes. */
void aed_composite_clear(aed_composite *c);

/* R; 0 while nothing has arrived. Finite for values up to 1e300. Rt-safe: yes. */
double aed_composite_value(const aed_composite *c);

#endif
