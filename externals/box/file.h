/* file.h: whole files in and out. The only place of a box that opens files, and the one that another
 * operating system will need anew (this one is POSIX).
 *
 * Errors name the file and say what the system said. Calls may take as long as a disk does. Rt-safe: no. */
#ifndef AED_FILE_H
#define AED_FILE_H

#include <stddef.h>

#include "base/status.h"

/* The last part of a path, as much as goes into an error. Rt-safe: yes. */
const char *aed_file_tail(const char *path);

/* ".json" for a name without an ending, "" for others: the dots of ../bell are none. Rt-safe: yes. */
const char *aed_file_ending(const char *name);

/* All of a file, malloc'ed, ended by 0; *n bytes without it. NULL and *e: AED_E_STATE, it cannot be
 * read or is no regular file (a pipe would keep us waiting); AED_E_SIZE, more than `most` bytes;
 * AED_E_MEMORY. */
char *aed_file_read(const char *path, size_t most, size_t *n, aed_error *e);

/* Write a file whole or not at all: into a new one beside it, to the disk, then renamed. What path
 * names stays as it was on errors (AED_E_STATE), and its permissions on success; of a link, what it
 * points to is written. */
AED_MUST_CHECK aed_status aed_file_write(
    const char *path, const char *text, size_t n, aed_error *e);

/* Add text [n] to a file's end; anew: in place of what was in it. It is closed again, so that nothing is kept back
 * from who reads it meanwhile. AED_E_STATE: it cannot be written or is no regular file. */
AED_MUST_CHECK aed_status aed_file_append(
    const char *path, const char *text, size_t n, int anew, aed_error *e);

#endif
