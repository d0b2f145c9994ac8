/* info_analyzer.c: what phi costs as it streams: hop 256, sizes 1024 and 4096, 64 mels, 48 kHz, one
 * thread. The share is that of one core; writing the samples down is in it, sending lists is not. */
#include <stdint.h>
#include <stdio.h>

#include "base/rng.h"
#include "bench.h"
#include "ear/stream.h"

enum
{
    RUNS = 40,
    HOPS = 200, /* of one run */
    HOP = 256,
    BLOCK = 64
};

static const double sr_hz = 48000.0;
static double sound[HOPS * HOP];

/* CPU seconds of a hop, NAN when there is no stream. */
static double once(aed_stream *s)
{
    const double t = bench_cpu();

    for (size_t i = 0; i < HOPS * HOP; i += BLOCK)
        if (aed_stream_write(s, sound + i, BLOCK))
            while (aed_stream_hear(s))
                ;
    return (bench_cpu() - t) / HOPS;
}

static int measure(const char *row, const char *what, unsigned features, aed_error *e)
{
    double seconds[RUNS];
    aed_ear_config c;

    aed_ear_defaults(&c); /* hop, sizes and mels as above */
    c.sr_hz = sr_hz;
    c.n = 4096;
    c.features = features;
    aed_stream *s = aed_stream_new(&c, e);

    if (!s)
        return -1;
    once(s);
    for (size_t i = 0; i < RUNS; i++)
        seconds[i] = once(s);
    aed_stream_free(s);

    const double share = 100.0 * sr_hz / HOP;

    printf("info %s %s: %.1f us a hop, %.2f %% of a core, spread %.2f-%.2f %%\n", row, what,
        1e6 * bench_quantile(seconds, RUNS, 0.5), share * bench_quantile(seconds, RUNS, 0.5),
        share * bench_quantile(seconds, RUNS, 0.1), share * bench_quantile(seconds, RUNS, 0.9));
    return 0;
}

bench_outcome info_analyzer(const char *row)
{
    const unsigned pitched = 1u << AED_FEATURE_PITCH | 1u << AED_FEATURE_CONFIDENCE;
    aed_rng rng = {1, 0};
    aed_error e;

    for (size_t i = 0; i < HOPS * HOP; i++)
        sound[i] = aed_rng_uniform(&rng) - 0.5;
    if (measure(row, "phi as at the start", 0, &e) ||
        measure(row, "bands (both sizes)", 1u << AED_FEATURE_BANDS, &e) ||
        measure(row, "pitch and confidence", pitched, &e) ||
        measure(row, "all features", (1u << AED_FEATURES) - 1u, &e))
        return bench_failed(row, "%s", e.msg);
    return BENCH_DONE;
}
