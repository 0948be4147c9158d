#include "modules/org/history.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace tilth::org {
namespace {

OrgNodeId id(int number) {
    OrgNodeId made;
    made.bytes[15] = static_cast<std::uint8_t>(number);
    return made;
}

OrgNode node(int number, std::optional<int> parent) {
    OrgNode made;
    made.id = id(number);
    made.name = std::to_string(number);
    if (parent) made.parent = id(*parent);
    return made;
}

NodeChange change(int number, int at, ChangeKind kind, int day, std::optional<int> other = std::nullopt) {
    NodeChange made;
    made.id.bytes[15] = static_cast<std::uint8_t>(number);
    made.node = id(at);
    made.kind = kind;
    made.from = Day{day};
    if (other) made.other = id(*other);
    return made;
}

// 1 headquarters; 2 and 3 regions; 4 and 5 stores of 2; 6 a store of 3.
const std::vector<OrgNode> kMade = {node(1, std::nullopt), node(2, 1), node(3, 1), node(4, 2), node(5, 2), node(6, 3)};

std::optional<OrgNodeId> parent_on(const std::vector<NodeChange>& changes, int number, int day) {
    for (const OrgNode& one : tree_on(kMade, changes, Day{day}))
        if (one.id == id(number)) return one.parent;
    return std::nullopt;
}

TEST(OrgHistory, AMoveHoldsFromItsDayOn) {
    std::vector<NodeChange> changes = {change(1, 4, ChangeKind::Move, 100, 3)};
    EXPECT_EQ(parent_on(changes, 4, 99), id(2));
    EXPECT_EQ(parent_on(changes, 4, 100), id(3));
    changes[0].undone_at = Instant{1};
    EXPECT_EQ(parent_on(changes, 4, 100), id(2));
}

TEST(OrgHistory, AMoveOfAnEarlierDayDoesNotHideALaterOne) {
    const std::vector<NodeChange> changes = {change(1, 4, ChangeKind::Move, 100, 3),
                                             change(2, 4, ChangeKind::Move, 50, 1)};
    EXPECT_EQ(parent_on(changes, 4, 60), id(1));
    EXPECT_EQ(parent_on(changes, 4, 100), id(3));
}

TEST(OrgHistory, AMergedStoreIsClosedAndCountsWhereItWent) {
    const std::vector<NodeChange> changes = {change(1, 4, ChangeKind::Merge, 100, 6)};
    const auto tree = tree_on(kMade, changes, Day{100});
    EXPECT_FALSE(tree[3].open);
    EXPECT_EQ(tree[3].merged_into, id(6));
    const auto stores = placed_in_time(kMade, changes, {id(4), id(5), id(6)});
    const auto at = [&](int number, int day) {
        for (const Placed& one : stores)
            if (one.node == id(number) && one.from <= Day{day} && Day{day} <= one.to) return one.top;
        return OrgNodeId{};
    };
    EXPECT_EQ(at(4, 99), id(4));
    EXPECT_EQ(at(4, 100), id(6));
    EXPECT_EQ(at(6, 100), id(6));
}

TEST(OrgHistory, AStoreThatLeavesAMergerStandsBesideIt) {
    const std::vector<NodeChange> changes = {change(1, 4, ChangeKind::Merge, 100, 6),
                                             change(2, 4, ChangeKind::Reopen, 200)};
    const auto tree = tree_on(kMade, changes, Day{200});
    EXPECT_TRUE(tree[3].open);
    EXPECT_EQ(tree[3].parent, id(3));
    EXPECT_FALSE(tree[3].merged_into);
}

TEST(OrgHistory, ANodeThatOpensLaterIsNotOpenBefore) {
    const std::vector<NodeChange> changes = {change(1, 4, ChangeKind::Open, 100)};
    EXPECT_FALSE(tree_on(kMade, changes, Day{99})[3].open);
    EXPECT_TRUE(tree_on(kMade, changes, Day{100})[3].open);
}

TEST(OrgHistory, ACircleIsRefusedAlsoWhenItComesLater) {
    const std::vector<NodeChange> now = {change(1, 2, ChangeKind::Move, 10, 4)};
    EXPECT_EQ(check_history(kMade, now, Day{10}).error().fields.at(0).rule, "cycle");
    const std::vector<NodeChange> later = {change(1, 3, ChangeKind::Move, 100, 2),
                                           change(2, 2, ChangeKind::Move, 10, 6)};
    EXPECT_EQ(check_history(kMade, later, Day{10}).error().fields.at(0).rule, "cycle");
    const std::vector<NodeChange> fine = {change(1, 4, ChangeKind::Move, 10, 3)};
    EXPECT_TRUE(check_history(kMade, fine, Day{10}));
}

TEST(OrgHistory, NobodyStandsOpenBelowAClosedNode) {
    const std::vector<NodeChange> changes = {change(1, 2, ChangeKind::Close, 10)};
    EXPECT_EQ(check_history(kMade, changes, Day{10}).error().fields.at(0).rule, "closed");
    const std::vector<NodeChange> emptied = {change(1, 4, ChangeKind::Move, 9, 3), change(2, 5, ChangeKind::Close, 9),
                                             change(3, 2, ChangeKind::Close, 10)};
    EXPECT_TRUE(check_history(kMade, emptied, Day{10}));
}

TEST(OrgHistory, WhatMakesNoSenseIsRefused) {
    EXPECT_EQ(check_change(kMade, change(1, 9, ChangeKind::Close, 1)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(check_change(kMade, change(1, 4, ChangeKind::Move, 1, 9)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(check_change(kMade, change(1, 1, ChangeKind::Close, 1)).error().fields.at(0).rule, "root");
    EXPECT_EQ(check_change(kMade, change(1, 4, ChangeKind::Merge, 1, 4)).error().fields.at(0).rule, "itself");
    EXPECT_EQ(check_change(kMade, change(1, 4, ChangeKind::Reopen, 1)).error().fields.at(0).rule, "open");
    EXPECT_TRUE(check_change(kMade, change(1, 4, ChangeKind::Move, 1, 3)));
}

// Sales of one on each day at each node: whatever was moved, merged or closed, the regions' sums by either reading are
// those of a day-by-day recount, and together they are the chain's.
RC_GTEST_PROP(OrgHistory, SumsAgreeWithADayByDayRecount, ()) {
    std::vector<NodeChange> changes;
    const int count = *rc::gen::inRange(0, 8);
    for (int i = 0; i < count; ++i) {
        auto one = change(i + 1, *rc::gen::inRange(2, 7), ChangeKind::Move, *rc::gen::inRange(0, 12),
                          *rc::gen::inRange(1, 7));
        one.kind = *rc::gen::element(ChangeKind::Move, ChangeKind::Merge, ChangeKind::Close, ChangeKind::Reopen);
        if (one.kind == ChangeKind::Close) one.other.reset();
        if (!check_change(tree_on(kMade, changes, one.from), one)) continue;
        changes.push_back(one);
        if (!check_history(kMade, changes, one.from)) changes.pop_back();
    }
    const std::vector<OrgNodeId> tops = children_in_time(kMade, changes, id(1));
    std::map<OrgNodeId, int> counted;
    std::map<std::pair<OrgNodeId, int>, int> times;
    for (const Placed& one : placed_in_time(kMade, changes, tops)) {
        for (int day = 0; day < 14; ++day) {
            if (Day{day} < one.from || one.to < Day{day}) continue;
            ++counted[one.top];
            ++times[{one.node, day}];
        }
    }
    std::map<OrgNodeId, int> naive;
    int total = 0;
    for (int day = 0; day < 14; ++day) {
        const auto tree = tree_on(kMade, changes, Day{day});
        for (const OrgNode& start : tree) {
            if (!start.parent) continue;
            ++total;
            const OrgNode* at = &start;
            while (at->parent != id(1)) {
                for (const OrgNode& other : tree)
                    if (other.id == *at->parent) {
                        at = &other;
                        break;
                    }
            }
            ++naive[at->id];
        }
    }
    RC_ASSERT(counted == naive);
    int sum = 0;
    for (const auto& [top, number] : counted) sum += number;
    RC_ASSERT(sum == total);
    for (const auto& [place, number] : times) RC_ASSERT(number == 1);
}

}  // namespace
}  // namespace tilth::org
