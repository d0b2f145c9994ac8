/* amed_inputs.c: see amed_inputs.h. */
#include "amed_inputs.h"

#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "module.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double step_most = 0.45;
static const double fade_width = 0.05;

const double aed_amed_tau_ms[AED_AMED_ENVS] = {5.0, 30.0, 180.0, 1080.0};

/* ---- forward ---- */

AED_HOT static void decay(double *restrict env, double age, double tau_n, size_t n)
{
    for (size_t t = 0; t < n; t++)
        env[t] = aed_exp(-(age + (double)(int)t) / tau_n);
}

static void envelopes(double *env, const aed_amed_where *at)
{
    for (size_t j = 0; j < AED_AMED_ENVS; j++)
        decay(env + j * at->n, at->age, aed_amed_tau_ms[j] * 1e-3 * at->sr_hz, at->n);
}

static double share(double example, size_t e)
{
    return fmax(0.0, 1.0 - fabs(example - (double)e));
}

/* sum_j V[e][…] (1, env_j) of one example at sample t. */
static double contour_of(const double *v, const double *env, size_t t, size_t n)
{
    double p = v[0];

    for (size_t j = 0; j < AED_AMED_ENVS; j++)
        p += v[1 + j] * env[j * n + t];
    return p;
}

/* The two examples that may have a share. */
static size_t first_example(double example)
{
    const double most = AED_AMED_EXAMPLES - 2;

    return (size_t)fmin(fmax(floor(example), 0.0), most);
}

static double contour_at(const aed_amed_where *at, const double *env, size_t t)
{
    const size_t e = first_example(at->example[t]);
    const double *v = at->contour + e * AED_AMED_CONTOUR_ROW;

    return share(at->example[t], e) * contour_of(v, env, t, at->n) +
           share(at->example[t], e + 1) * contour_of(v + AED_AMED_CONTOUR_ROW, env, t, at->n);
}

static void walk(
    double *phase, double *step, double *phi, const double *env, const aed_amed_where *at)
{
    for (size_t t = 0; t < at->n; t++)
    {
        const double hz = at->freq_hz[t] * at->ratio[t] * aed_exp2(contour_at(at, env, t));

        phase[t] = *phi;
        step[t] = fmin(hz / at->sr_hz, step_most);
        *phi += step[t];
        *phi -= floor(*phi);
    }
}

AED_INLINE double fade(double u)
{
    const double s = aed_clamp((0.5 - u) / fade_width, 0.0, 1.0);

    return s * s * (3.0 - 2.0 * s);
}

/* sin and cos of k phi from those of (k - 1) phi: the addition theorem, one multiplication a turn. */
AED_HOT static void waves(double *restrict z, const double *restrict phase,
    const double *restrict step, size_t harmonics, size_t n)
{
    double s1[AED_CHUNK], c1[AED_CHUNK], s[AED_CHUNK], c[AED_CHUNK];

    for (size_t t = 0; t < n; t++)
    {
        aed_sincos_turns(&s1[t], &c1[t], phase[t]);
        s[t] = s1[t];
        c[t] = c1[t];
    }
    for (size_t k = 1; k <= harmonics; k++, z += 2 * n)
        for (size_t t = 0; t < n; t++)
        {
            const double gain = fade((double)(int)k * step[t]);
            const double next = s[t] * c1[t] + c[t] * s1[t];

            z[t] = gain * s[t];
            z[n + t] = gain * c[t];
            c[t] = c[t] * c1[t] - s[t] * s1[t];
            s[t] = next;
        }
}

void aed_amed_inputs_forward(
    double *z, double *phase, double *step, double *phi, const aed_amed_where *at)
{
    const size_t n = at->n;
    double *env = z + AED_AMED_ENV * n;

    envelopes(env, at);
    for (size_t t = 0; t < n; t++)
        z[AED_AMED_PITCH * n + t] = log2(at->freq_hz[t] * at->ratio[t] / 440.0);
    for (size_t e = 0; e < AED_AMED_EXAMPLES; e++)
        for (size_t t = 0; t < n; t++)
            z[(AED_AMED_EXAMPLE + e) * n + t] = share(at->example[t], e);
    walk(phase, step, phi, env, at);
    waves(z + AED_AMED_WAVES * n, phase, step, at->harmonics, n);
}

