// The only file that knows ICU.

#include "platform/text/encoding.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>

namespace tilth {

namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

const char* name_of(Encoding encoding) {
    switch (encoding) {
        case Encoding::Gb18030: return "GB18030";
        case Encoding::Utf16Le: return "UTF-16LE";
        case Encoding::Utf16Be: return "UTF-16BE";
        case Encoding::Utf8:
        case Encoding::Utf8Bom: break;
    }
    return "UTF-8";
}

// Called by ICU for every sequence it cannot read.
void count_and_replace(const void* context, UConverterToUnicodeArgs* args, const char* units, int32_t length,
                       UConverterCallbackReason reason, UErrorCode* code) {
    if (reason > UCNV_IRREGULAR) return;  // a reset or close, nothing to replace
    ++*static_cast<std::uint64_t*>(const_cast<void*>(context));
    UCNV_TO_U_CALLBACK_SUBSTITUTE(nullptr, args, units, length, reason, code);
}

void append_utf8(std::string& out, char32_t point) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80u | ((point >> shift) & 0x3Fu)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0u | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0u | (point >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0u | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace

struct Decoder::State {
    UConverter* converter = nullptr;
    std::uint64_t replaced = 0;
    char16_t high = 0;  // the first half of a pair that ended a block
    bool first = true;

    ~State() { ucnv_close(converter); }

    void append(std::string& out, const char16_t* units, const char16_t* end) {
        for (; units != end; ++units) {
            char32_t point = *units;
            if (point == 0xFEFF && first) {
                first = false;
                continue;
            }
            first = false;
            if (point >= 0xD800 && point < 0xDC00) {
                high = *units;
                continue;
            }
            if (point >= 0xDC00 && point < 0xE000) point = 0x10000 + ((high - 0xD800u) << 10) + (point - 0xDC00u);
            append_utf8(out, point);
        }
    }
};

Decoder::Decoder(Encoding encoding) : state_(std::make_unique<State>()) {
    UErrorCode code = U_ZERO_ERROR;
    state_->converter = ucnv_open(name_of(encoding), &code);
    INVARIANT(U_SUCCESS(code), "ICU knows the encodings of this list");
    ucnv_setToUCallBack(state_->converter, &count_and_replace, &state_->replaced, nullptr, nullptr, &code);
    INVARIANT(U_SUCCESS(code), "a callback can be set");
}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

std::string Decoder::convert(std::string_view piece, bool last) {
    std::string out;
    out.reserve(piece.size() + piece.size() / 2);
    std::array<char16_t, 4096> block;
    const char* from = piece.data();
    const char* const end = from + piece.size();
    UErrorCode code = U_BUFFER_OVERFLOW_ERROR;
    while (code == U_BUFFER_OVERFLOW_ERROR) {
        code = U_ZERO_ERROR;
        char16_t* to = block.data();
        ucnv_toUnicode(state_->converter, &to, block.data() + block.size(), &from, end, nullptr, last, &code);
        state_->append(out, block.data(), to);
    }
    INVARIANT(U_SUCCESS(code), "bad bytes are replaced, not refused");
    return out;
}

std::string Decoder::feed(std::string_view piece) { return convert(piece, false); }
std::string Decoder::finish() { return convert({}, true); }
std::uint64_t Decoder::replaced() const { return state_->replaced; }

Encoding detect_encoding(std::string_view head) {
    if (head.starts_with(kUtf8Mark)) return Encoding::Utf8Bom;
    if (head.starts_with("\xFF\xFE")) return Encoding::Utf16Le;
    if (head.starts_with("\xFE\xFF")) return Encoding::Utf16Be;
    Decoder decoder(Encoding::Utf8);
    (void)decoder.feed(head);
    return decoder.replaced() == 0 ? Encoding::Utf8 : Encoding::Gb18030;
}

Result<std::string> to_utf8(std::string_view bytes, Encoding encoding) {
    Decoder decoder(encoding);
    std::string text = decoder.feed(bytes);
    text += decoder.finish();
    if (decoder.replaced() > 0)
        return Error(ErrorCode::UnsupportedFormat,
                     std::to_string(decoder.replaced()) + " sequences are not " + name_of(encoding));
    return text;
}

}  // namespace tilth
