#include "modules/collect/inlets/native/native.h"

#include "base/limits.h"
#include "modules/collect/inlets/builder.h"
#include "modules/collect/inlets/door.h"

namespace tilth::collect {

namespace {

http::Response refusal(int status, std::string_view code, std::string_view zh, std::string_view en) {
    std::string body = "{\"code\":\"" + std::string(code) + "\",\"title\":";
    json::append_quoted(body, zh);
    body += ",\"detail\":";
    json::append_quoted(body, en);
    body += "}";
    http::Response response = http::Response::json(status, std::move(body));
    response.content_type = "application/problem+json";
    return response;
}

class Native final : public Inlet {
public:
    std::string_view name() const override { return "native"; }

    std::vector<http::Route> routes(org::Org& org, Clock& clock, Accept accept) const override {
        http::Route route;
        route.method = http::Method::Post;
        route.pattern = "/api/v1/events";
        route.body_bytes_max = limits::kIngestBatchBytesMax;
        route.cors = true;
        route.handler = [&org, &clock, accept](http::Request& request, std::shared_ptr<http::Responder> responder) {
            const auto grant = org.key(key_in_header(request));
            if (!grant || !grant->write_only) {
                return responder->answer(refusal(401, "unauthenticated", "写入密钥不对",
                                                 "The write key does not hold: send it as Authorization: Bearer wk_…"));
            }
            auto body = plain_body(request, limits::kIngestBatchBytesMax);
            if (!body) return responder->answer(refusal(413, "payload_too_large", "批次过大", "Split the batch"));
            const auto doc = json::read(*body);
            const std::size_t events = doc ? doc->root().get("events").count() : 0;
            if (!doc || !doc->root().get("events").is_array()) {
                return responder->answer(refusal(422, "invalid", "需要 JSON 对象，含 events 数组",
                                                 "Send a JSON object with an array events"));
            }
            if (events > limits::kIngestBatchEventsMax) {
                return responder->answer(
                    refusal(422, "limit_exceeded", "每批最多 2500 个事件", "At most 2,500 events a batch"));
            }
            accept_and_answer(
                accept, {grant->tenant, grant->source, "native", request.path, clock.now(), {}, std::move(*body)},
                std::move(responder), http::Response::json(200, "{\"received\":" + std::to_string(events) + "}"));
        };
        return {route};
    }

    Parsed parse(const RawBatch& batch, kernel::Vault& vault) const override {
        Parsed parsed;
        const auto doc = json::read(batch.body);
        if (!doc) return parsed;
        const json::Node root = doc->root();
        const std::string_view sent = root.get("sent_at").str();
        for (const auto& [none, event] : root.get("events").elements()) parse_event(batch, vault, event, sent, parsed);
        return parsed;
    }

private:
    static void parse_event(const RawBatch& batch, kernel::Vault& vault, json::Node event, std::string_view sent,
                            Parsed& parsed) {
        Builder builder(batch, vault);
        for (const auto& [kind_name, value] : event.get("identities").members()) {
            if (const auto kind = customer::identity_kind(kind_name)) builder.claim(*kind, value);
        }
        builder.traits(event.get("traits"));
        builder.time(event.get("time").str(), sent);
        builder.fingerprint(event.get("id").str(), event);
        builder.finish(parsed, std::string(event.get("type").str()), builder.properties(event.get("properties")),
                       "same_record", event.get("traits").present(), event);
    }
};

}  // namespace

const Inlet& native_inlet() {
    static const Native inlet;
    return inlet;
}

}  // namespace tilth::collect
