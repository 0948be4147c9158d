// What partners call: /open/v1/…, each request signed (signature.h). Answers are JSON, refusals problem+json with a
// code of keys.h, `invalid` or `not_found`. docs/guides/open_interface.md is written for them.

#include <algorithm>

#include "base/hooks.h"
#include "base/limits.h"
#include "modules/collect/inlets/door.h"
#include "modules/collect/open/service.h"
#include "platform/json/reader.h"
#include "platform/json/value.h"

namespace tilth::collect::open {

namespace {

using json::Value;

constexpr std::size_t kBodyMax = 1u << 20;
constexpr std::int64_t kListed = 100;
constexpr int kPartnerConfidence = 60;

http::Response problem(int status, std::string_view code, std::string_view zh, std::string_view en,
                       std::int64_t retry_after = 0) {
    http::Response response =
        http::Response::json(status, Value::object({{"code", code}, {"title", zh}, {"detail", en}}).print());
    response.content_type = "application/problem+json";
    if (retry_after > 0) response.with("Retry-After", std::to_string(retry_after));
    return response;
}
http::Response problem(const Refusal& refusal) {
    return problem(refusal.status, refusal.code, refusal.zh, refusal.en, refusal.retry_after);
}
http::Response problem(const Error& error) {
    const ErrorInfo& known = info(error.code);
    const bool ours = known.http_status >= 500;
    return problem(known.http_status, known.name, known.zh, ours || error.detail.empty() ? known.en : error.detail,
                   known.retryable ? 5 : 0);
}
http::Response invalid(std::string_view zh, std::string_view en) { return problem(422, "invalid", zh, en); }

// One request of a partner that was let in.
struct Call {
    PartnerKey key;
    kernel::Context context;  // within the key's part of the organisation
    http::Request& request;
    std::shared_ptr<http::Responder> responder;
};

class Doors : public std::enable_shared_from_this<Doors> {
public:
    Doors(OpenService& open, Inlet::Accept accept) : open_(open), parts_(open.parts()), accept_(std::move(accept)) {}

    using Handler = void (Doors::*)(Call& call);
    http::Route route(http::Method method, std::string pattern, Operation operation, Handler handler) {
        http::Route made;
        made.method = method;
        made.pattern = std::move(pattern);
        made.body_bytes_max = limits::kIngestBatchBytesMax;
        made.handler = [self = shared_from_this(), operation, handler](http::Request& request,
                                                                       std::shared_ptr<http::Responder> responder) {
            self->let_in(operation, handler, request, responder);
        };
        return made;
    }

    void events(Call& call) {
        const auto doc = json::read(call.request.body);
        if (!doc || !doc->root().get("events").is_array())
            return call.responder->answer(
                invalid("需要 JSON 对象，含 events 数组", "Send an object with an array events"));
        const std::size_t count = doc->root().get("events").count();
        if (count > limits::kIngestBatchEventsMax)
            return call.responder->answer(problem(Error(ErrorCode::LimitExceeded, "at most 2,500 events")));
        for (const auto& [none, event] : doc->root().get("events").elements()) {
            const std::string_view node = event.get("properties").get("node").str();
            if (!node.empty() && !node_in_scope(call, node))
                return call.responder->answer(problem(refusal("out_of_scope")));
        }
        accept_and_answer(
            accept_,
            {call.key.tenant, call.key.source, "native", call.request.path, call.context.now, {}, call.request.body},
            call.responder, http::Response::json(200, "{\"received\":" + std::to_string(count) + "}"));
    }

    void add_lead(Call& call) {
        const auto body = Value::parse(call.request.body);
        if (!body || !body->is_object()) return call.responder->answer(invalid("需要 JSON 对象", "Send an object"));
        customer::NewLead lead;
        const auto claim = customer::make_claim(parts_.kernel.vault, call.key.tenant, customer::IdentityKind::Phone,
                                                body->get("phone").str());
        if (!claim) return call.responder->answer(invalid("phone 不是手机号", "phone is no phone number"));
        const auto node = node_of(call, body->get("node").str());
        if (!node) return call.responder->answer(problem(refusal("out_of_scope")));
        lead.claims.push_back(*claim);
        lead.node = *node;
        lead.source = "partner:" + call.key.id.str();
        const auto text = [&](std::string_view name, std::size_t most) {
            return check_text(body->get(name).str(), 1, most).value_or(std::string());
        };
        if (const std::string name = text("name", 80); !name.empty()) lead.traits.push_back({"name", name});
        lead.company = text("company", 120);
        lead.note = text("note", 500);
        if (!lead.company.empty()) lead.kind = customer::LeadKind::Business;
        const auto added = parts_.kernel.record.write<customer::AddedLead>(
            call.context, [&](kernel::Unit& unit) { return parts_.leads.add(unit, lead); });
        if (!added) return call.responder->answer(problem(added.error()));
        call.responder->answer(
            http::Response::json(200, Value::object({{"number", added->number}, {"new", added->fresh}}).print()));
    }