/* ---- backward ----
 *
 * With dz_i = sum_u W1[i][u] g_u, F = fade(k f), and dphi of all later samples counted in (phi_{t+1} =
 * phi_t + f_t):
 *
 *     df    = dphi + sum_k k fade'(k f) (sin dsin_k + cos dcos_k)
 *     dphi += sum_k 2 pi k F (cos dsin_k - sin dcos_k)
 *     dlog2 f = df f ln 2  goes to freq, ratio and the contour;  dz_pitch to freq and ratio alone
 *     dfreq += (dlog2 f + dz_pitch) / (freq ln 2),   dpitch += dlog2 f + dz_pitch
 *     dV[e][0, j] += x_e dlog2 f (1, env_j)
 *     dx_e  = dz_e + dlog2 f (V[e][0] + …),   dexample += sum_e dx_e dx_e/dexample */

static double fade_slope(double u)
{
    const double s = (0.5 - u) / fade_width;

    return s > 0.0 && s < 1.0 ? -6.0 * s * (1.0 - s) / fade_width : 0.0;
}

/* df and dphi of sample t by the waves. */
static void waves_back(double *df, double *dphi, const double *g, double phase, double step,
    const double *w, const aed_amed_net *net, size_t harmonics)
{
    const size_t U = aed_amed_units(net);
    double s1, c1, s, c;

    aed_sincos_turns(&s1, &c1, phase);
    s = s1;
    c = c1;
    for (size_t k = 1; k <= harmonics; k++)
    {
        const double *row = w + (AED_AMED_WAVES + 2 * (k - 1)) * U, K = (double)k;
        const double dsin = aed_amed_net_dot(row, g, net), dcos = aed_amed_net_dot(row + U, g, net);
        const double next = s * c1 + c * s1;

        *df += K * fade_slope(K * step) * (s * dsin + c * dcos);
        *dphi += two_pi * K * fade(K * step) * (c * dsin - s * dcos);
        c = c * c1 - s * s1;
        s = next;
    }
}

/* One example's part of dlog2 f at sample t; returns dL/dx_e. */
static double example_back(double *dcontour, double dlog2, double dz, double x, const double *v,
    const double *env, size_t t, size_t n)
{
    dcontour[0] += x * dlog2;
    for (size_t j = 0; j < AED_AMED_ENVS; j++)
        dcontour[1 + j] += x * dlog2 * env[j * n + t];
    return dz + dlog2 * contour_of(v, env, t, n);
}

static void where_back(aed_amed_where_gradient d, double dlog2, const double *g, const double *env,
    const double *w, const aed_amed_net *net, const aed_amed_where *at, size_t t)
{
    const size_t U = aed_amed_units(net), e = first_example(at->example[t]);
    const double *row = w + (AED_AMED_EXAMPLE + e) * U, x = at->example[t] - (double)e;
    const double *v = at->contour + e * AED_AMED_CONTOUR_ROW;
    double *dv = d.dcontour + e * AED_AMED_CONTOUR_ROW;
    const double dpitch = dlog2 + aed_amed_net_dot(w + AED_AMED_PITCH * U, g, net);
    const double below =
        example_back(dv, dlog2, aed_amed_net_dot(row, g, net), 1.0 - x, v, env, t, at->n);
    const double above = example_back(dv + AED_AMED_CONTOUR_ROW, dlog2,
        aed_amed_net_dot(row + U, g, net), x, v + AED_AMED_CONTOUR_ROW, env, t, at->n);

    d.dfreq[t] += dpitch / (at->freq_hz[t] * ln_2);
    d.dpitch[t] += dpitch;
    d.dexample[t] += above - below;
}

void aed_amed_inputs_backward(aed_amed_where_gradient d, double *dphi, const double *g,
    const double *phase, const double *step, const double *w, const aed_amed_net *net,
    const aed_amed_where *at)
{
    double env[AED_AMED_ENVS * AED_CHUNK];
    const size_t U = aed_amed_units(net);

    envelopes(env, at);
    for (size_t t = at->n; t-- > 0;)
    {
        double df = *dphi;

        waves_back(&df, dphi, g + t * U, phase[t], step[t], w, net, at->harmonics);
        where_back(
            d, step[t] < step_most ? df * step[t] * ln_2 : 0.0, g + t * U, env, w, net, at, t);
    }
}
