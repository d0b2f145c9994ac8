/* child.c: see child.h. */
#include "child.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
    COULD_NOT_RUN = 127 /* as a shell says it */
};

static void close_pipe(int *ends)
{
    close(ends[0]);
    close(ends[1]);
}

/* In the new process; does not return. */
static void become(const char *const *argv, int in, int out, int err)
{
    dup2(in, 0);
    dup2(out, 1);
    if (err >= 0)
        dup2(err, 2);
    execvp(argv[0], (char *const *)argv); /* which does not write there, whatever its type says */
    _exit(COULD_NOT_RUN);
}

int child_start(child *c, const char *const *argv)
{
    int in[2], out[2];

    if (pipe(in))
        return -1;
    if (pipe(out))
    {
        close_pipe(in);
        return -1;
    }
    /* Our ends must not live on in a child, or it would never see the end of its own input. */
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    fcntl(out[0], F_SETFD, FD_CLOEXEC);
    c->pid = fork();
    if (c->pid == 0)
        become(argv, in[0], out[1], -1);
    close(in[0]);
    close(out[1]);
    c->to = fdopen(in[1], "w");
    c->from = fdopen(out[0], "r");
    return c->pid > 0 && c->to && c->from ? 0 : -1;
}

void child_say(child *c, const char *line)
{
    fprintf(c->to, "%s\n", line);
    fflush(c->to);
}

int child_hear(child *c, char *line, size_t n)
{
    if (!fgets(line, (int)n, c->from))
        return -1;
    line[strcspn(line, "\n")] = '\0';
    return 0;
}

int child_start_python(child *c, const char *script, char *hello, size_t n)
{
    const char *const pythons[] = {getenv("PYTHON"), "/usr/bin/python3", "python3"};

    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++)
    {
        const char *const argv[] = {pythons[i], script, NULL};

        if (!pythons[i] || child_start(c, argv))
            continue;
        if (child_hear(c, hello, n) == 0)
            return 0;
        child_end(c);
    }
    return -1;
}

static int wait_for(pid_t pid)
{
    int status = 0;

    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

int child_end(child *c)
{
    fclose(c->to);
    fclose(c->from);
    return wait_for(c->pid);
}

static double cpu_of_children(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* All that comes from f, of which the first n - 1 characters are kept. */
static void drain(FILE *f, char *output, size_t n)
{
    char rest[256];

    output[fread(output, 1, n - 1, f)] = '\0';
    while (fread(rest, 1, sizeof rest, f) > 0)
        ;
}

double child_run(const char *const *argv, char *output, size_t n)
{
    const double before = cpu_of_children();
    int out[2];

    if (pipe(out))
        return NAN;
    const int nothing = open("/dev/null", O_RDONLY);
    const pid_t pid = fork();

    if (pid == 0)
        become(argv, nothing, out[1], out[1]);
    close(nothing);
    close(out[1]);
    FILE *from = fdopen(out[0], "r");

    drain(from, output, n);
    fclose(from);
    return pid > 0 && wait_for(pid) == 0 ? cpu_of_children() - before : NAN;
}
