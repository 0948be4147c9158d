#include "modules/performance/projection/projection.h"

#include <algorithm>

#include "modules/performance/projection/schema.h"
#include "platform/log/log.h"

namespace tilth::performance {

namespace {

using columns::Cell;

constexpr int kBatchRows = 10'000;

Cell blob(std::string_view bytes) { return std::string(bytes); }

// One thread a question: a second one doubles the cost of these short questions (measured), and several are asked at
// the same time anyway.
columns::Options options_of(const std::string& path) {
    columns::Options options;
    options.path = path;
    if (!path.empty()) options.temp_directory = path + ".tmp";
    options.threads = 1;
    return options;
}

// The calendar as text: rows counted by another one are of no use.
std::string text_of(const BusinessCalendar& calendar) {
    return calendar.zone.name() + "+" + std::to_string(calendar.cutoff.ms);
}

bool same(const std::vector<org::OrgNode>& a, const std::vector<org::OrgNode>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const org::OrgNode& x, const org::OrgNode& y) {
        return x.id == y.id && x.parent == y.parent && x.kind == y.kind && x.code == y.code && x.name == y.name;
    });
}

}  // namespace

Projection::Projection(Feeds feeds, files::FileSystem& files, std::string path)
    : feeds_(feeds), files_(files), path_(std::move(path)) {}

// ---- The file ----

Status Projection::make() {
    if (!path_.empty()) {
        TRY(files_.remove(path_));
        TRY(files_.remove(path_ + ".wal"));
    }
    std::shared_ptr<columns::Columns> made = TRY(columns::open(options_of(path_)));
    TRY(made->run(kCreateTables));
    const Cell version = std::int64_t{kProjectionVersion};
    TRY(made->run("INSERT INTO projection VALUES (?)", {&version, 1}));
    const std::lock_guard lock(mutex_);
    columns_ = std::move(made);
    followers_.clear();
    return ok();
}

// False when the file holds something else than this version's tables.
Result<bool> Projection::load() {
    std::shared_ptr<columns::Columns> opened = TRY(columns::open(options_of(path_)));
    const auto version = opened->query("SELECT version FROM projection");
    if (!version || version->rows.size() != 1 || version->rows[0][0] != Cell(std::int64_t{kProjectionVersion}))
        return false;
    std::map<TenantId, Follower> found;
    std::map<std::int64_t, TenantId> numbers;
    const auto tenants = TRY(opened->query("SELECT no, tenant, calendar, orders_no, customers_no FROM tenant"));
    for (const auto& row : tenants.rows) {
        const auto id = TenantId::from_raw(std::get<std::string>(row[1]));
        Follower& follower = found[id];
        follower.number = static_cast<std::int32_t>(std::get<std::int64_t>(row[0]));
        follower.calendar = std::get<std::string>(row[2]);
        follower.position = {std::get<std::int64_t>(row[3]), std::get<std::int64_t>(row[4])};
        numbers[follower.number] = id;
    }
    for (const auto& row : TRY(opened->query("SELECT tenant, no, node FROM node")).rows) {
        const auto owner = numbers.find(std::get<std::int64_t>(row[0]));
        if (owner == numbers.end()) return false;
        found[owner->second].nodes[OrgNodeId::from_raw(std::get<std::string>(row[2]))] =
            static_cast<std::int32_t>(std::get<std::int64_t>(row[1]));
    }
    std::map<std::int64_t, std::shared_ptr<Terms>> terms;
    for (const auto& row : TRY(opened->query("SELECT tenant, cut, no, key FROM term")).rows) {
        auto& of_tenant = terms[std::get<std::int64_t>(row[0])];
        if (!of_tenant) of_tenant = std::make_shared<Terms>();
        of_tenant->at(static_cast<std::size_t>(std::get<std::int64_t>(row[1])))[std::get<std::string>(row[3])] =
            static_cast<std::int32_t>(std::get<std::int64_t>(row[2]));
    }
    for (auto& [number, of_tenant] : terms) {
        const auto owner = numbers.find(number);
        if (owner == numbers.end()) return false;
        found[owner->second].terms = std::move(of_tenant);
    }
    const std::lock_guard lock(mutex_);
    columns_ = std::move(opened);
    followers_ = std::move(found);
    return true;
}

