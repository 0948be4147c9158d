#include "modules/org/exports/limits.h"

#include <algorithm>
#include <array>

namespace tilth::org {

ExportLimit default_export_limit(std::string_view role_code) {
    struct Ready {
        std::string_view code;
        ExportLimit limit;
    };
    constexpr auto kOver = ExportApproval::OverLimit;
    static constexpr std::array<Ready, 6> kReady{{
        {"administrator", {50'000, 100, kOver, 300}},
        {"operations", {20'000, 50, kOver, 200}},
        {"analyst", {5'000, 20, kOver, 100}},
        {"region_manager", {2'000, 10, kOver, 120}},
        {"guide", {0, 0, ExportApproval::Refused, 40}},
        {"auditor", {0, 0, ExportApproval::Refused, 40}},
    }};
    for (const Ready& ready : kReady)
        if (ready.code == role_code) return ready.limit;
    return {200, 5, kOver, 80};
}

void add(Allowance& allowance, const ExportLimit& limit) {
    allowance.files_a_day = std::max(allowance.files_a_day, limit.files_a_day);
    if (limit.files_a_day == 0) return;
    if (limit.approval != ExportApproval::Always) allowance.people = std::max(allowance.people, limit.people);
    allowance.may_ask = allowance.may_ask || limit.approval != ExportApproval::Refused;
}

ExportVerdict verdict(const Allowance& allowance, std::int64_t taken_today, std::int64_t people) {
    if (allowance.files_a_day == 0) return ExportVerdict::Closed;
    if (people > allowance.people) return ExportVerdict::TooMany;
    return taken_today >= allowance.files_a_day ? ExportVerdict::TooOften : ExportVerdict::Free;
}

}  // namespace tilth::org
