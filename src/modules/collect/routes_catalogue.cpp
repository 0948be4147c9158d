// The event catalogue: declarations, what to do with unknown events, where what comes in leaves them, quarantine.

#include <set>

#include "modules/collect/service.h"

namespace tilth::collect {

using catalogue::ValueKind;

struct FieldRule {
    Text<1, 100> name;
    ValueKind kind = ValueKind::Any;
    std::optional<bool> required;
    std::optional<bool> personal;
};
API_STRUCT(FieldRule, (name, kind, required, personal))

struct PutEventType {
    Text<1, 200> name;
    std::optional<Text<1, 80>> title;
    List<FieldRule, 100> fields;
};
API_STRUCT(PutEventType, (name, title, fields))
Status check(const PutEventType& type) {
    std::set<std::string_view> names;
    for (const FieldRule& field : type.fields) {
        if (names.insert(field.name.str()).second) continue;
        return Error::invalid("fields", "repeated", "字段重复", "A field stands twice", "每个字段只写一次",
                              "Name each field once");
    }
    return ok();
}

struct FieldShown {
    std::string name;
    ValueKind kind = ValueKind::Any;
    bool required = false;
    bool personal = false;
};
API_STRUCT(FieldShown, (name, kind, required, personal))

struct EventTypeShown {
    std::string name;
    std::string title;
    bool declared = false;
    std::vector<FieldShown> fields;
    std::int64_t seen = 0;  // events that were taken
    std::optional<Instant> last_seen;
    std::vector<std::string> drift;
};
API_STRUCT(EventTypeShown, (name, title, declared, fields, seen, last_seen, drift))

struct HeldShown {
    std::string type;
    SourceId source;
    std::string code;
    std::int64_t events = 0;
    Instant oldest;
    Instant newest;
};
API_STRUCT(HeldShown, (type, source, code, events, oldest, newest))

struct CatalogueShown {
    bool hold_unknown = false;
    std::vector<EventTypeShown> types;
    std::vector<HeldShown> held;
};
API_STRUCT(CatalogueShown, (hold_unknown, types, held))

// Names for reading, for whoever sees events of a customer.
struct EventTitle {
    std::string name;
    std::string title;
};
API_STRUCT(EventTitle, (name, title))
struct EventTitles {
    std::vector<EventTitle> items;
};
API_STRUCT(EventTitles, (items))

struct HoldUnknown {
    bool hold_unknown = false;
};
API_STRUCT(HoldUnknown, (hold_unknown))

struct EventTypeName {
    Text<1, 200> name;
};
API_STRUCT(EventTypeName, (name))

struct Moved {
    std::int64_t events = 0;
};
API_STRUCT(Moved, (events))

}  // namespace tilth::collect

template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::catalogue::ValueKind> =
    std::to_array<tilth::json::EnumValue<tilth::collect::catalogue::ValueKind>>({
        {tilth::collect::catalogue::ValueKind::Text, "text", "文本", "Text"},
        {tilth::collect::catalogue::ValueKind::Number, "number", "数值", "Number"},
        {tilth::collect::catalogue::ValueKind::Bool, "bool", "是否", "Yes or no"},
        {tilth::collect::catalogue::ValueKind::Time, "time", "时间", "Time"},
        {tilth::collect::catalogue::ValueKind::List, "list", "列表", "List"},
        {tilth::collect::catalogue::ValueKind::Any, "any", "不限", "Any"},
    });

