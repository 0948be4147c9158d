// RFM: the eight classes with their scale and matrix, who is in each, and one customer's value.

#include <array>

#include "modules/performance/routes/customer_items.h"
#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

// The cut points between the scores 1 to 5, and the least score that counts as high (6: none does).
struct RfmMeasure {
    std::vector<std::int64_t> cuts;
    std::int64_t high_from = 0;
};
API_STRUCT(RfmMeasure, (cuts, high_from))

struct RfmTile {
    std::int64_t r = 0;
    std::int64_t f = 0;
    std::int64_t customers = 0;
    std::int64_t net_spend = 0;
};
API_STRUCT(RfmTile, (r, f, customers, net_spend))

struct RfmBoard {
    Instant as_of;  // of the projection
    Day from;       // the window
    Day to;
    Currency currency;
    bool thresholds = false;     // scored by the tenant's own steps, not by quintiles
    std::int64_t customers = 0;  // with a class, within the scope asked for
    std::vector<RfmClassItem> items;
    RfmMeasure recency;  // days, inverted: few days score high
    RfmMeasure frequency;
    RfmMeasure monetary;          // minor units
    std::vector<RfmTile> matrix;  // of scores, people in them only
};
API_STRUCT(RfmBoard, (as_of, from, to, currency, thresholds, customers, items, recency, frequency, monetary, matrix))

struct RfmQuery {
    std::optional<OrgNodeId> node;
    std::optional<Day> as_of;
};
API_STRUCT(RfmQuery, (node, as_of))

