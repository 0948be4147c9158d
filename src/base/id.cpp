#include "base/id.h"

namespace tilth {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford base 32: no I, L, O, U

int value_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const auto at = kAlphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string encode_id(std::string_view prefix, const Bytes16& bytes) {
    std::string out;
    out.reserve(prefix.size() + 27);
    out.append(prefix).push_back('_');
    // 26 letters carry 130 bits: the first letter holds the top 3 bits of 128, every further one 5.
    __extension__ unsigned __int128 number = 0;
    for (const auto byte : bytes) number = (number << 8) | byte;
    for (int shift = 125; shift >= 0; shift -= 5)
        out.push_back(kAlphabet[static_cast<std::size_t>((number >> shift) & 31)]);
    return out;
}

Result<Bytes16> decode_id(std::string_view prefix, std::string_view text) {
    const auto bad = [&] { return Error(ErrorCode::Invalid, "not an id of the form " + std::string(prefix) + "_…"); };
    if (text.size() != prefix.size() + 27 || !text.starts_with(prefix) || text[prefix.size()] != '_') return bad();
    __extension__ unsigned __int128 number = 0;
    const std::string_view letters = text.substr(prefix.size() + 1);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const int v = value_of(letters[i]);
        if (v < 0 || (i == 0 && v > 7)) return bad();
        number = (number << 5) | static_cast<unsigned>(v);
    }
    Bytes16 bytes;
    for (int i = 15; i >= 0; --i, number >>= 8)
        bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number & 255);
    return bytes;
}

Bytes16 make_id_bytes(Instant now, Rng& rng) {
    Bytes16 bytes;
    const auto ms = static_cast<std::uint64_t>(now.ms);
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    const std::uint64_t a = rng.next();
    const std::uint64_t b = rng.next();
    for (std::size_t i = 0; i < 8; ++i) bytes[6 + i] = static_cast<std::uint8_t>(a >> (8 * i));
    bytes[14] = static_cast<std::uint8_t>(b);
    bytes[15] = static_cast<std::uint8_t>(b >> 8);
    return bytes;
}

}  // namespace tilth
