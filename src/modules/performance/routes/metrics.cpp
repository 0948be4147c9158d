// 指标: the dictionary, the value of a metric, and the people behind it.

#include "modules/performance/routes/customer_items.h"
#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

struct MetricVariant {
    std::string id;
    std::string name_zh;
    std::string name_en;
    Unit unit = Unit::Count;
    std::string formula;
};
API_STRUCT(MetricVariant, (id, name_zh, name_en, unit, formula))

// `formula` is in the caller's language, of the default variant.
struct MetricDefinition {
    std::string id;
    std::string name_zh;
    std::string name_en;
    std::string formula;
    std::vector<std::string> inputs;
    Unit unit = Unit::Count;
    Direction direction = Direction::Up;
    std::string owner;
    std::int64_t version = 1;
    std::vector<MetricVariant> variants;
};
API_STRUCT(MetricDefinition, (id, name_zh, name_en, formula, inputs, unit, direction, owner, version, variants))

struct MetricDefinitions {
    std::vector<MetricDefinition> items;
};
API_STRUCT(MetricDefinitions, (items))

struct MetricKey {
    Text<1, 40> id;
};
API_STRUCT(MetricKey, (id))

struct ValueQuery {
    Text<1, 40> id;
    std::optional<Text<1, 40>> variant;
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<StaffId> guide;
    std::optional<Text<1, 40>> channel;
    std::optional<Text<1, 120>> product;
    std::optional<Compare> compare;
    std::optional<Grain> grain;
};
API_STRUCT(ValueQuery, (id, variant, from, to, node, guide, channel, product, compare, grain))

struct PeopleOfMetric {
    Text<1, 40> id;
    std::optional<Text<1, 40>> variant;
    std::optional<Part> part;
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<StaffId> guide;
    std::optional<Text<1, 40>> channel;
    std::optional<Text<1, 120>> product;
    std::optional<PeopleSort> sort;
    std::optional<SortOrder> order;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(PeopleOfMetric, (id, variant, part, from, to, node, guide, channel, product, sort, order, cursor, limit))

}  // namespace tilth::performance

namespace tilth::performance {

namespace {

using kernel::Context;
using kernel::Language;
using kernel::Method;
using kernel::View;

MetricDefinition shown(const Definition& definition, Language language) {
    const auto formula = [language](const Variant& variant) {
        return std::string(language == Language::Zh ? variant.formula_zh : variant.formula_en);
    };
    const Variant& first = definition.variants.front();
    MetricDefinition item{std::string(definition.id),
                          std::string(definition.name_zh),
                          std::string(definition.name_en),
                          formula(first),
                          {},
                          first.unit,
                          definition.direction,
                          std::string(definition.owner),
                          definition.version,
                          {}};
    for (const std::string_view input : definition.inputs) item.inputs.emplace_back(input);
    for (const Variant& variant : definition.variants) {
        if (variant.id.empty()) continue;
        item.variants.push_back({std::string(variant.id), std::string(variant.name_zh), std::string(variant.name_en),
                                 variant.unit, formula(variant)});
    }
    return item;
}

Result<MetricDefinitions> definitions(const Context& context) {
    MetricDefinitions reply;
    for (const Definition* definition : dictionary()) reply.items.push_back(shown(*definition, context.language));
    return reply;
}

Result<MetricDefinition> definition(const Context& context, const MetricKey& key) {
    const Definition* found = find_metric(key.id.str());
    if (found == nullptr) return Error(ErrorCode::NotFound, "metric");
    return shown(*found, context.language);
}

std::string_view text_of(const std::optional<Text<1, 40>>& text) { return text ? text->str() : std::string_view(); }

Result<MetricValue> value(PerformanceService& service, const Context& context, const ValueQuery& request) {
    const Metric metric = TRY(find_metric(request.id.str(), text_of(request.variant)));
    const Period period = TRY(service.period(context, request.from, request.to));
    Frame frame = TRY(service.frame(context, request.node));
    frame.slice = TRY(service.slice(context, request.guide, request.channel, request.product));
    const Asked asked{period, request.compare.value_or(Compare::Previous),
                      request.grain.value_or(natural_grain(period))};
    auto values = TRY(metric_values(frame, {&metric, 1}, asked));
    return std::move(values.front());
}

Result<CustomerPage> people(PerformanceService& service, View& view, const PeopleOfMetric& request) {
    const Context& context = view.context();
    const Metric metric = TRY(find_metric(request.id.str(), text_of(request.variant)));
    const Period period = TRY(service.period(context, request.from, request.to));
    Frame frame = TRY(service.frame(context, request.node));
    frame.slice = TRY(service.slice(context, request.guide, request.channel, request.product));
    PeopleQuery query;
    query.nodes = frame.nodes;
    query.at_home = false;  // Who stands behind a number is decided by the number.
    query.within = {people_sql(frame, metric, period, request.part.value_or(Part::Numerator))};
    return customer_page(service, view, frame.source, std::move(query),
                         {request.sort, request.order, request.cursor, request.limit, period.to});
}

}  // namespace

void add_metric_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<kernel::None, MetricDefinitions>(
        Method::Get, "/api/v1/metrics", kMetricRead,
        [](const Context& context, const kernel::None&) { return definitions(context); },
        {.zh = "指标字典", .en = "The metric dictionary", .rows = {"ANA-01"}, .tag = "performance"});
    api.action<MetricKey, MetricDefinition>(
        Method::Get, "/api/v1/metrics/{id}", kMetricRead,
        [](const Context& context, const MetricKey& key) { return definition(context, key); },
        {.zh = "指标口径", .en = "The definition of a metric", .rows = {"ANA-01"}, .tag = "performance"});
    api.action<ValueQuery, MetricValue>(
        Method::Get, "/api/v1/metrics/{id}/value", kMetricRead,
        [&service](const Context& context, const ValueQuery& request) { return value(service, context, request); },
        {.zh = "指标取值",
         .en = "The value of a metric, with comparison and trend",
         .rows = {"ANA-01"},
         .tag = "performance"});
    api.query<PeopleOfMetric, CustomerPage>(
        Method::Get, "/api/v1/metrics/{id}/people", kMetricRead,
        [&service](View& view, const PeopleOfMetric& request) { return people(service, view, request); },
        {.zh = "指标背后的客户", .en = "The people behind a number", .rows = {"ANA-01"}, .tag = "performance"});
}

}  // namespace tilth::performance
