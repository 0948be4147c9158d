#include "modules/collect/capture/codes.h"

#include <gtest/gtest.h>

#include <set>

#include "modules/collect/capture/page.h"

namespace tilth::collect::capture {
namespace {

const crypto::Key kKey = crypto::Key::from_bytes(std::string(32, 'k'));
const crypto::Key kOther = crypto::Key::from_bytes(std::string(32, 'o'));

TEST(Codes, AnItemsCodeIsKnownAndNoOther) {
    std::set<std::string> seen;
    for (std::int64_t serial = 0; serial < 20'000; ++serial) {
        const std::string code = item_code(kKey, 7, serial);
        ASSERT_EQ(code.size(), kItemLetters);
        ASSERT_TRUE(seen.insert(code).second);
        ASSERT_EQ(item_serial(kKey, 7, code), serial);
        ASSERT_EQ(item_serial(kKey, 8, code), std::nullopt);
        ASSERT_EQ(item_serial(kOther, 7, code), std::nullopt);
    }
    // One letter changed, anywhere: not ours.
    SeededRng rng(5);
    for (int i = 0; i < 20'000; ++i) {
        std::string code = item_code(kKey, 7, static_cast<std::int64_t>(rng.below(1'000'000)));
        const auto at = rng.below(code.size());
        const char before = code[at];
        code[at] = static_cast<char>(rng.below(256));
        if (code[at] != before) { ASSERT_EQ(item_serial(kKey, 7, code), std::nullopt) << code; }
    }
    EXPECT_EQ(item_serial(kKey, 7, ""), std::nullopt);
}

TEST(Codes, APagesSealHoldsOnceItIsOldEnough) {
    SeededRng rng(5);
    const Instant now{1'772'330'400'000};
    const std::string seal = page_seal(kKey, 7, now, rng);
    EXPECT_EQ(check_seal(kKey, 7, seal, now + seconds(1)), SealCheck::TooQuick);
    EXPECT_EQ(check_seal(kKey, 7, seal, now + seconds(2)), SealCheck::Holds);
    EXPECT_EQ(check_seal(kKey, 7, seal, now + hours(24)), SealCheck::Holds);
    EXPECT_EQ(check_seal(kKey, 7, seal, now + hours(25)), SealCheck::TooOld);
    EXPECT_EQ(check_seal(kKey, 8, seal, now + seconds(9)), SealCheck::Forged);
    EXPECT_EQ(check_seal(kOther, 7, seal, now + seconds(9)), SealCheck::Forged);
    EXPECT_EQ(check_seal(kKey, 7, "1" + seal, now + seconds(9)), SealCheck::Forged);
    EXPECT_EQ(check_seal(kKey, 7, "", now), SealCheck::Forged);
    EXPECT_NE(seal, page_seal(kKey, 7, now, rng));
}

TEST(Pages, NothingOfOthersIsTakenForOurs) {
    Point point;
    point.name = "</title><script>alert(1)</script>";
    point.definition.intro = MUST((Text<1, 500>::parse("<img src=x onerror=alert(1)> & \"'")));  // a fixed text
    FormState state;
    state.action = "/c/X\"><script>";
    state.via = "\"><script>alert(2)</script>";
    state.receipt = "'><b>";
    state.error = "<i>";
    const auto page = form_page(point, state);
    EXPECT_EQ(page.status, 422);
    for (const char* bad : {"<script>", "<img", "<b>", "<i>"}) {
        EXPECT_EQ(page.body.find(bad), std::string::npos) << bad;
    }
    point.definition.body = MUST((Text<1, 4'000>::parse("<script>x</script>")));  // a fixed text
    const auto reading = reading_page(point, "/c/A/B", "NONCE");
    EXPECT_EQ(reading.body.find("<script>x"), std::string::npos);
    EXPECT_NE(reading.body.find("<script nonce=\"NONCE\">"), std::string::npos);
}

}  // namespace
}  // namespace tilth::collect::capture
