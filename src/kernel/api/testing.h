#pragma once
// For *_test.cpp files only: calls an Api's routes as the server would, without sockets, as whoever the test says.
//
//   Asker asker;  asker.as_staff({"note.read"});  api.set_authenticator(asker);
//   Caller caller(api);  auto reply = caller.call(Method::Get, "/api/v1/notes?limit=2");

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernel/api/api.h"
#include "platform/http/router.h"
#include "platform/http/url.h"

namespace tilth::kernel::testing {

// Answers every request with one context that the test sets, or with a refusal.
class Asker final : public Authenticator {
public:
    Result<Context> authenticate(const http::Request&) override {
        if (refusal_) return *refusal_;
        return context_;
    }
    void as_nobody() { refusal_.reset(), context_ = {}; }
    void refused(Error error) { refusal_ = std::move(error); }
    void as_staff(std::vector<std::string> permissions, std::uint8_t number = 1) {
        as(ActorKind::Staff, std::move(permissions), number);
        context_.by_cookie = true;
    }
    void as_key(std::vector<std::string> permissions, std::uint8_t number = 1) {
        as(ActorKind::ApiKey, std::move(permissions), number);
    }

private:
    void as(ActorKind kind, std::vector<std::string> permissions, std::uint8_t number) {
        refusal_.reset();
        context_ = {};
        context_.tenant.bytes.back() = 1;
        context_.actor.kind = kind;
        context_.actor.id.back() = number;
        context_.actor.name = "asker";
        context_.permissions = std::make_shared<PermissionSet>(std::move(permissions));
        context_.scope = std::make_shared<Scope>(Scope{.all = true, .nodes = {}});
    }
    Context context_;
    std::optional<Error> refusal_;
};

class Caller {
public:
    explicit Caller(Api& api) : router_(api.routes()) {}

    // Sends; the answer may come from another thread.
    std::future<http::Response> send(Method method, std::string target, std::string body = {},
                                     std::vector<http::Header> headers = {{"X-Requested-By", "tilth"}}) {
        http::Request request;
        request.method = method;
        request.target = std::move(target);
        const auto parts = http::split_target(request.target).value();
        request.path = http::percent_decode(parts.path).value();
        request.query = http::parse_query(parts.query);
        request.headers = std::move(headers);
        request.body = std::move(body);
        request.client_ip = "127.0.0.1";
        auto match = router_.find(method, parts.path);
        auto responder = std::make_shared<Kept>();
        auto answer = responder->answer_.get_future();
        if (match.entry == nullptr) {
            responder->answer(http::Response::text(404, "no route"));
        } else {
            request.captures = std::move(match.captures);
            match.entry->route.handler(request, responder);
        }
        return answer;
    }
    http::Response call(Method method, std::string target, std::string body = {},
                        std::vector<http::Header> headers = {{"X-Requested-By", "tilth"}}) {
        auto answer = send(method, std::move(target), std::move(body), std::move(headers));
        INVARIANT(answer.wait_for(std::chrono::seconds(20)) == std::future_status::ready, "the route answers");
        return answer.get();
    }

private:
    struct Kept final : http::Responder {
        void answer(http::Response response) override { answer_.set_value(std::move(response)); }
        std::shared_ptr<Stream> stream() override { return nullptr; }
        std::promise<http::Response> answer_;
    };
    http::Router router_;
};

}  // namespace tilth::kernel::testing
