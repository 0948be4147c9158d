// The numerical parts of models and splits: against values counted by hand, and against what they must not do.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include "base/rng.h"
#include "kernel/testing/source.h"
#include "modules/audience/models/modelled.h"
#include "modules/audience/models/predict.h"
#include "modules/audience/splits/kmeans.h"
#include "modules/audience/strategy/strategy.h"

namespace tilth::audience {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

double unit(Rng& rng) { return static_cast<double>(rng.next() >> 11) * 0x1.0p-53; }

CustomerId customer(std::uint64_t seed) {
    SeededRng rng(seed);
    return CustomerId::make(Instant{static_cast<std::int64_t>(seed)}, rng);
}

TEST(Auc, CountsPairs) {
    EXPECT_DOUBLE_EQ(auc({0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}), 0.75);
    EXPECT_DOUBLE_EQ(auc({1, 1, 1, 1}, {0, 1, 0, 1}), 0.5) << "equal scores count half";
    EXPECT_DOUBLE_EQ(auc({1, 2, 3}, {1, 0, 0}), 0.0);
    EXPECT_DOUBLE_EQ(auc({1, 2, 3}, {1, 1, 1}), 0.5) << "one class alone tells nothing";
}

TEST(Logistic, FindsTheWeightsThatMadeTheRows) {
    SeededRng rng(7);
    std::vector<Example> rows;
    for (int i = 0; i < 20'000; ++i) {
        const Features x{unit(rng) * 2 - 1, unit(rng) * 2 - 1, 5};
        const double p = 1 / (1 + std::exp(-(0.5 + 3 * x[0] - 2 * x[1])));
        rows.push_back({x, unit(rng) < p});
    }
    const Logistic model = fit(rows, 1e-6);
    EXPECT_NEAR(model.weights[0] / model.deviation[0], 3, 0.15);
    EXPECT_NEAR(model.weights[1] / model.deviation[1], -2, 0.15);
    EXPECT_NEAR(model.weights[2], 0, 1e-6) << "a constant says nothing";
    EXPECT_NEAR(model.probability({0, 0, 5}), 1 / (1 + std::exp(-0.5)), 0.02);
    const Features parts = model.contributions({1, 0, 5});
    EXPECT_GT(parts[0], 2);
}

TEST(Logistic, ClassesApartStayFinite) {
    std::vector<Example> rows;
    for (int i = 0; i < 100; ++i) rows.push_back({{static_cast<double>(i)}, i >= 50});
    const Logistic model = fit(rows, 1.0);
    EXPECT_TRUE(std::isfinite(model.weights[0]));
    EXPECT_GT(model.probability({90}), 0.9);
}

// Labelled churn of a telecom operator (testdata/README.md): two thirds to learn from, one third to be tested on.
TEST(Logistic, FindsChurnThatIsLabelled) {
    std::ifstream file(kernel::testing::source_root() / "src/modules/audience/models/testdata/telco.csv");
    std::string line;
    std::getline(file, line);
    std::vector<Example> learn;
    std::vector<Example> held;
    for (std::size_t row = 0; std::getline(file, line); ++row) {
        std::istringstream cells(line);
        Example one;
        for (std::string cell; std::getline(cells, cell, ',');) one.x.push_back(std::stod(cell));
        one.y = one.x.back() > 0.5;
        one.x.pop_back();
        (row % 3 == 2 ? held : learn).push_back(std::move(one));
    }
    ASSERT_EQ(learn.size() + held.size(), 1'757U);
    std::vector<double> scores;
    std::vector<double> tenure;  // the plain rule: the shorter, the likelier to leave
    std::vector<char> labels;
    const Logistic model = fit(learn, 1.0);
    for (const Example& one : held) {
        scores.push_back(model.probability(one.x));
        tenure.push_back(-one.x[0]);
        labels.push_back(one.y ? 1 : 0);
    }
    EXPECT_GT(auc(scores, labels), 0.80);
    EXPECT_GT(auc(scores, labels), auc(tenure, labels) + 0.05);
    EXPECT_LT(calibration_gap(calibration(scores, labels, 10)), 0.06);
    RecordProperty("auc", std::to_string(auc(scores, labels)));
    RecordProperty("auc_tenure", std::to_string(auc(tenure, labels)));
    SeededRng rng(1);
    std::vector<char> dealt = labels;
    for (std::size_t i = dealt.size(); i > 1; --i) std::swap(dealt[i - 1], dealt[rng.below(i)]);
    EXPECT_NEAR(auc(scores, dealt), 0.5, 0.06);
}

TEST(Calibration, BinsHoldEverybody) {
    const auto bins = calibration({0.1, 0.2, 0.7, 0.9}, {0, 0, 1, 1}, 2);
    ASSERT_EQ(bins.size(), 2U);
    EXPECT_EQ(bins[0].people + bins[1].people, 4);
    EXPECT_DOUBLE_EQ(bins[0].predicted, 0.15);
    EXPECT_DOUBLE_EQ(bins[1].observed, 1);
    EXPECT_NEAR(calibration_gap(bins), 0.5 * 0.15 + 0.5 * 0.2, 1e-12);
    EXPECT_NEAR(brier({0.1, 0.9}, {0, 1}), 0.01, 1e-12);
}

// People with a rhythm of their own; half of them stop for good on a day of theirs.
std::vector<Buyer> town(std::size_t people, std::uint64_t seed) {
    SeededRng rng(seed);
    std::vector<Buyer> out;
    for (std::size_t i = 0; i < people; ++i) {
        Buyer one;
        one.customer = customer(i + 1);
        const auto gap = static_cast<std::int64_t>(5 + rng.below(40)) * kDayMs;
        const auto stops = rng.below(2) == 0 ? static_cast<std::int64_t>(60 + rng.below(300)) * kDayMs : 400 * kDayMs;
        for (std::int64_t at = static_cast<std::int64_t>(rng.below(40)) * kDayMs; at < stops;
             at += gap * static_cast<std::int64_t>(70 + rng.below(60)) / 100)
            one.orders.push_back({at, 5'000, 0, true});
        if (!one.orders.empty()) out.push_back(std::move(one));
    }
    return out;
}

TEST(Predict, SeesWhoHasLeftAndTheControlDoesNot) {
    const auto people = town(2'000, 11);
    const auto found = train(people, Prediction::Churn, 60, Instant{400 * kDayMs});
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_GT(found->auc, 0.8);
    EXPECT_GT(found->auc, found->auc_recency) << "the own rhythm says more than the days alone";
    EXPECT_NEAR(found->auc_shuffled, 0.5, 0.05);
    EXPECT_LT(found->gap, 0.1);
    const auto again = train(people, Prediction::Churn, 60, Instant{400 * kDayMs});
    EXPECT_EQ(again->model.weights, found->model.weights);
}

TEST(Predict, KnowsNothingOfTheTimeAfterTheCut) {
    auto people = town(300, 3);
    const Features before = facts_at(people[0], 200 * kDayMs, Prediction::Repurchase, 30);
    std::erase_if(people[0].orders, [](const PastOrder& one) { return one.at > 200 * kDayMs; });
    people[0].orders.push_back({201 * kDayMs, 99'999'999, 3, true});
    EXPECT_EQ(facts_at(people[0], 200 * kDayMs, Prediction::Repurchase, 30), before);
}

TEST(Predict, RefusesTooFew) {
    const auto found = train(town(40, 5), Prediction::Churn, 60, Instant{400 * kDayMs});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::Conflict);
}

TEST(Predict, ScoresGiveTheReasons) {
    const auto people = town(2'000, 11);
    const auto found = train(people, Prediction::Churn, 60, Instant{400 * kDayMs});
    ASSERT_TRUE(found);
    const auto scored = score(people, found->model, Prediction::Churn, 60, found->as_of);
    ASSERT_GT(scored.size(), 10U);
    EXPECT_GE(scored.front().probability, scored.back().probability);
    ASSERT_EQ(scored.front().factors.size(), 3U);
    EXPECT_GE(std::abs(scored.front().factors[0].contribution), std::abs(scored.front().factors[1].contribution));
}

TEST(Modelled, EveryBuyerStandsInOnePartAndOrderOfComingDoesNotMatter) {
    auto people = town(500, 17);
    SeededRng rng(2);
    for (Buyer& one : people) {
        for (PastOrder& order : one.orders) {
            order.net = static_cast<std::int64_t>(1'000 + rng.below(100'000));
            order.channel = static_cast<std::uint32_t>(rng.below(3));
        }
    }
    const std::vector<std::string> channels{"till", "shop", "live"};
    const BusinessCalendar calendar;
    for (const ModelledWords& words : modelled_words()) {
        const auto found = assign(words.model, people, channels, calendar);
        std::vector<CustomerId> all;
        for (const Part& part : found.parts) all.insert(all.end(), part.people.begin(), part.people.end());
        std::sort(all.begin(), all.end());
        EXPECT_EQ(all.size(), people.size()) << words.key;
        EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end()) << words.key;
        auto turned = people;
        std::reverse(turned.begin(), turned.end());
        EXPECT_EQ(fingerprint_of(assign(words.model, turned, channels, calendar).parts), fingerprint_of(found.parts))
            << words.key;
    }
}

std::vector<Point> heaps(std::uint64_t seed) {
    SeededRng rng(seed);
    std::vector<Point> out;
    for (int i = 0; i < 600; ++i) {
        const double x = i % 3 == 0 ? 0 : i % 3 == 1 ? 10 : 20;
        out.push_back({x + unit(rng), (i % 3 == 1 ? 8.0 : 0.0) + unit(rng)});
    }
    return out;
}

TEST(Kmeans, FindsHeapsThatStandApart) {
    const auto points = heaps(4);
    const Clustering found = kmeans(points, 3, 1);
    ASSERT_EQ(found.centres.size(), 3U);
    for (std::size_t i = 3; i < points.size(); ++i) EXPECT_EQ(found.of[i], found.of[i % 3]);
    EXPECT_GT(silhouette(points, found, 2'000).mean, 0.8);
    EXPECT_LT(silhouette(points, kmeans(points, 6, 1), 2'000).mean, 0.8);
}

TEST(Kmeans, IsReproducibleAndKeepsItsBounds) {
    const auto points = heaps(9);
    EXPECT_EQ(kmeans(points, 4, 42).of, kmeans(points, 4, 42).of);
    const std::vector<Point> same(10, Point{1, 2});
    const Clustering one = kmeans(same, 3, 1);
    EXPECT_EQ(one.centres.size(), 1U) << "fewer different points than clusters";
    EXPECT_EQ(silhouette(same, one, 100).measured, 0);
    EXPECT_TRUE(kmeans({}, 3, 1).centres.empty());
}

TEST(Kmeans, StandardizesEachDimension) {
    std::vector<Point> points{{1, 5}, {3, 5}};
    standardize(points);
    EXPECT_DOUBLE_EQ(points[0][0], -1);
    EXPECT_DOUBLE_EQ(points[1][0], 1);
    EXPECT_DOUBLE_EQ(points[0][1], 0);
}

TEST(Strategy, EverybodyHasOneAtMost) {
    SeededRng rng(21);
    std::vector<sets::Bitmap> matched(5);
    for (sets::Bitmap& one : matched) {
        for (int i = 0; i < 200; ++i) one.add(static_cast<std::uint32_t>(rng.below(300)));
    }
    const auto primary = primary_of(matched);
    sets::Bitmap any;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < matched.size(); ++i) {
        for (const std::uint32_t person : primary[i].to_vector()) {
            EXPECT_TRUE(matched[i].contains(person));
            for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(matched[j].contains(person));
        }
        sum += primary[i].size();
        any |= matched[i];
    }
    EXPECT_EQ(sum, any.size());
}

}  // namespace
}  // namespace tilth::audience
