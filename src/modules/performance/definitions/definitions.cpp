#include "modules/performance/definitions/definitions.h"

#include "base/text.h"
#include "kernel/settings/check.h"
#include "modules/org/calendar/api.h"

namespace tilth::performance {

namespace {

constexpr ChoiceWords kNewChoices[] = {
    {"anywhere", "在品牌任何渠道首次购买", "First purchase anywhere at the brand"},
    {"here", "在所看的组织首次购买", "First purchase at the nodes looked at"},
};
constexpr ChoiceWords kNetChoices[] = {
    {"net_of_refunds", "实收减退款", "Received less refunds"},
    {"received", "只看实收，不减退款", "Received, refunds not deducted"},
};

constexpr ChoiceWords kRfmMethods[] = {
    {"quintiles", "按五分位", "By quintiles"},
    {"thresholds", "按分档", "By thresholds"},
};

constexpr BusinessDefinition kDefinitions[] = {
    {.name = "metric.active_days",
     .zh = "活跃会员",
     .en = "Active member",
     .meaning_zh = "近这么多天内有已支付销售单的会员",
     .meaning_en = "A member with a paid sale within so many days",
     .column = "active"},
    {.name = "metric.sleeping_days",
     .zh = "沉睡会员",
     .en = "Sleeping member",
     .meaning_zh = "买过、但已这么多天没有再买的会员",
     .meaning_en = "A member who has bought, but not for so many days",
     .column = "asleep"},
    {.name = "metric.new_customer",
     .zh = "新客",
     .en = "New customer",
     .meaning_zh = "首次购买落在期内的客户；可以按品牌看，也可以按所看的组织看",
     .meaning_en = "A customer whose first purchase falls into the period, at the brand or at the nodes looked at",
     .choices = kNewChoices,
     .column = "is_new"},
    {.name = "metric.net_sales",
     .zh = "净销售额",
     .en = "Net sales",
     .meaning_zh = "退款在退款当天冲减，或完全不冲减",
     .meaning_en = "Refunds are deducted on the day they are paid back, or not at all",
     .choices = kNetChoices,
     .column = "net"},
    {.name = "metric.receipts_per_day",
     .zh = "可疑小票",
     .en = "Suspect receipts",
     .meaning_zh = "同一会员一天内超过这么多笔的小票视为可疑，不计入剔除可疑的口径",
     .meaning_en = "Receipts of one member beyond so many a day are suspect and left out where a formula says so",
     .column = "counted"},
    {.name = "rfm.window_days",
     .zh = "RFM 窗口",
     .en = "RFM window",
     .meaning_zh = "R、F、M 只看近这么多天的购买",
     .meaning_en = "R, F and M look at purchases of so many days",
     .window = Window::Rfm},
    {.name = audience::kRfmMethod,
     .zh = "RFM 打分方式",
     .en = "RFM: how to score",
     .meaning_zh = "按五分位：与全体客户相比；按分档：用下面的固定界限，某人的类别不随别人变动",
     .meaning_en = "By quintiles, against all customers; by thresholds, against the steps below, whatever others do",
     .choices = kRfmMethods,
     .window = Window::Rfm},
    {.name = audience::kRfmRecencySteps,
     .zh = "R 分档",
     .en = "R steps",
     .meaning_zh = "距最近购买的天数：每越过一档少一分；仅按分档打分时有效",
     .meaning_en = "Days since the last purchase: a score less beyond each; by thresholds only",
     .window = Window::Rfm},
    {.name = audience::kRfmFrequencySteps,
     .zh = "F 分档",
     .en = "F steps",
     .meaning_zh = "购买单数：每越过一档多一分；仅按分档打分时有效",
     .meaning_en = "Orders: a score more beyond each; by thresholds only",
     .window = Window::Rfm},
    {.name = audience::kRfmMonetarySteps,
     .zh = "M 分档",
     .en = "M steps",
     .meaning_zh = "净消费（元）：每越过一档多一分；仅按分档打分时有效",
     .meaning_en = "Net spend in whole currency units: a score more beyond each; by thresholds only",
     .window = Window::Rfm},
    {.name = audience::kRfmHighFrom,
     .zh = "几分算高",
     .en = "High from",
     .meaning_zh = "R、F、M 从这个分数起算“高”；仅按分档打分时有效",
     .meaning_en = "R, F and M are high from this score on; by thresholds only",
     .window = Window::Rfm},
    {.name = org::kCutoffSetting,
     .zh = "营业日切换",
     .en = "End of the business day",
     .meaning_zh = "零点后这么多分钟以前的销售算前一天",
     .meaning_en = "Sales within so many minutes after midnight belong to the day before",
     .all = true},
};

bool moves(const BusinessDefinition& definition, const Metric& metric) {
    if (definition.all) return true;
    if (definition.window) return metric.definition->window == *definition.window;
    // Who is no new customer is an old one.
    return mentions(*metric.variant, definition.column) ||
           (definition.column == "is_new" && mentions(*metric.variant, "is_old"));
}

// The first moment of each day of another calendar, over everything that the tenant has.
Result<std::vector<std::pair<Day, std::int64_t>>> days_by(const BusinessCalendar& calendar, const Source& source) {
    const std::string tenant = std::to_string(source.tenant);
    const auto ends = TRY(source.columns->query(
        "SELECT MIN(t), MAX(t) FROM (SELECT paid_at AS t FROM orders WHERE tenant = " + tenant +
        " UNION ALL SELECT first_seen FROM customers WHERE tenant = " + tenant + ")"));
    std::vector<std::pair<Day, std::int64_t>> days;
    const auto* const first = std::get_if<std::int64_t>(&ends.rows.front()[0]);
    const auto* const last = std::get_if<std::int64_t>(&ends.rows.front()[1]);
    if (first == nullptr || last == nullptr) return days;
    const Day end = calendar.day_of(Instant{*last});
    for (Day day = calendar.day_of(Instant{*first}); day <= end; day = day + 1)
        days.emplace_back(day, calendar.start_of(day).ms);
    return days;
}

kernel::SettingSpec cutoff_spec(const BusinessDefinition& definition) {
    kernel::SettingSpec spec;
    spec.name = definition.name;
    spec.default_value = "0";
    spec.max = org::kCutoffMax;
    return spec;
}

}  // namespace

std::span<const BusinessDefinition> business_definitions() { return kDefinitions; }

const BusinessDefinition* find_definition(std::string_view name) {
    for (const BusinessDefinition& one : kDefinitions) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

std::vector<Metric> moved_by(const BusinessDefinition& definition) {
    std::vector<Metric> metrics;
    for (const Definition* one : dictionary()) {
        for (const Variant& variant : one->variants) {
            if (const Metric metric{one, &variant}; moves(definition, metric)) metrics.push_back(metric);
        }
    }
    return metrics;
}

DefinitionState state_of(PerformanceService& service, const TenantId& tenant, const BusinessDefinition& definition) {
    if (definition.name == org::kCutoffSetting) {
        DefinitionState state{.spec = cutoff_spec(definition), .value = {}, .is_default = true};
        const auto found = service.org().tenant(tenant);
        state.value = std::to_string(found ? found->business_day_cutoff_min : 0);
        state.is_default = state.value == state.spec.default_value;
        return state;
    }
    for (kernel::SettingValue& one : service.kernel().settings.list(tenant)) {
        if (one.spec.name == definition.name) return {std::move(one.spec), std::move(one.value), one.is_default};
    }
    INVARIANT(false, "every business definition is a setting");
}

Result<Meanings> meanings_with(PerformanceService& service, const kernel::Context& context, const Source& source,
                               const BusinessDefinition& definition, std::string_view value) {
    const std::string kept =
        TRY(kernel::check_setting(state_of(service, context.tenant, definition).spec, value));
    Meanings meanings = service.meanings(context.tenant);
    const auto number = parse_decimal(kept, 0).value_or(0);
    if (definition.name == "metric.active_days") meanings.active_days = number;
    if (definition.name == "metric.sleeping_days") meanings.sleeping_days = number;
    if (definition.name == "metric.receipts_per_day") meanings.receipts_per_day = number;
    audience::apply_rfm_setting(meanings.rfm, definition.name, kept);
    if (definition.name == "metric.new_customer") meanings.new_at_nodes = kept == "here";
    if (definition.name == "metric.net_sales") meanings.refunds_deducted = kept == "net_of_refunds";
    if (definition.name == org::kCutoffSetting) {
        BusinessCalendar calendar = service.org().calendar(context.tenant);
        calendar.cutoff = minutes(number);
        meanings.recut = TRY(days_by(calendar, source));
    }
    return meanings;
}

}  // namespace tilth::performance
