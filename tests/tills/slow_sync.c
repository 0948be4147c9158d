/* Preloaded under the server: each sync takes 0.2 s longer, as on a disk that is worn out. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

#define SLOWLY(name) \
    int name(int fd) { \
        static int (*real)(int) = NULL; \
        if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
        usleep(200000); \
        return real(fd); \
    }

SLOWLY(fsync)
SLOWLY(fdatasync)
