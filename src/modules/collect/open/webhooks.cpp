#include "modules/collect/open/webhooks.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "kernel/scheduler/outbox_reader.h"
#include "platform/http/client.h"
#include "platform/http/url.h"
#include "platform/json/value.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::collect::open {

namespace {

constexpr std::string_view kSecretPurpose = "webhook_secret";
constexpr auto kRest = std::chrono::milliseconds(200);
constexpr int kEventsAStep = 500;
constexpr int kSentARound = 100;
constexpr std::int64_t kPassedAtMost = 1'000;
constexpr std::int64_t kTimeoutMs = 5'000;
constexpr std::size_t kAnswerBytesMax = 64u << 10;
constexpr std::int64_t kHooksMax = 50;
constexpr Duration kDeliveredKept = days(30);
constexpr std::int64_t kSweepEvery = 500;  // deliveries

std::string joined(const std::vector<std::string>& kinds) {
    std::string text;
    for (const std::string& one : kinds) text.append(text.empty() ? "" : " ").append(one);
    return text;
}
std::vector<std::string> parted(std::string_view text) {
    std::vector<std::string> kinds;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        kinds.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return kinds;
}

Delivery delivery_of(const sql::Row& row) {
    Delivery one;
    one.number = row.i64(0);
    one.id = row.id<Id<tag::Outbox>>(1).str();
    one.webhook = row.i64(2);
    one.kind = row.txt(3);
    one.body = row.txt(4);
    one.state = static_cast<DeliveryState>(row.i64(5));
    one.attempts = row.i64(6);
    one.next_at = row.instant(7);
    one.status = row.i64(8);
    one.error = row.txt(9);
    one.created_at = row.instant(10);
    one.done_at = row.opt_instant(11);
    return one;
}
constexpr const char* kDeliveryColumns =
    "SELECT number, id, webhook, kind, body, state, attempts, next_at, status, error, created_at, done_at FROM "
    "webhook_delivery ";

metrics::Counter& sent_total(bool taken) {
    static auto& yes = metrics::counter("tilth_webhook_delivered_total", "Deliveries that webhooks took");
    static auto& no = metrics::counter("tilth_webhook_failed_attempts_total", "Attempts that webhooks did not take");
    return taken ? yes : no;
}

std::string body_of(const std::string& id, const kernel::OutboxEvent& event) {
    const auto data = json::Value::parse(event.payload);
    return json::Value::object({{"id", id},
                                {"type", event.type},
                                {"at", to_iso(event.at)},
                                {"key", event.key},
                                {"data", data ? *data : json::Value::object()}})
        .print();
}

}  // namespace

const std::vector<EventKind>& event_kinds() {
    static const std::vector<EventKind> all = {
        {"order.placed", "订单产生", "Order placed"},
        {"order.changed", "订单变更", "Order changed"},
        {"customer.linked", "身份合并", "Customers linked"},
        {"customer.unlinked", "身份拆分", "Customers parted"},
        {"customer.erased", "客户已删除", "Customer erased"},
        {"consent.granted", "同意", "Consent granted"},
        {"consent.withdrawn", "撤回同意", "Consent withdrawn"},
        {"segment.entered", "进入人群", "Segment entered"},
        {"segment.left", "离开人群", "Segment left"},
        {"tag.entered", "打上标签", "Tag entered"},
        {"tag.left", "标签移除", "Tag left"},
        {"lead.added", "新线索", "Lead added"},
        {"lead.owned", "线索有人跟进", "Lead owned"},
        {"lead.pooled", "线索回到公海", "Lead back in the pool"},
        {"lead.converted", "线索转化", "Lead converted"},
        {"lead.lost", "线索放弃", "Lead lost"},
        {"capture.submitted", "采集点提交", "Capture point submitted"},
        {"capture.code_claimed", "一物一码首扫", "Item code claimed"},
    };
    return all;
}

void WebhookDesk::run() {
    thread_ = std::thread([this] { loop(); });
}

void WebhookDesk::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void WebhookDesk::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        bool worked = false;
        for (const org::Tenant& tenant : org_.tenants()) {
            const auto done = round(tenant.id);
            if (!done) log::warn("webhooks: held up", {{"error", done.error().detail}});
            worked = worked || done.value_or(false);
        }
        lock.lock();
        if (!worked) wake_.wait_for(lock, kRest, [this] { return stopping_; });
    }
}

Result<bool> WebhookDesk::round(const TenantId& tenant) {
    const auto context = kernel::Context::system(tenant, kernel_.clock.now());
    const auto hooks = TRY(kernel_.record.read<std::vector<Webhook>>(
        context, [&](kernel::View& view) { return list(view.sql(), tenant); }));
    if (hooks.empty()) return false;
    const bool found = TRY(collect_events(tenant, hooks));
    return TRY(send_due(tenant, hooks))
    || found;
}

