#pragma once
// Values that do not stand but would, if the one that stands were taken back with the import that brought it. One per
// owner and field; sealed and shredded like every value; open() does not show them.

#include <string>
#include <string_view>
#include <vector>

#include "kernel/vault/vault.h"

namespace tilth::kernel {

struct BelowValue {
    std::string owner;      // the import's source; empty: everything that is never taken back
    VaultValue value;       // under its plain field name
};

// The name under which Vault::put() and remove() keep it. No field of a profile begins like it.
std::string below_field(std::string_view owner, std::string_view field);
Result<std::vector<BelowValue>> open_below(Vault& vault, sql::Connection& sql, const TenantId& tenant,
                                           const CustomerId& customer);

}  // namespace tilth::kernel
