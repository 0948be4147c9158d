// 生命周期: stages with their people, where people went, who is at risk, and one person's way.

#include <algorithm>

#include "kernel/rules/json.h"
#include "modules/audience/lifecycle/ready.h"
#include "modules/audience/lifecycle/save.h"
#include "modules/audience/lifecycle/stages.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr std::int32_t kFlowDays = 30;
constexpr int kMovesShown = 200;

Result<rules::Node> tree(const std::string& rule) { return rules::from_json(TRY(json::Value::parse(rule))); }

// ---- Lists ----

Result<LifecycleList> list_lifecycles(AudienceService& service, const Context& context) {
    LifecycleList out;
    const auto people = people_in(service, context, out.as_of);
    const auto all = TRY(service.kernel().record.read<std::vector<store::Lifecycle>>(
        context, [](View& view) { return store::lifecycles(view.sql(), view.tenant()); }));
    std::int64_t everybody = 0;
    TRY(service.engine().use(context.tenant, [&](Memory& memory, Instant) -> Status {
        everybody = static_cast<std::int64_t>(visible_to(memory, context).size());
        for (const store::Lifecycle& one : all) {
            LifecycleView& item = out.items.emplace_back();
            item.id = one.id;
            item.name = one.name;
            item.scale = one.scale;
            item.description = one.description;
            item.version = one.version;
            item.created_by = one.created_by;
            item.created_at = one.created_at;
            item.changed_at = one.changed_at;
            item.archived_at = one.archived_at;
            item.people = item.outside = everybody;
            for (const store::Stage& stage : one.stages) {
                const auto rule = TRY(tree(stage.rule));
                const auto touches = TRY(memory.compile(rule)).touches();
                const bool past = touches.members.empty() &&
                                  std::all_of(touches.attributes.begin(), touches.attributes.end(), AsOf::has_history);
                const auto counted = people.find(stage.set);
                const std::int64_t of_stage = counted == people.end() ? 0 : counted->second;
                item.stages.push_back(
                    {stage.set, stage.name, stage.kind, stage.description, service.forms(rule), of_stage, !past});
                item.outside -= of_stage;
            }
        }
        return ok();
    }));
    return out;
}

// ---- Where people went ----

struct Asked {
    store::Lifecycle of;
    std::vector<rules::Plan> own;
};

Result<std::vector<rules::Plan>> plans_of(AudienceService& service, const TenantId& tenant,
                                          const std::vector<rules::Node>& rules) {
    std::vector<rules::Plan> out;
    TRY(service.engine().use(tenant, [&](Memory& memory, Instant) -> Status {
        for (const auto& rule : rules) {
            out.push_back(TRY(memory.compile(rule)));
            memory.prepare(out.back());
        }
        return ok();
    }));
    return out;
}

Result<Asked> asked_of(AudienceService& service, const Context& context, const LifecycleId& id) {
    Asked out;
    out.of = TRY(service.kernel().record.read<store::Lifecycle>(
        context, [&](View& view) { return store::lifecycle(view.sql(), view.tenant(), id); }));
    std::vector<rules::Node> own;
    for (const auto& stage : out.of.stages) own.push_back(TRY(tree(stage.rule)));
    out.own = TRY(plans_of(service, context.tenant, own));
    return out;
}

Standing standing_at(const Memory& memory, const Context& context, const Asked& asked, Instant at) {
    const AsOf people(memory, at);
    Standing out;
    for (const auto& stage : asked.of.stages) out.stages.push_back({stage.name, stage.kind, 0, 0});
    out.there = visible_to(memory, context);
    for (const std::uint32_t person : out.there.to_vector()) {
        if (memory.value(kFirstSeen, person) > at.ms) out.there.remove(person);
    }
    out.people = stages_at(people, asked.own, at);
    for (auto& stage : out.people) stage &= out.there;
    return out;
}

struct Span {
    Day from;
    Day to;
};
Result<Span> span_of(AudienceService& service, const Context& context, const std::optional<Day>& from,
                     const std::optional<Day>& to) {
    const Day today = service.org().calendar(context.tenant).day_of(context.now);
    Span out;
    out.to = to.value_or(today);
    out.from = from.value_or(out.to + -kFlowDays);
    if (out.from >= out.to || out.to > today) {
        return Error::invalid("to", "no_span", "截止日须在起始日之后，且不晚于今天",
                              "the last day lies after the first and not after today", "改选日期", "choose other days");
    }
    return out;
}

