#include "modules/customer/detach/api.h"

#include <algorithm>
#include <map>
#include <set>

#include "modules/customer/privacy.h"
#include "modules/customer/resolver.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

struct Words {
    std::string_view source;
    std::string_view reason;
    UndoCause cause = UndoCause::ByHand;
    Instant at;
};

struct Held {
    IdentityNumber number = 0;
    IdentityKind kind = IdentityKind::Anonymous;
    CustomerId customer;
};

// One key's way from one customer to a new one, within a unit.
class Severing {
public:
    Severing(kernel::Unit& unit, kernel::Vault& vault, TenantState& state)
        : unit_(unit), vault_(vault), state_(state) {}

    // The whole way of one key, with its line in the ledger.
    Result<Detachment> run(const Held& held, const Words& words) {
        const Place from = state_.map.place_of(held.customer, Sight::Writer);
        INVARIANT(from != kNobody, "a key's customer is there");
        state_.enlist(unit_);
        const Place to = TRY(start(held, words));
        TRY(move(held, to));
        const std::int64_t link = TRY(enter(from, to, words, held.number));
        TRY(log_changes(unit_, state_, std::move(moved_)));
        return Detachment{held.customer, state_.map.state(to).id, link};
    }

    // The customer that the key goes to.
    Result<Place> start(const Held& held, const Words& words) {
        source_ = TRY(source_number(unit_, state_, words.source));
        return make(held, words.at);
    }
    Status move(const Held& held, Place to) {
        const auto blind = TRY(store::blind_of(unit_.sql(), unit_.tenant(), held.number));
        if (!blind) return Error(ErrorCode::NotFound, "identity");
        TRY(move_key(held, *blind, to));
        TRY(settle(state_.map.place_of(held.customer, Sight::Writer)));
        return settle(to);
    }
    // What the ledger shows of it: a link that was made and undone.
    Result<std::int64_t> enter(Place from, Place to, const Words& words, IdentityNumber number) {
        const IdentityNumber evidence[] = {number};
        const std::int64_t link =
            TRY(make_link(unit_, state_, {from, to}, {kDetachRule, source_, words.reason, evidence}, moved_));
        const LinkFact* const fact = state_.links.find(link);
        INVARIANT(fact != nullptr, "the link was made just now");
        TRY(undo_link(unit_, state_, LinkFact(*fact), words.cause, words.reason, moved_));
        moved_.push_back(from);
        moved_.push_back(to);
        return link;
    }
    Status see(const Sighting& sighting) {
        TRY(resolve_bound(unit_, vault_, state_, sighting));
        return ok();
    }
    std::vector<Place> moved() { return std::move(moved_); }

private:
    Result<Place> make(const Held& held, Instant at) {
        CustomerState state;
        state.id = unit_.new_id<CustomerId>();
        state.known = is_strong(held.kind);
        state.phone = held.kind == IdentityKind::Phone;
        state.member = held.kind == IdentityKind::Card;
        state.ordinal =
            static_cast<std::uint32_t>(unit_.next_number(state.known ? "person_known" : "person_anonymous"));
        state.first_seen = at;
        TRY(store::insert(unit_, store::NewCustomer{state, std::nullopt, source_}));
        return state_.map.add(state);
    }

    Status move_key(const Held& held, const Bytes16& blind, Place to) {
        const CustomerId customer = state_.map.state(to).id;
        KeyState key = state_.map.key(blind, Sight::Writer);
        INVARIANT(key.number == held.number, "the map and the index name the same identity");
        key.customer = to;
        state_.map.set_key(blind, key);
        TRY(unit_.sql().write("UPDATE identity SET customer_id = ?3 WHERE tenant_id = ?1 AND number = ?2",
                              {unit_.tenant(), static_cast<std::int64_t>(held.number), customer}));
        if (!is_kept(held.kind)) return ok();
        const std::string field = vault_field(held.kind, held.number);
        for (kernel::VaultValue& value : TRY(vault_.open(unit_.sql(), unit_.tenant(), held.customer))) {
            if (value.field != field) continue;
            TRY(vault_.put(unit_, customer, {value}));
            return vault_.remove(unit_, held.customer, field);
        }
        return ok();
    }

    // What the keys that it has now make of the customer. Who was known stays known: orders and their people know who
    // it was.
    Status settle(Place place) {
        const CustomerState before = state_.map.state(place);
        const auto kinds = TRY(store::kinds_of(unit_.sql(), unit_.tenant(), before.id));
        state_.declared.erase(place);
        const auto has = [&](IdentityKind kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); };
        CustomerState after = before;
        after.phone = has(IdentityKind::Phone);
        after.member = has(IdentityKind::Card);
        after.known = before.known || std::any_of(kinds.begin(), kinds.end(), is_strong);
        if (after == before) return ok();
        if (after.known != before.known) after.ordinal = static_cast<std::uint32_t>(unit_.next_number("person_known"));
        const std::vector<Place> moved = state_.map.change(place, after);
        moved_.insert(moved_.end(), moved.begin(), moved.end());
        return store::update(unit_, after);
    }

    kernel::Unit& unit_;
    kernel::Vault& vault_;
    TenantState& state_;
    std::uint32_t source_ = 0;
    std::vector<Place> moved_;
};

