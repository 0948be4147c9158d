// Conflicts: pairs that shared a strong key and were not joined. People decide; the decision is a line that another one
// takes back.
#include "base/text.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "modules/customer/store_conflicts.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

Status note(kernel::Unit& unit, std::int64_t conflict, std::string_view outcome, std::int64_t link,
            std::string_view reason) {
    TRY(store::insert_decision(unit, conflict, outcome, link, reason));
    return unit.audit({.action = "customer.conflict." + std::string(outcome),
                       .object = "conflict:" + std::to_string(conflict),
                       .detail = json::Value::object({{"link", link}}).print(),
                       .reason = std::string(reason)});
}

}  // namespace

Result<std::int64_t> CustomersService::decide_conflict(kernel::Unit& unit, std::int64_t conflict, bool merge_them,
                                                       std::string_view reason) {
    const auto found = TRY(store::conflict(unit.sql(), unit.tenant(), conflict));
    if (!found) return Error(ErrorCode::NotFound, "conflict");
    if (found->decided()) return Error(ErrorCode::Conflict, "the conflict is decided already");
    if (merge_them) {
        const std::int64_t link = TRY(merge(unit, found->a, found->b, reason));
        TRY(note(unit, conflict, "merge", link, reason));
        return link;
    }
    TenantState& state = state_of(unit.tenant());
    const Place a = state.map.place_of(found->a, Sight::Writer);
    const Place b = state.map.place_of(found->b, Sight::Writer);
    if (a == kNobody || b == kNobody) return Error(ErrorCode::NotFound, "customer");
    if (state.map.same_person(a, b)) return Error(ErrorCode::Conflict, "the two are one person already");
    state.enlist(unit);
    state.conflicts.keep_apart(a, b, true);
    TRY(note(unit, conflict, "apart", 0, reason));
    return std::int64_t{0};
}

Status CustomersService::reopen_conflict(kernel::Unit& unit, std::int64_t conflict, std::string_view reason) {
    const auto found = TRY(store::conflict(unit.sql(), unit.tenant(), conflict));
    if (!found) return Error(ErrorCode::NotFound, "conflict");
    if (!found->decided()) return Error(ErrorCode::Conflict, "the conflict is open");
    TenantState& state = state_of(unit.tenant());
    if (found->outcome == "merge") {
        const LinkFact* const link = state.links.find(found->link);
        // The link may have been undone on the customer's page: then only the decision is left to take back.
        if (link != nullptr && link->state == LinkState::Active) TRY(unmerge(unit, found->link, reason));
    } else {
        state.enlist(unit);
        state.conflicts.keep_apart(state.map.place_of(found->a, Sight::Writer),
                                   state.map.place_of(found->b, Sight::Writer), false);
    }
    return note(unit, conflict, "reopened", 0, reason);
}

}  // namespace tilth::customer
