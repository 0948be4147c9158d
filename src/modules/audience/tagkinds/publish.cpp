#include "modules/audience/tagkinds/publish.h"

#include <algorithm>

#include "platform/crypto/crypto.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Unit;
using kernel::View;

constexpr std::size_t kRowsAUnit = 2'000;
constexpr std::string_view kJoin = "·";

struct Change {
    SetId tag;
    CustomerId customer;
    bool removes = false;
};

Result<GroupId> group_of(Unit& unit, const Publication& what) {
    for (const Group& one : TRY(store::groups(unit.sql(), unit.tenant()))) {
        if (one.name != what.group) continue;
        if (!one.exclusive) return Error(ErrorCode::Conflict, "a group of that name is not exclusive");
        return one.id;
    }
    const Group made{unit.new_id<GroupId>(), what.group, true};
    TRY(store::insert(unit, made));
    return made.id;
}

// The tags by part, made where they are missing.
Result<std::vector<PublishedTag>> tags_of(Unit& unit, const Publication& what) {
    const GroupId group = TRY(group_of(unit, what));
    const auto all = TRY(store::definitions(unit.sql(), unit.tenant()));
    std::vector<PublishedTag> out;
    for (const Part& part : what.parts) {
        const std::string name = what.group + std::string(kJoin) + part.name;
        const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& one) {
            return one.family == Family::Tag && one.name == name && !one.archived_at;
        });
        const auto people = static_cast<std::int64_t>(part.people.size());
        if (found != all.end()) {
            if (found->mode() == Mode::Live || found->group != group)
                return Error(ErrorCode::Conflict, "a tag of that name is somebody else's");
            out.push_back({found->id, name, people});
            continue;
        }
        Definition one;
        one.id = unit.new_id<SetId>();
        one.family = Family::Tag;
        one.name = name;
        one.tag_class = what.tag_class;
        one.group = group;
        one.life_days = what.life_days;
        one.created_by = what.source;
        one.created_at = one.changed_at = unit.now();
        TRY(store::insert(unit, one));
        TRY(unit.audit({.action = "audience.create", .object = one.id.str()}));
        out.push_back({one.id, name, people});
    }
    return out;
}

// What differs between what stands and what is wanted. Tags of the group that this publication does not name lose all.
Result<std::vector<Change>> changes(View& view, const Publication& what, const std::vector<PublishedTag>& tags,
                                    Instant now) {
    std::vector<Change> out;
    std::map<SetId, const Part*> wanted;
    for (std::size_t i = 0; i < tags.size(); ++i) wanted[tags[i].id] = &what.parts[i];
    std::optional<GroupId> group;
    const auto all = TRY(store::definitions(view.sql(), view.tenant()));
    for (const Definition& one : all) {
        if (one.id == tags.front().id) group = one.group;
    }
    for (const Definition& one : all) {
        if (one.family != Family::Tag || one.archived_at || one.group != group) continue;
        std::set<CustomerId> has;
        TRY(view.sql().query(
            "SELECT customer_id, expires_at FROM audience_assigned WHERE tenant_id = ?1 AND set_id = ?2 AND removed = "
            "0",
            {view.tenant(), one.id}, [&](const sql::Row& row) {
                const auto until = row.opt_instant(1);
                if (!until || *until > now) has.insert(row.id<CustomerId>(0));
                return true;
            }));
        const auto found = wanted.find(one.id);
        std::set<CustomerId> want;
        if (found != wanted.end()) want.insert(found->second->people.begin(), found->second->people.end());
        for (const CustomerId& customer : has) {
            if (!want.contains(customer)) out.push_back({one.id, customer, true});
        }
        for (const CustomerId& customer : want) {
            if (what.life_days || !has.contains(customer)) out.push_back({one.id, customer, false});
        }
    }
    // Who leaves a tag leaves before anybody enters another one, so that at no moment a person has two.
    std::stable_sort(out.begin(), out.end(), [](const Change& a, const Change& b) { return a.removes > b.removes; });
    return out;
}

Status put(Unit& unit, const Publication& what, const Change& one, std::int64_t batch) {
    if (one.removes) {
        TRY(store::unassign(unit, one.tag, one.customer, batch));
        return ok();
    }
    store::Hand hand{one.customer, unit.now(), what.source, std::nullopt};
    // A tag that still stands begins its span anew.
    if (what.life_days) {
        TRY(store::unassign(unit, one.tag, one.customer, batch));
        hand.expires_at = unit.now() + days(*what.life_days);
    }
    TRY(store::assign(unit, one.tag, hand, batch));
    return ok();
}

Status write(AudienceService& service, const Context& context, const Publication& what, std::span<const Change> some) {
    Context now = context;
    now.now = service.kernel().clock.now();
    return service.kernel().record.write<void>(now, [&](Unit& unit) -> Status {
        const std::int64_t batch = unit.next_number("audience_batch");
        for (const Change& one : some) TRY(put(unit, what, one, batch));
        const auto people = static_cast<std::int64_t>(some.size());
        TRY(store::insert(unit, store::Batch{batch, some.front().tag, false, unit.context().actor.id, people, {}}));
        return unit.audit({.action = "audience.publish",
                           .object = some.front().tag.str(),
                           .detail = json::Value::object({{"batch", batch}, {"rows", people}}).print()});
    });
}

}  // namespace

Result<Published> publish(AudienceService& service, const Context& context, const Publication& what) {
    INVARIANT(!what.parts.empty(), "something is published");
    Published out;
    using Tags = std::vector<PublishedTag>;
    out.items = TRY(service.kernel().record.write<Tags>(context, [&](Unit& unit) { return tags_of(unit, what); }));
    const auto all = TRY(service.kernel().record.read<std::vector<Change>>(
        context, [&](View& view) { return changes(view, what, out.items, context.now); }));
    for (const Change& one : all) ++(one.removes ? out.taken : out.put);
    const std::span<const Change> left(all);
    for (std::size_t begin = 0; begin < left.size(); begin += kRowsAUnit)
        TRY(write(service, context, what, left.subspan(begin, std::min(kRowsAUnit, left.size() - begin))));
    service.poke();
    return out;
}

std::string fingerprint_of(const std::vector<Part>& parts) {
    crypto::Hasher hasher;
    for (const Part& part : parts) {
        std::vector<CustomerId> people = part.people;
        std::sort(people.begin(), people.end());
        hasher.add(part.name);
        for (const CustomerId& one : people) hasher.add(one.raw());
    }
    return crypto::hex(crypto::view(hasher.finish())).substr(0, 16);
}

}  // namespace tilth::audience
