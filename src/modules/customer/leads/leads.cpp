#include <algorithm>

#include "modules/customer/leads/service.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

constexpr int kStaffConfidence = 80;
constexpr const char* kColumns =
    "SELECT number, customer_id, kind, company, node_id, source, stage, owner_id, owner_name, created_at, owned_at, "
    "followed_at, due_at, recycled, closed_at FROM lead ";

Lead lead_of(const sql::Row& row) {
    Lead lead;
    lead.number = row.i64(0);
    lead.customer = row.id<CustomerId>(1);
    lead.kind = static_cast<LeadKind>(row.i64(2));
    lead.company = row.txt(3);
    lead.node = row.id<OrgNodeId>(4);
    lead.source = row.txt(5);
    lead.stage = static_cast<LeadStage>(row.i64(6));
    lead.owner = row.opt_id<StaffId>(7);
    lead.owner_name = row.txt(8);
    lead.created_at = row.instant(9);
    lead.owned_at = row.opt_instant(10);
    lead.followed_at = row.opt_instant(11);
    lead.due_at = row.opt_instant(12);
    lead.recycled = row.i64(13);
    lead.closed_at = row.opt_instant(14);
    return lead;
}

std::string note_field(std::int64_t lead, std::int64_t step) {
    return "lead:" + std::to_string(lead) + ":" + std::to_string(step);
}

Error taken() { return Error(ErrorCode::Conflict, "somebody has the lead"); }

}  // namespace

void LeadService::define() {
    kernel_.settings.define({.name = std::string(kRecycleDays),
                             .kind = kernel::SettingKind::Integer,
                             .default_value = "7",
                             .min = 1,
                             .max = 180,
                             .choices = {},
                             .zh = "线索多少天未跟进回到公海",
                             .en = "Days without a follow-up after which a lead returns to the pool"});
    kernel_.dispatch.on_timer(
        std::string(kRecycleTimer), [this](kernel::Unit& unit, const kernel::Timer& timer) -> Status {
            const auto found = TRY(find(unit.sql(), kernel::Context::system(timer.tenant, unit.now()),
                                        std::strtoll(timer.key.c_str(), nullptr, 10)));
            if (!found.open() || !found.owner) return ok();
            return to_pool(unit, found, "recycle", {}, true);
        });
    kernel_.dispatch.on_event("customer.erased", "customer.leads",
                              [this](kernel::Unit& unit, const kernel::OutboxEvent& event) -> Status {
                                  return erased(unit, TRY(CustomerId::parse(event.key)));
                              });
}

// The notes went with the vault; what is left says nothing about anybody.
Status LeadService::erased(kernel::Unit& unit, const CustomerId& customer) {
    const auto numbers = TRY(unit.sql().all("SELECT number FROM lead WHERE tenant_id = ?1 AND customer_id = ?2",
                                            {unit.tenant(), customer}, [](const sql::Row& row) { return row.i64(0); }));
    for (const std::int64_t number : numbers) TRY(unit.clear_timer(kRecycleTimer, std::to_string(number)));
    return unit.sql().write(
        "UPDATE lead SET company = '', stage = CASE WHEN stage = ?3 THEN stage ELSE ?4 END, due_at = NULL, closed_at = "
        "COALESCE(closed_at, ?5) WHERE tenant_id = ?1 AND customer_id = ?2",
        {unit.tenant(), customer, static_cast<int>(LeadStage::Converted), static_cast<int>(LeadStage::Lost),
         unit.now()});
}

Result<AddedLead> LeadService::add(kernel::Unit& unit, const NewLead& lead) {
    const std::string source = "lead:" + lead.source;
    Sighting sighting;
    sighting.claims = lead.claims;
    sighting.at = unit.now();
    sighting.source = source;
    sighting.home_node = lead.node;
    const auto found = TRY(customers_.resolve(unit, sighting));
    if (!lead.traits.empty()) TRY(customers_.declare(unit, found.customer, lead.traits, source, kStaffConfidence));
    return add_for(unit, found.customer, lead);
}

