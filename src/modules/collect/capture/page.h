#pragma once
// The public pages of capture points: plain HTML that needs no script and no cookie. Everything that is not ours is
// escaped. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "modules/collect/capture/definition.h"
#include "platform/http/server.h"

namespace tilth::collect::capture {

struct FormState {
    std::string action;  // "/c/ABCD2345"
    std::string seal;
    std::string via;      // code of the link that led here
    std::string receipt;  // number printed on the receipt
    std::string error;    // one sentence for whoever fills it in
};
http::Response form_page(const Point& point, const FormState& state);
// `script`: telling that it is read, and that it was passed on; `nonce` lets exactly it run.
http::Response reading_page(const Point& point, std::string_view path, std::string_view nonce);
http::Response message_page(int status, std::string_view title, std::string_view text);
std::string escaped(std::string_view text);

}  // namespace tilth::collect::capture
