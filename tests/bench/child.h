/* child.h: rivals that are programs of their own. */
#ifndef CHILD_H
#define CHILD_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct
{
    pid_t pid;
    FILE *to, *from; /* its stdin, its stdout */
} child;

/* Start argv[0], looked up in PATH. A program that does not exist shows as an end of file at the
 * first hearing. -1: no process or no pipe could be had. */
int child_start(child *c, const char *const *argv);

/* Send a line. */
void child_say(child *c, const char *line);

/* The next line, without its newline. -1 at the end of file. */
int child_hear(child *c, char *line, size_t n);

/* Start a Python script in the first Python that it greets from: $PYTHON, the system's, the one in
 * PATH. It ends at once where a module is missing. Its first line into hello [n]; -1: in none. */
int child_start_python(child *c, const char *script, char *hello, size_t n);

/* Close its stdin, wait for its end, and return its exit code; -1 when a signal ended it. */
int child_end(child *c);

/* Run argv[0] to its end and return the CPU seconds it used (user and system together: the kernel
 * measures the sum, and only estimates how it divides). NAN when its exit code was not 0. Up to n - 1
 * characters of its stdout and stderr into `output`. */
double child_run(const char *const *argv, char *output, size_t n);

#endif