    void leads(Call& call) {
        customer::LeadFilter filter;
        filter.limit = kListed;
        if (const auto before = call.request.param("before"))
            filter.before = std::strtoll(std::string(*before).c_str(), nullptr, 10);
        const auto found = parts_.kernel.record.read<std::vector<customer::Lead>>(
            call.context, [&](kernel::View& view) { return parts_.leads.list(view.sql(), call.context, filter); });
        if (!found) return call.responder->answer(problem(found.error()));
        Value items = Value::array();
        for (const customer::Lead& lead : *found) items.push(shown(call, lead));
        call.responder->answer(http::Response::json(200, Value::object({{"items", items}}).print()));
    }

    void lead(Call& call) {
        const std::int64_t number = std::strtoll(call.request.captures.at(0).c_str(), nullptr, 10);
        const auto found = parts_.kernel.record.read<customer::Lead>(
            call.context, [&](kernel::View& view) { return parts_.leads.find(view.sql(), call.context, number); });
        if (!found) return call.responder->answer(problem(found.error()));
        call.responder->answer(http::Response::json(200, shown(call, *found).print()));
    }

    void put_customer(Call& call) {
        const auto body = Value::parse(call.request.body);
        if (!body || !body->is_object()) return call.responder->answer(invalid("需要 JSON 对象", "Send an object"));
        customer::Sighting sighting;
        for (const auto& [name, value] : body->get("identities").members()) {
            const auto kind = customer::identity_kind(name);
            auto claim = kind ? customer::make_claim(parts_.kernel.vault, call.key.tenant, *kind, value.str())
                              : Result<customer::Claim>(ErrorCode::Invalid);
            if (!claim) return call.responder->answer(invalid("identities 有误：" + name, "identities: " + name));
            sighting.claims.push_back(std::move(*claim));
        }
        if (sighting.claims.empty())
            return call.responder->answer(invalid("identities 不能为空", "identities names at least one key"));
        const auto node = node_of(call, body->get("node").str());
        if (!node) return call.responder->answer(problem(refusal("out_of_scope")));
        std::vector<customer::Trait> traits;
        for (const auto& [name, value] : body->get("traits").members())
            if (value.is_string() && traits.size() < 50) traits.push_back({name, std::string(value.str())});
        const std::string source = call.key.source.str();
        sighting.at = call.context.now;
        sighting.source = source;
        sighting.home_node = node;
        const auto done = parts_.kernel.record.write<customer::Resolution>(
            call.context, [&](kernel::Unit& unit) -> Result<customer::Resolution> {
                auto found = TRY(parts_.customers.resolve(unit, sighting));
                TRY(parts_.customers.declare(unit, found.customer, traits, source, kPartnerConfidence));
                return found;
            });
        if (!done) return call.responder->answer(problem(done.error()));
        // Whether somebody else's customer stands already is not told: the number is only given of one's own.
        Value reply = Value::object({{"accepted", true}});
        if (face_in_scope(call, done->customer)) reply.set("customer", done->customer.str());
        call.responder->answer(http::Response::json(200, reply.print()));
    }

