/* train.c: the life, settings and theta of an aed_train. Steps are in train_step.c, local tests in
 * train_probe.c, frequencies that follow a lag in train_tune.c. */
#include "train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train_inside.h"

#define ROW(name, field, lo, hi, doc)                                                              \
    {                                                                                              \
        name, offsetof(aed_train_settings, field), lo, hi, doc                                     \
    }

const aed_setting aed_train_table[] = {
    ROW("alpha", alpha, 0.0, 10.0, "learning rate"),
    ROW("mu", mu, 0.0, 0.9999, "momentum"),
    ROW("sigma", sigma, 0.0, 1.0, "dither strength"),
    ROW("clamp_lo", lo, -1e6, 1e6, "lower bound of every theta"),
    ROW("clamp_hi", hi, -1e6, 1e6, "upper bound of every theta"),
    ROW("clip", clip, 0.0, 1e12, "largest gradient norm (0: off)"),
    ROW("slew", slew, 0.0, 1e6, "largest move of one theta in a step (0: off)"),
    ROW("explode", explode, 0.0, 1e6, "a loss that many times the best has blown up (0: off)"),
    ROW("beta2", beta2, 0.0, 0.99999, "adam's memory of squared gradients"),
    ROW("eps", eps, 1e-15, 1.0, "adam's floor under the root"),
    ROW("kappa", kappa, 0.0, 1.0, "how much of a lag in pitch a step makes good (0: none)"),
    ROW("probe", probe.every, 0.0, 1e6, "steps between local tests (0: off)"),
    ROW("probe_n", probe.n, 1.0, AED_PROBE_MAX, "candidates of a local test"),
    ROW("rho", probe.rho, 0.0, 1.0, "how far theta goes to a better candidate (1: takes it)"),
    ROW("probe_pairs", probe.pairs, 0.0, 1.0, "1: candidates on both sides of the best"),
    ROW("probe_s", probe.s0, 0.001, 1.0, "width of local tests at the start"),
    ROW("memory", memory, 0.0, AED_MEMORY_MAX,
        "bests of earlier targets to try first on a new one (0: none)"),
    ROW("anchor", anchor, 0.0, 1e6, "weight of the pull to the reference (0: none)"),
    ROW("penalty_grad", penalty_grad, 0.0, 1e3, "weight of a steep gradient in `penalty`"),
    ROW("penalty_slew", penalty_slew, 0.0, 1e3, "weight of a fast knob in `penalty`"),
    ROW("policy", policy.weight, 0.0, 1e3, "weight of the reward's own gradient (0: off)"),
    ROW("blend", policy.blend, 0.0, 1e3,
        "policy: weight of the gradient beside the reward (0: off)"),
    ROW("policy_c", policy.c, 1e-6, 1.0, "width of the policy's perturbation"),
    {0},
};

static const aed_train_settings defaults = {
    .alpha = 0.02,
    .mu = 0.9,
    .sigma = 0.0,
    .lo = 0.0,
    .hi = 1.0,
    .explode = 20.0,
    .beta2 = 0.99,
    .eps = 1e-8,
    .kappa = 0.8,
    .probe = {.every = 0.0, .n = 8.0, .rho = 1.0, .s0 = 0.1},
    .memory = 4.0,
    .penalty_grad = 1.0,
    .penalty_slew = 1.0,
    .policy = {.weight = 0.0, .c = 0.05},
};

static void layout(aed_train *t, aed_arena *a)
{
    double **vectors[] = {&t->theta, &t->emitted, &t->best, &t->undo, &t->heard, &t->good,
        &t->blended, &t->reference, &t->centre, &t->g, &t->u, &t->move, &t->moments.h,
        &t->moments.w, &t->dither.m, &t->dither.shape, &t->policy.eta, &t->octaves};

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        *vectors[i] = aed_arena_doubles(a, t->d);
    t->memory.theta = aed_arena_doubles(a, AED_MEMORY_MAX * t->d);
    aed_resonance_layout(&t->resonance, t->d, a);
    t->frozen = aed_arena_take(a, t->d);
    t->still = aed_arena_take(a, t->d);
}

/* Streams of random numbers that never meet: each has a seed of its own. */
static void seed_all(aed_train *t)
{
    t->dither.rng = (aed_rng){aed_rng_bits(t->seed, 0), 0};
    t->policy.rng = (aed_rng){aed_rng_bits(t->seed, 1), 0};
    aed_probe_init(&t->probe, &t->set.probe, aed_rng_bits(t->seed, 2));
}

