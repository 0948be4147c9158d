#include "kernel/vault/register.h"

#include <gtest/gtest.h>

#include "kernel/testing.h"
#include "platform/files/faulty.h"

namespace tilth::kernel {
namespace {

CustomerId customer(std::uint8_t number) {
    CustomerId id;
    id.bytes.back() = number;
    return id;
}

class RegisterTest : public ::testing::Test {
protected:
    void SetUp() override { crypto::crypto_init(); }
    ErasedCustomer one(std::uint8_t number) const {
        return {testing::tenant(1), customer(number), Instant{1'772'330'400'000 + number}};
    }

    files::FaultyFiles disk_;
    ErasureRegister register_{disk_, "/erasures"};
};

TEST_F(RegisterTest, KeepsEachOnceAndInOrder) {
    EXPECT_TRUE(MUST(register_.read()).empty());
    EXPECT_EQ(MUST(register_.append({one(1), one(2)})), 2);
    EXPECT_EQ(MUST(register_.append({one(2), one(3)})), 3) << "a repeated step adds nothing";
    ErasureRegister again(disk_, "/erasures");
    const auto all = MUST(again.read());
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[2].customer, customer(3));
    EXPECT_EQ(all[2].at, one(3).at);
}

TEST_F(RegisterTest, ATornEndIsCutAndDamageIsNamed) {
    MUST(register_.append({one(1), one(2), one(3)}));
    const std::string whole = MUST(disk_.read_whole(register_.path(), 10'000));
    for (std::size_t kept = 0; kept < whole.size(); ++kept) {
        MUST(disk_.write_whole(register_.path(), whole.substr(0, kept)));
        ErasureRegister torn(disk_, "/erasures");
        const auto left = torn.read();
        ASSERT_TRUE(left) << kept;
        EXPECT_EQ(MUST(torn.append({one(1), one(2), one(3)})), 3) << kept;
        EXPECT_EQ(MUST(disk_.read_whole(register_.path(), 10'000)), whole) << kept;
    }
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        MUST(disk_.write_whole(register_.path(), changed));
        ErasureRegister damaged(disk_, "/erasures");
        const auto left = damaged.read();
        // A line feed that is none any more makes the last line a torn one; all else is named.
        if (left) EXPECT_EQ(whole[at], '\n') << at;
        else EXPECT_EQ(left.error().code, ErrorCode::Corrupt) << at;
    }
}

}  // namespace
}  // namespace tilth::kernel
