#include "modules/audience/strategy/strategy.h"

#include <algorithm>

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr std::size_t kStrategiesMax = 200;

struct Strategy {
    StrategyId id;
    std::string name;
    Layer layer = Layer::Level;
    std::int64_t place = 0;
    SetId set;
    std::string action;
};

Result<std::vector<Strategy>> strategies(sql::Connection& sql, const TenantId& tenant) {
    return sql.all(
        "SELECT id, name, layer, place, set_id, action FROM audience_strategy WHERE tenant_id = ?1 ORDER BY layer, "
        "place, id",
        {tenant}, [](const sql::Row& row) {
            return Strategy{row.id<StrategyId>(0), std::string(row.txt(1)), static_cast<Layer>(row.i64(2)), row.i64(3),
                            row.id<SetId>(4), std::string(row.txt(5))};
        });
}

struct Known {
    std::vector<Strategy> items;
    std::vector<Definition> sets;
    const Definition* set_of(const Strategy& one) const {
        const auto found = std::find_if(sets.begin(), sets.end(), [&](const auto& set) { return set.id == one.set; });
        return found == sets.end() ? nullptr : &*found;
    }
};

Result<Known> known(AudienceService& service, const Context& context) {
    return service.kernel().record.read<Known>(context, [](View& view) -> Result<Known> {
        return Known{TRY(strategies(view.sql(), view.tenant())), TRY(store::definitions(view.sql(), view.tenant()))};
    });
}

struct Matched {
    std::vector<sets::Bitmap> all;
    std::vector<sets::Bitmap> primary;
    sets::Bitmap visible;
};

Result<Matched> matched(AudienceService& service, const Context& context, const Known& of) {
    Matched out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        out.visible = visible_to(memory, context);
        for (const Strategy& one : of.items) {
            const sets::Bitmap* members = memory.members_of(one.set);
            out.all.push_back(members == nullptr ? sets::Bitmap() : *members);
            out.all.back() &= out.visible;
        }
        return ok();
    }));
    out.primary = primary_of(out.all);
    return out;
}

Result<StrategyList> list_strategies(AudienceService& service, const Context& context) {
    const Known of = TRY(known(service, context));
    const Matched found = TRY(matched(service, context, of));
    StrategyList out;
    out.cell_min = service.kernel().settings.integer(context.tenant, kCellMin);
    out.people = out.without = static_cast<std::int64_t>(found.visible.size());
    for (std::size_t i = 0; i < of.items.size(); ++i) {
        const Strategy& one = of.items[i];
        StrategyView& item = out.items.emplace_back();
        item.id = one.id;
        item.name = one.name;
        item.layer = one.layer;
        item.set = one.set;
        item.action = one.action;
        if (const Definition* set = of.set_of(one)) {
            item.set_name = set->name;
            item.set_family = set->family;
            item.set_archived = set->archived_at.has_value();
        }
        item.matched = static_cast<std::int64_t>(found.all[i].size());
        item.primary = static_cast<std::int64_t>(found.primary[i].size());
        item.small = item.primary > 0 && item.primary < out.cell_min;
        out.without -= item.primary;
    }
    return out;
}

Result<StrategyKey> make_strategy(Unit& unit, const NewStrategy& request) {
    const auto all = TRY(strategies(unit.sql(), unit.tenant()));
    if (all.size() >= kStrategiesMax) return Error(ErrorCode::LimitExceeded, "at most 200 strategies");
    const bool taken = std::any_of(all.begin(), all.end(),
                                   [&](const Strategy& one) { return one.name == request.name.str(); });
    if (taken) {
        return Error::invalid("name", "name_taken", "已有同名的", "the name is taken", "换一个名称",
                              "choose another name");
    }
    const auto set = TRY(store::definition(unit.sql(), unit.tenant(), request.set));
    if (!set || set->archived_at) return Error(ErrorCode::NotFound, "set");
    std::int64_t place = 1;
    for (const Strategy& one : all) place = std::max(place, one.place + 1);
    const StrategyId id = unit.new_id<StrategyId>();
    TRY(unit.sql().write(
        "INSERT INTO audience_strategy (tenant_id, id, name, layer, place, set_id, action, created_by, created_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        {unit.tenant(), id, request.name.str(), static_cast<int>(request.layer), place, request.set,
         request.action ? request.action->str() : std::string(), unit.context().actor.name, unit.now()}));
    TRY(unit.audit({.action = "audience.strategy", .object = id.str()}));
    return StrategyKey{id};
}

Result<None> drop_strategy(Unit& unit, const StrategyKey& key) {
    const std::int64_t gone =
        TRY(unit.sql().change("DELETE FROM audience_strategy WHERE tenant_id = ?1 AND id = ?2",
                              {unit.tenant(), key.id}));
    if (gone == 0) return Error(ErrorCode::NotFound, "strategy");
    TRY(unit.audit({.action = "audience.strategy_drop", .object = key.id.str()}));
    return None{};
}

