// Pages of people and of changes; the same for segments and tags.

#include <limits>

#include "modules/audience/service.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

std::vector<std::string> strings(const json::Value& list) {
    std::vector<std::string> out;
    for (const auto& one : list.items()) out.emplace_back(one.str());
    return out;
}

}  // namespace

Result<PeoplePage> people_page(AudienceService& service, kernel::View& view, const PageOfSet& asked, Family family) {
    const Definition set = TRY(need(view.sql(), view.tenant(), asked.id, family));
    std::optional<CustomerId> after;
    if (asked.cursor) {
        const auto parts = TRY(kernel::decode_cursor(asked.cursor->str(), 1));
        after = TRY(CustomerId::parse(parts[0]));
    }
    const auto rows = static_cast<std::size_t>(kernel::page_rows(asked.limit));
    PeoplePage page;
    std::vector<store::Member> shown;
    std::vector<std::vector<Condition>> reasons;
    bool more = true;
    while (more && shown.size() <= rows) {
        const int asked_rows = static_cast<int>(rows) + 1;
        const auto some = TRY(store::members_after(view.sql(), view.tenant(), set.id, after, asked_rows));
        more = some.size() > rows;
        TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
            for (const store::Member& one : some) {
                if (shown.size() > rows) break;
                after = one.customer;
                const auto person = memory.person_of(one.customer);
                if (!person || !memory.sees(*view.context().scope, *person)) continue;
                shown.push_back(one);
                reasons.push_back(memory.conditions(set.id, *person, view.now()));
            }
            return ok();
        }));
    }
    if (shown.size() > rows) {
        shown.resize(rows);
        page.next = kernel::encode_cursor({shown.back().customer.str()});
    }
    std::vector<CustomerId> ids;
    for (const store::Member& one : shown) ids.push_back(one.customer);
    page.items = TRY(service.faces(view.sql(), view.tenant(), ids));
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        page.items[i].since = shown[i].since;
        page.items[i].reasons = std::move(reasons[i]);
    }
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
        const sets::Bitmap* members = memory.members_of(set.id);
        if (members == nullptr) return ok();
        sets::Bitmap seen = *members;
        if (!view.context().scope->all) seen &= memory.visible(*view.context().scope);
        page.total.value = static_cast<std::int64_t>(seen.size());
        return ok();
    }));
    return page;
}

Result<ChangePage> change_page(AudienceService& service, kernel::View& view, const PageOfSet& asked, Family family) {
    const Definition set = TRY(need(view.sql(), view.tenant(), asked.id, family));
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    if (asked.cursor) {
        const auto parts = TRY(kernel::decode_cursor(asked.cursor->str(), 1));
        before = TRY(parse_decimal(parts[0], 0));
    }
    const auto rows = static_cast<std::size_t>(kernel::page_rows(asked.limit));
    auto found = TRY(store::changes_before(view.sql(), view.tenant(), set.id, before, static_cast<int>(rows) + 1));
    ChangePage page;
    const bool more = found.size() > rows;
    if (more) {
        found.resize(rows);
        page.next = kernel::encode_cursor({std::to_string(found.back().number)});
    }
    std::vector<store::Change> shown;
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) -> Status {
        for (auto& one : found) {
            const auto person = memory.person_of(one.what.customer);
            if (view.context().scope->all || (person && memory.sees(*view.context().scope, *person)))
                shown.push_back(std::move(one));
        }
        return ok();
    }));
    std::vector<CustomerId> ids;
    for (const auto& one : shown) ids.push_back(one.what.customer);
    const auto faces = TRY(service.faces(view.sql(), view.tenant(), ids));
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto because = json::Value::parse(shown[i].because).value_or(json::Value());
        page.items.push_back({shown[i].number, shown[i].what.customer, faces[i].name_masked, shown[i].what.entered,
                              shown[i].what.at, shown[i].what.cause, strings(because["zh"]), strings(because["en"])});
    }
    page.total = {static_cast<std::int64_t>(page.items.size()),
                  more || asked.cursor ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
    return page;
}

Result<SetSizes> sizes_of(kernel::View& view, const SetKey& key, Family family) {
    TRY(need(view.sql(), view.tenant(), key.id, family));
    // Sums over everybody: for those who see everybody.
    if (!view.context().scope->all) return SetSizes{};
    return SetSizes{TRY(store::sizes(view.sql(), view.tenant(), key.id))};
}

}  // namespace tilth::audience
