"""The default chain "vco noise | ladder | vca" in PyTorch, as a process: the rival of voice-gradient.

    window SR N                      rate in Hz and samples; forgets parameters and notes
    param NAME LO HI lin|log THETA   one for each, in the order in which gradients are told
    note AT PITCH VEL
    run      theta -> x -> dL/dtheta, L = 1/2 sum x^2   -> CPU seconds
    check    the same                                   -> level of x in dB, dL/dtheta

The first line it says is "ready <what>", or nothing when there is no torch. One function a module,
with the equations of its header in core/plant, over whole signals but for the ladder's loop, which
is TorchScript. Written to be quick: see `ladder`. vco.drift and vco.fm, which rest at 0 in the row,
are left out.
"""
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads
import math
import sys
import time
from typing import List, Tuple

try:
    import torch
except ImportError:
    sys.exit(3)

BLOCK = 64  # of the ladder's loop


def nearest(t):
    """t into -1/2 … 1/2, by whole turns."""
    return t - torch.round(t).detach()


def step(x):
    z = x * x
    return x / 256.0 * (1155.0 + z * (-3465.0 + z * (6006.0 + z * (-5610.0 + z * (2695.0 - 525.0 * z)))))


def corner(x):
    z = x * x
    return (77.0 + z * (2310.0 + z * (-3465.0 + z * (4004.0 + z * (-2805.0 + z * (1078.0 - 175.0 * z)))))) / 1024.0 - x


def vco(p, ratio, sr):
    detune = torch.exp(math.log(2.0) / 1200.0 * p["fine"])
    dt = torch.clamp(p["freq"] * ratio / sr * detune, max=0.45)
    phase = torch.cumsum(dt, 0) - dt
    w = 3.0 * dt / (1.0 + 2187.0 / 16.0 * dt ** 4)
    e = torch.abs(nearest(phase - 0.25))

    def saw_wave(d):
        return 2.0 * d - step(torch.clamp(d / w, -1.0, 1.0))

    here = saw_wave(nearest(phase))
    later = saw_wave(nearest(phase - p["width"]))
    bend = corner(torch.clamp(e / w, max=1.0)) - corner(torch.clamp((0.5 - e) / w, max=1.0))
    return (p["sine"] * torch.sin(2.0 * math.pi * phase)
            + p["tri"] * 4.0 * (0.25 - e - w * bend)
            + p["saw"] * here
            + p["pulse"] * (later - here))


def noise(p, n, sr):
    """The lowpass reads no parameter: it is a convolution, and no way back goes through it."""
    a = 1.0 - math.exp(-2000.0 * math.pi / sr)
    u = 2.0 * torch.rand(n) - 1.0
    low = torch.fft.irfft(torch.fft.rfft(u, 2 * n)
                          * torch.fft.rfft(a * (1.0 - a) ** torch.arange(n), 2 * n), 2 * n)[:n]
    g = 4.0 ** p["color"]
    P = 1.0 + (a * (g ** -2 - 1.0) + 2.0 * (1.0 - a) ** 2 * (g ** 2 - 1.0)) / (2.0 - a)
    return p["level"] / torch.sqrt(P) * (g * u + (1.0 / g - g) * low)


def env(p, notes, sr, n):
    kappa = math.log(1000.0)
    parts, e0 = [torch.zeros(notes[0][0] if notes else n)], torch.tensor(0.0)
    for (at, _, velocity), end in zip(notes, [note[0] for note in notes[1:]] + [n]):
        t = torch.arange(end - at) * (1000.0 / sr)
        if velocity > 0.0:
            risen = e0 + (velocity - e0) * t / p["attack"]
            X = torch.exp(-kappa * torch.clamp(t - p["attack"], min=0.0) / p["decay"])
            fallen = velocity * (p["sustain"] + (1.0 - p["sustain"]) * X)
            parts.append(torch.where(t < p["attack"], risen, fallen))
        else:
            parts.append(e0 * torch.exp(-kappa * t / p["release"]))
        e0 = parts[-1][-1]
    return torch.cat(parts)


@torch.jit.script
def ladder_block(s, a, w, A, q) -> Tuple[torch.Tensor, torch.Tensor]:
    a_, w_, A_, q_ = a.unbind(0), w.unbind(0), A.unbind(0), q.unbind(0)
    after: List[torch.Tensor] = []
    for i in range(len(a_)):
        u = torch.tanh(a_[i] - torch.dot(w_[i], s))
        s = torch.addmv(q_[i] * u, A_[i], s)
        after.append(s)
    return torch.stack(after), s


