#pragma once
// Logistic regression with a ridge, fitted by Newton's steps, and what tells whether it is any good. Pure functions:
// the same rows give the same model on every machine.

#include <cstdint>
#include <span>
#include <vector>

namespace tilth::audience {

using Features = std::vector<double>;
struct Example {
    Features x;
    bool y = false;
};

struct Logistic {
    Features mean;       // of the training rows: features are standardized before they are weighed
    Features deviation;  // 1 where a feature is constant
    Features weights;
    double bias = 0;

    double probability(const Features& x) const;
    // What each feature adds to the log odds, against a person who is average in it.
    Features contributions(const Features& x) const;
};
// rows: one at least. ridge > 0 keeps weights finite when classes can be told apart entirely.
Logistic fit(std::span<const Example> rows, double ridge);

// The probability that a row of class true scores above one of class false; equal scores count half (Mann and Whitney).
// 0.5 when one class is missing.
double auc(const std::vector<double>& scores, const std::vector<char>& labels);

struct CalibrationBin {
    std::int64_t people = 0;
    double predicted = 0;  // mean
    double observed = 0;   // share of class true
};
// Bins of equal numbers of people, by rising score; equal scores may part.
std::vector<CalibrationBin> calibration(const std::vector<double>& scores, const std::vector<char>& labels,
                                        std::size_t bins);
// Mean distance between predicted and observed, weighted by people.
double calibration_gap(const std::vector<CalibrationBin>& bins);
double brier(const std::vector<double>& scores, const std::vector<char>& labels);

}  // namespace tilth::audience