struct RfmPeopleQuery {
    RfmClass rfm_class = RfmClass::ImportantValue;
    std::optional<OrgNodeId> node;
    std::optional<Day> as_of;
    std::optional<PeopleSort> sort;
    std::optional<SortOrder> order;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(RfmPeopleQuery, (rfm_class, node, as_of, sort, order, cursor, limit))

struct CustomerAsked {
    CustomerId id;
    std::optional<Day> as_of;
};
API_STRUCT(CustomerAsked, (id, as_of))

struct CustomerRfm {
    std::int64_t recency_days = 0;
    std::int64_t frequency = 0;
    Money monetary;
    std::int64_t r = 0;
    std::int64_t f = 0;
    std::int64_t m = 0;
    RfmClass rfm_class = RfmClass::ImportantValue;
    std::string name_zh;
    std::string name_en;
};
API_STRUCT(CustomerRfm, (recency_days, frequency, monetary, r, f, m, rfm_class, name_zh, name_en))

struct CustomerRfmReply {
    Day from;
    Day to;
    std::optional<CustomerRfm> rfm;  // none without a paid sale in the window
};
API_STRUCT(CustomerRfmReply, (from, to, rfm))

struct CustomerValue {
    std::int64_t orders = 0;
    Money net_spend;
    std::optional<Instant> first_order_at;
    std::optional<Instant> last_order_at;
    std::optional<CustomerRfm> rfm;
};
API_STRUCT(CustomerValue, (orders, net_spend, first_order_at, last_order_at, rfm))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::RfmQuery> = std::to_array<tilth::json::FieldDoc>({
    {"node", "组织节点及其下级：归属于此的客户", "An organisation node and all below: people who belong there"},
    {"as_of", "截至日，缺省为昨天", "The window's last day; by default yesterday", "2026-02-28"},
});

namespace tilth::performance {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::View;

RfmMeasure measure_of(const Cuts& cuts, int high_from) { return {{cuts.begin(), cuts.end()}, high_from}; }

std::vector<RfmTile> matrix_of(const std::vector<const RfmPerson*>& people) {
    std::array<RfmTile, 25> tiles{};
    for (const RfmPerson* person : people) {
        RfmTile& tile = tiles[static_cast<std::size_t>((person->scores.r - 1) * 5 + person->scores.f - 1)];
        tile.r = person->scores.r;
        tile.f = person->scores.f;
        ++tile.customers;
        tile.net_spend += person->measures.monetary;
    }
    std::vector<RfmTile> shown;
    for (const RfmTile& tile : tiles) {
        if (tile.customers > 0) shown.push_back(tile);
    }
    return shown;
}

Result<RfmBoard> board(PerformanceService& service, const Context& context, const RfmQuery& request) {
    const Frame frame = TRY(service.frame(context, request.node));
    const auto table = TRY(service.rfm(context, frame.source, request.as_of));
    const auto people = TRY(rfm_people(frame, *table));
    RfmBoard reply;
    reply.as_of = frame.source.as_of;
    reply.from = table->window.from;
    reply.to = table->window.to;
    reply.currency = service.currency(context.tenant);
    reply.customers = static_cast<std::int64_t>(people.size());
    reply.items = rfm_items(people);
    reply.thresholds = frame.meanings.rfm.thresholds;
    reply.recency = measure_of(table->scale.r, table->scale.high_r);
    reply.frequency = measure_of(table->scale.f, table->scale.high_f);
    reply.monetary = measure_of(table->scale.m, table->scale.high_m);
    reply.matrix = matrix_of(people);
    return reply;
}

Result<CustomerPage> people(PerformanceService& service, View& view, const RfmPeopleQuery& request) {
    const Frame frame = TRY(service.frame(view.context(), request.node));
    const auto table = TRY(service.rfm(view.context(), frame.source, request.as_of));
    PeopleQuery query;
    query.nodes = frame.nodes;
    query.within = {rfm_people_sql(frame.source.tenant, *table, request.rfm_class)};
    return customer_page(service, view, frame.source, std::move(query),
                         {request.sort, request.order, request.cursor, request.limit, table->window.to});
}

struct Looked {
    PersonRow row;
    CustomerRfmReply rfm;
};

// NotFound for people outside the scope, as everywhere.
Result<Looked> look_at(PerformanceService& service, const Context& context, const CustomerAsked& asked) {
    const auto person = service.customers().person_of(context.tenant, asked.id);
    if (!person) return Error(ErrorCode::NotFound, "customer");
    const Frame frame = TRY(service.frame(context, std::nullopt));
    const std::int64_t key = person_key(person->ordinal, person->known);
    const auto row = TRY(find_person(frame.source, frame.nodes, key));
    if (!row) return Error(ErrorCode::NotFound, "customer");
    const auto table = TRY(service.rfm(context, frame.source, asked.as_of));
    Looked looked{*row, {table->window.from, table->window.to, std::nullopt}};
    if (const RfmPerson* found = table->find(key)) {
        const RfmWords& words = kRfmWords[static_cast<std::size_t>(found->rfm_class)];
        looked.rfm.rfm = CustomerRfm{found->measures.recency_days,
                                     found->measures.frequency,
                                     {found->measures.monetary, service.currency(context.tenant)},
                                     found->scores.r,
                                     found->scores.f,
                                     found->scores.m,
                                     found->rfm_class,
                                     std::string(words.zh),
                                     std::string(words.en)};
    }
    return looked;
}

Result<CustomerRfmReply> rfm_of(PerformanceService& service, const Context& context, const CustomerAsked& asked) {
    return TRY(look_at(service, context, asked))
    .rfm;
}

Result<CustomerValue> value_of(PerformanceService& service, const Context& context, const CustomerAsked& asked) {
    Looked looked = TRY(look_at(service, context, asked));
    return CustomerValue{looked.row.orders,
                         {looked.row.net_minor, service.currency(context.tenant)},
                         looked.row.first_order_at,
                         looked.row.last_order_at,
                         std::move(looked.rfm.rfm)};
}

}  // namespace

void add_rfm_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<RfmQuery, RfmBoard>(
        Method::Get, "/api/v1/rfm", kMetricRead,
        [&service](const Context& context, const RfmQuery& request) { return board(service, context, request); },
        {.zh = "RFM 八类客户",
         .en = "The eight RFM classes",
         .rows = {"RFM-01", "RFM-02"},
         .tag = "performance"});
    api.query<RfmPeopleQuery, CustomerPage>(
        Method::Get, "/api/v1/rfm/{rfm_class}/people", kCustomerRead,
        [&service](View& view, const RfmPeopleQuery& request) { return people(service, view, request); },
        {.zh = "某类客户", .en = "The people of an RFM class", .rows = {"RFM-02"}, .tag = "performance"});
    api.action<CustomerAsked, CustomerRfmReply>(
        Method::Get, "/api/v1/customers/{id}/rfm", kCustomerRead,
        [&service](const Context& context, const CustomerAsked& asked) { return rfm_of(service, context, asked); },
        {.zh = "客户的 RFM", .en = "One person's RFM", .rows = {"RFM-01", "RFM-02"}, .tag = "performance"});
    api.action<CustomerAsked, CustomerValue>(
        Method::Get, "/api/v1/customers/{id}/value", kCustomerRead,
        [&service](const Context& context, const CustomerAsked& asked) { return value_of(service, context, asked); },
        {.zh = "客户的消费与价值",
         .en = "What one person bought, and its value class",
         .rows = {"CDP-06"},
         .tag = "performance"});
}

}  // namespace tilth::performance
