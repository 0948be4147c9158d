#include "modules/collect/catalogue/rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "modules/collect/inlets/strip.h"
#include "platform/json/reader.h"

namespace tilth::collect::catalogue {

namespace {

constexpr std::array<std::string_view, 6> kWords = {"text", "number", "bool", "time", "list", "any"};
constexpr std::size_t kDriftMax = 20;

bool fits(ValueKind kind, json::Node value) {
    switch (kind) {
        case ValueKind::Text: return value.is_string();
        case ValueKind::Number: return value.is_number();
        case ValueKind::Bool: return value.kind() == json::NodeKind::Bool;
        case ValueKind::Time: return parse_instant(value.str()).has_value() || value.i64().has_value();
        case ValueKind::List: return value.is_array();
        case ValueKind::Any: break;
    }
    return true;
}

std::string fault(const Type& type, json::Node properties) {
    for (const Field& field : type.fields) {
        // Whatever is personal was taken out at the door already, or is taken out here: nothing to look at.
        if (field.personal) continue;
        const json::Node value = properties.get(field.name);
        if (!value.present()) {
            if (field.required) return "missing:" + field.name;
        } else if (!fits(field.kind, value)) {
            return "kind:" + field.name;
        }
    }
    return {};
}

std::optional<std::string> without_personal(const Type& type, json::Node properties) {
    std::vector<std::string_view> names;
    for (const Field& field : type.fields) {
        if (field.personal && !properties.get(field.name).missing()) names.push_back(field.name);
    }
    if (names.empty()) return std::nullopt;
    std::string out = "{";
    for (const auto& [name, value] : properties.members()) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        if (out.size() > 1) out.push_back(',');
        json::append_quoted(out, name);
        out.push_back(':');
        value.append_raw(out);
    }
    return out + "}";
}

std::string_view rule_word(std::string_view text) {
    for (const std::string_view known : {"identify", "alias", "unbind"}) {
        if (text == known) return known;
    }
    return "same_record";
}

}  // namespace

std::string_view word(ValueKind kind) { return kWords[static_cast<std::size_t>(kind)]; }
std::optional<ValueKind> value_kind(std::string_view text) {
    const auto found = std::find(kWords.begin(), kWords.end(), text);
    if (found == kWords.end()) return std::nullopt;
    return static_cast<ValueKind>(found - kWords.begin());
}

std::string print_fields(const std::vector<Field>& fields) {
    std::string out = "[";
    for (const Field& field : fields) {
        if (out.size() > 1) out.push_back(',');
        out += "{\"name\":";
        json::append_quoted(out, field.name);
        out.append(",\"kind\":\"").append(word(field.kind)).append("\",\"required\":");
        out.append(field.required ? "true" : "false").append(",\"personal\":");
        out.append(field.personal ? "true}" : "false}");
    }
    return out + "]";
}

std::vector<Field> parse_fields(std::string_view text) {
    std::vector<Field> fields;
    const auto doc = json::read(text);
    if (!doc) return fields;
    for (const auto& [none, one] : doc->root().elements()) {
        fields.push_back(
            {std::string(one.get("name").str()), value_kind(one.get("kind").str()).value_or(ValueKind::Any),
             one.get("required").boolean().value_or(false), one.get("personal").boolean().value_or(false)});
    }
    return fields;
}

Ruling rule(const Catalogue& catalogue, const Incoming& event) {
    const auto found = catalogue.types.find(event.type);
    if (found == catalogue.types.end()) return {catalogue.hold_unknown ? "unknown_type" : "", std::nullopt};
    if (found->second.fields.empty()) return {};
    const auto doc = json::read(event.properties);
    if (!doc) return {"bad_properties", std::nullopt};
    Ruling ruling;
    ruling.held = fault(found->second, doc->root());
    ruling.properties = without_personal(found->second, doc->root());
    return ruling;
}

std::vector<std::string> drift(const Type& type, const std::vector<std::string>& properties) {
    std::set<std::string> found;
    for (const std::string& text : properties) {
        const auto doc = json::read(text);
        if (!doc || found.size() >= kDriftMax) continue;
        if (auto why = fault(type, doc->root()); !why.empty()) found.insert(std::move(why));
        for (const auto& [name, value] : doc->root().members()) {
            const bool declared = std::any_of(type.fields.begin(), type.fields.end(),
                                              [&](const Field& field) { return field.name == name; });
            if (!declared && found.size() < kDriftMax) found.insert("undeclared:" + std::string(name));
        }
    }
    return {found.begin(), found.end()};
}

std::string print_event(const Incoming& event) {
    std::string out = "{\"fingerprint\":\"" +
                      crypto::hex({reinterpret_cast<const char*>(event.fingerprint.data()), event.fingerprint.size()}) +
                      "\",\"time\":" + std::to_string(event.time.ms) + ",\"type\":";
    json::append_quoted(out, event.type);
    out += ",\"properties\":";
    json::append_quoted(out, event.properties);
    out.append(",\"rule\":\"").append(event.rule).append(event.joins ? "\",\"joins\":true" : "\",\"joins\":false");
    out += ",\"corrected\":" + std::to_string(event.corrected) + ",\"claims\":[";
    for (std::size_t i = 0; i < event.claims.size(); ++i) {
        out.append(i > 0 ? ",{\"kind\":\"" : "{\"kind\":\"").append(name(event.claims[i].kind)).append("\",\"value\":");
        json::append_quoted(out, event.claims[i].value);
        out += "}";
    }
    out += "],\"traits\":[";
    for (std::size_t i = 0; i < event.traits.size(); ++i) {
        out += i > 0 ? ",{\"field\":" : "{\"field\":";
        json::append_quoted(out, event.traits[i].field);
        out += ",\"value\":";
        json::append_quoted(out, event.traits[i].value);
        out += ",\"at\":" + std::to_string(event.traits[i].at.ms) + "}";
    }
    return out + "]}";
}

Result<Incoming> parse_event(json::Node node, const TenantId& tenant, kernel::Vault& vault) {
    Incoming event;
    const std::string fingerprint = TRY(crypto::from_hex(node.get("fingerprint").str()));
    const auto time = node.get("time").i64();
    if (fingerprint.size() != event.fingerprint.size() || !time) return Error(ErrorCode::Corrupt, "held event");
    std::copy(fingerprint.begin(), fingerprint.end(), reinterpret_cast<char*>(event.fingerprint.data()));
    event.time = Instant{*time};
    event.type = node.get("type").str();
    event.properties = node.get("properties").str();
    if (const auto properties = json::read(event.properties)) event.store = store_of(properties->root());
    event.rule = rule_word(node.get("rule").str());
    event.joins = node.get("joins").boolean().value_or(false);
    event.corrected = static_cast<std::uint8_t>(node.get("corrected").i64().value_or(0) & 0xff);
    event.released = true;
    for (const auto& [none, claim] : node.get("claims").elements()) {
        const auto kind = customer::identity_kind(claim.get("kind").str());
        if (!kind) return Error(ErrorCode::Corrupt, "held event");
        event.claims.push_back(TRY(customer::make_claim(vault, tenant, *kind, claim.get("value").str())));
    }
    for (const auto& [none, trait] : node.get("traits").elements()) {
        event.traits.push_back({std::string(trait.get("field").str()), std::string(trait.get("value").str()),
                                Instant{trait.get("at").i64().value_or(0)}});
    }
    if (event.claims.empty()) return Error(ErrorCode::Corrupt, "held event");
    return event;
}

}  // namespace tilth::collect::catalogue
