#include "modules/collect/quality/api.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/crypto/crypto.h"

namespace tilth::collect {

namespace {

std::uint64_t front_of(const Bytes16& bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::size_t bucket_of(Duration lag) {
    const std::int64_t whole = std::max<std::int64_t>(0, lag.ms);
    const auto found = std::find_if(kLagBounds.begin(), kLagBounds.end(),
                                    [whole](std::int64_t bound) { return whole <= minutes(bound).ms; });
    return static_cast<std::size_t>(found - kLagBounds.begin());
}

struct Key {
    Day day{};
    SourceId source;
    OrgNodeId node;
    auto operator<=>(const Key&) const = default;
};
struct Sum {
    Quality quality;
    Instant last{};
};

Status add_day(kernel::Unit& unit, const Key& key, const Sum& sum) {
    const Quality& one = sum.quality;
    return unit.sql().write(
        "INSERT INTO quality_day (tenant_id, day, source_id, node_id, events, late, duplicate, contradictory, refused, "
        "last_at, l0, l1, l2, l3, l4, l5, l6, l7, l8) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
        "?14, ?15, ?16, ?17, ?18, ?19) ON CONFLICT (tenant_id, day, source_id, node_id) DO UPDATE SET "
        "events = quality_day.events + excluded.events, late = quality_day.late + excluded.late, "
        "duplicate = quality_day.duplicate + excluded.duplicate, "
        "contradictory = quality_day.contradictory + excluded.contradictory, "
        "refused = quality_day.refused + excluded.refused, "
        "last_at = CASE WHEN excluded.last_at > quality_day.last_at THEN excluded.last_at "
        "ELSE quality_day.last_at END, "
        "l0 = quality_day.l0 + excluded.l0, l1 = quality_day.l1 + excluded.l1, l2 = quality_day.l2 + excluded.l2, "
        "l3 = quality_day.l3 + excluded.l3, l4 = quality_day.l4 + excluded.l4, l5 = quality_day.l5 + excluded.l5, "
        "l6 = quality_day.l6 + excluded.l6, l7 = quality_day.l7 + excluded.l7, l8 = quality_day.l8 + excluded.l8",
        {unit.tenant(), key.day, key.source, key.node, one.events, one.late, one.duplicate, one.contradictory,
         one.refused, sum.last, one.lags[0], one.lags[1], one.lags[2], one.lags[3], one.lags[4], one.lags[5],
         one.lags[6], one.lags[7], one.lags[8]});
}

Status add_ever(kernel::Unit& unit, const Key& key, const Sum& sum) {
    return unit.sql().write(
        "INSERT INTO quality_count (tenant_id, source_id, node_id, events, first_day, last_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, source_id, node_id) DO UPDATE SET "
        "events = quality_count.events + excluded.events, last_at = CASE WHEN excluded.last_at > quality_count.last_at "
        "THEN excluded.last_at ELSE quality_count.last_at END",
        {unit.tenant(), key.source, key.node, sum.quality.events, key.day, sum.last});
}

}  // namespace

void Quality::take(const Incoming& event, Instant received) {
    ++events;
    const Duration lag = received - event.time;
    if (lag > kLateAfter) ++late;
    if ((event.corrected & static_cast<std::uint8_t>(Correction::Clock)) != 0) ++contradictory;
    ++lags[bucket_of(lag)];
}

Quality& Quality::operator+=(const Quality& other) {
    events += other.events;
    late += other.late;
    duplicate += other.duplicate;
    contradictory += other.contradictory;
    refused += other.refused;
    for (std::size_t i = 0; i < lags.size(); ++i) lags[i] += other.lags[i];
    return *this;
}

std::optional<std::int64_t> Quality::lag(double share) const {
    std::int64_t all = 0;
    for (const std::int64_t one : lags) all += one;
    if (all == 0) return std::nullopt;
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < kLagBounds.size(); ++i) {
        seen += lags[i];
        if (static_cast<double>(seen) >= share * static_cast<double>(all)) return kLagBounds[i];
    }
    return kLagBeyond;
}

const std::uint64_t* Saying::Said::find(std::uint64_t id) const {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = id % kSlots; slots_[at].id != 0; at = (at + 1) % kSlots) {
        if (slots_[at].id == id) return &slots_[at].content;
    }
    return nullptr;
}

void Saying::Said::put(std::uint64_t id, std::uint64_t content) {
    if (slots_.empty()) slots_.resize(kSlots);
    std::size_t at = id % kSlots;
    while (slots_[at].id != 0) at = (at + 1) % kSlots;
    slots_[at] = {id, content};
    ++size_;
}

