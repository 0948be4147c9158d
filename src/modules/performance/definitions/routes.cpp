// 业务口径 over HTTP: every definition with what it moves, what a change would move, and the change itself.

#include <algorithm>

#include "kernel/settings/check.h"
#include "modules/org/calendar/api.h"
#include "modules/performance/definitions/definitions.h"
#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

struct ChoiceItem {
    std::string value;
    std::string zh;
    std::string en;
};
API_STRUCT(ChoiceItem, (value, zh, en))
struct MovedMetric {
    std::string id;
    std::string name_zh;
    std::string name_en;
};
API_STRUCT(MovedMetric, (id, name_zh, name_en))

struct DefinitionItem {
    std::string name;
    std::string zh;
    std::string en;
    std::string meaning_zh;
    std::string meaning_en;
    std::string value;
    std::string default_value;
    bool is_default = true;
    std::int64_t min = 0;  // of a number; both 0 for a choice
    std::int64_t max = 0;
    std::vector<ChoiceItem> choices;
    std::vector<MovedMetric> moves;  // what a change can move
};
API_STRUCT(DefinitionItem, (name, zh, en, meaning_zh, meaning_en, value, default_value, is_default, min, max, choices,
                            moves))
struct DefinitionList {
    std::vector<DefinitionItem> items;
};
API_STRUCT(DefinitionList, (items))

struct PreviewDefinition {
    Text<1, 80> name;
    Text<1, 200> value;
    std::optional<Day> from;
    std::optional<Day> to;
};
API_STRUCT(PreviewDefinition, (name, value, from, to))

struct MovedFigure {
    std::string id;
    std::optional<std::string> variant;
    std::string name_zh;
    std::string name_en;
    Unit unit = Unit::Count;
    std::optional<double> before;
    std::optional<double> after;
    std::int64_t people_before = 0;
    std::int64_t people_after = 0;
};
API_STRUCT(MovedFigure, (id, variant, name_zh, name_en, unit, before, after, people_before, people_after))
struct MovedPart {
    std::optional<OrgNodeId> node;  // absent: everything that the caller sees
    std::string name;
    std::vector<MovedFigure> figures;
};
API_STRUCT(MovedPart, (node, name, figures))
struct MovedClass {
    RfmClass rfm_class = RfmClass::ImportantValue;
    std::string name_zh;
    std::string name_en;
    std::int64_t before = 0;
    std::int64_t after = 0;
};
API_STRUCT(MovedClass, (rfm_class, name_zh, name_en, before, after))

struct DefinitionPreview {
    std::string name;
    std::string before;
    std::string after;
    Day from;
    Day to;
    std::int64_t looked_at = 0;       // figures that were computed both ways
    std::int64_t moved = 0;           // how many of them differ
    std::vector<MovedPart> parts;     // parts and figures that differ, the whole first
    std::vector<MovedClass> classes;  // of the RFM window
    std::int64_t parts_left_out = 0;  // beyond the most that are computed
};
API_STRUCT(DefinitionPreview, (name, before, after, from, to, looked_at, moved, parts, classes, parts_left_out))

struct ChangeDefinition {
    Text<1, 80> name;
    Text<1, 200> value;
};
API_STRUCT(ChangeDefinition, (name, value))

}  // namespace tilth::performance

namespace tilth::performance {

namespace {

using kernel::Context;
using kernel::Method;

constexpr std::size_t kPartsMax = 12;
constexpr const char* kTag = "performance";
constexpr kernel::Permission kSettingWrite{"setting.write", "修改业务口径", "Change business settings"};

Error unknown_definition() { return Error(ErrorCode::NotFound, "definition"); }

DefinitionItem item_of(PerformanceService& service, const TenantId& tenant, const BusinessDefinition& definition) {
    DefinitionState state = state_of(service, tenant, definition);
    DefinitionItem item;
    item.name = definition.name;
    item.zh = definition.zh;
    item.en = definition.en;
    item.meaning_zh = definition.meaning_zh;
    item.meaning_en = definition.meaning_en;
    item.value = std::move(state.value);
    item.default_value = std::move(state.spec.default_value);
    item.is_default = state.is_default;
    item.min = state.spec.min;
    item.max = state.spec.max;
    for (const ChoiceWords& one : definition.choices)
        item.choices.push_back({std::string(one.value), std::string(one.zh), std::string(one.en)});
    for (const Metric& metric : moved_by(definition)) {
        const Definition& of = *metric.definition;
        if (!item.moves.empty() && item.moves.back().id == of.id) continue;
        item.moves.push_back({std::string(of.id), std::string(of.name_zh), std::string(of.name_en)});
    }
    return item;
}

struct Side {
    Frame before;
    Frame after;
};

Result<std::vector<MovedFigure>> compare(const Side& side, std::span<const Metric> metrics, const Period& period) {
    const auto before = TRY(measure(side.before, metrics, {period}));
    const auto after = TRY(measure(side.after, metrics, {period}));
    std::vector<MovedFigure> moved;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        const Measured& a = before[m].front();
        const Measured& b = after[m].front();
        if (a.numerator == b.numerator && a.denominator == b.denominator &&
            a.people_numerator == b.people_numerator && a.people_denominator == b.people_denominator)
            continue;
        const Definition& of = *metrics[m].definition;
        const Variant& variant = *metrics[m].variant;
        MovedFigure figure{std::string(of.id), std::nullopt,         std::string(of.name_zh), std::string(of.name_en),
                           variant.unit,       a.value(variant),     b.value(variant),        a.people_numerator,
                           b.people_numerator};
        if (!variant.id.empty()) {
            figure.variant = std::string(variant.id);
            figure.name_zh += "（" + std::string(variant.name_zh) + "）";
            figure.name_en += " (" + std::string(variant.name_en) + ")";
        }
        moved.push_back(std::move(figure));
    }
    return moved;
}

// What stands right below the top of what the caller sees: regions for headquarters, stores for a region.
std::vector<org::OrgNode> parts_of(PerformanceService& service, const Context& context) {
    const auto tops = service.org().tops(context);
    std::vector<org::OrgNode> parts;
    for (const org::OrgNode& node : service.org().nodes(context.tenant)) {
        const bool is_top = std::find(tops.begin(), tops.end(), node.id) != tops.end();
        const bool below = node.parent && tops.size() == 1 && *node.parent == tops.front();
        if (node.open && (below || (tops.size() > 1 && is_top))) parts.push_back(node);
    }
    return parts;
}

Status add_classes(PerformanceService& service, const Context& context, const Side& side, Day as_of,
                   DefinitionPreview& preview) {
    const auto before = TRY(service.rfm(context, side.before.source, as_of, side.before.meanings.rfm));
    const auto after = TRY(service.rfm(context, side.after.source, as_of, side.after.meanings.rfm));
    const auto a = rfm_items(TRY(rfm_people(side.before, *before)));
    const auto b = rfm_items(TRY(rfm_people(side.after, *after)));
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].customers == b[i].customers) continue;
        preview.classes.push_back({a[i].rfm_class, a[i].name_zh, a[i].name_en, a[i].customers, b[i].customers});
    }
    return ok();
}

