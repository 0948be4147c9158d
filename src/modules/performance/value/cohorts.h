#pragma once
// Cohorts by the month of the first order, what they brought in month by month, and what they will bring (LIF-07).
// LTV of a cohort at age n = net revenue of its people in months 0 … n ÷ its people. Months are calendar months of
// business days, whole ones only. Known people alone; a return counts in the month in which it came.
//
// Forecast: BG/NBD × Gamma-Gamma (btyd.h) as of the end of the last whole month. Back-test: the same fit at an earlier
// cut, the months after it compared with what came, beside a naive forecast (every cohort goes on as in the last
// months). The interval is the spread of that back-test: the 10th and 90th percentile of what came ÷ what was foretold
// over cohorts, each by its weight, stretched to hold the forecast itself where that was biased. Any thread.

#include <memory>
#include <mutex>

#include "modules/performance/metrics/evaluator.h"
#include "modules/performance/value/btyd.h"

namespace tilth::performance {

inline constexpr int kForecastMonths = 12;

struct CohortAge {
    std::int64_t net = 0;      // minor units, of this month of age alone
    std::int64_t buyers = 0;   // with a paid sale in it
};
struct Cohort {
    std::int32_t month = 0;    // months since year 0
    std::int64_t people = 0;
    std::vector<CohortAge> ages;                    // 0 is the month of the first order
    std::vector<double> foretold;                   // minor units, the next months; empty without a model
};
struct Model {
    BgNbd visits;
    GammaGamma spend;
    std::int64_t people = 0;
};
struct TestedCohort {
    std::int32_t month = 0;
    std::int64_t people = 0;
    double foretold = 0;
    double naive = 0;
    double came = 0;
};
struct BackTest {
    Day cut;  // the last day that the fit has seen
    int months = 0;
    std::vector<TestedCohort> cohorts;
    double foretold = 0;
    double naive = 0;
    double came = 0;
    double error = 0;        // Σ|foretold − came| over cohorts ÷ Σ came
    double naive_error = 0;
};
struct CohortReport {
    Day to;  // the last day of the last whole month
    std::vector<Cohort> cohorts;
    std::optional<Model> model;       // absent: too few people or repeats
    std::optional<BackTest> tested;
    std::optional<double> low;        // what came ÷ foretold
    std::optional<double> high;
};

class Cohorts {
public:
    // Of the people whose first order in the frame was by `channel`, or of all; only orders of the frame's nodes count.
    Result<std::shared_ptr<const CohortReport>> report(const Frame& frame, std::optional<std::int32_t> channel,
                                                       Day today);

private:
    struct Kept {
        std::string asked;
        Position position;
        std::shared_ptr<const CohortReport> report;
    };
    std::mutex mutex_;
    std::vector<Kept> kept_;  // newest last, few
};

struct PersonPurchases {
    Purchases history;
    double total = 0;  // minor units, 0 at least
};
// Nothing for who has no order in the frame by `to`.
Result<std::optional<PersonPurchases>> purchases_of(const Frame& frame, std::int64_t person, Day to);

std::int32_t month_of(Day day);
Day first_day(std::int32_t month);

}  // namespace tilth::performance
