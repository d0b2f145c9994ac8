#!/usr/bin/env python3
"""What tests/ref/ref_ear.c holds the ear against: PyTorch, torchaudio and autograd, all in float64.

    tests/ref/gen_ear.py       writes tests/ref/data/ear/*.txt again; data/README.md says what is in them

Needs python3-torch and python3-torchaudio only. Windows, Fourier transforms, mel filters and the cosine
transform are torchaudio's; features and losses are written here once, forward, from the equations in
core/ear: their gradients are autograd's.
"""
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads
import math
import warnings

import torch
import torchaudio

torch.set_default_dtype(torch.float64)  # torchaudio makes its windows and filters in it
warnings.filterwarnings("ignore", "At least one mel filterbank")  # 128 bands in 129 bins: some are empty
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "ear")

# ---- signals: sums, products and quotients only, so that C has the same bits ----


def integers(seed, n):
    """Of 53 bits each, out of Knuth's MMIX generator."""
    out = []
    for _ in range(n):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(seed >> 11)
    return out


def noise(seed, n):
    """-1 … 1"""
    return [v / 2.0**53 * 2.0 - 1.0 for v in integers(seed, n)]


def turning(t, u, r, n):
    """The imaginary part of a pointer that begins as 1 and in each sample shrinks by r and turns by
    2 atan t, an angle that itself grows by 2 atan u: a turn is (1 - t^2, 2 t) / (1 + t^2)."""
    c, s = r * ((1.0 - t * t) / (1.0 + t * t)), r * (2.0 * t / (1.0 + t * t))
    a, b = (1.0 - u * u) / (1.0 + u * u), 2.0 * u / (1.0 + u * u)
    x, y, out = 1.0, 0.0, []
    for _ in range(n):
        out.append(y)
        x, y = x * c - y * s, x * s + y * c
        c, s = c * a - s * b, c * b + s * a
    return out


def mix(n, *parts):
    out = [0.0] * n
    for level, x in parts:
        out = [o + level * v for o, v in zip(out, x)]
    return out


def sound(kind, n):
    if kind == 0:  # noise
        return mix(n, (0.25, noise(12345, n)))
    if kind == 1:  # sines
        parts = (0.5, 0.015), (0.3, 0.09), (0.1, 0.4)
        return mix(n, *[(level, turning(t, 0.0, 1.0, n)) for level, t in parts])
    if kind == 2:  # a sweep
        return mix(n, (0.8, turning(0.004, 0.0002, 1.0, n)))
    if kind == 4:  # so faint that every guard and floor is heard
        return mix(n, (3e-6, turning(0.05, 0.0, 1.0, n)), (1e-6, noise(99, n)))
    # a tone that decays into noise
    return mix(n, (0.6, turning(0.03, 0.0, 0.9992, n)), (0.2, turning(0.068, 0.0, 0.998, n)), (0.001, noise(77, n)))


# ---- what is heard ----


class Heard:
    """x at all resolutions of a setting: P [bins, frames] and M [bands, frames] of each."""

    def __init__(self, s, x):
        self.s, self.x, self.P, self.M = s, x, [], []
        for size in s["sizes"]:
            mel = torchaudio.transforms.MelSpectrogram(s["sr"], n_fft=size, hop_length=s["hop"], n_mels=s["mels"])
            self.P.append(mel.spectrogram(x))
            self.M.append(mel.mel_scale(self.P[-1]))


# ---- features, of the first resolution: core/ear/feature_*.c ----


def place(h):
    A = h.M[0].mean(dim=1)
    return A, A / (A.sum() + 1e-8), torch.linspace(0, 1, len(A))


def centroid(h):
    _, p, u = place(h)
    return (p * u).sum()


def spread(h):
    _, p, u = place(h)
    return torch.sqrt((p * (u - centroid(h)) ** 2).sum() + 1e-6) - 1e-3


def rolloff(h):
    _, p, u = place(h)
    return (torch.cumsum(p, 0) >= 0.95).double().argmax() / len(u)


def softrolloff(h):
    A, p, _ = place(h)
    above = (A.sum() - torch.cumsum(A, 0)) / (A.sum() + 1e-8)
    none = torch.sigmoid(torch.tensor(-5.0))
    return ((torch.sigmoid((above - 0.05) / 0.01) - none) / (1 - none)).mean()


def flatness(h):
    A = h.M[0].mean(dim=1)
    return torch.exp(torch.log(A + 1e-8).mean()) / (A.mean() + 1e-8)


def rms(h):
    return torch.sqrt((h.x**2).mean())