bool Saying::contradicts(const SourceId& source, const Incoming& event) {
    std::uint64_t chance = 0;  // the end of an id is random
    std::memcpy(&chance, source.raw().substr(sizeof chance).data(), sizeof chance);
    const std::uint64_t id = std::max<std::uint64_t>(1, front_of(event.fingerprint) ^ chance);
    const std::uint64_t content =
        front_of(crypto::fingerprint(event.properties, front_of(crypto::fingerprint(event.type))));
    for (const Said* known : {&young_, &old_})
        if (const auto* said = known->find(id)) return *said != content;
    if (young_.full()) old_ = std::exchange(young_, Said{});
    young_.put(id, content);
    return false;
}

Status add_quality(kernel::Unit& unit, const org::Org& org, const std::vector<Judged>& judged) {
    const BusinessCalendar calendar = org.calendar(unit.tenant());
    std::map<Key, Sum> sums;
    std::map<std::string, OrgNodeId> nodes = {{std::string(), OrgNodeId{}}};
    for (const Judged& one : judged) {
        if (one.quality.empty()) continue;
        auto node = nodes.find(one.store);
        if (node == nodes.end()) {
            const auto found = org.node_by_code(unit.tenant(), one.store);
            node = nodes.emplace(one.store, found ? found->id : OrgNodeId{}).first;
        }
        Sum& sum = sums[{calendar.day_of(one.received), one.source, node->second}];
        sum.quality += one.quality;
        sum.last = std::max(sum.last, one.received);
    }
    for (const auto& [key, sum] : sums) {
        TRY(add_day(unit, key, sum));
        if (sum.quality.events > 0) TRY(add_ever(unit, key, sum));
    }
    return ok();
}

Result<std::vector<QualityLine>> quality_lines(sql::Connection& sql, const TenantId& tenant, Day from, Day to,
                                               Day today) {
    std::map<std::pair<SourceId, OrgNodeId>, QualityLine> lines;
    const auto line = [&lines](const SourceId& source, const OrgNodeId& node) -> QualityLine& {
        QualityLine& one = lines[{source, node}];
        one.source = source;
        one.node = node;
        return one;
    };
    TRY(sql.query("SELECT source_id, node_id, events, first_day, last_at FROM quality_count WHERE tenant_id = ?1",
                  {tenant}, [&line](const sql::Row& row) {
                      QualityLine& one = line(row.id<SourceId>(0), row.id<OrgNodeId>(1));
                      one.ever = row.i64(2);
                      one.first = Day{static_cast<std::int32_t>(row.i64(3))};
                      one.last = row.instant(4);
                      return true;
                  }));
    TRY(sql.query("SELECT source_id, node_id, events, late, duplicate, contradictory, refused, l0, l1, l2, l3, l4, l5, "
                  "l6, l7, l8, day FROM quality_day WHERE tenant_id = ?1 AND day >= ?2 AND day <= ?3",
                  {tenant, from, to}, [&line, today](const sql::Row& row) {
                      QualityLine& one = line(row.id<SourceId>(0), row.id<OrgNodeId>(1));
                      Quality quality;
                      quality.events = row.i64(2);
                      quality.late = row.i64(3);
                      quality.duplicate = row.i64(4);
                      quality.contradictory = row.i64(5);
                      quality.refused = row.i64(6);
                      for (std::size_t i = 0; i < quality.lags.size(); ++i)
                          quality.lags[i] = row.i64(7 + static_cast<int>(i));
                      one.days_ended += quality.events > 0 && row.i64(16) < today.number ? 1 : 0;
                      one.quality += quality;
                      return true;
                  }));
    std::vector<QualityLine> all;
    for (auto& [key, one] : lines) all.push_back(std::move(one));
    return all;
}

Result<std::map<SourceId, Ever>> quality_ever(sql::Connection& sql, const TenantId& tenant) {
    std::map<SourceId, Ever> all;
    TRY(sql.query("SELECT source_id, events, last_at FROM quality_count WHERE tenant_id = ?1", {tenant},
                  [&all](const sql::Row& row) {
                      Ever& one = all[row.id<SourceId>(0)];
                      one.events += row.i64(1);
                      one.last = std::max(one.last, row.instant(2));
                      return true;
                  }));
    return all;
}

Result<std::map<SourceId, std::int64_t>> days_with_anything(sql::Connection& sql, const TenantId& tenant, Day from,
                                                            Day to) {
    std::map<SourceId, std::int64_t> days;
    TRY(sql.query("SELECT source_id, COUNT(DISTINCT day) FROM quality_day WHERE tenant_id = ?1 AND day >= ?2 AND "
                  "day <= ?3 AND events > 0 GROUP BY source_id",
                  {tenant, from, to}, [&days](const sql::Row& row) {
                      days[row.id<SourceId>(0)] = row.i64(1);
                      return true;
                  }));
    return days;
}

}  // namespace tilth::collect
