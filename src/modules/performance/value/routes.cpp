// Cohorts with their LTV, the forecast and its back-test, and what one person is expected to bring (LIF-07).

#include <cmath>

#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"
#include "modules/performance/value/cohorts.h"

namespace tilth::performance {

struct CohortsQuery {
    std::optional<OrgNodeId> node;
    std::optional<Text<1, 40>> channel;
};
API_STRUCT(CohortsQuery, (node, channel))

// Minor units of the tenant's currency throughout.
struct CohortMonth {
    std::int64_t net = 0;
    std::int64_t buyers = 0;
    double retention = 0;  // buyers ÷ people of the cohort
    double ltv = 0;        // net of all months up to this one ÷ people of the cohort
};
API_STRUCT(CohortMonth, (net, buyers, retention, ltv))

struct CohortItem {
    std::string month;  // 2026-01
    std::int64_t people = 0;
    std::vector<CohortMonth> months;
    std::vector<std::int64_t> forecast;      // of the cohort, the next months one by one; empty without a model
    std::optional<double> expected_ltv;      // today's and the forecast's, per person
    std::optional<double> expected_ltv_low;
    std::optional<double> expected_ltv_high;
};
API_STRUCT(CohortItem, (month, people, months, forecast, expected_ltv, expected_ltv_low, expected_ltv_high))

struct ForecastMonth {
    std::string month;
    std::int64_t net = 0;
    std::optional<std::int64_t> low;
    std::optional<std::int64_t> high;
};
API_STRUCT(ForecastMonth, (month, net, low, high))

struct BackTestCohort {
    std::string month;
    std::int64_t people = 0;
    std::int64_t forecast = 0;
    std::int64_t naive = 0;
    std::int64_t actual = 0;
};
API_STRUCT(BackTestCohort, (month, people, forecast, naive, actual))

// error: the sum over cohorts of |forecast − actual| ÷ the sum of actual.
struct BackTestView {
    Day cut;
    int months = 0;
    std::int64_t forecast = 0;
    std::int64_t naive = 0;
    std::int64_t actual = 0;
    double error = 0;
    double naive_error = 0;
    std::vector<BackTestCohort> items;
};
API_STRUCT(BackTestView, (cut, months, forecast, naive, actual, error, naive_error, items))

struct CohortsReply {
    Instant as_of;
    Day to;
    Currency currency;
    std::int64_t people = 0;
    std::optional<std::string> method;  // absent: too few people or repeats for a forecast
    std::vector<CohortItem> items;
    std::vector<ForecastMonth> forecast;
    std::optional<BackTestView> back_test;
};
API_STRUCT(CohortsReply, (as_of, to, currency, people, method, items, forecast, back_test))

struct ValueAsked {
    CustomerId id;
};
API_STRUCT(ValueAsked, (id))

// Absent figures: no order by then, or too few people for the model.
struct ExpectedValue {
    Day as_of;
    std::optional<std::string> method;
    std::optional<double> probability_active;
    std::optional<double> expected_purchases;  // days with a purchase, in the next twelve months
    std::optional<Money> expected_purchase_value;
    std::optional<Money> expected_net;
};
API_STRUCT(ExpectedValue, (as_of, method, probability_active, expected_purchases, expected_purchase_value,
                           expected_net))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::CohortsQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"node", "只看这一组织节点及其下级的订单", "Only orders of this organisation node and all below"},
        {"channel", "首单渠道", "The channel of the first order"},
    });

