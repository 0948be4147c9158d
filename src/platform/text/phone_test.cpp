#include "platform/text/phone.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace tilth {
namespace {

std::string rule_of(const Result<std::string>& result) {
    return result ? "accepted as " + *result : result.error().fields.at(0).rule;
}

TEST(Phone, ChineseMobilesInEveryDress) {
    for (const char* text : {"13800138000", "138 0013 8000", "+86-13800138000", "008613800138000", "8613800138000",
                             "+86 (138) 0013-8000", "１３８００１３８０００", "＋86 138-0013-8000", " 138\u00A00013 8000 ",
                             "013800138000", "138.0013.8000", "138–0013—8000", "（+86）13800138000"})
        EXPECT_EQ(MUST(normalise_phone(text, "CN")), "+8613800138000") << text;
}

TEST(Phone, ChineseLandlinesAndOtherCountries) {
    EXPECT_EQ(MUST(normalise_phone("010-6255 5555", "CN")), "+861062555555");
    EXPECT_EQ(MUST(normalise_phone("(0755) 2655 5555", "CN")), "+8675526555555");
    EXPECT_EQ(MUST(normalise_phone("+44 20 7946 0958", "CN")), "+442079460958");
    EXPECT_EQ(MUST(normalise_phone("0044 20 7946 0958", "CN")), "+442079460958");
    EXPECT_EQ(MUST(normalise_phone("020 7946 0958", "GB")), "+442079460958");
    EXPECT_EQ(MUST(normalise_phone("+852 6123 4567", "CN")), "+85261234567");
    EXPECT_EQ(MUST(normalise_phone("(212) 555-2368", "US")), "+12125552368");
    EXPECT_EQ(MUST(normalise_phone("+8613800138000", "US")), "+8613800138000");
    EXPECT_EQ(MUST(normalise_phone("0086 138 0013 8000", "US")), "+8613800138000");
}

TEST(Phone, RefusesWhatCannotExist) {
    for (const char* text : {"", "0", "12345", "1380013800", "138001380000", "12800138000", "+861380013800",
                             "not a number", "1.38E+10", "13800138000.0", "13800138000 ext 5", "010-62555555x12",
                             "1-800-FLOWERS", "+999 123 4567", "138+00138000", "++8613800138000", "00000000000",
                             "13800138000/13900139000", "\xff\xfe"})
        EXPECT_EQ(rule_of(normalise_phone(text, "CN")), "not_a_phone") << text;
    EXPECT_EQ(rule_of(normalise_phone(std::string(10'000, '1'), "CN")), "not_a_phone");
    EXPECT_EQ(rule_of(normalise_phone("020 7946 0958", "no such region")), "not_a_phone");
}

TEST(Phone, MaskedNumbersAreNoKeys) {
    for (const char* text : {"138****8000", "138＊＊＊＊8000", "138xxxx8000", "138••••8000", "+86 138 **** 8000"})
        EXPECT_EQ(rule_of(normalise_phone(text, "CN")), "masked") << text;
}

RC_GTEST_PROP(Phone, NormalisingTwiceChangesNothing, ()) {
    const auto tail = *rc::gen::inRange<std::int64_t>(3'000'000'000, 10'000'000'000);
    const std::string once = MUST(normalise_phone("1" + std::to_string(tail), "CN"));
    RC_ASSERT(once.size() == 14u);
    RC_ASSERT(MUST(normalise_phone(once, "CN")) == once);
    RC_ASSERT(MUST(normalise_phone(once, "GB")) == once);
}

RC_GTEST_PROP(Phone, AnyBytesAreAnsweredAndAcceptedOnesAreE164, (const std::string& text)) {
    const auto result = normalise_phone(text, "CN");
    if (!result) return;
    RC_ASSERT(result->front() == '+');
    RC_ASSERT(result->find_first_not_of("0123456789", 1) == std::string::npos);
}

TEST(Phone, TypedFieldReadsAsChinese) {
    EXPECT_EQ(MUST(Phone::parse("138 0013 8000")).e164(), "+8613800138000");
    EXPECT_FALSE(Phone::parse("138"));
}

TEST(Email, TrimsAndLowers) {
    EXPECT_EQ(MUST(normalise_email("  Zhang.San+Shop@Example.COM\t")), "zhang.san+shop@example.com");
    EXPECT_EQ(MUST(normalise_email("\u3000a@b-c.example.org\u3000")), "a@b-c.example.org");
    EXPECT_EQ(MUST(normalise_email("12345@qq.com")), "12345@qq.com");
    EXPECT_EQ(MUST(normalise_email("o'brien@xn--fiq228c.xn--55qx5d")), "o'brien@xn--fiq228c.xn--55qx5d");
    EXPECT_EQ(MUST(Email::parse("A@example.com")).str(), "a@example.com");
}

TEST(Email, RefusesTheRest) {
    for (const char* text : {"", "@", "a@", "@example.com", "a@b", "a@example", "a b@example.com", "a@b@example.com",
                             "a@.com", "a@example..com", "a@example.com.", "a@-x.com", "a@x-.com", "a@1.2.3.4",
                             "a@ex_ample.com", "<a@example.com>", "a@example.com,b@example.com", "张三@example.com",
                             "a@example.c", "a\r\n@example.com"})
        EXPECT_EQ(rule_of(normalise_email(text)), "not_an_email") << text;
    EXPECT_EQ(rule_of(normalise_email(std::string(65, 'a') + "@example.com")), "not_an_email");
    EXPECT_EQ(rule_of(normalise_email("a@" + std::string(250, 'b') + ".com")), "not_an_email");
    EXPECT_EQ(rule_of(normalise_email("z***@example.com")), "masked");
}

}  // namespace
}  // namespace tilth
