/* The log-mel loss and its gradient against PyTorch's autograd. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>

#include "ear/ear.h"

typedef struct
{
    double loss;     /* |loss - torch's| / torch's */
    double gradient; /* max |dx - torch's| / max |torch's| */
} figures;

static figures compare(const char *file)
{
    golden x = golden_read(file, "x"), y = golden_read(file, "y");
    golden meta = golden_read(file, "meta_sr_n_hop_nmels"), loss = golden_read(file, "loss");
    golden grad = golden_read(file, "grad_x");
    double *dx = malloc(x.n * sizeof *dx);
    aed_ear_config c;
    aed_ear_result r;

    aed_ear_defaults(&c);
    c.sr_hz = meta.v[0];
    c.n = x.n;
    c.floor = 1e-6;
    aed_ear *ear = aed_ear_new(&c, NULL);

    assert_non_null(ear);
    assert_int_equal(aed_ear_target(ear, y.v, y.n, NULL), AED_OK);
    assert_int_equal(aed_ear_listen(ear, &r, dx, x.v, NULL, NULL, x.n, NULL), AED_OK);

    const figures f = {fabs(r.loss - loss.v[0]) / loss.v[0], relative_to_largest(dx, grad.v, x.n)};

    aed_ear_free(ear);
    free(dx);
    golden_free(&grad);
    golden_free(&loss);
    golden_free(&meta);
    golden_free(&y);
    golden_free(&x);
    return f;
}

static void loss_and_gradient_are_torchs(void **state)
{
    static const char *const files[] = {"loss_sr16000_n5000_noise_vs_sines.txt",
        "loss_sr16000_n5000_sines_vs_noise.txt", "loss_sr16000_n5000_sweep_vs_sines.txt",
        "loss_sr16000_n8192_noise_vs_sines.txt", "loss_sr16000_n8192_sines_vs_noise.txt",
        "loss_sr16000_n8192_sweep_vs_sines.txt", "loss_sr44100_n8192_noise_vs_sines.txt",
        "loss_sr44100_n8192_sines_vs_noise.txt", "loss_sr44100_n8192_sweep_vs_sines.txt"};
    figures worst = {0.0, 0.0};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    {
        const figures f = compare(files[i]);

        worst.loss = worse_of(worst.loss, f.loss);
        worst.gradient = worse_of(worst.gradient, f.gradient);
    }
    printf("ref loss: worst %.1e of the loss, gradient %.1e of its largest component\n", worst.loss,
        worst.gradient);
    assert_true(worst.loss < 1e-9);
    assert_true(worst.gradient < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_and_gradient_are_torchs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
