#pragma once
// How a module feeds the attributes it declares: a number per customer, which the audience combines per person. The
// feed answers what changed since a position of its own; implementations are stateless and read one snapshot.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "kernel/rules/registry.h"
#include "platform/sql/sql.h"

namespace tilth::kernel::rules {

// How the values of a person's customers make the person's; those that are missing do not count.
enum class Combine : std::uint8_t { Sum, Max, Min };

struct FedAttribute {
    Attribute attribute;
    Combine combine = Combine::Max;
};

struct FeedRow {
    CustomerId customer;
    // One an attribute; kMissing (plan.h) where there is none. A text is the place among the attribute's values.
    std::vector<std::int64_t> values;
};
struct FeedBatch {
    std::int64_t position = 0;   // after these rows
    std::vector<FeedRow> rows;   // the values as they stand now; the last word about a customer counts
    bool whole = false;          // these are all: whoever is not named has none
    bool more = false;
};

class AttributeFeed {
public:
    virtual ~AttributeFeed() = default;
    virtual std::vector<FedAttribute> attributes() const = 0;
    virtual Result<FeedBatch> changed_since(sql::Connection& sql, const TenantId& tenant, std::int64_t position,
                                            int limit) = 0;
};

}  // namespace tilth::kernel::rules
