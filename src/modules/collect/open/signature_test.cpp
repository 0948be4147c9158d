#include "modules/collect/open/signature.h"

#include <gtest/gtest.h>

namespace tilth::collect::open {

TEST(Signature, ChangesWithEveryPart) {
    const Signed request{"POST", "/open/v1/events", "{\"events\":[]}", "1772330400", "0123456789abcdef"};
    const std::string right = sign("ps_secret", request);
    // Made once by another program (Python's hmac), so that partners can do the same.
    EXPECT_EQ(right, "2119a491295ebaf441c668fc65c2b49d6645cc2d7844afbf12890cf8a155e2d3");
    EXPECT_TRUE(holds("ps_secret", request, right));
    EXPECT_FALSE(holds("ps_other", request, right));
    for (const Signed& other : {Signed{"PUT", request.target, request.body, request.timestamp, request.nonce},
                                Signed{"POST", "/open/v1/leads", request.body, request.timestamp, request.nonce},
                                Signed{"POST", request.target, "{}", request.timestamp, request.nonce},
                                Signed{"POST", request.target, request.body, "1772330401", request.nonce},
                                Signed{"POST", request.target, request.body, request.timestamp, "0123456789abcdeg"}})
        EXPECT_FALSE(holds("ps_secret", other, right));
    EXPECT_FALSE(holds("ps_secret", request, right.substr(1)));
    EXPECT_FALSE(holds("ps_secret", request, ""));
}

TEST(Signature, OnlyTheLastMinutesAreCurrent) {
    const Instant now{1'772'330'400'000};
    EXPECT_TRUE(is_current("1772330400", now));
    EXPECT_TRUE(is_current("1772330100", now));
    EXPECT_TRUE(is_current("1772330700", now));
    for (const char* text :
         {"1772330099", "1772330701", "", "x", "1772330400000", "-1", "1772330400.5", "99999999999999"})
        EXPECT_FALSE(is_current(text, now)) << text;
    EXPECT_TRUE(is_nonce("0123456789abcdef"));
    EXPECT_FALSE(is_nonce("0123456789abcde"));
    EXPECT_FALSE(is_nonce(std::string(65, 'a')));
    EXPECT_FALSE(is_nonce("0123456789abcd f"));
}

TEST(Signature, WaitsGrowAndEnd) {
    for (int attempts = 1; attempts + 1 < kAttemptsMax; ++attempts)
        EXPECT_LT(wait_after(attempts), wait_after(attempts + 1)) << attempts;
    EXPECT_EQ(wait_after(kAttemptsMax), Duration{});
}

}  // namespace tilth::collect::open
