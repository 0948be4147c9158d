#include "modules/performance/rfm/rfm.h"

#include <algorithm>

namespace tilth::performance {

namespace {

constexpr std::size_t kKeptMax = 8;
constexpr std::size_t kPeopleMax = 20'000'000;
constexpr std::int64_t kTimeoutMs = 30'000;

// One row a known person with a paid sale in the window: person, r, f, m.
std::string measures_sql(std::int32_t tenant, const Period& window) {
    const std::string own = std::to_string(tenant);
    return "SELECT c.person, " + std::to_string(window.to.number) +
           " - MAX(o.day) FILTER (o.kind = 0) AS r, COUNT(*) FILTER (o.kind = 0) AS f, CAST(SUM(o.net) AS BIGINT) AS m "
           "FROM orders o JOIN customers c ON c.customer = o.customer WHERE o.tenant = " +
           own + " AND c.tenant = " + own + " AND c.known AND o.kind < 2 AND o.day BETWEEN " +
           std::to_string(window.from.number) + " AND " + std::to_string(window.to.number) +
           " GROUP BY c.person HAVING COUNT(*) FILTER (o.kind = 0) > 0";
}

RfmTable scored(const Period& window, const std::vector<RfmMeasures>& measures, const RfmRule& rule) {
    RfmTable table{window, scale_of(measures, rule), {}};
    table.people.reserve(measures.size());
    for (const RfmMeasures& person : measures) {
        const RfmScores scores = table.scale.scores(person);
        table.people.push_back({person, scores, table.scale.class_of(scores)});
    }
    return table;
}

// "r <= 30": the values whose rising score is at most `score`. A value's score is at most s when it is not above cut s.
std::string at_most(std::string_view column, const Cuts& cuts, int score) {
    if (score < 1) return "false";
    if (score > static_cast<int>(cuts.size())) return "true";
    return std::string(column) + " <= " + std::to_string(cuts[static_cast<std::size_t>(score - 1)]);
}

std::string unless(bool holds, const std::string& condition) { return holds ? condition : "NOT (" + condition + ")"; }

}  // namespace

const RfmPerson* RfmTable::find(std::int64_t person) const {
    const auto at = std::lower_bound(people.begin(), people.end(), person,
                                     [](const RfmPerson& a, std::int64_t key) { return a.measures.person < key; });
    return at != people.end() && at->measures.person == person ? &*at : nullptr;
}

Result<std::shared_ptr<const RfmTable>> Rfm::table(const TenantId& tenant, const Source& source, Day as_of,
                                                   const RfmRule& rule) {
    const Period window = trailing({as_of, as_of}, static_cast<std::int32_t>(rule.window_days));
    {
        const std::lock_guard lock(mutex_);
        for (const Kept& kept : kept_) {
            if (kept.tenant == tenant && kept.position == source.position && kept.as_of == as_of && kept.rule == rule)
                return kept.table;
        }
    }
    const auto rows = TRY(
        source.columns->query(measures_sql(source.tenant, window) + " ORDER BY c.person", {}, kPeopleMax, kTimeoutMs));
    std::vector<RfmMeasures> measures;
    measures.reserve(rows.rows.size());
    const auto integer = [](const columns::Cell& cell) { return std::get<std::int64_t>(cell); };
    for (const auto& row : rows.rows)
        measures.push_back({integer(row[0]), integer(row[1]), integer(row[2]), integer(row[3])});
    auto table = std::make_shared<const RfmTable>(scored(window, measures, rule));
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const Kept& kept) { return kept.tenant == tenant && kept.position != source.position; });
    if (kept_.size() >= kKeptMax) kept_.erase(kept_.begin());
    kept_.push_back({tenant, source.position, as_of, rule, table});
    return std::shared_ptr<const RfmTable>(table);
}

std::string rfm_people_sql(std::int32_t tenant, const RfmTable& table, RfmClass rfm_class) {
    const RfmScale& scale = table.scale;
    // R scores fall with the days: a score of at least h means a rising score of at most 6 - h.
    const std::string high_r = at_most("r", scale.r, 6 - scale.high_r);
    const std::string high_f = "NOT (" + at_most("f", scale.f, scale.high_f - 1) + ")";
    const std::string high_m = "NOT (" + at_most("m", scale.m, scale.high_m - 1) + ")";
    return "SELECT person FROM (" + measures_sql(tenant, table.window) + ") WHERE " +
           unless(is_high_r(rfm_class), high_r) + " AND " + unless(is_high_f(rfm_class), high_f) + " AND " +
           unless(is_high_m(rfm_class), high_m);
}

std::string rfm_cell_sql(std::int32_t tenant, const RfmTable& table, std::optional<int> r, std::optional<int> f) {
    const auto exactly = [](std::string_view column, const Cuts& cuts, int score) {
        return " AND " + at_most(column, cuts, score) + " AND NOT (" + at_most(column, cuts, score - 1) + ")";
    };
    std::string sql = "SELECT person FROM (" + measures_sql(tenant, table.window) + ") WHERE true";
    if (r) sql += exactly("r", table.scale.r, 6 - *r);   // inverted: few days score high
    if (f) sql += exactly("f", table.scale.f, *f);
    return sql;
}

}  // namespace tilth::performance
