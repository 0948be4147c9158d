#include "modules/org/calendar/api.h"

#include "modules/org/service.h"
#include "platform/json/value.h"

namespace tilth::org {

Status set_cutoff(Org& org, kernel::Unit& unit, std::int64_t minutes) {
    auto& service = static_cast<OrgService&>(org);
    if (minutes < 0 || minutes > kCutoffMax) {
        return Error::invalid("value", minutes < 0 ? "too_small" : "too_large", "营业日须在 0 点到 12 点之间切换",
                              "The business day ends between midnight and noon", "填 0 到 720 的分钟数",
                              "Give minutes from 0 to 720");
    }
    const auto tenant = service.tenant(unit.tenant());
    if (!tenant) return Error(ErrorCode::NotFound, "tenant");
    if (tenant->business_day_cutoff_min == minutes) return ok();
    TRY(unit.sql().write("UPDATE tenant SET cutoff_min = ?2 WHERE tenant_id = ?1", {unit.tenant(), minutes}));
    const auto detail = json::Value::object(
        {{"from", std::to_string(tenant->business_day_cutoff_min)}, {"to", std::to_string(minutes)}});
    TRY(unit.audit({.action = "setting.change", .object = std::string(kCutoffSetting), .detail = detail.print()}));
    service.on_calendar(unit, static_cast<int>(minutes));
    return ok();
}

void OrgService::on_calendar(kernel::Unit& unit, int minutes_after) {
    unit.on_commit([this, id = unit.tenant(), minutes_after, now = unit.now()] {
        state_.change([&](State& state) {
            const auto found = state.tenants.find(id);
            if (found == state.tenants.end()) return;
            found->second.tenant.business_day_cutoff_min = minutes_after;
            found->second.calendar.cutoff = minutes(minutes_after);
            found->second.settle(now);
        });
    });
}

}  // namespace tilth::org
