#include "modules/performance/stores/peers.h"

#include <gtest/gtest.h>

namespace tilth::performance {
namespace {

TEST(Peers, ThirdsByRankAndNewOnesApart) {
    using enum PeerGroup;
    EXPECT_EQ(peer_groups(std::vector<std::int64_t>{10, 60, 0, 50, 40, 30, 20}),
              (std::vector<PeerGroup>{Small, Large, New, Large, Medium, Medium, Small}));
    EXPECT_EQ(peer_groups(std::vector<std::int64_t>{5}), (std::vector<PeerGroup>{Large}));
    // Equal sums stay in the order given; more refunds than sales are no sales.
    EXPECT_EQ(peer_groups(std::vector<std::int64_t>{7, 7, 7, -3}), (std::vector<PeerGroup>{Large, Medium, Small, New}));
    EXPECT_TRUE(peer_groups({}).empty());
}

TEST(Peers, TheMedianIsOfWhatThereIs) {
    EXPECT_EQ(median({}), std::nullopt);
    EXPECT_EQ(median({std::nullopt}), std::nullopt);
    EXPECT_EQ(median({3.0, std::nullopt, 1.0, 2.0}), 2.0);
    EXPECT_EQ(median({4.0, 1.0}), 2.5);
}

TEST(Peers, TheWeakestIsTheWidestGapOnTheBadSide) {
    EXPECT_EQ(weakest(std::vector<Against>{{0.5, 0.6}, {90.0, 100.0}}), 0u);
    EXPECT_EQ(weakest(std::vector<Against>{{0.6, 0.6}, {0.3, 0.2, Direction::Down}}), 1u);
    EXPECT_EQ(weakest(std::vector<Against>{{0.7, 0.6}, {0.1, 0.2, Direction::Down}, {1.0, 2.0, Direction::Neutral}}),
              std::nullopt);
    EXPECT_EQ(weakest(std::vector<Against>{{std::nullopt, 0.6}, {0.0, 0.0}, {1.0, std::nullopt}}), std::nullopt);
}

}  // namespace
}  // namespace tilth::performance
