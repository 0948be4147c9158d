/* Preloaded under the server: from the n-th call on that would take room in a file below $TILTH_FULL_UNDER, each fails
 * with ENOSPC, until the test makes room. Every second time the n-th write is cut short first, as a full disk does.
 * $TILTH_FULL_SWITCH is a file of two 64-bit numbers that both sides map: calls so far, and n (0: never). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct board {
    volatile uint64_t calls;
    volatile uint64_t full_from;
};

static struct board* board(void) {
    static struct board* mapped = NULL;
    if (mapped != NULL) return mapped;
    const char* path = getenv("TILTH_FULL_SWITCH");
    if (path == NULL) return NULL;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return NULL;
    void* place = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (place == MAP_FAILED) return NULL;
    mapped = place;
    return mapped;
}

static int counts(int fd) {
    const char* under = getenv("TILTH_FULL_UNDER");
    char link[64];
    char path[4096];
    if (under == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    return strncmp(path, under, strlen(under)) == 0;
}

/* How many of `size` bytes there is room for: all, half, or none (-1). */
static ssize_t room_for(int fd, size_t size) {
    struct board* b = board();
    if (b == NULL || !counts(fd)) return (ssize_t)size;
    const uint64_t call = __sync_add_and_fetch(&b->calls, 1);
    const uint64_t full_from = b->full_from;
    if (full_from == 0 || call < full_from) return (ssize_t)size;
    if (call == full_from && full_from % 2 == 1 && size > 1) return (ssize_t)(size / 2);
    errno = ENOSPC;
    return -1;
}

#define REAL(name) \
    static __typeof__(&name) real = NULL; \
    if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void* bytes, size_t size) {
    REAL(write);
    const ssize_t room = room_for(fd, size);
    return room < 0 ? -1 : real(fd, bytes, (size_t)room);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
    REAL(pwrite);
    const ssize_t room = room_for(fd, size);
    return room < 0 ? -1 : real(fd, bytes, (size_t)room, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
    REAL(pwrite64);
    const ssize_t room = room_for(fd, size);
    return room < 0 ? -1 : real(fd, bytes, (size_t)room, at);
}

static int grows(int fd, off64_t size) {
    struct stat now;
    return fstat(fd, &now) == 0 && size > now.st_size;
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    return grows(fd, size) && room_for(fd, 1) < 0 ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    return grows(fd, size) && room_for(fd, 1) < 0 ? -1 : real(fd, size);
}

int fallocate(int fd, int mode, off_t at, off_t size) {
    REAL(fallocate);
    return room_for(fd, 1) < 0 ? -1 : real(fd, mode, at, size);
}
