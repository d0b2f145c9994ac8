/* status.c: the one core file that includes stdio.h, for vsnprintf; it never prints. */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>

const char *aed_status_text(aed_status status)
{
    switch (status)
    {
    case AED_OK:
        return "ok";
    case AED_E_ARG:
        return "value out of range";
    case AED_E_SIZE:
        return "wrong length";
    case AED_E_NONFINITE:
        return "NaN or infinity";
    case AED_E_MEMORY:
        return "out of memory";
    case AED_E_NAME:
        return "unknown name";
    case AED_E_STATE:
        return "not possible now";
    case AED_E_CANCELLED:
        return "cancelled";
    }
    return "unknown status";
}

aed_status aed_fail(aed_error *e, aed_status code, const char *format, ...)
{
    if (e)
    {
        va_list args;

        e->code = code;
        va_start(args, format);
        vsnprintf(e->msg, sizeof e->msg, format, args);
        va_end(args);
    }
    return code;
}