Result<AddedLead> LeadService::add_for(kernel::Unit& unit, const CustomerId& customer, const NewLead& given) {
    // Whoever is one person has one open lead, whichever of its customers the trace led to.
    std::vector<CustomerId> person{customer};
    if (const auto known = customers_.person_of(unit.tenant(), customer))
        person = customers_.customers_of(unit.tenant(), known->ordinal, known->known);
    for (const CustomerId& one : person) {
        const auto open =
            TRY(unit.sql().one("SELECT number FROM lead WHERE tenant_id = ?1 AND customer_id = ?2 AND stage < ?3 AND "
                               "node_id = ?4 ORDER BY number LIMIT 1",
                               {unit.tenant(), one, static_cast<int>(LeadStage::Converted), given.node},
                               [](const sql::Row& row) { return row.i64(0); }));
        if (open) return AddedLead{*open, one, false};
    }
    Lead lead;
    lead.number = unit.next_number("lead");
    lead.customer = customer;
    TRY(unit.sql().write(
        "INSERT INTO lead (tenant_id, number, customer_id, kind, company, node_id, source, stage, owner_id, "
        "owner_name, "
        "created_at, owned_at, followed_at, due_at, recycled, closed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, "
        "'', ?9, NULL, NULL, NULL, 0, NULL)",
        {unit.tenant(), lead.number, customer, static_cast<int>(given.kind), given.company, given.node, given.source,
         static_cast<int>(LeadStage::Fresh), unit.now()}));
    TRY(step(unit, lead, "add", LeadStage::Fresh, given.note));
    TRY(unit.emit(
        "lead.added", customer.str(),
        json::Value::object({{"lead", lead.number}, {"source", given.source}, {"node", given.node.str()}}).print()));
    return AddedLead{lead.number, customer, true};
}

Result<Lead> LeadService::find(sql::Connection& sql, const kernel::Context& context, std::int64_t number) {
    const auto lead =
        TRY(sql.one(std::string(kColumns) + "WHERE tenant_id = ?1 AND number = ?2", {context.tenant, number}, lead_of));
    if (!lead || !context.scope->covers(lead->node)) return Error(ErrorCode::NotFound, "lead");
    return *lead;
}

Result<std::vector<Lead>> LeadService::list(sql::Connection& sql, const kernel::Context& context,
                                            const LeadFilter& filter) {
    std::vector<Lead> found;
    const StaffId me{context.actor.id};
    const std::int64_t before = filter.before == 0 ? INT64_MAX : filter.before;
    TRY(sql.query(std::string(kColumns) + "WHERE tenant_id = ?1 AND number < ?2 ORDER BY number DESC",
                  {context.tenant, before}, [&](const sql::Row& row) {
                      Lead lead = lead_of(row);
                      const bool fits = context.scope->covers(lead.node) &&
                                        (!filter.stage || lead.stage == *filter.stage) &&
                                        (!filter.source || lead.source == *filter.source) &&
                                        (filter.view != LeadView::Pool || (lead.open() && !lead.owner)) &&
                                        (filter.view != LeadView::Mine || lead.owner == me);
                      if (fits) found.push_back(std::move(lead));
                      return static_cast<std::int64_t>(found.size()) < filter.limit;
                  }));
    return found;
}

Result<Lead> LeadService::open_lead(kernel::Unit& unit, std::int64_t number) {
    Lead lead = TRY(find(unit.sql(), unit.context(), number));
    if (!lead.open()) return Error(ErrorCode::Conflict, "the lead is closed");
    return lead;
}

Result<Lead> LeadService::own_lead(kernel::Unit& unit, std::int64_t number) {
    Lead lead = TRY(open_lead(unit, number));
    const bool mine = lead.owner && lead.owner->bytes == unit.context().actor.id;
    if (!mine && !unit.context().may(kLeadAssign)) return taken();
    return lead;
}