Status Projection::open() {
    if (columns_) return ok();
    if (!closing_.expired()) return Error(ErrorCode::Unavailable, "the projection is being closed");
    if (path_.empty() || !TRY(files_.exists(path_))) return make();
    const auto loaded = load();
    if (loaded && *loaded) return ok();
    const bool foreign = !loaded && loaded.error().code == ErrorCode::Conflict;
    if (foreign) return loaded.error();
    log::warn("projection.derived_again",
              {{"reason", loaded ? std::string("another version") : std::string(info(loaded.error().code).name)}});
    return make();
}

void Projection::close(const Error& why) {
    log::warn("projection.closed", {{"code", info(why.code).name}, {"detail", why.detail}});
    const std::lock_guard lock(mutex_);
    closing_ = columns_;
    columns_.reset();
    followers_.clear();
}

// ---- Following ----

Status Projection::catch_up() {
    const std::lock_guard writing(writing_);
    TRY(open());
    auto status = follow_all();
    // After these the engine refuses everything until it is opened again.
    if (!status && (status.error().code == ErrorCode::Internal || status.error().code == ErrorCode::Corrupt)) {
        close(status.error());
    }
    return status;
}

Status Projection::follow_all() {
    for (const org::Tenant& tenant : feeds_.org.tenants()) TRY(follow(tenant.id));
    return ok();
}

Status Projection::rebuild() {
    const std::lock_guard writing(writing_);
    TRY(open());
    for (const org::Tenant& tenant : feeds_.org.tenants()) {
        Follower next = TRY(follower(tenant.id));
        next.ready = false;
        publish(tenant.id, next);
        TRY(in_transaction([&] { return forget(next); }));
        publish(tenant.id, next);
    }
    TRY(columns_->run("CHECKPOINT"));
    return follow_all();
}

Result<Projection::Follower> Projection::follower(const TenantId& tenant) {
    const auto found = followers_.find(tenant);
    return found != followers_.end() ? Result<Follower>(found->second) : new_follower(tenant);
}

Result<Projection::Follower> Projection::new_follower(const TenantId& tenant) {
    Follower next;
    for (const auto& [id, other] : followers_) next.number = std::max(next.number, other.number);
    ++next.number;
    next.calendar = text_of(feeds_.org.calendar(tenant));
    const Cell row[] = {std::int64_t{next.number}, blob(tenant.raw()), next.calendar};
    TRY(columns_->run("INSERT INTO tenant VALUES (?, ?, ?, 0, 0)", row));
    publish(tenant, next);
    return next;
}

// A record that was restored may stand before the projection; a tenant may count its days anew. Both begin at zero.
Status Projection::check(const TenantId& tenant, Follower& follower) {
    const std::string calendar = text_of(feeds_.org.calendar(tenant));
    const bool ahead = !follower.checked && TRY(is_ahead(tenant, follower.position));
    follower.checked = true;
    if (follower.calendar == calendar && !ahead) return ok();
    log::info("projection.tenant_derived_again", {{"tenant", tenant.str()}, {"ahead", ahead}});
    follower.calendar = calendar;
    follower.ready = false;
    publish(tenant, follower);
    return in_transaction([&] { return forget(follower); });
}

// The last change of a feed always has a row, so a position that the record has reached finds one.
Result<bool> Projection::is_ahead(const TenantId& tenant, const Position& position) {
    const auto context = kernel::Context::system(tenant, feeds_.record.clock().now());
    return feeds_.record.read<bool>(context, [&](kernel::View& view) -> Result<bool> {
        if (position.orders > 0 &&
            TRY(feeds_.orders.changed_since(view.sql(), tenant, position.orders - 1, 1)).empty()) {
            return true;
        }
        return position.customers > 0 &&
               TRY(feeds_.customers.changed_since(view.sql(), tenant, position.customers - 1, 1))
        .empty();
    });
}

