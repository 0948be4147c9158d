#include "kernel/rules/check.h"

#include <algorithm>

namespace tilth::kernel::rules {
namespace {

class Checker {
public:
    explicit Checker(const Registry& registry) : registry_(registry) {}

    Result<std::int64_t> whole(const Node& rule) {
        node(rule, 0);
        if (nodes_ > kNodesMax) say(rule.place, "too_large", "规则的条件过多", "the rule has too many conditions", kSplit);
        if (cost_ > kCostMax) say(rule.place, "too_dear", "规则的计算量过大", "the rule costs too much", kSplit);
        if (!error_.fields.empty()) return std::move(error_);
        return cost_;
    }

private:
    struct Remedy {
        std::string_view zh;
        std::string_view en;
    };
    static constexpr Remedy kSplit{"拆成几个人群再引用", "split it into segments and refer to them"};

    void say(const Place& at, std::string_view rule, std::string_view zh, std::string_view en, Remedy remedy) {
        if (error_.fields.size() >= 20) return;
        error_.code = ErrorCode::Invalid;
        error_.fields.push_back({at.at, std::string(rule), std::string(zh), std::string(en), std::string(remedy.zh),
                                 std::string(remedy.en)});
    }

    void node(const Node& one, std::size_t depth) {
        ++nodes_;
        if (depth > kDepthMax) return say(one.place, "too_deep", "嵌套过深", "nested too deeply", kSplit);
        switch (one.kind) {
            case Kind::All:
            case Kind::Any:
                if (one.children.size() < 2)
                    say(one.place, "too_few", "至少需要两个条件", "needs at least two conditions",
                        {"去掉这一层", "drop this level"});
                break;
            case Kind::Not:
                if (one.children.size() != 1)
                    say(one.place, "not_one", "“非”只带一个条件", "\"not\" takes one condition",
                        {"只留一个条件", "keep one condition"});
                break;
            case Kind::Attribute: attribute(one); break;
            case Kind::Member:
                cost_ += 1;
                if (one.name.empty())
                    say(one.place, "empty", "缺少名称", "the name is missing", {"写出名称", "write the name"});
                break;
            case Kind::Aggregate:
                filter(one.event);
                window(one);
                aggregate(one);
                break;
            case Kind::Absence:
                filter(one.event);
                window(one);
                break;
            case Kind::Sequence:
                sequence(one);
                window(one);
                break;
            case Kind::Rhythm:
                filter(one.event);
                cost_ += 20;
                if (one.percentile < 1 || one.percentile > 99)
                    say(one.place, "out_of_range", "分位应在 1 到 99 之间", "the percentile is between 1 and 99",
                        {"例如 90", "90, for example"});
                break;
        }
        for (const Node& child : one.children) node(child, depth + 1);
    }

