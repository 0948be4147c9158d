#include "platform/sets/bitmap.h"

#include <gtest/gtest.h>

#include <set>

#include "base/rng.h"

namespace tilth::sets {
namespace {

TEST(Bitmap, WordsAndBytesKeepEveryMember) {
    SeededRng rng(7);
    for (const std::uint64_t one_in : {1, 2, 40, 1'000, 100'000}) {
        std::vector<std::uint64_t> words(3'000);
        Bitmap grown;
        std::vector<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < words.size() * 64; ++i) {
            if (rng.below(one_in) != 0) continue;
            words[i / 64] |= std::uint64_t{1} << (i % 64);
            grown.add(i);
            expected.push_back(i);
        }
        const Bitmap made = Bitmap::from_words(words);
        EXPECT_EQ(made, grown);
        EXPECT_EQ(made.to_vector(), expected);
        EXPECT_EQ(MUST(Bitmap::from_bytes(made.to_bytes())), made);
        std::vector<std::uint64_t> back(words.size() - 100);
        made.or_into(6'400, back);
        EXPECT_TRUE(std::equal(back.begin(), back.end(), words.begin() + 100));
    }
    EXPECT_FALSE(Bitmap::from_bytes("no set"));
}

TEST(Bitmap, SetAlgebra) {
    Bitmap a = Bitmap::from_words(std::vector<std::uint64_t>{0b0111});
    const Bitmap b = Bitmap::from_words(std::vector<std::uint64_t>{0b1110});
    Bitmap both = a;
    both &= b;
    EXPECT_EQ(both.to_vector(), (std::vector<std::uint32_t>{1, 2}));
    Bitmap any = a;
    any |= b;
    EXPECT_EQ(any.size(), 4u);
    a -= b;
    EXPECT_EQ(a.to_vector(), std::vector<std::uint32_t>{0});
    EXPECT_FALSE(a.add(0));
    EXPECT_TRUE(a.remove(0));
    EXPECT_FALSE(a.contains(0));
}

}  // namespace
}  // namespace tilth::sets
