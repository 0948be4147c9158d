#pragma once
// Forgetting a person in what lies sealed under the tenant's key, not under the person's own: held and refused events,
// refused rows of imports, and the imported files themselves. Part of flows/erase_person.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/jobs.h"
#include "kernel/kernel.h"

namespace tilth::collect {

// One for the process; the kernel outlives it.
class Forgetting {
public:
    virtual ~Forgetting() = default;
    // Within the unit that erases: keeps the keys (clear, normalised), sealed, until sweep() has looked everywhere.
    virtual Status begin(kernel::Unit& unit, const std::vector<std::string>& keys) = 0;
    // One step of looking; `position` is empty at the beginning and then what next() said. An import that is being read
    // just now is Unavailable: look again later.
    struct Look {
        std::optional<std::string> next;              // nothing: all was looked through
        std::function<Status(kernel::Unit&)> strike;  // writes what was found away
    };
    virtual Result<Look> sweep(const kernel::Context& context, const std::string& position) = 0;
};
std::unique_ptr<Forgetting> make_forgetting(kernel::Kernel& kernel);

// Somebody is being forgotten: nothing that lies sealed may come in now.
Result<bool> forgetting(sql::Connection& sql, const TenantId& tenant);
// Where what identified a person stood: their pages are rewritten.
std::vector<std::string_view> tables_of_the_sealed();

}  // namespace tilth::collect
