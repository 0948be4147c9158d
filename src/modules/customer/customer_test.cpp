#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "base/rng.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::CustomersTest;
using testing::Keys;
using testing::Seeing;

INSTANTIATE_TEST_SUITE_P(Engines, CustomersTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(CustomersTest, TheFirstSightMakesACustomerAndTheSecondNothing) {
    const Resolution first = see({{Phone, "138 0013 8000"}, {Email, "Zhang@Example.com"}, {Anonymous, "cookie-1"}});
    EXPECT_TRUE(first.created);
    EXPECT_FALSE(first.linked);
    EXPECT_EQ(first.identity, 1u);
    const std::int64_t before = rows();
    const Resolution again = see({{Anonymous, "cookie-1"}, {Email, "zhang@example.com"}, {Phone, "+8613800138000"}});
    EXPECT_EQ(again.customer, first.customer);
    EXPECT_EQ(again.identity, first.identity) << "the strongest claim's";
    EXPECT_FALSE(again.created);
    EXPECT_EQ(rows(), before) << "no row per event";
    EXPECT_EQ(customers_->people(kernel_.tenant_id(), true), 1);
    EXPECT_EQ(customers_->people(kernel_.tenant_id(), false), 0);
    EXPECT_EQ(standing(first.customer, "phone:1"), "+8613800138000|src_one");
    EXPECT_EQ(standing(first.customer, "anonymous:3"), "");
    expect_proven();
}

TEST_P(CustomersTest, APersonWithoutKeysIsRefused) {
    const auto refused =
        kernel_->record.write<Resolution>(kernel_.context(), [&](Unit& unit) { return see(unit, {}); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fields.at(0).field, "identities");
    EXPECT_EQ(rows(), 0);
}

// What another module keeps: orders and events that carry the customer seen at that moment.
struct Held {
    std::vector<std::pair<CustomerId, std::int64_t>> orders;
    std::int64_t sum(const std::vector<CustomerId>& person) const {
        std::int64_t total = 0;
        for (const auto& [customer, amount] : orders) {
            if (std::find(person.begin(), person.end(), customer) != person.end()) total += amount;
        }
        return total;
    }
};

TEST_P(CustomersTest, ThreePartialIdentitiesBecomeOneAndUnmergeRestoresAllThree) {
    Held held;
    const CustomerId till = see({{Phone, "13800138001"}}).customer;
    const CustomerId shop = see({{Email, "wang@example.com"}}).customer;
    const CustomerId card = see({{Card, "VIP-77"}}).customer;
    held.orders = {{till, 100}, {shop, 20}, {card, 3}};
    const std::int64_t known = customers_->people(kernel_.tenant_id(), true);
    EXPECT_EQ(known, 3);
    const auto before =
        std::array{*customers_->person_of(kernel_.tenant_id(), till), *customers_->person_of(kernel_.tenant_id(), shop),
                   *customers_->person_of(kernel_.tenant_id(), card)};

    EXPECT_TRUE(see({{Phone, "13800138001"}, {Email, "wang@example.com"}}).linked);
    EXPECT_TRUE(see({{Email, "wang@example.com"}, {Card, "VIP-77"}}).linked);
    held.orders.emplace_back(see({{Card, "VIP-77"}}).customer, 4000);
    EXPECT_EQ(person(till), till);
    EXPECT_EQ(person(card), till);
    EXPECT_EQ(held.sum(everything_of(shop)), 4123) << "orders and events of the whole person add up";
    EXPECT_EQ(customers_->people(kernel_.tenant_id(), true), 1);
    expect_proven();

    ASSERT_TRUE(unmerge(2));
    EXPECT_EQ(held.sum(everything_of(till)), 120);
    EXPECT_EQ(held.sum(everything_of(card)), 4003);
    ASSERT_TRUE(unmerge(1));
    std::size_t i = 0;
    for (const CustomerId& customer : {till, shop, card}) {
        const auto now = *customers_->person_of(kernel_.tenant_id(), customer);
        EXPECT_EQ(now.ordinal, before[i].ordinal);
        EXPECT_EQ(now.first, customer);
        EXPECT_EQ(everything_of(customer), std::vector<CustomerId>{customer});
        ++i;
    }
    EXPECT_EQ(unmerge(1).error().code, ErrorCode::Conflict);
    EXPECT_EQ(unmerge(9).error().code, ErrorCode::NotFound);
    expect_proven();
}

TEST_P(CustomersTest, AHandMergesWithAReasonAndWhatItSeparatedStaysApart) {
    const CustomerId a = see({{Phone, "13800138001"}}).customer;
    const CustomerId b = see({{Phone, "13800138002"}}).customer;
    const auto no_reason = kernel_.write([&](Unit& unit) -> Status {
        TRY(customers_->merge(unit, a, b, " "));
        return ok();
    });
    EXPECT_EQ(no_reason.error().fields.at(0).field, "reason");
    const std::int64_t link = merge(a, b);
    EXPECT_EQ(person(b), a) << "a hand may put two phones under one person";
    const auto twice = kernel_.write([&](Unit& unit) -> Status {
        TRY(customers_->merge(unit, b, a, "again"));
        return ok();
    });
    EXPECT_EQ(twice.error().code, ErrorCode::Conflict);
    ASSERT_TRUE(unmerge(link));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM audit_line WHERE action IN ('customer.merge', 'customer.unmerge')"
                             " AND reason <> ''"), 2);
    EXPECT_EQ(
        kernel_.number("SELECT count(*) FROM outbox_event WHERE type IN ('customer.linked', 'customer.unlinked')"), 2);

    const CustomerId c = see({{Card, "K-1"}}).customer;
    const CustomerId d = see({{Email, "d@example.com"}}).customer;
    ASSERT_TRUE(see({{Card, "K-1"}, {Email, "d@example.com"}}).linked);
    ASSERT_TRUE(unmerge(2));
    restart();
    EXPECT_FALSE(see({{Card, "K-1"}, {Email, "d@example.com"}}).linked) << "also after a restart";
    EXPECT_NE(person(c), person(d));
    EXPECT_EQ(conflicts(), 1);
    merge(c, d);
    EXPECT_EQ(person(c), person(d)) << "a hand may change its mind";
}

