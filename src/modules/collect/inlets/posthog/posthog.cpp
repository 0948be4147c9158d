#include "modules/collect/inlets/posthog/posthog.h"

#include <algorithm>

#include "base/limits.h"
#include "modules/collect/inlets/door.h"
#include "modules/collect/inlets/posthog/event.h"
#include "platform/http/url.h"
#include "platform/text/encoding.h"

namespace tilth::collect {

namespace {

constexpr std::string_view kSentMark = "?_=";  // the client's clock, when it stood in the query

http::Response problem(int status, std::string_view why) { return http::Response::text(status, std::string(why)); }

// JSON however it came: plain, gzip, or base64 in the form or query field `data`; empty when it is none of these.
std::string json_text(http::Request& request) {
    std::string text = request.body;
    if (request.method == http::Method::Get) text = request.param("data").value_or("");
    else if (text.starts_with("data=")) {
        text = http::percent_decode(std::string_view(text).substr(5, text.find('&') - 5)).value_or("");
    }
    const auto unpack = [](std::string& bytes) {
        if (!bytes.starts_with("\x1f\x8b")) return true;
        auto plain = gunzip(bytes, limits::kIngestBatchBytesMax);
        if (plain) bytes = std::move(*plain);
        return plain.has_value();
    };
    if (!unpack(text)) return {};
    if (text.starts_with('{') || text.starts_with('[')) return text;
    std::replace(text.begin(), text.end(), ' ', '+');
    auto decoded = crypto::from_base64(text);
    if (!decoded || !unpack(*decoded)) return {};
    return std::move(*decoded);
}

std::string_view token_in(json::Node root) {
    for (const std::string_view name : {"api_key", "token", "$token"}) {
        if (root.get(name).is_string()) return root.get(name).str();
    }
    return root.get("properties").get("token").str();
}

std::string token_of(const http::Request& request, json::Node root) {
    std::string token(token_in(root));
    json::Node list = root.is_array() ? root : root.get("batch");
    for (const auto& [none, event] : list.elements()) {
        if (token.empty()) token = token_in(event);
        break;
    }
    if (token.empty()) token = key_in_header(request);
    if (token.empty()) token = request.param("api_key").value_or(request.param("token").value_or(""));
    return token;
}

std::string path_of(const http::Request& request) {
    std::string path = request.path;
    const auto sent = request.param("_").value_or("");
    const bool number =
        sent.size() == 13 && std::all_of(sent.begin(), sent.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (number) path.append(kSentMark).append(sent);
    return path;
}

void take(org::Org& org, Clock& clock, const Inlet::Accept& accept, http::Request& request,
          std::shared_ptr<http::Responder> responder) {
    std::string text = json_text(request);
    const auto doc = json::read(text);
    if (!doc) return responder->answer(problem(400, "neither JSON, gzip nor base64"));
    const auto grant = org.key(token_of(request, doc->root()));
    if (!grant || !grant->write_only) return responder->answer(problem(401, "unknown project key"));
    http::Response done = http::Response::json(200, R"({"status":1})");
    if (request.param("beacon").value_or("") == "1") {
        done = {};
        done.status = 204;
    }
    accept_and_answer(accept,
                      {grant->tenant, grant->source, "posthog", path_of(request), clock.now(), {}, std::move(text)},
                      std::move(responder), std::move(done));
}

bool plain_key(std::string_view key) {
    return !key.empty() && key.size() <= 100 && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

// What the libraries ask at the start. There are no feature flags, surveys or recordings here, and it says so.
std::string config(std::string_view key) {
    return "{\"token\":\"" + std::string(key) +
           R"(","supportedCompression":["gzip","gzip-js"],"hasFeatureFlags":false,"captureDeadClicks":false,)"
           R"("capturePerformance":false,"autocapture_opt_out":false,"autocaptureExceptions":false,"surveys":false,)"
           R"("heatmaps":false,"sessionRecording":false,"siteApps":[],"analytics":{"endpoint":"/i/v0/e/"}})";
}
constexpr std::string_view kFlags =
    R"({"flags":{},"featureFlags":{},"featureFlagPayloads":{},"errorsWhileComputingFlags":false,)"
    R"("config":{"enable_collect_everything":true},"toolbarParams":{},"isAuthenticated":false,)"
    R"("supportedCompression":["gzip","gzip-js"],"sessionRecording":false,"siteApps":[]})";

http::Response config_answer(http::Request& request, bool script) {
    const std::string key = request.captures.empty() ? std::string{} : request.captures[0];
    if (!plain_key(key)) return problem(404, "no such project");
    if (!script) return http::Response::json(200, config(key));
    http::Response answer;
    answer.content_type = "application/javascript; charset=utf-8";
    answer.body = "(function(){var c=window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};c[\"" + key +
                  "\"]={config:" + config(key) + ",siteApps:[]};})();";
    return answer;
}

class PostHog final : public Inlet {
public:
    std::string_view name() const override { return "posthog"; }

    std::vector<http::Route> routes(org::Org& org, Clock& clock, Accept accept) const override {
        std::vector<http::Route> all;
        const auto add = [&](http::Method method, std::string pattern, http::AsyncHandler handler) {
            for (const bool slash : {false, true}) {
                http::Route route;
                route.method = method;
                route.pattern = pattern + (slash ? "/" : "");
                route.body_bytes_max = limits::kIngestBatchBytesMax;
                route.cors = true;
                route.handler = handler;
                all.push_back(std::move(route));
            }
        };
        const auto door = [&org, &clock, accept](http::Request& request, std::shared_ptr<http::Responder> responder) {
            take(org, clock, accept, request, std::move(responder));
        };
        for (const char* path : {"/e", "/i/v0/e", "/capture", "/track", "/engage", "/batch"}) {
            add(http::Method::Post, path, door);
        }
        for (const char* path : {"/e", "/i/v0/e"}) add(http::Method::Get, path, door);
        for (const char* path : {"/flags", "/decide"}) {
            add(http::Method::Post, path, [](http::Request&, std::shared_ptr<http::Responder> responder) {
                responder->answer(http::Response::json(200, std::string(kFlags)));
            });
        }
        add(http::Method::Get, "/array/{key}/config", [](http::Request& request, std::shared_ptr<http::Responder> to) {
            to->answer(config_answer(request, false));
        });
        add(http::Method::Get, "/array/{key}/config.js",
            [](http::Request& request, std::shared_ptr<http::Responder> to) {
                to->answer(config_answer(request, true));
            });
        return all;
    }

    Parsed parse(const RawBatch& batch, kernel::Vault& vault) const override {
        Parsed parsed;
        const auto doc = json::read(batch.body);
        if (!doc) return parsed;
        const json::Node root = doc->root();
        const json::Node list = root.is_array() ? root : root.get("batch");
        std::string sent(root.get("sent_at").str());
        const std::size_t mark = batch.path.find(kSentMark);
        if (sent.empty() && mark != std::string::npos) {
            std::int64_t ms = 0;
            for (const char c : std::string_view(batch.path).substr(mark + kSentMark.size(), 13))
                ms = ms * 10 + (c - '0');
            sent = to_iso(Instant{ms});
        }
        if (!list.is_array()) {
            posthog::parse_event(batch, vault, root, sent, parsed);
            return parsed;
        }
        if (list.count() > limits::kIngestBatchEventsMax) {
            parsed.refused.push_back({false, "too_many_events", {}, {}});
            return parsed;
        }
        for (const auto& [none, event] : list.elements()) posthog::parse_event(batch, vault, event, sent, parsed);
        return parsed;
    }
};

}  // namespace

const Inlet& posthog_inlet() {
    static const PostHog inlet;
    return inlet;
}

}  // namespace tilth::collect
