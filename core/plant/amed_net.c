/* amed_net.c: see amed_net.h. */
#include "amed_net.h"

#include <math.h>

#include "base/hot.h"
#include "base/rng.h"
#include "base/vmath.h"
#include "still.h"

static const double c_step = 0.01;
static const double noise_floor = 1e-3;

/* Hidden sizes are multiples of 8. Said with a mask, the compiler knows it and leaves out what would
 * finish a loop of another length. */
static const size_t whole_vectors = ~(size_t)7;

/* ---- memory ---- */

size_t aed_amed_weights_n(const aed_amed_net *net)
{
    return (net->inputs + 1) * aed_amed_units(net) + AED_AMED_NETS;
}

enum
{
    SCALAR_PLANES = 11
};

size_t aed_amed_planes_n(const aed_amed_net *net)
{
    return aed_amed_units(net) + net->inputs + SCALAR_PLANES;
}

aed_amed_planes aed_amed_planes_of(double *tape, const aed_amed_net *net, size_t n)
{
    double *z = tape + n * aed_amed_units(net), *scalars = z + n * net->inputs;

    return (aed_amed_planes){
        .hidden = tape,
        .z = z,
        .eps = scalars,
        .turn = scalars + n,
        .y = scalars + 2 * n,
        .tanh_y = scalars + 3 * n,
        .noise = scalars + 4 * n,
        .sine = scalars + 5 * n,
        .dnoise_ds = scalars + 6 * n,
        .cosine = scalars + 7 * n,
        .dout = scalars + 8 * n,
    };
}

static void fill_uniform(double *w, aed_rng *r, double most, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = most * (2.0 * aed_rng_uniform(r) - 1.0);
}

void aed_amed_weights_start(double *w, const aed_amed_net *net, unsigned long seed)
{
    const size_t first = net->inputs * aed_amed_units(net);
    aed_rng r = {seed, 0};

    fill_uniform(w, &r, 1.0 / sqrt((double)(net->inputs - 1)), first);
    fill_uniform(w + first, &r, 1.0 / sqrt((double)net->hidden), aed_amed_weights_n(net) - first);
}

/* ---- sums over units ---- */

/* Eight partial sums, for the recurrence waits for the sum: as wide as the widest vector unit, and in the
 * same order on every machine. */
typedef double eight __attribute__((vector_size(64)));

/* By address: what a function may return depends on the machine. */
AED_INLINE void load(eight *v, const double *x)
{
    memcpy(v, x, sizeof *v); /* from any address */
}

