#pragma once
// audience: who belongs to what, true within a moment of the event. A *set* is a segment or a tag. A live set has a
// rule (kernel/rules); a static one the customers that a hand put in. Membership belongs to persons, follows merging.
//
// One follower reads the feeds of customer, commerce and the event log, keeps what rules ask for in memory, and writes
// who entered and left together with its positions, in one unit: after a crash nothing is lost or doubled, for what is
// stored is compared with what the rules say. Thread-safe after construction.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/behaviour/activity.h"
#include "kernel/kernel.h"
#include "kernel/rules/feed.h"
#include "modules/commerce/api.h"
#include "modules/audience/rfm/settings.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::audience {

namespace tag {
struct Set {
    static constexpr std::string_view kPrefix = "set";
};
struct Group {
    static constexpr std::string_view kPrefix = "grp";
};
}  // namespace tag
using SetId = Id<tag::Set>;
using GroupId = Id<tag::Group>;

class Audience {
public:
    virtual ~Audience() = default;
    // Before run(): attributes that another module declares and feeds (kernel/rules/feed.h).
    virtual void add_feed(kernel::rules::AttributeFeed& feed) = 0;
    virtual void run() = 0;
    virtual void stop() = 0;
    // Something was committed that may touch a rule. Any thread; returns at once.
    virtual void poke() = 0;
    // Returns when everything committed before the call, and every moment that has come, is settled in the record.
    virtual Status catch_up() = 0;
    // Forgets what memory holds and derives it again.
    virtual Status rebuild() = 0;
    // Hex over who is in which set: what memory says. Equal after a rebuild.
    virtual std::string state_hash(const TenantId& tenant) = 0;
    // Corrupt when the record's membership is not what the rules say now.
    virtual Status verify(const TenantId& tenant) = 0;
};

// RFM is the audience's: rfm/rules.h says how scores and classes come about, rfm/settings.h how a tenant scores.

std::unique_ptr<Audience> make_audience(kernel::Kernel& kernel, const kernel::Activity& activity, org::Org& org,
                                        customer::Customers& customers, commerce::Orders& orders);
kernel::ModuleInfo audience_module();

}  // namespace tilth::audience
