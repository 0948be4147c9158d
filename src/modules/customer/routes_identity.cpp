#include <limits>

#include "modules/customer/detach/api.h"
#include "modules/customer/portrait.h"
#include "modules/customer/routes.h"
#include "modules/customer/store_conflicts.h"
#include "modules/customer/views_identity.h"

namespace tilth::customer {

namespace {

using kernel::Method;
using kernel::None;
using kernel::Page;
using kernel::Unit;
using kernel::View;

KindRule rule_of(const RuleInput& input) {
    KindRule rule{input.joins, static_cast<std::uint8_t>(input.per_person.value()), {}};
    for (const auto& pattern : input.blocked) rule.blocked.push_back(pattern.str());
    return rule;
}

ConflictCause cause_of(std::string_view stored) {
    for (const ConflictCause cause : {ConflictCause::KeptApart, ConflictCause::Limit}) {
        if (name(cause) == stored) return cause;
    }
    return ConflictCause::TwoPhones;
}

class IdentityRoutes {
public:
    explicit IdentityRoutes(CustomersService& customers) : customers_(customers) {}

    Result<RulesView> rules(View& view, const None&) {
        const KindRules rules = TRY(customers_.rules_of(view.sql(), view.tenant()));
        const KindRules usual = default_rules();
        RulesView reply;
        for (std::size_t kind = 0; kind < kKinds; ++kind) {
            reply.items.push_back({static_cast<IdentityKind>(kind), rules[kind].joins, rules[kind].per_person,
                                   rules[kind].blocked, rules[kind] == usual[kind]});
        }
        return reply;
    }

    Result<None> set_rule(Unit& unit, const RuleInput& input) {
        TRY(customers_.set_rule(unit, input.kind, rule_of(input)));
        return None{};
    }

    Result<TrialView> try_rule(View& view, const RuleInput& input) {
        const auto trial = TRY(customers_.try_rule(view.sql(), view.tenant(), input.kind, rule_of(input)));
        return TrialView{trial.links,      trial.links_undone, trial.conflicts,
                         trial.links_made, trial.identities,   trial.blocked};
    }

    Result<Page<ConflictView>> conflicts(View& view, const ListConflicts& request) {
        std::int64_t before = std::numeric_limits<std::int64_t>::max();
        if (request.cursor) {
            const auto parts = TRY(kernel::decode_cursor(request.cursor->str(), 1));
            before = std::strtoll(parts[0].c_str(), nullptr, 10);
        }
        const std::int64_t limit = kernel::page_rows(request.limit);
        const bool decided = request.state.value_or(ConflictState::Open) == ConflictState::Decided;
        const auto rows = TRY(store::conflicts(view.sql(), view.tenant(), decided, before, limit + 1));
        Page<ConflictView> reply;
        for (const store::ConflictRow& row : rows) {
            if (static_cast<std::int64_t>(reply.items.size()) == limit) break;
            auto item = one(view, row);
            if (!item && item.error().code == ErrorCode::NotFound) continue;   // outside the caller's scope
            if (!item) return item.error();
            if (!decided && item->sides.size() < 2) continue;                  // settled on the customer's page
            reply.items.push_back(std::move(*item));
        }
        if (static_cast<std::int64_t>(rows.size()) > limit) {
            const std::string last = std::to_string(rows[static_cast<std::size_t>(limit) - 1].number);
            reply.next = kernel::encode_cursor({last});
        }
        reply.total = {static_cast<std::int64_t>(reply.items.size()),
                       reply.next ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
        return reply;
    }

    Result<ConflictDecided> decide(Unit& unit, const DecideConflict& request) {
        TRY(check(unit, request.number.value()));
        const std::int64_t link = TRY(customers_.decide_conflict(
            unit, request.number.value(), request.outcome == Outcome::Merge, request.reason.str()));
        ConflictDecided reply;
        if (link != 0) reply.link = link;
        return reply;
    }

    Result<None> reopen(Unit& unit, const ReopenConflict& request) {
        TRY(check(unit, request.number.value()));
        TRY(customers_.reopen_conflict(unit, request.number.value(), request.reason.str()));
        return None{};
    }

    Result<DetachedView> sever(Unit& unit, const DetachIdentity& request) {
        const auto number = static_cast<IdentityNumber>(request.number.value());
        const auto holder = TRY(holder_of(unit.sql(), unit.tenant(), number));
        if (!holder) return Error(ErrorCode::NotFound, "identity");
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), *holder)));
        const Detachment done = TRY(detach(customers_, unit, number, request.reason.str()));
        return DetachedView{done.from, done.to, done.link};
    }

