#pragma once
// Holds the declared rates against the chain that came out, as somebody would who sees only what was sent.

#include <string>
#include <vector>

#include "chain/chain.h"

namespace tilth::chain {

struct Finding {
    std::string name;      // "till.weekday.sunday"
    double declared = 0;
    double found = 0;
    std::int64_t base = 0;  // observations behind it
};
std::vector<Finding> compare_rates(const Parameters& parameters, const Chain& chain);

// Second purchases of new members within `within` days of registering, in good, ordinary and bad stores; only members
// whose days are all over. The z of good against bad by pooled variance: beyond ±3 no accident.
struct Repurchase {
    struct Group {
        std::int64_t members = 0;
        std::int64_t again = 0;
        double share() const { return members == 0 ? 0 : static_cast<double>(again) / static_cast<double>(members); }
    };
    Group good;
    Group ordinary;
    Group bad;
    double z = 0;
};
Repurchase repurchase(const Chain& chain, int within);

}  // namespace tilth::chain
