#pragma once
// What happens by itself: outbox handlers and timers, on the moved clock. Each delivery is a unit of its own. After
// limits::kHandlerAttemptsMax failures that event alone is parked for that handler and shown; the others go on.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernel/record/record.h"

namespace tilth::kernel {

using EventHandler = std::function<Status(Unit&, const OutboxEvent&)>;
struct Timer {
    TenantId tenant;
    std::string kind;
    std::string key;
    Instant due;
    std::string payload;
};
using TimerHandler = std::function<Status(Unit&, const Timer&)>;

struct Parked {
    std::int64_t id = 0;
    TenantId tenant;
    std::string handler;
    std::int64_t sequence = 0;
    std::string type;
    std::string key;
    std::string error;
    int attempts = 0;
    Instant parked_at;
};

class Dispatch {
public:
    virtual ~Dispatch() = default;
    // `handler` is the stable name under which deliveries are remembered: "performance.orders".
    virtual void on_event(std::string type, std::string handler, EventHandler fn) = 0;
    virtual void on_timer(std::string kind, TimerHandler fn) = 0;
    virtual void run() = 0;
    virtual void stop() = 0;
    // Returns when nothing is due at the clock's now and every handler has seen every event. For tests, scenarios and
    // the manual clock, which calls it after each move.
    virtual Status settle() = 0;
    virtual void poke() = 0;  // the clock has been moved
    virtual Result<std::vector<Parked>> parked(sql::Connection& sql, const TenantId& tenant) = 0;
    virtual Status retry(Unit& unit, std::int64_t parked_id) = 0;
};
std::unique_ptr<Dispatch> make_dispatch(Record& record);

}  // namespace tilth::kernel
