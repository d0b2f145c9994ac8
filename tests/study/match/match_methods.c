/* match_methods.c: who takes part. Rows of one name are settings of one method. */
#include "match.h"

#define AED(name, law, tests, dither)                                                              \
    {                                                                                              \
        name, match_learn, 0.02, "adam", 0.0, law, tests, dither, 0                                \
    }
#define ADAM(rate)                                                                                 \
    {                                                                                              \
        "adam", match_learn, rate, "adam", 0.0, 0, 0, 0, 0                                         \
    }
#define SGD(rate)                                                                                  \
    {                                                                                              \
        "sgd, momentum", match_learn, rate, "momentum", 1.0, 0, 0, 0, 0                            \
    }
#define SEARCH(name, rival, setting)                                                               \
    {                                                                                              \
        name, match_search, setting, 0, 0.0, 0, 0, 0, rival                                        \
    }

const match_method match_methods[] = {
    AED("AE-DDSP", 1, 1, 1),
    AED("no local tests", 1, 0, 1),
    AED("no dither", 1, 1, 0),
    AED("no adaptation", 0, 1, 1),
    ADAM(0.005),
    ADAM(0.01),
    ADAM(0.02),
    ADAM(0.05),
    SGD(0.005),
    SGD(0.01),
    SGD(0.02),
    SGD(0.05),
    SEARCH("CMA-ES", "cmaes", 0.15),
    SEARCH("CMA-ES", "cmaes", 0.3),
    SEARCH("NLopt CRS2", "crs2", 40.0),
    SEARCH("NLopt CRS2", "crs2", 160.0),
    {.name = "random search", .run = match_draw},
    {0},
};
