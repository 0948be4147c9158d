#include <algorithm>
#include <map>

#include "base/text.h"
#include "modules/customer/faces.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"

namespace tilth::customer {

std::optional<Person> CustomersService::person_of(const TenantId& tenant, const CustomerId& customer) const {
    const TenantState* const state = find_state(tenant);
    return state == nullptr ? std::nullopt : state->map.person_of(customer, sight());
}

std::vector<CustomerId> CustomersService::customers_of(const TenantId& tenant, std::uint32_t ordinal,
                                                       bool known) const {
    const TenantState* const state = find_state(tenant);
    return state == nullptr ? std::vector<CustomerId>{} : state->map.customers_of(ordinal, known, sight());
}

std::vector<CustomerId> CustomersService::whole_person(const TenantId& tenant, const CustomerId& customer) const {
    const TenantState* const state = find_state(tenant);
    return state == nullptr ? std::vector<CustomerId>{} : state->map.customers_of(customer, sight());
}

std::optional<CustomerId> CustomersService::find(const TenantId& tenant, const Claim& claim) const {
    const TenantState* const state = find_state(tenant);
    if (state == nullptr) return std::nullopt;
    Claim now = claim;
    if (!renew(tenant, now)) return std::nullopt;
    const KeyState key = state->map.holder(now.index, sight()).state;
    return key.number == 0 ? std::nullopt : state->map.id_of(key.customer, sight());
}

std::int64_t CustomersService::people(const TenantId& tenant, bool known) const {
    const TenantState* const state = find_state(tenant);
    return state == nullptr ? 0 : state->map.people(known);
}

std::vector<CustomerId> CustomersService::search(const TenantId& tenant, std::string_view text) {
    std::vector<CustomerId> found;
    const auto add = [&](const std::optional<CustomerId>& customer) {
        if (customer && std::find(found.begin(), found.end(), *customer) == found.end()) found.push_back(*customer);
    };
    if (const auto id = CustomerId::parse(text); id && person_of(tenant, *id)) add(*id);
    for (const IdentityKind kind :
         {IdentityKind::Phone, IdentityKind::Email, IdentityKind::Card, IdentityKind::CustomId, IdentityKind::UnionId,
          IdentityKind::OpenId, IdentityKind::ExternalUserId, IdentityKind::BuyerId, IdentityKind::Device,
          IdentityKind::Anonymous}) {
        const auto claim = make_claim(kernel_.vault, tenant, kind, text);
        if (claim) add(find(tenant, *claim));
    }
    return found;
}

Result<std::string> CustomersService::state_hash(sql::Connection& sql, const TenantId& tenant) {
    return store::hash(sql, tenant);
}

Result<std::vector<Customers::Dimension>> CustomersService::changed_since(sql::Connection& sql, const TenantId& tenant,
                                                                          std::int64_t change_no, int limit) {
    std::vector<Dimension> dimensions;
    const TenantState* const state = find_state(tenant);
    if (state == nullptr) return dimensions;
    // A commit is in the tables a moment before it is in memory: what memory does not have yet comes with the next
    // call.
    const auto rows = TRY(store::changes(sql, tenant, change_no, state->map.change_no(), limit));
    dimensions.reserve(rows.size());
    for (const store::ChangeRow& row : rows) {
        Dimension dimension;
        dimension.change_no = row.change_no;
        dimension.customer = row.customer;
        const auto person = state->map.person_of(row.customer, Sight::Published);
        dimension.removed = row.removed || !person;
        if (!dimension.removed) {
            dimension.person_ordinal = person->ordinal;
            dimension.known = person->known;
            dimension.member = row.member;
            dimension.home_node = row.home_node;
            dimension.first_seen = row.first_seen;
            dimension.referrer = row.referrer;
        }
        dimensions.push_back(dimension);
    }
    return dimensions;
}

Result<std::vector<Customers::Face>> CustomersService::faces(sql::Connection& sql, const TenantId& tenant,
                                                             const std::vector<CustomerId>& customers) {
    std::vector<Face> faces;
    std::vector<CustomerId> everybody;
    std::vector<std::size_t> last;   // end of each one's customers in `everybody`
    for (const CustomerId& customer : customers) {
        const auto person = whole_person(tenant, customer);
        everybody.insert(everybody.end(), person.begin(), person.end());
        last.push_back(everybody.size());
    }
    const auto values = TRY(kernel_.vault.open_many(sql, tenant, everybody));
    std::size_t at = 0;
    for (std::size_t i = 0; i < customers.size(); ++i) {
        Face face;
        face.customer = customers[i];
        FaceBuilder builder;
        for (; at < last[i]; ++at) TRY(builder.add(sql, tenant, everybody[at], values[at]));
        builder.fill(face);
        faces.push_back(std::move(face));
    }
    return faces;
}

// ---- Proof ----

namespace {

struct Plain {
    std::uint32_t ordinal = 0;
    CustomerId leader;
    Instant first_seen;
    bool known = false;
    bool phone = false;
    bool member = false;
    bool homed = false;
    bool imported = false;
    bool operator==(const Plain&) const = default;
};

std::map<CustomerId, Plain> plain(const IdentityMap& map) {
    std::map<CustomerId, Plain> customers;
    for (const auto& [place, state] : map.all()) {
        const auto leader = map.id_of(state.leader, Sight::Published);
        customers[state.id] = {state.ordinal, leader.value_or(CustomerId{}), state.first_seen, state.known,
                               state.phone,   state.member,                  state.homed,
                               state.imported};
    }
    return customers;
}

}  // namespace

Status CustomersService::verify(sql::Connection& sql, const TenantId& tenant) {
    const auto fresh = TRY(store::load(sql, tenant));
    static const IdentityMap empty;
    const TenantState* const state = find_state(tenant);
    const IdentityMap& memory = state == nullptr ? empty : state->map;
    if (memory.keys() != fresh->map.keys()) {
        return Error(ErrorCode::Corrupt, "keys: memory has " + std::to_string(memory.keys()) + ", the tables " +
                                             std::to_string(fresh->map.keys()));
    }
    const auto here = plain(memory);
    const auto there = plain(fresh->map);
    if (here.size() != there.size()) return Error(ErrorCode::Corrupt, "another number of customers in memory");
    for (const auto& [id, expected] : there) {
        const auto found = here.find(id);
        if (found == here.end() || found->second != expected) {
            return Error(ErrorCode::Corrupt, "memory differs from the tables: " + id.str());
        }
    }
    std::int64_t wrong = 0;
    TRY(sql.query("SELECT blind, number, kind FROM identity_index WHERE tenant_id = ?1 ORDER BY kind, blind", {tenant},
                  [&](const sql::Row& row) {
                      Bytes16 blind{};
                      const std::string_view raw = row.bin(0);
                      std::copy(raw.begin(), raw.end(), blind.begin());
                      const KeyState a = memory.key(blind, Sight::Published);
                      const KeyState b = fresh->map.key(blind, Sight::Published);
                      const bool same = a.number == b.number && memory.id_of(a.customer, Sight::Published) ==
                                                                    fresh->map.id_of(b.customer, Sight::Published);
                      if (!same) wrong = row.i64(1);
                      return same;
                  }));
    return wrong == 0 ? ok()
                      : Status(ErrorCode::Corrupt, "memory differs from the tables: identity " + std::to_string(wrong));
}

}  // namespace tilth::customer
