#include "modules/collect/inlets/posthog/event.h"

#include <array>

namespace tilth::collect::posthog {

namespace {

using customer::IdentityKind;

// What stands beside the properties within the same object: keys and facts about people, and the project's key.
constexpr std::array<std::string_view, 12> kNotProperties = {
    "$set",        "$set_once",    "$unset", "$anon_distinct_id", "$device_id", "$user_id",
    "distinct_id", "$distinct_id", "alias",  "$group_set",        "token",      "$insert_id"};
constexpr std::size_t kIdBytesMax = 200;
constexpr std::int64_t kOffsetMaxMs = 400ll * 86'400'000;

std::string text_of(json::Node node) {
    std::string text = node.is_string() ? std::string(node.str()) : node.is_number() ? node.raw_json() : std::string{};
    if (text.size() > kIdBytesMax) text.resize(kIdBytesMax);
    return text;
}

std::string distinct_of(json::Node event) {
    for (const json::Node node :
         {event.get("distinct_id"), event.get("$distinct_id"), event.get("properties").get("distinct_id")}) {
        if (node.present()) return text_of(node);
    }
    return {};
}

// The browser says whether it knows the person; before that its id is the device's. A server names who it means.
bool is_visitor(json::Node properties, std::string_view distinct) {
    if (const auto known = properties.get("$is_identified").boolean()) return !*known;
    return !distinct.empty() && properties.get("$device_id").str() == distinct;
}

void claim_all(Builder& builder, json::Node event, std::string_view name) {
    const json::Node properties = event.get("properties");
    const std::string distinct = distinct_of(event);
    const bool joins = name == "$identify" || name == "$create_alias" || name == "$merge_dangerously";
    const bool visitor = !joins && is_visitor(properties, distinct);
    builder.claim(visitor ? IdentityKind::Anonymous : IdentityKind::CustomId, distinct);
    if (name == "$identify") builder.claim(IdentityKind::Anonymous, text_of(properties.get("$anon_distinct_id")));
    if (name == "$create_alias" || name == "$merge_dangerously") {
        // An alias may have been a visitor's id or a person's: it is either from now on.
        const std::string alias = text_of(properties.get("alias"));
        builder.claim(IdentityKind::CustomId, alias);
        builder.claim(IdentityKind::Anonymous, alias);
    }
}

void say_time(Builder& builder, const RawBatch& batch, json::Node event, std::string_view sent) {
    if (const auto offset = event.get("offset").i64(); offset && *offset >= 0 && *offset < kOffsetMaxMs) {
        return builder.time_ms(batch.received.ms - *offset, std::nullopt);
    }
    std::string original(event.get("timestamp").str());
    // Without an offset PostHog takes a time as UTC, and its Python library sends such.
    if (!original.empty() && !parse_instant(original) && parse_instant(original + "Z")) original += "Z";
    const bool ignore = event.get("properties").get("$ignore_sent_at").boolean().value_or(false);
    builder.time(original, ignore ? std::string_view{} : sent);
}

// A group described by a server without a person: the library then makes an id of the group's own name.
bool about_a_group(json::Node event, std::string_view name) {
    if (name != "$groupidentify") return false;
    const json::Node properties = event.get("properties");
    const std::string own = "$" + text_of(properties.get("$group_type")) + "_" + text_of(properties.get("$group_key"));
    return distinct_of(event) == own;
}

}  // namespace

void parse_event(const RawBatch& batch, kernel::Vault& vault, json::Node event, std::string_view sent, Parsed& parsed) {
    const std::string_view name = event.get("event").str();
    if (about_a_group(event, name)) {
        parsed.refused.push_back({false, "not_about_a_person", {}, event.raw_json()});
        return;
    }
    Builder builder(batch, vault);
    const json::Node properties = event.get("properties");
    claim_all(builder, event, name);
    for (const json::Node holder : {event, properties}) {
        builder.traits_once(holder.get("$set_once"));
        builder.traits(holder.get("$set"));
        builder.take_away(holder.get("$unset"));
    }
    say_time(builder, batch, event, sent);
    const std::string_view own = event.get("uuid").str();
    builder.fingerprint(own.empty() ? properties.get("$insert_id").str() : own, event);
    const bool joins = name == "$identify" || name == "$create_alias" || name == "$merge_dangerously";
    const std::string_view rule = name == "$identify" ? "identify" : joins ? "alias" : "same_record";
    builder.finish(parsed, std::string(name), builder.properties(properties, kNotProperties), rule, joins, event);
}

}  // namespace tilth::collect::posthog
