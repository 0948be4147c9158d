#include "modules/collect/api.h"

namespace tilth::collect {

namespace {

constexpr std::string_view kColumns =
    "SELECT day, node_id, receipts, net_minor, refund_minor, channel, source, at FROM store_day ";

StoreDay day_of(const sql::Row& row) {
    StoreDay out;
    out.day = {static_cast<std::int32_t>(row.i64(0))};
    out.node = row.id<OrgNodeId>(1);
    out.receipts = row.i64(2);
    out.net_minor = row.i64(3);
    out.refund_minor = row.i64(4);
    out.channel = row.txt(5);
    out.source = row.txt(6);
    out.at = row.instant(7);
    return out;
}

bool same(const StoreDay& a, const StoreDay& b) {
    return a.receipts == b.receipts && a.net_minor == b.net_minor && a.refund_minor == b.refund_minor &&
           a.channel == b.channel;
}

class StoreDaysInRecord final : public StoreDays {
public:
    Result<Put> compare(sql::Connection& sql, const TenantId& tenant, const StoreDay& day) override {
        static const std::string statement =
            std::string(kColumns) + "WHERE tenant_id = ?1 AND day = ?2 AND node_id = ?3 ORDER BY number DESC LIMIT 1";
        const auto stands = TRY(sql.one(statement, {tenant, std::int64_t{day.day.number}, day.node}, day_of));
        if (!stands) return Put::New;
        return same(*stands, day) ? Put::Unchanged : Put::Updated;
    }

    Result<Put> put(kernel::Unit& unit, const StoreDay& day) override {
        const Put what = TRY(compare(unit.sql(), unit.tenant(), day));
        if (what == Put::Unchanged) return what;
        TRY(unit.sql().write(
            "INSERT INTO store_day (tenant_id, day, node_id, source, number, receipts, net_minor, refund_minor, "
            "channel, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
            "ON CONFLICT (tenant_id, day, node_id, source) DO UPDATE SET number = EXCLUDED.number, "
            "receipts = EXCLUDED.receipts, net_minor = EXCLUDED.net_minor, refund_minor = EXCLUDED.refund_minor, "
            "channel = EXCLUDED.channel, at = EXCLUDED.at",
            {unit.tenant(), std::int64_t{day.day.number}, day.node, day.source, unit.next_number("store_day"),
             day.receipts, day.net_minor, day.refund_minor, day.channel, unit.now()}));
        return what;
    }

    Result<std::vector<StoreDay>> between(sql::Connection& sql, const TenantId& tenant, Day from, Day to) override {
        static const std::string statement =
            std::string(kColumns) + "WHERE tenant_id = ?1 AND day >= ?2 AND day <= ?3 ORDER BY day, node_id, number";
        const auto rows = TRY(sql.all(statement, {tenant, std::int64_t{from.number}, std::int64_t{to.number}}, day_of));
        std::vector<StoreDay> newest;
        for (const StoreDay& row : rows) {
            const bool again = !newest.empty() && newest.back().day == row.day && newest.back().node == row.node;
            if (again) newest.pop_back();
            newest.push_back(row);
        }
        return newest;
    }

    Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) override {
        return unit.sql().change(
            "DELETE FROM store_day WHERE tenant_id = ?1 AND source = ?2 AND (day, node_id) IN (SELECT day, node_id "
            "FROM store_day WHERE tenant_id = ?1 AND source = ?2 ORDER BY day, node_id LIMIT ?3)",
            {unit.tenant(), source, limit});
    }

    Result<Totals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) override {
        Totals sums;
        TRY(
            sql.query("SELECT COUNT(*), CAST(COALESCE(SUM(receipts), 0) AS BIGINT), "
                      "CAST(COALESCE(SUM(net_minor), 0) AS BIGINT), CAST(COALESCE(SUM(refund_minor), 0) AS BIGINT) "
                      "FROM store_day WHERE tenant_id = ?1 AND source = ?2",
                      {tenant, source}, [&sums](const sql::Row& row) {
                          sums = {row.i64(0), row.i64(1), row.i64(2), row.i64(3)};
                          return true;
                      }));
        return sums;
    }

    Status decide(kernel::Unit& unit, const StoreDayDecision& decision) override {
        TRY(unit.sql().write(
            "INSERT INTO store_day_decision (tenant_id, day, node_id, state, reason, figures, by_name, at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (tenant_id, day, node_id) DO UPDATE SET "
            "state = EXCLUDED.state, reason = EXCLUDED.reason, figures = EXCLUDED.figures, by_name = EXCLUDED.by_name, "
            "at = EXCLUDED.at",
            {unit.tenant(), std::int64_t{decision.day.number}, decision.node, decision.state, decision.reason,
             decision.figures, decision.by, decision.at}));
        return unit.audit({.action = decision.state == "accepted" ? "store_day.accept" : "store_day.explain",
                           .object = decision.node.str(),
                           .detail = "{\"day\":\"" + to_iso(decision.day) + "\"}",
                           .reason = decision.reason});
    }

    Result<std::vector<StoreDayDecision>> decisions(sql::Connection& sql, const TenantId& tenant, Day from,
                                                    Day to) override {
        return sql.all(
            "SELECT day, node_id, state, reason, figures, by_name, at FROM store_day_decision "
            "WHERE tenant_id = ?1 AND day >= ?2 AND day <= ?3 ORDER BY day, node_id",
            {tenant, std::int64_t{from.number}, std::int64_t{to.number}}, [](const sql::Row& row) {
                StoreDayDecision out;
                out.day = {static_cast<std::int32_t>(row.i64(0))};
                out.node = row.id<OrgNodeId>(1);
                out.state = row.txt(2);
                out.reason = row.txt(3);
                out.figures = row.txt(4);
                out.by = row.txt(5);
                out.at = row.instant(6);
                return out;
            });
    }
};

}  // namespace

Result<bool> names_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node) {
    // A decision does not hold a node: without close and orders there is nothing that it was about.
    const auto found = TRY(sql.one("SELECT 1 FROM store_day WHERE tenant_id = ?1 AND node_id = ?2 LIMIT 1",
                                   {tenant, node}, [](const sql::Row& row) { return row.i64(0); }));
    return found.has_value();
}

std::unique_ptr<StoreDays> make_store_days() { return std::make_unique<StoreDaysInRecord>(); }

}  // namespace tilth::collect
