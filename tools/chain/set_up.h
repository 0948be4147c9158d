#pragma once
// What an operations team would have set up in Tilth: titles of event types, tags and segments by rule. Through the
// public API; what stands already under its name is left alone, so a load that was cut off goes on.

#include "chain/chain.h"
#include "chain/client.h"
#include "chain/parameters.h"

namespace tilth::chain {

Status set_up(Client& client, const Parameters& parameters);
// Each store under the governance mode that its ownership brings.
Status set_governance(Client& client, const Parameters& parameters, const std::vector<Store>& stores);

}  // namespace tilth::chain