namespace tilth::collect {

namespace {

constexpr std::size_t kLookedAt = 5'000;
constexpr const char* kTag = "collect";
constexpr kernel::Permission kCustomerRead{"customer.read", "查看客户", "See customers"};

Result<CatalogueShown> show(CollectService& collect, kernel::View& view) {
    const auto catalogue = TRY(collect.desk().load(view.sql(), view.tenant()));
    std::map<std::string, std::vector<std::string>> seen;
    for (Seen& one : collect.witness().find(view.tenant(), {}, kLookedAt)) {
        if (!one.type.empty()) seen[one.type].push_back(std::move(one.properties));
    }
    std::map<std::string, catalogue::TypeCount> counts;
    for (auto& one : TRY(collect.tallied().list(view.sql(), view.tenant()))) counts[one.type] = std::move(one);
    CatalogueShown reply;
    reply.hold_unknown = catalogue.hold_unknown;
    for (const auto& [name, type] : catalogue.types) {
        EventTypeShown shown{name, type.title, true, {}, 0, {}, {}};
        for (const auto& field : type.fields) {
            shown.fields.push_back({field.name, field.kind, field.required, field.personal});
        }
        if (const auto found = seen.find(name); found != seen.end()) {
            if (!type.fields.empty()) shown.drift = catalogue::drift(type, found->second);
            seen.erase(found);
        }
        if (const auto counted = counts.find(name); counted != counts.end()) {
            shown.seen = counted->second.events;
            shown.last_seen = counted->second.last_at;
            counts.erase(counted);
        }
        reply.types.push_back(std::move(shown));
    }
    for (const auto& [name, counted] : counts) {
        reply.types.push_back({name, {}, false, {}, counted.events, counted.last_at, {}});
        seen.erase(name);
    }
    // What was looked at and not taken: held back, or refused.
    for (const auto& [name, properties] : seen) reply.types.push_back({name, {}, false, {}, 0, {}, {}});
    for (auto& one : TRY(collect.desk().held(view.sql(), view.tenant()))) {
        reply.held.push_back(
            {std::move(one.type), one.source, std::move(one.code), one.events, one.oldest, one.newest});
    }
    return reply;
}

void add_quarantine(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.action<EventTypeName, Moved>(
        http::Method::Post, "/api/v1/catalogue/release", kSourceWrite,
        [&collect](const kernel::Context& context, const EventTypeName& request) -> Result<Moved> {
            return Moved { TRY(collect.desk().release(context, request.name.str())) };
        },
        {.zh = "放行隔离的事件", .en = "Release events held back", .rows = {"CDP-01"}, .tag = kTag});
    kernel.api.command<EventTypeName, Moved>(
        http::Method::Post, "/api/v1/catalogue/drop", kSourceWrite,
        [&collect](kernel::Unit& unit, const EventTypeName& request) -> Result<Moved> {
            return Moved { TRY(collect.desk().drop(unit, request.name.str())) };
        },
        {.zh = "丢弃隔离的事件", .en = "Drop events held back", .rows = {"CDP-01"}, .tag = kTag});
}

}  // namespace

void add_catalogue_routes(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.query<kernel::None, CatalogueShown>(
        http::Method::Get, "/api/v1/catalogue", kSourceRead,
        [&collect](kernel::View& view, const kernel::None&) { return show(collect, view); },
        {.zh = "事件目录", .en = "The event catalogue", .rows = {"CDP-01"}, .tag = kTag});
    kernel.api.query<kernel::None, EventTitles>(
        http::Method::Get, "/api/v1/event-titles", kCustomerRead,
        [&collect](kernel::View& view, const kernel::None&) -> Result<EventTitles> {
            EventTitles reply;
            for (const auto& [name, type] : TRY(collect.desk().load(view.sql(), view.tenant())).types) {
                if (!type.title.empty()) reply.items.push_back({name, type.title});
            }
            return reply;
        },
        {.zh = "事件的中文名称", .en = "Titles of event types", .rows = {"CDP-01"}, .tag = kTag});
    kernel.api.command<PutEventType, kernel::None>(
        http::Method::Post, "/api/v1/catalogue/types", kSourceWrite,
        [&collect](kernel::Unit& unit, const PutEventType& request) -> Result<kernel::None> {
            catalogue::Type type{
                std::string(request.name.str()), request.title ? std::string(request.title->str()) : std::string{}, {}};
            for (const FieldRule& field : request.fields) {
                type.fields.push_back({std::string(field.name.str()), field.kind, field.required.value_or(false),
                                       field.personal.value_or(false)});
            }
            TRY(collect.desk().put(unit, type));
            return kernel::None{};
        },
        {.zh = "登记或修改事件", .en = "Declare an event type", .rows = {"CDP-01"}, .tag = kTag});
    kernel.api.command<EventTypeName, kernel::None>(
        http::Method::Post, "/api/v1/catalogue/remove", kSourceWrite,
        [&collect](kernel::Unit& unit, const EventTypeName& request) -> Result<kernel::None> {
            TRY(collect.desk().remove(unit, request.name.str()));
            return kernel::None{};
        },
        {.zh = "撤销事件登记", .en = "Take a declaration back", .rows = {"CDP-01"}, .tag = kTag});
    kernel.api.command<HoldUnknown, kernel::None>(
        http::Method::Put, "/api/v1/catalogue/rule", kSourceWrite,
        [&collect](kernel::Unit& unit, const HoldUnknown& request) -> Result<kernel::None> {
            TRY(collect.desk().hold_unknown(unit, request.hold_unknown));
            return kernel::None{};
        },
        {.zh = "未登记事件的处理", .en = "What to do with unknown events", .rows = {"CDP-01"}, .tag = kTag});
    add_quarantine(kernel, collect);
}

}  // namespace tilth::collect
