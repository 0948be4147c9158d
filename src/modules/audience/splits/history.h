#pragma once
// Everybody's orders in brief, for splits and models: read once from the feed of commerce, then only what changed.
// Thread-safe. About 40 bytes an order.

#include <mutex>

#include "modules/audience/service.h"

namespace tilth::audience {

struct PastOrder {
    std::int64_t at = 0;   // ms
    std::int64_t net = 0;  // minor units; returns negative
    std::uint32_t channel = 0;
    bool sale = false;     // else a return
    bool operator==(const PastOrder&) const = default;
};
struct Buyer {
    std::uint32_t person = 0;
    CustomerId customer;            // the person's oldest
    std::vector<PastOrder> orders;  // by time
};

class History {
public:
    History(kernel::Kernel& kernel, commerce::Orders& orders) : kernel_(kernel), orders_(orders) {}

    // Reads what changed since the last call.
    Status follow(const kernel::Context& context);
    // Persons with an order whom the caller may see, by their oldest customer's id. After follow().
    std::vector<Buyer> buyers(const TenantId& tenant, const Memory& memory, const sets::Bitmap& visible);
    std::vector<std::string> channels(const TenantId& tenant);  // by code
    std::optional<Currency> currency(const TenantId& tenant);

private:
    struct Kept {
        CustomerId customer;
        PastOrder order;
    };
    struct Tenant {
        std::int64_t position = 0;
        std::unordered_map<OrderId, Kept> orders;
        rules::Dictionary channels;
        std::optional<Currency> currency;
    };

    kernel::Kernel& kernel_;
    commerce::Orders& orders_;
    std::mutex mutex_;
    std::map<TenantId, Tenant> tenants_;
};

}  // namespace tilth::audience
