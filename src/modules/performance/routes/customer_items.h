#pragma once
// Rows of people in lists: masked, with figures and value class.

#include "modules/performance/routes/labels.h"
#include "modules/performance/service.h"

namespace tilth::performance {

struct IdentityShort {
    std::string kind;  // "phone", "card" …
    std::string masked;
};
API_STRUCT(IdentityShort, (kind, masked))

struct CustomerItem {
    CustomerId id;  // the person's first customer
    bool known = false;
    std::string name_masked;
    std::vector<IdentityShort> identities;
    std::optional<OrgNodeId> home_node;
    std::optional<std::string> home_node_name;
    std::int64_t orders = 0;  // paid sales at the nodes asked for
    Money net_spend;
    std::optional<Instant> last_order_at;
    Instant first_seen_at;
    std::optional<RfmClass> rfm_class;
};
API_STRUCT(CustomerItem, (id, known, name_masked, identities, home_node, home_node_name, orders, net_spend,
                          last_order_at, first_seen_at, rfm_class))
using CustomerPage = kernel::Page<CustomerItem>;

struct Paging {
    std::optional<PeopleSort> sort;
    std::optional<SortOrder> order;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
    std::optional<Day> rfm_as_of;
};

// Rows with faces; people whom memory no longer knows under this number (joined meanwhile) are left out.
Result<std::vector<CustomerItem>> customer_items(PerformanceService& service, kernel::View& view, const RfmTable& rfm,
                                                 const std::vector<PersonRow>& rows);
// A page in the order and from the cursor asked for.
Result<CustomerPage> customer_page(PerformanceService& service, kernel::View& view, const Source& source,
                                   PeopleQuery query, const Paging& paging);

}  // namespace tilth::performance
