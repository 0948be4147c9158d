// Ready rules for the builder: sentences with blanks. Filled and checked by the server, so that a ready rule is a rule
// like any other: counted while it is changed, saved, explained person by person.

#include <algorithm>

#include "base/hooks.h"
#include "modules/audience/splits/history.h"
#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::View;

constexpr std::size_t kChannelsMax = 30;

struct Blank {
    std::string_view key;
    std::string_view zh;
    std::string_view en;
    std::string_view type;
    std::string_view value;
};
struct Ready {
    std::string_view row;
    std::string_view key;
    int kind;
    std::string_view zh;
    std::string_view en;
    std::string_view text;  // {key} is the blank of that key
    std::vector<Blank> blanks;
};

const Blank kDays{"days", "天数", "Days", "number", "90"};
const Blank kChannel{"channel", "渠道", "Channel", "channel", ""};
const Blank kTagBlank{"tag", "标签", "Tag", "tag", ""};

const std::vector<Ready>& ready() {
    static const std::vector<Ready> kReady = {
        {"SEG-01", "high_value", 1, "高价值客户", "People of high value", "净消费 >= {amount}",
         {{"amount", "净消费不低于", "Net spend from", "number", "1000"}}},
        {"SEG-02", "recent_frequent", 2, "近期多次购买", "Bought recently and often",
         "最近购买 在最近 {days} 天 且 最近 365 天 事件 \"order.paid\" 的 次数 >= {times}",
         {{"days", "天数", "Days", "number", "60"}, {"times", "次数", "Times", "number", "4"}}},
        {"SEG-02", "rfm_value", 2, "RFM 重要价值", "RFM: important, of value", "RFM类别 = \"important_value\"", {}},
        {"SEG-02", "rfm_retain", 2, "RFM 重要挽留", "RFM: important, to win back", "RFM类别 = \"important_retain\"", {}},
        {"SEG-03", "motive", 3, "购买动机", "By purchase motive", "有标签 \"{tag}\"", {kTagBlank}},
        {"SEG-04", "second_order", 4, "新客待二购", "First order, no second yet",
         "首次购买 在最近 {days} 天 且 订单数 = 1", {{"days", "天数", "Days", "number", "45"}}},
        {"SEG-04", "late_by_rhythm", 4, "超过自身复购周期", "Later than the own rhythm",
         "订单数 >= 4 且 距上次 事件 \"order.paid\" 超过自身 {percentile} 分位",
         {{"percentile", "分位", "Percentile", "number", "90"}}},
        {"RFM-05", "due_soon", 4, "即将到下次购买日", "Next purchase due soon", "预计下次购买 在未来 {days} 天",
         {{"days", "天数", "Days", "number", "3"}}},
        {"SEG-04", "after_return", 4, "退货后未再购买", "Gave back and did not buy again",
         "最近 {days} 天 事件 \"order.returned\" 的 次数 >= 1 且 最近 {days} 天 没有事件 \"order.paid\"", {kDays}},
        {"SEG-08", "first_channel", 8, "首购渠道", "First channel",
         "事件 \"order.paid\" 的 渠道 首次值 = \"{channel}\"", {kChannel}},
        {"SEG-08", "last_channel", 8, "最近渠道", "Last channel",
         "事件 \"order.paid\" 的 渠道 末次值 = \"{channel}\"", {kChannel}},
        {"SEG-08", "used_channel", 8, "常用渠道", "Channel used often",
         "最近 {days} 天 事件 \"order.paid\" 其中 ( 渠道 = \"{channel}\" ) 的 次数 >= {times}",
         {kChannel, {"days", "天数", "Days", "number", "365"}, {"times", "次数", "Times", "number", "2"}}},
        {"SEG-09", "place", 8, "城市、大区或门店", "City, region or store", "归属组织 \"{org}\"",
         {{"org", "组织", "Part of the organisation", "org", ""}}},
        {"SEG-11", "not_converted", 5, "未成交", "Not yet converted", "已识别 = 是 且 首次购买 未知", {}},
        {"SEG-11", "member", 5, "会员", "Members", "会员 = 是", {}},
        {"SEG-11", "sleeping", 5, "沉睡", "Sleeping", "最近购买 距今超过 {days} 天", {kDays}},
        {"SEG-12", "cart", 6, "加购未下单", "Cart without an order",
         "最近 {hours} 小时 事件 \"{event}\" 的 次数 >= 1 且 最近 {hours} 小时 没有事件 \"order.paid\"",
         {{"hours", "小时", "Hours", "number", "24"}, {"event", "加购事件", "Event", "event", "cart_added"}}},
    };
    return kReady;
}