aed_train *aed_train_new(size_t d, uint64_t seed, aed_error *e)
{
    if (d < 1 || d > AED_TRAIN_D_MAX)
    {
        (void)aed_fail(e, AED_E_SIZE, "theta: got %zu values, allowed 1 … %d", d, AED_TRAIN_D_MAX);
        return NULL;
    }
    aed_train *t = calloc(1, sizeof *t);

    if (t)
    {
        t->d = d;
        layout(t, &t->arena);
    }
    if (!t || aed_arena_open(&t->arena))
    {
        free(t);
        (void)aed_fail(e, AED_E_MEMORY, "theta of %zu values: no memory", d);
        return NULL;
    }
    layout(t, &t->arena);
    t->set = defaults;
    t->seed = seed;
    t->optim = &aed_optims[0];
    t->dither.mode = AED_DITHER_THETA;
    t->since_rollback = SIZE_MAX / 2;
    for (size_t i = 0; i < d; i++)
        t->theta[i] = 0.5;
    seed_all(t);
    aed_dither_reset(&t->dither, d);
    t->best_loss = NAN;
    aed_train_forget(t);
    aed_train_jumped(t);
    return t;
}

void aed_train_free(aed_train *t)
{
    if (!t)
        return;
    aed_arena_close(&t->arena);
    free(t);
}

void aed_train_copy_settings(aed_train *to, const aed_train *from)
{
    to->set = from->set;
    to->optim = from->optim;
    to->population = from->population;
    to->dither.mode = from->dither.mode;
    to->probe.s = to->set.probe.s0;
    to->open_at = from->open_at;
    to->open_n = from->open_n;
    aed_optim_reset(&to->moments, to->d);
    if (to->d == from->d)
        memcpy(to->frozen, from->frozen, to->d);
    aed_train_stand(to);
}

static aed_status check_bounds(const aed_train_settings *set, aed_error *e)
{
    if (set->lo < set->hi)
        return AED_OK;
    return aed_fail(
        e, AED_E_ARG, "clamp: got %g … %g, the first must be smaller", set->lo, set->hi);
}

static void take_settings(aed_train *t, const aed_train_settings *set)
{
    if (set->probe.s0 != t->set.probe.s0)
        t->probe.s = set->probe.s0;
    if (set->lo != t->set.lo || set->hi != t->set.hi)
        t->probe.n = 0; /* the candidates of an open round could not be made again */
    t->set = *set;
}

aed_status aed_train_set(aed_train *t, const char *name, double value, aed_error *e)
{
    aed_train_settings set = t->set;
    aed_status status = aed_setting_set(&set, aed_train_table, name, value, e);

    if (!status)
        status = check_bounds(&set, e);
    if (status)
        return status;
    take_settings(t, &set);
    return AED_OK;
}

int aed_train_get(double *value, const aed_train *t, const char *name)
{
    return aed_setting_get(value, &t->set, aed_train_table, name);
}

/* Several settings or none. */
static aed_status set_all(
    aed_train *t, const char *const *names, const double *values, size_t n, aed_error *e)
{
    aed_train_settings set = t->set;
    aed_status status = AED_OK;

    for (size_t i = 0; i < n && !status; i++)
        status = aed_setting_set(&set, aed_train_table, names[i], values[i], e);
    if (!status)
        status = check_bounds(&set, e);
    if (!status)
        take_settings(t, &set);
    return status;
}

aed_status aed_train_clamp(aed_train *t, double lo, double hi, aed_error *e)
{
    static const char *const names[] = {"clamp_lo", "clamp_hi"};

    return set_all(t, names, (double[]){lo, hi}, 2, e);
}

aed_status aed_train_probe(aed_train *t, double every, double n, double rho, aed_error *e)
{
    static const char *const names[] = {"probe", "probe_n", "rho"};

    return set_all(t, names, (double[]){every, n, rho}, 3, e);
}

aed_status aed_train_hyper(aed_train *t, double alpha, double mu, double sigma, aed_error *e)
{
    static const char *const names[] = {"alpha", "mu", "sigma"};

    return set_all(t, names, (double[]){alpha, mu, sigma}, 3, e);
}

aed_status aed_train_penalty(aed_train *t, double grad, double slew, aed_error *e)
{
    static const char *const names[] = {"penalty_grad", "penalty_slew"};

    return set_all(t, names, (double[]){grad, slew}, 2, e);
}

