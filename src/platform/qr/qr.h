#pragma once
// QR codes as pictures (ISO/IEC 18004, by qrcodegencpp). Pure; any thread.

#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth::qr {

inline constexpr std::size_t kTextBytesMax = 1'000;

// An SVG of black modules on white with the quiet zone of four modules that readers need, scalable without loss; error
// correction M (15 % may be dirty). Invalid when the text is empty or longer than kTextBytesMax.
Result<std::string> svg(std::string_view text);

}  // namespace tilth::qr
