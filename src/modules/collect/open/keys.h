#pragma once
// Partners' keys: who may send and read what, below which node, how much of it, proven by a signature. Thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "modules/collect/api.h"
#include "modules/collect/open/signature.h"

namespace tilth::collect::open {

using PartnerKeyId = Id<tag::ApiKey>;

enum class Operation : std::uint8_t { EventsWrite, LeadsWrite, LeadsRead, CustomersWrite, CustomersRead };
std::string_view name(Operation operation);  // "events.write" …
std::optional<Operation> operation(std::string_view name);

struct PartnerKey {
    TenantId tenant;
    PartnerKeyId id;
    std::string label;
    OrgNodeId node;
    SourceId source;
    std::vector<Operation> operations;
    std::int64_t per_minute = 0;
    std::int64_t per_day = 0;
    bool revoked = false;
    std::string created_by;
    Instant created_at;
    std::optional<Instant> last_used_at;
    std::int64_t used_today = 0;
    std::int64_t secrets = 0;              // that hold now
    std::optional<Instant> overlap_until;  // of the older secret
};
struct NewPartnerKey {
    std::string label;
    OrgNodeId node;
    std::vector<Operation> operations;
    std::int64_t per_minute = 60;
    std::int64_t per_day = 10'000;
};

// Why a request was turned away; the word is the error's code for the partner.
struct Refusal {
    int status = 401;
    std::string_view code;
    std::string_view zh;
    std::string_view en;
    std::int64_t retry_after = 0;  // seconds; 0: it does not help to wait
};
const std::vector<Refusal>& refusals();  // all of them, for the documentation and its test
const Refusal& refusal(std::string_view code);

struct Presented {
    std::string key;
    std::string signature;
    Signed what;
};
struct Admitted {
    std::optional<PartnerKey> key;  // none: refused
    const Refusal* refused = nullptr;
};

class KeyDesk {
public:
    KeyDesk(kernel::Kernel& kernel, org::Org& org, Collect& collect) : kernel_(kernel), org_(org), collect_(collect) {}

    // The secret is returned here and never again.
    Result<std::pair<PartnerKeyId, std::string>> add(kernel::Unit& unit, const NewPartnerKey& key);
    // A new secret; the others hold for `overlap` yet.
    Result<std::string> rotate(kernel::Unit& unit, const PartnerKeyId& id, Duration overlap);
    Status revoke(kernel::Unit& unit, const PartnerKeyId& id);
    Result<std::vector<PartnerKey>> list(sql::Connection& sql, const TenantId& tenant, Instant now) const;

    // Signature, replay, quota and right, in this order; what is admitted is counted, and its nonce is remembered in
    // the record: a restart forgets none.
    Result<Admitted> admit(const Presented& presented, Operation wanted);

private:
    struct Found {
        PartnerKey key;
        std::vector<std::string> secrets;
    };
    Result<std::optional<Found>> find(sql::Connection& sql, const PartnerKeyId& id, Instant now) const;
    Result<const Refusal*> count(kernel::Unit& unit, const PartnerKey& key, std::string_view nonce) const;

    kernel::Kernel& kernel_;
    org::Org& org_;
    Collect& collect_;
};

}  // namespace tilth::collect::open
