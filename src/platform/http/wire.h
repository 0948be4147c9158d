#pragma once
// Answers as bytes: status lines, headers, ranges of files, refusals. Pure but for opening the file. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "platform/http/server.h"

namespace tilth::http {

// What a connection sends: the head, then the body, then `file_left` bytes of the file from `file_offset`.
struct Outgoing {
    std::string head;
    std::string body;
    int file = -1;              // descriptor, owned
    std::uint64_t file_offset = 0;
    std::uint64_t file_left = 0;
    int status = 0;

    Outgoing() = default;
    Outgoing(Outgoing&& other) noexcept;
    Outgoing& operator=(Outgoing&& other) noexcept;
    ~Outgoing();
};

// What the head depends on besides the response.
struct AnswerContext {
    bool head_only = false;     // HEAD: the same head, no body
    bool keep_alive = true;
    bool http10 = false;
    bool cors = false;
    std::string origin;         // as asked; mirrored when cors
    std::string range;
    std::string if_range;
    std::string if_none_match;
};

Outgoing compose(Response&& response, const AnswerContext& context);
// The head of a stream of server-sent events: no length, ends with the connection.
Outgoing compose_stream(const AnswerContext& context);
// One event as it stands on the wire.
std::string sse_event(std::string_view event, std::string_view data, std::string_view id);
// A preflight's answer, or plain OPTIONS.
Response preflight(const Request& request, bool cors, const std::string& allowed);

// A refusal as problem+json, with the words of the error table.
Response refusal(ErrorCode code, int status, std::string_view detail = {});
std::string_view reason_phrase(int status);

// "bytes=0-99", "bytes=100-", "bytes=-5" of a file of `size` bytes.
struct ByteRange {
    enum class Kind : std::uint8_t { Whole, Part, Unsatisfiable };
    Kind kind = Kind::Whole;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};
ByteRange parse_range(std::string_view header, std::uint64_t size);

}  // namespace tilth::http
