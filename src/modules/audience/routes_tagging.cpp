// Tagging people by hand, taking it back, and what one person belongs to.

#include "modules/audience/service.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

struct Chosen {
    std::vector<CustomerId> customers;
    std::int64_t outside = 0;
};

// Oldest customers of the people meant whom the caller may see; each once.
Result<Chosen> chosen(AudienceService& service, Unit& unit, const Assign& request) {
    Chosen out;
    std::vector<CustomerId> meant;
    if (request.segment.has_value() == request.customers.has_value()) {
        return Error::invalid("customers", "one_of", "指定客户或一个人群", "name customers or one segment",
                              "填写 customers 或 segment", "fill in customers or segment");
    }
    if (request.customers) meant.assign(request.customers->begin(), request.customers->end());
    std::set<std::uint32_t> seen;
    TRY(service.engine().read(unit.tenant(), [&](const Memory& memory, Instant) -> Status {
        if (request.segment) {
            const sets::Bitmap* members = memory.members_of(*request.segment);
            if (members == nullptr) return {ErrorCode::NotFound, "segment"};
            if (members->size() > 5'000)
                return {ErrorCode::LimitExceeded, "one batch tags at most 5,000 people: use a rule"};
            for (const std::uint32_t person : members->to_vector()) meant.push_back(memory.customer_of(person));
        }
        for (const CustomerId& customer : meant) {
            const auto person = memory.person_of(customer);
            if (!person || !memory.sees(*unit.context().scope, *person)) {
                ++out.outside;
            } else if (seen.insert(*person).second) {
                out.customers.push_back(memory.customer_of(*person));
            }
        }
        return ok();
    }));
    return out;
}

Result<Definition> manual_tag(Unit& unit, const SetId& id) {
    Definition tag = TRY(need(unit.sql(), unit.tenant(), id, Family::Tag));
    if (tag.archived_at) return Error(ErrorCode::Conflict, "the tag is archived");
    if (tag.mode() == Mode::Live) return Error(ErrorCode::Conflict, "a rule decides who has this tag");
    return tag;
}

// Of an exclusive group a person has one tag: the others go, in the same batch, so that undoing brings them back.
Status make_room(AudienceService& service, Unit& unit, const Definition& tag, const std::vector<CustomerId>& people,
                 std::int64_t batch) {
    if (!tag.group) return ok();
    const auto groups = TRY(store::groups(unit.sql(), unit.tenant()));
    const bool exclusive = std::any_of(groups.begin(), groups.end(),
                                       [&](const Group& one) { return one.id == *tag.group && one.exclusive; });
    if (!exclusive) return ok();
    for (const Definition& other : TRY(store::definitions(unit.sql(), unit.tenant()))) {
        if (other.id == tag.id || other.group != tag.group || other.archived_at) continue;
        for (const CustomerId& customer : people) {
            const auto person = service.customers().person_of(unit.tenant(), customer);
            if (!person) continue;
            for (const CustomerId& one :
                 service.customers().customers_of(unit.tenant(), person->ordinal, person->known))
                TRY(store::unassign(unit, other.id, one, batch));
        }
    }
    return ok();
}

Status keep(Unit& unit, const store::Batch& batch) {
    TRY(store::insert(unit, batch));
    return unit.audit({.action = batch.removes ? "audience.untag" : "audience.tag",
                       .object = batch.set.str(),
                       .detail = json::Value::object({{"batch", batch.number}, {"people", batch.people}}).print()});
}

Result<Assigned> tag_people(AudienceService& service, Unit& unit, const Assign& request) {
    const Definition tag = TRY(manual_tag(unit, request.id));
    const Chosen people = TRY(chosen(service, unit, request));
    const std::int64_t batch = unit.next_number("audience_batch");
    TRY(make_room(service, unit, tag, people.customers, batch));
    store::Hand hand{{}, unit.now(), unit.context().actor.name, std::nullopt};
    if (tag.life_days) hand.expires_at = unit.now() + days(*tag.life_days);
    std::int64_t put = 0;
    for (const CustomerId& customer : people.customers) {
        hand.customer = customer;
        put += TRY(store::assign(unit, tag.id, hand, batch)) ? 1 : 0;
    }
    TRY(keep(unit, {batch, tag.id, false, unit.context().actor.id, put, std::nullopt}));
    return Assigned{batch, put, people.outside};
}

Result<Assigned> untag_people(AudienceService& service, Unit& unit, const Assign& request) {
    const Definition tag = TRY(manual_tag(unit, request.id));
    const Chosen people = TRY(chosen(service, unit, request));
    const std::int64_t batch = unit.next_number("audience_batch");
    std::int64_t taken = 0;
    for (const CustomerId& customer : people.customers) {
        const auto person = service.customers().person_of(unit.tenant(), customer);
        if (!person) continue;
        bool had = false;
        for (const CustomerId& one : service.customers().customers_of(unit.tenant(), person->ordinal, person->known))
            had = TRY(store::unassign(unit, tag.id, one, batch)) || had;
        taken += had ? 1 : 0;
    }
    TRY(keep(unit, {batch, tag.id, true, unit.context().actor.id, taken, std::nullopt}));
    return Assigned{batch, taken, people.outside};
}

// Who did it, or who keeps the tags, may take it back.
Result<Assigned> undo_batch(Unit& unit, const BatchKey& key) {
    const auto batch = TRY(store::batch(unit.sql(), unit.tenant(), key.batch));
    if (!batch) return Error(ErrorCode::NotFound, "batch");
    const bool own = batch->actor == unit.context().actor.id;
    if (!own && !unit.context().may(kWrite)) return Error(ErrorCode::NotFound, "batch");
    if (batch->undone_at) return Error(ErrorCode::Conflict, "it is taken back already");
    const std::int64_t rows = TRY(store::undo(unit, *batch));
    TRY(unit.audit({.action = "audience.tag_undo",
                    .object = batch->set.str(),
                    .detail = json::Value::object({{"batch", batch->number}, {"rows", rows}}).print()}));
    return Assigned{batch->number, rows, 0};
}

Result<Belongings> belongings(AudienceService& service, View& view, const CustomerAsked& asked) {
    Belongings out;
    std::vector<CustomerId> customers;
    const auto all = TRY(store::definitions(view.sql(), view.tenant()));
    const auto groups = TRY(store::groups(view.sql(), view.tenant()));
    std::vector<Definition> in;
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
        const auto person = memory.person_of(asked.id);
        if (!person || !memory.sees(*view.context().scope, *person)) return {ErrorCode::NotFound, "customer"};
        customers = memory.customers_of(*person);
        for (const Definition& one : all) {
            if (one.family == Family::Stage) continue;  // lifecycle/ says them with their way
            const sets::Bitmap* members = memory.members_of(one.id);
            if (members == nullptr || !members->contains(*person)) continue;
            in.push_back(one);
            Belonging& item = out.items.emplace_back();
            item.reasons = memory.conditions(one.id, *person, view.now());
        }
        return ok();
    }));
    for (std::size_t i = 0; i < in.size(); ++i) {
        Belonging& item = out.items[i];
        item.id = in[i].id;
        item.name = in[i].name;
        item.family = in[i].family;
        item.tag_class = in[i].tag_class;
        item.mode = in[i].mode();
        item.source = "rule";
        for (const Group& group : groups) {
            if (in[i].group == group.id) item.group_name = group.name;
        }
        item.since = TRY(store::since(view.sql(), view.tenant(), in[i].id, customers.front())).value_or(view.now());
        if (item.mode == Mode::Live) continue;
        if (const auto hand = TRY(store::hand_of(view.sql(), view.tenant(), in[i].id, customers))) {
            item.since = hand->at;
            item.expires_at = hand->expires_at;
            item.source = hand->actor;
        }
    }
    return out;
}

}  // namespace