    void attribute(const Node& one) {
        cost_ += 1;
        const auto found = registry_.attribute(one.name);
        if (!found)
            return say(one.place, "unknown_attribute", "没有这个属性：" + one.name, "no such attribute: " + one.name,
                       {"从属性列表中选一个", "choose one of the listed attributes"});
        comparison(registry_.attributes()[*found], one.op, one.values, one.place, true);
    }
    void filter(const EventFilter& one) {
        cost_ += 10;
        if (!registry_.event_type_allowed(one.type))
            say(one.place, "unknown_event", "没有这种事件：" + one.type, "no such event: " + one.type,
                {"从事件目录中选一个", "choose one of the catalogue"});
        for (const PropertyTest& test : one.where) {
            const auto found = registry_.property(test.property);
            if (!found) {
                unknown_property(test.place, test.property);
                continue;
            }
            if (test.op > Op::OneOf)
                say(test.place, "wrong_operator", "事件属性只能比较大小或取值", "an event's property is compared by value only",
                    {"改用 =、>= 或“属于”", "use =, >= or \"is one of\""});
            else comparison(registry_.properties()[*found], test.op, test.values, test.place, false);
        }
    }
    void unknown_property(const Place& at, const std::string& name) {
        say(at, "unknown_property", "没有这个事件属性：" + name, "no such property of events: " + name,
            {"只能用已登记的事件属性", "use a property that was declared"});
    }
    void aggregate(const Node& one) {
        Attribute value{"", "", "", ValueType::Number, 0, {}};
        if (one.measure != Measure::Count) {
            const auto found = registry_.property(one.property);
            if (!found) return unknown_property(one.place, one.property);
            if (one.measure != Measure::Distinct) value = registry_.properties()[*found];
            if (one.measure == Measure::Sum && value.type != ValueType::Number)
                return say(one.place, "wrong_type", "只有数字可以合计", "only numbers can be summed",
                           {"换一个数字属性", "choose a property that is a number"});
        }
        if (one.measure <= Measure::Distinct && one.op > Op::OneOf)
            return say(one.place, "wrong_operator", "统计值只能比较大小", "a measure is compared by value only",
                       {"改用 >= 等", "use >= or the like"});
        comparison(value, one.op, one.values, one.place, one.measure >= Measure::First);
    }
    void window(const Node& one) {
        const Window& w = one.window;
        const bool rolling = w.kind == WindowKind::Last;
        const bool unit = rolling ? w.unit <= Unit::Week : w.kind == WindowKind::Ever || w.unit >= Unit::Day;
        if (!unit)
            say(one.place, "wrong_unit", "“最近”用小时、天、周；“本”与“此前完整”用天、周、月、年",
                "\"last\" takes hours, days, weeks; \"this\" and \"previous\" take days, weeks, months, years",
                {"换一个单位", "choose another unit"});
        const std::int64_t most = !rolling ? 3'660 : hours_max(w.unit);
        if (w.count < 1 || w.count > most || (w.kind <= WindowKind::This && !rolling && w.count != 1))
            say(one.place, "out_of_range", "时间窗过长或为零", "the window is too long, or empty",
                {"至多十年", "ten years at most"});
    }
    static std::int64_t hours_max(Unit unit) {
        return unit == Unit::Hour ? kHoursMax : unit == Unit::Day ? kHoursMax / 24 : kHoursMax / 168;
    }
    void sequence(const Node& one) {
        if (one.steps.size() < 2 || one.steps.size() > kStepsMax)
            say(one.place, "steps", "依次需要二到八步", "a sequence has two to eight steps", {"增减步骤", "add or remove steps"});
        bool first = true;
        for (const Step& step : one.steps) {
            cost_ += 10;
            filter(step.event);
            for (const EventFilter& other : step.without) filter(other);
            const bool fits = step.within >= 1 && step.unit <= Unit::Week && step.within <= hours_max(step.unit);
            if (first ? step.within != 0 || !step.without.empty() : !fits || step.without.size() > 1)
                say(step.event.place, "out_of_range", "步骤间隔应为一小时到十年", "steps are one hour to ten years apart",
                    {"例如 7 天", "7 days, for example"});
            first = false;
        }
    }
    void comparison(const Attribute& of, Op op, const std::vector<Literal>& values, const Place& at,
                    bool may_be_unknown) {
        if (op == Op::Known || op == Op::Unknown) {
            if (!values.empty() || !may_be_unknown)
                say(at, "wrong_operator", "此处不能用已知或未知", "known and unknown do not fit here",
                    {"改用比较", "compare instead"});
            return;
        }
        if (values.empty() || values.size() > kValuesMax || (op != Op::OneOf && values.size() != 1))
            return say(at, "wrong_count", "值的个数不对", "the number of values is wrong", {"补上值", "give the values"});
        const bool of_moment = op >= Op::WithinLast;
        if (of_moment != (of.type == ValueType::Moment))
            return say(at, "wrong_operator", "这种比较不适合这个属性", "this comparison does not fit this attribute",
                       of.type == ValueType::Moment ? Remedy{"用“在最近”、“距今超过”、“在未来”、“早于”或“不早于”",
                                                             "use within the last, is older than, before …"}
                                                    : Remedy{"用 =、>= 等", "use =, >= or the like"});
        if (op >= Op::Lt && op <= Op::Ge && of.type != ValueType::Number)
            return say(at, "wrong_operator", "只有数字可以比较大小", "only numbers have an order",
                       {"改用 = 或“属于”", "use = or is one of"});
        for (const Literal& one : values) literal(of, op, one, at);
    }
    void literal(const Attribute& of, Op op, const Literal& one, const Place& at) {
        const LiteralKind wanted = is_span(op) ? LiteralKind::Number
                                   : op >= Op::Before                         ? LiteralKind::Day
                                   : of.type == ValueType::Flag               ? LiteralKind::Flag
                                   : of.type == ValueType::Number             ? LiteralKind::Number
                                                                              : LiteralKind::Text;
        if (one.kind != wanted)
            return say(at, "wrong_type", "值的类型与属性不符：" + of.zh, "the value's type does not fit: " + of.en,
                       {"数字不加引号，文字加引号，日期写成 2026-01-31",
                        "numbers without quotes, texts in quotes, days as 2026-01-31"});
        if (one.kind == LiteralKind::Number) number(of, op, one, at);
        if (of.values.empty() || one.kind != LiteralKind::Text) return;
        if (std::none_of(of.values.begin(), of.values.end(), [&](const Choice& c) { return c.code == one.text; })) {
            std::string all;
            for (const Choice& c : of.values) all += (all.empty() ? "" : ", ") + c.code;
            say(at, "unknown_value", "没有这个值：" + one.text, "no such value: " + one.text, {all, all});
        }
    }
    void number(const Attribute& of, Op op, const Literal& one, const Place& at) {
        const int decimals = is_span(op) ? 0 : of.decimals;
        if (one.decimals > decimals)
            say(at, "too_precise", "小数位过多", "too many digits after the point", {"减少小数位", "write fewer digits"});
        const bool span = is_span(op);
        if (span ? one.number < 1 || one.number > kHoursMax / 24
                 : one.number > 1'000'000'000'000 || one.number < -1'000'000'000'000)
            say(at, "out_of_range", "数值超出范围", "the number is out of range", {"写一个较小的数", "write a smaller number"});
    }

    const Registry& registry_;
    Error error_;
    std::size_t nodes_ = 0;
    std::int64_t cost_ = 0;
};

}  // namespace

Result<std::int64_t> check(const Node& rule, const Registry& registry) { return Checker(registry).whole(rule); }

}  // namespace tilth::kernel::rules
