/* status.h: how a fallible call says what went wrong. */
#ifndef AED_STATUS_H
#define AED_STATUS_H

#if __FINITE_MATH_ONLY__
#error "aed needs NaN and Inf: build without -ffast-math and -ffinite-math-only"
#endif

/* On every call whose result may not be ignored. */
#define AED_MUST_CHECK __attribute__((warn_unused_result))

typedef enum
{
    AED_OK = 0,
    AED_E_ARG = -1,       /* a value is outside its range */
    AED_E_SIZE = -2,      /* a vector has the wrong length */
    AED_E_NONFINITE = -3, /* NaN or Inf came in, or came out of a computation */
    AED_E_MEMORY = -4,    /* no memory */
    AED_E_NAME = -5,      /* no such name */
    AED_E_STATE = -6,     /* right call, wrong moment */
    AED_E_CANCELLED = -7  /* stopped on request */
} aed_status;

/* A status with one sentence for people: what, got, allowed. */
typedef struct
{
    aed_status code;
    char msg[256];
} aed_error;

/* A short fixed text for each status, never NULL. Rt-safe: yes. */
const char *aed_status_text(aed_status status);

/* Fill *e (which may be NULL) and return code, so that a check reads
 *
 *     if (n != d) return aed_fail(e, AED_E_SIZE, "theta: got %zu values, expected %zu", n, d);
 *
 * Rt-safe: no (formats text). */
aed_status aed_fail(aed_error *e, aed_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
