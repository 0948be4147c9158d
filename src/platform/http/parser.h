#pragma once
// HTTP/1.1 messages as they arrive (Beast's parser behind a plain interface), with the checks that Beast leaves to its
// user: bound on the whole head, repeated or contradicting lengths, codings we do not take, one Host. One thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "platform/http/client.h"
#include "platform/http/server.h"

namespace tilth::http {

enum class Parsed : std::uint8_t { More, Head, Done, Bad };
struct Fed {
    Parsed outcome = Parsed::More;
    std::size_t consumed = 0;
    int status = 400;  // of the refusal when Bad
};

class RequestParser {
public:
    RequestParser();
    ~RequestParser();
    // Begins a new message; the request it fills must outlive the parsing.
    void start(Request& into);
    // Head is told once, before any byte of the body is taken; Done when the message is complete. Unconsumed bytes
    // are to be given again with more behind them.
    Fed feed(std::string_view bytes);
    // After Head.
    void limit_body(std::size_t bytes_max);
    std::optional<std::uint64_t> content_length() const;
    bool has_body() const;
    bool keep_alive() const;
    bool http10() const;
    bool expects_continue() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class ResponseParser {
public:
    // `no_body`: the answer to a HEAD request.
    ResponseParser(ClientResponse& into, bool no_body, std::size_t body_bytes_max);
    ~ResponseParser();
    Fed feed(std::string_view bytes);
    // The sender closed: Done when that was the answer's end.
    Parsed end();
    bool keep_alive() const;
    bool too_big() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tilth::http
