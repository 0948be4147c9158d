#include "base/hooks.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

namespace tilth::hooks {

namespace {

bool listed(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (list.substr(0, comma) == word) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
    return false;
}

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view(value);
}

}  // namespace

bool is_off(std::string_view requirement_row) { return listed(environment("TILTH_OFF"), requirement_row); }

bool cheap_passwords() { return !environment("TILTH_CHEAP_PASSWORDS").empty(); }

// TILTH_FAILPOINT=<name>:<action>[:<after n hits>] with the actions abort, error and sleep (2 s).
bool failpoint(std::string_view name) {
    static const std::string armed{environment("TILTH_FAILPOINT")};
    static std::atomic<long> hits{0};
    if (armed.empty()) return false;
    const auto colon = armed.find(':');
    if (armed.compare(0, colon, name) != 0 || colon == std::string::npos) return false;
    const auto second = armed.find(':', colon + 1);
    const std::string action = armed.substr(colon + 1, second == std::string::npos ? second : second - colon - 1);
    const long after = second == std::string::npos ? 0 : std::atol(armed.c_str() + second + 1);
    if (hits.fetch_add(1) < after) return false;
    if (action == "abort") ::_exit(137);
    if (action == "sleep") std::this_thread::sleep_for(std::chrono::seconds(2));
    return action == "error";
}

}  // namespace tilth::hooks