void add_tagging_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.command<Assign, Assigned>(
        Method::Post, "/api/v1/tags/{id}/people", kTag,
        [&service](Unit& unit, const Assign& request) { return tag_people(service, unit, request); },
        {.zh = "打标签", .en = "Tag people", .rows = {"TAG-03"}, .tag = "audience"});
    api.command<Assign, Assigned>(
        Method::Post, "/api/v1/tags/{id}/people/remove", kTag,
        [&service](Unit& unit, const Assign& request) { return untag_people(service, unit, request); },
        {.zh = "去标签", .en = "Take a tag away", .rows = {"TAG-03"}, .tag = "audience"});
    api.command<BatchKey, Assigned>(
        Method::Post, "/api/v1/tag-batches/{batch}/undo", kTag, undo_batch,
        {.zh = "撤销一次打标签", .en = "Take a batch of tagging back", .rows = {"TAG-03"}, .tag = "audience"});
    api.query<CustomerAsked, Belongings>(
        Method::Get, "/api/v1/customers/{id}/audience", kCustomerRead,
        [&service](View& view, const CustomerAsked& asked) { return belongings(service, view, asked); },
        {.zh = "客户的人群与标签", .en = "Segments and tags of one person", .rows = {"TAG-01"}, .tag = "audience"});
}

}  // namespace tilth::audience
