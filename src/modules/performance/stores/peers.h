#pragma once
// Which stores are alike, and where one falls behind: decisions as pure functions. Any thread.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "modules/performance/metrics/definition.h"

namespace tilth::performance {

// By net sales of the year before the period: thirds by rank, so that a league of any size has groups of one size. A
// store that sold nothing then is new and has only other new ones beside it.
enum class PeerGroup : std::uint8_t { Large, Medium, Small, New };
inline constexpr std::array kPeerGroups = {PeerGroup::Large, PeerGroup::Medium, PeerGroup::Small, PeerGroup::New};

// For each of the sums its group. Equal sums are kept in the order given, which is that of the stores' codes.
std::vector<PeerGroup> peer_groups(std::span<const std::int64_t> net_sales);
// The middle of the values that there are; of an even number the mean of the two in the middle; nothing of none.
std::optional<double> median(std::vector<std::optional<double>> values);

struct Against {
    std::optional<double> value;
    std::optional<double> median;
    Direction direction = Direction::Up;
};
// The place of the figure that is worst relative to its median; nothing when none is on the bad side. The gap is
// (median − value) ÷ median where more is better, and (value − median) ÷ median where less is.
std::optional<std::size_t> weakest(std::span<const Against> figures);

}  // namespace tilth::performance