TEST_P(CustomersTest, TwoPhonesNeverMergeByThemselvesInAnyOrder) {
    std::array<std::size_t, 4> order = {0, 1, 2, 3};
    int round = 100;
    do {
        const std::string tail = std::to_string(round++);
        const std::string first = "13800138" + tail;
        const std::string second = "13900139" + tail;
        const std::array<Keys, 4> arrivals = {Keys{{Phone, first}, {Card, "FAMILY" + tail}},
                                              Keys{{Phone, second}, {Card, "FAMILY" + tail}}, Keys{{Phone, first}},
                                              Keys{{Phone, second}}};
        const std::int64_t before = conflicts();
        for (const std::size_t at : order) (void)see(arrivals[at]);
        for (const std::size_t at : order) (void)see(arrivals[at]);
        const auto one = person(Phone, first);
        const auto two = person(Phone, second);
        EXPECT_NE(one, two);
        EXPECT_EQ(conflicts(), before + 1) << "one pair, however often it is seen";
    } while (std::next_permutation(order.begin(), order.end()));
    expect_proven();
}

TEST_P(CustomersTest, AVisitorBecomesKnownAndHisPastStays) {
    const CustomerId visitor = see({{Anonymous, "cookie"}}).customer;
    const Person before = *customers_->person_of(kernel_.tenant_id(), visitor);
    EXPECT_FALSE(before.known);
    const Resolution known = see({{CustomId, "u-1"}, {Anonymous, "cookie"}});
    EXPECT_EQ(known.customer, visitor) << "his customer is his own already";
    EXPECT_TRUE(customers_->person_of(kernel_.tenant_id(), visitor)->known);
    EXPECT_TRUE(customers_->customers_of(kernel_.tenant_id(), before.ordinal, false).empty()) << "the ordinal is spent";
    const CustomerId other = see({{Anonymous, "cookie-2"}}).customer;
    EXPECT_NE(customers_->person_of(kernel_.tenant_id(), other)->ordinal, before.ordinal);
    EXPECT_TRUE(see({{CustomId, "u-1"}, {Anonymous, "cookie-2"}}).linked);
    EXPECT_EQ(person(other), visitor);
    EXPECT_EQ(see({{CustomId, "u-2"}, {Anonymous, "cookie"}}).linked, false) << "a shared computer";
    EXPECT_NE(person(CustomId, "u-2"), visitor);
    EXPECT_EQ(see({{Anonymous, "cookie"}}).customer, visitor);
    expect_proven();
    restart();
    EXPECT_EQ(person(other), visitor);
    expect_proven();
}