struct BothEnds {
    Standing before;
    Standing after;
};
Result<BothEnds> both_ends(AudienceService& service, const Context& context, const LifecycleId& id, const Span& span) {
    const Asked asked = TRY(asked_of(service, context, id));
    const BusinessCalendar calendar = service.org().calendar(context.tenant);
    // The last millisecond of the day, or now.
    const auto end = [&](Day day) {
        return Instant{std::min(calendar.start_of(day + 1).ms - 1, service.kernel().clock.now().ms)};
    };
    BothEnds out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        out.before = standing_at(memory, context, asked, end(span.from));
        out.after = standing_at(memory, context, asked, end(span.to));
        return ok();
    }));
    return out;
}

Result<FlowReply> flow(AudienceService& service, const Context& context, const FlowAsked& asked) {
    const Span span = TRY(span_of(service, context, asked.from, asked.to));
    const BothEnds ends = TRY(both_ends(service, context, asked.id, span));
    return FlowReply{span.from, span.to, flow_between(ends.before, ends.after)};
}

Result<PeoplePage> flow_people(AudienceService& service, const Context& context, const FlowPeopleAsked& asked) {
    const Span span = TRY(span_of(service, context, asked.from, asked.to));
    const BothEnds ends = TRY(both_ends(service, context, asked.id, span));
    return people_of_bitmap(service, context, cell_between(ends.before, ends.after, asked.before, asked.after),
                            asked.cursor, asked.limit);
}

// What saving would do: those who stand in the stages, against who would.
Result<Flow> try_lifecycle(AudienceService& service, const Context& context, const TryLifecycle& request) {
    store::Lifecycle of;
    const Draft draft = TRY(service.kernel().record.read<Draft>(context, [&](View& view) -> Result<Draft> {
        if (request.id) of = TRY(store::lifecycle(view.sql(), view.tenant(), *request.id));
        return draft_of(service, view.sql(), view.tenant(), {request.stages.begin(), request.stages.end()},
                        request.id ? &of : nullptr);
    }));
    std::vector<rules::Node> own;
    for (const auto& stage : draft.stages) own.push_back(stage.own);
    const auto plans = TRY(plans_of(service, context.tenant, own));
    const Instant now = service.kernel().clock.now();
    Standing before;
    Standing after;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        before.there = after.there = visible_to(memory, context);
        for (const store::Stage& stage : of.stages) {
            const sets::Bitmap* members = memory.members_of(stage.set);
            before.stages.push_back({stage.name, stage.kind, 0, 0});
            before.people.push_back(members == nullptr ? sets::Bitmap() : *members);
            before.people.back() &= before.there;
        }
        for (const auto& stage : draft.stages) after.stages.push_back({stage.kept.name, stage.kept.kind, 0, 0});
        after.people = stages_at(memory, plans, now);
        for (auto& stage : after.people) stage &= after.there;
        return ok();
    }));
    return flow_between(before, after);
}

// ---- People ----

Result<StagePage> stage_people(AudienceService& service, View& view, const PageOfSet& asked) {
    PeoplePage page = TRY(people_page(service, view, asked, Family::Stage));
    StagePage out;
    out.next = page.next;
    out.total = page.total;
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
        for (AudiencePerson& one : page.items) {
            StagePerson& item = out.items.emplace_back();
            const auto person = memory.person_of(one.id);
            item.person = std::move(one);
            if (!person) continue;
            const auto moment = [&](std::size_t column) -> std::optional<Instant> {
                const std::int64_t value = memory.value(column, *person);
                return value == rules::kMissing ? std::nullopt : std::optional(Instant{value});
            };
            item.orders = std::max<std::int64_t>(memory.value(kOrders, *person), 0);
            item.net_minor = memory.value(kNet, *person) == rules::kMissing ? 0 : memory.value(kNet, *person);
            item.last_paid = moment(kLastPaid);
            item.due = moment(kDue);
            if (const auto days = memory.value(kIntervalDays, *person); days != rules::kMissing)
                item.interval_days = days;
        }
        return ok();
    }));
    return out;
}

