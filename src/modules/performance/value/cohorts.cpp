#include "modules/performance/value/cohorts.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tilth::performance {

namespace {

constexpr std::size_t kKeptMax = 8;
constexpr std::size_t kRowsMax = 5'000'000;
constexpr std::int64_t kTimeoutMs = 30'000;
constexpr std::size_t kFitGroupsMax = 40'000;
constexpr std::int64_t kSpendersMax = 20'000;
constexpr std::int64_t kPeopleMin = 100;
constexpr std::size_t kRepeatersMin = 30;
constexpr int kTestMonthsMax = 12;
constexpr int kMonthsPerTest = 3;  // a test month needs three to learn from, itself included
constexpr double kDaysPerWeek = 7;
constexpr double kLow = 0.1;
constexpr double kHigh = 0.9;
constexpr std::size_t kSpreadCohortsMin = 3;

std::string number(std::int64_t value) { return std::to_string(value); }
std::int64_t whole(const columns::Cell& cell) {
    const auto* value = std::get_if<std::int64_t>(&cell);
    return value == nullptr ? 0 : *value;
}

// "WITH o …, f …": o are orders of known people up to `to`, f one row a person who has bought.
std::string base_sql(const Frame& frame, std::optional<std::int32_t> channel, Day to) {
    const std::string tenant = number(frame.source.tenant);
    const std::string money = frame.meanings.refunds_deducted ? "o.net" : "CASE WHEN o.kind = 0 THEN o.net ELSE 0 END";
    std::string text =
        "WITH o AS (SELECT c.person, o.kind, o.day, o.paid_at, o.channel, " + money +
        " AS net, (year(DATE '1970-01-01' + o.day) * 12 + month(DATE '1970-01-01' + o.day) - 1) AS month "
        "FROM orders o JOIN customers c ON c.tenant = o.tenant AND c.customer = o.customer "
        "WHERE o.tenant = " + tenant + " AND c.known AND o.kind < 2 AND o.day <= " + number(to.number) + " AND " +
        order_condition("o.node", "o.day", frame.nodes) +
        "), f AS (SELECT person, MIN(day) FILTER (kind = 0) AS first, MAX(day) FILTER (kind = 0) AS last, "
        "COUNT(DISTINCT day) FILTER (kind = 0) AS days, GREATEST(SUM(net), 0) AS total, "
        "MIN(month) FILTER (kind = 0) AS cohort FROM o GROUP BY person HAVING COUNT(*) FILTER (kind = 0) > 0";
    if (channel) text += " AND arg_min(channel, paid_at) FILTER (kind = 0) = " + number(*channel);
    return text + ") ";
}

Result<std::vector<Cohort>> cohorts_of(const Frame& frame, const std::string& base, std::int32_t last_month) {
    const auto rows = TRY(frame.source.columns->query(
        base + "SELECT CAST(f.cohort AS BIGINT), CAST(GREATEST(o.month - f.cohort, 0) AS BIGINT) AS age, "
               "CAST(SUM(o.net) AS BIGINT), COUNT(DISTINCT o.person) FILTER (o.kind = 0) "
               "FROM o JOIN f ON f.person = o.person GROUP BY f.cohort, age ORDER BY f.cohort, age",
        {}, kRowsMax, kTimeoutMs));
    std::vector<Cohort> cohorts;
    for (const auto& row : rows.rows) {
        const auto month = static_cast<std::int32_t>(whole(row[0]));
        if (cohorts.empty() || cohorts.back().month != month) {
            Cohort& added = cohorts.emplace_back();
            added.month = month;
            added.ages.resize(static_cast<std::size_t>(last_month - month + 1));
        }
        Cohort& cohort = cohorts.back();
        const auto age = static_cast<std::size_t>(whole(row[1]));
        cohort.ages[age] = {whole(row[2]), whole(row[3])};
        if (age == 0) cohort.people = whole(row[3]);
    }
    return cohorts;
}

// People of the same cohort, days and number of purchases.
struct Group {
    std::int32_t cohort = 0;
    Purchases history;
    double total = 0;  // of all of them
};
Purchases history_of(std::int64_t first, std::int64_t last, std::int64_t days, Day to, double people) {
    return {static_cast<double>(days - 1), static_cast<double>(last - first) / kDaysPerWeek,
            static_cast<double>(to.number - first) / kDaysPerWeek, people};
}
Result<std::vector<Group>> groups_of(const Frame& frame, const std::string& base, Day to) {
    const auto rows = TRY(frame.source.columns->query(
        base + "SELECT CAST(cohort AS BIGINT), CAST(first AS BIGINT), CAST(last AS BIGINT), days, COUNT(*), "
               "CAST(SUM(total) AS BIGINT) FROM f GROUP BY cohort, first, last, days ORDER BY 1, 2, 3, 4",
        {}, kRowsMax, kTimeoutMs));
    std::vector<Group> groups;
    groups.reserve(rows.rows.size());
    for (const auto& row : rows.rows) {
        groups.push_back({static_cast<std::int32_t>(whole(row[0])),
                          history_of(whole(row[1]), whole(row[2]), whole(row[3]), to,
                                     static_cast<double>(whole(row[4]))),
                          static_cast<double>(whole(row[5]))});
    }
    return groups;
}

Result<std::optional<Model>> fit(const Frame& frame, const std::string& base, const std::vector<Group>& groups) {
    double people = 0;
    for (const Group& group : groups) people += group.history.people;
    // Spread evenly when there are very many of them.
    const std::size_t step = groups.size() / kFitGroupsMax + 1;
    std::vector<Purchases> histories;
    for (std::size_t i = 0; i < groups.size(); i += step) histories.push_back(groups[i].history);
    const auto rows = TRY(frame.source.columns->query(
        base + "SELECT days, CAST(total AS BIGINT) FROM f WHERE days > 1 AND total > 0 ORDER BY hash(person), person "
               "LIMIT " + number(kSpendersMax),
        {}, kRowsMax, kTimeoutMs));
    std::vector<Spend> spenders;
    for (const auto& row : rows.rows) {
        const auto days = static_cast<double>(whole(row[0]));
        spenders.push_back({days, static_cast<double>(whole(row[1])) / days});
    }
    if (people < static_cast<double>(kPeopleMin) || spenders.size() < kRepeatersMin) return std::optional<Model>();
    const auto visits = fit_bg_nbd(histories);
    const auto spend = fit_gamma_gamma(spenders);
    if (!visits || !spend) return std::optional<Model>();
    return std::optional(Model{*visits, *spend, static_cast<std::int64_t>(people)});
}

// Per cohort, minor units for each of the `months` months after `to`.
std::map<std::int32_t, std::vector<double>> foretell(const Model& model, const std::vector<Group>& groups, Day to,
                                                     int months) {
    std::vector<double> weeks;
    for (int n = 1; n <= months; ++n)
        weeks.push_back(static_cast<double>(first_day(month_of(to) + 1 + n) - to - 1) / kDaysPerWeek);
    std::map<std::int32_t, std::vector<double>> found;
    for (const Group& group : groups) {
        auto& sums = found[group.cohort];
        sums.resize(static_cast<std::size_t>(months));
        const double worth = model.spend.expected(group.history.people, group.history.repeats + 1, group.total);
        double before = 0;
        for (std::size_t n = 0; n < weeks.size(); ++n) {
            const double until = model.visits.expected(group.history, weeks[n]);
            sums[n] += (until - before) * worth;
            before = until;
        }
    }
    return found;
}

double sum_of(const Cohort& cohort, std::int32_t from, std::int32_t to) {
    double sum = 0;
    for (std::int32_t month = std::max(from, cohort.month); month <= to; ++month)
        sum += static_cast<double>(cohort.ages[static_cast<std::size_t>(month - cohort.month)].net);
    return sum;
}

Result<std::optional<BackTest>> back_test(const Frame& frame, std::optional<std::int32_t> channel,
                                          const std::vector<Cohort>& cohorts, Day to) {
    const std::int32_t last = month_of(to);
    const int history = cohorts.empty() ? 0 : last - cohorts.front().month + 1;
    const int months = std::min(kTestMonthsMax, history / kMonthsPerTest);
    if (months < 1) return std::optional<BackTest>();
    BackTest test;
    test.months = months;
    test.cut = first_day(last - months + 1) + -1;
    const std::int32_t cut = month_of(test.cut);
    const std::string base = base_sql(frame, channel, test.cut);
    const auto groups = TRY(groups_of(frame, base, test.cut));
    const auto model = TRY(fit(frame, base, groups));
    if (!model) return std::optional<BackTest>();
    const auto foretold = foretell(*model, groups, test.cut, months);
    double off = 0;
    double naive_off = 0;
    for (const Cohort& cohort : cohorts) {
        const auto found = foretold.find(cohort.month);
        if (cohort.month > cut || found == foretold.end()) continue;
        TestedCohort one{cohort.month, cohort.people, 0, 0, sum_of(cohort, cut + 1, last)};
        for (const double month : found->second) one.foretold += month;
        // As in the last months, as many as are foretold; of a younger cohort, as in those it has.
        const int lived = std::min(months, cut - cohort.month + 1);
        one.naive = sum_of(cohort, cut - lived + 1, cut) / lived * months;
        test.foretold += one.foretold;
        test.naive += one.naive;
        test.came += one.came;
        off += std::abs(one.foretold - one.came);
        naive_off += std::abs(one.naive - one.came);
        test.cohorts.push_back(one);
    }
    if (test.came <= 0) return std::optional<BackTest>();
    test.error = off / test.came;
    test.naive_error = naive_off / test.came;
    return std::optional(std::move(test));
}

// The quantile of came ÷ foretold, each cohort by what was foretold of it.
double spread(const BackTest& test, double at) {
    std::vector<std::pair<double, double>> ratios;
    for (const TestedCohort& one : test.cohorts) {
        if (one.foretold > 0) ratios.emplace_back(one.came / one.foretold, one.foretold);
    }
    std::sort(ratios.begin(), ratios.end());
    double below = 0;
    for (const auto& [ratio, weight] : ratios) {
        below += weight;
        if (below >= at * test.foretold) return ratio;
    }
    return ratios.back().first;
}

}  // namespace