// ---- Against a naive reference ----

using Word = std::pair<IdentityKind, std::string>;

// Keys that were ever seen together, closed: the plainest union-find.
std::map<Word, int> naive(const std::vector<Keys>& sightings) {
    std::map<Word, int> group;
    int next = 0;
    for (const Keys& keys : sightings) {
        for (const Word& key : keys) group.try_emplace(key, next++);
        for (const Word& key : keys) {
            const int from = group[key];
            const int to = group[keys.front()];
            for (auto& [_, number] : group) {
                if (number == from) number = to;
            }
        }
    }
    return group;
}

TEST_P(CustomersTest, StrongKeysAreTheClosureOfWhatWasSeenTogether) {
    SeededRng seed(7);
    constexpr int rounds = 25;   // Long runs over smaller worlds: model_test.cpp.
    for (int round = 0; round < rounds; ++round) {
        SeededRng rng(seed.next());
        const std::string tail = "-" + std::to_string(round);
        std::vector<Keys> sightings;
        for (int i = 0; i < 40; ++i) {
            Keys keys;
            // In even rounds anything meets anything but phones; in odd ones each of six people has one phone.
            const auto who = static_cast<int>(rng.below(6));
            for (std::uint64_t k = 0; k <= rng.below(3); ++k) {
                const auto kind = static_cast<IdentityKind>(1 + rng.below(4));
                const auto n = round % 2 == 0 ? rng.below(12) : static_cast<std::uint64_t>(who) * 2 + rng.below(2);
                keys.emplace_back(kind, kind == Email ? "e" + std::to_string(n) + "@r" + tail + ".example.com"
                                                      : "k" + std::to_string(n) + tail);
            }
            if (round % 2 == 1 && rng.below(2) == 0) {
                keys.emplace_back(Phone, "138" + std::to_string(10'000'000 + round * 10 + who));
            }
            sightings.push_back(keys);
        }
        ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
            for (const Keys& keys : sightings) TRY(see(unit, Seeing{.keys = keys}));
            return ok();
        }));
        const auto expected = naive(sightings);
        std::map<CustomerId, int> group_of;
        std::map<int, CustomerId> person_of;
        for (const auto& [key, group] : expected) {
            const CustomerId found = person(key.first, key.second);
            EXPECT_EQ(group_of.try_emplace(found, group).first->second, group) << "joined too much, round " << round;
            EXPECT_EQ(person_of.try_emplace(group, found).first->second, found) << "joined too little, round " << round;
        }
    }
    EXPECT_EQ(conflicts(), 0);
    expect_proven();
}

TEST_P(CustomersTest, WhateverIsSeenNobodyGetsTwoPhones) {
    SeededRng rng(11);
    const std::vector<IdentityKind> kinds = {Phone, Phone, Email, Card, CustomId, OpenId, Device, Anonymous};
    ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
        for (int i = 0; i < 300; ++i) {
            Keys keys;
            for (std::uint64_t k = 0; k <= rng.below(4); ++k) {
                const IdentityKind kind = kinds[rng.below(kinds.size())];
                const auto n = rng.below(25);
                keys.emplace_back(kind, kind == Phone   ? "138001380" + std::to_string(10 + n)
                                        : kind == Email ? "e" + std::to_string(n) + "@example.com"
                                                        : "k" + std::to_string(n));
            }
            TRY(see(unit, Seeing{.keys = keys, .rule = rng.below(3) == 0 ? "alias" : "same_record"}));
        }
        return ok();
    }));
    std::set<CustomerId> people;
    for (int n = 0; n < 25; ++n) {
        const auto found = holder(Phone, "138001380" + std::to_string(10 + n));
        ASSERT_TRUE(found);
        EXPECT_TRUE(people.insert(person(*found)).second) << "two phones of one person";
    }
    EXPECT_GT(conflicts(), 0);
    expect_proven();
    const std::string before = hash();
    restart();
    expect_proven();
    EXPECT_EQ(hash(), before);
}