def ladder(p, x, e, pitch, sr):
    """The states s as one vector: u = tanh(a - w·s), s' = A s + q u, y = (s4 + s4')/2, of which a, w, A
    and q are computed for all samples at once. Three times as quick as a loop over the equations as
    they stand. Blocks, because of a tensor in n pieces autograd touches all n at each."""
    fc = p["cutoff"] * 2.0 ** (p["env"] * e + p["track"] * pitch)
    g = torch.tan(math.pi * torch.clamp(fc, max=0.45 * sr) / sr)
    k = 4.2 * p["resonance"]
    c = 1.0 / (1.0 + g)
    G, G2, G3, G4 = (g * c, (g * c) ** 2, (g * c) ** 3, (g * c) ** 4)
    solve = 1.0 / (1.0 + k * G4)
    none, one, c2 = torch.zeros_like(g), torch.ones_like(g), 2.0 * c
    d = c2 - 1.0
    A = [d, none, none, none, c2 * G, d, none, none, c2 * G2, c2 * G, d, none, c2 * G3, c2 * G2, c2 * G, d]
    signals = (p["drive"] * x * solve,
               (k * c * solve).unsqueeze(1) * torch.stack([G3, G2, G, one], 1),
               torch.stack(A, 1).view(-1, 4, 4),
               2.0 * torch.stack([G, G2, G3, G4], 1))
    s, blocks = torch.zeros(4), []
    for block in zip(*[signal.split(BLOCK) for signal in signals]):
        after, s = ladder_block(s, *block)
        blocks.append(after[:, 3])
    s4 = torch.cat(blocks)
    return 0.5 * (s4 + torch.cat([torch.zeros(1), s4[:-1]]))


def vca(p, x, e):
    return x * e * p["gain"]


class Window:
    def __init__(self, sr, n):
        self.sr, self.n = float(sr), int(n)
        self.rows, self.notes = [], []

    def add_param(self, name, lo, hi, curve, theta):
        self.rows.append((name, float(lo), float(hi), curve, float(theta)))

    def add_note(self, at, pitch, vel):
        self.notes.append((int(at), float(pitch), float(vel) / 127.0))

    def modules(self, theta):
        """theta in physical units: {"vco": {"freq": …}, …}"""
        found = {}
        for value, (name, lo, hi, curve, _) in zip(theta.unbind(0), self.rows):
            module, param = name.split(".")
            v = lo * (hi / lo) ** value if curve == "log" else lo + value * (hi - lo)
            found.setdefault(module, {})[param] = v
        return found

    def pitch(self):
        """In octaves above key 60. A release leaves it as it was."""
        pitch = torch.zeros(self.n)
        for at, key, velocity in self.notes:
            if velocity > 0.0:
                pitch[at:] = (key - 60.0) / 12.0
        return pitch

    def play(self, theta):
        m = self.modules(theta)
        e = env(m["env"], self.notes, self.sr, self.n)
        pitch = self.pitch()
        x = vco(m["vco"], 2.0 ** pitch, self.sr) + noise(m["noise"], self.n, self.sr)
        return vca(m["vca"], ladder(m["ladder"], x, e, pitch, self.sr), e)

    def gradient(self):
        theta = torch.tensor([row[-1] for row in self.rows], requires_grad=True)
        x = self.play(theta)
        (0.5 * x * x).sum().backward()
        return x.detach(), theta.grad

    def run(self):
        start = time.process_time()
        self.gradient()
        return f"{time.process_time() - start:.9f}"

    def check(self):
        """In the words of an error when a parameter is missing here or there."""
        here = "env.attack env.decay env.sustain env.release " \
               "vco.freq vco.fine vco.sine vco.tri vco.saw vco.pulse vco.width noise.level noise.color " \
               "ladder.cutoff ladder.resonance ladder.drive ladder.env ladder.track vca.gain".split()
        different = set(here) ^ {row[0] for row in self.rows}
        if different:
            return "classic.py: not the same parameters: " + " ".join(sorted(different))
        x, gradient = self.gradient()
        level = 10.0 * math.log10((x * x).mean().item())
        return " ".join(f"{v:.17g}" for v in [level] + gradient.tolist())


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    window = None
    print(f"ready torch {torch.__version__}", flush=True)
    for line in sys.stdin:
        word, *values = line.split()
        if word == "window":
            window = Window(*values)
        elif word == "param":
            window.add_param(*values)
        elif word == "note":
            window.add_note(*values)
        else:
            print(window.check() if word == "check" else window.run(), flush=True)


main()