// Looks through the outbox from where it was left, and writes down what is to be sent, many events a unit.
Result<bool> WebhookDesk::collect_events(const TenantId& tenant, const std::vector<Webhook>& hooks) {
    struct Step {
        std::int64_t from = 0;
        std::int64_t newest = 0;
        std::vector<kernel::OutboxEvent> events;
    };
    const auto context = kernel::Context::system(tenant, kernel_.clock.now());
    const Step step = TRY(kernel_.record.read<Step>(context, [&](kernel::View& view) -> Result<Step> {
        const auto from = TRY(view.sql().one("SELECT sequence FROM webhook_position WHERE tenant_id = ?1", {tenant},
                                             [](const sql::Row& row) { return row.i64(0); }));
        Step found{from.value_or(0), 0, {}};
        found.newest = TRY(kernel::outbox_newest(view.sql()));
        if (found.newest > found.from)
            found.events = TRY(kernel::outbox_after(view.sql(), tenant, found.from, kEventsAStep));
        return found;
    }));
    // Other tenants' events are passed without a row each; now and then it is written down how far.
    if (step.events.empty() && step.newest - step.from < kPassedAtMost) return false;
    const std::int64_t reached = step.events.empty() ? step.newest : step.events.back().sequence;
    TRY(kernel_.record.write<void>(context, [&](kernel::Unit& unit) -> Status {
        for (const kernel::OutboxEvent& event : step.events) {
            for (const Webhook& hook : hooks) {
                const bool wanted =
                    hook.active && std::find(hook.kinds.begin(), hook.kinds.end(), event.type) != hook.kinds.end();
                if (!wanted) continue;
                const auto id = unit.new_id<Id<tag::Outbox>>();
                TRY(unit.sql().write(
                    "INSERT INTO webhook_delivery (tenant_id, number, id, webhook, kind, body, state, attempts, "
                    "next_at, status, error, created_at, done_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7, 0, '', ?7, "
                    "NULL)",
                    {tenant, unit.next_number("webhook_delivery"), id, hook.number, event.type,
                     body_of(id.str(), event), unit.now()}));
            }
        }
        return unit.sql().write("UPDATE webhook_position SET sequence = ?2 WHERE tenant_id = ?1 AND sequence = ?3",
                                {tenant, reached, step.from});
    }));
    return !step.events.empty();
}

Result<bool> WebhookDesk::send_due(const TenantId& tenant, const std::vector<Webhook>& hooks) {
    const Instant now = kernel_.clock.now();
    const auto due =
        TRY(kernel_.record.read<std::vector<Delivery>>(kernel::Context::system(tenant, now), [&](kernel::View& view) {
            return view.sql().all(std::string(kDeliveryColumns) +
                                      "WHERE tenant_id = ?1 AND state = 0 AND next_at <= ?2 ORDER BY next_at, number "
                                      "LIMIT ?3",
                                  {tenant, now, kSentARound}, delivery_of);
        }));
    std::set<std::int64_t> ill;  // one failure is enough for this round: the others of that address wait for the next
    bool worked = false;
    for (const Delivery& delivery : due) {
        const auto hook = std::find_if(hooks.begin(), hooks.end(),
                                       [&](const Webhook& one) { return one.number == delivery.webhook; });
        if (hook == hooks.end() || !hook->active || ill.contains(delivery.webhook)) continue;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return false;
        }
        const Outcome outcome = attempt(tenant, *hook, delivery);
        sent_total(outcome.error.empty()).add();
        if (!outcome.error.empty()) ill.insert(delivery.webhook);
        TRY(note(tenant, delivery, outcome));
        worked = true;
    }
    return worked;
}

