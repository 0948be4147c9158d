#pragma once
// Test hooks, linked one way or the other: app/hooks_release.cpp (all off, compiled to nothing useful) in `tilth`,
// app/hooks_test.cpp in `tilth-test` and the unit tests. The same objects serve both.

#include <string_view>

namespace tilth::hooks {

// True when TILTH_OFF names the requirement row ("CDP-20"): what is registered for it must then not work.
bool is_off(std::string_view requirement_row);
// Called at named points; the test build may abort, sleep or return an error there (TILTH_FAILPOINT=name:abort).
// Returns true when the caller shall fail with an I/O error.
bool failpoint(std::string_view name);
// True when TILTH_CHEAP_PASSWORDS is set: a hundred stories sign in within seconds. Never in what ships.
bool cheap_passwords();

}  // namespace tilth::hooks

// FAILPOINT("record.after_commit"): a named moment at which tests may end or fail the process.
#define FAILPOINT(name) (::tilth::hooks::failpoint(name))
