#pragma once
// What the doors of all inlets share: whose key, the body as UTF-8 JSON bytes, and the answer after it is durable.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "modules/collect/api.h"
#include "platform/http/server.h"

namespace tilth::collect {

// The key in Authorization (Basic with or without the colon, or Bearer); empty when it is not there.
std::string key_in_header(const http::Request& request);
// The body, unpacked when it starts with gzip's magic number; PayloadTooLarge beyond `bytes_max` unpacked bytes.
Result<std::string> plain_body(const http::Request& request, std::size_t bytes_max);
// Puts the batch into the journal and answers `done_answer` when it stands, 503 with Retry-After when it cannot.
void accept_and_answer(const Inlet::Accept& accept, RawBatch batch, std::shared_ptr<http::Responder> responder,
                       http::Response done_answer);

}  // namespace tilth::collect