Status LeadService::step(kernel::Unit& unit, const Lead& lead, std::string_view action, LeadStage stage,
                         const std::string& note) {
    const std::int64_t number = unit.next_number("lead_step");
    TRY(unit.sql().write(
        "INSERT INTO lead_step (tenant_id, lead, number, at, actor, action, stage, noted) VALUES (?1, ?2, ?3, ?4, ?5, "
        "?6, ?7, ?8)",
        {unit.tenant(), lead.number, number, unit.now(), unit.context().actor.name, action, static_cast<int>(stage),
         !note.empty()}));
    if (note.empty()) return ok();
    return kernel_.vault.put(unit, lead.customer,
                             {{note_field(lead.number, number), note, "staff", unit.now(), kStaffConfidence}});
}

Status LeadService::own(kernel::Unit& unit, const Lead& lead, const StaffId& staff, const std::string& name,
                        std::string_view action) {
    const Instant due = unit.now() + days(kernel_.settings.integer(unit.tenant(), kRecycleDays));
    TRY(unit.sql().write(
        "UPDATE lead SET owner_id = ?3, owner_name = ?4, owned_at = ?5, due_at = ?6, stage = ?7 WHERE tenant_id = ?1 "
        "AND number = ?2",
        {unit.tenant(), lead.number, staff, name, unit.now(), due,
         static_cast<int>(std::max(lead.stage, LeadStage::Following))}));
    TRY(unit.set_timer(kRecycleTimer, std::to_string(lead.number), due));
    TRY(step(unit, lead, action, std::max(lead.stage, LeadStage::Following), {}));
    TRY(unit.emit("lead.owned", lead.customer.str(),
                  json::Value::object({{"lead", lead.number}, {"owner", staff.str()}}).print()));
    return unit.audit({.action = "lead." + std::string(action),
                       .object = "lead:" + std::to_string(lead.number),
                       .detail = json::Value::object({{"owner", staff.str()}}).print()});
}

Status LeadService::claim(kernel::Unit& unit, std::int64_t number) {
    const Lead lead = TRY(open_lead(unit, number));
    if (unit.context().actor.kind != kernel::ActorKind::Staff)
        return Error(ErrorCode::Conflict, "a program has no leads of its own");
    // Units run one after the other: of two that claim at once the second finds the first's name here.
    if (lead.owner) return taken();
    const StaffId me{unit.context().actor.id};
    const auto colleague = org::colleague(org_, unit.tenant(), me, org_.calendar(unit.tenant()).day_of(unit.now()));
    return own(unit, lead, me, colleague ? colleague->name : unit.context().actor.name, "claim");
}

Status LeadService::assign(kernel::Unit& unit, std::int64_t number, const StaffId& staff) {
    const Lead lead = TRY(open_lead(unit, number));
    const Day today = org_.calendar(unit.tenant()).day_of(unit.now());
    const auto who = org::colleague(org_, unit.tenant(), staff, today);
    bool serves = false;
    for (const OrgNodeId& post : who ? who->nodes : std::vector<OrgNodeId>{}) {
        const auto below = org_.subtree(unit.tenant(), post);
        serves = serves || std::binary_search(below.begin(), below.end(), lead.node);
    }
    if (!serves) {
        return Error::invalid("staff", "works_elsewhere", "此人不在线索所属的组织任职",
                              "This person does not work at the lead's node", "选择该组织或上级的员工",
                              "Choose somebody of the node or above it");
    }
    return own(unit, lead, staff, who->name, "assign");
}

