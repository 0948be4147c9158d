#include "modules/audience/rfm/migration.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;

struct Span {
    Day from;
    Day to;
};

Result<Span> span_of(AudienceService& service, const Context& context, const std::optional<Day>& from,
                     const std::optional<Day>& to) {
    const Day yesterday = service.org().calendar(context.tenant).day_of(context.now) + -1;
    Span out;
    out.to = to.value_or(yesterday);
    const CivilDate civil = civil_from_day(out.to);
    out.from = from.value_or(day_from_civil({civil.year, civil.month, 1}) + -1);
    if (out.from >= out.to || out.to > yesterday) {
        return Error::invalid("to", "no_span", "截止日须在起始日之后，且已过完", "the last day lies after the first and is over",
                              "改选日期", "choose other days");
    }
    return out;
}

// The class of each scored person, by ordinal.
struct Ends {
    Memory::Scored before;
    Memory::Scored after;
    sets::Bitmap visible;
};

Result<Ends> ends_of(AudienceService& service, const Context& context, const Span& span) {
    Ends out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) {
        out.before = memory.rfm_at(span.from);
        out.after = memory.rfm_at(span.to);
        out.visible = visible_to(memory, context);
        return ok();
    }));
    return out;
}

// Calls fn(person, class before, class after) for everybody who is scored at one end at least and may be seen.
template <class Fn>
void each(const Ends& ends, const Fn& fn) {
    const auto class_of = [](const Memory::Scored& of, const RfmMeasures& one) {
        return static_cast<std::int64_t>(of.scale.class_of(of.scale.scores(one)));
    };
    auto a = ends.before.people.begin();
    auto b = ends.after.people.begin();
    while (a != ends.before.people.end() || b != ends.after.people.end()) {
        const bool first = b == ends.after.people.end() || (a != ends.before.people.end() && a->person <= b->person);
        const std::int64_t person = first ? a->person : b->person;
        std::int64_t before = kNoClass;
        std::int64_t after = kNoClass;
        if (a != ends.before.people.end() && a->person == person) before = class_of(ends.before, *a++);
        if (b != ends.after.people.end() && b->person == person) after = class_of(ends.after, *b++);
        const auto ordinal = static_cast<std::uint32_t>(person);
        if (ends.visible.contains(ordinal)) fn(ordinal, before, after);
    }
}

void count_causes(MigrationCell& cell) {
    if (cell.before == kNoClass || cell.after == kNoClass) return;
    const auto before = static_cast<RfmClass>(cell.before);
    const auto after = static_cast<RfmClass>(cell.after);
    const auto tell = [&](bool was, bool is, std::int64_t& up, std::int64_t& down) {
        if (is && !was) up = cell.people;
        if (was && !is) down = cell.people;
    };
    tell(is_high_r(before), is_high_r(after), cell.r_up, cell.r_down);
    tell(is_high_f(before), is_high_f(after), cell.f_up, cell.f_down);
    tell(is_high_m(before), is_high_m(after), cell.m_up, cell.m_down);
}

Result<Migration> migration(AudienceService& service, const Context& context, const MigrationAsked& asked) {
    const Span span = TRY(span_of(service, context, asked.from, asked.to));
    const Ends ends = TRY(ends_of(service, context, span));
    Migration out{span.from, span.to, {}, {}, 0, 0};
    for (const RfmWords& one : kRfmWords)
        out.classes.push_back({std::string(one.name), std::string(one.zh), std::string(one.en), 0, 0});
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> cells;
    each(ends, [&](std::uint32_t, std::int64_t before, std::int64_t after) {
        ++cells[{before, after}];
        ++out.people;
        if (before != kNoClass) ++out.classes[static_cast<std::size_t>(before)].before;
        if (after != kNoClass) ++out.classes[static_cast<std::size_t>(after)].after;
        if (before != kNoClass && after != kNoClass && before != after) ++out.moved;
    });
    for (const auto& [at, people] : cells) {
        MigrationCell& cell = out.cells.emplace_back();
        cell.before = at.first;
        cell.after = at.second;
        cell.people = people;
        count_causes(cell);
    }
    return out;
}

Result<PeoplePage> migrated(AudienceService& service, const Context& context, const MigrationPeopleAsked& asked) {
    const Span span = TRY(span_of(service, context, asked.from, asked.to));
    const Ends ends = TRY(ends_of(service, context, span));
    sets::Bitmap people;
    each(ends, [&](std::uint32_t person, std::int64_t before, std::int64_t after) {
        if (before == asked.before && after == asked.after) people.add(person);
    });
    return people_of_bitmap(service, context, people, asked.cursor, asked.limit);
}

}  // namespace

void add_migration_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<MigrationAsked, Migration>(
        Method::Get, "/api/v1/rfm-migration", kRead,
        [&service](const Context& context, const MigrationAsked& asked) { return migration(service, context, asked); },
        {.zh = "RFM 类别迁移", .en = "Moves between RFM classes", .rows = {"RFM-06"}, .tag = "audience"});
    api.action<MigrationPeopleAsked, PeoplePage>(
        Method::Get, "/api/v1/rfm-migration/people", kRead,
        [&service](const Context& context, const MigrationPeopleAsked& asked) {
            return migrated(service, context, asked);
        },
        {.zh = "迁移的客户", .en = "Those who moved", .rows = {"RFM-06"}, .tag = "audience"});
}

}  // namespace tilth::audience
