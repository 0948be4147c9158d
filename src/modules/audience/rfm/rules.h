#pragma once
// RFM (M-38): scores and classes as pure functions.
//
//   R  days from the last paid sale to the as-of day     F  paid sales in the window     M  net spend in the window
//
// Scores are 1 to 5, by quintiles or by thresholds of the tenant's own.
//
// By quintiles, the cut points of a measure are its values at places ⌈k·n/5⌉ (k = 1 … 4, from 1) of
// the n people in rising order. A score is 1 + the number of cut points below the value, for R 5 − that number: who
// bought last scores highest. People with equal values have equal scores, so that nobody's class hangs on an order of
// rows. A measure is high when its score is above the mean score of all people (score × n > sum of scores).
//
// By thresholds the cut points are the tenant's, and a measure is high from the score that the tenant names: then a
// person's class hangs on nobody else.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tilth::audience {

// High or low of R, F and M; the numbers are stored nowhere.
enum class RfmClass : std::uint8_t {
    ImportantValue,   // R high, F high, M high
    ImportantGrowth,  // R high, F low,  M high
    ImportantKeep,    // R low,  F high, M high
    ImportantRetain,  // R low,  F low,  M high
    GeneralValue,     // R high, F high, M low
    GeneralGrowth,    // R high, F low,  M low
    GeneralKeep,      // R low,  F high, M low
    GeneralRetain,    // R low,  F low,  M low
};
inline constexpr std::size_t kRfmClasses = 8;

struct RfmWords {
    RfmClass rfm_class = RfmClass::ImportantValue;
    std::string_view name;  // on the wire
    std::string_view zh;
    std::string_view en;
};
inline constexpr std::array<RfmWords, kRfmClasses> kRfmWords = {{
    {RfmClass::ImportantValue, "important_value", "重要价值", "Important, of value"},
    {RfmClass::ImportantGrowth, "important_growth", "重要发展", "Important, to develop"},
    {RfmClass::ImportantKeep, "important_keep", "重要保持", "Important, to keep"},
    {RfmClass::ImportantRetain, "important_retain", "重要挽留", "Important, to win back"},
    {RfmClass::GeneralValue, "general_value", "一般价值", "General, of value"},
    {RfmClass::GeneralGrowth, "general_growth", "一般发展", "General, to develop"},
    {RfmClass::GeneralKeep, "general_keep", "一般保持", "General, to keep"},
    {RfmClass::GeneralRetain, "general_retain", "一般挽留", "General, to win back"},
}};

struct RfmMeasures {
    std::int64_t person = 0;
    std::int64_t recency_days = 0;
    std::int64_t frequency = 0;
    std::int64_t monetary = 0;  // minor units
};
struct RfmScores {
    int r = 0;
    int f = 0;
    int m = 0;
};

using Cuts = std::array<std::int64_t, 4>;
// Values in any order; none: all zeros.
Cuts quintiles(std::vector<std::int64_t> values);
int rising_score(const Cuts& cuts, std::int64_t value);

// How a tenant scores.
struct RfmRule {
    std::int64_t window_days = 365;
    bool thresholds = false;
    // Thresholds only; rising.
    Cuts r{30, 60, 120, 240};                  // days
    Cuts f{1, 2, 4, 8};                        // paid sales
    Cuts m{200'00, 500'00, 1'000'00, 2'000'00};  // minor units
    int high_from = 4;
    bool operator==(const RfmRule&) const = default;
};

// The scale on which a population is measured. A class follows from three comparisons, which is how lists select it.
struct RfmScale {
    Cuts r{};
    Cuts f{};
    Cuts m{};
    std::int64_t people = 0;
    std::int64_t sum_r = 0;  // of scores
    std::int64_t sum_f = 0;
    std::int64_t sum_m = 0;
    // The least score that is high; 6 when none is.
    int high_r = 6;
    int high_f = 6;
    int high_m = 6;

    RfmScores scores(const RfmMeasures& measures) const;
    RfmClass class_of(const RfmScores& scores) const;
};
RfmScale scale_of(std::span<const RfmMeasures> people, const RfmRule& rule = {});
bool is_high_r(RfmClass rfm_class);
bool is_high_f(RfmClass rfm_class);
bool is_high_m(RfmClass rfm_class);

}  // namespace tilth::audience
