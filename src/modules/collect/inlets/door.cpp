#include "modules/collect/inlets/door.h"

#include "base/limits.h"
#include "platform/text/encoding.h"

namespace tilth::collect {

std::string key_in_header(const http::Request& request) {
    const std::string_view given = request.header("Authorization");
    if (given.starts_with("Bearer ")) return std::string(given.substr(7));
    if (!given.starts_with("Basic ")) return {};
    const auto decoded = crypto::from_base64(given.substr(6));
    if (!decoded) return {};
    return decoded->substr(0, decoded->find(':'));
}

Result<std::string> plain_body(const http::Request& request, std::size_t bytes_max) {
    if (request.body.starts_with("\x1f\x8b")) return gunzip(request.body, bytes_max);
    if (request.body.size() > bytes_max) return Error(ErrorCode::PayloadTooLarge, "body");
    return request.body;
}

void accept_and_answer(const Inlet::Accept& accept, RawBatch batch, std::shared_ptr<http::Responder> responder,
                       http::Response done_answer) {
    accept(std::move(batch), [responder = std::move(responder), answer = std::move(done_answer)](const Status& status) {
        if (status) {
            responder->answer(answer);
            return;
        }
        const int code = status.error().code == ErrorCode::StorageFull ? 507 : 503;
        http::Response refusal = http::Response::json(code, R"({"success":false,"message":"not stored; try again"})");
        refusal.with("Retry-After", "5");
        responder->answer(std::move(refusal));
    });
}

}  // namespace tilth::collect
