// Known answers come from the standards named beside them, or from Python's hashlib where a standard has none.

#include "platform/crypto/crypto.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <numeric>
#include <set>
#include <string>

namespace tilth::crypto {
namespace {

std::string bytes(std::string_view hexadecimal) { return MUST(from_hex(hexadecimal)); }
std::string counting(int from, int count) {
    std::string out(static_cast<std::size_t>(count), '\0');
    std::iota(out.begin(), out.end(), static_cast<char>(from));
    return out;
}
const Key& counting_key() {
    static const Key key = Key::from_bytes(counting(0, 32));
    return key;
}
template <std::size_t Size>
std::string hex_of(const std::array<std::uint8_t, Size>& hash) {
    return hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

TEST(Crypto, Sha256OfFips180) {
    EXPECT_EQ(hex_of(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crypto, HmacSha256OfRfc4231) {
    EXPECT_EQ(hex_of(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex_of(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const std::string long_key(131, '\xaa');
    EXPECT_EQ(hex_of(hmac_sha256(long_key, "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Crypto, Blake2b) {
    EXPECT_EQ(hex_of(blake2b("")), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(hex_of(blake2b("abc")), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    EXPECT_EQ(hex_of(blake2b(counting_key(), counting(0, 100))),
              "5c0ab21018b1328b7612b997a8899146f97aab2dc0a3d8f7113717558bf25e5a");
}

TEST(Crypto, HasherIsBlake2bOfThePieces) {
    Hasher hasher;
    hasher.add("ab");
    Hasher copy = hasher;
    hasher.add(std::int64_t{-2});
    EXPECT_EQ(hex_of(hasher.finish()), "f094056749450ad9f3d01c02b6f02299e23c42e3d9c7b0ac61fb0c104bee3909");
    copy.add("c");
    EXPECT_EQ(copy.finish(), blake2b("abc"));
}

TEST(Crypto, DerivedKeysAndBlindIndexesStayAsTheyWere) {
    // Stored data depends on these forms: a change here makes vaults unreadable.
    EXPECT_EQ(hex(counting_key().derive("vault", "ten_1").bytes()),
              "10e473b2e247faab3a5c058b4907be93dede2ccfaf189ad0db6ded80a3550282");
    EXPECT_EQ(hex_of(blind_index(counting_key(), "phone", "+8613800138000")), "3683312a0cd0fd0c0f41b00670b117dc");
}

TEST(Crypto, PartsDoNotRunIntoEachOther) {
    const Key& key = counting_key();
    EXPECT_NE(key.derive("ab", "c").bytes(), key.derive("a", "bc").bytes());
    EXPECT_NE(key.derive("a").bytes(), key.derive("b").bytes());
    EXPECT_NE(blind_index(key, "phone1", "38"), blind_index(key, "phone", "138"));
    EXPECT_NE(blind_index(key, "phone", "1"), blind_index(key.derive("other"), "phone", "1"));
}

TEST(Crypto, FingerprintIsXxh3) {
    EXPECT_EQ(hex_of(fingerprint("")), "99aa06d3014798d86001c324468d497f");
    EXPECT_NE(fingerprint("a"), fingerprint("b"));
    EXPECT_NE(fingerprint("a", 1), fingerprint("a", 2));
}

// draft-irtf-cfrg-xchacha, A.3.1
constexpr std::string_view kSunscreen =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
    "would be it.";
constexpr std::string_view kSunscreenSealed =
    "404142434445464748494a4b4c4d4e4f5051525354555657"
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216"
    "cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13"
    "b52ec0875924c1c7987947deafd8780acf49";

TEST(Seal, OpensTheKnownAnswer) {
    const Key key = Key::from_bytes(counting(0x80, 32));
    EXPECT_EQ(MUST(unseal(key, bytes(kSunscreenSealed), bytes("50515253c0c1c2c3c4c5c6c7"))), kSunscreen);
}

RC_GTEST_PROP(Seal, WhatIsSealedOpens, (const std::string& plain, const std::string& bound_to)) {
    const Key key = Key::random();
    const std::string sealed = seal(key, plain, bound_to);
    RC_ASSERT(sealed.size() == plain.size() + 40);
    RC_ASSERT(MUST(unseal(key, sealed, bound_to)) == plain);
    RC_ASSERT(sealed != seal(key, plain, bound_to));
}

TEST(Seal, EveryChangedBitIsNoticed) {
    const Key key = Key::random();
    const std::string sealed = seal(key, "personal", "customer 7");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string touched = sealed;
        touched[bit / 8] = static_cast<char>(touched[bit / 8] ^ (1 << (bit % 8)));
        const auto opened = unseal(key, touched, "customer 7");
        ASSERT_FALSE(opened) << bit;
        EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    }
    for (std::size_t length = 0; length < sealed.size(); ++length)
        EXPECT_FALSE(unseal(key, std::string_view(sealed).substr(0, length), "customer 7"));
    EXPECT_FALSE(unseal(key, sealed + "x", "customer 7"));
    EXPECT_FALSE(unseal(key, sealed, "customer 8"));
    EXPECT_FALSE(unseal(Key::random(), sealed, "customer 7"));
}

TEST(Key, IsWipedWhenDropped) {
    alignas(Key) unsigned char room[sizeof(Key)];
    Key* key = new (room) Key(Key::from_bytes(std::string(32, 'k')));
    ASSERT_NE(std::memchr(room, 'k', sizeof room), nullptr);
    key->~Key();
    unsigned char after[sizeof(Key)];
    std::memcpy(after, room, sizeof room);
    EXPECT_EQ(std::memchr(after, 'k', sizeof after), nullptr);
}

TEST(KeyDeathTest, RefusesAnotherLength) { EXPECT_DEATH((void)Key::from_bytes("short"), "a key has 32 bytes"); }

TEST(Random, DoesNotRepeat) {
    SystemRng rng;
    std::set<std::uint64_t> numbers;
    std::set<std::string> tokens;
    for (int i = 0; i < 1000; ++i) {
        numbers.insert(rng.next());
        tokens.insert(random_token());
    }
    EXPECT_EQ(numbers.size(), 1000u);
    EXPECT_EQ(tokens.size(), 1000u);
    EXPECT_EQ(tokens.begin()->size(), 43u);
    EXPECT_EQ(random_bytes(7).size(), 7u);
    EXPECT_NE(Key::random().bytes(), Key::random().bytes());
}

TEST(Password, RightWrongAndRehash) {
    const Secret password("正确的密码 horse");
    const std::string stored = hash_password(password, kCheapPasswordCost);
    EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << stored;
    EXPECT_NE(stored, hash_password(password, kCheapPasswordCost)) << "salted";
    EXPECT_EQ(check_password(stored, password, kCheapPasswordCost), PasswordCheck::Right);
    EXPECT_EQ(check_password(stored, password), PasswordCheck::RightButRehash);
    EXPECT_EQ(check_password(stored, Secret("wrong"), kCheapPasswordCost), PasswordCheck::Wrong);
    EXPECT_EQ(check_password(stored, Secret("wrong")), PasswordCheck::Wrong);
}

TEST(Password, StandsAtTheDeclaredCost) {
    const Secret password("p");
    const std::string stored = hash_password(password);
    EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << stored;
    EXPECT_EQ(check_password(stored, password), PasswordCheck::Right);
}

TEST(Password, ReadsWhatOtherArgon2idProgramsWrote) {
    // libsodium's own test of crypto_pwhash_str_verify.
    EXPECT_EQ(check_password("$argon2id$v=19$m=256,t=3,p=1$MDEyMzQ1Njc$G5ajKFCoUzaXRLdz7UJb5wGkb2Xt+X5/GQjUYtS2+TE",
                             Secret("password")),
              PasswordCheck::RightButRehash);
}

TEST(Password, BrokenStoredTextIsWrongNotACrash) {
    for (const std::string& stored : {std::string(), std::string("$argon2id$"), std::string("$2y$10$abc"),
                                      std::string(500, 'a'), std::string("$argon2id$v=19\0$", 16)})
        EXPECT_EQ(check_password(stored, Secret("p")), PasswordCheck::Wrong);
}

TEST(Compare, SeesLengthAndContent) {
    EXPECT_TRUE(equal_constant_time("abc", "abc"));
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_FALSE(equal_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_constant_time("abc", "abcd"));
}

TEST(Texts, Base64OfRfc4648) {
    EXPECT_EQ(base64url("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64url("fooba"), "Zm9vYmE");
    EXPECT_EQ(base64url("\xfb\xff"), "-_8");
    EXPECT_EQ(MUST(from_base64("Zm9vYg==")), "foob");
    EXPECT_EQ(MUST(from_base64("Zm9vYg")), "foob");
    EXPECT_EQ(MUST(from_base64("Zm9vYmE=")), "fooba");
    EXPECT_EQ(MUST(from_base64("+/8=")), "\xfb\xff");
    EXPECT_EQ(MUST(from_base64("-_8")), "\xfb\xff");
    EXPECT_EQ(MUST(from_base64("")), "");
    for (const char* bad : {"Z", "Zm9vY===", "Zm9v=", "Zm 9v", "Zm9vYh==", "====", "Zm9vYg=", "é"})
        EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(Texts, Hex) {
    EXPECT_EQ(hex(std::string_view("\0\xff", 2)), "00ff");
    EXPECT_EQ(MUST(from_hex("00fF")), std::string("\0\xff", 2));
    EXPECT_EQ(MUST(from_hex("")), "");
    for (const char* bad : {"0", "0g", "00 ff", "000"}) EXPECT_FALSE(from_hex(bad)) << bad;
}

RC_GTEST_PROP(Texts, RoundTrip, (const std::string& any)) {
    RC_ASSERT(MUST(from_base64(base64url(any))) == any);
    RC_ASSERT(MUST(from_hex(hex(any))) == any);
}

}  // namespace
}  // namespace tilth::crypto
