#include "modules/audience/purchases.h"

#include <algorithm>

namespace tilth::audience {

namespace {

constexpr std::size_t kHabitGapsMin = 2;

}  // namespace

Purchases purchases_of(std::span<const kernel::rules::PlainEvent> orders, std::int64_t until, const OrderCodes& codes,
                       const BusinessCalendar& calendar) {
    using kernel::rules::kMissing;
    Purchases out;
    std::vector<std::int64_t> gaps;
    Day last_day;
    for (const auto& one : orders) {
        if (one.time > until) break;
        out.net += one.properties[codes.amount];
        if (one.type != codes.paid) continue;
        const Day day = calendar.day_of({one.time});
        if (out.orders == 0) out.first = one.time;
        else if (day > last_day) gaps.push_back(day - last_day);
        last_day = day;
        out.last = one.time;
        ++out.orders;
    }
    if (gaps.empty()) return out;
    out.gap_days = gaps.back();
    if (gaps.size() < kHabitGapsMin) return out;
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>((gaps.size() - 1) / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    out.interval_days = *middle;
    out.due = calendar.start_of(last_day + static_cast<std::int32_t>(*middle)).ms;
    return out;
}

}  // namespace tilth::audience