Result<DefinitionPreview> preview(PerformanceService& service, const Context& context,
                                  const PreviewDefinition& request) {
    const BusinessDefinition* const definition = find_definition(request.name.str());
    if (definition == nullptr) return unknown_definition();
    const Period period = TRY(service.period(context, request.from, request.to));
    Side side{TRY(service.frame(context, std::nullopt)), {}};
    side.after = side.before;
    side.after.meanings =
        TRY(meanings_with(service, context, side.before.source, *definition, request.value.str()));
    DefinitionPreview reply;
    reply.name = definition->name;
    reply.before = state_of(service, context.tenant, *definition).value;
    reply.after = request.value.str();
    reply.from = period.from;
    reply.to = period.to;
    const auto metrics = moved_by(*definition);
    const auto add = [&](const std::optional<OrgNodeId>& node, std::string name) -> Status {
        auto figures = TRY(compare(side, metrics, period));
        reply.looked_at += static_cast<std::int64_t>(metrics.size());
        reply.moved += static_cast<std::int64_t>(figures.size());
        if (!figures.empty()) reply.parts.push_back({node, std::move(name), std::move(figures)});
        return ok();
    };
    TRY(add(std::nullopt, service.org().tenant(context.tenant).value_or(org::Tenant{}).name));
    if (definition->window == Window::Rfm) TRY(add_classes(service, context, side, period.to, reply));
    const auto parts = parts_of(service, context);
    for (std::size_t i = 0; i < std::min(parts.size(), kPartsMax); ++i) {
        side.before.nodes = side.after.nodes = TRY(service.nodes(context, parts[i].id));
        TRY(add(parts[i].id, parts[i].name));
    }
    reply.parts_left_out = static_cast<std::int64_t>(parts.size() - std::min(parts.size(), kPartsMax));
    return reply;
}

}  // namespace

void add_definition_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<kernel::None, DefinitionList>(
        Method::Get, "/api/v1/definitions", kMetricRead,
        [&service](const Context& context, const kernel::None&) -> Result<DefinitionList> {
            DefinitionList reply;
            for (const BusinessDefinition& one : business_definitions())
                reply.items.push_back(item_of(service, context.tenant, one));
            return reply;
        },
        {.zh = "业务口径，各自影响哪些指标",
         .en = "Business definitions and the metrics they move",
         .rows = {"LIF-02"},
         .tag = kTag});
    api.action<PreviewDefinition, DefinitionPreview>(
        Method::Post, "/api/v1/definitions/preview", kMetricRead,
        [&service](const Context& context, const PreviewDefinition& request) {
            return preview(service, context, request);
        },
        {.zh = "试算：改口径会让哪些数字变动",
         .en = "Which figures a change of a definition would move; nothing is written",
         .rows = {"LIF-02"},
         .tag = kTag});
    api.command<ChangeDefinition, kernel::None>(
        Method::Put, "/api/v1/definitions/{name}", kSettingWrite,
        [&service](kernel::Unit& unit, const ChangeDefinition& request) -> Result<kernel::None> {
            const BusinessDefinition* const definition = find_definition(request.name.str());
            if (definition == nullptr) return unknown_definition();
            const auto spec = state_of(service, unit.tenant(), *definition).spec;
            const std::string kept = TRY(kernel::check_setting(spec, request.value.str()));
            if (definition->name == org::kCutoffSetting) {
                TRY(org::set_cutoff(service.org(), unit, TRY(parse_decimal(kept, 0))));
            } else {
                TRY(service.kernel().settings.set(unit, definition->name, kept));
            }
            return kernel::None{};
        },
        {.zh = "修改业务口径", .en = "Change a business definition", .rows = {"LIF-02"}, .tag = kTag});
}

}  // namespace tilth::performance
