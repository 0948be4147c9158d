#include "modules/audience/lifecycle/stages.h"

#include "modules/audience/purchases.h"

namespace tilth::audience {

rules::Node with_later(const rules::Node& own, const std::vector<std::string>& later) {
    if (later.empty()) return own;
    std::vector<rules::Node> parts = own.kind == rules::Kind::All ? own.children : std::vector{own};
    for (const std::string& name : later) {
        rules::Node in;
        in.kind = rules::Kind::Member;
        in.member = rules::MemberKind::Stage;
        in.name = name;
        parts.push_back(none_of({std::move(in)}));
    }
    return all_of(std::move(parts));
}

// ---- As it was ----

AsOf::AsOf(const Memory& memory, Instant at) : memory_(memory), at_(at) {
    of_orders_.assign(kOfOrders, std::vector<std::int64_t>(memory.size(), rules::kMissing));
    for (std::uint32_t person = 0; person < memory.size(); ++person) {
        if (memory.value(kOrders, person) == rules::kMissing) continue;
        const Purchases of = memory.purchases(person, at);
        const std::int64_t values[kOfOrders] = {of.orders,   of.net,           of.last, of.first,
                                                of.gap_days, of.interval_days, of.due};
        for (std::size_t i = 0; i < kOfOrders; ++i) of_orders_[i][person] = values[i];
    }
}

void AsOf::persons(std::size_t block, rules::BlockSet out) const {
    memory_.persons(block, out);
    for (std::size_t i = 0; i < rules::kBlockPeople; ++i) {
        const std::size_t person = block * rules::kBlockPeople + i;
        if (person >= memory_.size()) break;
        if (memory_.value(kFirstSeen, static_cast<std::uint32_t>(person)) > at_.ms)
            out[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    }
}

rules::Column AsOf::attribute(std::size_t column) const {
    if (column < kOrders || column > kDue) return memory_.attribute(column);
    return {of_orders_[column - kOrders].data(), 8};
}

std::vector<sets::Bitmap> stages_at(const rules::People& people, const std::vector<rules::Plan>& own, Instant at) {
    std::vector<sets::Bitmap> out(own.size());
    sets::Bitmap taken;
    for (std::size_t i = own.size(); i-- > 0;) {
        out[i] = own[i].all(people, at);
        out[i] -= taken;
        taken |= out[i];
    }
    return out;
}

// ---- Who went where ----

namespace {

// Stages, then those in none, then those who were not there.
std::vector<sets::Bitmap> places(const Standing& of, const sets::Bitmap& everybody) {
    std::vector<sets::Bitmap> out = of.people;
    sets::Bitmap outside = of.there;
    for (const auto& stage : of.people) outside -= stage;
    out.push_back(std::move(outside));
    sets::Bitmap absent = everybody;
    absent -= of.there;
    out.push_back(std::move(absent));
    return out;
}

std::int64_t place_of(std::size_t index, std::size_t stages) {
    return index < stages ? static_cast<std::int64_t>(index) : index == stages ? kOutside : kNotYet;
}

std::optional<std::size_t> index_of(std::int64_t place, std::size_t stages) {
    if (place == kOutside) return stages;
    if (place == kNotYet) return stages + 1;
    if (place < 0 || place >= static_cast<std::int64_t>(stages)) return std::nullopt;
    return static_cast<std::size_t>(place);
}

}  // namespace

Flow flow_between(const Standing& before, const Standing& after) {
    sets::Bitmap everybody = before.there;
    everybody |= after.there;
    const auto from = places(before, everybody);
    const auto to = places(after, everybody);
    Flow out{before.stages, after.stages, {}, 0, 0};
    for (std::size_t i = 0; i < before.stages.size(); ++i)
        out.before[i].before = static_cast<std::int64_t>(before.people[i].size());
    for (std::size_t i = 0; i < after.stages.size(); ++i)
        out.after[i].after = static_cast<std::int64_t>(after.people[i].size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        for (std::size_t j = 0; j < to.size(); ++j) {
            sets::Bitmap both = from[i];
            both &= to[j];
            if (both.size() == 0) continue;
            const auto people = static_cast<std::int64_t>(both.size());
            const FlowCell cell{place_of(i, before.stages.size()), place_of(j, after.stages.size()), people};
            out.cells.push_back(cell);
            out.people += people;
            const bool same = cell.from == cell.to && cell.from < 0;
            const bool stays = cell.from >= 0 && cell.to >= 0 && before.stages[i].name == after.stages[j].name;
            if (!same && !stays && cell.from != kNotYet) out.moved += people;
        }
    }
    return out;
}

sets::Bitmap cell_between(const Standing& before, const Standing& after, std::int64_t from, std::int64_t to) {
    const auto i = index_of(from, before.stages.size());
    const auto j = index_of(to, after.stages.size());
    if (!i || !j) return {};
    sets::Bitmap everybody = before.there;
    everybody |= after.there;
    sets::Bitmap both = places(before, everybody)[*i];
    both &= places(after, everybody)[*j];
    return both;
}

}  // namespace tilth::audience
