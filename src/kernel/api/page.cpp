#include "kernel/api/page.h"

#include "platform/crypto/crypto.h"

namespace tilth::kernel {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kPartBytesMax = 255;

Error bad_cursor() {
    return Error::invalid("cursor", "bad_cursor", "翻页标记无效", "The cursor does not hold", "从第一页重新开始",
                          "Start again from the first page");
}

}  // namespace

std::string encode_cursor(std::initializer_list<std::string_view> parts) {
    std::string bytes(1, kVersion);
    for (const std::string_view part : parts) {
        INVARIANT(part.size() <= kPartBytesMax, "a part of a cursor has at most 255 bytes");
        bytes += static_cast<char>(part.size());
        bytes += part;
    }
    return crypto::base64url(bytes);
}

Result<std::vector<std::string>> decode_cursor(std::string_view cursor, std::size_t parts) {
    const auto bytes = crypto::from_base64(cursor);
    if (!bytes || bytes->empty() || bytes->front() != kVersion) return bad_cursor();
    std::vector<std::string> out;
    std::string_view rest = std::string_view(*bytes).substr(1);
    while (!rest.empty()) {
        const std::size_t length = static_cast<unsigned char>(rest.front());
        if (rest.size() < 1 + length || out.size() == parts) return bad_cursor();
        out.emplace_back(rest.substr(1, length));
        rest.remove_prefix(1 + length);
    }
    if (out.size() != parts) return bad_cursor();
    return out;
}

}  // namespace tilth::kernel
