#include "train_state.h"

#include <math.h>

#include "train_inside.h"

static const double most = 1e300;

typedef struct
{
    aed_train_field *f;
    size_t n;
} writer;

static void add(
    writer *w, const char *name, aed_field_kind kind, void *at, size_t n, double lo, double hi)
{
    w->f[w->n++] = (aed_train_field){name, kind, at, n, lo, hi};
}

static void add_vectors(writer *w, aed_train *t)
{
    const struct
    {
        const char *name;
        double *at, lo, hi;
    } all[] = {
        {"theta", t->theta, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"emitted", t->emitted, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"best", t->best, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"undo", t->undo, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"heard", t->heard, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"good", t->good, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"reference", t->reference, -AED_UNBOUNDED_MOST, AED_UNBOUNDED_MOST},
        {"blended", t->blended, -most, most},
        {"move", t->move, -most, most},
        {"h", t->moments.h, -most, most},
        {"w", t->moments.w, 0.0, most},
        {"dither.m", t->dither.m, 0.0, most},
        {"dither.shape", t->dither.shape, 1e-6, most},
        {"policy.eta", t->policy.eta, -100.0, 100.0},
        {"octaves", t->octaves, 0.0, 100.0},
    };
    const size_t remembered = AED_MEMORY_MAX * t->d;
    const size_t rings = AED_RESONANCE_MOVES * t->resonance.tracked;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add(w, all[i].name, AED_FIELD_DOUBLE, all[i].at, t->d, all[i].lo, all[i].hi);
    add(w, "frozen", AED_FIELD_FLAG, t->frozen, t->d, 0.0, 1.0);
    add(w, "memory", AED_FIELD_DOUBLE, t->memory.theta, remembered, -AED_UNBOUNDED_MOST,
        AED_UNBOUNDED_MOST);
    add(w, "moves", AED_FIELD_DOUBLE, t->resonance.moves, rings, -most, most);
    add(w, "path", AED_FIELD_DOUBLE, t->resonance.path, rings, -most, most);
    add(w, "norms", AED_FIELD_DOUBLE, t->resonance.norms, AED_RESONANCE_MOVES, 0.0, most);
}

