#include "modules/org/totp.h"

#include <gtest/gtest.h>

namespace tilth::org {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

// RFC 6238, appendix B, the SHA-1 rows.
TEST(Totp, TheVectorsOfTheStandard) {
    const std::pair<std::int64_t, const char*> rows[] = {{59, "94287082"},         {1111111109, "07081804"},
                                                         {1111111111, "14050471"}, {1234567890, "89005924"},
                                                         {2000000000, "69279037"}, {20000000000, "65353130"}};
    for (const auto& [seconds, code] : rows)
        EXPECT_EQ(totp_code(kSecret, totp_step(Instant{seconds * 1000}), 8), code) << seconds;
}

TEST(Totp, Base32OfTheStandard) {  // RFC 4648, section 10
    EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
    EXPECT_EQ(base32("foob"), "MZXW6YQ");
    EXPECT_EQ(base32(""), "");
}

TEST(Totp, ACodeFitsWithinTheDriftAndOnce) {
    const Instant now{1'700'000'010'000};
    const std::int64_t step = totp_step(now);
    for (const int off : {-1, 0, 1})
        EXPECT_EQ(accept_totp(kSecret, totp_code(kSecret, step + off), now, 0), step + off);
    for (const int off : {-2, 2}) EXPECT_FALSE(accept_totp(kSecret, totp_code(kSecret, step + off), now, 0));
    EXPECT_FALSE(accept_totp(kSecret, totp_code(kSecret, step), now, step));
    EXPECT_FALSE(accept_totp(kSecret, totp_code(kSecret, step - 1), now, step));
    EXPECT_TRUE(accept_totp(kSecret, totp_code(kSecret, step + 1), now, step));
    EXPECT_FALSE(accept_totp(kSecret, "", now, 0));
}

TEST(Totp, TheUriNamesIssuerAndLogin) {
    EXPECT_EQ(otpauth_uri("示例 A", "zhou", "foobar"),
              "otpauth://totp/%E7%A4%BA%E4%BE%8B%20A:zhou?secret=MZXW6YTBOI&issuer=%E7%A4%BA%E4%BE%8B%20A"
              "&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace tilth::org
