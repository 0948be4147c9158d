#pragma once
// Outbound webhooks: facts of the outbox, sent to addresses that staff named. What is to be sent is a row before it is
// sent; a thread of its own sends, at least once, with the same delivery id at every attempt, so that a receiver can
// tell a repetition. Addresses are judged after the name is resolved, redirects are not followed. Thread-safe.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "modules/collect/api.h"
#include "modules/collect/open/signature.h"
#include "platform/http/addresses.h"

namespace tilth::collect::open {

struct EventKind {
    std::string_view type;  // of the outbox: "order.placed"
    std::string_view zh;
    std::string_view en;
};
const std::vector<EventKind>& event_kinds();

struct Webhook {
    std::int64_t number = 0;
    std::string label;
    std::string url;
    std::vector<std::string> kinds;
    std::string secret;  // sealed
    bool active = true;
    std::string created_by;
    Instant created_at;
};

enum class DeliveryState : std::uint8_t { Waiting, Delivered, Failed };
struct Delivery {
    std::int64_t number = 0;
    std::string id;  // "out_…": the same at every attempt
    std::int64_t webhook = 0;
    std::string kind;
    std::string body;
    DeliveryState state = DeliveryState::Waiting;
    std::int64_t attempts = 0;
    Instant next_at;
    std::int64_t status = 0;  // of the last attempt; 0: no answer
    std::string error;        // "address_refused", "no_connection", "unknown", "status", "redirect"
    Instant created_at;
    std::optional<Instant> done_at;
};

class WebhookDesk {
public:
    WebhookDesk(kernel::Kernel& kernel, org::Org& org, http::Reachable reachable)
        : kernel_(kernel), org_(org), reachable_(std::move(reachable)) {}
    ~WebhookDesk() { stop(); }
    void run();
    void stop();

    // The secret by which deliveries are signed is returned here and never again. Invalid when the address cannot be
    // one, or names a place that must not be sent to.
    Result<std::pair<std::int64_t, std::string>> add(kernel::Unit& unit, std::string_view label, std::string_view url,
                                                     const std::vector<std::string>& kinds);
    Status set_active(kernel::Unit& unit, std::int64_t number, bool active);
    Status remove(kernel::Unit& unit, std::int64_t number);
    Result<std::vector<Webhook>> list(sql::Connection& sql, const TenantId& tenant) const;
    // Newest first.
    Result<std::vector<Delivery>> deliveries(sql::Connection& sql, const TenantId& tenant, std::int64_t webhook,
                                             std::optional<DeliveryState> state, std::int64_t before,
                                             std::int64_t limit) const;
    // Once more, from the first attempt, under the same delivery id.
    Status replay(kernel::Unit& unit, std::int64_t delivery);

private:
    void loop();
    Result<bool> round(const TenantId& tenant);
    Result<bool> collect_events(const TenantId& tenant, const std::vector<Webhook>& hooks);
    Result<bool> send_due(const TenantId& tenant, const std::vector<Webhook>& hooks);
    struct Outcome {
        std::int64_t status = 0;
        std::string error;  // empty: taken
    };
    Outcome attempt(const TenantId& tenant, const Webhook& hook, const Delivery& delivery) const;
    Status note(const TenantId& tenant, const Delivery& delivery, const Outcome& outcome);
    Status check_url(std::string_view url) const;

    kernel::Kernel& kernel_;
    org::Org& org_;
    http::Reachable reachable_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tilth::collect::open
