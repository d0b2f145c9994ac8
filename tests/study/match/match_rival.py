"""Rivals that are kept libraries: CMA-ES (python3-cmaes) and NLopt (python3-nlopt).

Says which it has in its first line. Then, for each line `name setting seed evaluations start…`: asks for losses
with lines of numbers, which are answered with one each, and says `done`.
"""

import sys

import numpy

try:
    import cmaes
except ImportError:
    cmaes = None
try:
    import nlopt
except ImportError:
    nlopt = None


def loss_of(theta):
    print(*(repr(float(x)) for x in theta), flush=True)
    return float(sys.stdin.readline())


def run_cmaes(sigma, seed, evaluations, start):
    bounds = numpy.array([[0.0, 1.0]] * len(start))
    es = cmaes.CMA(mean=numpy.array(start), sigma=sigma, bounds=bounds, seed=seed)
    while evaluations > 0:
        told = []
        for _ in range(min(es.population_size, evaluations)):
            theta = es.ask()
            told.append((theta, loss_of(theta)))
        evaluations -= len(told)
        if len(told) == es.population_size:
            es.tell(told)


def run_nlopt(algorithm, population, seed, evaluations, start):
    nlopt.srand(seed)
    opt = nlopt.opt(algorithm, len(start))
    opt.set_lower_bounds(0.0)
    opt.set_upper_bounds(1.0)
    opt.set_population(int(population))
    opt.set_maxeval(evaluations)
    opt.set_min_objective(lambda theta, grad: loss_of(theta))
    opt.optimize(start)


def run(name, setting, seed, evaluations, start):
    if name == "cmaes":
        run_cmaes(setting, seed, evaluations, start)
    elif name == "crs2":
        run_nlopt(nlopt.GN_CRS2_LM, setting, seed, evaluations, start)
    elif name == "isres":
        run_nlopt(nlopt.GN_ISRES, setting, seed, evaluations, start)


print("rivals", "cmaes" if cmaes else "", "crs2 isres" if nlopt else "", flush=True)
for line in sys.stdin:
    words = line.split()
    run(words[0], float(words[1]), int(words[2]), int(words[3]), [float(x) for x in words[4:]])
    print("done", flush=True)