WebhookDesk::Outcome WebhookDesk::attempt(const TenantId& tenant, const Webhook& hook, const Delivery& delivery) const {
    const auto secret = kernel_.vault.open_for_tenant(tenant, kSecretPurpose, hook.secret);
    if (!secret) return {0, "secret_unreadable"};
    const std::string timestamp = std::to_string(kernel_.clock.now().ms / 1000);
    http::ClientRequest request;
    request.method = http::Method::Post;
    request.url = hook.url;
    request.body = delivery.body;
    request.timeout_ms = kTimeoutMs;
    request.answer_bytes_max = kAnswerBytesMax;
    request.may_connect = reachable_;
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "Tilth-Webhook/1"},
                       {"X-Tilth-Delivery", delivery.id},
                       {"X-Tilth-Event", delivery.kind},
                       {"X-Tilth-Attempt", std::to_string(delivery.attempts + 1)},
                       {"X-Tilth-Timestamp", timestamp},
                       {"X-Tilth-Signature", sign_delivery(*secret, delivery.id, timestamp, delivery.body)}};
    const auto answer = http::send(request);
    if (!answer) {
        switch (answer.error().code) {
            case ErrorCode::Forbidden: return {0, "address_refused"};
            case ErrorCode::Unavailable: return {0, "no_connection"};
            default: return {0, "unknown"};  // It may have arrived: the same delivery id comes again.
        }
    }
    if (answer->status >= 200 && answer->status < 300) return {answer->status, {}};
    return {answer->status, answer->status >= 300 && answer->status < 400 ? "redirect" : "status"};
}

Status WebhookDesk::note(const TenantId& tenant, const Delivery& delivery, const Outcome& outcome) {
    const auto context = kernel::Context::system(tenant, kernel_.clock.now());
    const std::int64_t attempts = delivery.attempts + 1;
    const bool taken = outcome.error.empty();
    const bool over = !taken && attempts >= kAttemptsMax;
    const DeliveryState state =
        taken ? DeliveryState::Delivered : (over ? DeliveryState::Failed : DeliveryState::Waiting);
    return kernel_.record.write<void>(context, [&](kernel::Unit& unit) -> Status {
        if (taken && delivery.number % kSweepEvery == 0) {
            TRY(unit.sql().write("DELETE FROM webhook_delivery WHERE tenant_id = ?1 AND state = 1 AND next_at < ?2",
                                 {tenant, unit.now() - kDeliveredKept}));
        }
        return unit.sql().write(
            "UPDATE webhook_delivery SET state = ?3, attempts = ?4, next_at = ?5, status = ?6, error = ?7, done_at = "
            "?8 "
            "WHERE tenant_id = ?1 AND number = ?2",
            {tenant, delivery.number, static_cast<int>(state), attempts,
             unit.now() + (taken ? Duration{} : wait_after(static_cast<int>(attempts))), outcome.status, outcome.error,
             taken || over ? std::optional(unit.now()) : std::nullopt});
    });
}

Status WebhookDesk::check_url(std::string_view url) const {
    const auto parsed = http::parse_url(url);
    const bool web = parsed && parsed->scheme != http::Url::Scheme::Unix && url.find('@') == std::string_view::npos;
    if (!web) {
        return Error::invalid("url", "not_a_web_address", "不是 http 或 https 地址", "Not an http or https address",
                              "例如 https://partner.example.com/hook", "For example https://partner.example.com/hook");
    }
    // A name is judged when it is resolved, at every attempt; an address that stands there is judged now as well.
    const bool literal = parsed->host.find(':') != std::string::npos ||
                         parsed->host.find_first_not_of("0123456789.") == std::string::npos;
    if (literal && !reachable_(parsed->host)) {
        return Error::invalid("url", "address_refused", "不允许向内网地址发送", "Local addresses are not sent to",
                              "使用公网地址，或由服务器管理员放行",
                              "Use a public address, or have the server's administrator allow it");
    }
    return ok();
}

Result<std::pair<std::int64_t, std::string>> WebhookDesk::add(kernel::Unit& unit, std::string_view label,
                                                              std::string_view url,
                                                              const std::vector<std::string>& kinds) {
    TRY(check_url(url));
    for (const std::string& kind : kinds) {
        const bool known = std::any_of(event_kinds().begin(), event_kinds().end(),
                                       [&](const EventKind& one) { return one.type == kind; });
        if (!known) {
            return Error::invalid("kinds", "unknown_kind", "没有这种事件", "There is no such event", "从列表中选择",
                                  "Choose from the list");
        }
    }
    const auto stands = TRY(unit.sql().one("SELECT COUNT(*) FROM webhook WHERE tenant_id = ?1", {unit.tenant()},
                                           [](const sql::Row& row) { return row.i64(0); }));
    if (stands.value_or(0) >= kHooksMax) return Error(ErrorCode::LimitExceeded, "webhooks");
    std::string bytes;
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t part = unit.rng().next();
        bytes.append(reinterpret_cast<const char*>(&part), sizeof part);
    }
    const std::string secret =
        "wh_" + crypto::base64url(crypto::view(crypto::blake2b(kernel_.master.derive("webhook_secret"), bytes)));
    const std::string sealed = TRY(kernel_.vault.seal_for_tenant(unit.tenant(), kSecretPurpose, secret));
    const std::int64_t newest = TRY(kernel::outbox_newest(unit.sql()));
    const std::int64_t number = unit.next_number("webhook");
    TRY(unit.sql().write(
        "INSERT INTO webhook (tenant_id, number, label, url, kinds, secret, active, created_by, created_at) VALUES "
        "(?1, "
        "?2, ?3, ?4, ?5, ?6, 1, ?7, ?8)",
        {unit.tenant(), number, label, url, joined(kinds), sql::Blob{sealed}, unit.context().actor.name, unit.now()}));
    // The first one begins with what happens from now on.
    TRY(unit.sql().write(stands.value_or(0) == 0
                             ? "INSERT INTO webhook_position (tenant_id, sequence) VALUES (?1, ?2) ON CONFLICT "
                               "(tenant_id) DO UPDATE SET sequence = excluded.sequence"
                             : "INSERT INTO webhook_position (tenant_id, sequence) VALUES (?1, ?2) ON CONFLICT "
                               "(tenant_id) DO NOTHING",
                         {unit.tenant(), newest}));
    TRY(unit.audit({.action = "webhook.add",
                    .object = "webhook:" + std::to_string(number),
                    .detail = json::Value::object({{"url", url}, {"kinds", joined(kinds)}}).print()}));
    return std::pair{number, secret};
}