std::int32_t month_of(Day day) {
    const CivilDate date = civil_from_day(day);
    return date.year * 12 + date.month - 1;
}

Day first_day(std::int32_t month) { return day_from_civil({month / 12, month % 12 + 1, 1}); }

Result<std::shared_ptr<const CohortReport>> Cohorts::report(const Frame& frame, std::optional<std::int32_t> channel,
                                                            Day today) {
    auto made = std::make_shared<CohortReport>();
    made->to = first_day(month_of(today)) + -1;
    const std::string base = base_sql(frame, channel, made->to);
    {
        const std::lock_guard lock(mutex_);
        for (const Kept& kept : kept_) {
            if (kept.position == frame.source.position && kept.asked == base) return kept.report;
        }
    }
    made->cohorts = TRY(cohorts_of(frame, base, month_of(made->to)));
    const auto groups = TRY(groups_of(frame, base, made->to));
    made->model = TRY(fit(frame, base, groups));
    if (made->model) {
        auto foretold = foretell(*made->model, groups, made->to, kForecastMonths);
        for (Cohort& cohort : made->cohorts) cohort.foretold = std::move(foretold[cohort.month]);
        made->tested = TRY(back_test(frame, channel, made->cohorts, made->to));
        if (made->tested && made->tested->cohorts.size() >= kSpreadCohortsMin && made->tested->foretold > 0) {
            made->low = std::min(1.0, spread(*made->tested, kLow));
            made->high = std::max(1.0, spread(*made->tested, kHigh));
        }
    }
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= kKeptMax) kept_.erase(kept_.begin());
    kept_.push_back({base, frame.source.position, made});
    return std::shared_ptr<const CohortReport>(made);
}

Result<std::optional<PersonPurchases>> purchases_of(const Frame& frame, std::int64_t person, Day to) {
    const auto rows = TRY(frame.source.columns->query(
        base_sql(frame, std::nullopt, to) +
            "SELECT CAST(first AS BIGINT), CAST(last AS BIGINT), days, CAST(total AS BIGINT) FROM f WHERE person = " +
            number(person),
        {}, 1, kTimeoutMs));
    if (rows.rows.empty()) return std::optional<PersonPurchases>();
    const auto& row = rows.rows.front();
    return std::optional(PersonPurchases{history_of(whole(row[0]), whole(row[1]), whole(row[2]), to, 1),
                                         static_cast<double>(whole(row[3]))});
}

}  // namespace tilth::performance
