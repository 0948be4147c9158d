// The hash over a tenant's rows: by id, with nodes as ids, so that it does not depend on the order in which rows came.

#include "modules/performance/projection/projection.h"
#include "platform/crypto/crypto.h"

namespace tilth::performance {

namespace {

using columns::Cell;

constexpr std::size_t kPageRows = 20'000;

constexpr std::string_view kOrders =
    "SELECT o.order_id, o.customer, o.kind, c.key, g.key, o.paid_at, o.day, n.node, o.net, o.items, o.lines, "
    "o.change_no FROM orders o LEFT JOIN node n ON n.tenant = o.tenant AND n.no = o.node "
    "LEFT JOIN term c ON c.tenant = o.tenant AND c.cut = 0 AND c.no = o.channel "
    "LEFT JOIN term g ON g.tenant = o.tenant AND g.cut = 1 AND g.no = o.guide "
    "WHERE o.tenant = ? AND o.order_id > ? ORDER BY o.order_id LIMIT ";
// An order's products in one row, so that a page never ends within an order.
constexpr std::string_view kLines =
    "SELECT l.order_id, array_to_string(list(t.key || '=' || l.net || '/' || l.items ORDER BY t.key), ';') "
    "FROM lines l JOIN term t ON t.tenant = l.tenant AND t.cut = 2 AND t.no = l.product "
    "WHERE l.tenant = ? AND l.order_id > ? GROUP BY l.order_id ORDER BY l.order_id LIMIT ";
constexpr std::string_view kCustomers =
    "SELECT c.customer, c.person, c.known, c.member, n.node, c.first_seen, c.since, c.change_no "
    "FROM customers c LEFT JOIN node n ON n.tenant = c.tenant AND n.no = c.home "
    "WHERE c.tenant = ? AND c.customer > ? ORDER BY c.customer LIMIT ";

void add(crypto::Hasher& hasher, const Cell& cell) {
    hasher.add(static_cast<std::int64_t>(cell.index()));
    if (const auto* number = std::get_if<std::int64_t>(&cell)) hasher.add(*number);
    if (const auto* text = std::get_if<std::string>(&cell)) {
        hasher.add(static_cast<std::int64_t>(text->size()));
        hasher.add(*text);
    }
}

Status add_rows(columns::Columns& columns, std::int32_t tenant, std::string_view statement, crypto::Hasher& hasher) {
    const std::string text = std::string(statement) + std::to_string(kPageRows);
    std::string after;
    for (;;) {
        const Cell params[] = {std::int64_t{tenant}, after};
        const auto page = TRY(columns.query(text, params));
        for (const auto& row : page.rows) {
            for (const Cell& cell : row) add(hasher, cell);
        }
        if (page.rows.size() < kPageRows) return ok();
        after = std::get<std::string>(page.rows.back()[0]);
    }
}

}  // namespace

Result<std::string> Projection::hash_of(const Follower& follower) {
    crypto::Hasher hasher;
    TRY(add_rows(*columns_, follower.number, kOrders, hasher));
    TRY(add_rows(*columns_, follower.number, kLines, hasher));
    TRY(add_rows(*columns_, follower.number, kCustomers, hasher));
    return crypto::hex(crypto::view(hasher.finish()));
}

Result<ProjectionState> Projection::state(const TenantId& tenant) {
    const std::lock_guard writing(writing_);
    TRY(open());
    const auto found = followers_.find(tenant);
    if (found == followers_.end()) return Error(ErrorCode::NotFound, "tenant");
    const Follower& follower = found->second;
    return ProjectionState {
        follower.position.orders, follower.position.customers, TRY(hash_of(follower))
        , follower.as_of
    };
}

}  // namespace tilth::performance
