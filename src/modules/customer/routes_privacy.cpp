#include <algorithm>
#include <limits>
#include <map>

#include "modules/customer/portrait.h"
#include "modules/customer/routes.h"
#include "modules/customer/views_privacy.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Page;
using kernel::Unit;
using kernel::View;

class PrivacyRoutes {
public:
    explicit PrivacyRoutes(CustomersService& customers) : customers_(customers), kernel_(customers.kernel()) {}

    Result<ConsentsView> consents(View& view, const CustomerKey& key) {
        const Portrait portrait = TRY(look_at(customers_, view, key.id));
        ConsentsView reply;
        reply.items = TRY(all_consents(view.sql(), view.tenant(), portrait.customers));
        for (const CustomerId& customer : portrait.customers) {
            if (TRY(store::is_suppressed(view.sql(), view.tenant(), customer))) reply.suppressed = true;
        }
        return reply;
    }

    Result<ConsentNumber> say(Unit& unit, const ConsentInput& input) {
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), input.id)));
        const bool staff = unit.context().actor.kind == kernel::ActorKind::Staff;
        return ConsentNumber{TRY(customers_.say(
            unit, {input.id, input.purpose, input.channel, input.granted, input.text_version.str(),
                   staff ? "staff" : "api", input.proof ? input.proof->str() : std::string(),
                   input.at.value_or(unit.now())}))};
    }

    Result<ReachView> reach(View& view, const ReachKey& key) {
        TRY(check_scope(view.sql(), view.context(), customers_.whole_person(view.tenant(), key.id)));
        return ReachView{TRY(customers_.reachable(view.sql(), view.tenant(), key.id,
                                                  key.purpose.value_or(Purpose::Marketing),
                                                  key.channel.value_or(ConsentChannel::Sms)))};
    }

    Result<RequestView> open_request(Unit& unit, const NewRequest& request) {
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), request.customer)));
        store::RequestRow row;
        row.number = unit.next_number("privacy_request");
        row.customer = request.customer;
        row.kind = request.kind;
        row.note = request.note.str();
        row.requested_at = unit.now();
        row.due_at = unit.now() + days(kRequestDays);
        TRY(store::insert(unit, row));
        TRY(unit.set_timer(kDueTimer, std::to_string(row.number), row.due_at));
        TRY(audit(unit, "customer.privacy.open", row, row.note));
        return shown(row, unit.now());
    }

    Result<Page<RequestView>> list(View& view, const ListRequests& request) {
        std::int64_t before = std::numeric_limits<std::int64_t>::max();
        if (request.cursor)
            before = std::strtoll(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0].c_str(), nullptr, 10);
        const std::int64_t limit = kernel::page_rows(request.limit);
        const bool open = request.state.value_or(RequestState::Open) == RequestState::Open;
        const auto rows = TRY(store::requests(view.sql(), view.tenant(), open, before, limit + 1));
        Page<RequestView> reply;
        for (const store::RequestRow& row : rows) {
            if (static_cast<std::int64_t>(reply.items.size()) == limit) break;
            if (!TRY(in_scope(view, row.customer))) continue;
            reply.items.push_back(shown(row, view.now()));
        }
        if (static_cast<std::int64_t>(rows.size()) > limit)
            reply.next = kernel::encode_cursor({std::to_string(rows[static_cast<std::size_t>(limit) - 1].number)});
        reply.total = {static_cast<std::int64_t>(reply.items.size()),
                       reply.next ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
        return reply;
    }

    Result<None> close(Unit& unit, const CloseRequest& request) {
        const auto row = TRY(open_one(unit, request.number.value()));
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), row.customer)));
        if (request.done && row.kind == RequestKind::Erase) {
            return Error(ErrorCode::Conflict, "an erasure is done by erasing");
        }
        TRY(store::close(unit, row.number, request.done ? RequestState::Done : RequestState::Refused, "{}"));
        TRY(unit.clear_timer(kDueTimer, std::to_string(row.number)));
        TRY(audit(unit, request.done ? "customer.privacy.done" : "customer.privacy.refused", row,
                  request.reason.str()));
        return None{};
    }

    // What the person says of itself outranks every source, and stands from this unit on.
    Result<None> correct(Unit& unit, const CorrectRequest& request) {
        const auto row = TRY(open_one(unit, request.number.value()));
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), row.customer)));
        if (row.kind != RequestKind::Correct)
            return Error(ErrorCode::Conflict, "the request is for something else than a correction");
        if (request.field.str().find(':') != std::string::npos || identity_kind(request.field.str())) {
            return Error::invalid("field", "is_a_key", "标识不能这样更正", "A key is not corrected here",
                                  "新增标识，旧的解除绑定", "Add the new key and sever the old one");
        }
        constexpr int kOwnWord = 100;
        TRY(customers_.declare(unit, row.customer, {{request.field.str(), request.value.str(), unit.now()}}, "request",
                               kOwnWord));
        TRY(store::close(unit, row.number, RequestState::Done,
                         json::Value::object({{"field", request.field.str()}}).print()));
        TRY(unit.clear_timer(kDueTimer, std::to_string(row.number)));
        TRY(audit(unit, "customer.privacy.corrected", row, request.reason.str()));
        return None{};
    }

    // Not a command: its reply must never be stored. The audit line and the answer are one unit.
    Result<PersonCopy> copy(const Context& context, const RequestKey& request) {
        return kernel_.record.write<PersonCopy>(context, [this, &request](Unit& unit) -> Result<PersonCopy> {
            const auto row = TRY(open_one(unit, request.number.value()));
            if (row.kind == RequestKind::Erase || row.kind == RequestKind::Correct)
                return Error(ErrorCode::Conflict, "the request is for something else than a copy");
            PersonCopy reply;
            reply.customers = customers_.whole_person(unit.tenant(), row.customer);
            TRY(check_scope(unit.sql(), unit.context(), reply.customers));
            for (const CustomerId& customer : reply.customers) {
                for (auto& value : TRY(kernel_.vault.open(unit.sql(), unit.tenant(), customer))) {
                    if (value.value.empty()) continue;
                    const FieldSpec spec = field_spec(value.field);
                    reply.fields.push_back({value.field, std::string(spec.zh), std::string(spec.en),
                                            std::move(value.value), value.source, value.at, value.confidence});
                }
            }
            reply.consents = TRY(all_consents(unit.sql(), unit.tenant(), reply.customers));
            const auto fields = static_cast<std::int64_t>(reply.fields.size());
            TRY(store::close(unit, row.number, RequestState::Done,
                             json::Value::object({{"fields", fields}, {"format", "json"}}).print()));
            TRY(unit.clear_timer(kDueTimer, std::to_string(row.number)));
            TRY(audit(unit, "customer.privacy.copy", row, row.note));
            return reply;
        });
    }

    kernel::Kernel& kernel() { return kernel_; }

