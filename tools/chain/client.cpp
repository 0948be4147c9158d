#include "chain/client.h"

#include <chrono>
#include <thread>

namespace tilth::chain {

namespace {

constexpr int kBusyAttempts = 600;
constexpr std::int64_t kBusyMs = 200;
constexpr std::int64_t kTimeoutMs = 120'000;

bool busy(const http::ClientResponse& response) { return response.status == 429 || response.status == 503; }

Error refused(const http::ClientRequest& request, const http::ClientResponse& response) {
    const auto problem = json::Value::parse(response.body);
    std::string words = std::string(http::name(request.method)) + " " + request.url + ": " +
                        std::to_string(response.status);
    if (problem) {
        words += " " + std::string((*problem)["title"].str()) + " " + std::string((*problem)["detail"].str());
        if (!(*problem)["errors"].items().empty()) words += " " + (*problem)["errors"].print();
    }
    return Error(response.status == 401 ? ErrorCode::Unauthenticated : ErrorCode::Conflict, words);
}

}  // namespace

void rest(std::int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

Result<http::ClientResponse> Client::send(http::ClientRequest request) const {
    request.url = url_ + request.url;
    request.timeout_ms = kTimeoutMs;
    for (int attempt = 1;; ++attempt) {
        auto response = TRY(http::send(request));
        if (!busy(response) || attempt == kBusyAttempts) return response;
        rest(kBusyMs);
    }
}

Result<json::Value> Client::answer(http::ClientRequest request) {
    // What a browser proves by its origin, a program says by this header.
    request.headers.push_back({"X-Requested-By", "tilth"});
    if (!cookie_.empty()) request.headers.push_back({"Cookie", cookie_});
    const auto response = TRY(send(request));
    if (response.status < 200 || response.status > 299) return refused(request, response);
    if (const std::string_view given = response.header("Set-Cookie"); !given.empty())
        cookie_ = given.substr(0, given.find(';'));
    if (response.body.empty()) return json::Value::object();
    return json::Value::parse(response.body);
}

Result<json::Value> Client::ask(http::Method method, const std::string& path, const json::Value& body) {
    http::ClientRequest request;
    request.method = method;
    request.url = path;
    if (method != http::Method::Get) {
        request.body = body.is_null() ? "{}" : body.print();
        request.headers.push_back({"Content-Type", "application/json"});
    }
    return answer(std::move(request));
}

Result<json::Value> Client::upload(const std::string& path, const std::string& bytes) {
    http::ClientRequest request;
    request.method = http::Method::Post;
    request.url = path;
    request.body = bytes;
    request.headers.push_back({"Content-Type", "application/octet-stream"});
    return answer(std::move(request));
}

Status Client::sign_in(const std::string& login, const std::string& password) {
    cookie_.clear();
    TRY(ask(http::Method::Post, "/api/v1/session", json::Value::object({{"login", login}, {"password", password}})));
    return ok();
}

Status Client::change_password(const std::string& from, const std::string& to) {
    TRY(ask(http::Method::Post, "/api/v1/me/password",
            json::Value::object({{"old_password", from}, {"new_password", to}})));
    return ok();
}

Status Client::send_events(const std::string& write_key, const std::string& body) const {
    http::ClientRequest request;
    request.method = http::Method::Post;
    request.url = "/api/v1/events";
    request.headers = {{"Authorization", "Bearer " + write_key}, {"Content-Type", "application/json"}};
    request.body = body;
    const auto response = TRY(send(request));
    if (response.status != 200) return refused(request, response);
    return ok();
}

}  // namespace tilth::chain
