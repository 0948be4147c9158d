#include "modules/customer/said/api.h"

#include <algorithm>
#include <array>

#include "modules/customer/service.h"

namespace tilth::customer {

namespace {
constexpr std::array<std::string_view, 6> kChannels = {"sms", "call", "email", "wecom", "wechat", "app"};
}

Result<std::int64_t> record_consent(Customers& customers, kernel::Unit& unit, const ConsentSaid& said) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "consent is recorded by the module's own service");
    return service->say(unit, {said.customer, said.purpose, said.channel, said.granted, said.text_version, said.source,
                               said.proof, std::min(said.at, unit.now())});
}

std::string_view name(ConsentChannel channel) { return kChannels[static_cast<std::size_t>(channel)]; }

std::optional<ConsentChannel> consent_channel(std::string_view text) {
    const auto found = std::find(kChannels.begin(), kChannels.end(), text);
    if (found == kChannels.end()) return std::nullopt;
    return static_cast<ConsentChannel>(found - kChannels.begin());
}

Result<bool> attach_own_key(Customers& customers, kernel::Unit& unit, kernel::Vault& vault, const CustomerId& customer,
                            const Claim& key, std::string_view source) {
    for (const kernel::VaultValue& value : TRY(vault.open(unit.sql(), unit.tenant(), customer))) {
        const auto kind = identity_kind(value.field.substr(0, value.field.find(':')));
        if (!kind || value.field.find(':') == std::string::npos) continue;
        const auto known = make_claim(vault, unit.tenant(), *kind, value.value);
        if (!known || customers.find(unit.tenant(), *known) != customer) continue;
        Sighting sighting;
        sighting.claims = {*known, key};
        sighting.at = unit.now();
        sighting.source = source;
        sighting.rule = "invited";
        TRY(customers.resolve(unit, sighting));
        return true;
    }
    return false;
}

}  // namespace tilth::customer
