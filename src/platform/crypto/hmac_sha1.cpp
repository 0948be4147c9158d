#include "platform/crypto/hmac_sha1.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/result.h"

namespace tilth::crypto {

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view bytes) {
    std::array<std::uint8_t, 20> out{};
    unsigned int length = 0;
    const unsigned char* made =
        HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &length);
    INVARIANT(made != nullptr && length == out.size(), "HMAC-SHA-1 has 20 bytes");
    return out;
}

}  // namespace tilth::crypto
