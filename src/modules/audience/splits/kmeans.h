#pragma once
// k-means (Lloyd 1982) begun by k-means++ (Arthur and Vassilvitskii 2007), and the mean silhouette (Rousseeuw 1987).
// Pure functions: the same points, k and seed give the same clusters on every machine.

#include <cstdint>
#include <vector>

namespace tilth::audience {

using Point = std::vector<double>;

struct Clustering {
    std::vector<std::uint32_t> of;  // by point; clusters by falling size, equal ones by their first point
    std::vector<Point> centres;
    std::int64_t rounds = 0;
};

// Each dimension to mean 0 and standard deviation 1; a constant one becomes 0.
void standardize(std::vector<Point>& points);
// Fewer clusters when there are fewer different points than k. Points of one dimension, at least one.
Clustering kmeans(const std::vector<Point>& points, std::size_t k, std::uint64_t seed);

struct Silhouette {
    double mean = 0;
    std::int64_t measured = 0;
};
// Over at most `most` points, evenly chosen in their order: the exact one costs n².
Silhouette silhouette(const std::vector<Point>& points, const Clustering& clusters, std::size_t most);

}  // namespace tilth::audience
