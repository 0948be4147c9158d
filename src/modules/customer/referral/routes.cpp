// Who brought whom, over HTTP.
#include <set>

#include "kernel/api/page.h"
#include "modules/customer/portrait.h"
#include "modules/customer/referral/api.h"
#include "modules/customer/routes.h"
#include "modules/customer/views.h"

namespace tilth::customer {

struct ReferralPerson {
    CustomerId customer;  // the person's oldest
    std::string name_masked;
};
API_STRUCT(ReferralPerson, (customer, name_masked))
struct ReferralView {
    std::optional<ReferralPerson> referrer;  // absent too when out of scope
    bool by_hand = false;
    std::int64_t count = 0;                // people whom this one brought, at most 200
    std::vector<ReferralPerson> brought;   // those within scope
};
API_STRUCT(ReferralView, (referrer, by_hand, count, brought))
struct ReferralChange {
    CustomerId id;
    std::optional<CustomerId> referrer;  // absent: what was said by hand goes, and files speak again
    Reason reason;
};
API_STRUCT(ReferralChange, (id, referrer, reason))

namespace {

using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr int kBroughtMax = 200;

class ReferralRoutes {
public:
    explicit ReferralRoutes(CustomersService& customers) : customers_(customers) {}

    Result<ReferralView> show(View& view, const CustomerKey& key) const {
        const auto person = customers_.whole_person(view.tenant(), key.id);
        TRY(check_scope(view.sql(), view.context(), person));
        ReferralView reply;
        for (const CustomerId& one : person) {
            const auto referrer = TRY(referrer_of(view.sql(), view.tenant(), one));
            if (!referrer) continue;
            const auto face = TRY(face_of(view, *referrer));
            if (face && face->customer == person.front()) continue;
            reply.referrer = face;
            reply.by_hand = TRY(by_hand(view, one));
            break;
        }
        std::set<CustomerId> seen;
        for (const CustomerId& one : TRY(brought_by(view.sql(), view.tenant(), person, kBroughtMax))) {
            const auto whole = customers_.whole_person(view.tenant(), one);
            if (whole.empty() || whole.front() == person.front() || !seen.insert(whole.front()).second) continue;
            ++reply.count;
            if (auto face = TRY(face_of(view, one))) reply.brought.push_back(std::move(*face));
        }
        return reply;
    }

    Result<None> change(Unit& unit, const ReferralChange& request) const {
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), request.id)));
        if (request.referrer) {
            TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), *request.referrer)));
            TRY(refer(customers_, unit, request.id, *request.referrer, kByHand));
        } else {
            TRY(unrefer(customers_, unit, request.id, kByHand));
        }
        TRY(unit.audit({.action = "customer.referral", .object = request.id.str(),
                        .reason = std::string(request.reason.str())}));
        return None{};
    }

private:
    // Nothing when gone, or not the caller's to see.
    Result<std::optional<ReferralPerson>> face_of(View& view, const CustomerId& customer) const {
        const auto portrait = look_at(customers_, view, customer);
        if (!portrait && portrait.error().code == ErrorCode::NotFound) return std::nullopt;
        if (!portrait) return portrait.error();
        return ReferralPerson{portrait->customers.front(), portrait->face.name_masked()};
    }
    static Result<bool> by_hand(View& view, const CustomerId& customer) {
        const auto found = TRY(view.sql().one(
            "SELECT 1 FROM customer_referral WHERE tenant_id = ?1 AND customer_id = ?2 AND source = ?3",
            {view.tenant(), customer, kByHand}, [](const sql::Row& row) { return row.i64(0); }));
        return found.has_value();
    }

    CustomersService& customers_;
};

}  // namespace

void add_referral_routes(CustomersService& customers) {
    kernel::Api& api = customers.kernel().api;
    const auto routes = std::make_shared<ReferralRoutes>(customers);
    api.query<CustomerKey, ReferralView>(
        Method::Get, "/api/v1/customers/{id}/referral", kRead,
        [routes](View& view, const CustomerKey& key) { return routes->show(view, key); },
        {.zh = "推荐关系：谁推荐来的，推荐了谁", .en = "Who brought this person, and whom it brought", .rows = {"LIF-05"},
         .tag = "customer"});
    api.command<ReferralChange, None>(
        Method::Put, "/api/v1/customers/{id}/referral", kWrite,
        [routes](Unit& unit, const ReferralChange& request) { return routes->change(unit, request); },
        {.zh = "指定或清除推荐人", .en = "Say who brought this person, or leave it to the files", .rows = {"LIF-05"},
         .tag = "customer"});
}

}  // namespace tilth::customer
