#include "kernel/rules/json.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/time.h"
#include "kernel/rules/check.h"

namespace tilth::kernel::rules {
namespace {

using json::Value;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 14> kOps{"eq", "ne", "lt", "le", "gt", "ge", "in", "known", "unknown",
                                                "within_days", "older_than_days", "within_next_days", "before",
                                                "since"};
constexpr std::array<std::string_view, 5> kUnits{"hour", "day", "week", "month", "year"};
constexpr std::array<std::string_view, 4> kWindows{"ever", "last", "this", "previous"};
constexpr std::array<std::string_view, 5> kMeasures{"count", "sum", "distinct", "first", "last"};
constexpr std::array<std::string_view, 4> kMembers{"tag", "segment", "org", "stage"};

template <class E>
std::string_view name_of(Names names, E value) {
    return names[static_cast<std::size_t>(value)];
}

Value literal_to(const Literal& one) {
    switch (one.kind) {
        case LiteralKind::Number:
            if (one.decimals == 0) return one.number;
            return Value::object({{"number", one.number}, {"decimals", one.decimals}});
        case LiteralKind::Text: return one.text;
        case LiteralKind::Flag: return one.number != 0;
        case LiteralKind::Day: return Value::object({{"day", to_iso(Day{static_cast<std::int32_t>(one.number)})}});
    }
    return {};
}

void comparison_to(Value& out, Op op, const std::vector<Literal>& values) {
    out.set("op", name_of(kOps, op));
    if (op == Op::Known || op == Op::Unknown) return;
    if (op != Op::OneOf) {
        out.set("value", literal_to(values.front()));
        return;
    }
    Value list = Value::array();
    for (const Literal& one : values) list.push(literal_to(one));
    out.set("value", std::move(list));
}

Value filter_to(const EventFilter& one) {
    Value out = Value::object();
    if (!one.type.empty()) out.set("type", one.type);
    if (one.where.empty()) return out;
    Value where = Value::array();
    for (const PropertyTest& test : one.where) {
        Value item = Value::object({{"property", test.property}});
        comparison_to(item, test.op, test.values);
        where.push(std::move(item));
    }
    out.set("where", std::move(where));
    return out;
}

void window_to(Value& out, const Window& one) {
    if (one.kind == WindowKind::Ever) return;
    out.set("window", Value::object({{std::string(name_of(kWindows, one.kind)), one.count},
                                     {"unit", name_of(kUnits, one.unit)}}));
}

Value sequence_to(const Node& rule) {
    Value steps = Value::array();
    for (const Step& step : rule.steps) {
        Value item = Value::object({{"event", filter_to(step.event)}});
        if (step.within != 0) item.set("within", step.within).set("unit", name_of(kUnits, step.unit));
        if (!step.without.empty()) item.set("without", filter_to(step.without.front()));
        steps.push(std::move(item));
    }
    return steps;
}

class Reader {
public:
    Result<Node> node(const Value& json, const std::string& at, std::size_t depth) {
        if (!json.is_object()) return refused(at, "对象", "an object");
        if (depth > kDepthMax || ++nodes_ > kNodesMax) return refused(at, "更小的规则", "a smaller rule");
        Node out;
        out.place.at = at;
        for (const std::string_view kind : {"all", "any"}) {
            if (!json.has(kind)) continue;
            TRY(only(json, at, {kind}));
            out.kind = kind == "all" ? Kind::All : Kind::Any;
            return children(std::move(out), json[kind], at + "/" + std::string(kind), depth);
        }
        if (json.has("not")) {
            TRY(only(json, at, {"not"}));
            out.kind = Kind::Not;
            out.children.push_back(TRY(node(json["not"], at + "/not", depth + 1)));
            return out;
        }
        for (std::size_t i = 0; i < kMembers.size(); ++i) {
            if (!json.has(kMembers[i])) continue;
            TRY(only(json, at, {kMembers[i]}));
            out.kind = Kind::Member;
            out.member = static_cast<MemberKind>(i);
            out.name = TRY(text(json[kMembers[i]], at + "/" + std::string(kMembers[i])));
            return out;
        }
        if (json.has("attribute")) {
            TRY(only(json, at, {"attribute", "op", "value"}));
            out.kind = Kind::Attribute;
            out.name = TRY(text(json["attribute"], at + "/attribute"));
            TRY(comparison(json, at, out.op, out.values));
            return out;
        }
        return behaviour(std::move(out), json, at);
    }

private:
    static Error refused(const std::string& at, std::string_view zh, std::string_view en) {
        return Error::invalid(at, "syntax", "此处应为" + std::string(zh), "expected " + std::string(en), "改写此处",
                              "rewrite this part");
    }
    static Status only(const Value& json, const std::string& at, std::initializer_list<std::string_view> known) {
        for (const auto& [key, value] : json.members()) {
            if (std::find(known.begin(), known.end(), key) == known.end())
                return refused(at + "/" + key, "已知的成员", "a known member");
        }
        return ok();
    }
    static Result<std::string> text(const Value& json, const std::string& at) {
        if (!json.is_string()) return refused(at, "文字", "a text");
        return std::string(json.str());
    }
    template <class E>
    static Status choice(Names names, const Value& json, const std::string& at, E& out) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (json.str() != names[i]) continue;
            out = static_cast<E>(i);
            return ok();
        }
        std::string all;
        for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
        return refused(at, all, "one of " + all);
    }
    Result<Node> children(Node out, const Value& list, const std::string& at, std::size_t depth) {
        if (!list.is_array()) return refused(at, "列表", "a list");
        for (std::size_t i = 0; i < list.items().size(); ++i) {
            out.children.push_back(TRY(node(list.items()[i], at + "/" + std::to_string(i), depth + 1)));
        }
        return out;
    }
    static Result<Literal> literal(const Value& json, const std::string& at) {
        if (json.is_i64()) return Literal{LiteralKind::Number, json.i64_or(0), 0, {}};
        if (json.is_string()) return Literal{LiteralKind::Text, 0, 0, std::string(json.str())};
        if (json.is_bool()) return Literal{LiteralKind::Flag, json.bool_or(false) ? 1 : 0, 0, {}};
        if (json.has("day")) {
            TRY(only(json, at, {"day"}));
            const auto day = parse_day(json["day"].str());
            if (!day) return refused(at + "/day", "日期", "a day");
            return Literal{LiteralKind::Day, day->number, 0, {}};
        }
        const std::int64_t decimals = json["decimals"].i64_or(-1);
        if (!json["number"].is_i64() || decimals < 1 || decimals > 6)
            return refused(at, "整数、文字、true、false、{\"day\"} 或 {\"number\",\"decimals\"}",
                           "a whole number, a text, true, false, {\"day\"} or {\"number\",\"decimals\"}");
        TRY(only(json, at, {"number", "decimals"}));
        Literal out{LiteralKind::Number, json["number"].i64_or(0), static_cast<int>(decimals), {}};
        while (out.decimals > 0 && out.number % 10 == 0) {
            out.number /= 10;
            --out.decimals;
        }
        return out;
    }
    static Status comparison(const Value& json, const std::string& at, Op& op, std::vector<Literal>& values) {
        TRY(choice(kOps, json["op"], at + "/op", op));
        const Value& value = json["value"];
        if (op == Op::Known || op == Op::Unknown) {
            if (!value.is_null()) return refused(at + "/value", "没有值", "no value");
            return ok();
        }
        if (op != Op::OneOf) {
            values.push_back(TRY(literal(value, at + "/value")));
            return ok();
        }
        if (value.items().empty() || value.items().size() > kValuesMax)
            return refused(at + "/value", "一到五百个值的列表", "a list of one to five hundred values");
        for (const Value& one : value.items()) values.push_back(TRY(literal(one, at + "/value")));
        return ok();
    }
    static Result<EventFilter> filter(const Value& json, const std::string& at) {
        if (!json.is_object()) return refused(at, "对象", "an object");
        TRY(only(json, at, {"type", "where"}));
        EventFilter out;
        out.place.at = at;
        if (json.has("type")) {
            out.type = TRY(text(json["type"], at + "/type"));
            if (out.type.empty()) return refused(at + "/type", "事件名", "an event's name");
        }
        const auto& where = json["where"].items();
        if (where.size() > kStepsMax || (json.has("where") && where.empty()))
            return refused(at + "/where", "一到八个条件", "one to eight conditions");
        for (std::size_t i = 0; i < where.size(); ++i) {
            PropertyTest test;
            test.place.at = at + "/where/" + std::to_string(i);
            TRY(only(where[i], test.place.at, {"property", "op", "value"}));
            test.property = TRY(text(where[i]["property"], test.place.at + "/property"));
            TRY(comparison(where[i], test.place.at, test.op, test.values));
            out.where.push_back(std::move(test));
        }
        return out;
    }
    static Status window(const Value& json, const std::string& at, Window& out) {
        if (json.is_null()) return ok();
        for (std::size_t i = 1; i < kWindows.size(); ++i) {
            if (!json.has(kWindows[i])) continue;
            TRY(only(json, at, {kWindows[i], "unit"}));
            out.kind = static_cast<WindowKind>(i);
            out.count = json[kWindows[i]].i64_or(0);
            return choice(kUnits, json["unit"], at + "/unit", out.unit);
        }
        return refused(at, "last、this 或 previous", "last, this or previous");
    }
    static Result<Step> step(const Value& json, const std::string& at) {
        if (!json.is_object()) return refused(at, "对象", "an object");
        TRY(only(json, at, {"event", "within", "unit", "without"}));
        Step out;
        out.event = TRY(filter(json["event"], at + "/event"));
        if (json.has("within")) {
            out.within = json["within"].i64_or(0);
            TRY(choice(kUnits, json["unit"], at + "/unit", out.unit));
        }
        if (json.has("without")) out.without.push_back(TRY(filter(json["without"], at + "/without")));
        return out;
    }
    static Result<Node> behaviour(Node out, const Value& json, const std::string& at) {
        TRY(window(json["window"], at + "/window", out.window));
        for (std::size_t i = 0; i < kMeasures.size(); ++i) {
            const std::string key(kMeasures[i]);
            if (!json.has(key)) continue;
            TRY(only(json, at, {key, "property", "window", "op", "value"}));
            out.kind = Kind::Aggregate;
            out.measure = static_cast<Measure>(i);
            out.event = TRY(filter(json[key], at + "/" + key));
            if (out.measure != Measure::Count) out.property = TRY(text(json["property"], at + "/property"));
            TRY(comparison(json, at, out.op, out.values));
            return out;
        }
        if (json.has("absence")) {
            TRY(only(json, at, {"absence", "window"}));
            out.kind = Kind::Absence;
            out.event = TRY(filter(json["absence"], at + "/absence"));
            return out;
        }
        if (json.has("rhythm")) {
            TRY(only(json, at, {"rhythm", "percentile"}));
            out.kind = Kind::Rhythm;
            out.event = TRY(filter(json["rhythm"], at + "/rhythm"));
            out.percentile = json["percentile"].i64_or(0);
            return out;
        }
        if (!json.has("sequence")) return refused(at, "一个条件", "a condition: all, any, not, attribute, count …");
        TRY(only(json, at, {"sequence", "window"}));
        out.kind = Kind::Sequence;
        const auto& steps = json["sequence"].items();
        if (steps.size() < 2 || steps.size() > kStepsMax)
            return refused(at + "/sequence", "二到八步", "two to eight steps");
        for (std::size_t i = 0; i < steps.size(); ++i) {
            out.steps.push_back(TRY(step(steps[i], at + "/sequence/" + std::to_string(i))));
        }
        return out;
    }