aed_status aed_train_optim(aed_train *t, const char *name, aed_error *e)
{
    const aed_optim *optim = aed_optim_find(name);

    if (!optim)
        return aed_fail(
            e, AED_E_NAME, "no optimizer '%.40s', there are: adam sgd momentum rprop sign", name);
    if (optim != t->optim)
        aed_optim_reset(&t->moments, t->d);
    t->optim = optim;
    return AED_OK;
}

aed_status aed_train_dither(aed_train *t, const char *name, aed_error *e)
{
    if (!aed_dither_find(&t->dither.mode, name))
        return aed_fail(e, AED_E_NAME, "no dither '%.40s', there are: theta walk grad off", name);
    return AED_OK;
}

const char *aed_train_optim_name(const aed_train *t)
{
    return t->optim->name;
}

const char *aed_train_dither_name(const aed_train *t)
{
    return aed_dither_name(t->dither.mode);
}

aed_status aed_train_freeze(aed_train *t, size_t i, int frozen, aed_error *e)
{
    if (i >= t->d)
        return aed_fail(e, AED_E_ARG, "freeze: got parameter %zu, allowed 0 … %zu", i, t->d - 1);
    t->frozen[i] = frozen != 0;
    aed_train_stand(t);
    return AED_OK;
}

aed_status aed_train_freeze_these(
    aed_train *t, const double *places, size_t n, int frozen, aed_error *e)
{
    for (size_t j = 0; j < n; j++)
        if (!(places[j] >= 0.0 && places[j] < (double)t->d && places[j] == floor(places[j])))
            return aed_fail(
                e, AED_E_ARG, "place in theta: got %g, allowed 0 … %zu", places[j], t->d - 1);
    memset(t->frozen, n > 0 && !frozen, t->d);
    for (size_t j = 0; j < n; j++)
        t->frozen[(size_t)places[j]] = frozen != 0;
    aed_train_stand(t);
    return AED_OK;
}

int aed_train_frozen(const aed_train *t, size_t i)
{
    return i < t->d && t->frozen[i];
}

void aed_train_unbounded(aed_train *t, size_t first, size_t n)
{
    if (first != t->open_at || n != t->open_n)
        t->probe.n = 0; /* as for the clamps */
    t->open_at = first;
    t->open_n = n;
}

size_t aed_train_d(const aed_train *t)
{
    return t->d;
}

static aed_status check_theta(const aed_train *t, const double *theta, size_t n, aed_error *e)
{
    const double slack = 1e-6; /* theta travels as float */
    const aed_bounds b = aed_train_bounds(t);

    if (n != t->d)
        return aed_fail(e, AED_E_SIZE, "theta: got %zu values, expected %zu", n, t->d);
    for (size_t i = 0; i < n; i++)
    {
        if (!isfinite(theta[i]))
            return aed_fail(e, AED_E_NONFINITE, "theta: value %zu is %g, expected a finite number",
                i + 1, theta[i]);
        if (aed_bounds_open(&b, i) && fabs(theta[i]) > AED_UNBOUNDED_MOST)
            return aed_fail(e, AED_E_ARG, "theta: value %zu is %g, allowed %g … %g", i + 1,
                theta[i], -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST);
        if (aed_bounds_open(&b, i))
            continue;
        if (theta[i] < t->set.lo - slack || theta[i] > t->set.hi + slack)
            return aed_fail(e, AED_E_ARG,
                "theta: value %zu is %g, allowed %g … %g (clamp lo hi, or unbounded first n)",
                i + 1, theta[i], t->set.lo, t->set.hi);
    }
    return AED_OK;
}

aed_status aed_train_theta(aed_train *t, const double *theta, size_t n, aed_error *e)
{
    const aed_status status = check_theta(t, theta, n, e);
    const aed_bounds b = aed_train_bounds(t);

    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        t->theta[i] = aed_bounds_clip(&b, i, theta[i]);
    aed_train_jumped(t);
    return AED_OK;
}

void aed_train_go_to(aed_train *t, const double *theta)
{
    const aed_bounds b = aed_train_bounds(t);

    for (size_t i = 0; i < t->d; i++)
        if (!t->frozen[i])
            t->theta[i] = aed_bounds_clip(&b, i, theta[i]);
}

void aed_train_moved(aed_train *t)
{
    t->probe.n = 0;
    t->policy.phase = AED_POLICY_IDLE;
    t->half_gradient = t->half_reward = 0;
    aed_train_lag_forget(t);
    t->rolled = t->passes = 0;
    t->has_heard = 0; /* the jump is no move that a falling loss could approve */
    memcpy(t->emitted, t->theta, t->d * sizeof *t->theta);
}

