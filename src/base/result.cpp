#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace tilth {

void invariant_failed(const char* condition, const char* why, const char* file, int line) noexcept {
    std::fprintf(stderr, "fatal: broken promise: %s (%s) at %s:%d\n", why, condition, file, line);
    std::fflush(stderr);
    std::abort();
}

}  // namespace tilth