    std::size_t nodes_ = 0;
};

}  // namespace

Value to_json(const Node& rule) {
    Value out = Value::object();
    switch (rule.kind) {
        case Kind::All:
        case Kind::Any: {
            Value list = Value::array();
            for (const Node& child : rule.children) list.push(to_json(child));
            return out.set(rule.kind == Kind::All ? "all" : "any", std::move(list));
        }
        case Kind::Not: return out.set("not", to_json(rule.children.front()));
        case Kind::Attribute: out.set("attribute", rule.name); break;
        case Kind::Member: return out.set(std::string(name_of(kMembers, rule.member)), rule.name);
        case Kind::Aggregate:
            out.set(std::string(name_of(kMeasures, rule.measure)), filter_to(rule.event));
            if (rule.measure != Measure::Count) out.set("property", rule.property);
            break;
        case Kind::Absence: out.set("absence", filter_to(rule.event)); break;
        case Kind::Sequence: out.set("sequence", sequence_to(rule)); break;
        case Kind::Rhythm: out.set("rhythm", filter_to(rule.event)).set("percentile", rule.percentile); break;
    }
    window_to(out, rule.window);
    if (rule.kind == Kind::Attribute || rule.kind == Kind::Aggregate) comparison_to(out, rule.op, rule.values);
    return out;
}

Result<Node> from_json(const Value& json) { return Reader().node(json, "rule", 0); }

}  // namespace tilth::kernel::rules
