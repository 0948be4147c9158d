#pragma once
// leads behind api.h.

#include "modules/customer/leads/api.h"

namespace tilth::customer {

inline constexpr std::string_view kRecycleTimer = "lead.recycle";
inline constexpr std::string_view kRecycleDays = "lead.recycle_days";

struct LeadStep {
    std::int64_t number = 0;
    Instant at;
    std::string actor;
    std::string action;  // "add", "claim", "assign", "follow", "release", "recycle", "convert", "lose"
    LeadStage stage = LeadStage::Fresh;
    std::string note;
};

class LeadService final : public Leads {
public:
    LeadService(kernel::Kernel& kernel, org::Org& org, Customers& customers)
        : kernel_(kernel), org_(org), customers_(customers) {}
    void define();

    Result<AddedLead> add(kernel::Unit& unit, const NewLead& lead) override;
    Result<AddedLead> add_for(kernel::Unit& unit, const CustomerId& customer, const NewLead& lead) override;
    Result<Lead> find(sql::Connection& sql, const kernel::Context& context, std::int64_t number) override;
    Result<std::vector<Lead>> list(sql::Connection& sql, const kernel::Context& context,
                                   const LeadFilter& filter) override;

    // Conflict when somebody has it already.
    Status claim(kernel::Unit& unit, std::int64_t number);
    // To somebody who works at the lead's node or above it.
    Status assign(kernel::Unit& unit, std::int64_t number, const StaffId& staff);
    // Of the owner, or of whoever may hand out leads; so are the next three.
    Status follow(kernel::Unit& unit, std::int64_t number, LeadStage stage, const std::string& note);
    Status release(kernel::Unit& unit, std::int64_t number, const std::string& note);
    Status close(kernel::Unit& unit, std::int64_t number, LeadStage stage, const std::string& note);
    Result<std::vector<LeadStep>> steps(sql::Connection& sql, const TenantId& tenant, const Lead& lead);

    Customers& customers() { return customers_; }
    org::Org& org() { return org_; }
    kernel::Kernel& kernel() { return kernel_; }

private:
    Result<Lead> open_lead(kernel::Unit& unit, std::int64_t number);
    Result<Lead> own_lead(kernel::Unit& unit, std::int64_t number);
    Status own(kernel::Unit& unit, const Lead& lead, const StaffId& staff, const std::string& name,
               std::string_view action);
    Status to_pool(kernel::Unit& unit, const Lead& lead, std::string_view action, const std::string& note,
                   bool by_itself);
    Status step(kernel::Unit& unit, const Lead& lead, std::string_view action, LeadStage stage,
                const std::string& note);
    Status erased(kernel::Unit& unit, const CustomerId& customer);

    kernel::Kernel& kernel_;
    org::Org& org_;
    Customers& customers_;
};

void add_lead_routes(LeadService& leads);

}  // namespace tilth::customer
