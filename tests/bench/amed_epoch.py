"""The AME-D seed's PyTorch program, as a process that does epochs on request.

    start W…             weights to begin with, in the order of core/plant/amed_net.h   -> ok
    check PASSES EPS…    so many short epochs in float64 with this noise
                         -> losses, gradient of the first, weights after the last
    epochs K             K epochs of 8,000 steps as the seed has them                   -> CPU seconds

The first line it says is "ready <what>", or nothing when there is no torch. What differs from the
seed's text is marked DEVIATION; the rest of the class is the seed's, word for word.
"""
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    sys.exit(3)


class AMEDSynth(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        # networks controlling drift, noise, dither
        self.f_net = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.sigma_net = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.d_net = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, T, device="cpu"):
        theta = torch.zeros(1, device=device)
        C = torch.zeros(1, device=device)
        out = []

        for t in range(T):
            # drift
            drift = self.f_net(C)
            # reparameterized noise
            sigma = F.softplus(self.sigma_net(C)) + 1e-3
            noise = sigma * self.randn_like(theta)
            # dither (time-dependent)
            dither = torch.sin(self.d_net(C) + 0.01*t)

            theta = theta + drift + noise + dither
            C = C + 0.01 * torch.tanh(theta)  # simple coeff update
            out.append(theta)

        return torch.cat(out)

    # DEVIATION: a name of its own, so that a check can hand its noise over.
    randn_like = staticmethod(torch.randn_like)


def target_of(T, sr=8000, freq=440.0):
    duration = T / sr
    t = torch.linspace(0, duration, T)
    return torch.sin(2*torch.pi*freq*t)


def nets_of(model):
    return (model.f_net, model.sigma_net, model.d_net)


def begin_with(w, hidden=32):
    """A new model with our weights, a new optimizer."""
    model = AMEDSynth(hidden)
    U = 3 * hidden
    w = torch.tensor(w, dtype=torch.float64)
    with torch.no_grad():
        for k, net in enumerate(nets_of(model)):
            units = slice(k * hidden, (k + 1) * hidden)
            net[0].bias.copy_(w[:U][units])
            net[0].weight.copy_(w[U:2 * U][units].unsqueeze(1))
            net[2].weight.copy_(w[2 * U:3 * U][units].unsqueeze(0))
            net[2].bias.copy_(w[3 * U + k:3 * U + k + 1])
    return model, torch.optim.Adam(model.parameters(), lr=1e-3)


def in_order(model, of):
    """What `of` takes of each parameter, in our order."""
    nets = nets_of(model)
    parts = [[of(net[0].bias) for net in nets], [of(net[0].weight) for net in nets],
             [of(net[2].weight) for net in nets], [of(net[2].bias) for net in nets]]
    return torch.cat([v.detach().flatten() for part in parts for v in part]).tolist()


def epoch(model, optimizer, target):
    optimizer.zero_grad()
    out = model(len(target))
    loss = F.mse_loss(out, target)
    loss.backward()
    optimizer.step()
    return loss.item()


def check(w, passes, eps):
    """In float64: what float32 rounds away, a chaotic loop makes large."""
    torch.set_default_dtype(torch.float64)
    model, optimizer = begin_with(w)
    noise = iter(torch.tensor(eps).unsqueeze(1))
    model.randn_like = lambda like: next(noise)
    target = target_of(len(eps) // passes)
    losses = [epoch(model, optimizer, target)]
    gradient = in_order(model, lambda p: p.grad)
    losses += [epoch(model, optimizer, target) for _ in range(passes - 1)]
    torch.set_default_dtype(torch.float32)
    return " ".join(f"{v:.17g}" for v in losses + gradient + in_order(model, lambda p: p))


def run(w, epochs):
    """Everything as new, as on the C side; only the epochs are timed."""
    model, optimizer = begin_with(w)
    target = target_of(8000)
    cpu = time.process_time()
    for _ in range(epochs):
        epoch(model, optimizer, target)
    return f"{time.process_time() - cpu:.9f}"


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    w = []
    print(f"ready torch {torch.__version__}", flush=True)
    for line in sys.stdin:
        word, *values = line.split()
        if word == "start":
            w = [float(v) for v in values]
            print("ok", flush=True)
        elif word == "check":
            print(check(w, int(values[0]), [float(v) for v in values[1:]]), flush=True)
        else:
            print(run(w, int(values[0])), flush=True)


main()
