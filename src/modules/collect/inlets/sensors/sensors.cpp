#include "modules/collect/inlets/sensors/sensors.h"

#include <array>

#include "base/limits.h"
#include "modules/collect/inlets/door.h"
#include "modules/collect/inlets/sensors/envelope.h"
#include "modules/collect/inlets/sensors/record.h"

namespace tilth::collect {

namespace {

// The mark of a batch that could not be opened: its path in the journal ends so, and its body is what came.
constexpr std::string_view kFaultMark = "#";
constexpr std::size_t kKeptOfFaultyMax = 8u << 10;

// A transparent picture of one pixel, which the image mode asks for.
constexpr std::array<unsigned char, 43> kPixel = {0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80,
                                                  0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0x21, 0xf9, 0x04,
                                                  0x01, 0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x01,
                                                  0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b};

http::Response done_answer(const http::Request& request) {
    http::Response answer;
    if (request.method == http::Method::Get) {
        answer.content_type = "image/gif";
        answer.body.assign(reinterpret_cast<const char*>(kPixel.data()), kPixel.size());
        answer.with("Cache-Control", "no-store");
    } else {
        answer.content_type = "text/plain; charset=utf-8";
    }
    return answer;
}

std::vector<sensors::Field> fields_of(const http::Request& request, std::string_view body) {
    if (request.method != http::Method::Get) return sensors::form_fields(body);
    std::vector<sensors::Field> fields;
    for (const http::Header& one : request.query) fields.push_back({one.name, one.value});
    return fields;
}

std::string key_of(const http::Request& request) {
    std::string key = key_in_header(request);
    if (key.empty()) key = request.param("token").value_or("");
    return key;
}

void take(org::Org& org, Clock& clock, const Inlet::Accept& accept, http::Request& request,
          std::shared_ptr<http::Responder> responder) {
    // 403 and 5xx are the refusals after which the mobile libraries keep what they have; any other loses it.
    const auto grant = org.key(key_of(request));
    if (!grant || !grant->write_only) return responder->answer(http::Response::text(403, "unknown token"));
    auto body = plain_body(request, limits::kIngestBatchBytesMax);
    if (!body) return responder->answer(http::Response::text(413, "too large"));
    const bool plain = body->starts_with('{') || body->starts_with('[');
    sensors::Opened opened =
        plain ? sensors::Opened{*body, {}} : sensors::open(fields_of(request, *body), limits::kIngestBatchBytesMax);
    if (opened.fault.empty() && !json::read(opened.json)) opened.fault = "bad_body";
    if (request.path == "/debug" && request.header("Dry-Run") == "true") {
        return responder->answer(
            http::Response::json(200, opened.fault.empty() ? "{}" : "{\"error\":\"" + opened.fault + "\"}"));
    }
    RawBatch batch{grant->tenant, grant->source, "sensors", request.path, clock.now(), {}, std::move(opened.json)};
    if (!opened.fault.empty()) {
        // Sending it again would not mend it: it is answered as taken, and stands among the refused with the reason.
        batch.path.append(kFaultMark).append(opened.fault);
        batch.body = request.method == http::Method::Get ? std::string(request.param("data").value_or("")) : *body;
        batch.body.resize(std::min(batch.body.size(), kKeptOfFaultyMax));
    }
    accept_and_answer(accept, std::move(batch), std::move(responder), done_answer(request));
}

class Sensors final : public Inlet {
public:
    std::string_view name() const override { return "sensors"; }

    std::vector<http::Route> routes(org::Org& org, Clock& clock, Accept accept) const override {
        std::vector<http::Route> all;
        for (const std::string_view path : {"/sa", "/sa.gif", "/debug"}) {
            for (const http::Method method : {http::Method::Get, http::Method::Post}) {
                http::Route route;
                route.method = method;
                route.pattern = path;
                route.body_bytes_max = limits::kIngestBatchBytesMax;
                route.cors = true;
                route.handler = [&org, &clock, accept](http::Request& request,
                                                       std::shared_ptr<http::Responder> responder) {
                    take(org, clock, accept, request, std::move(responder));
                };
                all.push_back(std::move(route));
            }
        }
        return all;
    }

    Parsed parse(const RawBatch& batch, kernel::Vault& vault) const override {
        Parsed parsed;
        if (const auto mark = batch.path.find(kFaultMark); mark != std::string::npos) {
            parsed.refused.push_back({false, batch.path.substr(mark + 1), {}, batch.body});
            return parsed;
        }
        const auto doc = json::read(batch.body);
        if (!doc) {
            parsed.refused.push_back({false, "bad_body", {}, batch.body.substr(0, kKeptOfFaultyMax)});
            return parsed;
        }
        const json::Node root = doc->root();
        if (!root.is_array()) {
            sensors::parse_record(batch, vault, root, parsed);
            return parsed;
        }
        if (root.count() > limits::kIngestBatchEventsMax) {
            parsed.refused.push_back({false, "too_many_events", {}, {}});
            return parsed;
        }
        for (const auto& [none, record] : root.elements()) sensors::parse_record(batch, vault, record, parsed);
        return parsed;
    }
};

}  // namespace

const Inlet& sensors_inlet() {
    static const Sensors inlet;
    return inlet;
}

}  // namespace tilth::collect
