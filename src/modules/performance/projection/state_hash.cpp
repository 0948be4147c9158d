// The hash over a tenant's rows, with nodes and terms as what they stand for: the same for the same rows, in whatever
// order they came. One pass a table: the status page asks for it, too.

#include "modules/performance/projection/projection.h"
#include "platform/crypto/crypto.h"

namespace tilth::performance {

namespace {

using columns::Cell;

constexpr std::string_view kOrders =
    "hash(o.order_id, o.customer, o.kind, c.key, g.key, o.paid_at, o.day, n.node, o.net, o.items, o.lines, o.change_no)"
    " AS h FROM orders o LEFT JOIN node n ON n.tenant = o.tenant AND n.no = o.node "
    "LEFT JOIN term c ON c.tenant = o.tenant AND c.cut = 0 AND c.no = o.channel "
    "LEFT JOIN term g ON g.tenant = o.tenant AND g.cut = 1 AND g.no = o.guide WHERE o.tenant = ?";
constexpr std::string_view kLines =
    "hash(l.order_id, t.key, l.net, l.items) AS h FROM lines l "
    "LEFT JOIN term t ON t.tenant = l.tenant AND t.cut = 2 AND t.no = l.product WHERE l.tenant = ?";
constexpr std::string_view kCustomers =
    "hash(c.customer, c.person, c.known, c.member, n.node, c.first_seen, c.since, c.referrer, c.change_no) AS h "
    "FROM customers c LEFT JOIN node n ON n.tenant = c.tenant AND n.no = c.home WHERE c.tenant = ?";

// Count, exclusive or and sum of the rows' hashes do not depend on the rows' order.
Status add_rows(columns::Columns& columns, std::int32_t tenant, std::string_view rows, crypto::Hasher& hasher) {
    const Cell number = std::int64_t{tenant};
    const auto sums = TRY(columns.query("SELECT COUNT(*) || ' ' || COALESCE(bit_xor(h), 0) || ' ' || "
                                        "COALESCE(SUM(CAST(h AS HUGEINT)), 0) FROM (SELECT " +
                                            std::string(rows) + ")",
                                        {&number, 1}));
    hasher.add(std::get<std::string>(sums.rows.at(0).at(0)));
    return ok();
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
    return ProjectionState{follower.position.orders, follower.position.customers, TRY(hash_of(follower)),
                           follower.as_of};
}

}  // namespace tilth::performance
