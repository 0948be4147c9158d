#include "base/hooks.h"

namespace tilth::hooks {

bool is_off(std::string_view) { return false; }
bool failpoint(std::string_view) { return false; }
bool cheap_passwords() { return false; }

}  // namespace tilth::hooks
