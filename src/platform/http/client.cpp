#include "platform/http/client.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <future>
#include <map>
#include <memory>
#include <thread>

#include "platform/http/parser.h"
#include "platform/http/url.h"

namespace tilth::http {
namespace {

constexpr std::size_t kIdlePerHostMax = 4;
constexpr std::int64_t kIdleMsMax = 30'000;  // Servers let idle connections go after a while; ours go first.

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

SSL_CTX* tls_context(bool verify) {
    const auto make = [](bool checked) {
        std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to the socket by write(), which knows no MSG_NOSIGNAL.
        SSL_CTX* context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (checked) SSL_CTX_set_default_verify_paths(context);
        SSL_CTX_set_verify(context, checked ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
        return context;
    };
    static SSL_CTX* const checked = make(true);
    static SSL_CTX* const unchecked = make(false);
    return verify ? checked : unchecked;
}

// One connection with a deadline on every step. The socket never blocks; poll() waits.
class Wire {
public:
    Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() {
        if (ssl_ != nullptr) SSL_free(ssl_);
        if (socket_ >= 0) ::close(socket_);
    }

    Status connect(const Url& url, const ClientRequest& request, std::int64_t deadline) {
        if (url.scheme == Url::Scheme::Unix) {
            if (request.may_connect) return Error(ErrorCode::Forbidden, "a local socket is not connected to");
            return connect_unix(url.host, deadline);
        }
        TRY(connect_tcp(url, request, deadline));
        if (url.scheme == Url::Scheme::Https) return handshake(url, request.verify_tls, deadline);
        return ok();
    }
    // Nothing may have arrived on an idle connection: bytes or an end both mean that it is of no use.
    bool quiet() const {
        pollfd state{socket_, POLLIN, 0};
        return ::poll(&state, 1, 0) == 0;
    }
    Result<std::size_t> write(std::string_view bytes, std::int64_t deadline) {
        while (true) {
            short wanted = POLLOUT;
            if (ssl_ != nullptr) {
                ERR_clear_error();
                const int count =
                    SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1u << 20)));
                if (count > 0) return static_cast<std::size_t>(count);
                TRY(tls_wants(count, wanted));
            } else {
                const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
                if (count >= 0) return static_cast<std::size_t>(count);
                if (errno != EAGAIN && errno != EINTR) return Error(ErrorCode::StorageFailed, std::strerror(errno));
            }
            TRY(wait(wanted, deadline));
        }
    }
    // 0: the other side closed.
    Result<std::size_t> read(char* data, std::size_t size, std::int64_t deadline) {
        while (true) {
            short wanted = POLLIN;
            if (ssl_ != nullptr) {
                ERR_clear_error();
                const int count = SSL_read(ssl_, data, static_cast<int>(size));
                if (count > 0) return static_cast<std::size_t>(count);
                const int why = SSL_get_error(ssl_, count);
                if (why == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
                TRY(tls_wants(count, wanted));
            } else {
                const auto count = ::recv(socket_, data, size, 0);
                if (count >= 0) return static_cast<std::size_t>(count);
                if (errno != EAGAIN && errno != EINTR) return Error(ErrorCode::StorageFailed, std::strerror(errno));
            }
            TRY(wait(wanted, deadline));
        }
    }

private:
    Status tls_wants(int outcome, short& wanted) {
        const int why = SSL_get_error(ssl_, outcome);
        if (why == SSL_ERROR_WANT_READ) {
            wanted = POLLIN;
        } else if (why == SSL_ERROR_WANT_WRITE) {
            wanted = POLLOUT;
        } else {
            char text[160] = "the connection broke";
            if (const auto code = ERR_peek_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
            return Error(ErrorCode::StorageFailed, text);
        }
        return ok();
    }
    Status wait(short events, std::int64_t deadline) const {
        while (true) {
            const auto left = deadline - now_ms();
            if (left <= 0) return Error(ErrorCode::Timeout, "no progress before the deadline");
            pollfd state{socket_, events, 0};
            const int ready = ::poll(&state, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
            if (ready > 0) return ok();
            if (ready < 0 && errno != EINTR) return Error(ErrorCode::StorageFailed, std::strerror(errno));
        }
    }
    Status connect_to(int family, const sockaddr* address, socklen_t length, std::int64_t deadline) {
        if (socket_ >= 0) ::close(socket_);
        socket_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket_ < 0) return Error(ErrorCode::Unavailable, std::strerror(errno));
        if (::connect(socket_, address, length) == 0) return ok();
        if (errno != EINPROGRESS) return Error(ErrorCode::Unavailable, std::strerror(errno));
        if (const auto waited = wait(POLLOUT, deadline); !waited)
            return Error(ErrorCode::Unavailable, "cannot connect in time");
        int failure = 0;
        socklen_t size = sizeof failure;
        ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failure, &size);
        if (failure != 0) return Error(ErrorCode::Unavailable, std::strerror(failure));
        return ok();
    }
    Status connect_unix(const std::string& path, std::int64_t deadline) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path)
            return Error(ErrorCode::Unavailable, "the socket's path is too long");
        std::memcpy(address.sun_path, path.data(), path.size());
        return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
    }
    static bool may_connect(const ClientRequest& request, const addrinfo& address) {
        if (!request.may_connect) return true;
        char text[NI_MAXHOST] = {};
        return ::getnameinfo(address.ai_addr, address.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0 &&
               request.may_connect(text);
    }
    Status connect_tcp(const Url& url, const ClientRequest& request, std::int64_t deadline) {
        // The resolver knows no deadline: it runs beside, and is left alone when it takes too long.
        auto promise = std::make_shared<std::promise<std::shared_ptr<addrinfo>>>();
        auto future = promise->get_future();
        const auto resolve = [promise, host = url.host, port = std::to_string(url.port)](int flags) {
            addrinfo hints{};
            hints.ai_socktype = SOCK_STREAM;
            hints.ai_flags = AI_NUMERICSERV | flags;
            addrinfo* found = nullptr;
            if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return false;
            promise->set_value(std::shared_ptr<addrinfo>(found, ::freeaddrinfo));
            return true;
        };
        if (!resolve(AI_NUMERICHOST)) {
            std::thread([promise, resolve] {
                if (!resolve(0)) promise->set_value(nullptr);
            }).detach();
        }
        if (future.wait_for(std::chrono::milliseconds(std::max<std::int64_t>(deadline - now_ms(), 0))) !=
            std::future_status::ready) {
            return Error(ErrorCode::Unavailable, "the host's name was not resolved in time");
        }
        const auto addresses = future.get();
        Status last = Error(ErrorCode::Unavailable, "the host's name is not known");
        for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next) {
            // What was looked up is what is connected to: a name that leads elsewhere a moment later changes nothing.
            if (!may_connect(request, *one)) {
                last = Error(ErrorCode::Forbidden, "the address is not allowed");
                continue;
            }
            last = connect_to(one->ai_family, one->ai_addr, one->ai_addrlen, deadline);
            if (!last) continue;
            const int yes = 1;
            ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            return ok();
        }
        return last;
    }
    Status handshake(const Url& url, bool verify, std::int64_t deadline) {
        ssl_ = SSL_new(tls_context(verify));
        SSL_set_fd(ssl_, socket_);
        auto* parameters = SSL_get0_param(ssl_);
        if (X509_VERIFY_PARAM_set1_ip_asc(parameters, url.host.c_str()) != 1) {
            SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     const_cast<char*>(url.host.c_str()));
            if (SSL_set1_host(ssl_, url.host.c_str()) != 1)
                return Error(ErrorCode::Unavailable, "the host's name is not usable");
        }
        while (true) {
            ERR_clear_error();
            const int done = SSL_connect(ssl_);
            if (done == 1) return ok();
            short wanted = POLLIN;
            auto going = tls_wants(done, wanted);
            if (going) going = wait(wanted, deadline);
            // Nothing of the request has been sent yet.
            if (!going) return Error(ErrorCode::Unavailable, "TLS: " + going.error().detail);
        }
    }

    int socket_ = -1;
    SSL* ssl_ = nullptr;
};

