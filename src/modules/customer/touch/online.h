#pragma once
// Counting who is online. Reads the tables; decides with pure functions.

#include <functional>
#include <span>
#include <unordered_map>

#include "modules/customer/privacy.h"
#include "modules/customer/touch/api.h"

namespace tilth::customer {

struct TouchRow {
    CustomerId customer;
    Touch kind = Touch::Friend;
    std::string account;
    bool live = false;
    Instant at;
};
ConsentChannel channel_of(Touch kind);
// Of one person: its customers' touch points, and what they said of marketing.
Online online_of(std::span<const TouchRow> touches, std::span<const ConsentLine> lines);

namespace store {
Result<std::vector<TouchRow>> touches(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);
}

// Everybody's, by the person's oldest customer; who has no live touch point is not there. `person_of` says whose a
// customer is; nothing: not to be counted.
using PersonOf = std::function<std::optional<CustomerId>(const CustomerId&)>;
Result<std::unordered_map<CustomerId, Online>> online_people(sql::Connection& sql, const TenantId& tenant,
                                                             const PersonOf& person_of);

}  // namespace tilth::customer
