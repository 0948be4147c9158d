// AARRR of a scope, and of its guides, channels and products one by one (LIF-05).
//
// Of a scope, people are acquired when they are met there. Of a guide, channel or product they are when they first buy
// there: so that who is new to the brand (activation) is a part of who is new here.

#include <algorithm>
#include <array>
#include <cstdio>

#include "modules/org/names/api.h"
#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"
#include "platform/text/csv.h"

namespace tilth::performance {

// Of the three at most one: the part of the scope that is asked for.
struct FunnelQuery {
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<StaffId> guide;
    std::optional<Text<1, 40>> channel;
    std::optional<Text<1, 120>> product;
};
API_STRUCT(FunnelQuery, (from, to, node, guide, channel, product))

enum class FunnelStage : std::uint8_t { Acquisition, Activation, Retention, Revenue, Referral };

// `count` and `rate` are of the metric named; a stage for which no data can be had says so by `metric` being absent.
struct FunnelStep {
    FunnelStage stage = FunnelStage::Acquisition;
    std::string name_zh;
    std::string name_en;
    std::optional<std::string> metric;
    std::optional<std::string> metric_variant;
    std::int64_t people = 0;
    std::optional<double> rate;
    std::string rate_zh;
    std::string rate_en;
    std::optional<std::int64_t> previous_people;
};
API_STRUCT(FunnelStep,
           (stage, name_zh, name_en, metric, metric_variant, people, rate, rate_zh, rate_en, previous_people))

struct Funnel {
    Instant as_of;
    Day from;
    Day to;
    std::int64_t net_sales = 0;
    std::vector<FunnelStep> items;
};
API_STRUCT(Funnel, (as_of, from, to, net_sales, items))

struct FunnelsQuery {
    Cut by = Cut::Guide;
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<Int<1, 500>> limit;
};
API_STRUCT(FunnelsQuery, (by, from, to, node, limit))

// `key` is what the funnel of this part is asked for with: a staff id, a channel, a product's code. Absent: the rest,
// which is what no guide sold, and what did not fit the limit.
struct FunnelPart {
    std::optional<std::string> key;
    std::string name;
    std::string code;  // a guide's, as his till knows him
    std::int64_t net_sales = 0;
    std::vector<FunnelStep> stages;
};
API_STRUCT(FunnelPart, (key, name, code, net_sales, stages))

struct Funnels {
    Instant as_of;
    Day from;
    Day to;
    Cut by = Cut::Guide;
    std::int64_t parts = 0;  // that sold anything in the period; items hold the greatest of them
    std::vector<FunnelPart> items;
};
API_STRUCT(Funnels, (as_of, from, to, by, parts, items))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::FunnelStage> =
    std::to_array<tilth::json::EnumValue<tilth::performance::FunnelStage>>({
        {tilth::performance::FunnelStage::Acquisition, "acquisition", "获客", "Acquisition"},
        {tilth::performance::FunnelStage::Activation, "activation", "激活", "Activation"},
        {tilth::performance::FunnelStage::Retention, "retention", "留存", "Retention"},
        {tilth::performance::FunnelStage::Revenue, "revenue", "变现", "Revenue"},
        {tilth::performance::FunnelStage::Referral, "referral", "推荐", "Referral"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Cut> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Cut>>({
        {tilth::performance::Cut::Channel, "channel", "渠道", "Channel"},
        {tilth::performance::Cut::Guide, "guide", "导购", "Guide"},
        {tilth::performance::Cut::Product, "product", "商品", "Product"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::FunnelQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"from", "开始日（含），缺省为结束日前 29 天", "First day; by default 29 days before the last", "2026-02-01"},
        {"to", "结束日（含），缺省为昨天", "Last day; by default yesterday", "2026-02-28"},
        {"node", "组织节点及其下级", "An organisation node and all below"},
        {"guide", "只看这名导购卖出的", "Only what this guide sold"},
        {"channel", "只看这一渠道", "Only this channel"},
        {"product", "只看这一商品（编码）", "Only this product, by its code"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::FunnelsQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"by", "按导购、渠道或商品", "By guide, channel or product"},
        {"from", "开始日（含），缺省为结束日前 29 天", "First day; by default 29 days before the last", "2026-02-01"},
        {"to", "结束日（含），缺省为昨天", "Last day; by default yesterday", "2026-02-28"},
        {"node", "组织节点及其下级", "An organisation node and all below"},
        {"limit", "最多多少行，缺省 100；其余合为一行", "At most so many, by default 100; the rest is one row"},
    });

namespace tilth::performance {

namespace {

constexpr std::int64_t kPartsDefault = 100;

struct Shown {
    std::string_view id;
    std::string_view variant;
};

// Which metrics say how many people a stage has, and at what rate; no id: nothing is recorded of it.
struct Stage {
    FunnelStage stage;
    Shown metric;
    std::string_view zh;
    std::string_view en;
    Shown rate;                      // a metric whose value is the rate; no id: people ÷ those of the stage named next
    std::optional<FunnelStage> over;
    std::string_view rate_zh;
    std::string_view rate_en;
};
// Whom somebody brought is known of people, not of the guide, channel or product by which they then bought.
constexpr Stage kReferral{FunnelStage::Referral, {"", ""}, "推荐", "Referral", {"", ""}, std::nullopt, "", ""};
constexpr Stage kRevenue{FunnelStage::Revenue,   {"customers", ""}, "变现",        "Revenue",
                         {"M-09b", "rate"}, std::nullopt,       "期内复购率", "Repeat rate"};
constexpr std::array kStagesOfScope = {
    Stage{FunnelStage::Acquisition, {"acquired", ""}, "获客", "Acquisition", {"", ""}, std::nullopt, "", ""},
    Stage{FunnelStage::Activation, {"new_customers", ""}, "激活", "Activation", {"", ""}, FunnelStage::Acquisition,
          "首购人数 ÷ 新识别客户数", "First-time buyers ÷ people met"},
    Stage{FunnelStage::Retention, {"returning_customers", ""}, "留存", "Retention", {"M-09a", ""}, std::nullopt,
          "老客回购率", "Old-customer repurchase rate"},
    kRevenue,
    Stage{FunnelStage::Referral, {"referrers", ""}, "推荐", "Referral", {"", ""}, FunnelStage::Revenue,
          "推荐客户数 ÷ 成交客户数", "Referrers ÷ buyers"},
};
constexpr std::array kStagesOfPart = {
    Stage{FunnelStage::Acquisition, {"newcomers", ""}, "获客", "Acquisition", {"", ""}, std::nullopt, "", ""},
    Stage{FunnelStage::Activation, {"new_customers", ""}, "激活", "Activation", {"", ""}, FunnelStage::Acquisition,
          "首次购买本品牌 ÷ 首次到此", "New to the brand ÷ new here"},
    Stage{FunnelStage::Retention, {"returning_customers", ""}, "留存", "Retention", {"", ""}, FunnelStage::Revenue,
          "老客 ÷ 成交客户", "Returning ÷ buyers"},
    kRevenue,
    kReferral,
};
using Stages = std::array<Stage, 5>;

// The figures that the stages need, each once.
struct Asking {
    explicit Asking(const Stages& wanted) : stages(wanted), net(place({"net_sales", ""})) {
        for (const Stage& stage : stages) {
            const auto counted = place(stage.metric);
            places.emplace_back(counted, place(stage.rate));
        }
    }
    std::optional<std::size_t> place(const Shown& shown) {
        const auto metric = find_metric(shown.id, shown.variant);
        if (!metric) return std::nullopt;
        metrics.push_back(*metric);
        return metrics.size() - 1;
    }

    const Stages& stages;
    std::vector<Metric> metrics = {};
    std::vector<std::pair<std::optional<std::size_t>, std::optional<std::size_t>>> places = {};
    std::optional<std::size_t> net;
};

// now(m) and then(m) are what metrics[m] of the asking came to in the period and in the one before.
template <class Now, class Then>
std::vector<FunnelStep> steps(const Asking& asking, Now now, Then then) {
    std::vector<FunnelStep> items;
    for (std::size_t i = 0; i < asking.stages.size(); ++i) {
        const Stage& stage = asking.stages[i];
        FunnelStep step{stage.stage, std::string(stage.zh), std::string(stage.en), std::nullopt, std::nullopt, 0,
                        std::nullopt, std::string(stage.rate_zh), std::string(stage.rate_en), std::nullopt};
        if (const auto counted = asking.places[i].first) {
            step.metric = std::string(stage.metric.id);
            step.people = now(*counted).numerator;
            step.previous_people = then(*counted).numerator;
        }
        if (const auto rate = asking.places[i].second) step.rate = now(*rate).value(*asking.metrics[*rate].variant);
        items.push_back(std::move(step));
    }
    for (std::size_t i = 0; i < asking.stages.size(); ++i) {
        if (!asking.stages[i].over) continue;
        const std::int64_t base = items[static_cast<std::size_t>(*asking.stages[i].over)].people;
        if (base > 0) items[i].rate = static_cast<double>(items[i].people) / static_cast<double>(base);
    }
    return items;
}

Result<Funnel> funnel(PerformanceService& service, const kernel::Context& context, const FunnelQuery& request) {
    Frame frame = TRY(service.frame(context, request.node));
    frame.slice = TRY(service.slice(context, request.guide, request.channel, request.product));
    const Period period = TRY(service.period(context, request.from, request.to));
    const Asking asking(frame.slice ? kStagesOfPart : kStagesOfScope);
    const auto measured = TRY(measure(frame, asking.metrics, {period, before(period)}));
    return Funnel{frame.source.as_of, period.from, period.to, asking.net ? measured[*asking.net][0].numerator : 0,
                  steps(asking, [&](std::size_t m) -> const Measured& { return measured[m][0]; },
                        [&](std::size_t m) -> const Measured& { return measured[m][1]; })};
}

void name_guide(PerformanceService& service, const TenantId& tenant, const Term& term, FunnelPart& part) {
    part.code = term.name;
    const auto guide = StaffId::parse(term.key);
    if (!guide) return;
    if (const auto staff = org::staff_name(service.org(), tenant, *guide)) part.name = staff->name;
}

Result<Funnels> funnels(PerformanceService& service, const kernel::Context& context, const FunnelsQuery& request) {
    const Frame frame = TRY(service.frame(context, request.node));
    const Period period = TRY(service.period(context, request.from, request.to));
    const auto limit = request.limit ? request.limit->value() : kPartsDefault;
    const PartsSold sold = TRY(parts_sold(frame, period, request.by, static_cast<std::size_t>(limit)));
    Funnels reply{frame.source.as_of, period.from, period.to, request.by, sold.count, {}};
    if (sold.parts.empty()) return reply;
    std::vector<std::int32_t> numbers;
    for (const Term& term : sold.parts) numbers.push_back(term.number);
    const Asking asking(kStagesOfPart);
    const auto measured =
        TRY(measure_parts(frame, asking.metrics, {period, before(period)}, request.by, numbers));
    for (std::size_t i = 0; i <= sold.parts.size(); ++i) {
        FunnelPart part;
        part.net_sales = asking.net ? measured[*asking.net][0][i].numerator : 0;
        part.stages = steps(asking, [&](std::size_t m) -> const Measured& { return measured[m][0][i]; },
                            [&](std::size_t m) -> const Measured& { return measured[m][1][i]; });
        if (i < sold.parts.size()) {
            const Term& term = sold.parts[i];
            part.key = term.key;
            part.name = term.name;
            if (request.by == Cut::Guide) name_guide(service, context.tenant, term, part);
        }
        const auto people = [](const FunnelStep& step) { return step.people > 0; };
        const bool empty = part.net_sales == 0 && std::none_of(part.stages.begin(), part.stages.end(), people);
        if (part.key || !empty) reply.items.push_back(std::move(part));
    }
    return reply;
}

// ---- As a file ----

std::string percent(double ratio) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f%%", ratio * 100);
    return text.data();
}

std::string file_of(const Funnels& funnels, const kernel::Context& context, Currency currency) {
    const bool zh = context.language == kernel::Language::Zh;
    std::vector<std::string> heading = zh ? std::vector<std::string>{"编码", "名称", "净销售额"}
                                          : std::vector<std::string>{"Code", "Name", "Net sales"};
    for (const Stage& stage : kStagesOfPart) {
        if (stage.metric.id.empty()) continue;
        heading.emplace_back(zh ? stage.zh : stage.en);
        if (!stage.rate_zh.empty()) heading.emplace_back(zh ? stage.rate_zh : stage.rate_en);
    }
    std::string text = "\xEF\xBB\xBF" + csv_line(heading);  // spreadsheets take UTF-8 by its mark alone
    for (const FunnelPart& part : funnels.items) {
        std::vector<std::string> cells = {part.code.empty() ? part.key.value_or("") : part.code,
                                          part.key ? part.name : std::string(zh ? "其余" : "The rest"),
                                          Money{part.net_sales, currency}.str()};
        for (const FunnelStep& step : part.stages) {
            if (!step.metric) continue;
            cells.push_back(std::to_string(step.people));
            if (!step.rate_zh.empty()) cells.push_back(step.rate ? percent(*step.rate) : std::string());
        }
        text += csv_line(cells);
    }
    return text;
}

Result<kernel::File> file(PerformanceService& service, const kernel::Context& context, const http::Request& request) {
    std::vector<json::FlatField> fields;
    for (const http::Header& parameter : request.query) {
        if (parameter.name != "lang") fields.push_back({parameter.name, parameter.value});
    }
    const auto query = TRY(json::parse_flat<FunnelsQuery>(fields));
    const Funnels found = TRY(funnels(service, context, query));
    return kernel::File{.name = "funnels.csv",
                        .text = file_of(found, context, service.currency(context.tenant)),
                        .rows = static_cast<std::int64_t>(found.items.size()),
                        .detail = R"({"filters":)" + json::print(query) + "}"};
}

}  // namespace

void add_funnel_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<FunnelQuery, Funnel>(
        kernel::Method::Get, "/api/v1/funnel", kOverviewRead,
        [&service](const kernel::Context& context, const FunnelQuery& request) {
            return funnel(service, context, request);
        },
        {.zh = "获客、激活、留存、变现、推荐", .en = "AARRR of a scope, or of one guide, channel or product in it",
         .rows = {"LIF-05"}, .tag = "performance"});
    api.action<FunnelsQuery, Funnels>(
        kernel::Method::Get, "/api/v1/funnels", kOverviewRead,
        [&service](const kernel::Context& context, const FunnelsQuery& request) {
            return funnels(service, context, request);
        },
        {.zh = "各导购、渠道或商品的 AARRR", .en = "AARRR of every guide, channel or product of a scope",
         .rows = {"LIF-05"}, .tag = "performance"});
    api.file(
        "/api/v1/funnels.csv", kOverviewRead, kernel::FileData::Figures,
        [&service](const kernel::Context& context, const http::Request& request) {
            return file(service, context, request);
        },
        {.zh = "各导购、渠道或商品的 AARRR，成文件", .en = "AARRR of every guide, channel or product as CSV: counts alone",
         .rows = {"LIF-05"}, .tag = "performance",
         .query = {{"by", "按导购、渠道或商品", "By guide, channel or product"},
                   {"from", "开始日（含）", "First day"},
                   {"to", "结束日（含）", "Last day"},
                   {"node", "组织节点及其下级", "An organisation node and all below"},
                   {"limit", "最多多少行", "At most so many"}}});
}

}  // namespace tilth::performance
