#include <algorithm>
#include <deque>
#include <set>

#include "modules/customer/path/api.h"
#include "modules/customer/store.h"

namespace tilth::customer {

Result<std::vector<LinkLine>> links_that_hold(sql::Connection& sql, const TenantId& tenant,
                                              const std::vector<CustomerId>& customers) {
    std::vector<LinkLine> lines = TRY(store::links(sql, tenant, customers));
    std::erase_if(lines, [](const LinkLine& line) { return line.undone; });
    return lines;
}

std::vector<std::int64_t> way_between(const std::vector<LinkLine>& links, const CustomerId& from,
                                      const CustomerId& to) {
    struct Step {
        CustomerId came_from;
        std::int64_t number = 0;
    };
    std::map<CustomerId, Step> reached{{from, {}}};
    std::deque<CustomerId> open{from};
    while (!open.empty() && !reached.contains(to)) {
        const CustomerId here = open.front();
        open.pop_front();
        for (const LinkLine& line : links) {
            if (line.a != here && line.b != here) continue;
            const CustomerId& there = line.a == here ? line.b : line.a;
            if (reached.try_emplace(there, Step{here, line.number}).second) open.push_back(there);
        }
    }
    std::vector<std::int64_t> way;
    for (auto at = reached.find(to); at != reached.end() && at->first != from; at = reached.find(at->second.came_from))
        way.push_back(at->second.number);
    std::reverse(way.begin(), way.end());
    return way;
}

}  // namespace tilth::customer
