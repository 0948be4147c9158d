// The open interface for staff: partners' keys, webhooks, deliveries.

#include "modules/collect/open/service.h"

namespace tilth::collect::open {

using HookNumber = Int<1, 4'000'000'000'000>;

struct KeyItem {
    PartnerKeyId id;
    std::string label;
    OrgNodeId node;
    std::vector<Operation> operations;
    std::int64_t per_minute = 0;
    std::int64_t per_day = 0;
    std::int64_t used_today = 0;
    bool revoked = false;
    std::string created_by;
    Instant created_at;
    std::optional<Instant> last_used_at;
    std::int64_t secrets = 0;
    std::optional<Instant> overlap_until;
};
API_STRUCT(KeyItem, (id, label, node, operations, per_minute, per_day, used_today, revoked, created_by, created_at,
                     last_used_at, secrets, overlap_until))

struct RefusalItem {
    std::int64_t status = 0;
    std::string code;
    std::string zh;
    std::string en;
};
API_STRUCT(RefusalItem, (status, code, zh, en))

struct KeyList {
    std::vector<KeyItem> items;
    std::vector<RefusalItem> refusals;
};
API_STRUCT(KeyList, (items, refusals))

struct AddKey {
    Text<1, 80> label;
    OrgNodeId node;
    List<Operation, 5> operations;
    std::optional<Int<1, 100'000>> per_minute;
    std::optional<Int<1, 100'000'000>> per_day;
};
API_STRUCT(AddKey, (label, node, operations, per_minute, per_day))

struct KeyMade {
    PartnerKeyId id;
    std::string secret;
};
API_STRUCT(KeyMade, (id, secret))

struct KeyId {
    PartnerKeyId id;
};
API_STRUCT(KeyId, (id))

struct RotateKey {
    PartnerKeyId id;
    std::optional<Int<0, 720>> overlap_hours;
};
API_STRUCT(RotateKey, (id, overlap_hours))

struct KindItem {
    std::string type;
    std::string zh;
    std::string en;
};
API_STRUCT(KindItem, (type, zh, en))

struct HookItem {
    std::int64_t number = 0;
    std::string label;
    std::string url;
    std::vector<std::string> kinds;
    bool active = true;
    std::string created_by;
    Instant created_at;
};
API_STRUCT(HookItem, (number, label, url, kinds, active, created_by, created_at))

struct HookList {
    std::vector<HookItem> items;
    std::vector<KindItem> kinds;
};
API_STRUCT(HookList, (items, kinds))

struct AddHook {
    Text<1, 80> label;
    Text<8, 500> url;
    List<Text<1, 100>, 50> kinds;
};
API_STRUCT(AddHook, (label, url, kinds))

struct HookMade {
    std::int64_t number = 0;
    std::string secret;
};
API_STRUCT(HookMade, (number, secret))

struct HookKey {
    HookNumber number;
};
API_STRUCT(HookKey, (number))

struct SetHook {
    HookNumber number;
    bool active = true;
};
API_STRUCT(SetHook, (number, active))

struct ListDeliveries {
    HookNumber number;
    std::optional<DeliveryState> state;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ListDeliveries, (number, state, cursor, limit))

struct DeliveryItem {
    std::int64_t number = 0;
    std::string id;
    std::string kind;
    std::string body;
    DeliveryState state = DeliveryState::Waiting;
    std::int64_t attempts = 0;
    std::optional<Instant> next_at;
    std::int64_t status = 0;
    std::string error;
    Instant created_at;
    std::optional<Instant> done_at;
};
API_STRUCT(DeliveryItem, (number, id, kind, body, state, attempts, next_at, status, error, created_at, done_at))

}  // namespace tilth::collect::open