Result<None> order_strategies(Unit& unit, const OrderStrategies& asked) {
    const auto all = TRY(strategies(unit.sql(), unit.tenant()));
    const std::set<StrategyId> named(asked.order.begin(), asked.order.end());
    const bool whole = named.size() == all.size() && asked.order.size() == all.size() &&
                       std::all_of(all.begin(), all.end(), [&](const Strategy& one) { return named.contains(one.id); });
    if (!whole) {
        return Error::invalid("order", "all_once", "须列出全部策略，各一次", "name every strategy once", "重新读取列表",
                              "read the list again");
    }
    std::int64_t place = 0;
    for (const StrategyId& id : asked.order) {
        TRY(unit.sql().write("UPDATE audience_strategy SET place = ?3 WHERE tenant_id = ?1 AND id = ?2",
                             {unit.tenant(), id, ++place}));
    }
    TRY(unit.audit({.action = "audience.strategy_order", .object = "strategies"}));
    return None{};
}

Result<StrategyTrace> trace(AudienceService& service, View& view, const CustomerAsked& asked) {
    const Known of{TRY(strategies(view.sql(), view.tenant())), TRY(store::definitions(view.sql(), view.tenant()))};
    StrategyTrace out;
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
        const auto person = memory.person_of(asked.id);
        if (!person || !memory.sees(*view.context().scope, *person)) return {ErrorCode::NotFound, "customer"};
        for (const Strategy& one : of.items) {
            const sets::Bitmap* members = memory.members_of(one.set);
            TraceStep& step = out.trace.emplace_back();
            step.id = one.id;
            step.name = one.name;
            step.layer = one.layer;
            if (const Definition* set = of.set_of(one)) step.set_name = set->name;
            step.holds = members != nullptr && members->contains(*person);
            step.reasons = memory.conditions(one.set, *person, view.now());
            if (!step.holds || out.strategy) continue;
            step.primary = true;
            out.strategy = one.id;
            out.name = one.name;
            out.action = one.action;
        }
        return ok();
    }));
    return out;
}

Result<PeoplePage> primary_people(AudienceService& service, const Context& context, const PageOfStrategy& asked) {
    const Known of = TRY(known(service, context));
    const auto at = std::find_if(of.items.begin(), of.items.end(), [&](const auto& one) { return one.id == asked.id; });
    if (at == of.items.end()) return Error(ErrorCode::NotFound, "strategy");
    const Matched found = TRY(matched(service, context, of));
    return people_of_bitmap(service, context, found.primary[static_cast<std::size_t>(at - of.items.begin())],
                            asked.cursor, asked.limit);
}

}  // namespace

std::vector<sets::Bitmap> primary_of(const std::vector<sets::Bitmap>& matched) {
    std::vector<sets::Bitmap> out;
    sets::Bitmap before;
    for (const sets::Bitmap& one : matched) {
        out.push_back(one);
        out.back() -= before;
        before |= one;
    }
    return out;
}

void add_strategy_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<None, StrategyList>(
        Method::Get, "/api/v1/strategies", kRead,
        [&service](const Context& context, const None&) { return list_strategies(service, context); },
        {.zh = "分层策略", .en = "Layered strategies", .rows = {"SEG-13"}, .tag = "audience"});
    api.command<NewStrategy, StrategyKey>(
        Method::Post, "/api/v1/strategies", kWrite, make_strategy,
        {.zh = "新建策略", .en = "Make a strategy", .rows = {"SEG-13"}, .tag = "audience"});
    api.command<StrategyKey, None>(
        Method::Delete, "/api/v1/strategies/{id}", kWrite, drop_strategy,
        {.zh = "删除策略", .en = "Drop a strategy", .rows = {"SEG-13"}, .tag = "audience"});
    api.command<OrderStrategies, None>(
        Method::Post, "/api/v1/strategies/order", kWrite, order_strategies,
        {.zh = "排列策略", .en = "Put strategies in order", .rows = {"SEG-13"}, .tag = "audience"});
    api.action<PageOfStrategy, PeoplePage>(
        Method::Get, "/api/v1/strategies/{id}/people", kRead,
        [&service](const Context& context, const PageOfStrategy& asked) {
            return primary_people(service, context, asked);
        },
        {.zh = "以此为首要策略的人", .en = "Whose primary strategy it is", .rows = {"SEG-13"}, .tag = "audience"});
    api.query<CustomerAsked, StrategyTrace>(
        Method::Get, "/api/v1/customers/{id}/strategy", kCustomerRead,
        [&service](View& view, const CustomerAsked& asked) { return trace(service, view, asked); },
        {.zh = "客户的首要策略与依据", .en = "A person's primary strategy, and why", .rows = {"SEG-13"}, .tag = "audience"});
}

}  // namespace tilth::audience
