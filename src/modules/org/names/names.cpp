#include "modules/org/names/api.h"
#include "modules/org/service.h"

namespace tilth::org {

namespace {

const OrgService& service_of(const Org& org) {
    const auto* const service = dynamic_cast<const OrgService*>(&org);
    INVARIANT(service != nullptr, "names are asked of the module's own service");
    return *service;
}

}  // namespace

std::optional<StaffName> staff_name(const Org& org, const TenantId& tenant, const StaffId& staff) {
    const auto member = service_of(org).member(tenant, staff);
    if (!member) return std::nullopt;
    return StaffName{member->code, member->name};
}

std::optional<StaffId> staff_by_number(const Org& org, const TenantId& tenant, std::string_view number) {
    return service_of(org).state().read([&](const State& state) -> std::optional<StaffId> {
        const TenantState* own = state.tenant(tenant);
        if (own == nullptr || number.empty()) return std::nullopt;
        std::optional<StaffId> by_login;
        for (const auto& [id, member] : own->staff) {
            if (member.code == number) return id;
            if (member.login == number) by_login = id;
        }
        return by_login;
    });
}

}  // namespace tilth::org
