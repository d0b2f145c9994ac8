#include "onetrain.h"

fake_object *train;

static const double goal[D] = {0.2, 0.9, 0.6};

int one_train_open(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&host);
    train = fake_new(&host, &aed_class_train, "", &e);
    return !train;
}

int one_train_close(void **state)
{
    (void)state;
    fake_close(&host);
    return 0;
}

double loss_of(const double *theta)
{
    double loss = 0.0;

    for (size_t k = 0; k < D; k++)
        loss += (theta[k] - goal[k]) * (theta[k] - goal[k]);
    return loss;
}

void answer(void)
{
    double g[D];
    const double loss = loss_of(train->sent[0].v);

    for (size_t k = 0; k < D; k++)
        g[k] = 2.0 * (train->sent[0].v[k] - goal[k]);
    fake_send_numbers(train, 2, "loss", &loss, 1);
    fake_send_numbers(train, 0, NULL, g, D);
}
