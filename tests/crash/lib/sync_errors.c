/* Preloaded under the server: once the file $TILTH_EIO_SWITCH exists, fsync and fdatasync of files whose path contains
 * $TILTH_EIO_MATCH fail with EIO, and the moment of the first failure is written into the switch. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int matches(int fd) {
    const char* part = getenv("TILTH_EIO_MATCH");
    char link[64];
    char path[4096];
    if (part == NULL || *part == '\0') return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    return strstr(path, part) != NULL;
}

static int broken(int fd) {
    static int told = 0;
    const char* path = getenv("TILTH_EIO_SWITCH");
    if (path == NULL || access(path, F_OK) != 0 || !matches(fd)) return 0;
    if (__sync_lock_test_and_set(&told, 1) == 0) {
        struct timespec now;
        char text[64];
        clock_gettime(CLOCK_MONOTONIC, &now);
        int length = snprintf(text, sizeof text, "%ld.%09ld\n", (long)now.tv_sec, now.tv_nsec);
        int out = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
        if (out >= 0) {
            if (write(out, text, (size_t)length) < 0) { /* the test sees that nothing was written */ }
            close(out);
        }
    }
    errno = EIO;
    return 1;
}

int fsync(int fd) {
    static int (*real)(int) = NULL;
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return broken(fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int) = NULL;
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return broken(fd) ? -1 : real(fd);
}
