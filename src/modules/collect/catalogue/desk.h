#pragma once
// The catalogue in the record: declarations, the rule for unknown types, and what is held back.

#include <atomic>
#include <memory>
#include <mutex>

#include "modules/collect/catalogue/rules.h"

namespace tilth::collect::catalogue {

struct HeldCount {
    std::string type;
    SourceId source;
    std::string code;
    std::int64_t events = 0;
    Instant oldest;
    Instant newest;
};

class Desk {
public:
    explicit Desk(kernel::Kernel& kernel) : kernel_(kernel) {}

    Result<Catalogue> load(sql::Connection& sql, const TenantId& tenant) const;
    Status put(kernel::Unit& unit, const Type& type);
    Status remove(kernel::Unit& unit, std::string_view name);  // NotFound
    Status hold_unknown(kernel::Unit& unit, bool hold);

    Result<std::vector<Ruling>> rule(kernel::Unit& unit, const std::vector<Incoming>& events);
    Result<bool> hold(kernel::Unit& unit, const SourceId& source, const Incoming& event, std::string_view code);

    Result<std::vector<HeldCount>> held(sql::Connection& sql, const TenantId& tenant) const;
    // Events of that type go in again (at most 1,000 a call), or away; both say how many. Unavailable: the pipeline
    // does not run. What is sent in and not yet struck off comes in twice and counts once.
    Result<std::int64_t> release(const kernel::Context& context, std::string_view type);
    Result<std::int64_t> drop(kernel::Unit& unit, std::string_view type);
    void release_into(Inlet::Accept accept);

private:
    void forget(kernel::Unit& unit);
    Status send(RawBatch batch);

    kernel::Kernel& kernel_;
    std::mutex mutex_;
    std::map<TenantId, std::shared_ptr<const Catalogue>> known_;
    Inlet::Accept accept_;
};

}  // namespace tilth::collect::catalogue
