#include "modules/collect/inlets/sensors/record.h"

#include <algorithm>
#include <array>

namespace tilth::collect::sensors {

namespace {

using customer::IdentityKind;

struct KnownKey {
    std::string_view name;
    IdentityKind kind;
};
constexpr std::array<KnownKey, 17> kKnownKeys = {{
    {"$identity_login_id", IdentityKind::CustomId},
    {"$identity_mobile", IdentityKind::Phone},
    {"$identity_email", IdentityKind::Email},
    {"$identity_mp_unionid", IdentityKind::UnionId},
    {"$identity_mp_openid", IdentityKind::OpenId},
    {"$identity_cookie_id", IdentityKind::Anonymous},
    {"$identity_anonymous_id", IdentityKind::Anonymous},
    {"$identity_mp_id", IdentityKind::Anonymous},
    {"$identity_android_id", IdentityKind::Device},
    {"$identity_android_uuid", IdentityKind::Device},
    {"$identity_ios_uuid", IdentityKind::Device},
    {"$identity_harmony_uuid", IdentityKind::Device},
    {"$identity_idfa", IdentityKind::Device},
    {"$identity_idfv", IdentityKind::Device},
    {"$identity_imei", IdentityKind::Device},
    {"$identity_oaid", IdentityKind::Device},
    {"$identity_distinct_id", IdentityKind::Anonymous},
}};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }

// ^[a-zA-Z_$][\w$]{0,99}$, the rule of the libraries for names of events.
bool good_name(std::string_view name) {
    if (name.empty() || name.size() > 100 || !letter(name.front())) return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string text_of(json::Node node) {
    if (node.is_string()) return std::string(node.str());
    return node.i64() ? node.raw_json() : std::string{};
}

void claim_identity(Builder& builder, std::string_view name, json::Node value) {
    const auto known =
        std::find_if(kKnownKeys.begin(), kKnownKeys.end(), [&](const KnownKey& one) { return one.name == name; });
    if (known != kKnownKeys.end()) return builder.claim(known->kind, value);
    constexpr std::string_view kMini = "$identity_mp_";
    constexpr std::string_view kOpenId = "_openid";
    const std::string text = text_of(value);
    if (text.empty()) return;
    // An openid holds within its app alone, so the app's id is part of the key.
    if (name.starts_with(kMini) && name.ends_with(kOpenId) && name.size() > kMini.size() + kOpenId.size()) {
        const auto app = name.substr(kMini.size(), name.size() - kMini.size() - kOpenId.size());
        return builder.claim(IdentityKind::OpenId, std::string(app) + ":" + text);
    }
    // A key of the tenant's own: loginWithKey makes the distinct_id of it in the same way.
    builder.claim(IdentityKind::CustomId, std::string(name) + "+" + text);
}

bool says_login(json::Node record) {
    return record.get("$is_login_id").boolean().value_or(false) ||
           record.get("properties").get("$is_login_id").boolean().value_or(false);
}

// Libraries that know identities list them all, and distinct_id only repeats one. Older ones have distinct_id alone: a
// login when they say so, else the visitor.
void claim_all(Builder& builder, json::Node record, std::string_view type) {
    const std::string distinct = text_of(record.get("distinct_id"));
    // Of an unbinding the identities are those that no longer belong to this login, which stands first.
    if (type == "track_id_unbind") builder.claim(IdentityKind::CustomId, distinct);
    for (const auto& [name, value] : record.get("identities").members()) claim_identity(builder, name, value);
    if (type == "track_id_unbind") return;
    builder.claim(IdentityKind::CustomId, record.get("login_id"));
    builder.claim(IdentityKind::Anonymous, record.get("anonymous_id"));
    if (type == "track_signup") {
        builder.claim(IdentityKind::CustomId, distinct);
        builder.claim(IdentityKind::Anonymous, record.get("original_id"));
        return;
    }
    const bool listed = record.get("identities").count() > 0 || record.get("login_id").present();
    if (!listed) builder.claim(says_login(record) ? IdentityKind::CustomId : IdentityKind::Anonymous, distinct);
}

// No record has an id of its own; these together are one, and a record sent again differs only in _flush_time.
std::string identity_of(json::Node record) {
    std::string key = "sensors\n";
    if (!record.get("_track_id").present()) {
        for (const auto& [name, value] : record.members()) {
            if (name == "_flush_time") continue;
            key.append(name).push_back('=');
            value.append_raw(key);
            key.push_back('\n');
        }
        return key;
    }
    for (const std::string_view part : {"project", "distinct_id", "_track_id", "time", "type", "event"}) {
        record.get(part).append_raw(key);
        key.push_back('\n');
    }
    return key;
}

void refuse(Parsed& parsed, std::string_view code, json::Node record) {
    parsed.refused.push_back({false, std::string(code), {}, record.raw_json()});
}

}  // namespace

void parse_record(const RawBatch& batch, kernel::Vault& vault, json::Node record, Parsed& parsed) {
    const std::string_view type = record.get("type").str();
    const bool behaviour = type == "track" || type == "track_signup" || type.starts_with("track_id_");
    const std::string_view name = behaviour ? record.get("event").str() : type;
    if (type.starts_with("item_") || type.starts_with("detail_")) return refuse(parsed, "not_about_a_person", record);
    // Both change what stands and need it at hand, which events never have; erasing is a request with a receipt.
    if (type == "profile_increment" || type == "profile_append") return refuse(parsed, "needs_present_value", record);
    if (type == "profile_delete") return refuse(parsed, "needs_erasure_request", record);
    const bool profile = type == "profile_set" || type == "profile_set_once" || type == "profile_unset";
    if (!behaviour && !profile) return refuse(parsed, "no_type", record);
    if (!good_name(name)) return refuse(parsed, "bad_name", record);

    Builder builder(batch, vault);
    claim_all(builder, record, type);
    const json::Node properties = record.get("properties");
    if (type == "profile_set") builder.traits(properties);
    if (type == "profile_set_once") builder.traits_once(properties);
    if (type == "profile_unset") builder.take_away(properties);
    builder.time_ms(record.get("time").i64(), record.get("_flush_time").i64());
    builder.fingerprint(identity_of(record), record);
    const bool joins = type == "track_signup" || type == "track_id_bind" || profile;
    builder.finish(parsed, std::string(name), behaviour ? builder.properties(properties) : "{}",
                   type == "track_id_unbind" ? "unbind" : joins ? "identify" : "same_record", joins, record);
}

}  // namespace tilth::collect::sensors