Status LeadService::follow(kernel::Unit& unit, std::int64_t number, LeadStage stage, const std::string& note) {
    const Lead lead = TRY(own_lead(unit, number));
    if (!lead.owner) return Error(ErrorCode::Conflict, "claim it first");
    if (stage == LeadStage::Converted || stage == LeadStage::Lost || stage == LeadStage::Fresh) {
        return Error::invalid("stage", "not_open", "跟进后的阶段须为跟进中或有意向", "A follow-up leaves it open",
                              "选择跟进中或有意向", "Choose following or intent");
    }
    const Instant due = unit.now() + days(kernel_.settings.integer(unit.tenant(), kRecycleDays));
    TRY(unit.sql().write(
        "UPDATE lead SET stage = ?3, followed_at = ?4, due_at = ?5 WHERE tenant_id = ?1 AND number = ?2",
        {unit.tenant(), number, static_cast<int>(stage), unit.now(), due}));
    TRY(unit.set_timer(kRecycleTimer, std::to_string(number), due));
    return step(unit, lead, "follow", stage, note);
}

Status LeadService::to_pool(kernel::Unit& unit, const Lead& lead, std::string_view action, const std::string& note,
                            bool by_itself) {
    TRY(unit.sql().write(
        "UPDATE lead SET owner_id = NULL, owner_name = '', owned_at = NULL, due_at = NULL, recycled = recycled + ?3 "
        "WHERE tenant_id = ?1 AND number = ?2",
        {unit.tenant(), lead.number, by_itself ? 1 : 0}));
    TRY(unit.clear_timer(kRecycleTimer, std::to_string(lead.number)));
    TRY(step(unit, lead, action, lead.stage, note));
    return unit.emit("lead.pooled", lead.customer.str(),
                     json::Value::object({{"lead", lead.number}, {"by_itself", by_itself}}).print());
}

Status LeadService::release(kernel::Unit& unit, std::int64_t number, const std::string& note) {
    const Lead lead = TRY(own_lead(unit, number));
    if (!lead.owner) return Error(ErrorCode::Conflict, "it lies in the pool");
    return to_pool(unit, lead, "release", note, false);
}

Status LeadService::close(kernel::Unit& unit, std::int64_t number, LeadStage stage, const std::string& note) {
    const Lead lead = TRY(own_lead(unit, number));
    TRY(unit.sql().write(
        "UPDATE lead SET stage = ?3, closed_at = ?4, due_at = NULL WHERE tenant_id = ?1 AND number = ?2",
        {unit.tenant(), number, static_cast<int>(stage), unit.now()}));
    TRY(unit.clear_timer(kRecycleTimer, std::to_string(number)));
    const bool won = stage == LeadStage::Converted;
    TRY(step(unit, lead, won ? "convert" : "lose", stage, note));
    TRY(unit.emit(won ? "lead.converted" : "lead.lost", lead.customer.str(),
                  json::Value::object({{"lead", lead.number}, {"source", lead.source}}).print()));
    return unit.audit({.action = won ? "lead.convert" : "lead.lose", .object = "lead:" + std::to_string(number)});
}

Result<std::vector<LeadStep>> LeadService::steps(sql::Connection& sql, const TenantId& tenant, const Lead& lead) {
    auto steps = TRY(sql.all(
        "SELECT number, at, actor, action, stage, noted FROM lead_step WHERE tenant_id = ?1 AND lead = ?2 ORDER BY "
        "number",
        {tenant, lead.number}, [](const sql::Row& row) {
            LeadStep one;
            one.number = row.i64(0);
            one.at = row.instant(1);
            one.actor = row.txt(2);
            one.action = row.txt(3);
            one.stage = static_cast<LeadStage>(row.i64(4));
            return one;
        }));
    const auto kept = TRY(kernel_.vault.open(sql, tenant, lead.customer));
    for (LeadStep& one : steps) {
        const auto note = std::find_if(kept.begin(), kept.end(), [&](const kernel::VaultValue& value) {
            return value.field == note_field(lead.number, one.number);
        });
        if (note != kept.end()) one.note = note->value;
    }
    return steps;
}

std::unique_ptr<Leads> make_leads(kernel::Kernel& kernel, org::Org& org, Customers& customers) {
    auto leads = std::make_unique<LeadService>(kernel, org, customers);
    leads->define();
    add_lead_routes(*leads);
    return leads;
}

}  // namespace tilth::customer
