#include "modules/audience/models/logistic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tilth::audience {

namespace {

constexpr int kStepsMax = 30;
constexpr double kEnough = 1e-9;

double sigmoid(double z) { return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z)); }

Features standardized(const Logistic& model, const Features& x) {
    Features out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = (x[i] - model.mean[i]) / model.deviation[i];
    return out;
}

void measure(std::span<const Example> rows, Logistic& model) {
    const std::size_t width = rows.front().x.size();
    const auto n = static_cast<double>(rows.size());
    model.mean.assign(width, 0.0);
    model.deviation.assign(width, 0.0);
    for (const Example& row : rows) {
        for (std::size_t i = 0; i < width; ++i) model.mean[i] += row.x[i] / n;
    }
    for (const Example& row : rows) {
        for (std::size_t i = 0; i < width; ++i) model.deviation[i] += std::pow(row.x[i] - model.mean[i], 2) / n;
    }
    for (double& one : model.deviation) one = one > 1e-12 ? std::sqrt(one) : 1.0;
}

// Solves a·x = b for a symmetric positive definite a, by Cholesky. a is overwritten.
Features solve(std::vector<Features>& a, Features b) {
    const std::size_t n = b.size();
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
        a[j][j] = std::sqrt(std::max(a[j][j], 1e-12));
        for (std::size_t i = j + 1; i < n; ++i) {
            for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
            a[i][j] /= a[j][j];
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
    return b;
}

// One step of Newton's; the last place of theta is the bias, which is not held back by the ridge.
double step(const std::vector<Features>& rows, std::span<const Example> labels, double ridge, Features& theta) {
    const std::size_t width = theta.size();
    std::vector<Features> curve(width, Features(width, 0.0));
    Features slope(width, 0.0);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        double z = theta.back();
        for (std::size_t i = 0; i + 1 < width; ++i) z += theta[i] * rows[r][i];
        const double p = sigmoid(z);
        const double weight = std::max(p * (1 - p), 1e-9);
        const double miss = (labels[r].y ? 1.0 : 0.0) - p;
        const auto at = [&](std::size_t i) { return i + 1 == width ? 1.0 : rows[r][i]; };
        for (std::size_t i = 0; i < width; ++i) {
            slope[i] += miss * at(i);
            for (std::size_t j = 0; j <= i; ++j) curve[i][j] += weight * at(i) * at(j);
        }
    }
    for (std::size_t i = 0; i + 1 < width; ++i) {
        slope[i] -= ridge * theta[i];
        curve[i][i] += ridge;
    }
    const Features by = solve(curve, slope);
    double moved = 0;
    for (std::size_t i = 0; i < width; ++i) {
        theta[i] += by[i];
        moved = std::max(moved, std::abs(by[i]));
    }
    return moved;
}

}  // namespace

double Logistic::probability(const Features& x) const {
    const Features parts = contributions(x);
    return sigmoid(std::accumulate(parts.begin(), parts.end(), bias));
}

Features Logistic::contributions(const Features& x) const {
    Features out = standardized(*this, x);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] *= weights[i];
    return out;
}

Logistic fit(std::span<const Example> rows, double ridge) {
    Logistic model;
    measure(rows, model);
    std::vector<Features> scaled;
    scaled.reserve(rows.size());
    for (const Example& row : rows) scaled.push_back(standardized(model, row.x));
    Features theta(model.mean.size() + 1, 0.0);
    for (int i = 0; i < kStepsMax; ++i) {
        if (step(scaled, rows, ridge, theta) < kEnough) break;
    }
    model.bias = theta.back();
    theta.pop_back();
    model.weights = std::move(theta);
    return model;
}

double auc(const std::vector<double>& scores, const std::vector<char>& labels) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    double ranks = 0;
    double positives = 0;
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && !(scores[order[begin]] < scores[order[end]])) ++end;
        const double rank = (static_cast<double>(begin + end) + 1) / 2;  // the mean of equal ones, from 1
        for (std::size_t i = begin; i < end; ++i) {
            if (labels[order[i]] == 0) continue;
            ranks += rank;
            positives += 1;
        }
        begin = end;
    }
    const double negatives = static_cast<double>(scores.size()) - positives;
    if (positives < 1 || negatives < 1) return 0.5;
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

std::vector<CalibrationBin> calibration(const std::vector<double>& scores, const std::vector<char>& labels,
                                        std::size_t bins) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    std::vector<CalibrationBin> out;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const std::size_t begin = order.size() * bin / bins;
        const std::size_t end = order.size() * (bin + 1) / bins;
        if (begin == end) continue;
        CalibrationBin& one = out.emplace_back();
        one.people = static_cast<std::int64_t>(end - begin);
        for (std::size_t i = begin; i < end; ++i) {
            one.predicted += scores[order[i]];
            one.observed += labels[order[i]];
        }
        one.predicted /= static_cast<double>(one.people);
        one.observed /= static_cast<double>(one.people);
    }
    return out;
}

double calibration_gap(const std::vector<CalibrationBin>& bins) {
    double gap = 0;
    double people = 0;
    for (const CalibrationBin& one : bins) {
        gap += std::abs(one.predicted - one.observed) * static_cast<double>(one.people);
        people += static_cast<double>(one.people);
    }
    return people > 0 ? gap / people : 0;
}

double brier(const std::vector<double>& scores, const std::vector<char>& labels) {
    double sum = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) sum += std::pow(scores[i] - labels[i], 2);
    return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

}  // namespace tilth::audience
