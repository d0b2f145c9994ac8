/* rows.c: what is measured. A new row is one file and two lines here. */
#include "bench.h"

bench_outcome row_scaffold_step(const char *row);
bench_outcome row_scaffold_as_written(const char *row);
bench_outcome row_amed_epoch(const char *row);
bench_outcome row_mel_torchaudio(const char *row);
bench_outcome row_mel_aubio(const char *row);
bench_outcome row_mel_gradient(const char *row);
bench_outcome row_mel_fftw(const char *row);
bench_outcome row_mel_gradient_fftw(const char *row);
bench_outcome row_voice_faust(const char *row);
bench_outcome row_voice_faust_tuned(const char *row);
bench_outcome row_voice_pd(const char *row);
bench_outcome row_voice_gradient(const char *row);
bench_outcome row_voice_backward(const char *row);
bench_outcome info_voices_32(const char *row);
bench_outcome info_analyzer(const char *row);
bench_outcome info_learning(const char *row);

const bench_row bench_rows[] = {
    {"scaffold-step", row_scaffold_step},
    {"scaffold-step-as-written", row_scaffold_as_written},
    {"amed-epoch", row_amed_epoch},
    {"mel-torchaudio", row_mel_torchaudio},
    {"mel-aubio", row_mel_aubio},
    {"mel-gradient", row_mel_gradient},
    {"mel-fftw", row_mel_fftw},
    {"mel-gradient-fftw", row_mel_gradient_fftw},
    {"voice-faust", row_voice_faust},
    {"voice-faust-tuned", row_voice_faust_tuned},
    {"voice-pd", row_voice_pd},
    {"voice-gradient", row_voice_gradient},
    {"voice-backward", row_voice_backward},
    {"voices-32", info_voices_32},
    {"analyzer", info_analyzer},
    {"learning", info_learning},
    {0},
};
