#include "kernel/rules/plan.h"

#include <algorithm>

#include "kernel/rules/check.h"
#include "kernel/rules/live.h"

namespace tilth::kernel::rules {
namespace {

constexpr int kMomentsMax = 16;  // looked at by next_change before it answers "ask again then"
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

class Compiler {
public:
    Compiler(const Registry& registry, Codes& codes, const BusinessCalendar& calendar)
        : registry_(registry), codes_(codes), calendar_(calendar) {}

    Plan::Part part(const Node& rule) {
        Plan::Part out;
        out.kind = rule.kind;
        for (const Node& child : rule.children) {
            out.children.push_back(part(child));
            out.cost += out.children.back().cost;
        }
        std::stable_sort(out.children.begin(), out.children.end(),
                         [](const Plan::Part& a, const Plan::Part& b) { return a.cost < b.cost; });
        out.op = rule.op;
        out.name = rule.name;
        out.member = rule.member;
        out.measure = rule.measure;
        out.window = rule.window;
        out.percentile = rule.percentile;
        if (out.of_events()) out.cost = rule.kind <= Kind::Absence ? 20 : 200;
        if (rule.kind == Kind::Attribute) {
            out.column = *registry_.attribute(rule.name);  // check() has found it
            if (is_span(rule.op))
                out.span_ms = rolling_ms(Unit::Day, rule.values.front().number);
            else out.accept = accept(registry_.attributes()[out.column], rule.op, rule.values);
            out.cost = 2;
        }
        if (rule.kind == Kind::Aggregate || rule.kind == Kind::Absence || rule.kind == Kind::Rhythm)
            out.event = filter(rule.event);
        if (rule.kind == Kind::Aggregate) {
            Attribute of{"", "", "", ValueType::Number, 0, {}};
            if (rule.measure != Measure::Count) {
                out.property = *registry_.property(rule.property);
                if (rule.measure != Measure::Distinct) of = registry_.properties()[out.property];
            }
            out.accept = accept(of, rule.op, rule.values);
        }
        const bool open = !out.accept.negated && out.accept.values.empty() && out.accept.hi == kMost;
        if (rule.kind == Kind::Absence) out.least = 1;
        else if (rule.kind == Kind::Aggregate && rule.measure == Measure::Count && open) out.least = out.accept.lo;
        // Counting ends with the least that is asked for.
        if (rule.kind == Kind::Aggregate) out.cost += std::clamp<std::int64_t>(out.least.value_or(100), 0, 100);
        for (const Step& step : rule.steps) {
            CompiledStep made{filter(step.event), rolling_ms(step.unit, step.within), {}};
            if (!step.without.empty()) made.without = filter(step.without.front());
            out.steps.push_back(std::move(made));
        }
        return out;
    }

private:
    CompiledFilter filter(const EventFilter& rule) {
        CompiledFilter out;
        if (!rule.type.empty()) out.type = codes_.types.code(rule.type);
        for (const PropertyTest& test : rule.where) {
            const std::size_t property = *registry_.property(test.property);
            out.where.emplace_back(property, accept(registry_.properties()[property], test.op, test.values));
        }
        return out;
    }
    std::int64_t value(const Attribute& of, const Literal& one) {
        if (one.kind == LiteralKind::Text) return codes_.texts.code(one.text);
        if (one.kind == LiteralKind::Day) return calendar_.start_of(Day{static_cast<std::int32_t>(one.number)}).ms;
        std::int64_t out = one.number;
        for (int i = one.kind == LiteralKind::Number ? one.decimals : of.decimals; i < of.decimals; ++i) out *= 10;
        return out;
    }
    Accept accept(const Attribute& of, Op op, const std::vector<Literal>& literals) {
        std::vector<std::int64_t> values;
        for (const Literal& one : literals) values.push_back(value(of, one));
        std::sort(values.begin(), values.end());
        switch (op) {
            case Op::Eq: return {values[0], values[0], false, {}};
            case Op::Ne: return {values[0], values[0], true, {}};
            case Op::Lt:
            case Op::Before: return {kMissing + 1, values[0] - 1, false, {}};
            case Op::Le: return {kMissing + 1, values[0], false, {}};
            case Op::Gt: return {values[0] + 1, kMost, false, {}};
            case Op::Ge:
            case Op::Since: return {values[0], kMost, false, {}};
            case Op::OneOf: return {0, 0, false, std::move(values)};
            case Op::Known: return {kMissing + 1, kMost, false, {}};
            default: return {kMissing, kMissing, false, {}};
        }
    }

    const Registry& registry_;
    Codes& codes_;
    const BusinessCalendar& calendar_;
};

void collect(const Plan::Part& part, Plan::Touches& out) {
    for (const Plan::Part& child : part.children) collect(child, out);
    if (part.kind == Kind::Attribute) out.attributes.push_back(part.column);
    if (part.kind == Kind::Member) out.members.emplace_back(part.member, part.name);
    if (!part.of_events()) return;
    if (part.kind != Kind::Sequence) out.types.push_back(part.event.type);
    for (const CompiledStep& step : part.steps) {
        out.types.push_back(step.event.type);
        if (step.without) out.types.push_back(step.without->type);
    }
}

template <class T>
void unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Result<Plan> Plan::compile(const Node& rule, const Registry& registry, Codes& codes, BusinessCalendar calendar) {
    TRY(check(rule, registry));
    auto root = std::make_shared<const Part>(Compiler(registry, codes, calendar).part(rule));
    return Plan(std::move(root), std::move(calendar));
}

bool Plan::holds(const PersonFacts& person, Instant now) const {
    return Live(person, calendar_).look(*root_, now).holds;
}

Plan::Verdict Plan::judge(const PersonFacts& person, Instant now) const {
    const Live live(person, calendar_);
    Outlook outlook = live.look(*root_, now);
    const bool present = outlook.holds;
    for (int i = 0; i < kMomentsMax && outlook.until != Outlook::kEver; ++i) {
        const Instant moment{outlook.until};
        outlook = live.look(*root_, moment);
        if (outlook.holds != present) return {present, moment};
    }
    return {present, {outlook.until}};
}

Plan::Trend Plan::trend() const { return root_->trend(); }

std::size_t Plan::events_needed() const { return root_->events_needed(); }

Plan::Touches Plan::touches() const {
    Touches out;
    collect(*root_, out);
    unique(out.types);
    unique(out.attributes);
    unique(out.members);
    return out;
}

}  // namespace tilth::kernel::rules
