#include "platform/http/parser.h"

// Beast 1.81 asserts that at least five bytes of a last chunk are there, although a slow sender may have sent four;
// without the assertion it asks for more, as it should.
#define BOOST_DISABLE_ASSERTS
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/limits.h"
#include "platform/http/url.h"

namespace tilth::http {
namespace {

namespace beast = boost::beast;
using beast::http::verb;
using ErrorCodeRef = beast::error_code&;
using View = beast::string_view;

constexpr std::size_t kHeadersMax = 128;
constexpr std::size_t kChunkExtensionBytesMax = 256;

std::string_view std_view(View text) { return {text.data(), text.size()}; }

Method method_of(verb method) {
    switch (method) {
        case verb::get: return Method::Get;
        case verb::post: return Method::Post;
        case verb::put: return Method::Put;
        case verb::patch: return Method::Patch;
        case verb::delete_: return Method::Delete;
        case verb::head: return Method::Head;
        case verb::options: return Method::Options;
        default: return Method::Other;
    }
}

}  // namespace

struct RequestParser::Impl {
    class Parser final : public beast::http::basic_parser<true> {
    public:
        explicit Parser(Request& into) : request(into) {
            header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
            body_limit(boost::none);
            eager(false);
        }
        Request& request;
        std::size_t head_bytes = 0;
        int hosts = 0;
        int lengths = 0;
        int codings = 0;
        bool old_version = false;
        bool wants_continue = false;
        std::size_t body_max = 0;
        int refused = 0;  // status of our own refusal

    private:
        void refuse(int status, ErrorCodeRef error) {
            refused = status;
            error = beast::http::error::bad_value;
        }

        void on_request_impl(verb method, View, View target, int version, ErrorCodeRef error) override {
            error = {};
            request.method = method_of(method);
            request.target = std_view(target);
            old_version = version < 11;
            head_bytes += target.size();
        }
        void on_response_impl(int, View, int, ErrorCodeRef) override {}
        void on_field_impl(beast::http::field, View name, View value, ErrorCodeRef error) override {
            error = {};
            if (is_header_done()) return;  // Trailers would otherwise overwrite what was checked.
            head_bytes += name.size() + value.size() + 4;
            if (head_bytes > limits::kHttpHeaderBytesMax || request.headers.size() >= kHeadersMax)
                return refuse(431, error);
            const auto key = std_view(name);
            const auto text = std_view(value);
            if (equal_ignoring_case(key, "host")) ++hosts;
            if (equal_ignoring_case(key, "content-length")) {
                if (++lengths > 1 || text.find(',') != std::string_view::npos) return refuse(400, error);
            }
            if (equal_ignoring_case(key, "transfer-encoding")) {
                ++codings;
                if (!equal_ignoring_case(trim(text), "chunked")) return refuse(501, error);
            }
            if (equal_ignoring_case(key, "expect")) {
                if (!equal_ignoring_case(trim(text), "100-continue")) return refuse(417, error);
                wants_continue = true;
            }
            request.headers.push_back({std::string(key), std::string(text)});
        }
        void on_header_impl(ErrorCodeRef error) override {
            error = {};
            if (lengths > 0 && codings > 0) return refuse(400, error);
            if (hosts > 1 || (hosts == 0 && !old_version)) return refuse(400, error);
            if (codings > 0 && old_version) return refuse(400, error);
        }
        void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCodeRef error) override {
            error = {};
            // Room is taken as the body arrives, not as it is announced.
            if (length) request.body.reserve(std::min<std::size_t>(*length, 256u << 10));
        }
        std::size_t on_body_impl(View bytes, ErrorCodeRef error) override {
            error = {};
            request.body.append(bytes.data(), bytes.size());
            return bytes.size();
        }
        void on_chunk_header_impl(std::uint64_t, View extension, ErrorCodeRef error) override {
            error = {};
            if (extension.size() > kChunkExtensionBytesMax) refuse(400, error);
        }
        std::size_t on_chunk_body_impl(std::uint64_t, View bytes, ErrorCodeRef error) override {
            error = {};
            if (request.body.size() + bytes.size() > body_max) {
                refuse(413, error);
                return 0;
            }
            request.body.append(bytes.data(), bytes.size());
            return bytes.size();
        }
        void on_finish_impl(ErrorCodeRef error) override { error = {}; }
    };
    std::optional<Parser> parser;
    bool head_told = false;
};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {}
RequestParser::~RequestParser() = default;

void RequestParser::start(Request& into) {
    impl_->parser.emplace(into);
    impl_->head_told = false;
}

