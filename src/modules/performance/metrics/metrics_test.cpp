// Every metric of the dictionary against its naive computation, its people against its counts, and the identities that
// must hold between metrics.
#include <gtest/gtest.h>

#include "modules/performance/testing/naive.h"
#include "modules/performance/testing/shop.h"

namespace tilth::performance {
namespace {

using testing::Expected;
using testing::Naive;
using testing::Shop;

class MetricsTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    // One shop an engine: these tests only ask.
    static inline std::map<sql::Engine, std::unique_ptr<Shop>> shops_;
    static void TearDownTestSuite() { shops_.clear(); }
    static Shop& shop(sql::Engine engine) {
        auto& made = shops_[engine];
        if (made) return *made;
        made = std::make_unique<Shop>(engine);
        made->fill(7, 60, 500);
        made->join(3, 17);
        made->join(17, 30);
        made->join(5, 6);
        made->take_back("import:imp_1");
        MUST(made->performance->catch_up());
        return *made;
    }
    Frame frame(int node) {
        const auto asked = node == 0 ? std::optional<OrgNodeId>() : shop_.nodes[static_cast<std::size_t>(node)];
        auto context = shop_.context();
        return MUST(shop_.service->frame(context, asked));
    }
    static std::vector<Metric> all() {
        std::vector<Metric> metrics;
        for (const Definition* definition : dictionary()) {
            for (const Variant& variant : definition->variants) metrics.push_back({definition, &variant});
        }
        return metrics;
    }
    static std::string name(const Metric& metric) {
        std::string text(metric.definition->id);
        if (!metric.variant->id.empty()) text.append("/").append(metric.variant->id);
        return text;
    }
    Measured measured(const Frame& frame, const Metric& metric, const Period& period) {
        return MUST(measure(frame, {&metric, 1}, {period})).front().front();
    }
    Measured measured(const Frame& frame, std::string_view id, std::string_view variant, const Period& period) {
        return measured(frame, MUST(find_metric(id, variant)), period);
    }
    std::set<std::int64_t> keys(const std::set<std::size_t>& people) {
        std::set<std::int64_t> out;
        for (const std::size_t place : people) {
            const auto person = shop_.customers->person_of(shop_.tenant, shop_.buyers[place].id);
            out.insert(person_key(person->ordinal, person->known));
        }
        return out;
    }
    std::set<std::int64_t> listed(const Frame& frame, const Metric& metric, const Period& period, Part part) {
        PeopleQuery query;
        query.at_home = false;
        query.within = {people_sql(frame, metric, period, part)};
        query.limit = 10'000;
        const auto page = MUST(list_people(frame.source, query));
        std::set<std::int64_t> out;
        for (const PersonRow& row : page.rows) out.insert(row.person);
        EXPECT_EQ(page.total, static_cast<std::int64_t>(out.size()));
        return out;
    }
    std::vector<Period> periods() {
        const Day today = shop_.day_of(shop_.kernel.clock().now());
        return {{today + -29, today}, {today + -120, today + -40}, {today + -600, today}, {today + -5, today + -5}};
    }

