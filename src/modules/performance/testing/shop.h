#pragma once
// For *_test.cpp files only: a retailer on a record of its own, filled through commerce and customer, with its own
// plain list of what happened. Tests compute every figure from that list again, without SQL, and compare.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernel/testing/fixture.h"
#include "modules/customer/referral/api.h"
#include "modules/performance/service.h"

namespace tilth::performance::testing {

inline std::vector<sql::Migration> migrations() {
    std::vector<sql::Migration> all;
    for (const auto& module : {org::org_module(), customer::customer_module(), commerce::commerce_module()}) {
        all.insert(all.end(), module.migrations.begin(), module.migrations.end());
    }
    return all;
}

struct Buyer {
    CustomerId id;
    std::size_t person = 0;  // the place of the first buyer of its person
    bool known = true;
    bool member = false;
    int home = 0;  // place in nodes
    Instant first_seen;
};

struct Sale {
    commerce::OrderKind kind = commerce::OrderKind::Sale;
    int buyer = -1;  // place in buyers; -1: nobody known
    int node = -1;   // place in nodes; -1: none
    Instant at;
    std::int64_t net = 0;
    int pieces = 1;
    std::string source = "till";
    std::string channel = "till";
    std::string product = "SKU";
    bool gone = false;
};

class Shop {
public:
    explicit Shop(sql::Engine engine) : kernel(engine, migrations()) {
        org = org::make_org(*kernel);
        MUST(org->reload());
        customers = customer::make_customers(*kernel);
        orders = commerce::make_orders(*kernel, *org, *customers);
        audience::define_rfm_settings(kernel->settings);
        performance = make_performance(*kernel, *org, *customers, *orders);
        service = static_cast<PerformanceService*>(performance.get());
        org::NewTenant wanted;
        wanted.name = "Test";
        wanted.zone = "Asia/Shanghai";
        wanted.business_day_cutoff_min = 240;
        tenant = MUST(org->create_tenant(wanted)).tenant;
        kernel.caller().as_staff({"overview.read", "metric.read", "customer.read", "customer.export"});
        kernel.caller().context.tenant = tenant;
        make_nodes();
    }

    kernel::Context context() { return kernel::Context::system(tenant, kernel.clock().now()); }
    template <class T>
    T made(const std::function<Result<T>(kernel::Unit&)>& fn) {
        return MUST(kernel.record().write<T>(context(), fn));
    }

    // 0 is the root; 1 and 2 its regions; 3 and 4 stores of the first, 5 of the second.
    void make_nodes() {
        nodes = {org->root(tenant)};
        const auto add = [this](org::NodeKind kind, const char* code, std::size_t parent) {
            nodes.push_back(made<OrgNodeId>([&](kernel::Unit& unit) {
                return org->ensure_node(unit, kind, code, std::string("Node ") + code, nodes[parent]);
            }));
        };
        add(org::NodeKind::Region, "north", 0);
        add(org::NodeKind::Region, "south", 0);
        add(org::NodeKind::Store, "n1", 1);
        add(org::NodeKind::Store, "n2", 1);
        add(org::NodeKind::Store, "s1", 2);
    }
    static std::set<int> below(int node) {
        switch (node) {
            case 0: return {-1, 0, 1, 2, 3, 4, 5};  // the root holds what has no node, too
            case 1: return {1, 3, 4};
            case 2: return {2, 5};
            default: return {node};
        }
    }

    int add_buyer(customer::IdentityKind kind, int home, Instant at) {
        const std::string key = "key" + std::to_string(buyers.size());
        const std::string value = kind == customer::IdentityKind::Email ? key + "@example.com" : key;
        customer::Sighting sighting;
        sighting.claims = {MUST(customer::make_claim(kernel->vault, tenant, kind, value))};
        sighting.at = at;
        sighting.source = "till";
        sighting.home_node = nodes[static_cast<std::size_t>(home)];
        const auto found =
            made<customer::Resolution>([&](kernel::Unit& unit) { return customers->resolve(unit, sighting); });
        buyers.push_back(
            {found.customer, buyers.size(), customer::is_strong(kind), kind == customer::IdentityKind::Card, home, at});
        return static_cast<int>(buyers.size()) - 1;
    }
    void refer(std::size_t brought, std::size_t bringer) {
        if (buyers[brought].person == buyers[bringer].person) return;
        made<bool>([&](kernel::Unit& unit) -> Result<bool> {
            TRY(customer::refer(*customers, unit, buyers[brought].id, buyers[bringer].id, customer::kByHand));
            return true;
        });
        referrals[brought] = bringer;
    }
    std::int64_t join(std::size_t a, std::size_t b) {
        const auto link = made<std::int64_t>(
            [&](kernel::Unit& unit) { return customers->merge(unit, buyers[a].id, buyers[b].id, "the same person"); });
        const std::size_t low = std::min(buyers[a].person, buyers[b].person);
        const std::size_t high = std::max(buyers[a].person, buyers[b].person);
        const bool known = buyers[low].known || buyers[high].known;
        for (Buyer& buyer : buyers) {
            if (buyer.person == high) buyer.person = low;
            if (buyer.person == low) buyer.known = known;
        }
        return link;
    }

