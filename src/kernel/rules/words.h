#pragma once
// The words of the rule language. Internal to this folder.

#include <array>
#include <cstdint>
#include <string_view>

#include "kernel/rules/ast.h"

namespace tilth::kernel::rules {

enum class Word : std::uint8_t {
    And, Or, Not, Yes, No,
    OneOf, Known, Unknown, WithinLast, OlderThan, WithinNext, Before, Since,
    Tag, Segment, Org, Stage,
    Event, AnyEvent, NoEvent, NoAnyEvent, Where, Of,
    Count, Sum, Distinct, First, Last,
    InLast, InThis, InPrevious, Hours, Days, Weeks, Months, Years,
    Sequence, Then, Inside, Without, Gap, LongerThan, Percentile,
};

struct WordRow {
    Word word;
    std::string_view zh;
    std::string_view en;
};
// The first row of a word is how it is printed; later ones are read too.
inline constexpr std::array kWords{
    WordRow{Word::And, "且", "and"},
    WordRow{Word::Or, "或", "or"},
    WordRow{Word::Not, "非", "not"},
    WordRow{Word::Yes, "是", "yes"},
    WordRow{Word::No, "否", "no"},
    WordRow{Word::OneOf, "属于", "is one of"},
    WordRow{Word::Known, "已知", "is known"},
    WordRow{Word::Unknown, "未知", "is unknown"},
    WordRow{Word::WithinLast, "在最近", "within the last"},
    WordRow{Word::OlderThan, "距今超过", "is older than"},
    WordRow{Word::WithinNext, "在未来", "within the next"},
    WordRow{Word::Before, "早于", "before"},
    WordRow{Word::Since, "不早于", "since"},
    WordRow{Word::Tag, "有标签", "has tag"},
    WordRow{Word::Segment, "属于人群", "in segment"},
    WordRow{Word::Org, "归属组织", "under organisation"},
    WordRow{Word::Stage, "处于阶段", "in stage"},
    WordRow{Word::Event, "事件", "event"},
    WordRow{Word::AnyEvent, "任意事件", "any event"},
    WordRow{Word::NoEvent, "没有事件", "no event"},
    WordRow{Word::NoAnyEvent, "没有任何事件", "no event at all"},
    WordRow{Word::Where, "其中", "where"},
    WordRow{Word::Of, "的", "of"},
    WordRow{Word::Count, "次数", "count"},
    WordRow{Word::Sum, "合计", "sum"},
    WordRow{Word::Distinct, "去重数", "distinct"},
    WordRow{Word::First, "首次值", "first"},
    WordRow{Word::Last, "末次值", "last"},
    WordRow{Word::InLast, "最近", "in the last"},
    WordRow{Word::InThis, "本", "in this"},
    WordRow{Word::InPrevious, "此前完整", "in the previous"},
    WordRow{Word::Hours, "小时", "hours"},
    WordRow{Word::Days, "天", "days"},
    WordRow{Word::Weeks, "周", "weeks"},
    WordRow{Word::Months, "个月", "months"},
    WordRow{Word::Years, "年", "years"},
    WordRow{Word::Sequence, "依次", "sequence"},
    WordRow{Word::Then, "然后", "then within"},
    WordRow{Word::Inside, "内", "comes"},
    WordRow{Word::Without, "期间没有", "without"},
    WordRow{Word::Gap, "距上次", "gap since"},
    WordRow{Word::LongerThan, "超过自身", "longer than own"},
    WordRow{Word::Percentile, "分位", "percentile"},
    WordRow{Word::Hours, "小时", "hour"},
    WordRow{Word::Days, "日", "day"},
    WordRow{Word::Weeks, "星期", "week"},
    WordRow{Word::Months, "月", "month"},
    WordRow{Word::Years, "年度", "year"},
    WordRow{Word::OneOf, "为其一", "in"},
};

constexpr std::string_view spelled(Word word, bool zh) {
    for (const WordRow& row : kWords) {
        if (row.word == word) return zh ? row.zh : row.en;
    }
    return {};
}
constexpr Word word_of(Unit unit) { return static_cast<Word>(static_cast<int>(Word::Hours) + static_cast<int>(unit)); }
constexpr Word word_of(Measure measure) {
    return static_cast<Word>(static_cast<int>(Word::Count) + static_cast<int>(measure));
}
constexpr Word word_of(MemberKind kind) {
    return static_cast<Word>(static_cast<int>(Word::Tag) + static_cast<int>(kind));
}

}  // namespace tilth::kernel::rules
