#pragma once
// Writing down what somebody consented to, for modules at which people say so (capture points, files).

#include "modules/customer/api.h"

namespace tilth::customer {

struct ConsentSaid {
    CustomerId customer;
    Purpose purpose = Purpose::Marketing;
    ConsentChannel channel = ConsentChannel::Sms;
    bool granted = false;
    std::string text_version;
    std::string source;
    std::string proof;  // kept in the vault
    Instant at;
};
// Yields the line's number. NotFound when the customer is unknown or erased.
Result<std::int64_t> record_consent(Customers& customers, kernel::Unit& unit, const ConsentSaid& said);

// "sms", "call", "email", "wecom", "wechat", "app".
std::string_view name(ConsentChannel channel);
std::optional<ConsentChannel> consent_channel(std::string_view name);

// Attaches a key that we have made ourselves ("cap:…") to a customer, beside one of the keys that the vault holds of
// it. False when the vault holds none: then nothing is attached.
Result<bool> attach_own_key(Customers& customers, kernel::Unit& unit, kernel::Vault& vault, const CustomerId& customer,
                            const Claim& key, std::string_view source);

}  // namespace tilth::customer
