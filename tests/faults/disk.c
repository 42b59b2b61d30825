/* A disk that fails when it is told to: put under a program by LD_PRELOAD, it stands between the
 * program and its C library, and lets chosen calls on chosen files fail or wait.
 *
 *   FAULT_CALL   write, read, sync or rename: all calls of that kind (pwrite and fdatasync, too)
 *   FAULT_PATH   how the path of the file ends; of a rename, the new path
 *   FAULT_DOES   EIO, ENOSPC, or wait: then the call is made when FAULT_WHILE is gone
 *   FAULT_FROM   the first call of those that is hit, counted from one (1 without)
 *   FAULT_CALLS  how many are hit from then on (all without)
 *   FAULT_WHILE  a file: calls are hit, and counted, only while it is there (always without)
 *   FAULT_LOG    a file that gets a line for every call that was hit
 *
 * It must not know what the program is. It keeps no state but the count, so that any number of
 * threads may call it.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* The function of this name that would have been called without us. */
#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

/* How often a call that waits looks whether it may go on, in microseconds. */
#define GLANCE 5000

static atomic_long calls;

static long number(const char *variable, long otherwise) {
    const char *text = getenv(variable);
    return text ? atol(text) : otherwise;
}

static int ends_with(const char *path, const char *end) {
    size_t long_is = strlen(path), end_is = strlen(end);
    return long_is >= end_is && strcmp(path + long_is - end_is, end) == 0;
}

/* Writes a line to the log. Through the real write: the log is no file that is to fail. */
static void note(const char *call, const char *path) {
    const char *log = getenv("FAULT_LOG");
    char line[PATH_MAX + 32];
    int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    if (file < 0)
        return;
    int length = snprintf(line, sizeof line, "%s %s\n", call, path);
    ssize_t written = REAL(ssize_t (*)(int, const void *, size_t), "write")(file, line, (size_t)length);
    (void)written;
    close(file);
}

/* Whether a call on a path is to fail: then errno says how. One that is to wait has waited. */
static int hit(const char *call, const char *path) {
    const char *wanted = getenv("FAULT_CALL"), *end = getenv("FAULT_PATH");
    const char *does = getenv("FAULT_DOES"), *during = getenv("FAULT_WHILE");
    if (!wanted || !end || !does || strcmp(call, wanted) != 0 || !ends_with(path, end))
        return 0;
    if (during && access(during, F_OK) != 0)
        return 0;
    long nth = atomic_fetch_add(&calls, 1) + 1, from = number("FAULT_FROM", 1);
    if (nth < from || nth - from >= number("FAULT_CALLS", LONG_MAX))
        return 0;
    note(call, path);
    if (strcmp(does, "EIO") == 0 || strcmp(does, "ENOSPC") == 0) {
        errno = does[1] == 'I' ? EIO : ENOSPC;
        return 1;
    }
    while (during && access(during, F_OK) == 0)
        usleep(GLANCE);
    return 0;
}

/* The same for an open file. What it was opened as is asked of the kernel, only where it matters. */
static int hit_file(const char *call, int file) {
    const char *wanted = getenv("FAULT_CALL");
    char link[32], path[PATH_MAX];
    if (!wanted || strcmp(call, wanted) != 0)
        return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        if (hit(call, path))
            return 1;
    }
    errno = before;
    return 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    return hit_file("write", file) ? -1 : REAL(ssize_t (*)(int, const void *, size_t), "write")(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    return hit_file("write", file) ? -1
                                   : REAL(ssize_t (*)(int, const void *, size_t, off_t), "pwrite")(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return hit_file("write", file)
               ? -1
               : REAL(ssize_t (*)(int, const void *, size_t, off64_t), "pwrite64")(file, bytes, count, at);
}

ssize_t read(int file, void *bytes, size_t count) {
    return hit_file("read", file) ? -1 : REAL(ssize_t (*)(int, void *, size_t), "read")(file, bytes, count);
}

ssize_t pread(int file, void *bytes, size_t count, off_t at) {
    return hit_file("read", file) ? -1
                                  : REAL(ssize_t (*)(int, void *, size_t, off_t), "pread")(file, bytes, count, at);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t at) {
    return hit_file("read", file) ? -1
                                  : REAL(ssize_t (*)(int, void *, size_t, off64_t), "pread64")(file, bytes, count, at);
}

int fsync(int file) {
    return hit_file("sync", file) ? -1 : REAL(int (*)(int), "fsync")(file);
}

int fdatasync(int file) {
    return hit_file("sync", file) ? -1 : REAL(int (*)(int), "fdatasync")(file);
}

int rename(const char *old, const char *new) {
    return hit("rename", new) ? -1 : REAL(int (*)(const char *, const char *), "rename")(old, new);
}