Status WebhookDesk::set_active(kernel::Unit& unit, std::int64_t number, bool active) {
    const auto changed = TRY(unit.sql().change("UPDATE webhook SET active = ?3 WHERE tenant_id = ?1 AND number = ?2",
                                               {unit.tenant(), number, active}));
    if (changed == 0) return Error(ErrorCode::NotFound, "webhook");
    return unit.audit(
        {.action = active ? "webhook.start" : "webhook.stop", .object = "webhook:" + std::to_string(number)});
}

Status WebhookDesk::remove(kernel::Unit& unit, std::int64_t number) {
    const auto changed =
        TRY(unit.sql().change("DELETE FROM webhook WHERE tenant_id = ?1 AND number = ?2", {unit.tenant(), number}));
    if (changed == 0) return Error(ErrorCode::NotFound, "webhook");
    TRY(unit.sql().write("DELETE FROM webhook_delivery WHERE tenant_id = ?1 AND webhook = ?2",
                         {unit.tenant(), number}));
    return unit.audit({.action = "webhook.remove", .object = "webhook:" + std::to_string(number)});
}

Result<std::vector<Webhook>> WebhookDesk::list(sql::Connection& sql, const TenantId& tenant) const {
    return sql.all(
        "SELECT number, label, url, kinds, secret, active, created_by, created_at FROM webhook WHERE tenant_id = ?1 "
        "ORDER BY number",
        {tenant}, [](const sql::Row& row) {
            return Webhook{row.i64(0),
                           std::string(row.txt(1)),
                           std::string(row.txt(2)),
                           parted(row.txt(3)),
                           std::string(row.bin(4)),
                           row.flag(5),
                           std::string(row.txt(6)),
                           row.instant(7)};
        });
}

Result<std::vector<Delivery>> WebhookDesk::deliveries(sql::Connection& sql, const TenantId& tenant,
                                                      std::int64_t webhook, std::optional<DeliveryState> state,
                                                      std::int64_t before, std::int64_t limit) const {
    const auto known = TRY(sql.one("SELECT number FROM webhook WHERE tenant_id = ?1 AND number = ?2", {tenant, webhook},
                                   [](const sql::Row& row) { return row.i64(0); }));
    if (!known) return Error(ErrorCode::NotFound, "webhook");
    const std::string columns(kDeliveryColumns);
    if (!state) {
        return sql.all(columns + "WHERE tenant_id = ?1 AND webhook = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4",
                       {tenant, webhook, before, limit}, delivery_of);
    }
    return sql.all(columns +
                       "WHERE tenant_id = ?1 AND webhook = ?2 AND number < ?3 AND state = ?4 ORDER BY number DESC "
                       "LIMIT ?5",
                   {tenant, webhook, before, static_cast<int>(*state), limit}, delivery_of);
}

Status WebhookDesk::replay(kernel::Unit& unit, std::int64_t delivery) {
    const auto changed = TRY(unit.sql().change(
        "UPDATE webhook_delivery SET state = 0, attempts = 0, next_at = ?3, done_at = NULL WHERE tenant_id = ?1 AND "
        "number = ?2",
        {unit.tenant(), delivery, unit.now()}));
    if (changed == 0) return Error(ErrorCode::NotFound, "delivery");
    return unit.audit({.action = "webhook.replay", .object = "delivery:" + std::to_string(delivery)});
}

}  // namespace tilth::collect::open