private:
    Result<std::vector<ConsentView>> all_consents(sql::Connection& sql, const TenantId& tenant,
                                                  const std::vector<CustomerId>& person) {
        std::vector<ConsentView> items;
        for (const CustomerId& customer : person) {
            std::map<std::string, bool> proofs;
            for (const auto& value : TRY(kernel_.vault.open(sql, tenant, customer))) proofs[value.field] = true;
            auto lines = TRY(store::consents(sql, tenant, customer));
            std::stable_sort(lines.begin(), lines.end(), [](const ConsentLine& a, const ConsentLine& b) {
                return std::pair(a.at, a.number) > std::pair(b.at, b.number);
            });
            std::set<std::pair<Purpose, ConsentChannel>> said;
            for (const ConsentLine& line : lines) {
                items.push_back({line.number, line.customer, line.purpose, line.channel, line.granted,
                                 line.text_version, line.source, line.actor, line.at, line.recorded_at,
                                 proofs.contains("consent:" + std::to_string(line.number)),
                                 said.insert({line.purpose, line.channel}).second});
            }
        }
        return items;
    }

    static Result<store::RequestRow> open_one(Unit& unit, std::int64_t number) {
        const auto row = TRY(store::request(unit.sql(), unit.tenant(), number));
        if (!row) return Error(ErrorCode::NotFound, "request");
        if (row->state != RequestState::Open) return Error(ErrorCode::Conflict, "the request is closed");
        return *row;
    }

    // A request outlives the data that it erased: its customer's home node still says whose it is.
    Result<bool> in_scope(View& view, const CustomerId& id) const {
        if (view.context().scope->all) return true;
        for (const CustomerId& member : customers_.whole_person(view.tenant(), id)) {
            const auto row = TRY(store::customer(view.sql(), view.tenant(), member));
            if (row && row->home_node && view.context().scope->covers(*row->home_node)) return true;
        }
        return false;
    }

    static RequestView shown(const store::RequestRow& row, Instant now) {
        RequestView view{row.number,       row.customer,   row.kind,   row.state, row.note,
                         row.requested_at, row.due_at,     false,      row.closed_at, row.closed_by,
                         json::Raw{row.receipt.empty() ? "{}" : row.receipt}};
        view.overdue = row.state == RequestState::Open && now > row.due_at;
        return view;
    }

    static Status audit(Unit& unit, std::string_view action, const store::RequestRow& row, std::string_view reason) {
        return unit.audit({.action = action,
                           .object = row.customer.str(),
                           .detail = json::Value::object({{"request", row.number}}).print(),
                           .reason = std::string(reason)});
    }

    CustomersService& customers_;
    kernel::Kernel& kernel_;
};

