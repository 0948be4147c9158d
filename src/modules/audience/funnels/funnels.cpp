#include "modules/audience/funnels/funnels.h"

#include <algorithm>

#include "kernel/rules/check.h"
#include "kernel/rules/json.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr std::int64_t kWindowDays = 30;
constexpr std::size_t kFunnelsMax = 50;

struct Ready {
    std::string_view zh;
    std::string_view en;
    std::vector<std::string_view> types;  // what trackers call it; the first that the tenant has
};
const std::vector<Ready>& aisas() {
    static const std::vector<Ready> kSteps = {
        {"注意",
         "Attention",
         {"ad_viewed", "ad_clicked", "video_play", "page_viewed", "mini_program_opened", "$pageview"}},
        {"兴趣", "Interest", {"product_viewed", "content_opened", "product_added", "radar_opened"}},
        {"搜索", "Search", {"search", "searched", "products_searched", "product_searched"}},
        {"行动", "Action", {"order.paid", "order_paid"}},
        {"分享", "Share", {"share", "shared", "product_shared", "content_shared", "radar_shared"}},
    };
    return kSteps;
}

EventFunnelView funnel_of(const sql::Row& row) {
    EventFunnelView one;
    one.id = row.id<EventFunnelId>(0);
    one.name = row.txt(1);
    one.within_days = row.i64(2);
    const auto steps = json::Value::parse(row.txt(3)).value_or(json::Value());
    for (const auto& step : steps.items())
        one.steps.push_back({std::string(step["name"].str()), std::string(step["type"].str())});
    one.created_by = row.txt(4);
    one.created_at = row.instant(5);
    one.changed_at = row.instant(6);
    return one;
}

Result<std::vector<EventFunnelView>> funnels(sql::Connection& sql, const TenantId& tenant) {
    return sql.all(
        "SELECT id, name, within_days, steps, created_by, created_at, changed_at FROM event_funnel WHERE tenant_id = "
        "?1 AND archived_at IS NULL ORDER BY created_at, id",
        {tenant}, funnel_of);
}

std::string printed(const std::vector<FunnelStep>& steps) {
    json::Value out = json::Value::array();
    for (const FunnelStep& one : steps) out.push(json::Value::object({{"name", one.name}, {"type", one.type}}));
    return out.print();
}

template <class Steps>
Result<std::vector<FunnelStep>> steps_of(AudienceService& service, const Steps& asked) {
    std::vector<FunnelStep> out;
    std::vector<std::string> types;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        out.push_back({asked[i].name.str(), asked[i].type.str()});
        types.push_back(asked[i].type.str());
        const rules::Node rule = reached_rule({types.back()}, 1, 1);
        if (const auto good = rules::check(rule, service.engine().registry()); !good) {
            return Error::invalid("steps/" + std::to_string(i) + "/type", "unknown_event", "没有这种事件",
                                  "there is no such event", "从列表中选择", "choose one of the list");
        }
    }
    if (out.size() < 2)
        return Error::invalid("steps", "too_few", "至少两步", "two steps at least", "再加一步", "add a step");
    return out;
}

Result<EventFunnelList> list_funnels(AudienceService& service, View& view) {
    EventFunnelList out;
    out.items = TRY(funnels(view.sql(), view.tenant()));
    const bool zh = view.context().language == kernel::Language::Zh;
    std::vector<std::string> known;
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) {
        known = memory.event_types();
        return ok();
    }));
    for (const Ready& one : aisas()) {
        FunnelStep& step = out.aisas.emplace_back();
        step.name = zh ? one.zh : one.en;
        for (const auto& type : one.types) {
            if (step.type.empty() && std::find(known.begin(), known.end(), type) != known.end()) step.type = type;
        }
    }
    return out;
}

Status name_stands_free(Unit& unit, const std::string& name, const EventFunnelId& own) {
    const auto all = TRY(funnels(unit.sql(), unit.tenant()));
    if (all.size() >= kFunnelsMax) return {ErrorCode::LimitExceeded, "at most 50 funnels"};
    for (const auto& one : all) {
        if (one.name == name && one.id != own)
            return Error::invalid("name", "name_taken", "已有同名的漏斗", "the name is taken", "换一个名称",
                                  "choose another name");
    }
    return ok();
}

Result<EventFunnelKey> make_funnel(AudienceService& service, Unit& unit, const NewEventFunnel& request) {
    const auto steps = TRY(steps_of(service, request.steps));
    const auto id = unit.new_id<EventFunnelId>();
    TRY(name_stands_free(unit, request.name.str(), id));
    TRY(unit.sql().write(
        "INSERT INTO event_funnel (tenant_id, id, name, within_days, steps, created_by, created_at, changed_at) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), id, request.name.str(), request.within_days.value(), printed(steps),
         unit.context().actor.name, unit.now(), unit.now()}));
    TRY(unit.audit({.action = "audience.funnel", .object = id.str()}));
    return EventFunnelKey{id};
}

Result<None> change_funnel(AudienceService& service, Unit& unit, const ChangeEventFunnel& request) {
    const auto all = TRY(funnels(unit.sql(), unit.tenant()));
    if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one.id == request.id; }))
        return Error(ErrorCode::NotFound, "funnel");
    const auto steps = TRY(steps_of(service, request.steps));
    TRY(name_stands_free(unit, request.name.str(), request.id));
    TRY(unit.sql().write(
        "UPDATE event_funnel SET name = ?3, within_days = ?4, steps = ?5, changed_at = ?6 WHERE tenant_id = ?1 AND id "
        "= ?2 AND archived_at IS NULL",
        {unit.tenant(), request.id, request.name.str(), request.within_days.value(), printed(steps), unit.now()}));
    TRY(unit.audit({.action = "audience.funnel", .object = request.id.str()}));
    return None{};
}

