// Rotation of both keys while people are seen, looked up and erased: nobody is lost, nobody stands twice.
#include "kernel/vault/rotation.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using kernel::KeyFamily;
using testing::Keys;

constexpr int kPeople = 600;

std::string phone_of(int n) { return "138" + std::to_string(10'000'000 + n * 7); }
std::string card_of(int n) { return "C" + std::to_string(n); }
std::string cookie_of(int n) { return "cookie-" + std::to_string(n); }
Keys keys_of(int n) {
    return {
        {IdentityKind::Phone, phone_of(n)}, {IdentityKind::Card, card_of(n)}, {IdentityKind::Anonymous, cookie_of(n)}};
}

class RotationTest : public testing::CustomersTest {
protected:
    void SetUp() override {
        open();
        for (int n = 0; n < kPeople; n += 50) {
            ASSERT_TRUE(kernel_.write([&](kernel::Unit& unit) -> Status {
                for (int one = n; one < n + 50; ++one) TRY(CustomersTest::see(unit, {.keys = keys_of(one)}));
                return ok();
            }));
        }
    }
    void open() {
        rotation_ =
            std::make_unique<kernel::Rotation>(kernel_.record(), kernel_->vault, kernel_->jobs, kernel_->dispatch);
        kernel_->jobs.run();
    }
    // As after a kill: what the job has saved is all that it knows.
    void kill() {
        kernel_->jobs.stop();
        rotation_.reset();
        restart();
        open();
    }
    std::int64_t rotate(KeyFamily family) {
        return kernel_
            .made<kernel::Rotation::Started>(
                [&](kernel::Unit& unit) { return rotation_->start(unit, family, "yearly"); })
            .generation;
    }
    void finish() {
        for (int i = 0; i < 12'000 && !kernel_->jobs.idle(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ASSERT_TRUE(kernel_->jobs.idle());
    }
    // The hour after which the former data keys may go.
    void finish_data() {
        finish();
        kernel_.clock().advance(kernel::Rotation::kOnTheWay);
        ASSERT_TRUE(kernel_.settle());
        finish();
    }
    std::int64_t settled(KeyFamily family) {
        return kernel_.number("SELECT max(generation) FROM key_generation WHERE family = ?1 AND settled_at IS NOT NULL",
                              {static_cast<std::int64_t>(family)});
    }
    void expect_everybody() {
        for (int n = 0; n < kPeople; ++n) {
            const auto by_phone = holder(IdentityKind::Phone, phone_of(n));
            ASSERT_TRUE(by_phone) << n;
            EXPECT_EQ(by_phone, holder(IdentityKind::Card, card_of(n))) << n;
            EXPECT_EQ(by_phone, holder(IdentityKind::Anonymous, cookie_of(n))) << n;
        }
        EXPECT_EQ(customers_->people(kernel_.tenant_id(), true), kPeople);
        EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity"), 3 * kPeople);
        EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity_index"), 3 * kPeople);
        expect_proven();
    }

    std::unique_ptr<kernel::Rotation> rotation_;
};

TEST_P(RotationTest, WithoutLoadEverythingIsAsItWas) {
    const std::string before = hash();
    rotate(KeyFamily::Index);
    finish();
    EXPECT_EQ(settled(KeyFamily::Index), 2);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity_index WHERE generation = 2"), 3 * kPeople);
    rotate(KeyFamily::Data);
    finish();
    EXPECT_EQ(settled(KeyFamily::Data), 1) << "sealed bytes may be on their way for an hour";
    finish_data();
    EXPECT_EQ(settled(KeyFamily::Data), 2);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM key_generation WHERE destroyed_at IS NOT NULL"), 1);
    expect_everybody();
    EXPECT_EQ(hash(), before);
    kill();
    expect_everybody();
    EXPECT_EQ(hash(), before);
    const auto customer = holder(IdentityKind::Phone, phone_of(17)).value();
    auto reader = kernel_.reader();
    EXPECT_EQ(MUST(kernel_->vault.open(*reader, kernel_.tenant_id(), customer)).size(), 2u);
}

TEST_P(RotationTest, UnderLoadNobodyIsLostOrStandsTwice) {
    std::atomic<bool> stop{false};
    std::atomic<int> missed{0};
    std::atomic<int> looked{0};
    std::atomic<int> made{0};
    std::thread readers([&] {
        for (int n = 0; !stop; n = (n + 7) % kPeople) {
            if (!holder(IdentityKind::Phone, phone_of(n)) || !holder(IdentityKind::Anonymous, cookie_of(n))) ++missed;
            ++looked;
        }
    });
    std::thread writers([&] {
        for (int n = 0; !stop; n = (n + 13) % kPeople) {
            const auto seen = kernel_.record().write<Resolution>(
                kernel_.context(), [&](kernel::Unit& unit) { return CustomersTest::see(unit, {.keys = keys_of(n)}); });
            if (!seen || seen->created || seen->linked) ++made;
        }
    });
    for (int round = 0; round < 3; ++round) {
        rotate(KeyFamily::Index);
        rotate(KeyFamily::Data);
        finish();
    }
    stop = true;
    readers.join();
    writers.join();
    EXPECT_GT(looked, 100);
    EXPECT_EQ(missed, 0);
    EXPECT_EQ(made, 0) << "somebody was taken for new";
    EXPECT_EQ(settled(KeyFamily::Index), 4);
    finish_data();
    EXPECT_EQ(settled(KeyFamily::Data), 4);
    expect_everybody();
    kill();
    expect_everybody();
}

TEST_P(RotationTest, AKillInTheMiddleGoesOnWhereItStood) {
    const std::string before = hash();
    for (const KeyFamily family : {KeyFamily::Index, KeyFamily::Data}) {
        rotate(family);
        kill();
        // New keys come under the newest generation, known ones are found under either.
        EXPECT_FALSE(see(keys_of(3)).created);
        kill();
        finish();
    }
    finish_data();
    EXPECT_EQ(settled(KeyFamily::Index), 2);
    EXPECT_EQ(settled(KeyFamily::Data), 2);
    expect_everybody();
    EXPECT_EQ(hash(), before);
}

TEST_P(RotationTest, AClaimFromBeforeTheRotationFindsItsHolder) {
    const Claim early = claim(IdentityKind::Card, card_of(5));
    const Claim fresh = claim(IdentityKind::Card, "NEW-1");
    rotate(KeyFamily::Index);
    finish();
    Sighting sighting;
    sighting.claims = {early, fresh};
    sighting.at = kernel_.clock().now();
    sighting.source = "src_one";
    const auto seen = kernel_.made<Resolution>([&](kernel::Unit& unit) { return customers_->resolve(unit, sighting); });
    EXPECT_FALSE(seen.created);
    EXPECT_EQ(holder(IdentityKind::Card, "NEW-1"), holder(IdentityKind::Phone, phone_of(5)));
    EXPECT_EQ(customers_->find(kernel_.tenant_id(), early), holder(IdentityKind::Phone, phone_of(5)));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity_index WHERE generation < 2"), 0);
    expect_proven();
}

TEST_P(RotationTest, WhoWasErasedStaysSuppressed) {
    const auto gone = holder(IdentityKind::Phone, phone_of(9)).value();
    ASSERT_TRUE(kernel_.write([&](kernel::Unit& unit) -> Status {
        TRY(erase(*customers_, unit, gone));
        return ok();
    }));
    for (int round = 0; round < 2; ++round) {
        rotate(KeyFamily::Index);
        finish();
    }
    kill();
    EXPECT_EQ(kernel_.number("SELECT generation FROM suppression"), 3);
    const auto back = see({{IdentityKind::Phone, phone_of(9)}});
    EXPECT_TRUE(back.created);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM customer_suppressed"), 1);
    EXPECT_TRUE(see({{IdentityKind::Phone, "13799990000"}}).created);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM customer_suppressed"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, RotationTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::customer