Status Projection::follow(const TenantId& tenant) {
    Follower next = TRY(follower(tenant));
    TRY(check(tenant, next));
    for (;;) {
        const Instant asked = feeds_.record.clock().now();
        const Batch batch = TRY(read(tenant, next.position));
        const bool new_tree = !same(next.tree, feeds_.org.nodes(tenant));
        if (!batch.customers.empty() || !batch.orders.empty() || new_tree) {
            TRY(in_transaction([&] { return write_batch(tenant, next, batch); }));
        }
        next.as_of = asked;
        next.ready = next.ready || (batch.customers.empty() && batch.orders.empty());
        publish(tenant, next);
        if (batch.customers.empty() && batch.orders.empty()) return ok();
    }
}

// Customers before orders, of one snapshot: an order's customer is there when the order is.
Result<Projection::Batch> Projection::read(const TenantId& tenant, const Position& position) {
    const auto context = kernel::Context::system(tenant, feeds_.record.clock().now());
    return feeds_.record.read<Batch>(context, [&](kernel::View& view) -> Result<Batch> {
        Batch batch;
        batch.customers = TRY(feeds_.customers.changed_since(view.sql(), tenant, position.customers, kBatchRows));
        if (batch.customers.size() < kBatchRows) {
            batch.orders = TRY(feeds_.orders.changed_since(view.sql(), tenant, position.orders, kBatchRows));
        }
        if (!batch.orders.empty()) {
            batch.sold =
                TRY(feeds_.orders.sold_in(view.sql(), tenant, position.orders, batch.orders.back().change_no));
        }
        return batch;
    });
}

void Projection::publish(const TenantId& tenant, const Follower& follower) {
    const std::lock_guard lock(mutex_);
    followers_[tenant] = follower;
}

// ---- Writing ----

Status Projection::in_transaction(const std::function<Status()>& work) {
    TRY(columns_->begin());
    auto status = work();
    if (status) status = columns_->commit();
    if (!status) columns_->rollback();
    return status;
}

Status Projection::write_batch(const TenantId& tenant, Follower& follower, const Batch& batch) {
    const BusinessCalendar calendar = feeds_.org.calendar(tenant);
    TRY(write_tree(tenant, follower));
    if (!batch.customers.empty()) TRY(write_customers(follower, calendar, batch));
    if (!batch.orders.empty()) TRY(write_orders(follower, calendar, batch));
    return write_position(follower);
}

Status Projection::append_node(Appender& to, Follower& follower, const Node& node) {
    if (node) {
        to.i32(TRY(ensure_node(follower, *node)));
    } else {
        to.null();
    }
    return ok();
}

Status Projection::write_customers(Follower& follower, const BusinessCalendar& calendar, const Batch& batch) {
    auto rows = TRY(columns_->append_to("customers_in"));
    for (const auto& change : batch.customers) {
        rows->i32(follower.number);
        rows->blob(change.customer.raw());
        rows->i64(person_key(change.person_ordinal, change.known));
        rows->flag(change.known);
        rows->flag(change.member);
        TRY(append_node(*rows, follower, change.home_node));
        rows->i64(change.first_seen.ms);
        rows->i32(change.removed ? 0 : calendar.day_of(change.first_seen).number);
        if (change.referrer) {
            rows->blob(change.referrer->raw());
        } else {
            rows->null();
        }
        rows->i64(change.change_no);
        rows->flag(change.removed);
        TRY(rows->end_row());
    }
    TRY(rows->flush());
    follower.position.customers = batch.customers.back().change_no;
    return merge_in("customers", "customer");
}

Status Projection::write_orders(Follower& follower, const BusinessCalendar& calendar, const Batch& batch) {
    TRY(write_terms(follower, batch));
    const auto& [channels, guides, products] = *follower.terms;
    auto rows = TRY(columns_->append_to("orders_in"));
    for (const auto& change : batch.orders) {
        const commerce::OrderView& order = change.order;
        rows->i32(follower.number);
        rows->blob(order.id.raw());
        if (order.customer) {
            rows->blob(order.customer->raw());
        } else {
            rows->null();
        }
        rows->i32(static_cast<std::int32_t>(order.kind));
        rows->i32(channels.find(order.channel)->second);
        if (order.staff) {
            rows->i32(guides.find(order.staff->str())->second);
        } else {
            rows->null();
        }
        rows->i64(order.paid_at.ms);
        rows->i32(change.removed ? 0 : calendar.day_of(order.paid_at).number);
        TRY(append_node(*rows, follower, order.node));
        rows->i64(order.net_minor);
        rows->i64(change.items.milli);
        rows->i64(order.lines);
        rows->i64(change.change_no);
        rows->flag(change.removed);
        TRY(rows->end_row());
    }
    TRY(rows->flush());
    follower.position.orders = batch.orders.back().change_no;
    TRY(write_lines(follower, batch));
    return merge_in("orders", "order_id");
}