template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::open::Operation> =
    std::to_array<tilth::json::EnumValue<tilth::collect::open::Operation>>({
        {tilth::collect::open::Operation::EventsWrite, "events.write", "发送事件", "Send events"},
        {tilth::collect::open::Operation::LeadsWrite, "leads.write", "提交线索", "Add leads"},
        {tilth::collect::open::Operation::LeadsRead, "leads.read", "查看线索", "Read leads"},
        {tilth::collect::open::Operation::CustomersWrite, "customers.write", "提交客户", "Send customers"},
        {tilth::collect::open::Operation::CustomersRead, "customers.read", "查看客户（脱敏）",
         "Read customers, masked"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::open::DeliveryState> =
    std::to_array<tilth::json::EnumValue<tilth::collect::open::DeliveryState>>({
        {tilth::collect::open::DeliveryState::Waiting, "waiting", "待送达", "Waiting"},
        {tilth::collect::open::DeliveryState::Delivered, "delivered", "已送达", "Delivered"},
        {tilth::collect::open::DeliveryState::Failed, "failed", "已放弃", "Given up"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::collect::open::AddHook> =
    std::to_array<tilth::json::FieldDoc>({{"url", "接收地址", "Address", "https://partner.example.com/hook"}});

namespace tilth::collect::open {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr const char* kTag = "collect";
constexpr std::int64_t kOverlapHours = 24;

Result<KeyList> list_keys(OpenService& open, View& view) {
    KeyList reply;
    for (PartnerKey& key : TRY(open.keys().list(view.sql(), view.tenant(), view.now()))) {
        if (!view.context().scope->covers(key.node)) continue;
        reply.items.push_back({key.id, std::move(key.label), key.node, std::move(key.operations), key.per_minute,
                               key.per_day, key.used_today, key.revoked, std::move(key.created_by), key.created_at,
                               key.last_used_at, key.secrets, key.overlap_until});
    }
    for (const Refusal& one : refusals())
        reply.refusals.push_back({one.status, std::string(one.code), std::string(one.zh), std::string(one.en)});
    return reply;
}

// Not commands: a kept reply would keep the secret.
Result<KeyMade> add_key(OpenService& open, const Context& context, const AddKey& request) {
    if (request.operations.empty()) {
        return Error::invalid("operations", "none", "至少选一项操作", "Choose at least one operation", "选择操作",
                              "Choose operations");
    }
    NewPartnerKey key{request.label.str(), request.node, {request.operations.begin(), request.operations.end()}};
    if (request.per_minute) key.per_minute = request.per_minute->value();
    if (request.per_day) key.per_day = request.per_day->value();
    const auto made = TRY((open.parts().kernel.record.write<std::pair<PartnerKeyId, std::string>>(
        context, [&](Unit& unit) { return open.keys().add(unit, key); })));
    return KeyMade{made.first, made.second};
}

// What the caller's scope does not cover is not there.
Status check_key(OpenService& open, Unit& unit, const PartnerKeyId& id) {
    for (const PartnerKey& key : TRY(open.keys().list(unit.sql(), unit.tenant(), unit.now())))
        if (key.id == id && unit.context().scope->covers(key.node)) return ok();
    return Error(ErrorCode::NotFound, "key");
}

void add_key_routes(OpenService& open) {
    kernel::Api& api = open.parts().kernel.api;
    api.query<None, KeyList>(Method::Get, "/api/v1/partner-keys", kOpenRead,
                             [&open](View& view, const None&) { return list_keys(open, view); },
                             {.zh = "合作方密钥与错误说明",
                              .en = "Partners' keys, and what refusals mean",
                              .rows = {"CDP-09"},
                              .tag = kTag});
    api.action<AddKey, KeyMade>(
        Method::Post, "/api/v1/partner-keys", kOpenWrite,
        [&open](const Context& context, const AddKey& request) { return add_key(open, context, request); },
        {.zh = "新建合作方密钥；签名密钥只显示一次",
         .en = "Make a partner's key; its secret is shown once",
         .rows = {"CDP-09"},
         .tag = kTag});
    api.action<RotateKey, KeyMade>(
        Method::Post, "/api/v1/partner-keys/{id}/rotate", kOpenWrite,
        [&open](const Context& context, const RotateKey& request) -> Result<KeyMade> {
            const std::int64_t overlap = request.overlap_hours ? request.overlap_hours->value() : kOverlapHours;
            const auto secret =
                TRY(open.parts().kernel.record.write<std::string>(context, [&](Unit& unit) -> Result<std::string> {
                    TRY(check_key(open, unit, request.id));
                    return open.keys().rotate(unit, request.id, hours(overlap));
                }));
            return KeyMade{request.id, secret};
        },
        {.zh = "轮换签名密钥，旧的再用一段时间",
         .en = "A new secret; the old one holds for a while",
         .rows = {"CDP-09"},
         .tag = kTag});
    api.command<KeyId, None>(Method::Post, "/api/v1/partner-keys/{id}/revoke", kOpenWrite,
                             [&open](Unit& unit, const KeyId& request) -> Result<None> {
                                 TRY(check_key(open, unit, request.id));
                                 TRY(open.keys().revoke(unit, request.id));
                                 return None{};
                             },
                             {.zh = "停用合作方密钥", .en = "Revoke a partner's key", .rows = {"CDP-09"}, .tag = kTag});
}

Result<HookList> list_hooks(OpenService& open, View& view) {
    HookList reply;
    for (Webhook& one : TRY(open.webhooks().list(view.sql(), view.tenant())))
        reply.items.push_back({one.number, std::move(one.label), std::move(one.url), std::move(one.kinds), one.active,
                               std::move(one.created_by), one.created_at});
    for (const EventKind& kind : event_kinds())
        reply.kinds.push_back({std::string(kind.type), std::string(kind.zh), std::string(kind.en)});
    return reply;
}

Result<HookMade> add_hook(OpenService& open, const Context& context, const AddHook& request) {
    std::vector<std::string> kinds;
    for (const auto& kind : request.kinds) kinds.push_back(kind.str());
    if (kinds.empty()) {
        return Error::invalid("kinds", "none", "至少选一种事件", "Choose at least one event", "选择事件",
                              "Choose events");
    }
    const auto made =
        TRY((open.parts().kernel.record.write<std::pair<std::int64_t, std::string>>(context, [&](Unit& unit) {
            return open.webhooks().add(unit, request.label.str(), request.url.str(), kinds);
        })));
    return HookMade{made.first, made.second};
}

Result<kernel::Page<DeliveryItem>> list_deliveries(OpenService& open, View& view, const ListDeliveries& request) {
    std::int64_t before = INT64_MAX;
    if (request.cursor)
        before = std::strtoll(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0].c_str(), nullptr, 10);
    const std::int64_t limit = kernel::page_rows(request.limit);
    auto found = TRY(open.webhooks().deliveries(view.sql(), view.tenant(), request.number.value(), request.state,
                                                before, limit + 1));
    kernel::Page<DeliveryItem> page;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        page.next = kernel::encode_cursor({std::to_string(found.back().number)});
    }
    for (Delivery& one : found) {
        DeliveryItem item{one.number,   std::move(one.id), std::move(one.kind), std::move(one.body),  one.state,
                          one.attempts, std::nullopt,      one.status,          std::move(one.error), one.created_at,
                          one.done_at};
        if (one.state == DeliveryState::Waiting) item.next_at = one.next_at;
        page.items.push_back(std::move(item));
    }
    page.total = {static_cast<std::int64_t>(page.items.size()),
                  page.next ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
    return page;
}

void add_hook_routes(OpenService& open) {
    kernel::Api& api = open.parts().kernel.api;
    api.query<None, HookList>(Method::Get, "/api/v1/webhooks", kOpenRead,
                              [&open](View& view, const None&) { return list_hooks(open, view); },
                              {.zh = "事件推送", .en = "Webhooks", .rows = {"CDP-09"}, .tag = kTag});
    api.action<AddHook, HookMade>(
        Method::Post, "/api/v1/webhooks", kOpenWrite,
        [&open](const Context& context, const AddHook& request) { return add_hook(open, context, request); },
        {.zh = "新建事件推送；签名密钥只显示一次",
         .en = "Add a webhook; its secret is shown once",
         .rows = {"CDP-09"},
         .tag = kTag});
    api.command<SetHook, None>(
        Method::Put, "/api/v1/webhooks/{number}", kOpenWrite,
        [&open](Unit& unit, const SetHook& request) -> Result<None> {
            TRY(open.webhooks().set_active(unit, request.number.value(), request.active));
            return None{};
        },
        {.zh = "暂停或恢复推送", .en = "Stop or start a webhook", .rows = {"CDP-09"}, .tag = kTag});
    api.command<HookKey, None>(
        Method::Delete, "/api/v1/webhooks/{number}", kOpenWrite,
        [&open](Unit& unit, const HookKey& request) -> Result<None> {
            TRY(open.webhooks().remove(unit, request.number.value()));
            return None{};
        },
        {.zh = "删除推送及其记录", .en = "Remove a webhook with its deliveries", .rows = {"CDP-09"}, .tag = kTag});
    api.query<ListDeliveries, kernel::Page<DeliveryItem>>(
        Method::Get, "/api/v1/webhooks/{number}/deliveries", kOpenRead,
        [&open](View& view, const ListDeliveries& request) { return list_deliveries(open, view, request); },
        {.zh = "推送记录", .en = "Deliveries of a webhook", .rows = {"CDP-09"}, .tag = kTag});
    api.command<HookKey, None>(Method::Post, "/api/v1/webhook-deliveries/{number}/replay", kOpenWrite,
                               [&open](Unit& unit, const HookKey& request) -> Result<None> {
                                   TRY(open.webhooks().replay(unit, request.number.value()));
                                   return None{};
                               },
                               {.zh = "重新推送", .en = "Send a delivery again", .rows = {"CDP-09"}, .tag = kTag});
}

}  // namespace

void add_open_routes(OpenService& open) {
    add_key_routes(open);
    add_hook_routes(open);
}

}  // namespace tilth::collect::open