// A person falls in two where an unbinding cut it: one side is what still stands with the key.
class Parting {
public:
    Parting(kernel::Unit& unit, kernel::Vault& vault, TenantState& state, const Words& words)
        : unit_(unit), state_(state), severing_(unit, vault, state), words_(words) {}

    Result<bool> run(IdentityNumber login, IdentityNumber key, Place place) {
        TRY(gather(place));
        TRY(follow(key));
        if (side_.contains(login) || !side_.contains(key)) return false;
        state_.enlist(unit_);
        for (const Place member : members_) (goes(member) ? going_ : staying_).push_back(member);
        const std::vector<LinkFact> cut = crossing();
        const std::uint32_t by_hand = state_.sources.source("manual");
        if (std::any_of(cut.begin(), cut.end(), [&](const LinkFact& link) { return link.source == by_hand; }))
            return false;
        std::vector<Place> moved;
        for (const LinkFact& link : cut) TRY(undo_link(unit_, state_, link, words_.cause, words_.reason, moved));
        TRY(move_keys());
        TRY(knit(staying_, moved));
        TRY(knit(going_, moved));
        for (const Place one : severing_.moved()) moved.push_back(one);
        TRY(log_changes(unit_, state_, std::move(moved)));
        TRY(bind_outside());
        return true;
    }

private:
    Status gather(Place place) {
        members_ = state_.map.members(place);
        for (const Place member : members_) {
            const CustomerId customer = state_.map.state(member).id;
            for (const auto& one : TRY(store::identities(unit_.sql(), unit_.tenant(), customer))) {
                held_.emplace(one.number, Held{one.number, one.kind, customer});
                keys_of_[member].push_back(one.number);
                if (!TRY(store::bonds_of(unit_.sql(), unit_.tenant(), one.number)).empty()) bonded_.insert(one.number);
            }
        }
        return ok();
    }

    // Everything that bonds join to the key within this person.
    Status follow(IdentityNumber key) {
        std::vector<IdentityNumber> open{key};
        side_.insert(key);
        while (!open.empty()) {
            const IdentityNumber one = open.back();
            open.pop_back();
            for (const store::BondRow& row : TRY(store::bonds_of(unit_.sql(), unit_.tenant(), one))) {
                if (!row.bond.stands()) continue;
                const IdentityNumber other = row.pair.first == one ? row.pair.second : row.pair.first;
                if (!held_.contains(other)) {
                    outside_.push_back({one, other, *row.bond.bound});
                } else if (side_.insert(other).second) {
                    open.push_back(other);
                }
            }
        }
        return ok();
    }

    // A customer goes when all its keys that bonds speak of are on that side; the others stay where they are held.
    bool goes(Place member) const {
        const auto keys = keys_of_.find(member);
        if (keys == keys_of_.end()) return false;
        const auto on_side = [&](IdentityNumber key) { return side_.contains(key); };
        return std::any_of(keys->second.begin(), keys->second.end(), on_side) &&
               std::all_of(keys->second.begin(), keys->second.end(),
                           [&](IdentityNumber key) { return on_side(key) || !bonded_.contains(key); });
    }

    std::vector<LinkFact> crossing() const {
        std::vector<LinkFact> cut = state_.links.active_among(members_);
        std::erase_if(cut, [&](const LinkFact& link) { return goes(link.a) == goes(link.b); });
        return cut;
    }

    Status move_keys() {
        for (const Place member : staying_) {
            const auto keys = keys_of_.find(member);
            if (keys == keys_of_.end()) continue;
            for (const IdentityNumber number : keys->second) {
                if (!side_.contains(number)) continue;
                const Held& held = held_.at(number);
                if (going_.empty()) {
                    going_.push_back(TRY(severing_.start(held, words_)));
                    TRY(severing_.move(held, going_.front()));
                    TRY(severing_.enter(member, going_.front(), words_, number));
                } else {
                    TRY(severing_.move(held, going_.front()));
                }
            }
        }
        return ok();
    }

    // What the cut took apart on one side though it belongs together.
    Status knit(const std::vector<Place>& side, std::vector<Place>& moved) {
        for (const Place one : side) {
            if (state_.map.same_person(one, side.front())) continue;
            const std::uint32_t source = TRY(source_number(unit_, state_, words_.source));
            TRY(make_link(unit_, state_, {side.front(), one}, {kUnbindRule, source, words_.reason, {}}, moved));
        }
        return ok();
    }