// Before the orders are merged in: what came says whose lines are replaced.
Status Projection::write_lines(const Follower& follower, const Batch& batch) {
    const auto& products = follower.terms->at(static_cast<std::size_t>(Cut::Product));
    auto rows = TRY(columns_->append_to("lines_in"));
    for (const commerce::Orders::Sold& sold : batch.sold) {
        rows->i32(follower.number);
        rows->blob(sold.order.raw());
        rows->i32(products.find(sold.product)->second);
        rows->i64(sold.net_minor);
        rows->i64(sold.items.milli);
        TRY(rows->end_row());
    }
    TRY(rows->flush());
    TRY(columns_->run("DELETE FROM lines WHERE tenant = (SELECT MIN(tenant) FROM orders_in) AND order_id IN "
                      "(SELECT order_id FROM orders_in)"));
    TRY(columns_->run("INSERT INTO lines SELECT * FROM lines_in"));
    return columns_->run("DELETE FROM lines_in");
}

// Numbers what the batch names for the first time.
Status Projection::write_terms(Follower& follower, const Batch& batch) {
    auto terms = std::make_shared<Terms>(*follower.terms);
    auto rows = TRY(columns_->append_to("term"));
    bool any = false;
    const auto add = [&](Cut cut, const std::string& key, const std::string& name) -> Status {
        auto& of_cut = terms->at(static_cast<std::size_t>(cut));
        const auto [at, fresh] = of_cut.try_emplace(key, static_cast<std::int32_t>(of_cut.size() + 1));
        if (!fresh) return ok();
        any = true;
        rows->i32(follower.number);
        rows->i32(static_cast<std::int32_t>(cut));
        rows->i32(at->second);
        rows->text(key);
        rows->text(name);
        return rows->end_row();
    };
    for (const auto& change : batch.orders) {
        TRY(add(Cut::Channel, change.order.channel, change.order.channel));
        if (change.order.staff) TRY(add(Cut::Guide, change.order.staff->str(), change.order.guide_code));
    }
    for (const commerce::Orders::Sold& sold : batch.sold) TRY(add(Cut::Product, sold.product, sold.name));
    TRY(rows->flush());
    if (any) follower.terms = std::move(terms);
    return ok();
}

// Replaces the rows of the keys that came, and empties what came. A feed may name a key several times in one batch: the
// last word counts.
Status Projection::merge_in(std::string_view table, std::string_view key) {
    const std::string to(table);
    const std::string in = to + "_in";
    TRY(columns_->run("DELETE FROM " + to + " WHERE tenant = (SELECT MIN(tenant) FROM " + in + ") AND " +
                      std::string(key) + " IN (SELECT " + std::string(key) + " FROM " + in + ")"));
    TRY(columns_->run("INSERT INTO " + to + " SELECT * EXCLUDE (removed) FROM (SELECT * FROM " + in +
                      " QUALIFY ROW_NUMBER() OVER (PARTITION BY " + std::string(key) +
                      " ORDER BY change_no DESC) = 1) WHERE NOT removed"));
    return columns_->run("DELETE FROM " + in);
}

Result<std::int32_t> Projection::ensure_node(Follower& follower, const OrgNodeId& node) {
    const auto [at, fresh] = follower.nodes.try_emplace(node, static_cast<std::int32_t>(follower.nodes.size() + 1));
    if (!fresh) return at->second;
    const Cell row[] = {std::int64_t{follower.number}, std::int64_t{at->second}, blob(node.raw())};
    TRY(columns_->run("INSERT INTO node VALUES (?, ?, ?, NULL, 0, '', '')", row));
    return at->second;
}

