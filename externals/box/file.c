/* file.c: whole files in and out, on POSIX systems. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum
{
    TAIL_N = 100,    /* bytes of a path in an error */
    MOST_TRIES = 100 /* names for the file beside; those that are there were left by a crash */
};

const char *aed_file_tail(const char *path)
{
    const size_t n = strlen(path);

    if (n <= TAIL_N)
        return path;
    path += n - TAIL_N;
    while (((unsigned char)*path & 0xc0) == 0x80) /* not into the middle of a letter */
        path++;
    return path;
}

const char *aed_file_ending(const char *name)
{
    const char *slash = strrchr(name, '/');

    return strrchr(slash ? slash : name, '.') ? "" : ".json";
}

static aed_status fail_errno(aed_error *e, const char *verb, const char *path)
{
    return aed_fail(e, AED_E_STATE, "cannot %s %s: %s", verb, aed_file_tail(path), strerror(errno));
}

/* ---- reading ---- */

/* Up to n bytes; what was read, or -1. */
static ssize_t read_all(int fd, char *to, size_t n)
{
    size_t done = 0;

    while (done < n)
    {
        const ssize_t got = read(fd, to + done, n - done);

        if (got < 0 && errno != EINTR)
            return -1;
        if (got == 0)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

/* What the open file holds, ended by 0. */
static aed_status read_open(
    char **text, size_t *n, int fd, const char *path, size_t most, aed_error *e)
{
    struct stat s;

    if (fstat(fd, &s) != 0)
        return fail_errno(e, "read", path);
    if (!S_ISREG(s.st_mode))
        return aed_fail(e, AED_E_STATE, "cannot read %s: not a file", aed_file_tail(path));
    if ((unsigned long long)s.st_size > most)
        return aed_fail(e, AED_E_SIZE, "%s: got %llu bytes, allowed are up to %zu",
            aed_file_tail(path), (unsigned long long)s.st_size, most);
    *text = malloc((size_t)s.st_size + 1);
    if (!*text)
        return aed_fail(e, AED_E_MEMORY, "%s: no memory for it", aed_file_tail(path));
    const ssize_t got = read_all(fd, *text, (size_t)s.st_size);

    if (got < 0)
    {
        free(*text);
        return fail_errno(e, "read", path);
    }
    (*text)[got] = '\0';
    *n = (size_t)got;
    return AED_OK;
}

char *aed_file_read(const char *path, size_t most, size_t *n, aed_error *e)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char *text = NULL;

    if (fd < 0)
    {
        (void)fail_errno(e, "read", path);
        return NULL;
    }
    const aed_status status = read_open(&text, n, fd, path, most, e);

    close(fd);
    return status ? NULL : text;
}

/* ---- writing ---- */

/* A new file beside `path`, its name in `beside`; -1 and errno without. */
static int open_beside(char *beside, size_t size, const char *path)
{
    int fd = -1;

    errno = EEXIST;
    for (int i = 0; fd < 0 && errno == EEXIST && i < MOST_TRIES; i++)
    {
        if ((size_t)snprintf(beside, size, "%s.tmp-%d", path, i) >= size)
        {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    return fd;
}

static int write_all(int fd, const char *text, size_t n)
{
    while (n > 0)
    {
        const ssize_t put = write(fd, text, n);

        if (put < 0 && errno != EINTR)
            return 0;
        text += put > 0 ? put : 0;
        n -= put > 0 ? (size_t)put : 0;
    }
    return 1;
}

/* old: what is there now, or NULL. 0 and errno when it failed; then nothing has changed. */
static int replace(const char *path, const struct stat *old, const char *text, size_t n)
{
    char beside[PATH_MAX];
    const int fd = open_beside(beside, sizeof beside, path);

    if (fd < 0)
        return 0;
    int ok =
        write_all(fd, text, n) && (!old || fchmod(fd, old->st_mode & 0777) == 0) && fsync(fd) == 0;
    int why = errno;

    if (close(fd) != 0 && ok)
    {
        ok = 0;
        why = errno;
    }
    if (ok && rename(beside, path) == 0)
        return 1;
    if (ok)
        why = errno;
    unlink(beside);
    errno = why;
    return 0;
}

aed_status aed_file_write(const char *path, const char *text, size_t n, aed_error *e)
{
    struct stat old;
    char *target = realpath(path, NULL); /* NULL: nothing there yet */
    const int there = target && stat(target, &old) == 0;
    aed_status status = AED_OK;

    if (there && !S_ISREG(old.st_mode))
        status = aed_fail(e, AED_E_STATE, "cannot write %s: not a file", aed_file_tail(path));
    else if (!replace(target ? target : path, there ? &old : NULL, text, n))
        status = fail_errno(e, "write", path);
    free(target);
    return status;
}

aed_status aed_file_append(const char *path, const char *text, size_t n, int anew, aed_error *e)
{
    const int how = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC | (anew ? O_TRUNC : 0);
    const int fd = open(path, how, 0666);
    struct stat s;
    aed_status status = AED_OK;

    if (fd < 0)
        return fail_errno(e, "write", path);
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode))
        status = aed_fail(e, AED_E_STATE, "cannot write %s: not a file", aed_file_tail(path));
    else if (!write_all(fd, text, n))
        status = fail_errno(e, "write", path);
    if (close(fd) != 0 && !status)
        status = fail_errno(e, "write", path);
    return status;
}
