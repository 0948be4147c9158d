#pragma once
// What memory derives from the event log: per customer first and last seen and number of events, and the counts per
// event type and per source. No row is read or written per event: the state is a snapshot file with its log position
// plus the tail of the log. Delete the snapshot and it comes back the same (state_hash). Updated after each commit on
// the writer's thread; read from any thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/behaviour/event_log.h"
#include "platform/files/files.h"

namespace tilth::kernel {

struct CustomerActivity {
    Instant first_seen;
    Instant last_seen;
    std::int64_t events = 0;
};
struct TypeActivity {
    std::string type;
    std::int64_t events = 0;
    Instant last_seen;
};

struct SourceActivity {
    SourceId source;
    std::int64_t events = 0;
    Instant last_received;
};

class Activity {
public:
    virtual ~Activity() = default;
    using Events = std::shared_ptr<const std::vector<Event>>;
    // Call inside the unit that appends; published at commit.
    virtual void apply(Unit& unit, Events events) = 0;
    // Called on the writer's thread after each commit that brought events; quick, and set before the first unit.
    virtual void on_applied(std::function<void()> listener) = 0;
    virtual std::optional<CustomerActivity> of(const TenantId& tenant, const CustomerId& customer) const = 0;
    virtual std::vector<TypeActivity> types(const TenantId& tenant) const = 0;
    virtual std::vector<SourceActivity> sources(const TenantId& tenant) const = 0;
    // Events behind that position that are still in memory (the last kRecentBytes of them), oldest first and without a
    // gap, so that who follows the log need not read it. Empty: there are none, or they do not reach back so far.
    struct Run {
        std::int64_t first = 0;  // position
        Events events;
    };
    static constexpr std::size_t kRecentBytes = 48u << 20;
    virtual std::vector<Run> recent(const TenantId& tenant, std::int64_t after) const = 0;
    virtual std::int64_t position(const TenantId& tenant) const = 0;
    virtual std::string state_hash(const TenantId& tenant) const = 0;  // hex, independent of insertion order
    virtual Status save(files::FileSystem& files, const std::string& path) = 0;
    // From the snapshot when it is whole and fits the log, else from the log alone.
    virtual Status load(files::FileSystem& files, const std::string& path, sql::Connection& sql,
                        const std::vector<TenantId>& tenants) = 0;
    virtual Status rebuild(sql::Connection& sql, const std::vector<TenantId>& tenants) = 0;
};
std::unique_ptr<Activity> make_activity();

}  // namespace tilth::kernel
