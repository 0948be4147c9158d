#include <algorithm>

#include "base/rng.h"
#include "modules/customer/rules.h"
#include "modules/customer/sights.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::Seeing;

class TakeBackTest : public testing::CustomersTest {
protected:
    // In steps of two, as the import does; how many steps had something to do.
    int take_back(const std::string& source) {
        for (int steps = 0;; ++steps) {
            const auto done =
                kernel_.made<std::int64_t>([&](Unit& unit) { return customers_->take_back(unit, source, 2); });
            if (done == 0) return steps;
            EXPECT_LE(done, 2);
            expect_proven();
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, TakeBackTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(TakeBackTest, AnImportThatAloneBroughtThemLeavesNothing) {
    see({{Phone, "13800138001"}, {CustomId, "u-1"}});
    const CustomerId other = see({{Email, "b@example.com"}}).customer;
    ASSERT_TRUE(declare(other, {{"name", "李四"}}));
    const std::string before = hash();
    const std::int64_t people = customers_->people(kernel_.tenant_id(), true);
    const std::string import = "import:imp_1";
    for (int i = 0; i < 7; ++i) {
        const Resolution made =
            see({.keys = {{Card, "K" + std::to_string(i)}, {Device, "d" + std::to_string(i)}}, .source = import});
        ASSERT_TRUE(declare(made.customer, {{"name", "赵六"}}, import));
    }
    // Joins two of its own, one of its own with an old one, and two old ones.
    EXPECT_TRUE(see({.keys = {{Card, "K0"}, {Card, "K1"}}, .source = import}).linked);
    EXPECT_TRUE(see({.keys = {{Card, "K2"}, {Email, "b@example.com"}}, .source = import}).linked);
    EXPECT_TRUE(see({.keys = {{CustomId, "u-1"}, {Email, "b@example.com"}}, .source = import}).linked);
    see({.keys = {{CustomId, "u-1"}, {Card, "K9"}}, .source = import});
    ASSERT_TRUE(declare(other, {{"city", "上海"}}, import));
    EXPECT_NE(hash(), before);

    EXPECT_GT(take_back(import), 3);
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(customers_->people(kernel_.tenant_id(), true), people);
    EXPECT_FALSE(holder(Card, "K0"));
    EXPECT_FALSE(holder(Card, "K9")) << "a key on a customer that stays";
    EXPECT_EQ(standing(other, "name"), "李四|src_one");
    EXPECT_EQ(standing(other, "city"), "") << "what the import declared goes with it";
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM person_secret"), 2);
    EXPECT_EQ(take_back(import), 0);
    EXPECT_EQ(take_back("import:never"), 0);
    restart();
    expect_proven();
    EXPECT_EQ(hash(), before);
    EXPECT_TRUE(see({{CustomId, "u-1"}, {Email, "b@example.com"}}).linked) << "taking back keeps nobody apart";
}

TEST_P(TakeBackTest, WhatAnotherSourceOrAHandNeedsStays) {
    const std::string import = "import:imp_1";
    const CustomerId shared = see({.keys = {{Card, "A"}, {Anonymous, "x"}}, .source = import}).customer;
    see({.keys = {{Card, "A"}}, .source = "src_till"});
    const CustomerId merged = see({.keys = {{Card, "B"}}, .source = import}).customer;
    const CustomerId visitor = see({.keys = {{Anonymous, "v"}}, .source = "src_web"}).customer;
    merge(shared, merged);
    see({.keys = {{Email, "v@example.com"}, {Anonymous, "v"}}, .source = import});
    EXPECT_TRUE(customers_->person_of(kernel_.tenant_id(), visitor)->known);

    take_back(import);
    EXPECT_EQ(holder(Card, "A"), shared);
    EXPECT_EQ(holder(Card, "B"), merged) << "a link by hand stands on it";
    EXPECT_EQ(person(merged), shared);
    EXPECT_FALSE(holder(Email, "v@example.com"));
    EXPECT_EQ(holder(Anonymous, "v"), visitor);
    EXPECT_FALSE(customers_->person_of(kernel_.tenant_id(), visitor)->known) << "nothing strong is left of him";
    expect_proven();
    restart();
    expect_proven();
    // The till's card goes when the till's source does, unless a hand needs it.
    take_back("src_till");
    EXPECT_EQ(holder(Card, "A"), shared);
    take_back("src_web");
    EXPECT_FALSE(holder(Anonymous, "v"));
    EXPECT_FALSE(customers_->person_of(kernel_.tenant_id(), visitor));
}

TEST_P(TakeBackTest, AKeyOfManySourcesIsEverybodys) {
    const CustomerId customer = see({.keys = {{Card, "A"}}, .source = "src_0"}).customer;
    for (int i = 1; i < 9; ++i) see({.keys = {{Card, "A"}}, .source = "src_" + std::to_string(i)});
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity_source"), 4)
        << "three more and the word that there are others";
    restart();
    for (int i = 0; i < 9; ++i) take_back("src_" + std::to_string(i));
    EXPECT_EQ(holder(Card, "A"), customer);
    expect_proven();
}

// ---- What an import saw and said of customers that stay ----

TEST_P(TakeBackTest, AnEarlierSightAHomeAndANameGoBackToWhatTheyWere) {
    const Instant noon = kernel_.clock().now();
    const OrgNodeId home{Bytes16{7}};
    const CustomerId met = see({.keys = {{Phone, "13800138001"}}, .at = noon}).customer;
    ASSERT_TRUE(declare(met, {{"name", "张三", noon}}));
    const std::string before = hash();
    const std::string import = "import:imp_1";
    const Resolution seen =
        see({.keys = {{Phone, "13800138001"}}, .source = import, .at = noon - hours(48), .home = home});
    ASSERT_EQ(seen.customer, met);
    ASSERT_TRUE(declare(met, {{"name", "章三", noon + hours(1)}}, import));
    EXPECT_EQ(standing(met, "name"), "章三|import:imp_1");
    EXPECT_EQ(kernel_.number("SELECT min(first_seen_at) FROM customer"), (noon - hours(48)).ms);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM customer WHERE home_node IS NOT NULL"), 1);
    restart();
    take_back(import);
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(standing(met, "name"), "张三|src_one");
    expect_proven();
}

TEST_P(TakeBackTest, ACustomerThatAnImportMadeAndOthersMetIsTheirs) {
    const Instant noon = kernel_.clock().now();
    const std::string import = "import:imp_1";
    const CustomerId made = see({.keys = {{Phone, "13800138001"}}, .source = import, .at = noon - hours(9)}).customer;
    ASSERT_TRUE(declare(made, {{"name", "赵六", noon}}, import, 60));
    see({.keys = {{Phone, "13800138001"}}, .source = "src_web", .at = noon + hours(3)});
    see({.keys = {{Phone, "13800138001"}}, .source = "src_web", .at = noon + hours(2)});
    ASSERT_TRUE(declare(made, {{"name", "赵柳", noon + hours(5)}}, "src_web", 40));
    EXPECT_EQ(standing(made, "name"), "赵六|import:imp_1");
    take_back(import);
    EXPECT_EQ(kernel_.number("SELECT first_seen_at FROM customer"), (noon + hours(2)).ms);
    EXPECT_EQ(kernel_.number("SELECT first_seen_at FROM identity"), (noon + hours(3)).ms) << "first brought again then";
    EXPECT_EQ(standing(made, "name"), "赵柳|src_web");
    EXPECT_EQ(standing(made, "phone:1"), "+8613800138001|src_web");
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM customer_sight"), 0);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM vault_value"), 2);
    expect_proven();
}

// Many sources see and name one customer in any order, some imports are taken back: what stands is what the others
// alone would have left.
TEST_P(TakeBackTest, WhatStandsIsWhatTheOthersSaidWhateverTheOrder) {
    struct Word {
        std::string source;
        Instant at;
        std::optional<OrgNodeId> home;
        std::string name;
        int trust = 0;
        bool declares = false;
    };
    const Instant noon = kernel_.clock().now();
    SeededRng draw(20'261'123);
    const auto pick = [&](std::uint64_t below) { return static_cast<int>(draw.below(below)); };
    const std::vector<std::string> sources = {"src_web", "src_till", "import:a", "import:b", "import:c"};
    for (int round = 0; round < 12; ++round) {
        const std::string phone = "138001380" + std::to_string(10 + round);
        std::vector<Word> words;
        for (int i = 0; i < 12; ++i) {
            words.push_back({sources[draw.below(5)], noon + hours(pick(40)), std::nullopt,
                             "名" + std::to_string(pick(6)), 50 + 10 * pick(2)});
            if (is_import(words.back().source)) words.back().source += std::to_string(round);
            if (pick(3) == 0) words.back().home = OrgNodeId{Bytes16{static_cast<std::uint8_t>(1 + pick(9))}};
            words.back().declares = words.back().home && is_import(words.back().source) && pick(2) == 0;
        }
        Word& kept = words[draw.below(12)];
        kept.source = "src_web";
        kept.declares = false;
        CustomerId customer;
        for (const Word& word : words) {
            const Seeing seeing{.keys = {{Phone, phone}}, .source = word.source, .at = word.at, .home = word.home,
                                 .declares_home = word.declares};
            customer = see(seeing).customer;
            ASSERT_TRUE(declare(customer, {{"name", word.name, word.at}}, word.source, word.trust));
            if (pick(9) == 0) restart();
        }
        for (const char* gone : {"import:b", "import:a"}) {
            const std::string source = gone + std::to_string(round);
            take_back(source);
            std::erase_if(words, [&](const Word& word) { return word.source == source; });
            const auto rank = [](const Word& word) { return Standing{word.at, word.trust, word.source, word.name}; };
            const auto top = std::max_element(words.begin(), words.end(), [&](const Word& x, const Word& y) {
                return outranks(rank(y), rank(x));
            });
            const auto first = std::min_element(words.begin(), words.end(),
                                                [](const Word& x, const Word& y) { return x.at < y.at; });
            const auto said =
                std::find_if(words.rbegin(), words.rend(), [](const Word& word) { return word.declares; });
            const auto seen = std::find_if(words.begin(), words.end(), [](const Word& word) { return word.home; });
            const Word* const home = said != words.rend() ? &*said : seen != words.end() ? &*seen : nullptr;
            ASSERT_EQ(standing(customer, "name"), top->name + "|" + top->source) << round;
            auto reader = kernel_.reader();
            const auto row = MUST(store::customer(*reader, kernel_.tenant_id(), customer)).value();
            ASSERT_EQ(row.first_seen, first->at) << round;
            ASSERT_EQ(row.home_node, home == nullptr ? std::nullopt : home->home) << round;
        }
    }
    expect_proven();
}

TEST_P(TakeBackTest, NightlyFilesDoNotPileUp) {
    const Instant noon = kernel_.clock().now();
    const CustomerId customer = see({.keys = {{Phone, "13800138001"}}, .at = noon}).customer;
    const auto import = [](int night) { return "import:night_" + std::to_string(night); };
    for (int night = 0; night < 30; ++night) {
        see({.keys = {{Phone, "13800138001"}}, .source = import(night), .at = noon});
        ASSERT_TRUE(declare(customer, {{"name", "名" + std::to_string(night), noon + hours(night)}}, import(night), 60));
    }
    EXPECT_LE(kernel_.number("SELECT count(*) FROM customer_sight"), 10);
    EXPECT_LE(kernel_.number("SELECT count(*) FROM vault_value"), 6);
    take_back(import(29));
    take_back(import(28));
    EXPECT_EQ(standing(customer, "name"), "名27|import:night_27");
    expect_proven();
}

// ---- Survivorship ----

TEST_P(TakeBackTest, TheMostTrustedSurvivesAndTheNewestOfEquals) {
    const CustomerId customer = see({{CustomId, "u-1"}}).customer;
    const Instant noon = kernel_.clock().now();
    const auto at = [&](std::int64_t hours_later, const char* value) {
        return std::vector<Trait>{{"city", value, noon + hours(hours_later)}};
    };
    ASSERT_TRUE(declare(customer, at(0, "上海"), "crm", 50));
    ASSERT_TRUE(declare(customer, at(-1, "北京"), "crm", 50));
    EXPECT_EQ(standing(customer, "city"), "上海|crm") << "older";
    ASSERT_TRUE(declare(customer, at(1, "北京"), "web", 40));
    EXPECT_EQ(standing(customer, "city"), "上海|crm") << "less trusted";
    ASSERT_TRUE(declare(customer, at(2, "杭州"), "till", 50));
    EXPECT_EQ(standing(customer, "city"), "杭州|till");
    ASSERT_TRUE(declare(customer, at(3, "杭州"), "web", 20));
    EXPECT_EQ(standing(customer, "city"), "杭州|till");
    ASSERT_TRUE(declare(customer, at(-9, "苏州"), "crm", 60));
    EXPECT_EQ(standing(customer, "city"), "苏州|crm") << "more trusted, though older";
    ASSERT_TRUE(declare(customer, at(5, ""), "crm", 60));
    EXPECT_EQ(standing(customer, "city"), "|crm") << "taken away, and remembered";
    ASSERT_TRUE(declare(customer, at(4, "苏州"), "crm", 60));
    EXPECT_EQ(standing(customer, "city"), "|crm") << "what comes late does not bring it back";
}

TEST_P(TakeBackTest, DeclaringIsOneSpellingAndPassesOverWhatCannotBeKept) {
    const CustomerId customer = see({{CustomId, "u-1"}}).customer;
    ASSERT_TRUE(declare(customer, {{"firstName", "三"}, {"First Name", "四"}, {"bad", "\xff\xfe"}, {"--", "x"},
                                   {"long", std::string(3'000, 'x')}, {"phone:1", "not an identity"}}));
    EXPECT_EQ(standing(customer, "first_name"), "四|src_one");
    EXPECT_EQ(standing(customer, "bad"), "");
    EXPECT_EQ(standing(customer, "long"), "");
    EXPECT_EQ(standing(customer, "phone_1"), "not an identity|src_one");
    EXPECT_EQ(declare(CustomerId{Bytes16{9}}, {{"name", "x"}}).error().code, ErrorCode::NotFound);
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(declare(customer, {{"field_" + std::to_string(i), "x"}}));
    EXPECT_LE(kernel_.number("SELECT count(*) FROM vault_value"), 201) << "bounded";
}

TEST_P(TakeBackTest, TheSameDeclarationWritesNothingUnlessItIsLater) {
    const CustomerId customer = see({{CustomId, "u-1"}}).customer;
    const Instant noon = kernel_.clock().now();
    const auto say = [&](Instant at, const char* city) {
        return declare(customer, {{"name", "张三", at}, {"city", city, at}});
    };
    const auto when = [&] { return Instant{kernel_.number("SELECT max(at) FROM vault_value WHERE field = 'city'")}; };
    const auto sealed = [&] { return kernel_.number("SELECT sum(length(sealed)) FROM vault_value"); };
    ASSERT_TRUE(say(noon, "上海"));
    const std::int64_t before = sealed();
    kernel_.clock().advance(hours(1));
    ASSERT_TRUE(say(noon, "上海"));
    restart();
    ASSERT_TRUE(say(noon, "上海"));
    EXPECT_EQ(when(), noon);
    EXPECT_EQ(sealed(), before);
    ASSERT_TRUE(say(noon + hours(2), "上海"));
    EXPECT_EQ(when(), noon + hours(2)) << "it still holds then";
    ASSERT_TRUE(say(noon + hours(1), "北京"));
    EXPECT_EQ(standing(customer, "city"), "上海|src_one") << "A, B, A: what came late lies between the two";
}

}  // namespace
}  // namespace tilth::customer