namespace tilth::performance {

namespace {

constexpr std::string_view kMethod = "BG/NBD + Gamma-Gamma";

std::string month_text(std::int32_t month) {
    const std::string two = std::to_string(month % 12 + 1);
    return std::to_string(month / 12) + (two.size() < 2 ? "-0" : "-") + two;
}
std::int64_t rounded(double value) { return std::llround(value); }

CohortItem item_of(const Cohort& cohort, const CohortReport& report) {
    CohortItem item{month_text(cohort.month), cohort.people, {}, {}, std::nullopt, std::nullopt, std::nullopt};
    const auto people = static_cast<double>(cohort.people);
    std::int64_t sum = 0;
    for (const CohortAge& age : cohort.ages) {
        sum += age.net;
        item.months.push_back({age.net, age.buyers, static_cast<double>(age.buyers) / people,
                               static_cast<double>(sum) / people});
    }
    if (cohort.foretold.empty()) return item;
    double coming = 0;
    for (const double month : cohort.foretold) {
        coming += month;
        item.forecast.push_back(rounded(month));
    }
    const auto with = [&](double factor) { return (static_cast<double>(sum) + coming * factor) / people; };
    item.expected_ltv = with(1);
    if (report.low) item.expected_ltv_low = with(*report.low);
    if (report.high) item.expected_ltv_high = with(*report.high);
    return item;
}

BackTestView view_of(const BackTest& test) {
    BackTestView view{test.cut, test.months, rounded(test.foretold), rounded(test.naive), rounded(test.came),
                      test.error, test.naive_error, {}};
    for (const TestedCohort& one : test.cohorts)
        view.items.push_back({month_text(one.month), one.people, rounded(one.foretold), rounded(one.naive),
                              rounded(one.came)});
    return view;
}

Result<CohortsReply> cohorts(PerformanceService& service, Cohorts& kept, const kernel::Context& context,
                             const CohortsQuery& request) {
    const Frame frame = TRY(service.frame(context, request.node));
    const auto slice = TRY(service.slice(context, std::nullopt, request.channel, std::nullopt));
    const auto report = TRY(kept.report(frame, slice ? std::optional(slice->number) : std::nullopt,
                                        service.today(context)));
    CohortsReply reply{frame.source.as_of, report->to, service.currency(context.tenant), 0, std::nullopt, {}, {}, {}};
    std::vector<double> sums(report->model ? kForecastMonths : 0);
    for (const Cohort& cohort : report->cohorts) {
        reply.people += cohort.people;
        reply.items.push_back(item_of(cohort, *report));
        for (std::size_t n = 0; n < cohort.foretold.size(); ++n) sums[n] += cohort.foretold[n];
    }
    if (report->model) reply.method = std::string(kMethod);
    for (std::size_t n = 0; n < sums.size(); ++n) {
        ForecastMonth& month = reply.forecast.emplace_back();
        month.month = month_text(month_of(report->to) + 1 + static_cast<std::int32_t>(n));
        month.net = rounded(sums[n]);
        if (report->low) month.low = rounded(sums[n] * *report->low);
        if (report->high) month.high = rounded(sums[n] * *report->high);
    }
    if (report->tested) reply.back_test = view_of(*report->tested);
    return reply;
}

// The model is the tenant's: a person is worth the same wherever it is looked at. NotFound outside the scope.
Result<ExpectedValue> expected_value(PerformanceService& service, Cohorts& kept, const kernel::Context& context,
                                     const ValueAsked& asked) {
    const auto person = service.customers().person_of(context.tenant, asked.id);
    if (!person) return Error(ErrorCode::NotFound, "customer");
    Frame frame = TRY(service.frame(context, std::nullopt));
    const std::int64_t key = person_key(person->ordinal, person->known);
    if (!TRY(find_person(frame.source, frame.nodes, key))) return Error(ErrorCode::NotFound, "customer");
    frame.nodes = NodeSet{};
    const auto report = TRY(kept.report(frame, std::nullopt, service.today(context)));
    ExpectedValue reply;
    reply.as_of = report->to;
    if (!report->model) return reply;
    reply.method = std::string(kMethod);
    const auto found = TRY(purchases_of(frame, key, report->to));
    if (!found) return reply;
    const Model& model = *report->model;
    const Day end = first_day(month_of(report->to) + 1 + kForecastMonths) + -1;
    const Currency currency = service.currency(context.tenant);
    const double purchases = model.visits.expected(found->history, static_cast<double>(end - report->to) / 7);
    const double worth = model.spend.expected(1, found->history.repeats + 1, found->total);
    const auto money = [&](double minor) { return Money{rounded(minor), currency}; };
    reply.probability_active = model.visits.alive(found->history);
    reply.expected_purchases = purchases;
    reply.expected_purchase_value = money(worth);
    reply.expected_net = money(purchases * worth);
    return reply;
}

}  // namespace

void add_cohort_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    const auto kept = std::make_shared<Cohorts>();
    api.action<CohortsQuery, CohortsReply>(
        kernel::Method::Get, "/api/v1/cohorts", kMetricRead,
        [&service, kept](const kernel::Context& context, const CohortsQuery& request) {
            return cohorts(service, *kept, context, request);
        },
        {.zh = "首单月分群的 LTV、留存与预测", .en = "Cohorts by month of the first order: LTV, retention, forecast",
         .rows = {"LIF-07"}, .tag = "performance"});
    api.action<ValueAsked, ExpectedValue>(
        kernel::Method::Get, "/api/v1/customers/{id}/expected-value", kCustomerRead,
        [&service, kept](const kernel::Context& context, const ValueAsked& asked) {
            return expected_value(service, *kept, context, asked);
        },
        {.zh = "客户未来 12 个月的预期价值", .en = "What a person is expected to bring in the next twelve months",
         .rows = {"LIF-07"}, .tag = "performance"});
}

}  // namespace tilth::performance