// A node that a row names may not be in org's memory yet; its words come with a later batch.
Status Projection::write_tree(const TenantId& tenant, Follower& follower) {
    auto tree = feeds_.org.nodes(tenant);
    if (same(tree, follower.tree)) return ok();
    for (const org::OrgNode& node : tree) {
        const Cell row[] = {std::int64_t{TRY(ensure_node(follower, node.id))},
                            std::int64_t{follower.number},
                            node.parent ? blob(node.parent->raw()) : Cell(),
                            std::int64_t{static_cast<int>(node.kind)},
                            node.code,
                            node.name};
        TRY(columns_->run("UPDATE node SET parent = $3, kind = $4, code = $5, name = $6 WHERE tenant = $2 AND no = $1",
                          row));
    }
    // A node that went with an import keeps its number, and loses its words and its place.
    for (const org::OrgNode& gone : follower.tree) {
        const auto is_same = [&](const org::OrgNode& node) { return node.id == gone.id; };
        if (std::any_of(tree.begin(), tree.end(), is_same)) continue;
        const Cell row[] = {std::int64_t{TRY(ensure_node(follower, gone.id))}, std::int64_t{follower.number}};
        TRY(columns_->run("UPDATE node SET parent = NULL, kind = 0, code = '', name = '' WHERE tenant = $2 AND no = $1",
                          row));
    }
    follower.tree = std::move(tree);
    return ok();
}

Status Projection::write_position(const Follower& follower) {
    const Cell row[] = {follower.calendar, follower.position.orders, follower.position.customers,
                        std::int64_t{follower.number}};
    return columns_->run("UPDATE tenant SET calendar = ?, orders_no = ?, customers_no = ? WHERE no = ?", row);
}

Status Projection::forget(Follower& follower) {
    const Cell number = std::int64_t{follower.number};
    TRY(columns_->run("DELETE FROM orders WHERE tenant = ?", {&number, 1}));
    TRY(columns_->run("DELETE FROM lines WHERE tenant = ?", {&number, 1}));
    TRY(columns_->run("DELETE FROM term WHERE tenant = ?", {&number, 1}));
    TRY(columns_->run("DELETE FROM customers WHERE tenant = ?", {&number, 1}));
    TRY(columns_->run("DELETE FROM node WHERE tenant = ?", {&number, 1}));
    follower.position = {};
    follower.nodes.clear();
    follower.terms = std::make_shared<const Terms>();
    follower.tree.clear();
    return write_position(follower);
}

// ---- Questions ----

Result<Source> Projection::source(const TenantId& tenant) const {
    const std::lock_guard lock(mutex_);
    const auto found = followers_.find(tenant);
    if (!columns_ || found == followers_.end() || !found->second.ready) {
        return Error(ErrorCode::Unavailable, "the projection is being derived");
    }
    return Source{columns_, found->second.number, found->second.position, found->second.as_of};
}

NodeSet Projection::node_set(const TenantId& tenant, const std::vector<OrgNodeId>& nodes) const {
    NodeSet set{.all = false, .numbers = {}};
    const std::lock_guard lock(mutex_);
    const auto found = followers_.find(tenant);
    if (found == followers_.end()) return set;
    for (const OrgNodeId& node : nodes) {
        const auto number = found->second.nodes.find(node);
        if (number != found->second.nodes.end()) set.numbers.push_back(number->second);
    }
    return set;
}

std::int32_t Projection::term_of(const TenantId& tenant, Cut cut, std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto found = followers_.find(tenant);
    if (found == followers_.end()) return kNoTerm;
    const auto& terms = found->second.terms->at(static_cast<std::size_t>(cut));
    const auto term = terms.find(key);
    return term == terms.end() ? kNoTerm : term->second;
}

std::optional<std::int32_t> Projection::number_of(const TenantId& tenant, const OrgNodeId& node) const {
    const NodeSet set = node_set(tenant, {node});
    if (set.numbers.empty()) return std::nullopt;
    return set.numbers.front();
}

}  // namespace tilth::performance
