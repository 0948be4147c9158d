#include "modules/collect/inlets/sensors/envelope.h"

#include <algorithm>
#include <charconv>

#include "platform/crypto/crypto.h"
#include "platform/http/url.h"
#include "platform/text/encoding.h"

namespace tilth::collect::sensors {

namespace {

constexpr std::size_t kFieldsMax = 32;

std::string_view value_of(const std::vector<Field>& fields, std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& one) { return one.name == name; });
    return found == fields.end() ? std::string_view{} : std::string_view(found->value);
}

// "crc=-12" in ext, or the number itself in crc; nothing promised is nothing broken.
bool sum_holds(const std::vector<Field>& fields, std::string_view text) {
    std::string_view given = value_of(fields, "crc");
    if (const std::string_view ext = value_of(fields, "ext"); ext.starts_with("crc=")) given = ext.substr(4);
    if (given.empty()) return true;
    std::int32_t sum = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), sum);
    return error == std::errc{} && end == given.data() + given.size() && sum == check_sum(text);
}

}  // namespace

std::vector<Field> form_fields(std::string_view body) {
    std::vector<Field> fields;
    while (!body.empty() && fields.size() < kFieldsMax) {
        const std::size_t end = std::min(body.find('&'), body.size());
        const std::string_view pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        const auto value = http::percent_decode(pair.substr(equals + 1));
        fields.push_back({std::string(pair.substr(0, equals)), value.value_or(std::string(pair.substr(equals + 1)))});
    }
    return fields;
}

std::int32_t check_sum(std::string_view text) {
    std::uint32_t sum = 0;
    for (const char letter : text) sum = sum * 31 + static_cast<unsigned char>(letter);
    return static_cast<std::int32_t>(sum);
}

Opened open(const std::vector<Field>& fields, std::size_t bytes_max) {
    std::string text(value_of(fields, "data_list"));
    if (text.empty()) text = value_of(fields, "data");
    if (text.empty()) return {{}, "bad_body"};
    // Some stacks turn the plus of base64 into a space on the way.
    std::replace(text.begin(), text.end(), ' ', '+');
    const std::string_view packing = value_of(fields, "gzip");
    if (packing == "9" || packing == "13") return {{}, "encrypted"};
    if (text.front() == '{' || text.front() == '[') {
        const bool encrypted = text.find("\"ekey\"") != std::string::npos;
        return encrypted ? Opened{{}, "encrypted"} : Opened{std::move(text), {}};
    }
    if (!sum_holds(fields, text)) return {{}, "bad_crc"};
    auto bytes = crypto::from_base64(text);
    if (!bytes) return {{}, "bad_body"};
    if (bytes->starts_with("\x1f\x8b")) {
        auto plain = gunzip(*bytes, bytes_max);
        if (!plain) return {{}, plain.error().code == ErrorCode::PayloadTooLarge ? "too_large" : "bad_body"};
        return {std::move(*plain), {}};
    }
    if (bytes->size() > bytes_max) return {{}, "too_large"};
    return {std::move(*bytes), {}};
}

}  // namespace tilth::collect::sensors