std::vector<std::string> strings(const json::Value& list) {
    std::vector<std::string> out;
    for (const auto& one : list.items()) out.emplace_back(one.str());
    return out;
}

// Leaving and entering of one moment are one move.
std::vector<StageMove> moves_of(const store::Lifecycle& of, const std::vector<store::PersonChange>& changes) {
    const auto stage = [&](const SetId& id) -> const store::Stage* {
        const auto found =
            std::find_if(of.stages.begin(), of.stages.end(), [&](const auto& one) { return one.set == id; });
        return found == of.stages.end() ? nullptr : &*found;
    };
    std::vector<StageMove> out;
    for (const auto& one : changes) {
        const store::Stage* at = stage(one.set);
        if (at == nullptr) continue;
        const auto because = json::Value::parse(one.because).value_or(json::Value());
        StageMove* same = !out.empty() && out.back().at == one.at ? &out.back() : nullptr;
        if (same != nullptr && (one.entered ? same->to : same->from).has_value()) same = nullptr;
        const bool first = same == nullptr;
        if (first) same = &out.emplace_back();
        same->at = one.at;
        (one.entered ? same->to : same->from) = at->name;
        if (!first && !one.entered) continue;  // what was entered says why
        same->cause = one.cause;
        same->because_zh = strings(because["zh"]);
        same->because_en = strings(because["en"]);
    }
    return out;
}

Result<CustomerStages> stages_of(AudienceService& service, View& view, const CustomerAsked& asked) {
    const auto all = TRY(store::lifecycles(view.sql(), view.tenant()));
    CustomerStages out;
    std::vector<CustomerId> customers;
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
        const auto person = memory.person_of(asked.id);
        if (!person || !memory.sees(*view.context().scope, *person)) return {ErrorCode::NotFound, "customer"};
        customers = memory.customers_of(*person);
        for (const auto& one : all) {
            if (one.archived_at) continue;
            CustomerStage& item = out.items.emplace_back();
            item.lifecycle = one.id;
            item.name = one.name;
            item.scale = one.scale;
            for (const auto& stage : one.stages) {
                const sets::Bitmap* members = memory.members_of(stage.set);
                if (members == nullptr || !members->contains(*person)) continue;
                item.stage = stage.set;
                item.stage_name = stage.name;
                item.kind = stage.kind;
                item.reasons = memory.conditions(stage.set, *person, view.now());
            }
        }
        return ok();
    }));
    std::vector<store::PersonChange> changes;
    for (const CustomerId& one : customers) {
        auto some = TRY(store::stage_changes_of(view.sql(), view.tenant(), one, kMovesShown));
        changes.insert(changes.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.number > b.number; });
    for (CustomerStage& item : out.items) {
        const auto of =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == item.lifecycle; });
        item.moves = moves_of(*of, changes);
        if (!item.stage) continue;
        for (const CustomerId& one : customers) {
            if (item.since) break;
            item.since = TRY(store::since(view.sql(), view.tenant(), *item.stage, one));
        }
    }
    return out;
}

}  // namespace

static void add_saving(AudienceService& service, kernel::Api& api) {
    api.command<NewLifecycle, LifecycleKey>(
        Method::Post, "/api/v1/lifecycles", kWrite,
        [&service](Unit& unit, const NewLifecycle& request) { return make_lifecycle(service, unit, request); },
        {.zh = "新建生命周期", .en = "Make a lifecycle", .rows = {"LIF-01"}, .tag = "audience"});
    api.command<ChangeLifecycle, None>(
        Method::Put, "/api/v1/lifecycles/{id}", kWrite,
        [&service](Unit& unit, const ChangeLifecycle& request) { return change_lifecycle(service, unit, request); },
        {.zh = "修改生命周期", .en = "Change a lifecycle", .rows = {"LIF-01"}, .tag = "audience"});
    api.command<LifecycleKey, None>(
        Method::Post, "/api/v1/lifecycles/{id}/undo", kWrite,
        [&service](Unit& unit, const LifecycleKey& key) { return undo_lifecycle(service, unit, key); },
        {.zh = "恢复上一次保存的阶段", .en = "Back to the stages as saved before", .rows = {"LIF-01"}, .tag = "audience"});
    api.command<LifecycleKey, None>(
        Method::Delete, "/api/v1/lifecycles/{id}", kWrite, archive_lifecycle,
        {.zh = "归档生命周期", .en = "Archive a lifecycle", .rows = {"LIF-01"}, .tag = "audience"});
    api.command<LifecycleKey, None>(
        Method::Post, "/api/v1/lifecycles/{id}/restore", kWrite, restore_lifecycle,
        {.zh = "恢复生命周期", .en = "Restore a lifecycle", .rows = {"LIF-01"}, .tag = "audience"});
}