def peakiness(h):
    Q = h.P[0].mean(dim=1) + 1e-8
    return torch.log(((Q / Q.mean()) ** 4).mean()) / (3 * math.log(len(Q)))


def logs(h):
    return torch.log(h.M[0] + h.s["floor"])


def flux(h):
    return (torch.diff(logs(h), dim=1) ** 2).mean()


def kweighting(sr):
    """Numerators and denominators. At 48 kHz the table of ITU-R BS.1770-4."""
    if sr == 48000:
        return (
            ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585]),
            ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621]),
        )
    gain = 10 ** (3.999843853973347 / 20)
    K, Q = math.tan(math.pi * 1681.974450955533 / sr), 0.7071752369554196
    middle, a0 = gain**0.4996667741545416, 1 + K / Q + K * K
    shelf = [gain + middle * K / Q + K * K, 2 * (K * K - gain), gain - middle * K / Q + K * K]
    poles = [a0, 2 * (K * K - 1), 1 - K / Q + K * K]
    highpass = []
    for rate in sr, 48000:
        K, Q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
        highpass.append([1 + K / Q + K * K, 2 * (K * K - 1), 1 - K / Q + K * K])
    top = highpass[1][0]  # what makes 1 -2 1 of the numerator at 48 kHz
    return (shelf, poles), ([top, -2 * top, top], highpass[0])


def loudness(h):
    z = h.x
    for b, a in kweighting(h.s["sr"]):
        z = torchaudio.functional.lfilter(z, torch.tensor(a), torch.tensor(b), clamp=False)
    return -0.691 + 10 * torch.log10((z**2).mean() + 1e-10)


def mfcc(h):
    s = h.s
    if s["floor"] != 1e-6:  # what torchaudio.transforms.MFCC has fixed
        return logs(h).mean(dim=1) @ torchaudio.functional.create_dct(13, s["mels"], "ortho")
    mel = {"n_fft": s["sizes"][0], "hop_length": s["hop"], "n_mels": s["mels"]}
    return torchaudio.transforms.MFCC(s["sr"], 13, norm="ortho", log_mels=True, melkwargs=mel)(h.x).mean(dim=-1)


def bands(h):
    return torch.cat([torch.log(M + h.s["floor"]).mean(dim=1) for M in h.M])


def magnitude(h):
    return torch.sqrt(h.P[0].mean(dim=1) + 1e-12) - 1e-6


FEATURES = centroid, rolloff, flatness, rms, spread, softrolloff, peakiness, flux, loudness, mfcc, bands, magnitude
WIDTHS = {centroid: 0.05, spread: 0.05, softrolloff: 0.05, flatness: 0.05, peakiness: 0.05, flux: 0.25, rms: 0.01,
          loudness: 36.0, mfcc: 4.0, bands: 1.0, magnitude: 1.0}

# ---- losses: core/ear/loss_*.c; x is heard, y the target ----


def mean_of(terms):
    return sum(terms) / len(terms)


def logmel(x, y):
    floor = x.s["floor"]
    return mean_of([((torch.log(M + floor) - torch.log(N + floor)) ** 2).mean() for M, N in zip(x.M, y.M)])


def magnitudes(x, y):
    """m, m*, s of each resolution (magnitude.h)."""
    for P, T in zip(x.P, y.P):
        s = max(torch.sqrt(T).mean().item(), 1e-3)
        yield torch.sqrt(P + 1e-6 * s * s), torch.sqrt(T + 1e-6 * s * s), s


def rounded(d, c):
    return torch.sqrt(d**2 + c**2) - c


def stft(x, y):
    return mean_of([(rounded(m - t, 1e-2 * s) / s).mean() for m, t, s in magnitudes(x, y)])


def logstft(x, y):
    return mean_of([rounded(torch.log(m) - torch.log(t), 1e-2).mean() for m, t, _ in magnitudes(x, y)])


def converge(x, y):
    return mean_of([((m - t) ** 2).sum() / max((t**2).sum(), 1e-6 * t.numel()) for m, t, _ in magnitudes(x, y)])


def dc(x, y):
    blocks = torch.split(x.x, 256)
    return 100 * mean_of([b.mean() ** 2 for b in blocks])


def wave(x, y):
    return ((x.x - y.x) ** 2).mean()