Result<None> set_archived(Unit& unit, const EventFunnelKey& key, bool archived) {
    const std::int64_t rows =
        TRY(unit.sql().change("UPDATE event_funnel SET archived_at = ?3 WHERE tenant_id = ?1 AND id = ?2",
                              {unit.tenant(), key.id, archived ? std::optional(unit.now()) : std::nullopt}));
    if (rows == 0) return Error(ErrorCode::NotFound, "funnel");
    TRY(unit.audit({.action = "audience.funnel", .object = key.id.str()}));
    return None{};
}

Result<FunnelResult> run(AudienceService& service, const Context& context, const std::vector<FunnelStep>& steps,
                         std::int64_t within_days, std::int64_t window_days) {
    FunnelResult out;
    out.within_days = within_days;
    out.window_days = window_days;
    std::vector<rules::Node> reached;
    std::vector<std::string> types;
    for (const FunnelStep& one : steps) {
        types.push_back(one.type);
        reached.push_back(reached_rule(types, within_days, window_days));
    }
    const Instant now = service.kernel().clock.now();
    const auto people = TRY(found_by(service, context, reached, now));
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) {
        out.of_people = static_cast<std::int64_t>(visible_to(memory, context).size());
        return ok();
    }));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        FunnelStepResult& step = out.steps.emplace_back();
        step.name = steps[i].name;
        step.type = steps[i].type;
        step.people = static_cast<std::int64_t>(people[i].size());
        step.reached.text = rules::to_json(reached[i]).print();
        if (i + 1 == steps.size()) break;
        step.dropped = step.people - static_cast<std::int64_t>(people[i + 1].size());
        step.stopped = json::Raw{rules::to_json(all_of({reached[i], none_of({reached[i + 1]})})).print()};
    }
    return out;
}

Result<FunnelResult> result_of(AudienceService& service, const Context& context, const EventFunnelAsked& asked) {
    const auto all = TRY(service.kernel().record.read<std::vector<EventFunnelView>>(
        context, [](View& view) { return funnels(view.sql(), view.tenant()); }));
    for (const EventFunnelView& one : all) {
        if (one.id != asked.id) continue;
        return run(service, context, one.steps, one.within_days,
                   asked.window_days ? asked.window_days->value() : kWindowDays);
    }
    return Error(ErrorCode::NotFound, "funnel");
}

}  // namespace

rules::Node reached_rule(const std::vector<std::string>& types, std::int64_t within_days, std::int64_t window_days) {
    rules::Node out;
    out.window = {rules::WindowKind::Last, window_days, rules::Unit::Day};
    if (types.size() == 1) {
        out.kind = rules::Kind::Aggregate;
        out.event.type = types.front();
        out.op = rules::Op::Ge;
        out.values.push_back({rules::LiteralKind::Number, 1, 0, {}});
        return out;
    }
    out.kind = rules::Kind::Sequence;
    for (const std::string& type : types) {
        rules::Step step;
        step.event.type = type;
        step.within = out.steps.empty() ? 0 : within_days;
        out.steps.push_back(std::move(step));
    }
    return out;
}

void add_event_funnel_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.query<None, EventFunnelList>(
        Method::Get, "/api/v1/event-funnels", kRead,
        [&service](View& view, const None&) { return list_funnels(service, view); },
        {.zh = "行为漏斗", .en = "Funnels over events", .rows = {"LIF-06"}, .tag = "audience"});
    api.command<NewEventFunnel, EventFunnelKey>(
        Method::Post, "/api/v1/event-funnels", kWrite,
        [&service](Unit& unit, const NewEventFunnel& request) { return make_funnel(service, unit, request); },
        {.zh = "新建漏斗", .en = "Make a funnel", .rows = {"LIF-06"}, .tag = "audience"});
    api.command<ChangeEventFunnel, None>(
        Method::Put, "/api/v1/event-funnels/{id}", kWrite,
        [&service](Unit& unit, const ChangeEventFunnel& request) { return change_funnel(service, unit, request); },
        {.zh = "修改漏斗", .en = "Change a funnel", .rows = {"LIF-06"}, .tag = "audience"});
    api.command<EventFunnelKey, None>(
        Method::Delete, "/api/v1/event-funnels/{id}", kWrite,
        [](Unit& unit, const EventFunnelKey& key) { return set_archived(unit, key, true); },
        {.zh = "归档漏斗", .en = "Archive a funnel", .rows = {"LIF-06"}, .tag = "audience"});
    api.command<EventFunnelKey, None>(
        Method::Post, "/api/v1/event-funnels/{id}/restore", kWrite,
        [](Unit& unit, const EventFunnelKey& key) { return set_archived(unit, key, false); },
        {.zh = "恢复漏斗", .en = "Restore a funnel", .rows = {"LIF-06"}, .tag = "audience"});
    api.action<TryFunnel, FunnelResult>(
        Method::Post, "/api/v1/event-funnels/try", kRead,
        [&service](const Context& context, const TryFunnel& asked) -> Result<FunnelResult> {
            return run(service, context, TRY(steps_of(service, asked.steps)), asked.within_days.value(),
                       asked.window_days.value());
        },
        {.zh = "试算漏斗", .en = "What a funnel says", .rows = {"LIF-06"}, .tag = "audience"});
    api.action<EventFunnelAsked, FunnelResult>(
        Method::Get, "/api/v1/event-funnels/{id}/result", kRead,
        [&service](const Context& context, const EventFunnelAsked& asked) {
            return result_of(service, context, asked);
        },
        {.zh = "漏斗各步人数与流失", .en = "People of each step, and who dropped", .rows = {"LIF-06"}, .tag = "audience"});
}

}  // namespace tilth::audience