Fed RequestParser::feed(std::string_view bytes) {
    auto& parser = *impl_->parser;
    Fed fed;
    // Beast takes one element (head, chunk header, piece of body) at a time when not eager.
    while (true) {
        if (parser.is_header_done() && !impl_->head_told) {
            impl_->head_told = true;
            fed.outcome = Parsed::Head;
            return fed;
        }
        if (parser.is_done()) {
            fed.outcome = Parsed::Done;
            return fed;
        }
        const auto rest = bytes.substr(fed.consumed);
        if (rest.empty()) return fed;
        beast::error_code error;
        fed.consumed += parser.put({rest.data(), rest.size()}, error);
        if (!error) continue;
        if (error == beast::http::error::need_more) {
            // What waits for its end without being taken (a head, a chunk's header, trailers) is bounded.
            if (bytes.size() - fed.consumed < limits::kHttpHeaderBytesMax) return fed;
            error = beast::http::error::header_limit;
        }
        fed.outcome = Parsed::Bad;
        if (parser.refused != 0) {
            fed.status = parser.refused;
        } else if (error == beast::http::error::header_limit) {
            fed.status = parser.is_header_done() ? 400 : 431;
        } else if (error == beast::http::error::body_limit) {
            fed.status = 413;
        } else if (error == beast::http::error::bad_version) {
            fed.status = 505;
        }
        return fed;
    }
}

void RequestParser::limit_body(std::size_t bytes_max) {
    impl_->parser->body_limit(bytes_max);
    impl_->parser->body_max = bytes_max;
}
std::optional<std::uint64_t> RequestParser::content_length() const {
    const auto length = impl_->parser->content_length();
    return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}
bool RequestParser::has_body() const { return !impl_->parser->is_done(); }
bool RequestParser::keep_alive() const { return impl_->parser->is_header_done() && impl_->parser->keep_alive(); }
bool RequestParser::http10() const { return impl_->parser->old_version; }
bool RequestParser::expects_continue() const { return impl_->parser->wants_continue && !impl_->parser->old_version; }

struct ResponseParser::Impl {
    class Parser final : public beast::http::basic_parser<false> {
    public:
        Parser(ClientResponse& into, bool no_body, std::size_t body_bytes_max)
            : response(into), body_max(body_bytes_max) {
            header_limit(64u << 10);
            body_limit(boost::none);
            skip(no_body);
            eager(false);
        }
        ClientResponse& response;
        std::size_t body_max;
        bool too_big = false;

    private:
        void on_request_impl(verb, View, View, int, ErrorCodeRef) override {}
        void on_response_impl(int code, View, int, ErrorCodeRef error) override {
            error = {};
            response.status = code;
        }
        void on_field_impl(beast::http::field, View name, View value, ErrorCodeRef error) override {
            error = {};
            if (is_header_done()) return;
            if (response.headers.size() >= 4 * kHeadersMax) {
                error = beast::http::error::header_limit;
                return;
            }
            response.headers.push_back({std::string(std_view(name)), std::string(std_view(value))});
        }
        void on_header_impl(ErrorCodeRef error) override { error = {}; }
        void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCodeRef error) override { error = {}; }
        std::size_t take(View bytes, ErrorCodeRef error) {
            error = {};
            if (response.body.size() + bytes.size() > body_max) {
                too_big = true;
                error = beast::http::error::body_limit;
                return 0;
            }
            response.body.append(bytes.data(), bytes.size());
            return bytes.size();
        }
        std::size_t on_body_impl(View bytes, ErrorCodeRef error) override { return take(bytes, error); }
        void on_chunk_header_impl(std::uint64_t, View, ErrorCodeRef error) override { error = {}; }
        std::size_t on_chunk_body_impl(std::uint64_t, View bytes, ErrorCodeRef error) override {
            return take(bytes, error);
        }
        void on_finish_impl(ErrorCodeRef error) override { error = {}; }
    };
    Parser parser;
    ClientResponse& into;
    bool no_body;
    std::size_t body_max;
};

ResponseParser::ResponseParser(ClientResponse& into, bool no_body, std::size_t body_bytes_max)
    : impl_(new Impl{{into, no_body, body_bytes_max}, into, no_body, body_bytes_max}) {}
ResponseParser::~ResponseParser() = default;

Fed ResponseParser::feed(std::string_view bytes) {
    Fed fed;
    auto& parser = impl_->parser;
    while (true) {
        if (parser.is_done()) {
            fed.outcome = Parsed::Done;
            return fed;
        }
        const auto rest = bytes.substr(fed.consumed);
        if (rest.empty()) return fed;
        beast::error_code error;
        fed.consumed += parser.put({rest.data(), rest.size()}, error);
        if (!error) continue;
        if (error != beast::http::error::need_more || bytes.size() - fed.consumed > (64u << 10))
            fed.outcome = Parsed::Bad;
        return fed;
    }
}

Parsed ResponseParser::end() {
    auto& parser = impl_->parser;
    if (parser.is_done()) return Parsed::Done;
    if (!parser.got_some()) return Parsed::Bad;
    beast::error_code error;
    parser.put_eof(error);
    return error ? Parsed::Bad : Parsed::Done;
}
bool ResponseParser::keep_alive() const { return impl_->parser.is_header_done() && impl_->parser.keep_alive(); }
bool ResponseParser::too_big() const { return impl_->parser.too_big; }

}  // namespace tilth::http
