#pragma once
// Tilth's public API as a customer's own program uses it: signs in, asks, uploads. One thread an object.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "platform/http/client.h"
#include "platform/json/value.h"

namespace tilth::chain {

class Client {
public:
    explicit Client(std::string url) : url_(std::move(url)) {}

    Status sign_in(const std::string& login, const std::string& password);
    Status change_password(const std::string& from, const std::string& to);
    // The answer of any 2xx; otherwise the refusal with its title and detail. A server that is busy is asked again.
    Result<json::Value> ask(http::Method method, const std::string& path, const json::Value& body = {});
    Result<json::Value> upload(const std::string& path, const std::string& bytes);
    // A batch of events under a write key; from any thread.
    Status send_events(const std::string& write_key, const std::string& body) const;
    const std::string& url() const { return url_; }

private:
    Result<http::ClientResponse> send(http::ClientRequest request) const;
    Result<json::Value> answer(http::ClientRequest request);
    std::string url_;
    std::string cookie_;
};

void rest(std::int64_t ms);

}  // namespace tilth::chain