void aed_train_jumped(aed_train *t)
{
    aed_optim_reset(&t->moments, t->d);
    aed_train_moved(t);
    memset(t->move, 0, t->d * sizeof *t->move);
}

const double *aed_train_emitted(const aed_train *t)
{
    return t->emitted;
}

const double *aed_train_mean(const aed_train *t)
{
    return t->theta;
}

const double *aed_train_best(const aed_train *t)
{
    return isnan(t->best_loss) ? NULL : t->best;
}

void aed_train_start(aed_train *t)
{
    memcpy(t->undo, t->theta, t->d * sizeof *t->theta);
    t->has_undo = 1;
    t->steps = t->rollbacks = t->retargets = 0;
    t->has_good = 0;
    t->population.at = t->population.steps = 0;
    aed_resonance_reset(&t->resonance);
    t->since_rollback = SIZE_MAX / 2;
    t->grad_norm = t->update_norm = t->agreement = 0.0;
    t->policy.pairs = t->policy.skipped = 0;
    t->probe.s = t->set.probe.s0;
    t->probe.success = NAN;
    t->probe.last_step = SIZE_MAX;
    aed_dither_reset(&t->dither, t->d);
    aed_train_forget(t);
    t->memory.n = t->memory.untried = 0;
    aed_train_jumped(t);
}

void aed_train_forget(aed_train *t)
{
    if (!isnan(t->best_loss))
        aed_memory_put(&t->memory, t->best, t->d, (size_t)t->set.memory);
    t->memory.untried = (size_t)fmin((double)t->memory.n, t->set.memory);
    t->loss = t->best_loss = NAN;
    t->has_heard = 0;
    t->guard = (aed_guard){0};
    t->probe.n = 0; /* an open round compares with the best of the old target */
    t->probe.s = t->set.probe.s0;
    t->policy.phase = AED_POLICY_IDLE; /* nor is the other half of a pair worth anything */
    aed_optim_reset(&t->moments, t->d);
    aed_train_lag_forget(t);
}

void aed_train_anchor(aed_train *t)
{
    memcpy(t->reference, t->theta, t->d * sizeof *t->theta);
    t->has_reference = 1;
}

static double kl(const aed_train *t)
{
    double sum = 0.0;

    for (size_t i = 0; t->has_reference && i < t->d; i++)
        sum += (t->theta[i] - t->reference[i]) * (t->theta[i] - t->reference[i]);
    return sum / (2.0 * t->set.policy.c * t->set.policy.c);
}

aed_status aed_train_undo(aed_train *t, aed_error *e)
{
    if (!t->has_undo)
        return aed_fail(e, AED_E_STATE, "undo: there was no start");
    for (size_t i = 0; i < t->d; i++)
    {
        const double kept = t->theta[i];

        t->theta[i] = t->undo[i];
        t->undo[i] = kept;
    }
    aed_train_jumped(t);
    return AED_OK;
}

aed_status aed_train_take_best(aed_train *t, aed_error *e)
{
    if (isnan(t->best_loss))
        return aed_fail(e, AED_E_STATE, "best: no loss has come since start");
    aed_train_go_to(t, t->best);
    aed_train_jumped(t);
    return AED_OK;
}

aed_train_info aed_train_report(const aed_train *t)
{
    return (aed_train_info){
        .steps = t->steps,
        .grad_norm = t->grad_norm,
        .update_norm = t->update_norm,
        .agreement = t->agreement,
        .loss = t->loss,
        .best_loss = t->best_loss,
        .success = t->probe.success,
        .probe_s = t->probe.s,
        .policy_pairs = t->policy.pairs,
        .policy_skipped = t->policy.skipped,
        .starts = aed_train_populates(t) ? t->population.n - t->population.at : 0,
        .kl = kl(t),
        .rollbacks = t->rollbacks,
        .retargets = t->retargets,
    };
}

/* Without a clip four times the gradient's mean norm is fair; without a slew limit a twentieth of a knob. */
aed_resonance_info aed_train_resonance(const aed_train *t)
{
    const aed_resonance_fair fair = {
        .norm = t->set.clip > 0.0 ? t->set.clip : 4.0 * exp(t->guard.log_norm),
        .move = t->set.slew > 0.0 ? t->set.slew : 0.05,
        .w_norm = t->set.penalty_grad,
        .w_move = t->set.penalty_slew,
    };

    return aed_resonance_report(&t->resonance, &fair);
}