void add_consent_routes(kernel::Api& api, const std::shared_ptr<PrivacyRoutes>& routes) {
    api.query<CustomerKey, ConsentsView>(
        Method::Get, "/api/v1/customers/{id}/consents", kRead,
        [routes](View& view, const CustomerKey& request) { return routes->consents(view, request); },
        {.zh = "同意与撤回记录", .en = "What the person consented to", .rows = {"PRV-01"}, .tag = "customer"});
    api.command<ConsentInput, ConsentNumber>(
        Method::Post, "/api/v1/customers/{id}/consents", kConsent,
        [routes](Unit& unit, const ConsentInput& request) { return routes->say(unit, request); },
        {.zh = "记录同意或撤回", .en = "Record consent or its withdrawal", .rows = {"PRV-01"}, .tag = "customer"});
    api.query<ReachKey, ReachView>(
        Method::Get, "/api/v1/customers/{id}/reachable", kRead,
        [routes](View& view, const ReachKey& request) { return routes->reach(view, request); },
        {.zh = "此刻可否触达", .en = "Whether the customer may be reached now", .rows = {"PRV-01"}, .tag = "customer"});
}

void add_request_routes(kernel::Api& api, const std::shared_ptr<PrivacyRoutes>& routes) {
    api.command<NewRequest, RequestView>(
        Method::Post, "/api/v1/privacy-requests", kPrivacy,
        [routes](Unit& unit, const NewRequest& request) { return routes->open_request(unit, request); },
        {.zh = "登记个人信息请求", .en = "Open a privacy request", .rows = {"PRV-02"}, .tag = "customer"});
    api.query<ListRequests, Page<RequestView>>(
        Method::Get, "/api/v1/privacy-requests", kPrivacy,
        [routes](View& view, const ListRequests& request) { return routes->list(view, request); },
        {.zh = "个人信息请求", .en = "Privacy requests", .rows = {"PRV-02"}, .tag = "customer"});
    api.command<CloseRequest, None>(
        Method::Post, "/api/v1/privacy-requests/{number}/close", kPrivacy,
        [routes](Unit& unit, const CloseRequest& request) { return routes->close(unit, request); },
        {.zh = "办结或拒绝请求", .en = "Close a request", .rows = {"PRV-02"}, .tag = "customer"});
    api.action<CorrectRequest, None>(
        Method::Post, "/api/v1/privacy-requests/{number}/correct", kPrivacy,
        [routes, &kernel = routes->kernel()](const Context& context, const CorrectRequest& request) {
            return kernel.record.write<None>(context,
                                             [&](Unit& unit) { return routes->correct(unit, request); });
        },
        {.zh = "更正个人信息并办结", .en = "Correct a field as the person says", .rows = {"PRV-02"}, .tag = "customer"});
    api.action<RequestKey, PersonCopy>(
        Method::Post, "/api/v1/privacy-requests/{number}/copy", kPrivacy,
        [routes](const Context& context, const RequestKey& request) { return routes->copy(context, request); },
        {.zh = "导出个人信息副本（记入审计）", .en = "A copy of everything kept; audited", .rows = {"PRV-02"}, .tag = "customer"});
}

}  // namespace

void add_privacy_routes(CustomersService& customers) {
    const auto routes = std::make_shared<PrivacyRoutes>(customers);
    add_consent_routes(customers.kernel().api, routes);
    add_request_routes(customers.kernel().api, routes);
    customers.kernel().dispatch.on_timer(std::string(kDueTimer), [](Unit& unit, const kernel::Timer& timer) -> Status {
        const std::int64_t number = std::strtoll(timer.key.c_str(), nullptr, 10);
        const auto row = TRY(store::request(unit.sql(), unit.tenant(), number));
        if (!row || row->state != RequestState::Open) return ok();
        return unit.emit("privacy.overdue", row->customer.str(), json::Value::object({{"request", number}}).print());
    });
}

}  // namespace tilth::customer