    void customer(Call& call) {
        const auto id = CustomerId::parse(call.request.captures.at(0));
        const auto face = id ? face_in_scope(call, *id) : std::nullopt;
        if (!face) return call.responder->answer(problem(Error(ErrorCode::NotFound, "customer")));
        Value keys = Value::array();
        for (const auto& key : face->keys)
            keys.push(Value::object({{"kind", customer::name(key.kind)}, {"masked", key.masked}}));
        call.responder->answer(http::Response::json(200, Value::object({{"customer", face->customer.str()},
                                                                        {"name_masked", face->name_masked},
                                                                        {"identities", keys},
                                                                        {"first_seen", to_iso(face->first_seen)}})
                                                             .print()));
    }

private:
    void let_in(Operation operation, Handler handler, http::Request& request,
                const std::shared_ptr<http::Responder>& responder) {
        const Presented presented{std::string(request.header("X-Tilth-Key")),
                                  std::string(request.header("X-Tilth-Signature")),
                                  {http::name(request.method), request.target, request.body,
                                   request.header("X-Tilth-Timestamp"), request.header("X-Tilth-Nonce")}};
        const auto admitted = open_.keys().admit(presented, operation);
        if (!admitted) return responder->answer(problem(admitted.error()));
        if (admitted->refused != nullptr) return responder->answer(problem(*admitted->refused));
        Call call{*admitted->key, {}, request, responder};
        call.context = kernel::Context::system(call.key.tenant, parts_.kernel.clock.now());
        call.context.actor = {kernel::ActorKind::ApiKey, call.key.id.bytes, call.key.label};
        kernel::Scope scope;
        scope.nodes = parts_.org.subtree(call.key.tenant, call.key.node);
        call.context.scope = std::make_shared<kernel::Scope>(std::move(scope));
        call.context.client_ip = request.client_ip;
        (this->*handler)(call);
    }

    // The node of that code within the key's part; the key's own when no code is given.
    std::optional<OrgNodeId> node_of(const Call& call, std::string_view code) const {
        if (code.empty()) return call.key.node;
        const auto node = parts_.org.node_by_code(call.key.tenant, code);
        if (!node || !call.context.scope->covers(node->id)) return std::nullopt;
        return node->id;
    }
    bool node_in_scope(const Call& call, std::string_view code) const { return node_of(call, code).has_value(); }

    std::optional<customer::Customers::Face> face_in_scope(const Call& call, const CustomerId& id) const {
        const auto faces = parts_.kernel.record.read<std::vector<customer::Customers::Face>>(
            call.context,
            [&](kernel::View& view) { return parts_.customers.faces(view.sql(), call.key.tenant, {id}); });
        if (!faces || faces->size() != 1) return std::nullopt;
        const auto& face = faces->front();
        if (!face.home_node || !call.context.scope->covers(*face.home_node)) return std::nullopt;
        return face;
    }

    Value shown(const Call& call, const customer::Lead& lead) const {
        static constexpr std::array<std::string_view, 5> kStages = {"new", "following", "intent", "converted", "lost"};
        const auto node = parts_.org.node(call.key.tenant, lead.node);
        return Value::object({{"number", lead.number},
                              {"stage", kStages.at(static_cast<std::size_t>(lead.stage))},
                              {"node", node ? node->code : std::string()},
                              {"company", lead.company},
                              {"owned", lead.owner.has_value()},
                              {"created_at", to_iso(lead.created_at)}});
    }

    OpenService& open_;
    OpenParts& parts_;
    Inlet::Accept accept_;
};

}  // namespace

std::vector<http::Route> OpenService::doors(Inlet::Accept accept) {
    if (hooks::is_off("CDP-09")) return {};
    const auto doors = std::make_shared<Doors>(*this, std::move(accept));
    using http::Method;
    return {doors->route(Method::Post, "/open/v1/events", Operation::EventsWrite, &Doors::events),
            doors->route(Method::Post, "/open/v1/leads", Operation::LeadsWrite, &Doors::add_lead),
            doors->route(Method::Get, "/open/v1/leads", Operation::LeadsRead, &Doors::leads),
            doors->route(Method::Get, "/open/v1/leads/{number}", Operation::LeadsRead, &Doors::lead),
            doors->route(Method::Post, "/open/v1/customers", Operation::CustomersWrite, &Doors::put_customer),
            doors->route(Method::Get, "/open/v1/customers/{id}", Operation::CustomersRead, &Doors::customer)};
}

Result<std::unique_ptr<OpenInterface>> make(OpenParts parts, const OpenOptions& options) {
    auto allowed = TRY(http::Proxies::parse(options.webhook_allow));
    auto open = std::make_unique<OpenService>(parts, http::Reachable(std::move(allowed)));
    add_open_routes(*open);
    return std::unique_ptr<OpenInterface>(std::move(open));
}

}  // namespace tilth::collect::open

namespace tilth::collect {

Result<std::unique_ptr<OpenInterface>> make_open_interface(OpenParts parts, const OpenOptions& options) {
    return open::make(parts, options);
}

}  // namespace tilth::collect