static void add_numbers(writer *w, aed_train *t)
{
    const struct
    {
        const char *name;
        double *at, lo, hi;
    } all[] = {
        {"grad_norm", &t->grad_norm, 0.0, most},
        {"update_norm", &t->update_norm, 0.0, most},
        {"largest", &t->largest, 0.0, most},
        {"agreement", &t->agreement, -1.0, 1.0},
        {"lag", &t->lag, -most, most},
        {"mu_product", &t->moments.mu_product, 0.0, 1.0},
        {"beta2_product", &t->moments.beta2_product, 0.0, 1.0},
        {"dither.prior", &t->dither.prior, 0.0, 1.0},
        {"probe.s", &t->probe.s, 1e-6, 1.0},
        {"policy.c", &t->policy.c, 0.0, 1.0},
        {"policy.reward", &t->policy.reward_plus, -most, most},
        {"guard.ema", &t->guard.ema, -most, most},
        {"guard.best", &t->guard.best, -most, most},
        {"guard.first", &t->guard.first, -most, most},
        {"guard.log_norm", &t->guard.log_norm, -800.0, 800.0},
        {"moves.size", &t->resonance.size, 0.0, most},
        {"moves.largest", &t->resonance.largest, 0.0, most},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add(w, all[i].name, AED_FIELD_DOUBLE, all[i].at, 1, all[i].lo, all[i].hi);
    add(w, "probe.success", AED_FIELD_MAYBE, &t->probe.success, 1, 0.0, 1.0);
    add(w, "reward", AED_FIELD_MAYBE, &t->reward, 1, -INFINITY, INFINITY);
    add(w, "loss", AED_FIELD_MAYBE, &t->loss, 1, -INFINITY, INFINITY);
    add(w, "best_loss", AED_FIELD_MAYBE, &t->best_loss, 1, -INFINITY, INFINITY);
}

static void add_counters(writer *w, aed_train *t)
{
    const struct
    {
        const char *name;
        size_t *at;
    } all[] = {{"steps", &t->steps}, {"unbounded.at", &t->open_at}, {"unbounded.n", &t->open_n},
        {"since_rollback", &t->since_rollback}, {"rollbacks", &t->rollbacks},
        {"retargets", &t->retargets}, {"moments.n", &t->moments.n},
        {"probe.last_step", &t->probe.last_step}, {"policy.pairs", &t->policy.pairs},
        {"policy.skipped", &t->policy.skipped}, {"guard.losses", &t->guard.losses},
        {"guard.norms", &t->guard.norms}, {"guard.bad", &t->guard.bad}, {"memory.n", &t->memory.n},
        {"memory.untried", &t->memory.untried}, {"population.n", &t->population.n},
        {"population.k", &t->population.k}, {"population.at", &t->population.at},
        {"population.steps", &t->population.steps}, {"moves.n", &t->resonance.n}};
    const struct
    {
        const char *name;
        uint64_t *at;
    } bits[] = {{"seed", &t->seed}, {"dither.seed", &t->dither.rng.seed},
        {"dither.draws", &t->dither.rng.i}, {"policy.seed", &t->policy.rng.seed},
        {"policy.draws", &t->policy.rng.i}, {"probe.seed", &t->probe.seed},
        {"probe.round", &t->probe.round}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add(w, all[i].name, AED_FIELD_SIZE, all[i].at, 1, 0.0, 0.0);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        add(w, bits[i].name, AED_FIELD_BITS, bits[i].at, 1, 0.0, 0.0);
}

static void add_flags(writer *w, aed_train *t)
{
    const struct
    {
        const char *name;
        int *at;
    } all[] = {{"has_undo", &t->has_undo}, {"has_heard", &t->has_heard}, {"has_good", &t->has_good},
        {"has_reference", &t->has_reference}, {"rolled", &t->rolled}, {"passes", &t->passes},
        {"has_lag", &t->has_lag}, {"follows", &t->follows}, {"waits", &t->waits},
        {"half_gradient", &t->half_gradient}, {"half_reward", &t->half_reward}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add(w, all[i].name, AED_FIELD_INT, all[i].at, 1, 0.0, 100.0);
    add(w, "waited", AED_FIELD_INT, &t->waited, 1, 0.0, 100.0);
    add(w, "policy.phase", AED_FIELD_INT, &t->phase, 1, AED_POLICY_IDLE, AED_POLICY_MINUS);
}

size_t aed_train_fields(aed_train_field f[AED_TRAIN_FIELDS], aed_train *t)
{
    writer w = {f, 0};

    t->phase = (int)t->policy.phase;
    add_vectors(&w, t);
    add_numbers(&w, t);
    add_counters(&w, t);
    add_flags(&w, t);
    return w.n;
}

aed_status aed_train_adopt(aed_train *t, aed_error *e)
{
    t->policy.phase = (aed_policy_phase)t->phase;
    t->probe.n = 0;
    if (t->policy.phase != AED_POLICY_IDLE && t->policy.c <= 0.0)
        return aed_fail(e, AED_E_ARG, "policy.c: got %g, must be more than 0", t->policy.c);
    if (t->population.n > AED_POPULATION_MAX || (t->population.n > 1 && t->population.k < 1))
        return aed_fail(e, AED_E_ARG, "population: got %zu starts of %zu steps", t->population.n,
            t->population.k);
    if (t->memory.n > AED_MEMORY_MAX || t->memory.untried > t->memory.n)
        return aed_fail(
            e, AED_E_ARG, "memory: got %zu, %zu of them untried", t->memory.n, t->memory.untried);
    aed_train_stand(t);
    return AED_OK;
}
