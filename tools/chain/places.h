#pragma once
// Stores, guides, goods and members before anything happens.

#include "chain/chain.h"

namespace tilth::chain {

void make_places(const Parameters& parameters, Chain& chain);
void make_items(const Parameters& parameters, Chain& chain);
void make_members(const Parameters& parameters, Chain& chain);

}  // namespace tilth::chain
