#include "kernel/audit.h"

#include <gtest/gtest.h>

#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

class AuditTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void add(std::string_view action, const std::string& object, std::uint8_t tenant = 1) {
        ASSERT_TRUE(record_.write(
            [&](Unit& unit) {
                return unit.audit({.action = action, .object = object, .detail = R"({"was":1})", .reason = "asked"});
            },
            tenant));
    }
    AuditProof proof(std::uint8_t tenant = 1) {
        auto loan = MUST(record_->readers().borrow());
        return MUST(verify_audit(*loan, testing::tenant(tenant)));
    }
    std::vector<std::int64_t> sequences(const AuditFilter& filter) {
        auto loan = MUST(record_->readers().borrow());
        std::vector<std::int64_t> out;
        for (const auto& line : MUST(audit_lines(*loan, testing::tenant(1), filter))) out.push_back(line.sequence);
        return out;
    }
    void tamper(std::string_view statement) {
        ASSERT_TRUE(record_.write([&](Unit& unit) { return unit.sql().write(statement, {}); }));
    }
    testing::TestRecord record_{GetParam()};
};

TEST_P(AuditTest, TheChainHoldsOverRefusalsAndRestarts) {
    EXPECT_TRUE(proof().whole);
    add("customer.merge", "cus_1");
    (void)record_.write([](Unit& unit) -> Status {
        TRY(unit.audit({.action = "lost", .object = "cus_1", .detail = "{}", .reason = {}}));
        return Error(ErrorCode::Conflict);
    });
    record_.reopen();
    add("customer.merge", "cus_2");
    add("other.tenant", "cus_9", 2);
    const auto whole = proof();
    EXPECT_TRUE(whole.whole);
    EXPECT_EQ(whole.lines, 2);
    EXPECT_EQ(whole.head.size(), 64u);
    EXPECT_EQ(proof(2).lines, 1);
}

TEST_P(AuditTest, SearchesByWhoAndByAnyWordWithinBounds) {
    for (int i = 0; i < 30; ++i) add(i % 3 == 0 ? "customer.merge" : "org.move", "cus_" + std::to_string(i));
    AuditFilter filter;
    filter.text = "MERGE";
    EXPECT_EQ(sequences(filter).size(), 10u);
    filter.text = "cus_29";
    EXPECT_EQ(sequences(filter), std::vector<std::int64_t>{30});
    filter.text = "nowhere";
    EXPECT_TRUE(sequences(filter).empty());
    filter = {};
    filter.who = "nobody";
    EXPECT_TRUE(sequences(filter).empty());
    auto loan = MUST(record_->readers().borrow());
    EXPECT_EQ(MUST(search_audit(*loan, testing::tenant(1), filter)).go_on_before, 0);
}

TEST_P(AuditTest, AnAlteredLineIsNamed) {
    for (int i = 0; i < 5; ++i) add("a.b", "cus_" + std::to_string(i));
    tamper("UPDATE audit_line SET object = 'cus_x' WHERE sequence = 3");
    EXPECT_FALSE(proof().whole);
    EXPECT_EQ(proof().broken_at, 3);
}

TEST_P(AuditTest, ADeletedLineIsNamedAtTheEndToo) {
    for (int i = 0; i < 5; ++i) add("a.b", "cus_" + std::to_string(i));
    tamper("DELETE FROM audit_line WHERE sequence = 5");
    EXPECT_FALSE(proof().whole);
    EXPECT_EQ(proof().broken_at, 5);
    tamper("DELETE FROM audit_line WHERE sequence = 2");
    EXPECT_EQ(proof().broken_at, 2);
    tamper("DELETE FROM audit_line");
    EXPECT_EQ(proof().broken_at, 1);
}

TEST_P(AuditTest, AWordMovedToTheNextFieldIsNoticed) {
    add("a.b", "cus_1");
    tamper("UPDATE audit_line SET object = 'cus_', detail = '1{\"was\":1}'");
    EXPECT_FALSE(proof().whole);
}

TEST_P(AuditTest, FiltersAndCursors) {
    add("customer.merge", "cus_1");
    add("customer.reveal", "cus_2");
    record_.clock().advance(hours(5));
    add("setting.change", "cus_1");
    add("customers", "cus_1");
    using Found = std::vector<std::int64_t>;
    EXPECT_EQ(sequences({}), (Found{4, 3, 2, 1}));
    AuditFilter filter;
    filter.limit = 2;
    EXPECT_EQ(sequences(filter), (Found{4, 3}));
    filter.before_sequence = 3;
    EXPECT_EQ(sequences(filter), (Found{2, 1}));
    filter = {};
    filter.action = "customer.";
    EXPECT_EQ(sequences(filter), (Found{2, 1}));
    filter.object = "cus_1";
    EXPECT_EQ(sequences(filter), (Found{1}));
    filter = {};
    filter.action = "setting.change";
    EXPECT_EQ(sequences(filter), (Found{3}));
    filter = {};
    filter.from = record_.clock().now();
    EXPECT_EQ(sequences(filter), (Found{4, 3}));
    filter = {};
    filter.to = record_.clock().now() - hours(1);
    EXPECT_EQ(sequences(filter), (Found{2, 1}));
    filter = {};
    filter.actor = Bytes16{1};
    EXPECT_TRUE(sequences(filter).empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
