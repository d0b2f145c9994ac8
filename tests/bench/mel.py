"""torchaudio's log mel bands and autograd's gradient, as a process that computes them on request.

    window N SR HOP MELS FLOOR SIZE…   what to hear, see mel_window.h
    bands K, gradient K                K windows            -> CPU seconds
    check bands                        -> the bands, of one size after the other
    check gradient                     -> loss, dloss/dx

The first line it says is "ready <what>", or nothing when there is no torch. All in float64.
"""
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads
import sys
import time

try:
    import torch
    import torchaudio
except ImportError:
    sys.exit(3)


def noise(n, which):
    """The same bits as mel_noise."""
    i = torch.arange(n)
    return (i * i * which % 65521) / 65521.0 - 0.5


class Window:
    def __init__(self, n, sr, hop, mels, floor, *sizes):
        self.floor = float(floor)
        self.mels = [torchaudio.transforms.MelSpectrogram(sample_rate=int(float(sr)), n_fft=int(size),
                                                          hop_length=int(hop), n_mels=int(mels))
                     for size in sizes]
        self.x = noise(int(n), 12345)
        self.target = self.logs(noise(int(n), 23456))

    def logs(self, x):
        return [torch.log(mel(x) + self.floor) for mel in self.mels]

    def bands(self):
        with torch.no_grad():
            return torch.cat([log.mean(-1) for log in self.logs(self.x)])

    def gradient(self):
        x = self.x.clone().requires_grad_()
        terms = [((log - target) ** 2).mean() for log, target in zip(self.logs(x), self.target)]
        loss = sum(terms) / len(terms)
        return torch.cat([loss.detach().reshape(1), *torch.autograd.grad(loss, x)])


def run(job, k):
    start = time.process_time()
    for _ in range(k):
        job()
    return f"{time.process_time() - start:.9f}"


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)  # torchaudio makes its windows and filters in it
    window = None
    print(f"ready torch {torch.__version__} torchaudio {torchaudio.__version__}", flush=True)
    for line in sys.stdin:
        word, *values = line.split()
        if word == "window":
            window = Window(*values)
        elif word == "check":
            print(*(f"{v:.17g}" for v in getattr(window, values[0])().tolist()), flush=True)
        else:
            print(run(getattr(window, word), int(values[0])), flush=True)


main()
