#pragma once
// Puts one Incoming together: claims with their blind indexes, traits, corrected time, fingerprint. Used by every
// inlet.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "modules/collect/api.h"
#include "platform/json/reader.h"

namespace tilth::collect {

class Builder {
public:
    Builder(const RawBatch& batch, kernel::Vault& vault) : batch_(batch), vault_(vault) {}

    // A value that cannot be such a key (a phone that cannot exist) is left out: the event still counts.
    void claim(customer::IdentityKind kind, std::string_view value);
    void claim(customer::IdentityKind kind, json::Node value);  // text or whole number
    // Every scalar of an object as a declared trait; known key fields (email, phone) become claims as well.
    void traits(json::Node traits);
    // The same for facts that hold only where nothing was said before: the earliest of them stands, in whatever order
    // they arrive, and any plain trait goes before.
    void traits_once(json::Node traits);
    // Every member's name, or every text of an array, as a field that is taken away; keys stay.
    void take_away(json::Node traits);

    // DESIGN §3: time = received − (sent − original); without `sent` the original as it is; without both, received.
    // An original more than a day ahead after correction counts as received now.
    void time(std::string_view original, std::string_view sent);
    // The same rule over milliseconds since 1970, as the Sensors and some PostHog libraries count.
    void time_ms(std::optional<std::int64_t> original, std::optional<std::int64_t> sent);
    // Properties as the event log may hold them (strip.h), noting whether something personal was taken out.
    std::string properties(json::Node properties, std::span<const std::string_view> not_properties = {});
    // Exact within the source: the message's id, or the whole event when it has none.
    void fingerprint(std::string_view message_id, json::Node whole);

    // The finished event, or the refusal: no_identity, no_type, too_large.
    void finish(Parsed& into, std::string type, std::string properties, std::string_view rule, bool joins,
                json::Node whole);

private:
    void add_traits(json::Node traits, bool once);
    void settle_time(Instant at, std::optional<Instant> sent);
    void note(Correction what) { event_.corrected |= static_cast<std::uint8_t>(what); }
    const RawBatch& batch_;
    kernel::Vault& vault_;
    Incoming event_;
    bool bad_time_ = false;
    std::vector<std::size_t> once_;  // traits that hold only where nothing was said before
};

}  // namespace tilth::collect
