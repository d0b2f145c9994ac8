/* AME-D by the seed's equations against PyTorch in double: sound, C, loss and the gradients of all
 * weights. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "plant/amed.h"

enum
{
    CHUNK = 64
};

static const double tolerance = 1e-9;

typedef struct
{
    const char *file;
    size_t T, H, hidden; /* H units of the file's stand in a net of `hidden` */
    aed_amed_net net;
    double *w, *dw;
    golden eps, target;
    double *y, *c; /* [T] */
    double mse;
} run;

static golden read_part(const run *r, const char *before, const char *net, const char *part)
{
    char name[40];

    snprintf(name, sizeof name, "%s%s_%s", before, net, part);
    return golden_read(r->file, name);
}

static const char *const nets[AED_AMED_NETS] = {"f", "sigma", "d"};
static const char *const parts[] = {"b1", "W1", "W2", "b2"};

/* Where a net's part stands among our weights: b1 and W1 are the rows ONE and C. */
static size_t place(const run *r, size_t part, size_t net)
{
    const size_t U = AED_AMED_NETS * r->hidden;

    return part == 3 ? 3 * U + net : part * U + net * r->hidden;
}

static void load_weights(run *r)
{
    for (size_t net = 0; net < AED_AMED_NETS; net++)
        for (size_t part = 0; part < 4; part++)
        {
            golden g = read_part(r, "", nets[net], parts[part]);

            memcpy(r->w + place(r, part, net), g.v, g.n * sizeof *g.v);
            golden_free(&g);
        }
}

static run open_run(const char *file)
{
    run r = {.file = file, .eps = golden_read(file, "eps"), .target = golden_read(file, "target")};
    golden meta = golden_read(file, "meta_T_hidden_sr_freq");

    r.T = (size_t)meta.v[0];
    r.H = (size_t)meta.v[1];
    r.hidden = (r.H + 7) / 8 * 8;
    r.net = (aed_amed_net){&aed_amed_as_written, r.hidden, AED_AMED_OWN};
    r.w = calloc(2 * aed_amed_weights_n(&r.net), sizeof *r.w);
    r.dw = r.w + aed_amed_weights_n(&r.net);
    r.y = calloc(2 * r.T, sizeof *r.y);
    r.c = r.y + r.T;
    golden_free(&meta);
    load_weights(&r);
    return r;
}

static void close_run(run *r)
{
    golden_free(&r->eps);
    golden_free(&r->target);
    free(r->w);
    free(r->y);
}

static size_t chunk_n(const run *r, size_t at)
{
    return r->T - at < CHUNK ? r->T - at : CHUNK;
}

/* Forward in chunks, then backward in chunks, with what seed_turn a sample the dither turns. */
static void play(run *r, double seed_turn)
{
    const size_t planes_n = aed_amed_planes_n(&r->net);
    double *tape = calloc(r->T * planes_n, sizeof *tape),
           *g = calloc(CHUNK * 3 * r->hidden, sizeof *g);
    double one[CHUNK], dchaos[CHUNK] = {0}, dy[CHUNK], y = 0.0, c = 0.0, dstate_y = 0.0,
                       dstate_c = 0.0;

    for (size_t t = 0; t < CHUNK; t++)
        one[t] = 1.0;
    for (size_t at = 0; at < r->T; at += CHUNK)
    {
        const size_t n = chunk_n(r, at);
        const aed_amed_planes p = aed_amed_planes_of(tape + at * planes_n, &r->net, n);

        memcpy(p.eps, r->eps.v + at, n * sizeof *p.eps);
        for (size_t t = 0; t < n; t++)
            p.turn[t] = seed_turn * (double)(at + t);
        aed_amed_net_forward(p, &y, &c, r->w, &r->net, one, n);
        memcpy(r->y + at, p.y, n * sizeof *p.y);
        for (size_t t = 0; t < n; t++)
            r->c[at + t] = t + 1 < n ? p.z[AED_AMED_C * n + t + 1] : c;
    }
    for (size_t at = (r->T - 1) / CHUNK * CHUNK; at < r->T; at -= CHUNK)
    {
        const size_t n = chunk_n(r, at);

        for (size_t t = 0; t < n; t++)
            dy[t] = 2.0 * (r->y[at + t] - r->target.v[at + t]) / (double)r->T;
        aed_amed_net_backward(g, r->dw, dchaos, &dstate_y, &dstate_c, dy,
            aed_amed_planes_of(tape + at * planes_n, &r->net, n), r->w, &r->net, one, at, n);
    }
    for (size_t t = 0; t < r->T; t++)
        r->mse += (r->y[t] - r->target.v[t]) * (r->y[t] - r->target.v[t]) / (double)r->T;
    free(tape);
    free(g);
}

static double worst_output(const run *r)
{
    golden theta = golden_read(r->file, "out_theta"), c = golden_read(r->file, "out_C");
    golden mse = golden_read(r->file, "mse");
    const double worst =
        fmax(fmax(relative_to_largest(r->y, theta.v, r->T), relative_to_largest(r->c, c.v, r->T)),
            fabs(r->mse - mse.v[0]) / mse.v[0]);

    golden_free(&theta);
    golden_free(&c);
    golden_free(&mse);
    return worst;
}

static double worst_gradient(const run *r)
{
    double worst = 0.0;

    for (size_t net = 0; net < AED_AMED_NETS; net++)
        for (size_t part = 0; part < 4; part++)
        {
            golden g = read_part(r, "grad_", nets[net], parts[part]);
            const double off = gradient_largest(g.v, g.n) > 0.0
                                   ? relative_to_largest(r->dw + place(r, part, net), g.v, g.n)
                                   : gradient_largest(r->dw + place(r, part, net), g.n);

            worst = !(off <= worst) ? off : worst;
            golden_free(&g);
        }
    return worst;
}

static const char *const files[] = {
    "amed_T200_h32.txt", "amed_T200_h32_eps0.txt", "amed_T7_h3.txt"};

static void matches_torch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    {
        run r = open_run(files[i]);

        play(&r, 0.01);
        printf("ref amed %s: sound off by %.1e, gradients by %.1e\n", files[i], worst_output(&r),
            worst_gradient(&r));
        assert_true(worst_output(&r) <= tolerance);
        assert_true(worst_gradient(&r) <= tolerance);
        close_run(&r);
    }
}

static void rejects_another_equation(void **state)
{
    run r = open_run(files[0]);

    (void)state;
    play(&r, 0.0100001);
    assert_false(worst_output(&r) <= tolerance);
    assert_false(worst_gradient(&r) <= tolerance);
    close_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_torch),
        cmocka_unit_test(rejects_another_equation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
