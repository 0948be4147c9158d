#include "modules/performance/stores/peers.h"

#include <algorithm>

namespace tilth::performance {

std::vector<PeerGroup> peer_groups(std::span<const std::int64_t> net_sales) {
    constexpr std::array kThirds = {PeerGroup::Large, PeerGroup::Medium, PeerGroup::Small};
    std::vector<PeerGroup> groups(net_sales.size(), PeerGroup::New);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < net_sales.size(); ++i)
        if (net_sales[i] > 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return net_sales[a] > net_sales[b]; });
    for (std::size_t rank = 0; rank < order.size(); ++rank)
        groups[order[rank]] = kThirds[rank * kThirds.size() / order.size()];
    return groups;
}

std::optional<double> median(std::vector<std::optional<double>> values) {
    std::erase(values, std::nullopt);
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    if (values.size() % 2 == 1) return values[half];
    return (*values[half - 1] + *values[half]) / 2;
}

std::optional<std::size_t> weakest(std::span<const Against> figures) {
    std::optional<std::size_t> place;
    double worst = 0;
    for (std::size_t i = 0; i < figures.size(); ++i) {
        const Against& one = figures[i];
        if (!one.value || !one.median || *one.median <= 0 || one.direction == Direction::Neutral) continue;
        const double gap = (*one.median - *one.value) / *one.median * (one.direction == Direction::Up ? 1 : -1);
        if (gap <= worst) continue;
        worst = gap;
        place = i;
    }
    return place;
}

}  // namespace tilth::performance
