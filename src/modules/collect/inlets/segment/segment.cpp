#include "modules/collect/inlets/segment/segment.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "modules/collect/inlets/builder.h"
#include "modules/collect/inlets/door.h"
#include "modules/collect/inlets/strip.h"

namespace tilth::collect {

namespace {

using customer::IdentityKind;

constexpr std::size_t kSingleBytesMax = 32u << 10;
constexpr std::size_t kBatchBytesMax = 500u << 10;
constexpr std::size_t kBatchEventsMax = 2'500;

// Long and short paths of the browser library; the word is the event's type.
struct Door {
    std::string_view path;
    std::string_view type;
};
constexpr std::array<Door, 14> kDoors = {{
    {"identify", "identify"},
    {"track", "track"},
    {"page", "page"},
    {"screen", "screen"},
    {"group", "group"},
    {"alias", "alias"},
    {"batch", "batch"},
    {"i", "identify"},
    {"t", "track"},
    {"p", "page"},
    {"s", "screen"},
    {"g", "group"},
    {"a", "alias"},
    {"b", "batch"},
}};

http::Response answer(int status, std::string_view message) {
    if (status == 200) return http::Response::json(200, R"({"success":true})");
    std::string body = R"({"success":false,"message":)";
    json::append_quoted(body, message);
    return http::Response::json(status, body + "}");
}

std::string_view type_of_path(std::string_view path) {
    const std::string_view last = path.substr(path.rfind('/') + 1);
    const auto door = std::find_if(kDoors.begin(), kDoors.end(), [&](const Door& one) { return one.path == last; });
    return door == kDoors.end() ? std::string_view{} : door->type;
}

class Segment final : public Inlet {
public:
    std::string_view name() const override { return "segment"; }

    std::vector<http::Route> routes(org::Org& org, Clock& clock, Accept accept) const override {
        std::vector<http::Route> all;
        for (const Door& door : kDoors) {
            http::Route route;
            route.method = http::Method::Post;
            route.pattern = "/v1/" + std::string(door.path);
            route.body_bytes_max = limits::kIngestBatchBytesMax;
            route.cors = true;
            route.handler = [&org, &clock, accept](http::Request& request, std::shared_ptr<http::Responder> responder) {
                take(org, clock, accept, request, std::move(responder));
            };
            all.push_back(std::move(route));
        }
        // The browser library asks for its settings before it sends anything, and reports its own metrics.
        http::Route settings =
            http::route(http::Method::Get, "/v1/projects/{key}/settings", [](http::Request& request) {
                std::string body = R"({"integrations":{"Segment.io":{"apiKey":)";
                json::append_quoted(
                    body, request.captures.empty() ? std::string_view{} : std::string_view(request.captures[0]));
                return http::Response::json(200,
                                            body + R"(,"unbundledIntegrations":[]}},"plan":{},"edgeFunction":{}})");
            });
        settings.cors = true;
        all.push_back(std::move(settings));
        http::Route metrics = http::route(http::Method::Post, "/v1/m", [](http::Request&) { return answer(200, {}); });
        metrics.cors = true;
        all.push_back(std::move(metrics));
        return all;
    }

    Parsed parse(const RawBatch& batch, kernel::Vault& vault) const override {
        Parsed parsed;
        const auto doc = json::read(batch.body);
        if (!doc) return parsed;
        const json::Node root = doc->root();
        const std::string_view type = type_of_path(batch.path);
        if (type != "batch") {
            parse_event(batch, vault, root, root, type, parsed);
            return parsed;
        }
        const json::Node events = root.get("batch");
        if (events.count() > kBatchEventsMax) {  // Segment answers 200 and drops such a batch; so do we, and say so.
            parsed.refused.push_back({false, "too_many_events", {}, {}});
            return parsed;
        }
        for (const auto& [none, event] : events.elements()) {
            parse_event(batch, vault, event, root, event.get("type").str(), parsed);
        }
        return parsed;
    }

private:
    static void take(org::Org& org, Clock& clock, const Accept& accept, http::Request& request,
                     std::shared_ptr<http::Responder> responder) {
        const bool many = type_of_path(request.path) == "batch";
        auto body = plain_body(request, many ? kBatchBytesMax : kSingleBytesMax);
        if (!body) return responder->answer(answer(400, "too large"));
        const auto doc = json::read(*body);
        if (!doc || !doc->root().is_object()) return responder->answer(answer(400, "malformed JSON"));
        std::string key = key_in_header(request);
        if (key.empty()) key = doc->root().get("writeKey").str();
        const auto grant = org.key(key);
        if (!grant || !grant->write_only) return responder->answer(answer(401, "unknown write key"));
        accept_and_answer(accept,
                          {grant->tenant, grant->source, "segment", request.path, clock.now(), {}, std::move(*body)},
                          std::move(responder), answer(200, {}));
    }

    // `outer` holds what a batch says for all of its events: sentAt and a context that each event's own goes before.
    static void parse_event(const RawBatch& batch, kernel::Vault& vault, json::Node event, json::Node outer,
                            std::string_view type, Parsed& parsed) {
        Builder builder(batch, vault);
        builder.claim(IdentityKind::CustomId, event.get("userId"));
        builder.claim(IdentityKind::Anonymous, event.get("anonymousId"));
        if (type == "alias") { builder.claim(IdentityKind::CustomId, event.get("previousId")); }
        const json::Node context = event.get("context").present() ? event.get("context") : outer.get("context");
        builder.claim(IdentityKind::Device, context.get("device").get("id"));
        if (type == "identify") builder.traits(event.get("traits"));
        else builder.traits(context.get("traits"));
        const std::string_view original = event.get("originalTimestamp").is_string()
                                              ? event.get("originalTimestamp").str()
                                              : event.get("timestamp").str();
        const std::string_view sent =
            outer.get("sentAt").is_string() ? outer.get("sentAt").str() : event.get("sentAt").str();
        builder.time(original, sent);
        builder.fingerprint(event.get("messageId").str(), event);
        const bool joins = type == "identify" || type == "alias";
        builder.finish(parsed, type_name(event, type), properties(builder, event, type),
                       joins ? type_rule(type) : "same_record", joins, event);
    }

    static std::string type_name(json::Node event, std::string_view type) {
        return std::string(type == "track" ? event.get("event").str() : type);
    }
    static std::string_view type_rule(std::string_view type) { return type == "alias" ? "alias" : "identify"; }

    static std::string properties(Builder& builder, json::Node event, std::string_view type) {
        if (type == "group") {
            std::string out = "{\"groupId\":";
            json::append_quoted(out, strip_text(event.get("groupId").str()));
            return out + "}";
        }
        std::string out = builder.properties(event.get("properties"));
        // A page's or screen's own name is a word of the site, not of a person.
        if ((type == "page" || type == "screen") && event.get("name").is_string()) {
            std::string head = "{\"name\":";
            json::append_quoted(head, strip_text(event.get("name").str()));
            out = head + (out == "{}" ? "}" : "," + out.substr(1));
        }
        return out;
    }
};

}  // namespace

const Inlet& segment_inlet() {
    static const Segment inlet;
    return inlet;
}

}  // namespace tilth::collect
