#include "platform/text/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace tilth {
namespace {

constexpr std::string_view kUtf8 = "客户，Ünïcode 😀\n";
// The same text in the other encodings, made with iconv.
const std::string kGb18030 = "\xbf\xcd\xbb\xa7\xa3\xac\x81\x30\x89\x35n\x81\x30\x8a\x37" "code \x94\x39\xfc\x36\n";
const std::string kUtf16Le("\xa2\x5b\x37\x62\x0c\xff\xdc\x00n\x00\xef\x00" "c\x00o\x00" "d\x00" "e\x00 \x00"
                           "\x3d\xd8\x00\xde\n\x00",
                           28);

template <class T>
ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

TEST(Encoding, IsFoundByMarkOrByTheBytes) {
    EXPECT_EQ(detect_encoding(""), Encoding::Utf8);
    EXPECT_EQ(detect_encoding("plain"), Encoding::Utf8);
    EXPECT_EQ(detect_encoding(kUtf8), Encoding::Utf8);
    EXPECT_EQ(detect_encoding(kUtf8.substr(0, 2)), Encoding::Utf8) << "a head may end within a letter";
    EXPECT_EQ(detect_encoding("\xEF\xBB\xBFid"), Encoding::Utf8Bom);
    EXPECT_EQ(detect_encoding(kGb18030), Encoding::Gb18030);
    EXPECT_EQ(detect_encoding("\xFF\xFE" + kUtf16Le), Encoding::Utf16Le);
    EXPECT_EQ(detect_encoding(std::string("\xFE\xFF\0a", 4)), Encoding::Utf16Be);
}

TEST(Encoding, EachBecomesTheSameUtf8) {
    EXPECT_EQ(MUST(to_utf8(kUtf8, Encoding::Utf8)), kUtf8);
    EXPECT_EQ(MUST(to_utf8("\xEF\xBB\xBF" + std::string(kUtf8), Encoding::Utf8Bom)), kUtf8);
    EXPECT_EQ(MUST(to_utf8(kGb18030, Encoding::Gb18030)), kUtf8);
    EXPECT_EQ(MUST(to_utf8(kUtf16Le, Encoding::Utf16Le)), kUtf8);
    EXPECT_EQ(MUST(to_utf8("\xFF\xFE" + kUtf16Le, Encoding::Utf16Le)), kUtf8);
    std::string swapped = kUtf16Le;
    for (std::size_t i = 0; i < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
    EXPECT_EQ(MUST(to_utf8("\xFE\xFF" + swapped, Encoding::Utf16Be)), kUtf8);
    EXPECT_EQ(MUST(to_utf8("", Encoding::Gb18030)), "");
}

TEST(Encoding, WrongBytesAreRefusedWhole) {
    EXPECT_EQ(code_of(to_utf8("a\xff", Encoding::Utf8)), ErrorCode::UnsupportedFormat);
    EXPECT_EQ(code_of(to_utf8("\xe5\xae", Encoding::Utf8)), ErrorCode::UnsupportedFormat);
    EXPECT_EQ(code_of(to_utf8("\xbf", Encoding::Gb18030)), ErrorCode::UnsupportedFormat);
    EXPECT_EQ(code_of(to_utf8("\x81\x7f", Encoding::Gb18030)), ErrorCode::UnsupportedFormat);
    EXPECT_EQ(code_of(to_utf8(std::string("\x3d\xd8" "a\0", 4), Encoding::Utf16Le)), ErrorCode::UnsupportedFormat);
    EXPECT_EQ(code_of(to_utf8("a", Encoding::Utf16Le)), ErrorCode::UnsupportedFormat);
}

TEST(Decoder, ReplacesAndCountsWhatDoesNotBelong) {
    Decoder decoder(Encoding::Utf8);
    std::string text = decoder.feed("a\xff" "b\xe5");
    text += decoder.finish();
    EXPECT_EQ(text, "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
    EXPECT_EQ(decoder.replaced(), 2u);
}

RC_GTEST_PROP(Decoder, PiecesMayEndAnywhere, ()) {
    const bool chinese = *rc::gen::arbitrary<bool>();
    const std::string source = chinese ? kGb18030 : kUtf16Le;
    std::string all;
    for (int i = 0; i < 500; ++i) all += source;  // longer than one block
    Decoder decoder(chinese ? Encoding::Gb18030 : Encoding::Utf16Le);
    std::string text;
    for (std::string_view rest = all; !rest.empty();) {
        const auto piece = rest.substr(0, *rc::gen::inRange<std::size_t>(1, 5000));
        text += decoder.feed(piece);
        rest.remove_prefix(piece.size());
    }
    text += decoder.finish();
    RC_ASSERT(decoder.replaced() == 0u);
    RC_ASSERT(text.size() == 500 * kUtf8.size());
    RC_ASSERT(text.substr(499 * kUtf8.size()) == kUtf8);
}

RC_GTEST_PROP(Compress, RoundTrips, (const std::string& seed)) {
    std::string text;
    for (unsigned i = *rc::gen::inRange(0u, 3000u); i > 0; --i) text += seed;
    RC_ASSERT(MUST(zstd_decompress(zstd_compress(text), text.size())) == text);
    RC_ASSERT(MUST(gunzip(gzip(text), text.size())) == text);
}

TEST(Compress, KeepsTheBound) {
    const std::string text(3'000'000, 'a');
    EXPECT_EQ(MUST(zstd_decompress(zstd_compress(text), text.size())), text);
    EXPECT_EQ(code_of(zstd_decompress(zstd_compress(text), text.size() - 1)), ErrorCode::PayloadTooLarge);
    EXPECT_EQ(MUST(gunzip(gzip(text), text.size())), text);
    EXPECT_EQ(code_of(gunzip(gzip(text), text.size() - 1)), ErrorCode::PayloadTooLarge);
    EXPECT_EQ(code_of(gunzip(gzip(text), 0)), ErrorCode::PayloadTooLarge);
}

TEST(Compress, SeveralFramesOrMembersAreOneText) {
    EXPECT_EQ(MUST(gunzip(gzip("one") + gzip("") + gzip("two"), 100)), "onetwo");
    EXPECT_EQ(code_of(gunzip(gzip("one") + gzip("two"), 5)), ErrorCode::PayloadTooLarge);
    EXPECT_EQ(MUST(zstd_decompress(zstd_compress("one") + zstd_compress("twotwo"), 100)), "onetwotwo");
    EXPECT_EQ(code_of(zstd_decompress(zstd_compress("one") + zstd_compress("two"), 5)), ErrorCode::PayloadTooLarge);
}

TEST(Compress, ReadsZlibAndZstdWithoutADeclaredSize) {
    EXPECT_EQ(MUST(gunzip(std::string("\x78\x9c\x4b\x4c\x4a\x06\x00\x02\x4d\x01\x27", 11), 10)), "abc");
    const std::string streamed("\x28\xb5\x2f\xfd\x00\x58\x19\x00\x00" "abc", 12);
    EXPECT_EQ(MUST(zstd_decompress(streamed, 10)), "abc");
    EXPECT_EQ(code_of(zstd_decompress(streamed, 2)), ErrorCode::PayloadTooLarge);
}

TEST(Compress, EveryCutIsNoticed) {
    const std::string zipped = gzip("some text to be cut short");
    for (std::size_t i = 0; i < zipped.size(); ++i)
        EXPECT_EQ(code_of(gunzip(zipped.substr(0, i), 1000)), ErrorCode::Corrupt) << i;
    const std::string packed = zstd_compress("some text to be cut short");
    for (std::size_t i = 0; i < packed.size(); ++i)
        EXPECT_EQ(code_of(zstd_decompress(packed.substr(0, i), 1000)), ErrorCode::Corrupt) << i;
    EXPECT_EQ(code_of(gunzip(zipped + "trailing", 1000)), ErrorCode::Corrupt);
    EXPECT_EQ(code_of(zstd_decompress(packed + "trailing", 1000)), ErrorCode::Corrupt);
}

}  // namespace
}  // namespace tilth
