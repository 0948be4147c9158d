#include "modules/customer/routes.h"

#include <algorithm>

#include "modules/customer/portrait.h"
#include "modules/customer/privacy.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr int kStaffConfidence = 80;
constexpr int kProgramConfidence = 60;

class Routes {
public:
    explicit Routes(CustomersService& customers) : customers_(customers), kernel_(customers.kernel()) {}

    Result<CustomerView> one(View& view, const CustomerKey& key) {
        const Portrait portrait = TRY(look_at(customers_, view, key.id));
        CustomerView reply;
        reply.id = key.id;
        if (portrait.customers.front() != key.id) reply.merged_into = portrait.customers.front();
        Customers::Face face;
        portrait.face.fill(face);
        reply.name_masked = face.name_masked;
        reply.home_node = face.home_node;
        reply.first_seen_at = face.first_seen;
        for (const store::CustomerRow& row : portrait.face.customers()) {
            reply.known = reply.known || row.known;
            reply.member = reply.member || row.member;
            reply.customers.push_back({row.id, row.home_node, row.first_seen, row.member, row.source});
        }
        reply.identities = identity_views(portrait.face);
        reply.profile = profile(portrait.face);
        return reply;
    }

    Result<LinksView> links(View& view, const CustomerKey& key) {
        const auto person = customers_.whole_person(view.tenant(), key.id);
        TRY(check_scope(view.sql(), view.context(), person));
        LinksView reply;
        for (LinkLine& line : TRY(store::links(view.sql(), view.tenant(), person))) {
            LinkView item{line.number,
                          line.a,
                          line.b,
                          std::move(line.rule),
                          std::move(line.source),
                          std::move(line.reason),
                          line.at,
                          line.undone,
                          std::nullopt,
                          std::move(line.evidence)};
            if (line.undone) item.undone_at = line.undone_at;
            reply.items.push_back(std::move(item));
        }
        return reply;
    }

    // Not a command: its reply must never be stored. The audit line and the answer are one unit.
    Result<Revealed> reveal(const Context& context, const Reveal& request) {
        return kernel_.record.write<Revealed>(context, [this, &request](Unit& unit) -> Result<Revealed> {
            const auto person = customers_.whole_person(unit.tenant(), request.id);
            TRY(check_scope(unit.sql(), unit.context(), person));
            std::optional<kernel::VaultValue> found;
            for (const auto& values : TRY(kernel_.vault.open_many(unit.sql(), unit.tenant(), person))) {
                for (const kernel::VaultValue& value : values) {
                    if (value.field != request.field.str()) continue;
                    if (!found || outranks(standing(value), standing(*found))) found = value;
                }
            }
            if (!found || found->value.empty()) return Error(ErrorCode::NotFound, "field");
            TRY(unit.audit({.action = "customer.reveal",
                            .object = request.id.str(),
                            .detail = json::Value::object({{"field", found->field}}).print(),
                            .reason = request.reason.str()}));
            TRY(count_reveal(unit));
            return Revealed{found->field, found->value, found->source, found->at};
        });
    }

    Result<MergeDone> merge(Unit& unit, const Merge& request) {
        for (const CustomerId& customer : {request.a, request.b}) {
            TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), customer)));
        }
        const std::int64_t link = TRY(customers_.merge(unit, request.a, request.b, request.reason.str()));
        return MergeDone{link, customers_.whole_person(unit.tenant(), request.a).front()};
    }

    Result<None> unmerge(Unit& unit, const Unmerge& request) {
        const auto ends = customers_.ends_of(unit, request.number);
        if (!ends) return Error(ErrorCode::NotFound, "link");
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), ends->first)));
        TRY(customers_.unmerge(unit, request.number, request.reason.str()));
        return None{};
    }

    Result<Matches> search(View& view, const Search& request) {
        Matches reply;
        std::vector<CustomerId> shown;
        for (const CustomerId& customer : customers_.search(view.tenant(), request.text.str())) {
            auto portrait = look_at(customers_, view, customer);
            if (!portrait && portrait.error().code == ErrorCode::NotFound) continue;
            if (!portrait) return portrait.error();
            const CustomerId first = portrait->customers.front();
            if (std::find(shown.begin(), shown.end(), first) != shown.end()) continue;
            shown.push_back(first);
            reply.items.push_back(match_view(*portrait));
        }
        return reply;
    }

    Result<Upserted> upsert(Unit& unit, const Upsert& request) {
        const Context& context = unit.context();
        if (request.home_node && !context.scope->covers(*request.home_node)) {
            return Error::invalid("home_node", "unknown_node", "没有这个组织节点", "no such organisation node");
        }
        if (!request.home_node && !context.scope->all) {
            return Error::invalid("home_node", "required", "需要指明归属门店", "a home node is needed", "选择你负责的门店",
                                  "choose a store of yours");
        }
        const bool staff = context.actor.kind == kernel::ActorKind::Staff;
        const std::string source = staff ? "staff" : "api";
        Sighting sighting;
        sighting.at = unit.now();
        sighting.source = source;
        sighting.home_node = request.home_node;
        for (std::size_t i = 0; i < request.identities.size(); ++i) {
            const IdentityInput& identity = request.identities[i];
            auto claim = make_claim(kernel_.vault, unit.tenant(), identity.kind, identity.value.str());
            if (!claim) {
                for (FieldError& field : claim.error().fields)
                    field.field = "identities/" + std::to_string(i) + "/value";
                return claim.error();
            }
            sighting.claims.push_back(std::move(*claim));
        }
        const Resolution found = TRY(customers_.resolve(unit, sighting));
        TRY(check_scope(unit.sql(), context, customers_.whole_person(unit.tenant(), found.customer)));
        if (request.traits) {
            std::vector<Trait> traits;
            for (const TraitInput& trait : *request.traits) traits.push_back({trait.field.str(), trait.value.str()});
            TRY(customers_.declare(unit, found.customer, traits, source,
                                   staff ? kStaffConfidence : kProgramConfidence));
        }
        return Upserted{found.customer, found.created, found.linked};
    }

