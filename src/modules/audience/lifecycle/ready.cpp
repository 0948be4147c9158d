#include "modules/audience/lifecycle/ready.h"

namespace tilth::audience {

namespace {

struct Stage {
    StageKind kind;
    std::string_view zh;
    std::string_view en;
    std::string_view about_zh;
    std::string_view about_en;
    std::string_view text;
};
struct Ready {
    std::string_view key;
    CycleScale scale;
    std::string_view zh;
    std::string_view en;
    std::string_view about_zh;
    std::string_view about_en;
    std::vector<TemplateBlank> blanks;
    std::vector<Stage> stages;
};

const std::vector<Ready>& ready() {
    static const std::vector<Ready> kReady = {
        {"customers", CycleScale::Big, "客户生命周期", "Customer lifecycle",
         "从公域到回流：一个人处于规则成立的最后一个阶段", "From public to won back: a person is in the last stage whose rule holds",
         {{"growing", "成长：累计购买次数", "Growing from purchases", "number", "2"},
          {"mature", "成熟：一年内购买次数", "Mature from purchases a year", "number", "4"},
          {"percentile", "即将流失：超过自身间隔的分位", "At risk beyond own percentile", "number", "90"},
          {"decline", "或者：多少天没有购买", "Or after days without a purchase", "number", "90"},
          {"lost", "流失：多少天没有购买", "Lost after days without a purchase", "number", "180"},
          {"back", "回流：归来后多少天", "Won back for days after the return", "number", "30"}},
         {{StageKind::Public, "公域", "Public", "尚未识别", "Not identified yet", "已识别 = 否"},
          {StageKind::Fan, "粉丝", "Fan", "已识别，尚未购买", "Identified, has not bought yet", "已识别 = 是"},
          {StageKind::New, "新客", "New", "买过", "Has bought", "事件 \"order.paid\" 的 次数 >= 1"},
          {StageKind::Growing, "成长客", "Growing", "已经复购", "Bought again",
           "事件 \"order.paid\" 的 次数 >= {growing}"},
          {StageKind::Mature, "成熟客", "Mature", "一年内常买", "Buys often within a year",
           "最近 365 天 事件 \"order.paid\" 的 次数 >= {mature}"},
          {StageKind::Declining, "即将流失", "At risk", "隔得比自己的习惯更久，或久未购买",
           "Longer away than by the own habit, or long without a purchase",
           "距上次 事件 \"order.paid\" 超过自身 {percentile} 分位 或 ( 事件 \"order.paid\" 的 次数 >= 1 且 "
           "最近 {decline} 天 没有事件 \"order.paid\" )"},
          {StageKind::Lost, "流失", "Lost", "长期没有购买", "No purchase for long",
           "事件 \"order.paid\" 的 次数 >= 1 且 最近 {lost} 天 没有事件 \"order.paid\""},
          {StageKind::WonBack, "回流", "Won back", "流失之后又来购买", "Bought again after being lost",
           "最近购买 在最近 {back} 天 且 末次购买间隔天数 > {lost}"}}},
        {"channel", CycleScale::Small, "{channel}小周期", "{channel} cycle", "在一个渠道里的首购、复购与待唤醒",
         "First, repeated and lapsed within one channel",
         {{"channel", "渠道", "Channel", "channel", "store"},
          {"days", "待唤醒：多少天没有购买", "Lapsed after days without a purchase", "number", "60"}},
         {{StageKind::New, "{channel}·首购", "{channel}: first", "在该渠道买过一次", "Bought once in this channel",
           "事件 \"order.paid\" 其中 ( 渠道 = \"{channel}\" ) 的 次数 >= 1"},
          {StageKind::Growing, "{channel}·复购", "{channel}: repeated", "在该渠道再次购买", "Bought again in this channel",
           "事件 \"order.paid\" 其中 ( 渠道 = \"{channel}\" ) 的 次数 >= 2"},
          {StageKind::Declining, "{channel}·待唤醒", "{channel}: lapsed", "在该渠道久未购买",
           "Long without a purchase in this channel",
           "事件 \"order.paid\" 其中 ( 渠道 = \"{channel}\" ) 的 次数 >= 1 且 最近 {days} 天 没有事件 \"order.paid\" "
           "其中 ( 渠道 = \"{channel}\" )"}}},
    };
    return kReady;
}

}  // namespace

Result<ReadyList> ready_lifecycles(const kernel::Context& context, const ReadyAsked& asked) {
    const bool zh = context.language == kernel::Language::Zh;
    ReadyList out;
    for (const Ready& one : ready()) {
        if (asked.key && asked.key->str() != one.key) continue;
        const auto fill = [&](std::string_view text) {
            return fill_blanks(std::string(text), one.blanks, asked.key ? asked.values : std::nullopt);
        };
        ReadyLifecycle& item = out.items.emplace_back();
        item.key = one.key;
        item.scale = one.scale;
        item.name = TRY(fill(zh ? one.zh : one.en));
        item.description = zh ? one.about_zh : one.about_en;
        item.blanks = one.blanks;
        for (const Stage& stage : one.stages) {
            const std::string name = TRY(fill(zh ? stage.zh : stage.en));
            const std::string text = TRY(fill(stage.text));
            item.stages.push_back({name, stage.kind, std::string(zh ? stage.about_zh : stage.about_en), text});
        }
    }
    if (asked.key && out.items.empty()) return Error(ErrorCode::NotFound, "ready lifecycle");
    return out;
}

}  // namespace tilth::audience
