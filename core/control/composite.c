#include "composite.h"

#include <math.h>
#include <string.h>

static double linear(double v, double centre, double width)
{
    (void)centre;
    (void)width;
    return v;
}

static double sigmoid(double v, double centre, double width)
{
    return 1.0 / (1.0 + exp(-(v - centre) / width));
}

static double bell(double v, double centre, double width)
{
    const double z = (v - centre) / width;

    return exp(-z * z);
}

static double cost(double v, double centre, double width)
{
    return exp(-fmax((v - centre) / width, 0.0));
}

static const struct
{
    const char *name;
    double (*bend)(double v, double centre, double width);
} shapes[] = {{"linear", linear}, {"sigmoid", sigmoid}, {"bell", bell}, {"exp", cost}};

enum
{
    SHAPES = sizeof shapes / sizeof *shapes
};

void aed_composite_init(aed_composite *c)
{
    *c = (aed_composite){.inputs = {{.name = "aud", .weight = 1.0}}, .n = 1};
}

static aed_composite_input *find(aed_composite *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->inputs[i].name, name) == 0)
            return &c->inputs[i];
    return NULL;
}

static void take_away(aed_composite *c, aed_composite_input *input)
{
    const size_t after = c->n - (size_t)(input - c->inputs) - 1;

    memmove(input, input + 1, after * sizeof *input);
    c->n--;
}

static aed_status add(aed_composite *c, const char *name, double weight, aed_error *e)
{
    const size_t n = strlen(name);

    if (n == 0 || n >= AED_COMPOSITE_NAME_N)
        return aed_fail(e, AED_E_ARG, "weight: got a name of %zu characters, allowed 1 … %d", n,
            AED_COMPOSITE_NAME_N - 1);
    if (c->n == AED_COMPOSITE_MAX)
        return aed_fail(e, AED_E_ARG, "weight %s: there are %d inputs already, give one weight 0",
            name, AED_COMPOSITE_MAX);
    aed_composite_input *input = &c->inputs[c->n++];
    *input = (aed_composite_input){.weight = weight};
    memcpy(input->name, name, n + 1);
    return AED_OK;
}

aed_status aed_composite_weight(aed_composite *c, const char *name, double weight, aed_error *e)
{
    aed_composite_input *input = find(c, name);

    if (!(fabs(weight) <= 1000.0))
        return aed_fail(e, AED_E_ARG, "weight %.40s: got %g, allowed -1000 … 1000", name, weight);
    if (!input)
        return weight == 0.0 ? AED_OK : add(c, name, weight, e);
    if (weight == 0.0)
        take_away(c, input);
    else
        input->weight = weight;
    return AED_OK;
}

aed_status aed_composite_shape(aed_composite *c, const char *name, const char *shape, double centre,
    double width, aed_error *e)
{
    aed_composite_input *input = find(c, name);
    size_t row = 0;

    if (!input)
        return aed_fail(
            e, AED_E_NAME, "shape: '%.40s' has no weight, try: weight %.40s 1", name, name);
    while (row < SHAPES && strcmp(shapes[row].name, shape) != 0)
        row++;
    if (row == SHAPES)
        return aed_fail(
            e, AED_E_NAME, "no shape '%.40s', there are: linear sigmoid bell exp", shape);
    if (!isfinite(centre) || !isfinite(width) || width == 0.0)
        return aed_fail(e, AED_E_ARG,
            "shape %.40s: got centre %g width %g, allowed are finite ones and width not 0", name,
            centre, width);
    input->shape = row;
    input->centre = centre;
    input->width = width;
    return AED_OK;
}

aed_status aed_composite_set(aed_composite *c, const char *name, double value, aed_error *e)
{
    aed_composite_input *input = find(c, name);

    if (!input)
        return AED_OK;
    if (!isfinite(value))
        return aed_fail(
            e, AED_E_NONFINITE, "reward %.40s: got %g, expected a finite number", name, value);
    input->value = value;
    input->arrived = 1;
    return AED_OK;
}

int aed_composite_ready(const aed_composite *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->inputs[i].arrived)
            return 1;
    return 0;
}

void aed_composite_clear(aed_composite *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->inputs[i].arrived = 0;
}

double aed_composite_value(const aed_composite *c)
{
    double sum = 0.0, weights = 0.0;

    for (size_t i = 0; i < c->n; i++)
    {
        const aed_composite_input *in = &c->inputs[i];

        if (in->arrived)
            weights += fabs(in->weight);
    }
    for (size_t i = 0; i < c->n; i++)
    {
        const aed_composite_input *in = &c->inputs[i];
        const double sign = strcmp(in->name, "penalty") == 0 ? -1.0 : 1.0;

        /* Divided before it is added: a mean of finite values then cannot overflow. */
        if (in->arrived)
            sum += sign * (in->weight / weights) *
                   shapes[in->shape].bend(in->value, in->centre, in->width);
    }
    return sum;
}
