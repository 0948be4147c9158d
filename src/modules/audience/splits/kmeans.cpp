#include "modules/audience/splits/kmeans.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/rng.h"

namespace tilth::audience {

namespace {

constexpr std::int64_t kRoundsMax = 100;

double squared(const Point& a, const Point& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

// Uniform over [0, 1): 53 bits.
double unit(Rng& rng) { return static_cast<double>(rng.next() >> 11) * 0x1.0p-53; }

// Each further centre with a probability that grows with the squared distance to the nearest one.
std::vector<Point> begin_with(const std::vector<Point>& points, std::size_t k, Rng& rng) {
    std::vector<Point> centres{points[rng.below(points.size())]};
    std::vector<double> far(points.size(), std::numeric_limits<double>::max());
    while (centres.size() < k) {
        double sum = 0;
        for (std::size_t i = 0; i < points.size(); ++i) {
            far[i] = std::min(far[i], squared(points[i], centres.back()));
            sum += far[i];
        }
        if (sum <= 0) break;
        double left = unit(rng) * sum;
        std::size_t chosen = 0;
        while (chosen + 1 < points.size() && (left -= far[chosen]) >= 0) ++chosen;
        centres.push_back(points[chosen]);
    }
    return centres;
}

std::uint32_t nearest(const Point& point, const std::vector<Point>& centres) {
    std::uint32_t best = 0;
    double least = std::numeric_limits<double>::max();
    for (std::uint32_t i = 0; i < centres.size(); ++i) {
        const double far = squared(point, centres[i]);
        if (far < least) {
            least = far;
            best = i;
        }
    }
    return best;
}

void move_centres(const std::vector<Point>& points, Clustering& out) {
    std::vector<std::size_t> count(out.centres.size());
    for (Point& centre : out.centres) std::fill(centre.begin(), centre.end(), 0.0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        ++count[out.of[i]];
        for (std::size_t d = 0; d < points[i].size(); ++d) out.centres[out.of[i]][d] += points[i][d];
    }
    for (std::size_t c = 0; c < count.size(); ++c) {
        if (count[c] == 0) continue;
        for (double& value : out.centres[c]) value /= static_cast<double>(count[c]);
    }
}

// Numbers that do not hang on the order in which centres were drawn; those that nobody is near go.
void by_size(Clustering& out) {
    std::vector<std::size_t> count(out.centres.size());
    std::vector<std::size_t> first(out.centres.size(), out.of.size());
    for (std::size_t i = out.of.size(); i-- > 0;) {
        ++count[out.of[i]];
        first[out.of[i]] = i;
    }
    std::vector<std::uint32_t> order(out.centres.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return count[a] != count[b] ? count[a] > count[b] : first[a] < first[b];
    });
    std::vector<std::uint32_t> place(order.size());
    std::vector<Point> centres;
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        if (count[order[i]] > 0) centres.push_back(std::move(out.centres[order[i]]));
    }
    for (std::uint32_t& one : out.of) one = place[one];
    out.centres = std::move(centres);
}

}  // namespace

void standardize(std::vector<Point>& points) {
    if (points.empty()) return;
    const auto n = static_cast<double>(points.size());
    for (std::size_t d = 0; d < points.front().size(); ++d) {
        double mean = 0;
        for (const Point& one : points) mean += one[d];
        mean /= n;
        double variance = 0;
        for (const Point& one : points) variance += (one[d] - mean) * (one[d] - mean);
        const double deviation = std::sqrt(variance / n);
        for (Point& one : points) one[d] = deviation > 1e-12 ? (one[d] - mean) / deviation : 0.0;
    }
}

Clustering kmeans(const std::vector<Point>& points, std::size_t k, std::uint64_t seed) {
    Clustering out;
    if (points.empty()) return out;
    SeededRng rng(seed);
    out.centres = begin_with(points, k, rng);
    out.of.assign(points.size(), 0);
    bool moved = true;
    while (moved && out.rounds < kRoundsMax) {
        moved = out.rounds == 0;
        ++out.rounds;
        for (std::size_t i = 0; i < points.size(); ++i) {
            const std::uint32_t to = nearest(points[i], out.centres);
            moved = moved || to != out.of[i];
            out.of[i] = to;
        }
        move_centres(points, out);
    }
    by_size(out);
    return out;
}

Silhouette silhouette(const std::vector<Point>& points, const Clustering& clusters, std::size_t most) {
    Silhouette out;
    if (clusters.centres.size() < 2 || points.empty()) return out;
    const std::size_t step = (points.size() + most - 1) / most;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < points.size(); i += step) chosen.push_back(i);
    double total = 0;
    for (const std::size_t i : chosen) {
        std::vector<double> sum(clusters.centres.size());
        std::vector<double> count(clusters.centres.size());
        for (const std::size_t j : chosen) {
            if (i == j) continue;
            sum[clusters.of[j]] += std::sqrt(squared(points[i], points[j]));
            count[clusters.of[j]] += 1;
        }
        const std::uint32_t own = clusters.of[i];
        double other = std::numeric_limits<double>::max();
        for (std::size_t c = 0; c < sum.size(); ++c) {
            if (c != own && count[c] > 0) other = std::min(other, sum[c] / count[c]);
        }
        ++out.measured;
        if (count[own] <= 0 || other >= std::numeric_limits<double>::max()) continue;  // alone: 0
        const double inside = sum[own] / count[own];
        const double larger = std::max(inside, other);
        if (larger > 0) total += (other - inside) / larger;
    }
    out.mean = total / static_cast<double>(out.measured);
    return out;
}

}  // namespace tilth::audience
