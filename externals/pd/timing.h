/* timing.h: how long the host's thread spends in aed, for builds with -DAED_TIMING (make realtime).
 * In ordinary builds both macros are empty.
 *
 * A callback is measured from the outside: what it calls, other objects included, counts. */
#ifndef AED_TIMING_H
#define AED_TIMING_H

#ifdef AED_TIMING
/* Around every entry from the host; calls inside calls belong to the outer one. */
void aed_timing_begin(void);
void aed_timing_end(const char *what);
/* Print longest CPU and wall times and the wall time's p99.9 to Pd's console, and begin again. */
void aed_timing_print(void);
#define AED_TIMING_BEGIN aed_timing_begin()
#define AED_TIMING_END(what) aed_timing_end(what)
#else
#define AED_TIMING_BEGIN (void)0
#define AED_TIMING_END(what) (void)0
#endif

#endif
