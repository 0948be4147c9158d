#pragma once
// Places that stand under the tenant's keys, as the vault walks through them (vault.h, KeptPlace). Not for code outside
// kernel/vault.

#include "kernel/vault/ring.h"

namespace tilth::kernel {

bool is_newest(const KeyRing& ring, std::string_view sealed);
// Counted in steps, so that no snapshot lasts.
Result<std::int64_t> customers_with_secret(Record& record, const Context& context);
KeptPlace kept_column(Vault& vault, Record& record, const KeptColumn& column);

}  // namespace tilth::kernel
