#pragma once
// Random rules that pass the check, for property tests.

#include <string>

#include "base/rng.h"
#include "kernel/rules/ast.h"
#include "kernel/rules/registry.h"

namespace tilth::kernel::rules::testing {

inline Registry sample_registry() {
    Registry out;
    MUST(out.add_attribute({"customer.level", "等级", "level", ValueType::Number, 0, {}}));
    MUST(out.add_attribute({"customer.balance", "余额", "balance", ValueType::Number, 2, {}}));
    MUST(out.add_attribute({"customer.city", "城市", "city", ValueType::Text, 0,
                            {{"sh", "上海", "Shanghai"}, {"bj", "北京", "Beijing"}, {"gz", "广州", "Guangzhou"}}}));
    MUST(out.add_attribute({"consent.sms", "可发短信", "sms consent", ValueType::Flag, 0, {}}));
    MUST(out.add_attribute({"order.last", "最近订单时间", "last order", ValueType::Moment, 0, {}}));
    MUST(out.add_property({"amount", "金额", "amount", ValueType::Number, 2, {}}));
    MUST(out.add_property({"channel", "渠道", "channel", ValueType::Text, 0, {}}));
    return out;
}

class RandomRules {
public:
    explicit RandomRules(Rng& rng) : rng_(rng) {}

    Node rule(int depth = 0) {
        Node out;
        const auto kind = depth < 3 ? rng_.below(9) : 3 + rng_.below(6);
        out.kind = static_cast<Kind>(kind);
        switch (out.kind) {
            case Kind::All:
            case Kind::Any:
                for (std::uint64_t n = 2 + rng_.below(2); n > 0; --n) out.children.push_back(rule(depth + 1));
                break;
            case Kind::Not: out.children.push_back(rule(depth + 1)); break;
            case Kind::Attribute: attribute(out); break;
            case Kind::Member:
                out.member = static_cast<MemberKind>(rng_.below(4));
                out.name = std::string(kNames[rng_.below(4)]);
                break;
            case Kind::Aggregate: aggregate(out); break;
            case Kind::Absence:
                out.event = filter();
                out.window = window();
                break;
            case Kind::Sequence: sequence(out); break;
            case Kind::Rhythm:
                out.event = filter();
                out.percentile = 1 + static_cast<std::int64_t>(rng_.below(99));
                break;
        }
        return out;
    }

    static constexpr std::string_view kNames[] = {"VIP", "a \"b\" \\ c", "沉睡，客户", "or (not"};
    static constexpr std::string_view kTypes[] = {"A", "B", "C", "Order \"Paid\""};
    static constexpr std::string_view kChannels[] = {"store", "web", "线上"};

private:
    static Literal number(std::int64_t value, int decimals = 0) {
        while (decimals > 0 && value % 10 == 0) {
            value /= 10;
            --decimals;
        }
        return {LiteralKind::Number, value, decimals, {}};
    }
    static Literal text(std::string_view value) { return {LiteralKind::Text, 0, 0, std::string(value)}; }
    Op order() { return static_cast<Op>(rng_.below(6)); }
    void texts(Op& op, std::vector<Literal>& values, const std::vector<std::string_view>& of) {
        static constexpr Op kOps[] = {Op::Eq, Op::Ne, Op::OneOf};
        op = kOps[rng_.below(3)];
        values.push_back(text(of[rng_.below(of.size())]));
        if (op == Op::OneOf) values.push_back(text(of[rng_.below(of.size())]));
    }
    void attribute(Node& out) {
        static constexpr std::string_view kKeys[] = {"customer.level", "customer.balance", "customer.city",
                                                     "consent.sms", "order.last"};
        const auto which = rng_.below(5);
        out.name = std::string(kKeys[which]);
        if (rng_.below(8) == 0) {
            out.op = rng_.below(2) == 0 ? Op::Known : Op::Unknown;
        } else if (which == 2) {
            texts(out.op, out.values, {"sh", "bj", "gz"});
        } else if (which == 3) {
            out.op = rng_.below(2) == 0 ? Op::Eq : Op::Ne;
            out.values.push_back({LiteralKind::Flag, static_cast<std::int64_t>(rng_.below(2)), 0, {}});
        } else if (which == 4) {
            out.op = static_cast<Op>(static_cast<int>(Op::WithinLast) + static_cast<int>(rng_.below(5)));
            if (is_span(out.op)) out.values.push_back(number(1 + static_cast<std::int64_t>(rng_.below(60))));
            else out.values.push_back({LiteralKind::Day, 20'450 + static_cast<std::int64_t>(rng_.below(80)), 0, {}});
        } else {
            out.op = order();
            const auto value = static_cast<std::int64_t>(rng_.below(which == 0 ? 6 : 60'000)) - 2;
            out.values.push_back(number(value, which == 0 ? 0 : 2));
        }
    }
    EventFilter filter() {
        EventFilter out;
        if (rng_.below(10) != 0) out.type = std::string(kTypes[rng_.below(4)]);
        if (rng_.below(4) == 0) {
            PropertyTest test;
            test.property = "amount";
            test.op = order();
            test.values.push_back(number(static_cast<std::int64_t>(rng_.below(9'000)), 2));
            out.where.push_back(std::move(test));
        }
        if (rng_.below(5) == 0) {
            PropertyTest test;
            test.property = "channel";
            texts(test.op, test.values, {kChannels[0], kChannels[1], kChannels[2]});
            out.where.push_back(std::move(test));
        }
        return out;
    }
    Window window() {
        Window out;
        out.kind = static_cast<WindowKind>(rng_.below(4));
        const auto count = 1 + static_cast<std::int64_t>(rng_.below(4));
        if (out.kind == WindowKind::Last) {
            out.unit = static_cast<Unit>(rng_.below(3));
            out.count = out.unit == Unit::Day ? count * 10 : count;
        } else if (out.kind != WindowKind::Ever) {
            out.unit = static_cast<Unit>(1 + rng_.below(4));
            if (out.kind == WindowKind::Previous) out.count = count;
        }
        return out;
    }
    void aggregate(Node& out) {
        out.measure = static_cast<Measure>(rng_.below(5));
        out.event = filter();
        out.window = window();
        if (out.measure == Measure::Count || out.measure == Measure::Distinct) {
            out.op = order();
            out.values.push_back(number(static_cast<std::int64_t>(rng_.below(4))));
            if (out.measure == Measure::Distinct) out.property = rng_.below(2) == 0 ? "amount" : "channel";
            return;
        }
        if (out.measure != Measure::Sum && rng_.below(2) == 0) {
            out.property = "channel";
            texts(out.op, out.values, {kChannels[0], kChannels[1], kChannels[2]});
            return;
        }
        out.property = "amount";
        out.op = out.measure != Measure::Sum && rng_.below(6) == 0 ? Op::Unknown : order();
        if (out.op != Op::Unknown) out.values.push_back(number(static_cast<std::int64_t>(rng_.below(20'000)), 2));
    }
    void sequence(Node& out) {
        out.window = window();
        for (std::uint64_t n = 2 + rng_.below(2), i = 0; i < n; ++i) {
            Step step;
            step.event = filter();
            if (i > 0) {
                step.unit = rng_.below(3) == 0 ? Unit::Hour : Unit::Day;
                step.within = 1 + static_cast<std::int64_t>(rng_.below(12));
                if (rng_.below(2) == 0) step.without.push_back(filter());
            }
            out.steps.push_back(std::move(step));
        }
    }

    Rng& rng_;
};

}  // namespace tilth::kernel::rules::testing
