#include "param.h"

#include <math.h>

static double clip(double x, double lo, double hi)
{
    return fmin(fmax(x, lo), hi);
}

double aed_param_value(const aed_param *p, double theta)
{
    const double t = clip(theta, 0.0, 1.0);

    if (p->curve == AED_LOG)
        return p->lo * pow(p->hi / p->lo, t);
    return p->lo + t * (p->hi - p->lo);
}

double aed_param_theta(const aed_param *p, double value)
{
    const double v = clip(value, p->lo, p->hi);

    if (p->curve == AED_LOG)
        return log(v / p->lo) / log(p->hi / p->lo);
    return (v - p->lo) / (p->hi - p->lo);
}

double aed_param_slope(const aed_param *p, double theta)
{
    if (p->curve == AED_LOG)
        return aed_param_value(p, theta) * log(p->hi / p->lo);
    return p->hi - p->lo;
}