void add_lifecycle_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    add_saving(service, api);
    api.action<None, LifecycleList>(
        Method::Get, "/api/v1/lifecycles", kRead,
        [&service](const Context& context, const None&) { return list_lifecycles(service, context); },
        {.zh = "生命周期与各阶段人数", .en = "Lifecycles and the people of their stages", .rows = {"LIF-01"}, .tag = "audience"});
    api.action<None, ReadyList>(
        Method::Get, "/api/v1/lifecycles/ready", kRead,
        [](const Context& context, const None&) { return ready_lifecycles(context, {}); },
        {.zh = "现成的生命周期", .en = "Ready lifecycles", .rows = {"LIF-01"}, .tag = "audience"});
    api.action<ReadyAsked, ReadyList>(
        Method::Post, "/api/v1/lifecycles/ready", kRead,
        [](const Context& context, const ReadyAsked& asked) { return ready_lifecycles(context, asked); },
        {.zh = "填好空格的现成生命周期", .en = "A ready lifecycle with its blanks filled", .rows = {"LIF-01"}, .tag = "audience"});
    api.action<TryLifecycle, Flow>(
        Method::Post, "/api/v1/lifecycles/preview", kRead,
        [&service](const Context& context, const TryLifecycle& request) {
            return try_lifecycle(service, context, request);
        },
        {.zh = "试算阶段规则", .en = "What stages would do", .rows = {"LIF-01"}, .tag = "audience"});
    api.action<FlowAsked, FlowReply>(
        Method::Get, "/api/v1/lifecycles/{id}/flow", kRead,
        [&service](const Context& context, const FlowAsked& asked) { return flow(service, context, asked); },
        {.zh = "阶段之间的流动", .en = "Who went from stage to stage", .rows = {"LIF-01"}, .tag = "audience"});
    api.action<FlowPeopleAsked, PeoplePage>(
        Method::Get, "/api/v1/lifecycles/{id}/flow/people", kRead,
        [&service](const Context& context, const FlowPeopleAsked& asked) {
            return flow_people(service, context, asked);
        },
        {.zh = "流动的人", .en = "Those who went", .rows = {"LIF-01"}, .tag = "audience"});
    api.query<PageOfSet, StagePage>(
        Method::Get, "/api/v1/stages/{id}/people", kRead,
        [&service](View& view, const PageOfSet& asked) { return stage_people(service, view, asked); },
        {.zh = "阶段内的人与自身节奏", .en = "People of a stage", .rows = {"LIF-01", "LIF-03"}, .tag = "audience"});
    api.query<PageOfSet, ChangePage>(
        Method::Get, "/api/v1/stages/{id}/changes", kRead,
        [&service](View& view, const PageOfSet& asked) { return change_page(service, view, asked, Family::Stage); },
        {.zh = "进入与离开阶段", .en = "Who entered and left a stage", .rows = {"LIF-01"}, .tag = "audience"});
    api.query<SetKey, SetSizes>(
        Method::Get, "/api/v1/stages/{id}/sizes", kRead,
        [](View& view, const SetKey& key) { return sizes_of(view, key, Family::Stage); },
        {.zh = "阶段人数变化", .en = "The size of a stage over time", .rows = {"LIF-01"}, .tag = "audience"});
    api.query<CustomerAsked, CustomerStages>(
        Method::Get, "/api/v1/customers/{id}/stages", kCustomerRead,
        [&service](View& view, const CustomerAsked& asked) { return stages_of(service, view, asked); },
        {.zh = "客户所处阶段与经过", .en = "A person's stages and its way through them", .rows = {"LIF-01"}, .tag = "audience"});
}

}  // namespace tilth::audience
