// The simulator by itself: the same seed gives the same bytes, what was declared comes out, and without the cause there
// is nothing to find.

#include "chain/chain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "base/money.h"
#include "chain/check.h"
#include "chain/requests.h"
#include "platform/text/csv.h"

namespace tilth::chain {

namespace {

constexpr int kRepurchaseDays = 90;

std::string parameter_text() {
    std::ifstream file(TILTH_CHAIN_PARAMETERS);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Parameters parameters(int members = 1'500, int days = 150, int stores = 9) {
    auto read = read_parameters(parameter_text(), "chain.toml");
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().fields.empty() ? read.error().detail
                                                                              : read.error().fields[0].field);
    Parameters p = read.value_or(Parameters{});
    p.members = members;
    p.days = days;
    p.stores = stores;
    p.guides = 3 * stores;
    return p;
}

Day last() { return parse_day("2026-03-07").value(); }

// Four standard errors: what chance alone may do.
double tolerance(const Finding& one) {
    return 4 * std::sqrt(one.declared * (1 - one.declared) / static_cast<double>(std::max<std::int64_t>(one.base, 1)));
}

TEST(Chain, SameSeedSameBytes) {
    const Parameters p = parameters();
    const Requests one = requests_of(p, simulate(p, last()));
    const Requests again = requests_of(p, simulate(p, last()));
    EXPECT_EQ(one.hash, again.hash);
    EXPECT_EQ(one.members.body, again.members.body);
    ASSERT_EQ(one.batches.size(), again.batches.size());
    EXPECT_EQ(one.batches, again.batches);

    Parameters other = p;
    other.seed += 1;
    EXPECT_NE(requests_of(other, simulate(other, last())).hash, one.hash);
    EXPECT_NE(requests_of(p, simulate(p, last() + 1)).hash, one.hash);
}

TEST(Chain, OneMoreMemberChangesNobodyElse) {
    const Parameters p = parameters(300);
    Parameters more = p;
    more.members = 301;
    const Chain before = simulate(p, last());
    const Chain after = simulate(more, last());
    for (std::size_t i = 0; i < before.members.size(); ++i) {
        ASSERT_EQ(before.members[i].phone, after.members[i].phone);
        ASSERT_EQ(before.members[i].registered, after.members[i].registered);
    }
    std::int64_t own = 0;
    for (const Order& order : after.orders) own += order.member == 300 ? 1 : 0;
    EXPECT_EQ(after.orders.size() - before.orders.size(), static_cast<std::size_t>(own));
}

TEST(Chain, DeclaredRatesComeOut) {
    const Parameters p = parameters(8'000, 200, 12);
    const Chain chain = simulate(p, last());
    for (const Finding& one : compare_rates(p, chain)) {
        EXPECT_GT(one.base, 100) << one.name;
        EXPECT_NEAR(one.found, one.declared, tolerance(one) + 1e-9) << one.name;
    }
}

TEST(Chain, AWrongRateIsSeen) {
    const Parameters p = parameters(8'000, 200, 12);
    Parameters other = p;
    other.mini_program_share = p.mini_program_share * 1.3;
    const Chain chain = simulate(other, last());
    bool seen = false;
    for (const Finding& one : compare_rates(p, chain)) {
        seen = seen || std::abs(one.found - one.declared) > tolerance(one);
    }
    EXPECT_TRUE(seen);
}

TEST(Chain, GoodAndBadStoresDifferByTheCause) {
    const Parameters p = parameters(8'000, 300, 12);
    const Repurchase found = repurchase(simulate(p, last()), kRepurchaseDays);
    EXPECT_GT(found.good.members, 300);
    EXPECT_GT(found.bad.members, 300);
    EXPECT_GT(found.good.share(), found.ordinary.share());
    EXPECT_GT(found.ordinary.share(), found.bad.share());
    EXPECT_GT(found.z, 5);
}

TEST(Chain, WithoutTheCauseThereIsNothingToFind) {
    Parameters p = parameters(8'000, 300, 12);
    p.follow_up.lift = 0;
    int beyond = 0;
    for (int seed = 1; seed <= 5; ++seed) {
        p.seed = seed;
        beyond += std::abs(repurchase(simulate(p, last()), kRepurchaseDays).z) > 3 ? 1 : 0;
    }
    EXPECT_EQ(beyond, 0);
}

TEST(Chain, TheCauseIsNeverSent) {
    const Parameters p = parameters();
    const Requests requests = requests_of(p, simulate(p, last()));
    std::string all = requests.stores.body + requests.staff.body + requests.members.body;
    for (const std::string& body : requests.batches) all += body;
    for (const char* word : {"good", "bad", "quality", "stays", "lift", "标杆", "好店", "差店"})
        EXPECT_EQ(all.find(word), std::string::npos) << word;
}

TEST(Chain, MembersAreMadeUpAndApart) {
    const Parameters p = parameters(5'000);
    const Chain chain = simulate(p, last());
    std::set<std::string> phones;
    std::set<std::string> cards;
    for (const Member& one : chain.members) {
        EXPECT_TRUE(one.phone.starts_with(p.person.phone_prefix));
        EXPECT_EQ(one.phone.size(), 11U);
        phones.insert(one.phone);
        cards.insert(one.card);
    }
    EXPECT_EQ(phones.size(), chain.members.size());
    EXPECT_EQ(cards.size(), chain.members.size());
}

TEST(Chain, HolidaysAndPromotionsMoveTheDay) {
    const Parameters p = parameters();
    const DayFactors plain = factors_of(p, parse_day("2026-03-04").value());    // a Wednesday
    const DayFactors feast = factors_of(p, parse_day("2026-02-18").value());    // Wednesday of the Spring Festival
    const DayFactors singles = factors_of(p, parse_day("2026-11-11").value());  // a Wednesday too
    EXPECT_LT(feast.till, plain.till);
    EXPECT_GT(singles.till, 1.9 * plain.till);
    EXPECT_LT(singles.discount, 1);
    EXPECT_EQ(plain.discount, 1);
}

TEST(Chain, NothingAfterTheLastDayAndReturnsFollowTheirSale) {
    const Parameters p = parameters();
    const Chain chain = simulate(p, last());
    std::int64_t returns = 0;
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < chain.orders.size(); ++i) {
        const Order& order = chain.orders[i];
        ASSERT_GE(order.day, chain.first);
        ASSERT_LE(order.day, chain.last);
        ASSERT_FALSE(order.lines.empty());
        const std::string place = order.channel == Channel::Till ? std::to_string(order.store) : "";
        ASSERT_TRUE(numbers.insert(place + "/" + order.number).second) << order.number;
        if (!order.is_return) continue;
        ++returns;
        const Order& sale = chain.orders[static_cast<std::size_t>(order.original)];
        ASSERT_FALSE(sale.is_return);
        ASSERT_LT(sale.day, order.day);
        ASSERT_EQ(sale.member, order.member);
        ASSERT_LE(-order.amount_fen(), sale.amount_fen());
    }
    EXPECT_GT(returns, 10);
    for (const Event& event : chain.events) {
        ASSERT_GE(event.local_second, std::int64_t{chain.first.number} * 86'400);
        ASSERT_LT(event.local_second, std::int64_t{chain.last.number + 1} * 86'400);
    }
}

// The files read again by another reader: rows and money are those of the totals.
TEST(Chain, FilesHoldWhatTheTotalsSay) {
    const Parameters p = parameters();
    const Chain chain = simulate(p, last());
    const Requests requests = requests_of(p, chain, {.rows_a_file = 1'000, .events_a_batch = 100});
    EXPECT_GT(requests.orders.size(), 5U);
    std::int64_t rows = 0;
    std::int64_t fen = 0;
    for (const Upload& file : requests.orders) {
        CsvReader reader;
        std::size_t amount = 0;
        const auto take = [&](std::uint64_t, const std::vector<std::string_view>& cells) {
            if (amount == 0) {
                while (cells[amount] != "实收金额" && cells[amount] != "实付金额") ++amount;
                return true;
            }
            ++rows;
            fen += parse_decimal(cells[amount], 2).value();
            return true;
        };
        ASSERT_TRUE(reader.feed(file.body, take).has_value());
        ASSERT_TRUE(reader.finish(take).has_value());
    }
    EXPECT_EQ(rows, requests.sums.rows);
    EXPECT_EQ(fen, requests.sums.net_fen);
    EXPECT_EQ(requests.sums.orders, static_cast<std::int64_t>(chain.orders.size()));
}

TEST(ChainParameters, AMissingOneIsNamed) {
    std::string text = parameter_text();
    const auto at = text.find("lift = ");
    text.replace(at, 4, "lyft");
    const auto read = read_parameters(text, "chain.toml");
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().fields.at(0).field, "follow_up.lift");
}

TEST(ChainParameters, WhatIsNoTomlIsNamedByLine) {
    const auto read = read_parameters("seed = 1\n[size\n", "chain.toml");
    ASSERT_FALSE(read.has_value());
    EXPECT_NE(read.error().detail.find("chain.toml:2"), std::string::npos) << read.error().detail;
}

}  // namespace

}  // namespace tilth::chain
