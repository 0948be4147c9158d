#include "platform/qr/qr.h"

#include <qrcodegen/qrcodegen.hpp>

#include <exception>

namespace tilth::qr {

namespace {
constexpr int kQuiet = 4;
}

Result<std::string> svg(std::string_view text) {
    if (text.empty() || text.size() > kTextBytesMax)
        return Error(ErrorCode::Invalid, "the text does not fit a QR code");
    try {
        const auto code = qrcodegen::QrCode::encodeText(std::string(text).c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
        const std::string side = std::to_string(code.getSize() + 2 * kQuiet);
        std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
                          "\" shape-rendering=\"crispEdges\"><rect width=\"" + side + "\" height=\"" + side +
                          "\" fill=\"#fff\"/><path fill=\"#000\" d=\"";
        for (int y = 0; y < code.getSize(); ++y) {
            for (int x = 0; x < code.getSize(); ++x) {
                if (!code.getModule(x, y)) continue;
                out += "M" + std::to_string(x + kQuiet) + " " + std::to_string(y + kQuiet) + "h1v1h-1z";
            }
        }
        return out + "\"/></svg>";
    } catch (const std::exception& thrown) { return Error(ErrorCode::Invalid, thrown.what()); }
}

}  // namespace tilth::qr