def envelope(x, y):
    n = len(x.x)
    i, j = torch.arange(n)[None], torch.arange((n - 1) // 256 + 2)[:, None]
    w = torch.clamp(1 - torch.abs(i - 256 * j) / 256, min=0)
    E, T = [torch.log((w * h.x**2).sum(dim=1) / 256 + 1e-6) for h in (x, y)]
    return ((E - T) ** 2).mean()


def cap(x, y):
    return torch.clamp(rms(x) / 0.3 - 1, min=0) ** 2


def transport(x, y):
    terms = []
    for P, T in zip(x.P, y.P):
        P, T = P[2:], T[2:]
        loud = T.sum(dim=0)
        g = 1e-6 * loud.mean()
        F, G = [torch.cumsum(S, 0)[:-1] / (S.sum(dim=0) + g) for S in (P, T)]
        k = torch.arange(2, len(P) + 1)[:, None]
        W = (rounded(F - G, 1e-3) * torch.log2((k + 1) / k)).sum(dim=0)
        terms.append((loud / loud.sum() * W).sum())
    return mean_of(terms)


def distance(feature):
    return lambda x, y: ((feature(x) - feature(y)) ** 2).mean() / WIDTHS[feature]


LOSSES = {f.__name__: f for f in (logmel, stft, dc, wave, transport, logstft, converge, envelope, cap)}
LOSSES.update({f.__name__: distance(f) for f in WIDTHS})

# ---- what is written ----


def told(g, at):
    """A gradient: its largest component, along four directions, at some places."""
    along = [(g * torch.tensor(noise(seed, len(g)))).sum() for seed in (1, 2, 3, 4)]
    return [g.abs().max(), *along, *g[at]]


def gradient(value, x, at):
    """Of a number or, when it is a list, of the list along a direction of its own."""
    along = (value * torch.tensor(noise(5, value.numel()))).sum() if value.dim() else value
    return told(torch.autograd.grad(along, x, retain_graph=True)[0], at)


def thinned(v):
    return v[:: max(len(v) // 128, 1)] if v.dim() else v


def compared(s, n_features, losses):
    n = s["n"]
    at = [0, 1, n - 2, n - 1] + [v % n for v in integers(6, 28)]
    x = torch.tensor(sound(s["x"], n), requires_grad=True)
    heard, target = Heard(s, x), Heard(s, torch.tensor(sound(s["y"], n)))
    last = heard.M[0].shape[1] - 1
    arrays = {
        "sr_n_hop_mels_floor_x_y": [s["sr"], n, s["hop"], s["mels"], s["floor"], s["x"], s["y"]],
        "sizes": s["sizes"], "at": at, "sound": told(x.detach(), at),
        "frames": [0, last // 2, last], "logmel_frames": logs(heard)[:, [0, last // 2, last]].T,
    }
    for f in FEATURES[:n_features]:
        value = f(heard)
        arrays[f.__name__] = thinned(value)
        if value.requires_grad:
            arrays["d_" + f.__name__] = gradient(value, x, at)
    for name in losses:
        term = LOSSES[name](heard, target)
        arrays["loss_" + name] = term
        arrays["d_loss_" + name] = gradient(term, x, at)
    return arrays


def write(name, arrays):
    with open(os.path.join(FOLDER, name + ".txt"), "w") as f:
        f.write("AEGOLD1 %d\n" % len(arrays))
        for key, value in arrays.items():
            v = torch.atleast_1d(torch.as_tensor(value).detach().double())
            f.write("@ %s %d %s\n" % (key, v.dim(), " ".join(map(str, v.shape))))
            flat = ["%.13g" % e for e in v.flatten().tolist()]
            f.writelines(" ".join(flat[i : i + 8]) + "\n" for i in range(0, len(flat), 8))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    i = 0
    for sr, n in (44100, 5555), (48000, 6000):
        for size in 256, 512, 1024, 2048, 4096, 8192:
            for mels, hop in (20, size // 4), (40, size // 2), (64, 256), (128, 220):
                x = (i + i // 4) % 5
                y = (x + 1 + i // 4 % 4) % 5
                s = {"sr": sr, "n": n, "hop": hop, "mels": mels, "floor": 1e-6, "sizes": [size], "x": x, "y": y}
                write("one_sr%d_size%d_mels%d" % (sr, size, mels), compared(s, len(FEATURES), ["logmel"]))
                i += 1
    for sr, n in (44100, 5555), (48000, 6000):
        for sizes, mels, hop in ([1024, 4096], 64, 256), ([256, 1024, 8192], 20, 200), ([2048, 512], 128, 512):
            for x, y in (1, 0), (2, 3), (1, 4), (4, 2):
                s = {"sr": sr, "n": n, "hop": hop, "mels": mels, "floor": 1e-4, "sizes": sizes, "x": x, "y": y}
                name = "losses_sr%d_sizes%s_x%d_y%d" % (sr, "+".join(map(str, sizes)), x, y)
                write(name, compared(s, 0, LOSSES))


if __name__ == "__main__":
    main()
