#include <algorithm>

#include "modules/collect/module.h"

namespace tilth::collect {

Status recall(Collect& collect, sql::Connection& sql, const TenantId& tenant) {
    static constexpr std::int64_t kRecalled = 1'000;
    static constexpr std::size_t kPropertiesShownMax = 1'024;
    const std::int64_t events = TRY(kernel::event_count(sql, tenant));
    std::vector<Seen> seen;
    TRY(kernel::scan_events(sql, tenant, std::max<std::int64_t>(0, events - kRecalled),
                            [&](std::int64_t, const kernel::Event& event) {
                                Seen one;
                                one.received = event.received;
                                one.time = event.time;
                                one.source = event.source;
                                one.type = event.type;
                                one.verdict = "accepted";
                                one.customer = event.customer;
                                one.properties =
                                    event.properties.size() <= kPropertiesShownMax ? event.properties : "{}";
                                seen.push_back(std::move(one));
                                return true;
                            }));
    collect.show(tenant, std::move(seen));
    return ok();
}

}  // namespace tilth::collect