// A row that is switched off takes its templates with it.
bool stands(const Ready& one) { return !hooks::is_off(one.row); }

Error bad_blank(std::string_view key) {
    return Error::invalid("values/" + std::string(key), "bad_value", "请填写，数字须为 0 到 100 万，文字不含引号",
                          "fill it in: numbers from 0 to a million, texts without quotes", "改写此处", "mend it");
}

// Only what cannot leave its quotes, so that a filled sentence always is the sentence that the template says.
Result<std::string> checked(const TemplateBlank& blank, std::string value) {
    if (blank.type == "number") {
        const auto number = parse_decimal(value, 0);
        if (!number || *number < 0 || *number > 1'000'000) return bad_blank(blank.key);
        return std::to_string(*number);
    }
    if (value.empty() || value.size() > 200 || value.find_first_of("\"\\\n\r") != std::string::npos)
        return bad_blank(blank.key);
    return value;
}

std::vector<TemplateBlank> blanks_of(const Ready& one) {
    std::vector<TemplateBlank> out;
    for (const Blank& blank : one.blanks) {
        out.push_back({std::string(blank.key), std::string(blank.zh), std::string(blank.en), std::string(blank.type),
                       std::string(blank.value)});
    }
    return out;
}

Result<TemplateList> list_ready(History& history, const Context& context) {
    TemplateList out;
    for (const Ready& one : ready()) {
        if (!stands(one)) continue;
        TemplateView& item = out.items.emplace_back();
        item.key = one.key;
        item.kind = one.kind;
        item.zh = one.zh;
        item.en = one.en;
        item.blanks = blanks_of(one);
    }
    TRY(history.follow(context));
    out.channels = history.channels(context.tenant);
    if (out.channels.size() > kChannelsMax) out.channels.resize(kChannelsMax);
    return out;
}

Result<RuleForms> fill(AudienceService& service, View& view, const FillTemplate& asked) {
    const auto found = std::find_if(ready().begin(), ready().end(),
                                    [&](const Ready& one) { return one.key == asked.key.str() && stands(one); });
    if (found == ready().end()) return Error(ErrorCode::NotFound, "template");
    const std::string text = TRY(fill_blanks(std::string(found->text), blanks_of(*found), asked.values));
    const auto rule = TRY(service.rule(view.sql(), view.tenant(), TRY((Text<1, 20'000>::parse(text))), std::nullopt));
    return service.forms(rule.node);
}

}  // namespace

Result<std::string> fill_blanks(std::string text, const std::vector<TemplateBlank>& blanks,
                                const std::optional<std::map<std::string, std::string>>& values) {
    for (const TemplateBlank& blank : blanks) {
        std::string given = blank.value;
        if (values) {
            if (const auto found = values->find(blank.key); found != values->end()) given = found->second;
        }
        const std::string value = TRY(checked(blank, std::move(given)));
        const std::string mark = "{" + blank.key + "}";
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
            text.replace(at, mark.size(), value);
    }
    return text;
}

void add_template_routes(AudienceService& service, const std::shared_ptr<History>& history) {
    kernel::Api& api = service.kernel().api;
    api.action<None, TemplateList>(
        Method::Get, "/api/v1/segments/templates", kRead,
        [history](const Context& context, const None&) { return list_ready(*history, context); },
        {.zh = "现成人群：按八类给出的句子", .en = "Ready segments", .rows = {"SEG-11"}, .tag = "audience"});
    api.query<FillTemplate, RuleForms>(
        Method::Post, "/api/v1/segments/templates", kRead,
        [&service](View& view, const FillTemplate& asked) { return fill(service, view, asked); },
        {.zh = "填好一个现成人群", .en = "A ready segment, filled in", .rows = {}, .tag = "audience"});
}

}  // namespace tilth::audience