private:
    Result<ConflictView> one(View& view, const store::ConflictRow& row) {
        ConflictView item{row.number, cause_of(row.cause), row.rule, row.source, row.at, {}, {}, {}, {}, {}, {}};
        const Portrait a = TRY(look_at(customers_, view, row.a));
        const Portrait b = TRY(look_at(customers_, view, row.b));
        item.sides.push_back(match_view(a));
        if (a.customers.front() != b.customers.front()) item.sides.push_back(match_view(b));
        item.evidence = TRY(store::evidence_of_conflict(view.sql(), view.tenant(), row.number));
        if (row.decided()) {
            item.outcome = row.outcome;
            item.reason = row.reason;
            item.decided_by = row.actor;
            item.decided_at = row.decided_at;
        }
        return item;
    }

    // Both sides lie within the caller's scope.
    Status check(Unit& unit, std::int64_t number) {
        const auto row = TRY(store::conflict(unit.sql(), unit.tenant(), number));
        if (!row) return Error(ErrorCode::NotFound, "conflict");
        for (const CustomerId& side : {row->a, row->b}) {
            TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), side)));
        }
        return ok();
    }

    CustomersService& customers_;
};

}  // namespace

void add_identity_routes(CustomersService& customers) {
    kernel::Api& api = customers.kernel().api;
    const auto routes = std::make_shared<IdentityRoutes>(customers);
    api.query<None, RulesView>(
        Method::Get, "/api/v1/identity-rules", kRead,
        [routes](View& view, const None& request) { return routes->rules(view, request); },
        {.zh = "身份规则", .en = "Rules of identity kinds", .rows = {"CDP-02"}, .tag = "customer"});
    api.command<RuleInput, None>(
        Method::Put, "/api/v1/identity-rules", kRules,
        [routes](Unit& unit, const RuleInput& request) { return routes->set_rule(unit, request); },
        {.zh = "修改身份规则", .en = "Change the rule of a kind", .rows = {"CDP-02"}, .tag = "customer"});
    api.query<RuleInput, TrialView>(
        Method::Post, "/api/v1/identity-rules/try", kRules,
        [routes](View& view, const RuleInput& request) { return routes->try_rule(view, request); },
        {.zh = "用历史数据试算身份规则", .en = "Try a rule on history", .rows = {"CDP-02"}, .tag = "customer"});
    api.query<ListConflicts, Page<ConflictView>>(
        Method::Get, "/api/v1/identity-conflicts", kRead,
        [routes](View& view, const ListConflicts& request) { return routes->conflicts(view, request); },
        {.zh = "身份冲突队列", .en = "Conflicts of identities", .rows = {"CDP-02"}, .tag = "customer"});
    api.command<DecideConflict, ConflictDecided>(
        Method::Post, "/api/v1/identity-conflicts/{number}/decide", kMerge,
        [routes](Unit& unit, const DecideConflict& request) { return routes->decide(unit, request); },
        {.zh = "处理身份冲突", .en = "Decide a conflict", .rows = {"CDP-02"}, .tag = "customer"});
    api.command<ReopenConflict, None>(
        Method::Post, "/api/v1/identity-conflicts/{number}/reopen", kMerge,
        [routes](Unit& unit, const ReopenConflict& request) { return routes->reopen(unit, request); },
        {.zh = "撤销对冲突的处理", .en = "Take a decision back", .rows = {"CDP-02"}, .tag = "customer"});
    api.command<DetachIdentity, DetachedView>(
        Method::Post, "/api/v1/identities/{number}/detach", kMerge,
        [routes](Unit& unit, const DetachIdentity& request) { return routes->sever(unit, request); },
        {.zh = "解除标识与客户的绑定",
         .en = "Sever a key from its customer",
         .rows = {"CDP-02", "MEM-29"},
         .tag = "customer"});
}

}  // namespace tilth::customer