    // A device that was another's till now goes to who else is bound to it.
    Status bind_outside() {
        for (const Outside& one : outside_) {
            Sighting sighting{.claims = {}, .at = one.at, .source = words_.source, .rule = "identify",
                              .home_node = std::nullopt};
            for (const IdentityNumber number : {one.key, one.other}) {
                const auto held = TRY(unit_.sql().one(
                    "SELECT kind FROM identity WHERE tenant_id = ?1 AND number = ?2",
                    {unit_.tenant(), static_cast<std::int64_t>(number)},
                    [](const sql::Row& row) { return static_cast<IdentityKind>(row.i64(0)); }));
                const auto blind = TRY(store::blind_of(unit_.sql(), unit_.tenant(), number));
                if (held && blind) sighting.claims.push_back({*held, {}, {*blind, *blind, 0}});
            }
            if (sighting.claims.size() == 2) TRY(severing_.see(sighting));
        }
        return ok();
    }

    struct Outside {
        IdentityNumber key = 0;
        IdentityNumber other = 0;
        Instant at;
    };
    kernel::Unit& unit_;
    TenantState& state_;
    Severing severing_;
    const Words& words_;
    std::vector<Place> members_;
    std::map<IdentityNumber, Held> held_;
    std::map<Place, std::vector<IdentityNumber>> keys_of_;
    std::set<IdentityNumber> bonded_;     // bound or unbound some time
    std::set<IdentityNumber> side_;       // of the key
    std::vector<Outside> outside_;
    std::vector<Place> going_;            // the first takes the keys
    std::vector<Place> staying_;
};

CustomersService& service_of(Customers& customers) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "the module's own service severs keys");
    return *service;
}

Result<std::optional<Held>> held(sql::Connection& sql, const TenantId& tenant, IdentityNumber number) {
    return sql.one("SELECT kind, customer_id FROM identity WHERE tenant_id = ?1 AND number = ?2",
                   {tenant, static_cast<std::int64_t>(number)}, [number](const sql::Row& row) {
                       return Held{number, static_cast<IdentityKind>(row.i64(0)), row.id<CustomerId>(1)};
                   });
}

}  // namespace

Result<std::optional<CustomerId>> holder_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number) {
    const auto found = TRY(held(sql, tenant, number));
    return found ? std::optional(found->customer) : std::nullopt;
}

Result<Detachment> detach(Customers& customers, kernel::Unit& unit, IdentityNumber number, std::string_view reason) {
    const auto found = TRY(held(unit.sql(), unit.tenant(), number));
    if (!found) return Error(ErrorCode::NotFound, "identity");
    CustomersService& service = service_of(customers);
    const Detachment done = TRY(Severing(unit, service.kernel().vault, service.writers_state(unit))
                                    .run(*found, {"manual", reason, UndoCause::ByHand, unit.now()}));
    TRY(unit.audit(
        {.action = "customer.detach",
         .object = done.from.str(),
         .detail = json::Value::object(
                       {{"identity", static_cast<std::int64_t>(number)}, {"to", done.to.str()}, {"link", done.link}})
                       .print(),
         .reason = std::string(reason)}));
    return done;
}

Result<std::int64_t> unbind(Customers& customers, kernel::Unit& unit, const Claim& login, std::span<const Claim> keys,
                            std::string_view source, Instant at) {
    CustomersService& service = service_of(customers);
    TenantState& state = service.writers_state(unit);
    const Words words{source, "unbind", UndoCause::SourceTakenBack, at};
    const auto number_of = [&](const Claim& claim) -> Result<IdentityNumber> {
        const IdentityNumber known = state.map.holder(claim.index, Sight::Writer).state.number;
        if (known != 0) return known;
        const Sighting alone{.claims = {claim}, .at = at, .source = source, .home_node = std::nullopt};
        return TRY(customers.resolve(unit, alone)).identity;
    };
    Claim by = login;
    TRY(service.renew(unit.tenant(), by));
    const IdentityNumber own = TRY(number_of(by));
    std::int64_t gone = 0;
    for (Claim key : keys) {
        TRY(service.renew(unit.tenant(), key));
        const IdentityNumber other = TRY(number_of(key));
        if (other == own || !TRY(note_unbound(unit, state, key_pair(own, other), at))) continue;
        const Place from = state.map.holder(by.index, Sight::Writer).state.customer;
        const Place place = state.map.holder(key.index, Sight::Writer).state.customer;
        if (!state.map.same_person(from, place)) continue;
        if (TRY(Parting(unit, service.kernel().vault, state, words).run(own, other, place))) ++gone;
    }
    return gone;
}

}  // namespace tilth::customer