    Shop& shop_ = shop(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Engines, MetricsTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST_P(MetricsTest, EveryMetricEqualsItsNaiveComputationInEveryScope) {
    for (const int node : {0, 1, 2, 3}) {
        const Frame where = frame(node);
        const auto metrics = all();
        const auto spans = periods();
        const auto table = MUST(measure(where, metrics, spans));
        for (std::size_t p = 0; p < spans.size(); ++p) {
            const Period& period = spans[p];
            for (std::size_t m = 0; m < metrics.size(); ++m) {
                const Metric& metric = metrics[m];
                SCOPED_TRACE(name(metric) + " at node " + std::to_string(node) + " to " + to_iso(period.to));
                const Expected expected = Naive(shop_, period, node).of(name(metric));
                const Measured& found = table[m][p];
                EXPECT_EQ(found.numerator, expected.numerator);
                EXPECT_EQ(found.denominator, expected.denominator);
                EXPECT_EQ(found.people_numerator, static_cast<std::int64_t>(expected.people_numerator.size()));
                EXPECT_EQ(found.people_denominator, static_cast<std::int64_t>(expected.people_denominator.size()));
                if (p != (static_cast<std::size_t>(node) + m) % spans.size())
                    continue;  // lists: each metric in each scope once
                EXPECT_EQ(listed(where, metric, period, Part::Numerator), keys(expected.people_numerator));
                EXPECT_EQ(listed(where, metric, period, Part::Denominator), keys(expected.people_denominator));
            }
        }
    }
}

TEST_P(MetricsTest, ChannelsAndProductsEqualTheirNaiveComputationAloneAndSideBySide) {
    std::vector<Metric> metrics;
    for (const char* id : {"net_sales", "newcomers", "new_customers", "returning_customers", "customers"})
        metrics.push_back(MUST(find_metric(id, "")));
    metrics.push_back(MUST(find_metric("M-09b", "rate")));
    const auto spans = periods();
    for (const Cut by : {Cut::Channel, Cut::Product}) {
        for (const int node : {0, 1, 3}) {
            Frame where = frame(node);
            const auto sold = MUST(parts_sold(where, spans[2], by, 3));
            EXPECT_EQ(sold.count, by == Cut::Channel ? 2 : 4);
            std::vector<std::int32_t> numbers;
            for (const Term& term : sold.parts) numbers.push_back(term.number);
            const auto beside = MUST(measure_parts(where, metrics, spans, by, numbers));
            const auto all = MUST(measure(where, metrics, spans));
            for (std::size_t p = 0; p < spans.size(); ++p) {
                std::int64_t net = beside[0][p].back().numerator;
                for (std::size_t i = 0; i < sold.parts.size(); ++i) {
                    const std::string& key = sold.parts[i].key;
                    SCOPED_TRACE(key + " at node " + std::to_string(node) + " to " + to_iso(spans[p].to));
                    where.slice = Slice{by, sold.parts[i].number};
                    const auto alone = MUST(measure(where, metrics, {spans[p]}));
                    Naive naive(shop_, spans[p], node, [&](const testing::Sale& sale) {
                        return (by == Cut::Channel ? sale.channel : sale.product) == key;
                    });
                    for (std::size_t m = 0; m < metrics.size(); ++m) {
                        SCOPED_TRACE(name(metrics[m]));
                        const Expected expected = naive.of(name(metrics[m]));
                        EXPECT_EQ(alone[m][0].numerator, expected.numerator);
                        EXPECT_EQ(alone[m][0].denominator, expected.denominator);
                        EXPECT_EQ(beside[m][p][i].numerator, expected.numerator);
                        EXPECT_EQ(beside[m][p][i].denominator, expected.denominator);
                        if (p != 0) continue;
                        EXPECT_EQ(listed(where, metrics[m], spans[p], Part::Numerator),
                                  keys(expected.people_numerator));
                    }
                    where.slice.reset();
                    net += beside[0][p][i].numerator;
                }
                EXPECT_EQ(net, all[0][p].numerator);
            }
        }
    }
}

TEST_P(MetricsTest, ManyAtOnceAreTheSameAsOneByOne) {
    const Frame where = frame(0);
    const auto metrics = all();
    const auto spans = periods();
    const auto table = MUST(measure(where, metrics, spans));
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        for (std::size_t p = 0; p < spans.size(); ++p) {
            const Measured one = measured(where, metrics[m], spans[p]);
            EXPECT_EQ(table[m][p].numerator, one.numerator) << name(metrics[m]);
            EXPECT_EQ(table[m][p].denominator, one.denominator) << name(metrics[m]);
        }
    }
}

TEST_P(MetricsTest, TheFactorsMultiplyToTheAnnualContributionExactly) {
    for (const int node : {0, 1, 3}) {
        const Frame where = frame(node);
        const Period period = periods().front();
        const Measured whole = measured(where, "M-04", "", period);
        const Measured rate = measured(where, "M-05", "active_rate", period);
        const Measured frequency = measured(where, "M-05", "frequency", period);
        const Measured value = measured(where, "M-05", "order_value", period);
        // As fractions: each denominator is the numerator before, so that all but the first and the last cancel.
        EXPECT_EQ(rate.denominator, whole.denominator);
        EXPECT_EQ(frequency.denominator, rate.numerator);
        EXPECT_EQ(value.denominator, frequency.numerator);
        EXPECT_EQ(value.numerator, whole.numerator);
        ASSERT_GT(whole.denominator, 0);
        EXPECT_LE(rate.numerator, rate.denominator);
    }
}

TEST_P(MetricsTest, TheGoldenCompositionHolds) {
    // 100,000 members all year, 60 % of them active, 8 purchases each at 120: 576 a member.
    const std::int64_t year = 365;
    const Variant& contribution = MUST(find_metric("M-04", "")).definition->variants[0];
    const Measured whole{100'000LL * 60 / 100 * 8 * 12'000, 100'000 * year, 0, 0};
    EXPECT_EQ(whole.value(contribution), 57'600);
    const Measured rate{60'000 * year, 100'000 * year, 0, 0};
    EXPECT_DOUBLE_EQ(rate.value(*MUST(find_metric("M-05", "active_rate")).variant).value(), 0.6);
    const Measured frequency{480'000, 60'000 * year, 0, 0};
    EXPECT_DOUBLE_EQ(frequency.value(*MUST(find_metric("M-05", "frequency")).variant).value(), 8);
}

TEST_P(MetricsTest, NewAndOldSplitTheSalesAndPartsOfTheTreeAddUp) {
    const Period period = periods()[1];
    const Frame whole = frame(0);
    const Measured old = measured(whole, "M-24", "", period);
    std::int64_t fresh = 0;
    for (const testing::Sale& sale : shop_.sales) {
        if (sale.gone || sale.kind == commerce::OrderKind::Adjustment || sale.buyer < 0) continue;
        const auto& buyer = shop_.buyers[static_cast<std::size_t>(sale.buyer)];
        const Day day = shop_.day_of(sale.at);
        if (!buyer.known || day < period.from || day > period.to) continue;
        Day first{1'000'000};
        for (const testing::Sale& other : shop_.sales) {
            if (other.gone || other.kind != commerce::OrderKind::Sale || other.buyer < 0) continue;
            if (shop_.buyers[static_cast<std::size_t>(other.buyer)].person == buyer.person)
                first = std::min(first, shop_.day_of(other.at));
        }
        if (first >= period.from && first <= period.to) fresh += sale.net;
    }
    EXPECT_EQ(old.numerator + fresh, old.denominator);
    const auto total = measured(whole, "net_sales", "", period).numerator;
    std::vector<NodeSpan> groups;
    for (const int store : {3, 4, 5}) {
        const auto number = shop_.service->number_of(shop_.tenant, shop_.nodes[static_cast<std::size_t>(store)]);
        groups.push_back({*number, Day{0}, Day{100'000}, store - 3});
    }
    const Metric net = MUST(find_metric("net_sales", ""));
    const auto parts = MUST(measure_groups(whole, {&net, 1}, {period}, groups, 4));
    std::int64_t sum = 0;
    for (std::size_t group = 0; group < 4; ++group) sum += parts[0][0][group].numerator;
    EXPECT_EQ(sum, total);
    EXPECT_EQ(parts[0][0][0].numerator, measured(frame(3), "net_sales", "", period).numerator);
}

TEST_P(MetricsTest, TrendsAreValuesAndAddUpWhereTheMetricIsASum) {
    const Frame where = frame(0);
    const Period period = periods().front();
    const std::vector<Metric> metrics = {MUST(find_metric("net_sales", "")), MUST(find_metric("M-04", ""))};
    const auto series = MUST(trends(where, metrics, period, Grain::Day));
    ASSERT_EQ(series[0].size(), 30u);
    double sum = 0;
    for (const Point& point : series[0]) sum += point.value.value_or(0);
    EXPECT_EQ(sum, static_cast<double>(measured(where, metrics[0], period).numerator));
    ASSERT_LE(series[1].size(), 12u);
    EXPECT_EQ(series[1].back().value, measured(where, metrics[1], period).value(*metrics[1].variant));
}

TEST_P(MetricsTest, NothingIsNoNumberAndMoneyIsRoundedHalfToEven) {
    const Variant& ratio = *MUST(find_metric("M-24", "")).variant;
    EXPECT_EQ((Measured{5, 0, 0, 0}).value(ratio), std::nullopt);
    const Variant& money = *MUST(find_metric("M-07", "per_order")).variant;
    EXPECT_EQ((Measured{5, 2, 0, 0}).value(money), 2.0);
    EXPECT_EQ((Measured{7, 2, 0, 0}).value(money), 4.0);
    EXPECT_TRUE((Measured{7, 2, 0, 0}).small_base(money));
    EXPECT_FALSE((Measured{700, 30, 0, 0}).small_base(money));
}

TEST(Dictionary, EveryMetricIsWholeAndNamedOnce) {
    std::set<std::string_view> ids;
    for (const Definition* definition : dictionary()) {
        EXPECT_TRUE(ids.insert(definition->id).second) << definition->id;
        EXPECT_FALSE(definition->name_zh.empty() || definition->name_en.empty() || definition->owner.empty());
        EXPECT_FALSE(definition->inputs.empty()) << definition->id;
        ASSERT_FALSE(definition->variants.empty());
        std::set<std::string_view> variants;
        for (const Variant& variant : definition->variants) {
            EXPECT_TRUE(variants.insert(variant.id).second);
            EXPECT_EQ(variant.id.empty(), definition->variants.size() == 1) << definition->id;
            EXPECT_FALSE(variant.formula_zh.empty() || variant.formula_en.empty() || variant.people_numerator.empty());
            EXPECT_EQ(variant.denominator.empty(), variant.base == Base::None) << definition->id;
            EXPECT_EQ(variant.denominator.empty(), variant.people_denominator.empty()) << definition->id;
        }
    }
    EXPECT_EQ(find_metric("M-99", "").error().code, ErrorCode::NotFound);
    EXPECT_EQ(find_metric("M-07", "per_moon").error().fields.at(0).rule, "unknown_variant");
}

}  // namespace
}  // namespace tilth::performance
