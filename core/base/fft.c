#include "fft.h"

#include <fftw3.h>
#include <stdatomic.h>
#include <stdlib.h>

struct aed_fft
{
    fftw_plan forward, inverse;
};

/* FFTW's planner has global state; executing plans does not touch it. */
static atomic_flag planner = ATOMIC_FLAG_INIT;

static void planner_take(void)
{
    while (atomic_flag_test_and_set_explicit(&planner, memory_order_acquire))
        ;
}

static void planner_leave(void)
{
    atomic_flag_clear_explicit(&planner, memory_order_release);
}

aed_fft *aed_fft_new(size_t n, aed_error *e)
{
    if (n < 2 || n > 65536 || (n & (n - 1)) != 0)
    {
        (void)aed_fail(e, AED_E_ARG, "fft size: got %zu, allowed are powers of two 2 … 65536", n);
        return NULL;
    }
    aed_fft *f = calloc(1, sizeof *f);
    double *x = fftw_malloc(n * sizeof *x);
    fftw_complex *spectrum = fftw_malloc((n / 2 + 1) * sizeof *spectrum);

    if (f && x && spectrum)
    {
        planner_take();
        f->forward = fftw_plan_dft_r2c_1d((int)n, x, spectrum, FFTW_ESTIMATE);
        f->inverse = fftw_plan_dft_c2r_1d((int)n, spectrum, x, FFTW_ESTIMATE);
        planner_leave();
    }
    fftw_free(spectrum);
    fftw_free(x);
    if (!f || !f->forward || !f->inverse)
    {
        aed_fft_free(f);
        (void)aed_fail(e, AED_E_MEMORY, "fft size %zu: no memory", n);
        return NULL;
    }
    return f;
}

void aed_fft_free(aed_fft *f)
{
    if (!f)
        return;
    planner_take();
    if (f->forward)
        fftw_destroy_plan(f->forward);
    if (f->inverse)
        fftw_destroy_plan(f->inverse);
    planner_leave();
    free(f);
}

void aed_fft_forward(const aed_fft *f, double *spectrum, const double *x)
{
    /* r2c out of place leaves its input alone; the cast only satisfies the signature. */
    fftw_execute_dft_r2c(f->forward, (double *)x, (fftw_complex *)spectrum);
}

void aed_fft_inverse(const aed_fft *f, double *x, double *spectrum)
{
    fftw_execute_dft_c2r(f->inverse, (fftw_complex *)spectrum, x);
}