// ---- Units, restarts, the feed ----

TEST_P(CustomersTest, ARefusedUnitLeavesNoTrace) {
    see({{Phone, "13800138001"}});
    const std::string before = hash();
    const std::int64_t rows_before = rows();
    const auto refused = kernel_.write([&](Unit& unit) -> Status {
        TRY(see(unit, {.keys = {{Card, "K"}, {Anonymous, "a"}}, .source = "src_new"}));
        TRY(see(unit, {.keys = {{Phone, "13800138001"}, {Card, "K"}}, .source = "src_new"}));
        TRY(customers_->declare(unit, *holder(Phone, "13800138001"), {{"name", "王五"}}, "src_new", 50));
        return Error(ErrorCode::Conflict, "after all");
    });
    EXPECT_EQ(refused.error().detail, "after all");
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(rows(), rows_before);
    EXPECT_FALSE(holder(Card, "K"));
    expect_proven();
    EXPECT_EQ(see({{Card, "K"}}).identity, 2u) << "numbers are taken again";
    const CustomerId customer = *holder(Phone, "13800138001");
    ASSERT_TRUE(declare(customer, {{"name", "王五"}}, "src_new"));
    EXPECT_EQ(standing(customer, "name"), "王五|src_new") << "what was declared in the refused unit is not remembered";
    expect_proven();
}

TEST_P(CustomersTest, TheFeedRepeatsEveryDimension) {
    const auto catch_up = [&](std::map<CustomerId, Customers::Dimension>& known, std::int64_t& position) {
        auto reader = kernel_.reader();
        for (;;) {
            const auto changes = MUST(customers_->changed_since(*reader, kernel_.tenant_id(), position, 3));
            if (changes.empty()) return;
            for (const auto& change : changes) {
                EXPECT_GT(change.change_no, position);
                position = change.change_no;
                known[change.customer] = change;
            }
        }
    };
    std::map<CustomerId, Customers::Dimension> followed;
    std::int64_t position = 0;
    const OrgNodeId node{Bytes16{1, 2, 3}};
    const CustomerId visitor = see({{Anonymous, "c"}}).customer;
    catch_up(followed, position);
    EXPECT_FALSE(followed.at(visitor).known);
    const CustomerId member = see({.keys = {{Card, "K"}}, .home = node}).customer;
    const CustomerId phone = see({{Phone, "13800138001"}}).customer;
    see({{Card, "K"}, {Anonymous, "c"}});
    catch_up(followed, position);
    EXPECT_TRUE(followed.at(visitor).known);
    see({.keys = {{Phone, "13800138001"}}, .at = Instant{1'000}, .home = node});
    merge(phone, member);
    ASSERT_TRUE(unmerge(1));
    catch_up(followed, position);
    std::map<CustomerId, Customers::Dimension> anew;
    std::int64_t from = 0;
    catch_up(anew, from);
    EXPECT_EQ(from, position);
    for (const CustomerId& customer : {visitor, member, phone}) {
        const Person person = *customers_->person_of(kernel_.tenant_id(), customer);
        for (const auto* view : {&followed.at(customer), &anew.at(customer)}) {
            EXPECT_EQ(view->person_ordinal, person.ordinal);
            EXPECT_EQ(view->known, person.known);
            EXPECT_FALSE(view->removed);
        }
        EXPECT_EQ(followed.at(customer).home_node.has_value(), customer != visitor);
    }
    EXPECT_TRUE(followed.at(member).member);
    EXPECT_FALSE(followed.at(phone).member);
    EXPECT_EQ(followed.at(phone).first_seen, Instant{1'000}) << "an earlier sighting came late";
}

}  // namespace
}  // namespace tilth::customer
