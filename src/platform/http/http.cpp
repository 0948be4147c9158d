#include "platform/http/client.h"
#include "platform/http/server.h"
#include "platform/http/url.h"

namespace tilth::http {
namespace {

std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
    for (const auto& header : headers) {
        if (equal_ignoring_case(header.name, name)) return header.value;
    }
    return {};
}

}  // namespace

std::string_view name(Method method) {
    switch (method) {
        case Method::Get: return "GET";
        case Method::Post: return "POST";
        case Method::Put: return "PUT";
        case Method::Patch: return "PATCH";
        case Method::Delete: return "DELETE";
        case Method::Head: return "HEAD";
        case Method::Options: return "OPTIONS";
        case Method::Other: break;
    }
    return "OTHER";
}

std::string_view Request::header(std::string_view wanted) const { return find_header(headers, wanted); }

std::optional<std::string_view> Request::param(std::string_view wanted) const {
    for (const auto& pair : query) {
        if (pair.name == wanted) return pair.value;
    }
    return std::nullopt;
}

std::string Request::cookie(std::string_view wanted) const {
    for (const auto& header : headers) {
        if (!equal_ignoring_case(header.name, "cookie")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto end = rest.find(';');
            const auto part = trim(rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            const auto equals = part.find('=');
            if (equals == std::string_view::npos || trim(part.substr(0, equals)) != wanted) continue;
            auto value = trim(part.substr(equals + 1));
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
                value = value.substr(1, value.size() - 2);
            return std::string(value);
        }
    }
    return {};
}

Response Response::json(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

Response Response::text(int status, std::string body) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(body);
    return response;
}

Response& Response::with(std::string header, std::string value) {
    headers.push_back({std::move(header), std::move(value)});
    return *this;
}

Route route(Method method, std::string pattern, Handler handler) {
    Route out;
    out.method = method;
    out.pattern = std::move(pattern);
    out.handler = [handler = std::move(handler)](Request& request, std::shared_ptr<Responder> responder) {
        responder->answer(handler(request));
    };
    return out;
}

std::string_view ClientResponse::header(std::string_view wanted) const { return find_header(headers, wanted); }

}  // namespace tilth::http