AED_INLINE double sum_of(const eight *v)
{
    const eight x = *v;

    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

/* sum_u a[u] b[u], n a multiple of 8. */
AED_INLINE double dot(const double *a, const double *b, size_t n)
{
    eight sum = {0}, p, q;

    for (size_t u = 0; u < n; u += 8)
    {
        load(&p, a + u);
        load(&q, b + u);
        sum += p * q;
    }
    return sum_of(&sum);
}

/* ---- forward ---- */

/* Rows of z that are not 0 throughout, of those that come from outside. Most examples are. */
static size_t active_rows(size_t *rows, const double *z, size_t inputs, size_t n)
{
    size_t found = 0;

    for (size_t row = AED_AMED_OWN; row < inputs; row++)
        if (!aed_still_zero(z + row * n, n))
            rows[found++] = row;
    return found;
}

/* a[t] += z w of up to four rows at a time: a then goes through memory a quarter as often. */
AED_INLINE void add_rows(double *restrict a, const double *const *w, const double *const *z,
    size_t many, size_t U, size_t n)
{
    for (size_t t = 0; t < n; t++, a += U)
    {
        const double z0 = z[0][t], z1 = z[1][t], z2 = z[2][t], z3 = z[3][t];

        if (many == 4)
            for (size_t u = 0; u < U; u++)
                a[u] += (z0 * w[0][u] + z1 * w[1][u]) + (z2 * w[2][u] + z3 * w[3][u]);
        else
            for (size_t u = 0; u < U; u++)
                a[u] += z0 * w[0][u];
    }
}

/* a[t] = sum over rows of w[row] z[row][t], all rows but C's, which only the recurrence knows. Without rows
 * from outside that is the bias alone, and nothing is written. */
AED_HOT static void activations(double *restrict a, const double *w, const double *z,
    const aed_amed_net *net, const size_t *rows, size_t n_rows, size_t n)
{
    const size_t U = AED_AMED_NETS * (net->hidden & whole_vectors);

    for (size_t t = 0; t < n && n_rows > 0; t++)
        for (size_t u = 0; u < U; u++)
            a[t * U + u] = w[u];
    for (size_t i = 0; i < n_rows;)
    {
        const size_t many = i + 4 <= n_rows ? 4 : 1;
        const double *wr[4], *zr[4];

        for (size_t k = 0; k < 4; k++)
        {
            const size_t row = rows[i + (k < many ? k : 0)];

            wr[k] = w + row * U;
            zr[k] = z + row * n;
        }
        add_rows(a, wr, zr, many, U, n);
        i += many;
    }
}

AED_HOT static void recur(aed_amed_planes p, double *state_y, double *state_c, const double *w,
    const aed_amed_net *net, const double *chaos, int bias_alone, size_t n)
{
    const size_t H = net->hidden & whole_vectors, U = AED_AMED_NETS * H;
    const aed_amed_law law = *net->law;
    const double *wc = w + AED_AMED_C * U, *w2 = w + net->inputs * U, *b2 = w2 + U;
    double *zc = p.z + AED_AMED_C * n;
    double y = *state_y, c = *state_c;

    for (size_t t = 0; t < n; t++)
    {
        double *h = p.hidden + t * U;
        const double *a = bias_alone ? w : h;

        zc[t] = c;
        for (size_t u = 0; u < U; u++)
            h[u] = aed_tanh(a[u] + wc[u] * c);
        const double f = dot(w2, h, H) + b2[0];
        const double s = dot(w2 + H, h + H, H) + b2[1];
        const double d = dot(w2 + 2 * H, h + 2 * H, H) + b2[2] + p.turn[t];
        const double e = aed_exp(-fabs(s)); /* softplus s = max(s, 0) + ln(1 + e^-|s|) */
        const double soft = (s > 0.0 ? s : 0.0) + aed_log1p(e);
        const double turns = d * 0.15915494309189535;

        p.dnoise_ds[t] = p.eps[t] * (s > 0.0 ? 1.0 : e) / (1.0 + e);
        p.noise[t] = p.eps[t] * (soft + noise_floor);
        aed_sincos_turns(&p.sine[t], &p.cosine[t], turns);
        y = law.rho * y + f + chaos[t] * (law.noise * p.noise[t] + law.dither * p.sine[t]);
        p.y[t] = y;
        p.tanh_y[t] = aed_tanh(y);
        c = law.lambda * c + c_step * p.tanh_y[t];
    }
    *state_y = y;
    *state_c = c;
}

void aed_amed_net_forward(aed_amed_planes p, double *y, double *c, const double *w,
    const aed_amed_net *net, const double *chaos, size_t n)
{
    size_t rows[AED_AMED_MOST_INPUTS];
    const size_t n_rows = active_rows(rows, p.z, net->inputs, n);

    for (size_t t = 0; t < n; t++)
        p.z[AED_AMED_ONE * n + t] = 1.0;
    activations(p.hidden, w, p.z, net, rows, n_rows, n);
    recur(p, y, c, w, net, chaos, n_rows == 0, n);
}

/* ---- backward ----
 *
 * With Y = dL/dy_{t+1} and K = dL/dC_{t+1}, each with all later samples counted in, backwards in t:
 *
 *     Y   += dy_t + .01 (1 - tanh^2 y_{t+1}) K
 *     df   = Y,   ds = Y chaos noise eps sigmoid(s),   dd = Y chaos dither cos(d + .01 t)
 *     dchaos_t += Y (noise (softplus(s) + 1e-3) eps + dither sin(d + .01 t))
 *     dh_u = W2_u do,   g_u = dh_u (1 - h_u^2)      do: that of the net u belongs to
 *     K    = lambda K + sum_u W1[C][u] g_u
 *     Y    = rho Y
 *
 * and, independently of t:  dW2_u += sum_t do h_u,   db2 += sum_t do,   dW1[i][u] += sum_t z_i g_u. */

/* g [n] of one network whose output has the gradient d; *dc += wc g. */
AED_INLINE void through_tanh(double *restrict g, eight *dc, const double *restrict h,
    const double *restrict w2, const double *restrict wc, double d, size_t n)
{
    for (size_t u = 0; u < n; u += 8)
    {
        eight hu, w2u, wcu;

        load(&hu, h + u);
        load(&w2u, w2 + u);
        load(&wcu, wc + u);
        const eight gu = d * w2u * (1.0 - hu * hu);

        memcpy(g + u, &gu, sizeof gu);
        *dc += wcu * gu;
    }
}

AED_HOT static void recur_back(double *g, double *dw, double *dchaos, double *dstate_y,
    double *dstate_c, const double *dy, aed_amed_planes p, const double *w, const aed_amed_net *net,
    const double *chaos, size_t at, size_t n)
{
    const size_t H = net->hidden & whole_vectors, U = AED_AMED_NETS * H;
    const aed_amed_law law = *net->law;
    const double *wc = w + AED_AMED_C * U, *w2 = w + net->inputs * U;
    double *db2 = dw + (net->inputs + 1) * U;
    double Y = *dstate_y, K = *dstate_c;

    for (size_t t = n; t-- > 0;)
    {
        const double *h = p.hidden + t * U;
        double *gt = g + t * U;
        eight dc = {0};
        const int ends = law.horizon && (at + t + 1) % law.horizon == 0;

        Y = ends ? 0.0 : Y;
        K = ends ? 0.0 : K;
        Y += dy[t] + c_step * (1.0 - p.tanh_y[t] * p.tanh_y[t]) * K;
        const double ds = Y * chaos[t] * law.noise * p.dnoise_ds[t];
        const double dd = Y * chaos[t] * law.dither * p.cosine[t];

        dchaos[t] += Y * (law.noise * p.noise[t] + law.dither * p.sine[t]);
        db2[0] += Y;
        db2[1] += ds;
        db2[2] += dd;
        p.dout[t] = Y;
        p.dout[n + t] = ds;
        p.dout[2 * n + t] = dd;
        through_tanh(gt, &dc, h, w2, wc, Y, H);
        through_tanh(gt + H, &dc, h + H, w2 + H, wc + H, ds, H);
        through_tanh(gt + 2 * H, &dc, h + 2 * H, w2 + 2 * H, wc + 2 * H, dd, H);
        K = law.lambda * K + sum_of(&dc);
        Y *= law.rho;
    }
    *dstate_y = Y;
    *dstate_c = K;
}

/* dr [width] += sum_t z[t] g[t · U], four samples at a time; width a multiple of 8. */
AED_HOT static void outer(double *restrict dr, const double *restrict z, const double *restrict g,
    size_t width, size_t U, size_t n)
{
    const size_t whole = width & whole_vectors;
    size_t t = 0;

    for (; t + 4 <= n; t += 4)
    {
        const double *gt = g + t * U;
        const double z0 = z[t], z1 = z[t + 1], z2 = z[t + 2], z3 = z[t + 3];

        for (size_t u = 0; u < whole; u++)
            dr[u] += (z0 * gt[u] + z1 * gt[U + u]) + (z2 * gt[2 * U + u] + z3 * gt[3 * U + u]);
    }
    for (; t < n; t++)
        for (size_t u = 0; u < whole; u++)
            dr[u] += z[t] * g[t * U + u];
}

static void outer_rows(
    double *dw, const double *z, const double *g, const aed_amed_net *net, size_t n)
{
    size_t rows[AED_AMED_MOST_INPUTS];
    const size_t n_rows = active_rows(rows, z, net->inputs, n), U = aed_amed_units(net);

    for (size_t row = 0; row < AED_AMED_OWN; row++)
        outer(dw + row * U, z + row * n, g, U, U, n);
    for (size_t i = 0; i < n_rows; i++)
        outer(dw + rows[i] * U, z + rows[i] * n, g, U, U, n);
}

void aed_amed_net_backward(double *g, double *dw, double *dchaos, double *dstate_y,
    double *dstate_c, const double *dy, aed_amed_planes p, const double *w, const aed_amed_net *net,
    const double *chaos, size_t at, size_t n)
{
    const size_t H = net->hidden, U = aed_amed_units(net);

    recur_back(g, dw, dchaos, dstate_y, dstate_c, dy, p, w, net, chaos, at, n);
    outer_rows(dw, p.z, g, net, n);
    for (size_t k = 0; k < AED_AMED_NETS; k++)
        outer(dw + net->inputs * U + k * H, p.dout + k * n, p.hidden + k * H, H, U, n);
}

/* d(ln sigma + e^2 / 2 sigma^2)/ds = (1/sigma - e^2/sigma^3) noise sigmoid(s), and on from there as above,
 * for the units of one network. */
double aed_amed_net_likelihood(double *g, double *dw, const double *e, double scale,
    aed_amed_planes p, const double *w, const aed_amed_net *net, size_t n)
{
    const size_t H = net->hidden, U = aed_amed_units(net);
    const double *w2 = w + net->inputs * U, *b2 = w2 + U;
    double *db2 = dw + (net->inputs + 1) * U, sum = 0.0;
    eight unused = {0};

    memset(g, 0, n * U * sizeof *g);
    for (size_t t = 0; t < n; t++)
    {
        const double *h = p.hidden + t * U + H;
        const double s = dot(w2 + H, h, H) + b2[1], small = exp(-fabs(s));
        const double soft = fmax(s, 0.0) + log1p(small);
        const double sigma = net->law->noise * (soft + noise_floor), off = e[t] / sigma;
        const double slope = net->law->noise * (s > 0.0 ? 1.0 : small) / (1.0 + small);
        const double ds = scale * (1.0 - off * off) / sigma * slope;

        sum += log(sigma) + 0.5 * off * off;
        db2[1] += ds;
        p.dout[n + t] = ds;
        through_tanh(g + t * U + H, &unused, h, w2 + H, w, ds, H);
    }
    outer_rows(dw, p.z, g, net, n);
    outer(dw + net->inputs * U + H, p.dout + n, p.hidden + H, H, U, n);
    return sum;
}

double aed_amed_net_dot(const double *a, const double *b, const aed_amed_net *net)
{
    return dot(a, b, aed_amed_units(net));
}
