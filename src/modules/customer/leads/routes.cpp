// Leads over HTTP: the pool, one's own, what happened, and what may be done.

#include <map>

#include "modules/customer/leads/service.h"
#include "platform/text/phone.h"

namespace tilth::customer {

using LeadNumber = Int<1, 4'000'000'000'000>;

struct ListLeads {
    std::optional<LeadView> view;
    std::optional<LeadStage> stage;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ListLeads, (view, stage, cursor, limit))

struct LeadItem {
    std::int64_t number = 0;
    CustomerId customer;
    std::string name_masked;
    std::string keys_masked;
    LeadKind kind = LeadKind::Consumer;
    std::string company;
    OrgNodeId node;
    std::string source;
    LeadStage stage = LeadStage::Fresh;
    std::optional<StaffId> owner;
    std::string owner_name;
    Instant created_at;
    std::optional<Instant> owned_at;
    std::optional<Instant> followed_at;
    std::optional<Instant> due_at;
    std::int64_t recycled = 0;
    std::optional<Instant> closed_at;
};
API_STRUCT(LeadItem, (number, customer, name_masked, keys_masked, kind, company, node, source, stage, owner, owner_name,
                      created_at, owned_at, followed_at, due_at, recycled, closed_at))

struct LeadStepItem {
    Instant at;
    std::string actor;
    std::string action;
    LeadStage stage = LeadStage::Fresh;
    std::string note;
};
API_STRUCT(LeadStepItem, (at, actor, action, stage, note))

struct LeadShown {
    LeadItem lead;
    std::vector<LeadStepItem> steps;
};
API_STRUCT(LeadShown, (lead, steps))

struct AddLead {
    Phone phone;
    std::optional<Text<1, 80>> name;
    std::optional<LeadKind> kind;
    std::optional<Text<1, 120>> company;
    std::optional<OrgNodeId> node;
    std::optional<Text<1, 500>> note;
};
API_STRUCT(AddLead, (phone, name, kind, company, node, note))

struct LeadAdded {
    std::int64_t number = 0;
    CustomerId customer;
    bool fresh = false;
};
API_STRUCT(LeadAdded, (number, customer, fresh))

struct LeadKey {
    LeadNumber number;
};
API_STRUCT(LeadKey, (number))

struct AssignLead {
    LeadNumber number;
    StaffId staff;
};
API_STRUCT(AssignLead, (number, staff))

struct FollowLead {
    LeadNumber number;
    LeadStage stage = LeadStage::Following;
    std::optional<Text<1, 500>> note;
};
API_STRUCT(FollowLead, (number, stage, note))

struct EndLead {
    LeadNumber number;
    std::optional<Text<1, 500>> note;
};
API_STRUCT(EndLead, (number, note))

}  // namespace tilth::customer

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::LeadKind> =
    std::to_array<tilth::json::EnumValue<tilth::customer::LeadKind>>({
        {tilth::customer::LeadKind::Consumer, "consumer", "个人", "Consumer"},
        {tilth::customer::LeadKind::Business, "business", "企业", "Business"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::LeadStage> =
    std::to_array<tilth::json::EnumValue<tilth::customer::LeadStage>>({
        {tilth::customer::LeadStage::Fresh, "new", "新线索", "New"},
        {tilth::customer::LeadStage::Following, "following", "跟进中", "Following"},
        {tilth::customer::LeadStage::Intent, "intent", "有意向", "Intent"},
        {tilth::customer::LeadStage::Converted, "converted", "已转化", "Converted"},
        {tilth::customer::LeadStage::Lost, "lost", "已放弃", "Lost"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::LeadView> =
    std::to_array<tilth::json::EnumValue<tilth::customer::LeadView>>({
        {tilth::customer::LeadView::Pool, "pool", "公海", "Pool"},
        {tilth::customer::LeadView::Mine, "mine", "我的", "Mine"},
        {tilth::customer::LeadView::All, "all", "全部", "All"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::AddLead> = std::to_array<tilth::json::FieldDoc>({
    {"name", "姓名", "Name", "陈美", tilth::json::Privacy::Personal},
    {"company", "企业名称", "Company", "云岭茶行"},
    {"note", "备注", "Note", "想开加盟店", tilth::json::Privacy::Personal},
});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::LeadStepItem> = std::to_array<tilth::json::FieldDoc>({
    {"note", "备注", "Note", "约周六到店", tilth::json::Privacy::Personal},
});

namespace tilth::customer {

namespace {

using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr const char* kTag = "customer";
using Rows = kernel::Rows;

std::string text_of(const std::optional<Text<1, 500>>& given) { return given ? given->str() : std::string(); }

Result<std::vector<LeadItem>> items_of(LeadService& leads, View& view, const std::vector<Lead>& found) {
    std::vector<CustomerId> customers;
    for (const Lead& lead : found) customers.push_back(lead.customer);
    const auto faces = TRY(leads.customers().faces(view.sql(), view.tenant(), customers));
    std::vector<LeadItem> items;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Lead& lead = found[i];
        LeadItem item{lead.number,
                      lead.customer,
                      faces[i].name_masked,
                      {},
                      lead.kind,
                      lead.company,
                      lead.node,
                      lead.source,
                      lead.stage,
                      lead.owner,
                      lead.owner_name,
                      lead.created_at,
                      lead.owned_at,
                      lead.followed_at,
                      lead.due_at,
                      lead.recycled,
                      lead.closed_at};
        for (const auto& key : faces[i].keys) {
            if (!is_strong(key.kind)) continue;
            if (!item.keys_masked.empty()) item.keys_masked += " · ";
            item.keys_masked += key.masked;
        }
        items.push_back(std::move(item));
    }
    return items;
}

Result<kernel::Page<LeadItem>> list(LeadService& leads, View& view, const ListLeads& request) {
    LeadFilter filter;
    filter.view = request.view.value_or(LeadView::All);
    filter.stage = request.stage;
    if (request.cursor)
        filter.before = std::strtoll(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0].c_str(), nullptr, 10);
    const std::int64_t limit = kernel::page_rows(request.limit);
    filter.limit = limit + 1;
    auto found = TRY(leads.list(view.sql(), view.context(), filter));
    kernel::Page<LeadItem> page;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        page.next = kernel::encode_cursor({std::to_string(found.back().number)});
    }
    page.items = TRY(items_of(leads, view, found));
    page.total = {static_cast<std::int64_t>(page.items.size()),
                  page.next ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
    return page;
}

Result<LeadShown> show(LeadService& leads, View& view, const LeadKey& key) {
    const Lead lead = TRY(leads.find(view.sql(), view.context(), key.number.value()));
    LeadShown shown;
    shown.lead = TRY(items_of(leads, view, {lead}))
    .front();
    for (LeadStep& one : TRY(leads.steps(view.sql(), view.tenant(), lead)))
        shown.steps.push_back({one.at, std::move(one.actor), std::move(one.action), one.stage, std::move(one.note)});
    return shown;
}

Result<LeadAdded> add(LeadService& leads, Unit& unit, const AddLead& request) {
    NewLead lead;
    lead.claims.push_back(
        TRY(make_claim(leads.kernel().vault, unit.tenant(), IdentityKind::Phone, request.phone.e164())));
    if (request.name) lead.traits.push_back({"name", request.name->str()});
    lead.kind = request.kind.value_or(request.company ? LeadKind::Business : LeadKind::Consumer);
    if (request.company) lead.company = request.company->str();
    lead.node = request.node.value_or(leads.org().root(unit.tenant()));
    if (!request.node && !unit.context().scope->all) {
        const auto tops = leads.org().tops(unit.context());
        if (tops.empty()) return Error(ErrorCode::NotFound, "node");
        lead.node = tops.front();
    }
    if (!unit.context().scope->covers(lead.node) || !leads.org().node(unit.tenant(), lead.node))
        return Error(ErrorCode::NotFound, "node");
    lead.source = "manual";
    lead.note = text_of(request.note);
    const auto added = TRY(leads.add(unit, lead));
    TRY(unit.audit({.action = "lead.add", .object = "lead:" + std::to_string(added.number)}));
    return LeadAdded{added.number, added.customer, added.fresh};
}

void add_reading(LeadService& leads) {
    kernel::Api& api = leads.kernel().api;
    api.query<ListLeads, kernel::Page<LeadItem>>(
        Method::Get, "/api/v1/leads", kLeadRead,
        [&leads](View& view, const ListLeads& request) { return list(leads, view, request); },
        {.zh = "线索：公海、我的、全部", .en = "Leads: the pool, one's own, all", .rows = {"CDP-14"}, .tag = kTag});
    api.query<LeadKey, LeadShown>(
        Method::Get, "/api/v1/leads/{number}", kLeadRead,
        [&leads](View& view, const LeadKey& key) { return show(leads, view, key); },
        {.zh = "一条线索与经过", .en = "One lead and what happened to it", .rows = {"CDP-14"}, .tag = kTag});
    api.command<AddLead, LeadAdded>(Method::Post, "/api/v1/leads", kLeadWrite,
                                    [&leads](Unit& unit, const AddLead& request) { return add(leads, unit, request); },
                                    {.zh = "新建线索", .en = "Add a lead", .rows = {"CDP-14"}, .tag = kTag});
}

void add_working(LeadService& leads) {
    kernel::Api& api = leads.kernel().api;
    const auto command = [&api]<class Req>(std::string_view path, kernel::Permission permission, auto fn, const Req&,
                                           std::string_view zh, std::string_view en) {
        api.command<Req, None>(Method::Post, path, permission,
                               [fn](Unit& unit, const Req& request) -> Result<None> {
                                   TRY(fn(unit, request));
                                   return None{};
                               },
                               {.zh = zh, .en = en, .rows = {"CDP-14"}, .tag = kTag});
    };
    command(
        "/api/v1/leads/{number}/claim", kLeadWrite,
        [&leads](Unit& unit, const LeadKey& key) { return leads.claim(unit, key.number.value()); }, LeadKey{},
        "认领线索", "Claim a lead");
    command(
        "/api/v1/leads/{number}/assign", kLeadAssign,
        [&leads](Unit& unit, const AssignLead& one) { return leads.assign(unit, one.number.value(), one.staff); },
        AssignLead{}, "分配线索", "Hand a lead to somebody");
    command(
        "/api/v1/leads/{number}/follow", kLeadWrite,
        [&leads](Unit& unit, const FollowLead& one) {
            return leads.follow(unit, one.number.value(), one.stage, text_of(one.note));
        },
        FollowLead{}, "记录跟进", "Record a follow-up");
    command(
        "/api/v1/leads/{number}/release", kLeadWrite,
        [&leads](Unit& unit, const EndLead& one) { return leads.release(unit, one.number.value(), text_of(one.note)); },
        EndLead{}, "退回公海", "Give a lead back to the pool");
    command(
        "/api/v1/leads/{number}/convert", kLeadWrite,
        [&leads](Unit& unit, const EndLead& one) {
            return leads.close(unit, one.number.value(), LeadStage::Converted, text_of(one.note));
        },
        EndLead{}, "转为客户", "Convert a lead into a customer");
    command(
        "/api/v1/leads/{number}/lose", kLeadWrite,
        [&leads](Unit& unit, const EndLead& one) {
            return leads.close(unit, one.number.value(), LeadStage::Lost, text_of(one.note));
        },
        EndLead{}, "放弃线索", "Give a lead up");
}

}  // namespace

void add_lead_routes(LeadService& leads) {
    add_reading(leads);
    add_working(leads);
}

}  // namespace tilth::customer
