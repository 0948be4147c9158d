#include "modules/performance/cycles/cycles.h"

#include <set>

namespace tilth::performance {

Status check_cycle(const Cycle& cycle) {
    if (cycle.ends < cycle.starts) {
        return Error::invalid("ends", "before_starts", "结束日早于开始日", "It ends before it starts", "交换两个日期",
                              "Swap the two days");
    }
    if (cycle.ends - cycle.starts >= kCycleDaysMax) {
        return Error::invalid("ends", "too_long", "一个周期最长 400 天", "A cycle has at most 400 days", "缩短周期",
                              "Choose a shorter one");
    }
    if (cycle.channel && cycle.product) {
        return Error::invalid("product", "one_slice", "渠道与商品只能选一种",
                              "A cycle is of a channel or of a product, not of both", "去掉其一", "Leave one out");
    }
    std::set<std::pair<std::string, std::string>> named;
    for (std::size_t i = 0; i < cycle.goals.size(); ++i) {
        const Goal& goal = cycle.goals[i];
        const std::string field = "goals/" + std::to_string(i) + "/metric";
        if (!find_metric(goal.metric, goal.variant)) {
            return Error::invalid(field, "unknown_metric", "指标字典里没有这个指标", "The dictionary has no such metric",
                                  "从指标字典选择", "Choose one of the dictionary");
        }
        if (!named.emplace(goal.metric, goal.variant).second) {
            return Error::invalid(field, "twice", "这个指标已是目标", "The metric is a goal already", "去掉重复的",
                                  "Leave the second out");
        }
    }
    return ok();
}

Status check_start(const Cycle& cycle) {
    if (cycle.state != CycleState::Draft) return Error(ErrorCode::Conflict, "the cycle has started");
    if (cycle.goals.empty()) {
        return Error::invalid("goals", "required", "还没有目标", "It has no goal", "至少写一个目标", "Set one at least");
    }
    if (cycle.items.empty()) {
        return Error::invalid("items", "required", "还没有交付清单", "It has no deliverable", "至少写一项交付",
                              "Name one at least");
    }
    return ok();
}

Status check_close(const Cycle& cycle) {
    if (cycle.state != CycleState::Running) return Error(ErrorCode::Conflict, "the cycle is not running");
    std::string open_zh;
    std::string open_en;
    for (const Deliverable& one : cycle.items) {
        if (!one.required || one.done_at) continue;
        open_zh += (open_zh.empty() ? "" : "、") + one.title;
        open_en += (open_en.empty() ? "" : ", ") + one.title;
    }
    if (open_zh.empty()) return ok();
    return Error::invalid("items", "open_deliverables", "必交事项未完成：" + open_zh,
                          "Required deliverables are open: " + open_en, "完成后再关闭，或改为非必交",
                          "Deliver them first, or make them optional");
}

namespace store {

namespace {

constexpr std::string_view kCycle =
    "SELECT id, name, purpose, node_id, channel, product, starts, ends, state, achieved, learned, next, created_by, "
    "created_at, closed_by, closed_at FROM operating_cycle WHERE tenant_id = ?1";

std::optional<std::string> opt_text(const sql::Row& row, int column) {
    return row.null(column) ? std::nullopt : std::optional<std::string>(row.txt(column));
}
Day day_of(std::int64_t number) { return Day{static_cast<std::int32_t>(number)}; }

Cycle cycle_of(const sql::Row& row) {
    Cycle one;
    one.id = row.id<CycleId>(0);
    one.name = row.txt(1);
    one.purpose = row.txt(2);
    one.node = row.id<OrgNodeId>(3);
    one.channel = opt_text(row, 4);
    one.product = opt_text(row, 5);
    one.starts = day_of(row.i64(6));
    one.ends = day_of(row.i64(7));
    one.state = static_cast<CycleState>(row.i64(8));
    one.achieved = row.txt(9);
    one.learned = row.txt(10);
    one.next = row.txt(11);
    one.created_by = row.txt(12);
    one.created_at = row.instant(13);
    one.closed_by = row.txt(14);
    one.closed_at = row.opt_instant(15);
    return one;
}

Status read_parts(sql::Connection& sql, const TenantId& tenant, Cycle& cycle) {
    cycle.goals = TRY(sql.all("SELECT metric, variant, target, final FROM operating_cycle_goal WHERE tenant_id = ?1 "
                              "AND cycle_id = ?2 ORDER BY number",
                              {tenant, cycle.id}, [](const sql::Row& row) {
                                  return Goal{std::string(row.txt(0)), std::string(row.txt(1)), row.i64(2),
                                              row.opt_i64(3)};
                              }));
    cycle.items = TRY(sql.all("SELECT number, title, owner, due, required, result, done_by, done_at FROM "
                              "operating_cycle_item WHERE tenant_id = ?1 AND cycle_id = ?2 ORDER BY number",
                              {tenant, cycle.id}, [](const sql::Row& row) {
                                  Deliverable one;
                                  one.number = row.i64(0);
                                  one.title = row.txt(1);
                                  one.owner = row.txt(2);
                                  if (!row.null(3)) one.due = day_of(row.i64(3));
                                  one.required = row.flag(4);
                                  one.result = row.txt(5);
                                  one.done_by = row.txt(6);
                                  one.done_at = row.opt_instant(7);
                                  return one;
                              }));
    return ok();
}

}  // namespace

Result<std::optional<Cycle>> cycle(sql::Connection& sql, const TenantId& tenant, const CycleId& id) {
    static const std::string statement = std::string(kCycle) + " AND id = ?2";
    auto found = TRY(sql.one(statement, {tenant, id}, cycle_of));
    if (found) TRY(read_parts(sql, tenant, *found));
    return found;
}

Result<std::vector<Cycle>> cycles(sql::Connection& sql, const TenantId& tenant) {
    static const std::string statement = std::string(kCycle) + " ORDER BY starts DESC, id DESC";
    auto all = TRY(sql.all(statement, {tenant}, cycle_of));
    for (Cycle& one : all) TRY(read_parts(sql, tenant, one));
    return all;
}

Status put(kernel::Unit& unit, const Cycle& cycle) {
    TRY(drop(unit, cycle.id));
    TRY(unit.sql().write(
        "INSERT INTO operating_cycle (tenant_id, id, name, purpose, node_id, channel, product, starts, ends, state, "
        "achieved, learned, next, created_by, created_at, closed_by, closed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
        "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        {unit.tenant(), cycle.id, cycle.name, cycle.purpose, cycle.node, cycle.channel, cycle.product,
         std::int64_t{cycle.starts.number}, std::int64_t{cycle.ends.number}, static_cast<std::int64_t>(cycle.state),
         cycle.achieved, cycle.learned, cycle.next, cycle.created_by, cycle.created_at, cycle.closed_by,
         cycle.closed_at}));
    std::int64_t number = 0;
    for (const Goal& goal : cycle.goals) {
        TRY(unit.sql().write("INSERT INTO operating_cycle_goal (tenant_id, cycle_id, number, metric, variant, target, "
                             "final) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                             {unit.tenant(), cycle.id, ++number, goal.metric, goal.variant, goal.target, goal.final}));
    }
    for (const Deliverable& one : cycle.items) {
        const auto due = one.due ? std::optional<std::int64_t>(one.due->number) : std::nullopt;
        TRY(unit.sql().write("INSERT INTO operating_cycle_item (tenant_id, cycle_id, number, title, owner, due, "
                             "required, result, done_by, done_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                             {unit.tenant(), cycle.id, one.number, one.title, one.owner, due, one.required, one.result,
                              one.done_by, one.done_at}));
    }
    return ok();
}

Status drop(kernel::Unit& unit, const CycleId& id) {
    for (const char* part : {"goal", "item"}) {
        TRY(unit.sql().write("DELETE FROM operating_cycle_" + std::string(part) +
                                 " WHERE tenant_id = ?1 AND cycle_id = ?2",
                             {unit.tenant(), id}));
    }
    return unit.sql().write("DELETE FROM operating_cycle WHERE tenant_id = ?1 AND id = ?2", {unit.tenant(), id});
}

}  // namespace store

}  // namespace tilth::performance
