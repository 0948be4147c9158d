// Words for the builder, and what a rule says.

#include "kernel/rules/check.h"
#include "modules/audience/service.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::View;

struct OpWords {
    const char* code;
    const char* zh;
    const char* en;
};
constexpr OpWords kOps[] = {
    {"eq", "等于", "is"},           {"ne", "不等于", "is not"},       {"lt", "小于", "is less than"},
    {"le", "不大于", "is at most"},  {"gt", "大于", "is more than"},   {"ge", "不小于", "is at least"},
    {"in", "属于", "is one of"}, {"known", "已知", "is known"},    {"unknown", "未知", "is unknown"},
    {"within_days", "在最近", "is within the last"}, {"older_than_days", "距今超过", "is older than"},
    {"within_next_days", "在未来", "is within the next"},
    {"before", "早于", "is before"}, {"since", "不早于", "is on or after"},
};

std::vector<std::string> ops_of(rules::ValueType type) {
    switch (type) {
        case rules::ValueType::Flag: return {"eq", "known", "unknown"};
        case rules::ValueType::Text: return {"eq", "ne", "in", "known", "unknown"};
        case rules::ValueType::Moment: return {"within_days", "older_than_days", "within_next_days",
                                              "before", "since", "known", "unknown"};
        case rules::ValueType::Number: break;
    }
    return {"eq", "ne", "lt", "le", "gt", "ge", "known", "unknown"};
}

RuleAttribute attribute_of(const rules::Attribute& one) {
    static constexpr std::string_view kTypes[] = {"flag", "number", "text", "moment"};
    RuleAttribute out{one.key, one.zh, one.en, std::string(kTypes[static_cast<std::size_t>(one.type)]), one.decimals,
                      {}, ops_of(one.type)};
    for (const auto& choice : one.values) out.values.push_back({choice.code, choice.zh, choice.en});
    return out;
}

RuleEventType event_type_of(const std::string& type) {
    if (type == kOrderPaid) return {type, "订单（支付）", "An order was paid"};
    if (type == kOrderReturned) return {type, "退货", "Goods were returned"};
    return {type, type, type};
}

Result<RuleWords> words(AudienceService& service, View& view) {
    RuleWords out;
    for (const auto& one : service.engine().registry().attributes()) out.attributes.push_back(attribute_of(one));
    for (const auto& one : service.engine().registry().properties()) out.properties.push_back(attribute_of(one));
    TRY(service.engine().read(view.tenant(), [&](const Memory& memory, Instant) {
        for (const auto& type : memory.event_types()) out.event_types.push_back(event_type_of(type));
        return ok();
    }));
    for (const auto& op : kOps) out.operators.push_back({op.code, op.zh, op.en});
    out.measures = {{"count", "次数", "How often"}, {"sum", "合计", "Sum"}, {"distinct", "去重数", "Different values"},
                    {"first", "首次值", "First value"}, {"last", "末次值", "Last value"}};
    out.window_kinds = {{"ever", "不限时间", "Ever"}, {"last", "最近", "In the last"}, {"this", "本", "In this"},
                        {"previous", "此前完整", "In the previous"}};
    out.units = {{"hour", "小时", "Hours"}, {"day", "天", "Days"}, {"week", "周", "Weeks"}, {"month", "个月", "Months"},
                 {"year", "年", "Years"}};
    for (const auto& set : TRY(store::definitions(view.sql(), view.tenant()))) {
        if (set.archived_at) continue;
        auto& names = set.family == Family::Tag ? out.tags : set.family == Family::Stage ? out.stages : out.segments;
        names.push_back({set.name, set.name});
    }
    for (const auto& node : service.org().nodes(view.tenant())) {
        if (!view.context().scope->covers(node.id)) continue;
        out.orgs.push_back({node.code.empty() ? node.name : node.code, node.name});
    }
    return out;
}

Result<RuleCheck> check_rule(AudienceService& service, View& view, const RuleInput& input) {
    RuleCheck out;
    const bool zh = view.context().language == kernel::Language::Zh;
    const auto say = [&](const Error& error) {
        for (const auto& one : error.fields)
            out.errors.push_back({one.field, zh ? one.reason_zh : one.reason_en, zh ? one.remedy_zh : one.remedy_en});
    };
    const auto node = service.read_rule(input.text, input.rule);
    if (!node) {
        if (node.error().fields.empty()) return node.error();
        say(node.error());
        return out;
    }
    const auto checked = service.rule(view.sql(), view.tenant(), input.text, input.rule);
    if (checked) {
        out.valid = true;
        out.cost = checked->cost;
        out.forms = service.forms(checked->node);
        return out;
    }
    if (checked.error().fields.empty()) return checked.error();
    say(checked.error());
    // A rule whose names the registry does not know cannot be put into words.
    if (rules::check(*node, service.engine().registry())) out.forms = service.forms(*node);
    return out;
}

}  // namespace

void add_rule_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.query<None, RuleWords>(
        Method::Get, "/api/v1/rules/words", kRead,
        [&service](View& view, const None&) { return words(service, view); },
        {.zh = "规则可用的词", .en = "The words of rules", .rows = {"SEG-05"}, .tag = "audience"});
    api.query<RuleInput, RuleCheck>(
        Method::Post, "/api/v1/rules/check", kRead,
        [&service](View& view, const RuleInput& input) { return check_rule(service, view, input); },
        {.zh = "检查规则", .en = "Check a rule", .rows = {"SEG-05"}, .tag = "audience"});
    api.action<RuleInput, Preview>(
        Method::Post, "/api/v1/segments/preview", kRead,
        [&service](const Context& context, const RuleInput& input) -> Result<Preview> {
            const auto rule = TRY(service.kernel().record.read<AudienceService::Rule>(
                context, [&](View& view) { return service.rule(view.sql(), view.tenant(), input.text, input.rule); }));
            return service.preview(context, rule.node);
        },
        {.zh = "预览规则选中的人", .en = "Whom a rule selects", .rows = {"SEG-05", "SEG-12"}, .tag = "audience"});
}

}  // namespace tilth::audience
