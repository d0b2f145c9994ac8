/* param.h: one row per parameter, and the map between its value and theta.
 *
 * theta in [0, 1] is what learning sees; the value in physical units is what a module sees:
 *
 *     AED_LIN   v = lo + theta (hi - lo)          dv/dtheta = hi - lo
 *     AED_LOG   v = lo (hi/lo)^theta              dv/dtheta = v ln(hi/lo)
 */
#ifndef AED_PARAM_H
#define AED_PARAM_H

typedef enum
{
    AED_LIN,
    AED_LOG /* needs 0 < lo < hi */
} aed_curve;

/* What is special about a parameter; may be added up. */
typedef enum
{
    AED_PLAIN = 0,
    AED_STANDS = 1, /* does not learn unless asked to */
    AED_LEVEL = 2,  /* at 0 it silences others: while learning, theta stays above AED_LEVEL_FLOOR */
    AED_TUNED =
        4 /* a frequency, AED_LOG: `pitch played` holds it at the key; while it learns, it follows
                     * the lag in pitch rather than a gradient */
} aed_trait;

#define AED_LEVEL_FLOOR 0.02

typedef struct
{
    const char *name; /* without its module: "cutoff" */
    const char *unit; /* "Hz", "ms", "oct", "" */
    double lo, hi;
    aed_curve curve;
    double start;    /* theta where a new voice begins */
    int traits;      /* of aed_trait */
    const char *doc; /* one line for the panel and the help patch */
} aed_param;

/* Value at theta, theta clipped to [0, 1]. Rt-safe: yes. */
double aed_param_value(const aed_param *p, double theta);

/* Theta of a value, the value clipped to [lo, hi]. Rt-safe: yes. */
double aed_param_theta(const aed_param *p, double value);

/* dvalue/dtheta at theta in [0, 1]; at the ends the inner one-sided derivative. Rt-safe: yes. */
double aed_param_slope(const aed_param *p, double theta);

#endif
