#include "flows/erase_person/erase_person.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "kernel/testing/fixture.h"
#include "modules/collect/api.h"
#include "platform/files/faulty.h"
#include "platform/json/value.h"

namespace tilth::flows {
namespace {

using kernel::Unit;

class ErasePersonTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void SetUp() override {
        kernel_.caller().as_staff({"customer.privacy", "customer.read"});
        add_erase_person(parts());
        kernel_->jobs.run();
    }
    void TearDown() override { kernel_->jobs.stop(); }
    ErasureParts parts() { return {*kernel_, *customers_, *orders_, *forgetting_, *residue_}; }

    CustomerId person(const std::string& phone) {
        return kernel_.made<CustomerId>([&](Unit& unit) -> Result<CustomerId> {
            customer::Sighting sighting;
            sighting.claims.push_back(
                TRY(customer::make_claim(kernel_->vault, unit.tenant(), customer::IdentityKind::Phone, phone)));
            sighting.at = unit.now();
            sighting.source = "src_one";
            const auto found = TRY(customers_->resolve(unit, sighting));
            TRY(customers_->declare(unit, found.customer, {{"name", "陈美丽"}}, "src_one", 60));
            return found.customer;
        });
    }
    std::vector<CustomerId> found(const std::string& phone) { return customers_->search(kernel_.tenant_id(), phone); }
    void refuse(const std::string& phone) {
        MUST(kernel_.write([&](Unit& unit) {
            collect::Verdict verdict;
            verdict.code = "bad_time";
            verdict.raw = "{\"phone\":\"" + phone + "\"}";
            return collect_->refuse(unit, SourceId{}, {verdict}, unit.now());
        }));
    }
    int open_request(const CustomerId& customer) {
        const auto answer =
            kernel_.call(http::Method::Post, "/api/v1/privacy-requests",
                         R"({"customer":")" + customer.str() + R"(","kind":"erase","note":"本人要求"})");
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto body = MUST(json::Value::parse(answer.body));
        return static_cast<int>(body.get("number").i64_or(0));
    }
    http::Response erase(int number) {
        return kernel_.call(http::Method::Post, "/api/v1/privacy-requests/" + std::to_string(number) + "/erase",
                            R"({"reason":"本人要求"})");
    }
    std::string receipt(int number) {
        return kernel_.call(http::Method::Get, "/api/v1/privacy-requests/" + std::to_string(number) + "/erasure").body;
    }
    void wait() {
        for (int i = 0; i < 2'000 && !kernel_->jobs.idle(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        EXPECT_TRUE(kernel_->jobs.idle());
    }
    std::int64_t rows(const std::string& table) { return kernel_.number("SELECT count(*) FROM " + table); }

    static std::vector<sql::Migration> migrations() {
        std::vector<sql::Migration> all;
        for (const auto& module :
             {org::org_module(), customer::customer_module(), collect::collect_module(), commerce::commerce_module()})
            all.insert(all.end(), module.migrations.begin(), module.migrations.end());
        return all;
    }
    kernel::testing::TestKernel kernel_{GetParam(), migrations()};
    std::unique_ptr<org::Org> org_ = org::make_org(*kernel_);
    std::unique_ptr<customer::Customers> customers_ = customer::make_customers(*kernel_);
    std::unique_ptr<collect::Collect> collect_ = collect::make_collect(*kernel_, *org_);
    std::unique_ptr<commerce::Orders> orders_ = commerce::make_orders(*kernel_, *org_, *customers_);
    std::unique_ptr<collect::Forgetting> forgetting_ = collect::make_forgetting(*kernel_);
    files::FaultyFiles disk_;
    kernel::ErasureRegister outside_{disk_, "/erasures"};
    std::unique_ptr<kernel::Residue> residue_ = std::make_unique<kernel::Residue>(
        kernel_.record(), kernel_->jobs, kernel_->dispatch, outside_, kernel::ResidueOptions{{}, tables_of_persons()});
};

TEST_P(ErasePersonTest, KeysValuesAndWhatLiesSealedGoAndTheReceiptSaysSo) {
    const CustomerId gone = person("13800138001");
    const CustomerId stays = person("13900139002");
    refuse("13800138001");
    refuse("13900139002");
    const int number = open_request(gone);
    ASSERT_EQ(erase(number).status, 200);
    EXPECT_TRUE(found("13800138001").empty());
    EXPECT_EQ(found("13900139002"), std::vector<CustomerId>{stays});
    EXPECT_EQ(rows("person_secret"), 1);
    wait();
    EXPECT_EQ(rows("refused_event"), 1);
    EXPECT_EQ(rows("forget_ticket"), 0);
    EXPECT_EQ(MUST(outside_.read()).size(), 1u);
    // PostgreSQL rewrites the tables within the hour after.
    kernel_.clock().advance(hours(2));
    MUST(kernel_.settle());
    wait();
    const std::string parts = receipt(number);
    EXPECT_NE(parts.find(R"("complete":true)"), std::string::npos) << parts;
    for (const char* part : {"register", "record", "sealed"}) EXPECT_NE(parts.find(part), std::string::npos) << parts;
}

TEST_P(ErasePersonTest, OnlyAnOpenRequestForErasureErases) {
    const CustomerId customer = person("13800138001");
    EXPECT_EQ(erase(7).status, 404);
    const auto access = kernel_.call(http::Method::Post, "/api/v1/privacy-requests",
                                     R"({"customer":")" + customer.str() + R"(","kind":"access","note":"本人要求"})");
    ASSERT_EQ(access.status, 200);
    EXPECT_EQ(erase(1).status, 409);
    EXPECT_EQ(found("13800138001").size(), 1u);
    const int number = open_request(customer);
    EXPECT_EQ(erase(number).status, 200);
    EXPECT_EQ(erase(number).status, 404) << "nobody is left to erase";
}

TEST_P(ErasePersonTest, WhoComesBackIsANewCustomerWhomNoMarketingReaches) {
    const CustomerId before = person("13800138001");
    ASSERT_EQ(erase(open_request(before)).status, 200);
    wait();
    const CustomerId after = person("13800138001");
    EXPECT_NE(after, before);
    EXPECT_NE(customers_->person_of(kernel_.tenant_id(), after)->ordinal,
              customers_->person_of(kernel_.tenant_id(), before)->ordinal);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM customer_suppressed"), 1);
}

// A record from before the erasure: what the register outside names is erased again, also where it lies sealed.
TEST_P(ErasePersonTest, ARestoredRecordForgetsAgain) {
    const CustomerId customer = person("13800138001");
    refuse("13800138001");
    MUST(outside_.append({{kernel_.tenant_id(), customer, kernel_.clock().now()}}));
    EXPECT_EQ(MUST(replay_erasures(parts(), outside_)), 1);
    wait();
    EXPECT_TRUE(found("13800138001").empty());
    EXPECT_EQ(rows("refused_event"), 0);
    EXPECT_EQ(rows("forget_ticket"), 0);
    EXPECT_EQ(MUST(replay_erasures(parts(), outside_)), 0) << "once";
}

INSTANTIATE_TEST_SUITE_P(Engines, ErasePersonTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::flows
