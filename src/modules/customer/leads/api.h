#pragma once
// Leads (线索): traced interest that somebody owns, follows up and converts; what nobody follows up goes back to the
// pool. A lead belongs to a customer and to an organisation node; who may see the node sees the lead. Of one customer
// at most one lead is open: a second trace of the same interest touches it. Commands take a unit and check the caller's
// scope.

#include "modules/customer/api.h"
#include "modules/org/people/api.h"

namespace tilth::customer {

enum class LeadKind : std::uint8_t { Consumer, Business };
enum class LeadStage : std::uint8_t { Fresh, Following, Intent, Converted, Lost };  // the last two are closed

struct Lead {
    std::int64_t number = 0;
    CustomerId customer;
    LeadKind kind = LeadKind::Consumer;
    std::string company;
    OrgNodeId node;
    std::string source;  // "manual", "partner:key_…", "capture:12"
    LeadStage stage = LeadStage::Fresh;
    std::optional<StaffId> owner;  // none: it lies in the pool
    std::string owner_name;
    Instant created_at;
    std::optional<Instant> owned_at;
    std::optional<Instant> followed_at;
    std::optional<Instant> due_at;  // back to the pool then, unless it is followed up before
    std::int64_t recycled = 0;      // how often it went back by itself
    std::optional<Instant> closed_at;
    bool open() const { return stage != LeadStage::Converted && stage != LeadStage::Lost; }
};

struct NewLead {
    std::vector<Claim> claims;  // at least one
    std::vector<Trait> traits;
    LeadKind kind = LeadKind::Consumer;
    std::string company;
    OrgNodeId node;  // the caller has checked that it may
    std::string source;
    std::string note;
};
struct AddedLead {
    std::int64_t number = 0;
    CustomerId customer;
    bool fresh = false;  // false: an open lead of this person was touched
};

enum class LeadView : std::uint8_t { Pool, Mine, All };
struct LeadFilter {
    LeadView view = LeadView::All;
    std::optional<LeadStage> stage;
    std::optional<std::string> source;
    std::int64_t before = 0;  // numbers below; 0: from the newest
    std::int64_t limit = 50;
};

class Leads {
public:
    virtual ~Leads() = default;
    virtual Result<AddedLead> add(kernel::Unit& unit, const NewLead& lead) = 0;
    // A lead for a customer that is known already (a submission): as add().
    virtual Result<AddedLead> add_for(kernel::Unit& unit, const CustomerId& customer, const NewLead& lead) = 0;
    // NotFound outside the caller's scope.
    virtual Result<Lead> find(sql::Connection& sql, const kernel::Context& context, std::int64_t number) = 0;
    // Newest first, within the caller's scope.
    virtual Result<std::vector<Lead>> list(sql::Connection& sql, const kernel::Context& context,
                                           const LeadFilter& filter) = 0;
};
std::unique_ptr<Leads> make_leads(kernel::Kernel& kernel, org::Org& org, Customers& customers);  // registers routes

inline constexpr kernel::Permission kLeadRead{"lead.read", "查看线索", "See leads"};
inline constexpr kernel::Permission kLeadWrite{"lead.write", "认领与跟进线索", "Claim and follow up leads"};
inline constexpr kernel::Permission kLeadAssign{"lead.assign", "分配线索", "Hand out leads"};

}  // namespace tilth::customer