struct IdleWire {
    std::unique_ptr<Wire> wire;
    std::int64_t since_ms = 0;
};
using Idle = std::map<std::string, std::vector<IdleWire>>;
Idle& idle() {
    thread_local Idle pool;
    return pool;
}

std::string pool_key(const Url& url, bool verify) {
    return std::to_string(static_cast<int>(url.scheme)) + (verify ? "v" : "-") + url.host + ":" +
           std::to_string(url.port);
}

std::unique_ptr<Wire> take_idle(const std::string& key) {
    auto& waiting = idle()[key];
    while (!waiting.empty()) {
        auto last = std::move(waiting.back());
        waiting.pop_back();
        if (now_ms() - last.since_ms < kIdleMsMax && last.wire->quiet()) return std::move(last.wire);
    }
    return nullptr;
}

bool is_header_safe(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Result<std::string> request_head(const ClientRequest& request, const Url& url) {
    std::string head(name(request.method));
    head += " " + url.target + " HTTP/1.1\r\n";
    bool has_host = false;
    for (const auto& header : request.headers) {
        if (!is_header_safe(header.name) || !is_header_safe(header.value) || header.name.empty()) {
            return Error::invalid("headers", "line_end", "请求头含换行", "a header holds a line end");
        }
        has_host = has_host || equal_ignoring_case(header.name, "host");
        head += header.name + ": " + header.value + "\r\n";
    }
    if (!has_host) head += "Host: " + url.host_header + "\r\n";
    const bool body_expected =
        request.method == Method::Post || request.method == Method::Put || request.method == Method::Patch;
    if (body_expected || !request.body.empty())
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    head += "\r\n";
    return head;
}

struct Attempt {
    bool answered_a_byte = false;
};

Status write_all(Wire& wire, std::string_view bytes, std::int64_t deadline) {
    while (!bytes.empty()) bytes.remove_prefix(TRY(wire.write(bytes, deadline)));
    return ok();
}

struct Answer {
    ClientResponse response;
    bool keep_alive = false;
};

Result<Answer> read_answer(Wire& wire, const ClientRequest& request, std::int64_t deadline, Attempt& attempt) {
    Answer answer;
    std::string buffer;
    std::size_t begin = 0;
    auto parser =
        std::make_unique<ResponseParser>(answer.response, request.method == Method::Head, request.answer_bytes_max);
    char chunk[32u << 10];
    while (true) {
        const auto fed = parser->feed(std::string_view(buffer).substr(begin));
        begin += fed.consumed;
        if (fed.outcome == Parsed::Bad) {
            if (parser->too_big()) return Error(ErrorCode::LimitExceeded, "the answer is larger than answer_bytes_max");
            return Error(ErrorCode::StorageFailed, "the answer is not HTTP");
        }
        if (fed.outcome == Parsed::Done) {
            if (answer.response.status >= 200) break;
            answer.response = {};  // "100 Continue" and the like stand before the answer.
            parser = std::make_unique<ResponseParser>(answer.response, request.method == Method::Head,
                                                      request.answer_bytes_max);
            continue;
        }
        buffer.erase(0, begin);
        begin = 0;
        const auto count = TRY(wire.read(chunk, sizeof chunk, deadline));
        if (count == 0) {
            if (parser->end() == Parsed::Done) return answer;
            return Error(ErrorCode::StorageFailed, "the connection ended inside the answer");
        }
        attempt.answered_a_byte = true;
        buffer.append(chunk, count);
    }
    answer.keep_alive = parser->keep_alive() && begin == buffer.size();
    return answer;
}

// The server may answer (413, 401) and close while the body is still being sent: the answer counts, not the failed
// write.
Result<Answer> exchange(Wire& wire, const std::string& head, const ClientRequest& request, std::int64_t deadline,
                        Attempt& attempt) {
    auto sent = ok();
    if (request.body.size() <= (16u << 10)) {
        sent = write_all(wire, head + request.body, deadline);
    } else {
        sent = write_all(wire, head, deadline);
        if (sent) sent = write_all(wire, request.body, deadline);
    }
    if (!sent && sent.error().code == ErrorCode::Timeout) return sent.error();
    auto answer = read_answer(wire, request, deadline, attempt);
    if (!answer && !sent) return sent.error();
    if (answer && !sent) answer->keep_alive = false;
    return answer;
}

}  // namespace

Result<ClientResponse> send(const ClientRequest& request) {
    const auto url = TRY(parse_url(request.url));
    const auto head = TRY(request_head(request, url));
    const auto deadline = now_ms() + request.timeout_ms;
    const auto key = pool_key(url, request.verify_tls);
    const bool repeatable =
        request.method == Method::Get || request.method == Method::Head || request.method == Method::Options;
    auto wire = request.may_connect ? nullptr : take_idle(key);
    while (true) {
        const bool reused = wire != nullptr;
        if (!reused) {
            wire = std::make_unique<Wire>();
            TRY(wire->connect(url, request, deadline));
        }
        Attempt attempt;
        auto answer = exchange(*wire, head, request, deadline, attempt);
        if (answer) {
            auto& waiting = idle()[key];
            if (!request.may_connect && answer->keep_alive && waiting.size() < kIdlePerHostMax)
                waiting.push_back({std::move(wire), now_ms()});
            return std::move(answer->response);
        }
        // A kept connection may have been closed by the server just now. Only what has no effect is sent again.
        const bool again =
            reused && repeatable && !attempt.answered_a_byte && answer.error().code == ErrorCode::StorageFailed;
        if (!again) return answer.error();
        wire = nullptr;
    }
}

}  // namespace tilth::http