private:
    static std::vector<BlockView> profile(const FaceBuilder& face) {
        std::vector<BlockView> views;
        for (const BlockSpec& block : blocks())
            views.push_back({block.block, std::string(block.zh), std::string(block.en), {}});
        const auto add = [&](const FieldSpec& spec, FieldView field) {
            field.label_zh = spec.zh;
            field.label_en = spec.en;
            views[static_cast<std::size_t>(spec.block)].fields.push_back(std::move(field));
        };
        for (const store::IdentityRow& row : face.identities()) {
            const std::string key = vault_field(row.kind, row.number);
            add(field_spec(key),
                {key, {}, {}, face.masked_identity(row), row.source, row.first_seen, 100, is_kept(row.kind)});
        }
        for (const auto& [key, value] : face.traits()) {
            if (value.value.empty()) continue;
            const FieldSpec spec = field_spec(key);
            add(spec, {key, {}, {}, masked(spec.mask, value.value), value.source, value.at, value.confidence,
                       spec.mask != Mask::Clear});
        }
        return views;
    }

    CustomersService& customers_;
    kernel::Kernel& kernel_;
};

void add_reads(kernel::Api& api, const std::shared_ptr<Routes>& routes) {
    api.query<CustomerKey, CustomerView>(
        Method::Get, "/api/v1/customers/{id}", kRead,
        [routes](View& view, const CustomerKey& request) { return routes->one(view, request); },
        {.zh = "客户主页",
         .en = "One person: header, profile, identities",
         .rows = {"CDP-04", "PRV-03"},
         .tag = "customer",
         .about_person = true});
    api.query<CustomerKey, LinksView>(
        Method::Get, "/api/v1/customers/{id}/links", kRead,
        [routes](View& view, const CustomerKey& request) { return routes->links(view, request); },
        {.zh = "合并与拆分记录", .en = "Links of one person", .rows = {"CDP-02"}, .tag = "customer"});
    api.query<Search, Matches>(
        Method::Post, "/api/v1/customers/search", kRead,
        [routes](View& view, const Search& request) { return routes->search(view, request); },
        {.zh = "按手机号、邮箱、卡号、编号找客户", .en = "Find people by an identity", .rows = {"CDP-02"}, .tag = "customer"});
    api.action<Reveal, Revealed>(
        Method::Post, "/api/v1/customers/{id}/reveal", kReveal,
        [routes](const Context& context, const Reveal& request) { return routes->reveal(context, request); },
        {.zh = "查看明文（记入审计）", .en = "Reveal one value; audited", .rows = {"PRV-03"}, .tag = "customer"});
}

void add_commands(kernel::Api& api, const std::shared_ptr<Routes>& routes) {
    api.command<Upsert, Upserted>(
        Method::Post, "/api/v1/customers", kWrite,
        [routes](Unit& unit, const Upsert& request) { return routes->upsert(unit, request); },
        {.zh = "新建或补充客户", .en = "Make or complete a customer", .rows = {"CDP-02", "CDP-04"}, .tag = "customer"});
    api.command<Merge, MergeDone>(
        Method::Post, "/api/v1/links/merge", kMerge,
        [routes](Unit& unit, const Merge& request) { return routes->merge(unit, request); },
        {.zh = "合并两个客户", .en = "Merge two customers", .rows = {"CDP-02"}, .tag = "customer"});
    api.command<Unmerge, None>(
        Method::Post, "/api/v1/links/{number}/unmerge", kMerge,
        [routes](Unit& unit, const Unmerge& request) { return routes->unmerge(unit, request); },
        {.zh = "拆分", .en = "Undo a link", .rows = {"CDP-02"}, .tag = "customer"});
}

}  // namespace

void add_customer_routes(CustomersService& customers) {
    const auto routes = std::make_shared<Routes>(customers);
    add_reads(customers.kernel().api, routes);
    add_commands(customers.kernel().api, routes);
    add_identity_routes(customers);
    add_privacy_routes(customers);
    add_touch_routes(customers);
    add_household_routes(customers);
    add_referral_routes(customers);
}

}  // namespace tilth::customer
