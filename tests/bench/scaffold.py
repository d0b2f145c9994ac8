"""The AE-DDSP seed's PyTorch scaffold, as a process that does steps on request.

    cached K    K steps with the target heard once  -> CPU seconds, wall seconds
    written K   K steps as the seed wrote them      -> CPU seconds, wall seconds
    check JOB   first step of "cached" or "written" in float64
                                                    -> loss dL/dfreq dL/dcutoff dL/dres reward

The first line it says is "ready <what>", or nothing when there is no torch. What differs from the
seed's text is marked DEVIATION; the rest of the classes is the seed's, word for word.
"""
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads
import math
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torchaudio
except ImportError:
    sys.exit(3)


class DifferentiableSynth(nn.Module):
    def __init__(self, n_samples=16000, sr=16000):
        super().__init__()
        self.sr = sr
        self.n_samples = n_samples
        self.freq = nn.Parameter(torch.tensor([220.0]))
        self.cutoff = nn.Parameter(torch.tensor([2000.0]))
        self.res = nn.Parameter(torch.tensor([0.5]))

    def forward(self):
        t = torch.linspace(0, self.n_samples/self.sr, self.n_samples, device=self.freq.device)
        wave = torch.sin(2*math.pi*self.freq*t)
        audio = torch.tanh(self.cutoff/2000.0 * wave) * (1.0 - self.res)
        return audio.unsqueeze(0)  # [1, T]


class SpectralFeatures(nn.Module):
    def __init__(self, sr=16000, n_mels=64, fft_sizes=(1024, 4096), hop=256):
        super().__init__()
        self.sr = sr
        self.melspecs = nn.ModuleList([
            torchaudio.transforms.MelSpectrogram(
                sample_rate=sr, n_fft=n_fft, hop_length=hop, n_mels=n_mels
            ) for n_fft in fft_sizes
        ])

    def forward(self, audio):
        feats = []
        for mel in self.melspecs:
            S = mel(audio) + 1e-6
            logS = torch.log(S)
            feats.append(logS)
        return feats  # list of [B, n_mels, T]


class PowerToo(SpectralFeatures):
    """DEVIATION (cached): keeps the first mel power beside its logarithm, for spectral_stats."""

    def forward(self, audio):
        powers = [mel(audio) for mel in self.melspecs]
        return [torch.log(S + 1e-6) for S in powers], powers[0]


def spectral_stats(S):
    freqs = torch.linspace(0, 1, S.size(1), device=S.device)  # normalized freq
    A = S.mean(dim=-1)  # [B, F] average over time

    centroid = (A * freqs).sum(dim=-1) / (A.sum(dim=-1) + 1e-8)
    cum_energy = torch.cumsum(A, dim=-1) / (A.sum(dim=-1, keepdim=True) + 1e-8)
    rolloff95 = (cum_energy >= 0.95).float().argmax(dim=-1).float() / A.size(1)
    flatness = torch.exp((torch.log(A+1e-8).mean(dim=-1))) / (A.mean(dim=-1)+1e-8)
    return centroid, rolloff95, flatness


class Scheduler:
    def __init__(self, α0=1e-3, μ0=0.9, σ0=1e-3, cfg=None):
        self.α, self.μ, self.σ = α0, μ0, σ0
        self.ℓ_bar, self.r_bar = None, None
        self.prev_ℓ_bar, self.prev_r_bar = None, None
        self.ema_beta = 0.9
        self.cfg = cfg or {
            "α_min":1e-5, "α_max":1e-1,
            "μ_min":0.0, "μ_max":0.999,
            "σ_min":1e-6, "σ_max":1e-2,
            "u":1.02, "d":0.8, "λ":5.0,
            "δμ":0.01, "κμ":0.1
        }

    def ema(self, prev, x):
        return x if prev is None else self.ema_beta*prev + (1-self.ema_beta)*x

    def update(self, ℓ, r, var=0.0):
        self.ℓ_bar = self.ema(self.ℓ_bar, ℓ)
        self.r_bar = self.ema(self.r_bar, r)
        Δℓ = (self.prev_ℓ_bar - self.ℓ_bar) if self.prev_ℓ_bar is not None else 0.0
        Δr = (self.r_bar - self.prev_r_bar) if self.prev_r_bar is not None else 0.0

        if Δℓ > 1e-5:
            fα = self.cfg["u"]
        else:
            fα = self.cfg["d"]/(1+self.cfg["λ"]*var)
        self.α = float(torch.clamp(torch.tensor(self.α * fα),
                                   self.cfg["α_min"], self.cfg["α_max"]))
        if Δr > 0:
            self.μ = min(self.μ + self.cfg["δμ"], self.cfg["μ_max"])
        else:
            self.μ = max(self.μ - self.cfg["κμ"]*self.μ, self.cfg["μ_min"])
        self.σ = float(torch.clamp(torch.tensor(self.σ/(1+0.5*var)),
                                   self.cfg["σ_min"], self.cfg["σ_max"]))

        self.prev_ℓ_bar, self.prev_r_bar = self.ℓ_bar, self.r_bar
        return self.α, self.μ, self.σ


