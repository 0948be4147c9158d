// Operating cycles over HTTP (LIF-04).

#include <algorithm>
#include <cmath>

#include "kernel/audit.h"
#include "modules/performance/cycles/cycles.h"
#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"
#include "platform/json/value.h"

namespace tilth::performance {

struct GoalInput {
    Text<1, 40> metric;
    std::optional<Text<0, 40>> variant;
    Int<0, 1'000'000'000'000'000> target;
};
API_STRUCT(GoalInput, (metric, variant, target))

struct DeliverableInput {
    std::optional<std::int64_t> number;  // of one that stands: what was done of it stays
    Text<1, 120> title;
    std::optional<Text<0, 60>> owner;
    std::optional<Day> due;
    std::optional<bool> required;  // by default it is
};
API_STRUCT(DeliverableInput, (number, title, owner, due, required))

struct NewCycle {
    Text<1, 60> name;
    std::optional<Text<0, 500>> purpose;
    std::optional<OrgNodeId> node;
    std::optional<Text<1, 40>> channel;
    std::optional<Text<1, 120>> product;
    Day starts;
    Day ends;
    List<GoalInput, kGoalsMax> goals;
    List<DeliverableInput, kItemsMax> items;
};
API_STRUCT(NewCycle, (name, purpose, node, channel, product, starts, ends, goals, items))

struct CycleChange {
    CycleId id;
    Text<1, 60> name;
    std::optional<Text<0, 500>> purpose;
    std::optional<OrgNodeId> node;
    std::optional<Text<1, 40>> channel;
    std::optional<Text<1, 120>> product;
    Day starts;
    Day ends;
    List<GoalInput, kGoalsMax> goals;
    List<DeliverableInput, kItemsMax> items;
};
API_STRUCT(CycleChange, (id, name, purpose, node, channel, product, starts, ends, goals, items))

struct CycleKey {
    CycleId id;
};
API_STRUCT(CycleKey, (id))

struct ItemDone {
    CycleId id;
    Int<1, 1'000'000> number;
    bool done = true;
    std::optional<Text<0, 500>> result;
};
API_STRUCT(ItemDone, (id, number, done, result))

struct CycleReview {
    CycleId id;
    Text<10, 2'000> achieved;
    Text<10, 2'000> learned;
    Text<10, 2'000> next;
};
API_STRUCT(CycleReview, (id, achieved, learned, next))

struct CycleReopen {
    CycleId id;
    Text<5, 500> reason;
};
API_STRUCT(CycleReopen, (id, reason))

struct CycleCopy {
    CycleId id;
    Text<1, 60> name;
    Day starts;
    Day ends;
};
API_STRUCT(CycleCopy, (id, name, starts, ends))

struct GoalView {
    std::string metric;
    std::string variant;
    std::string name_zh;
    std::string name_en;
    Unit unit = Unit::Count;
    Direction direction = Direction::Up;
    std::int64_t target = 0;
    std::optional<std::int64_t> value;  // in the unit of the target: so far, or as it was at closing
    std::optional<double> share;        // value ÷ target
    bool reached = false;               // by the metric's direction
};
API_STRUCT(GoalView, (metric, variant, name_zh, name_en, unit, direction, target, value, share, reached))

struct DeliverableView {
    std::int64_t number = 0;
    std::string title;
    std::string owner;
    std::optional<Day> due;
    bool required = true;
    bool overdue = false;
    std::string result;
    std::string done_by;
    std::optional<Instant> done_at;
};
API_STRUCT(DeliverableView, (number, title, owner, due, required, overdue, result, done_by, done_at))

struct CycleView {
    CycleId id;
    std::string name;
    std::string purpose;
    OrgNodeId node;
    std::string node_name;
    std::optional<std::string> channel;
    std::optional<std::string> product;
    Day starts;
    Day ends;
    CycleState state = CycleState::Draft;
    double elapsed = 0;        // of its days, those that are over
    bool review_due = false;   // it has ended and is not closed
    std::vector<GoalView> goals;
    std::vector<DeliverableView> items;
    std::string achieved;
    std::string learned;
    std::string next;
    std::string created_by;
    Instant created_at;
    std::string closed_by;
    std::optional<Instant> closed_at;
};
API_STRUCT(CycleView, (id, name, purpose, node, node_name, channel, product, starts, ends, state, elapsed, review_due,
                       goals, items, achieved, learned, next, created_by, created_at, closed_by, closed_at))

struct CycleListQuery {
    std::optional<CycleState> state;
};
API_STRUCT(CycleListQuery, (state))

struct CycleList {
    Currency currency;
    std::vector<CycleView> items;
};
API_STRUCT(CycleList, (currency, items))

struct CycleReply {
    Currency currency;
    CycleView item;
};
API_STRUCT(CycleReply, (currency, item))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::CycleState> =
    std::to_array<tilth::json::EnumValue<tilth::performance::CycleState>>({
        {tilth::performance::CycleState::Draft, "draft", "草稿", "Draft"},
        {tilth::performance::CycleState::Running, "running", "进行中", "Running"},
        {tilth::performance::CycleState::Closed, "closed", "已关闭", "Closed"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::GoalInput> = std::to_array<tilth::json::FieldDoc>({
    {"metric", "指标字典里的编号", "An id of the dictionary of metrics", "net_sales"},
    {"target", "人数、单数、天数、最小货币单位；比率与小数为万分之一",
     "People, orders, days, minor units; 1/10,000 of ratios and numbers"},
});

namespace tilth::performance {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::View;

constexpr double kFine = 10'000;  // ratios and plain numbers are kept in 1/10,000

template <class T>
std::string text_of(const std::optional<T>& given) { return given ? std::string(given->str()) : std::string(); }
template <class T>
std::optional<std::string> opt_of(const std::optional<T>& given) {
    return given ? std::optional<std::string>(given->str()) : std::nullopt;
}

class CycleRoutes {
public:
    explicit CycleRoutes(PerformanceService& service) : service_(service) {}

    Result<CycleList> list(const Context& context, const CycleListQuery& query) const {
        auto all = TRY(service_.kernel().record.read<std::vector<Cycle>>(
            context, [](View& view) { return store::cycles(view.sql(), view.tenant()); }));
        CycleList reply{service_.currency(context.tenant), {}};
        for (const Cycle& one : all) {
            if (!covers(context, one.node) || (query.state && one.state != *query.state)) continue;
            reply.items.push_back(TRY(view_of(context, one)));
        }
        return reply;
    }

    Result<CycleReply> show(const Context& context, const CycleKey& key) const {
        const auto found = TRY(service_.kernel().record.read<std::optional<Cycle>>(
            context, [&](View& view) { return store::cycle(view.sql(), view.tenant(), key.id); }));
        if (!found || !covers(context, found->node)) return Error(ErrorCode::NotFound, "cycle");
        return CycleReply{service_.currency(context.tenant), TRY(view_of(context, *found))};
    }

    Result<CycleKey> make(kernel::Unit& unit, const NewCycle& request) const {
        const auto count = TRY(unit.sql().one("SELECT count(*) FROM operating_cycle WHERE tenant_id = ?1",
                                              {unit.tenant()}, [](const sql::Row& row) { return row.i64(0); }));
        if (count.value_or(0) >= kCyclesMax) return Error(ErrorCode::LimitExceeded, "at most 1,000 cycles");
        Cycle cycle;
        cycle.id = unit.new_id<CycleId>();
        cycle.created_by = unit.context().actor.name;
        cycle.created_at = unit.now();
        TRY(fill(unit.context(), cycle, request));
        TRY(store::put(unit, cycle));
        TRY(unit.audit({.action = "cycle.make", .object = cycle.id.str()}));
        return CycleKey{cycle.id};
    }

    Result<None> change(kernel::Unit& unit, const CycleChange& request) const {
        Cycle cycle = TRY(own(unit, request.id));
        if (cycle.state == CycleState::Closed)
            return Error(ErrorCode::Conflict, "the cycle is closed: reopen it first");
        const std::vector<Deliverable> before = cycle.items;
        TRY(fill(unit.context(), cycle, request));
        for (Deliverable& item : cycle.items) {
            const auto was = std::find_if(before.begin(), before.end(),
                                          [&](const Deliverable& one) { return one.number == item.number; });
            if (was == before.end()) continue;
            item.result = was->result;
            item.done_by = was->done_by;
            item.done_at = was->done_at;
        }
        if (cycle.state == CycleState::Running) {
            cycle.state = CycleState::Draft;
            TRY(check_start(cycle));
            cycle.state = CycleState::Running;
        }
        TRY(store::put(unit, cycle));
        TRY(unit.audit({.action = "cycle.change", .object = cycle.id.str()}));
        return None{};
    }

    Result<None> start(kernel::Unit& unit, const CycleKey& key) const {
        Cycle cycle = TRY(own(unit, key.id));
        TRY(check_start(cycle));
        cycle.state = CycleState::Running;
        TRY(store::put(unit, cycle));
        TRY(unit.audit({.action = "cycle.start", .object = key.id.str()}));
        return None{};
    }

    Result<None> done(kernel::Unit& unit, const ItemDone& request) const {
        Cycle cycle = TRY(own(unit, request.id));
        if (cycle.state != CycleState::Running) return Error(ErrorCode::Conflict, "the cycle is not running");
        const auto item = std::find_if(cycle.items.begin(), cycle.items.end(), [&](const Deliverable& one) {
            return one.number == request.number.value();
        });
        if (item == cycle.items.end()) return Error(ErrorCode::NotFound, "deliverable");
        item->result = request.done ? text_of(request.result) : std::string();
        item->done_by = request.done ? unit.context().actor.name : std::string();
        item->done_at = request.done ? std::optional(unit.now()) : std::nullopt;
        TRY(store::put(unit, cycle));
        const std::string detail = json::Value::object({{"number", item->number}, {"done", request.done}}).print();
        TRY(unit.audit({.action = "cycle.item", .object = cycle.id.str(), .detail = detail}));
        return None{};
    }

    // The goals' values are asked for before the unit: the writer's thread waits for no question.
    Result<None> close(const Context& context, const CycleReview& request) const {
        const CycleReply now = TRY(show(context, {request.id}));
        return service_.kernel().record.write<None>(context, [&](kernel::Unit& unit) -> Result<None> {
            Cycle cycle = TRY(own(unit, request.id));
            TRY(check_close(cycle));
            for (Goal& goal : cycle.goals) {
                const auto seen = std::find_if(now.item.goals.begin(), now.item.goals.end(), [&](const GoalView& one) {
                    return one.metric == goal.metric && one.variant == goal.variant;
                });
                if (seen != now.item.goals.end()) goal.final = seen->value;
            }
            cycle.state = CycleState::Closed;
            cycle.achieved = request.achieved.str();
            cycle.learned = request.learned.str();
            cycle.next = request.next.str();
            cycle.closed_by = context.actor.name;
            cycle.closed_at = unit.now();
            TRY(store::put(unit, cycle));
            TRY(unit.audit({.action = "cycle.close", .object = cycle.id.str()}));
            return None{};
        });
    }

    // The review stays to be written on.
    Result<None> reopen(kernel::Unit& unit, const CycleReopen& request) const {
        Cycle cycle = TRY(own(unit, request.id));
        if (cycle.state != CycleState::Closed) return Error(ErrorCode::Conflict, "the cycle is not closed");
        cycle.state = CycleState::Running;
        cycle.closed_by.clear();
        cycle.closed_at.reset();
        for (Goal& goal : cycle.goals) goal.final.reset();
        TRY(store::put(unit, cycle));
        const std::string reason(request.reason.str());
        TRY(unit.audit({.action = "cycle.reopen", .object = cycle.id.str(), .reason = reason}));
        return None{};
    }

    // Goals and deliverables of another stretch of time, nothing done; due days keep their distance from the start.
    Result<CycleKey> copy(kernel::Unit& unit, const CycleCopy& request) const {
        Cycle cycle = TRY(own(unit, request.id));
        const auto moved = request.starts - cycle.starts;
        cycle.id = unit.new_id<CycleId>();
        cycle.name = request.name.str();
        cycle.starts = request.starts;
        cycle.ends = request.ends;
        cycle.state = CycleState::Draft;
        cycle.achieved.clear();
        cycle.learned.clear();
        cycle.next.clear();
        cycle.closed_by.clear();
        cycle.closed_at.reset();
        cycle.created_by = unit.context().actor.name;
        cycle.created_at = unit.now();
        for (Goal& goal : cycle.goals) goal.final.reset();
        for (Deliverable& item : cycle.items) {
            item = Deliverable{item.number, item.title, item.owner, item.due, item.required, {}, {}, std::nullopt};
            if (item.due) item.due = *item.due + static_cast<int>(moved);
        }
        TRY(check_cycle(cycle));
        TRY(store::put(unit, cycle));
        const std::string detail = json::Value::object({{"from", request.id.str()}}).print();
        TRY(unit.audit({.action = "cycle.make", .object = cycle.id.str(), .detail = detail}));
        return CycleKey{cycle.id};
    }

    Result<None> drop(kernel::Unit& unit, const CycleKey& key) const {
        const Cycle cycle = TRY(own(unit, key.id));
        if (cycle.state != CycleState::Draft) return Error(ErrorCode::Conflict, "only a draft can be dropped");
        TRY(store::drop(unit, key.id));
        TRY(unit.audit({.action = "cycle.drop", .object = key.id.str()}));
        return None{};
    }

private:
    bool covers(const Context& context, const OrgNodeId& node) const {
        return context.scope->all || context.scope->covers(node);
    }
    Result<Cycle> own(kernel::Unit& unit, const CycleId& id) const {
        auto found = TRY(store::cycle(unit.sql(), unit.tenant(), id));
        if (!found || !covers(unit.context(), found->node)) return Error(ErrorCode::NotFound, "cycle");
        return std::move(*found);
    }

    template <class Request>
    Status fill(const Context& context, Cycle& cycle, const Request& request) const {
        const OrgNodeId node = request.node.value_or(service_.org().root(context.tenant));
        if (!service_.org().node(context.tenant, node) || !covers(context, node))
            return Error(ErrorCode::NotFound, "node");
        cycle.name = request.name.str();
        cycle.purpose = text_of(request.purpose);
        cycle.node = node;
        cycle.channel = opt_of(request.channel);
        cycle.product = opt_of(request.product);
        cycle.starts = request.starts;
        cycle.ends = request.ends;
        cycle.goals.clear();
        for (const GoalInput& one : request.goals)
            cycle.goals.push_back({std::string(one.metric.str()), text_of(one.variant), one.target.value(), {}});
        std::int64_t last = 0;
        for (const Deliverable& one : cycle.items) last = std::max(last, one.number);
        std::vector<Deliverable> items;
        for (const DeliverableInput& one : request.items) {
            const bool stands = one.number && std::any_of(cycle.items.begin(), cycle.items.end(), [&](const auto& was) {
                return was.number == *one.number;
            }) && std::none_of(items.begin(), items.end(), [&](const auto& now) { return now.number == *one.number; });
            items.push_back({stands ? *one.number : ++last, std::string(one.title.str()), text_of(one.owner), one.due,
                             one.required.value_or(true), {}, {}, std::nullopt});
        }
        cycle.items = std::move(items);
        return check_cycle(cycle);
    }

    Result<CycleView> view_of(const Context& context, const Cycle& cycle) const {
        const Day today = service_.today(context);
        CycleView out;
        out.id = cycle.id;
        out.name = cycle.name;
        out.purpose = cycle.purpose;
        out.node = cycle.node;
        if (const auto node = service_.org().node(context.tenant, cycle.node)) out.node_name = node->name;
        out.channel = cycle.channel;
        out.product = cycle.product;
        out.starts = cycle.starts;
        out.ends = cycle.ends;
        out.state = cycle.state;
        const auto days = static_cast<double>(cycle.ends - cycle.starts + 1);
        out.elapsed = std::clamp(static_cast<double>(today - cycle.starts) / days, 0.0, 1.0);
        out.review_due = cycle.state == CycleState::Running && cycle.ends < today;
        out.goals = TRY(goals_of(context, cycle, today));
        for (const Deliverable& one : cycle.items) {
            const bool late = !one.done_at && one.due && *one.due < today && cycle.state == CycleState::Running;
            out.items.push_back({one.number, one.title, one.owner, one.due, one.required, late, one.result, one.done_by,
                                 one.done_at});
        }
        out.achieved = cycle.achieved;
        out.learned = cycle.learned;
        out.next = cycle.next;
        out.created_by = cycle.created_by;
        out.created_at = cycle.created_at;
        out.closed_by = cycle.closed_by;
        out.closed_at = cycle.closed_at;
        return out;
    }

    // Through the evaluator of every other page, over the cycle's days that are over.
    Result<std::vector<GoalView>> goals_of(const Context& context, const Cycle& cycle, Day today) const {
        std::vector<GoalView> views;
        std::vector<Metric> metrics;
        for (const Goal& goal : cycle.goals) {
            const Metric metric = TRY(find_metric(goal.metric, goal.variant));
            metrics.push_back(metric);
            GoalView& view = views.emplace_back();
            view.metric = goal.metric;
            view.variant = goal.variant;
            const bool main = metric.variant->id.empty();
            view.name_zh = metric.definition->name_zh;
            view.name_en = metric.definition->name_en;
            if (!main) {
                view.name_zh.append("（").append(metric.variant->name_zh).append("）");
                view.name_en.append(" (").append(metric.variant->name_en).append(")");
            }
            view.unit = metric.variant->unit;
            view.direction = metric.definition->direction;
            view.target = goal.target;
            view.value = goal.final;
        }
        const Day until = std::min(cycle.ends, today + -1);
        if (cycle.state != CycleState::Closed && until >= cycle.starts && !metrics.empty()) {
            Frame frame = TRY(service_.frame(context, cycle.node));
            std::optional<Text<1, 40>> channel;
            std::optional<Text<1, 120>> product;
            if (cycle.channel) channel = TRY((Text<1, 40>::parse(*cycle.channel)));
            if (cycle.product) product = TRY((Text<1, 120>::parse(*cycle.product)));
            frame.slice = TRY(service_.slice(context, std::nullopt, channel, product));
            const auto measured = TRY(measure(frame, metrics, {Period{cycle.starts, until}}));
            for (std::size_t m = 0; m < metrics.size(); ++m) {
                const auto value = measured[m].front().value(*metrics[m].variant);
                const Unit unit = metrics[m].variant->unit;
                const double scale = unit == Unit::Ratio || unit == Unit::Number ? kFine : 1;
                if (value) views[m].value = std::llround(*value * scale);
            }
        }
        for (GoalView& view : views) {
            if (!view.value) continue;
            if (view.target > 0) view.share = static_cast<double>(*view.value) / static_cast<double>(view.target);
            view.reached = view.direction == Direction::Down ? *view.value <= view.target : *view.value >= view.target;
        }
        return views;
    }

    PerformanceService& service_;
};

}  // namespace

void add_cycle_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    const auto routes = std::make_shared<CycleRoutes>(service);
    const auto words = [](std::string_view zh, std::string_view en) {
        return kernel::RouteDoc{.zh = zh, .en = en, .rows = {"LIF-04"}, .tag = "performance"};
    };
    api.action<CycleListQuery, CycleList>(
        Method::Get, "/api/v1/cycles", kCycleRead,
        [routes](const Context& context, const CycleListQuery& query) { return routes->list(context, query); },
        words("运营周期", "Operating cycles"));
    api.action<CycleKey, CycleReply>(
        Method::Get, "/api/v1/cycles/{id}", kCycleRead,
        [routes](const Context& context, const CycleKey& key) { return routes->show(context, key); },
        words("一个运营周期：目标进度与交付", "One cycle: its goals so far and its deliverables"));
    api.command<NewCycle, CycleKey>(
        Method::Post, "/api/v1/cycles", kCycleWrite,
        [routes](kernel::Unit& unit, const NewCycle& request) { return routes->make(unit, request); },
        words("新建运营周期", "Make an operating cycle"));
    api.command<CycleChange, None>(
        Method::Put, "/api/v1/cycles/{id}", kCycleWrite,
        [routes](kernel::Unit& unit, const CycleChange& request) { return routes->change(unit, request); },
        words("修改运营周期", "Change an operating cycle"));
    api.command<CycleKey, None>(
        Method::Post, "/api/v1/cycles/{id}/start", kCycleWrite,
        [routes](kernel::Unit& unit, const CycleKey& key) { return routes->start(unit, key); },
        words("开始运营周期", "Start a cycle"));
    api.command<ItemDone, None>(
        Method::Post, "/api/v1/cycles/{id}/items/{number}", kCycleWrite,
        [routes](kernel::Unit& unit, const ItemDone& request) { return routes->done(unit, request); },
        words("交付完成或撤回", "A deliverable is done, or not yet"));
    api.action<CycleReview, None>(
        Method::Post, "/api/v1/cycles/{id}/close", kCycleWrite,
        [routes](const Context& context, const CycleReview& request) { return routes->close(context, request); },
        words("复盘并关闭", "Review and close"));
    api.command<CycleReopen, None>(
        Method::Post, "/api/v1/cycles/{id}/reopen", kCycleWrite,
        [routes](kernel::Unit& unit, const CycleReopen& request) { return routes->reopen(unit, request); },
        words("重新打开", "Reopen a closed cycle"));
    api.command<CycleCopy, CycleKey>(
        Method::Post, "/api/v1/cycles/{id}/copy", kCycleWrite,
        [routes](kernel::Unit& unit, const CycleCopy& request) { return routes->copy(unit, request); },
        words("复制为下一周期", "Copy as the next cycle"));
    api.command<CycleKey, None>(
        Method::Delete, "/api/v1/cycles/{id}", kCycleWrite,
        [routes](kernel::Unit& unit, const CycleKey& key) { return routes->drop(unit, key); },
        words("删除草稿", "Drop a draft"));
}

}  // namespace tilth::performance
