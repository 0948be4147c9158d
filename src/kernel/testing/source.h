#pragma once
// For *_test.cpp files only: where the checkout stands whose files a test reads. __FILE__ does not tell: the compiler's
// cache makes it relative to whatever build folder compiled it first.

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tilth::kernel::testing {

// The first folder above this program that holds src/ and CMakeLists.txt. Build folders stand inside the checkout.
inline std::filesystem::path source_root() {
    for (std::filesystem::path at = std::filesystem::read_symlink("/proc/self/exe").parent_path();
         at != at.root_path(); at = at.parent_path())
        if (std::filesystem::exists(at / "src") && std::filesystem::exists(at / "CMakeLists.txt")) return at;
    INVARIANT(false, "test programs run from a build folder inside the checkout");
}

}  // namespace tilth::kernel::testing