def ae_ddsp_step(synth, feats, scheduler, target_audio, optimizer):
    """As the seed has it, target heard anew at every step, statistics of log-mel."""
    audio = synth()  # [1, T]

    S_list = feats(audio)
    S_ref_list = feats(target_audio)

    loss = 0.0
    for S, S_ref in zip(S_list, S_ref_list):
        loss += ((S - S_ref)**2).mean()
    loss /= len(S_list)

    centroid, rolloff, flatness = spectral_stats(S_list[0])
    centroid_ref, rolloff_ref, flatness_ref = spectral_stats(S_ref_list[0])
    reward = torch.exp(-((centroid-centroid_ref)**2)/0.05)
    return finish_step(synth, scheduler, optimizer, loss, reward)


def cached_step(synth, feats, scheduler, target, optimizer):
    """DEVIATION: the target's features and centroid are given; statistics are of mel power, as they
    are meant (of the logarithm flatness is NaN), so that the reward is the one of the C side."""
    S_ref_list, centroid_ref = target
    S_list, power = feats(synth())

    loss = 0.0
    for S, S_ref in zip(S_list, S_ref_list):
        loss += ((S - S_ref)**2).mean()
    loss /= len(S_list)

    centroid, rolloff, flatness = spectral_stats(power)
    reward = torch.exp(-((centroid-centroid_ref)**2)/0.05)
    return finish_step(synth, scheduler, optimizer, loss, reward)


def finish_step(synth, scheduler, optimizer, loss, reward):
    """The second half of the seed's ae_ddsp_step, which both steps share."""
    α, μ, σ = scheduler.update(loss.item(), reward.item(), var=0.0)

    for g in optimizer.param_groups:
        g["lr"] = α
        g["momentum"] = μ if "momentum" in g else 0.0

    optimizer.zero_grad()
    loss.backward()

    with torch.no_grad():
        for p in synth.parameters():
            if p.grad is not None:
                p.grad += σ * torch.randn_like(p.grad)
    optimizer.step()

    return loss.item(), reward.item(), α, μ, σ


def make_target():
    """DEVIATION: detached, or the second step fails; and not the synth's own first sound, of which
    every gradient is 0. scaffold.c has the same three numbers."""
    synth = DifferentiableSynth()
    with torch.no_grad():
        for p, value in zip(synth.parameters(), (247.0, 3000.0, 0.3)):
            p.fill_(value)
    return synth().detach()


def heard(target):
    with torch.no_grad():
        S_ref_list, power = PowerToo()(target)
        return S_ref_list, spectral_stats(power)[0]


def run(step, feats, target, k):
    """Everything as new, as on the C side; only the steps are timed."""
    synth = DifferentiableSynth()
    scheduler = Scheduler()
    optimizer = torch.optim.SGD(synth.parameters(), lr=1e-3, momentum=0.9)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(k):
        step(synth, feats, scheduler, target, optimizer)
    return f"{time.process_time() - cpu:.9f} {time.perf_counter() - wall:.9f}"


def jobs():
    target = make_target()
    return {
        "cached": (cached_step, PowerToo(), heard(target)),
        "written": (ae_ddsp_step, SpectralFeatures(), target),
    }


def check(job):
    """The first step without noise, in float64: float32 loses digits in sin(2 pi freq t)."""
    torch.set_default_dtype(torch.float64)
    step, feats, target = jobs()[job]
    synth = DifferentiableSynth()
    scheduler = Scheduler(σ0=0.0)
    scheduler.cfg["σ_min"] = 0.0
    optimizer = torch.optim.SGD(synth.parameters(), lr=0.0)
    loss, reward, *_ = step(synth, feats, scheduler, target, optimizer)
    torch.set_default_dtype(torch.float32)
    gradient = [p.grad.item() for p in (synth.freq, synth.cutoff, synth.res)]
    return " ".join(f"{v:.17g}" for v in [loss] + gradient + [reward])


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    to_do = jobs()
    print(f"ready torch {torch.__version__} torchaudio {torchaudio.__version__}", flush=True)
    for line in sys.stdin:
        word, value = line.split()
        print(check(value) if word == "check" else run(*to_do[word], int(value)), flush=True)


main()
