#include "modules/collect/inlets/builder.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "modules/collect/inlets/strip.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kTypeBytesMax = 200;
constexpr std::size_t kTraitsMax = 100;
constexpr std::size_t kTraitBytesMax = 2'000;
constexpr Duration kAheadMax = hours(24);
constexpr Duration kSkewNoticed = seconds(60);
// Facts that hold once stand before every real moment, the earliest last: so the earliest is the newest among them,
// and anything declared plainly is newer still. 8 ms fall together.
constexpr std::int64_t kOnceFromMs = 4'102'444'800'000;  // 2100-01-01
constexpr std::int64_t kOnceStepMs = 8;

struct TraitKey {
    std::string_view name;
    customer::IdentityKind kind;
};
constexpr std::array<TraitKey, 7> kTraitKeys = {{
    {"email", customer::IdentityKind::Email},
    {"phone", customer::IdentityKind::Phone},
    {"mobile", customer::IdentityKind::Phone},
    {"card", customer::IdentityKind::Card},
    {"cardNo", customer::IdentityKind::Card},
    {"unionid", customer::IdentityKind::UnionId},
    {"unionId", customer::IdentityKind::UnionId},
}};

std::string scalar(json::Node value) {
    if (value.is_string()) return std::string(value.str());
    if (value.is_number() || value.kind() == json::NodeKind::Bool) return value.raw_json();
    return {};
}

}  // namespace

void Builder::claim(customer::IdentityKind kind, std::string_view value) {
    if (value.empty()) return;
    auto made = customer::make_claim(vault_, batch_.tenant, kind, value);
    if (!made) return note(Correction::KeyLeftOut);
    const bool known = std::any_of(event_.claims.begin(), event_.claims.end(), [&](const customer::Claim& one) {
        return one.kind == made->kind && one.index == made->index;
    });
    if (!known) event_.claims.push_back(std::move(*made));
}

void Builder::claim(customer::IdentityKind kind, json::Node value) {
    if (value.is_string() || value.i64()) claim(kind, scalar(value));
}

void Builder::traits(json::Node traits) { add_traits(traits, false); }
void Builder::traits_once(json::Node traits) { add_traits(traits, true); }

void Builder::add_traits(json::Node traits, bool once) {
    for (const auto& [name, value] : traits.members()) {
        const auto key =
            std::find_if(kTraitKeys.begin(), kTraitKeys.end(), [&](const TraitKey& one) { return one.name == name; });
        if (key != kTraitKeys.end()) {
            claim(key->kind, value);
            continue;
        }
        std::string text = scalar(value);
        const bool fits = !text.empty() && text.size() <= kTraitBytesMax && event_.traits.size() < kTraitsMax;
        if (!fits) continue;
        if (once) once_.push_back(event_.traits.size());
        event_.traits.push_back({std::string(name), std::move(text)});
    }
}

void Builder::take_away(json::Node traits) {
    for (const auto& [name, value] : traits.members()) {
        if (event_.traits.size() < kTraitsMax) event_.traits.push_back({std::string(name), {}});
    }
    for (const auto& [none, name] : traits.elements()) {
        const bool fits = !name.str().empty() && event_.traits.size() < kTraitsMax;
        if (fits) event_.traits.push_back({std::string(name.str()), {}});
    }
}

std::string Builder::properties(json::Node properties, std::span<const std::string_view> not_properties) {
    bool taken = false;
    std::string out = strip_properties(properties, taken, not_properties);
    if (taken) note(Correction::PersonalTaken);
    event_.store = store_of(properties);
    return out;
}

void Builder::settle_time(Instant at, std::optional<Instant> sent) {
    event_.time = sent ? batch_.received - (*sent - at) : at;
    const Duration skew = sent ? batch_.received - *sent : Duration{};
    if (skew > kSkewNoticed || skew < Duration{} - kSkewNoticed) note(Correction::Clock);
    if (event_.time <= batch_.received + kAheadMax) return;
    event_.time = batch_.received;
    note(Correction::Ahead);
}

void Builder::time(std::string_view original, std::string_view sent) {
    event_.time = batch_.received;
    if (original.empty()) return;
    const auto at = parse_instant(original);
    if (!at) {
        bad_time_ = true;
        return;
    }
    const auto left = sent.empty() ? Result<Instant>(ErrorCode::Invalid) : parse_instant(sent);
    settle_time(*at, left ? std::optional(*left) : std::nullopt);
}

void Builder::time_ms(std::optional<std::int64_t> original, std::optional<std::int64_t> sent) {
    event_.time = batch_.received;
    if (!original) return;
    // Years 1971 to 2286: anything else is seconds, nanoseconds or nonsense, and arithmetic on it could overflow.
    const auto sane = [](std::int64_t ms) { return ms > 31'536'000'000 && ms < 10'000'000'000'000; };
    if (!sane(*original)) {
        bad_time_ = true;
        return;
    }
    settle_time(Instant{*original}, sent && sane(*sent) ? std::optional(Instant{*sent}) : std::nullopt);
}

void Builder::fingerprint(std::string_view message_id, json::Node whole) {
    std::string key(batch_.source.raw());
    if (message_id.empty()) whole.append_raw(key);
    else key.append(message_id);
    event_.fingerprint = crypto::fingerprint(key);
}

void Builder::finish(Parsed& into, std::string type, std::string properties, std::string_view rule, bool joins,
                     json::Node whole) {
    std::string code;
    if (type.empty() || type.size() > kTypeBytesMax) code = "no_type";
    else if (event_.claims.empty()) code = "no_identity";
    else if (bad_time_) code = "bad_time";
    else if (properties.size() > limits::kIngestEventBytesMax) code = "too_large";
    if (!code.empty()) {
        into.refused.push_back({false, std::move(code), {}, whole.raw_json()});
        return;
    }
    event_.type = strip_text(type);
    event_.properties = std::move(properties);
    event_.rule = rule;
    event_.joins = joins;
    // What an event declares holds from the event on, whenever it arrives: a late one does not undo a newer one.
    for (customer::Trait& trait : event_.traits) trait.at = event_.time;
    for (const std::size_t at : once_) {
        event_.traits[at].at = Instant{std::max<std::int64_t>(1, kOnceFromMs - event_.time.ms) / kOnceStepMs + 1};
    }
    into.events.push_back(std::move(event_));
}

}  // namespace tilth::collect