    commerce::OrderInput input_of(const Sale& sale, std::size_t place) const {
        commerce::OrderInput input;
        input.number = "no" + std::to_string(place);
        input.kind = sale.kind;
        input.channel = sale.channel;
        input.paid_at = sale.at;
        input.source = sale.source;
        if (sale.buyer >= 0) input.customer = buyers[static_cast<std::size_t>(sale.buyer)].id;
        if (sale.node >= 0) input.node = nodes[static_cast<std::size_t>(sale.node)];
        commerce::OrderLine line;
        line.fingerprint[0] = 1;
        line.sku = sale.product;
        line.quantity = Quantity::pieces(sale.kind == commerce::OrderKind::Return ? -sale.pieces : sale.pieces);
        line.amount_minor = sale.net;
        input.lines = {line};
        return input;
    }
    // In the order given, some hundred in one unit.
    void add_sales(const std::vector<Sale>& fresh) {
        made<bool>([&](kernel::Unit& unit) -> Result<bool> {
            for (std::size_t i = 0; i < fresh.size(); ++i)
                TRY(orders->apply(unit, input_of(fresh[i], sales.size() + i)));
            return true;
        });
        sales.insert(sales.end(), fresh.begin(), fresh.end());
    }

    // Some hundred orders over 500 days, of members, others, cookies and nobody; returns, adjustments, equal moments.
    void fill(std::uint64_t seed, int buyer_count, int sale_count) {
        SeededRng rng(seed);
        const auto pick = [&rng](std::uint64_t bound) { return static_cast<int>(rng.below(bound)); };
        const Instant end = kernel.clock().now();
        const auto moment = [&] { return end - minutes(static_cast<std::int64_t>(rng.below(500 * 24 * 60))); };
        for (int i = 0; i < buyer_count; ++i) {
            const int kind = pick(10);
            const auto identity = kind < 5   ? customer::IdentityKind::Card
                                  : kind < 9 ? customer::IdentityKind::Email
                                             : customer::IdentityKind::Anonymous;
            add_buyer(identity, pick(6), moment());
        }
        SeededRng other(seed + 1);
        for (int i = 1; i < buyer_count; i += 2)
            refer(static_cast<std::size_t>(i), other.below(static_cast<std::uint64_t>(buyer_count)));
        std::vector<Sale> fresh;
        for (int i = 0; i < sale_count; ++i) {
            Sale sale;
            const int kind = pick(20);
            sale.kind = kind < 16   ? commerce::OrderKind::Sale
                        : kind < 19 ? commerce::OrderKind::Return
                                    : commerce::OrderKind::Adjustment;
            // Few buyers buy often.
            const auto all = static_cast<std::uint64_t>(buyer_count);
            sale.buyer = pick(5) == 0 ? -1 : std::min(pick(all), pick(all));
            sale.node = pick(12) == 0 ? -1 : pick(6);
            sale.at = pick(6) == 0 && !fresh.empty() ? fresh.back().at : moment();
            sale.net =
                static_cast<std::int64_t>(rng.below(50'000)) * (sale.kind == commerce::OrderKind::Return ? -1 : 1);
            sale.pieces = 1 + pick(4);
            sale.source = pick(9) == 0 ? "import:imp_1" : "till";
            if (pick(3) == 0) sale.channel = "shop";
            sale.product = "SKU" + std::to_string(pick(4));
            fresh.push_back(sale);
        }
        add_sales(fresh);
    }
    void take_back(const std::string& source) {
        for (std::int64_t gone = 1; gone > 0;) {
            gone = made<std::int64_t>([&](kernel::Unit& unit) { return orders->take_back(unit, source, 100); });
        }
        for (Sale& sale : sales) sale.gone = sale.gone || sale.source == source;
    }

    Day day_of(Instant at) const { return org->calendar(tenant).day_of(at); }

    kernel::testing::TestKernel kernel;
    std::unique_ptr<org::Org> org;
    std::unique_ptr<customer::Customers> customers;
    std::unique_ptr<commerce::Orders> orders;
    std::unique_ptr<Performance> performance;
    PerformanceService* service = nullptr;
    TenantId tenant;
    std::vector<OrgNodeId> nodes;
    std::vector<Buyer> buyers;
    std::map<std::size_t, std::size_t> referrals;  // who was brought, by whom
    std::vector<Sale> sales;
};

}  // namespace tilth::performance::testing
