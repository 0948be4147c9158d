// Text into the tree, by recursive descent. Each refusal names the character, what was expected and what to write.

#include <optional>

#include "kernel/rules/check.h"
#include "kernel/rules/lexer.h"
#include "kernel/rules/text.h"

namespace tilth::kernel::rules {
namespace {

struct Expected {
    std::string_view zh;
    std::string_view en;
};
constexpr Expected kCondition{"一个条件：属性名、有标签、属于人群、次数、没有事件、依次……",
                              "a condition: an attribute's name, has tag, in segment, count of event, no event …"};

class Parser {
public:
    Parser(std::string_view text, const Registry& registry) : lexer_(text, registry) {}

    Result<Node> whole() {
        Node rule = TRY(any(0));
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::End) return refused(token, {"“且”、“或”或结尾", "\"and\", \"or\" or the end"});
        return rule;
    }

private:
    Error refused(const Token& token, Expected expected, std::string_view remedy_zh = {},
                  std::string_view remedy_en = {}) {
        const std::string seen = token.kind == TokenKind::End ? std::string() : token.text;
        FieldError field;
        field.field = place(token).at;
        field.rule = "syntax";
        field.reason_zh = "此处应为" + std::string(expected.zh) + (seen.empty() ? "" : "，而不是“" + seen + "”");
        field.reason_en = "expected " + std::string(expected.en) + (seen.empty() ? "" : ", not \"" + seen + "\"");
        field.remedy_zh = remedy_zh.empty() ? "改写此处" : remedy_zh;
        field.remedy_en = remedy_en.empty() ? "rewrite this word" : remedy_en;
        return Error::invalid(std::move(field));
    }
    Place place(const Token& token) const { return {"text/" + std::to_string(lexer_.character(token.begin))}; }

    std::optional<Token> taken(Word word, Names names = Names::None) {
        Token token = lexer_.peek(names);
        if (token.kind != TokenKind::Word || token.word != word) return std::nullopt;
        lexer_.take(token);
        return token;
    }
    bool taken_sign(std::string_view sign) {
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::Sign || token.text != sign) return false;
        lexer_.take(token);
        return true;
    }
    Status need(Word word) {
        if (taken(word)) return ok();
        return refused(lexer_.peek(), {spelled(word, true), spelled(word, false)});
    }
    Status need_sign(std::string_view sign) {
        if (taken_sign(sign)) return ok();
        return refused(lexer_.peek(), {sign, sign});
    }

    // One level of conditions: all joined by the same word, so that nobody has to know a precedence.
    Result<Node> any(std::size_t depth) {
        Node first = TRY(condition(depth));
        const Token joint = lexer_.peek();
        if (joint.kind != TokenKind::Word || (joint.word != Word::And && joint.word != Word::Or)) return first;
        Node out;
        out.kind = joint.word == Word::And ? Kind::All : Kind::Any;
        out.place = first.place;
        out.children.push_back(std::move(first));
        while (taken(joint.word)) {
            if (out.children.size() >= kNodesMax)
                return refused(lexer_.peek(), {"更少的条件", "fewer conditions"}, "拆成几个人群", "split it into segments");
            out.children.push_back(TRY(condition(depth)));
        }
        const Token next = lexer_.peek();
        if (next.kind == TokenKind::Word && (next.word == Word::And || next.word == Word::Or))
            return refused(next, {spelled(joint.word, true), spelled(joint.word, false)}, "“且”与“或”混用时加括号",
                           "put brackets where \"and\" and \"or\" meet");
        return out;
    }

    Result<Node> condition(std::size_t depth) {
        const Token token = lexer_.peek(Names::Attributes);
        if (depth > kDepthMax)
            return refused(token, {"更浅的嵌套", "less nesting"}, "拆成几个人群再引用", "make a segment of it and refer to it");
        if (taken_sign("(")) {
            Node inner = TRY(any(depth + 1));
            TRY(need_sign(")"));
            return inner;
        }
        Node out;
        out.place = place(token);
        if (token.kind == TokenKind::Name) {
            lexer_.take(token);
            out.kind = Kind::Attribute;
            out.name = token.text;
            TRY(comparison(out.op, out.values));
            return out;
        }
        if (token.kind != TokenKind::Word) return refused(token, kCondition);
        if (taken(Word::Not, Names::Attributes)) {
            out.kind = Kind::Not;
            TRY(need_sign("("));
            out.children.push_back(TRY(any(depth + 1)));
            TRY(need_sign(")"));
            return out;
        }
        if (token.word >= Word::Tag && token.word <= Word::Stage) {
            lexer_.take(token);
            out.kind = Kind::Member;
            out.member = static_cast<MemberKind>(static_cast<int>(token.word) - static_cast<int>(Word::Tag));
            out.name = TRY(text());
            return out;
        }
        TRY(behaviour(out));
        return out;
    }

    // What speaks of events, with the window before (Chinese) or after it (English).
    Status behaviour(Node& out) {
        const bool windowed = TRY(window(out.window));
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::Word) return refused(token, kCondition);
        switch (token.word) {
            case Word::NoEvent:
            case Word::NoAnyEvent:
                out.kind = Kind::Absence;
                TRY(filter(out.event, Word::NoEvent, Word::NoAnyEvent));
                break;
            case Word::Sequence:
                lexer_.take(token);
                out.kind = Kind::Sequence;
                TRY(sequence(out));
                break;
            case Word::Gap:
                if (windowed) return refused(token, kCondition);
                lexer_.take(token);
                out.kind = Kind::Rhythm;
                TRY(filter(out.event));
                TRY(need(Word::LongerThan));
                out.percentile = TRY(whole_number());
                return need(Word::Percentile);
            default:
                out.kind = Kind::Aggregate;
                TRY(aggregate(out));
        }
        if (!windowed) (void)TRY(window(out.window));
        if (out.kind == Kind::Aggregate) TRY(comparison(out.op, out.values));
        return ok();
    }
    static std::optional<Measure> measure_of(const Token& token) {
        if (token.kind != TokenKind::Word || token.word < Word::Count || token.word > Word::Last) return std::nullopt;
        return static_cast<Measure>(static_cast<int>(token.word) - static_cast<int>(Word::Count));
    }
    Status measured(Node& out, const Token& token) {
        const auto measure = measure_of(token);
        if (!measure) return refused(token, {"次数、合计、去重数、首次值或末次值", "count, sum, distinct, first or last"});
        lexer_.take(token);
        out.measure = *measure;
        return ok();
    }
    Status property(std::string& out) {
        const Token token = lexer_.peek(Names::Properties);
        if (token.kind != TokenKind::Name)
            return refused(token, {"事件的一个属性", "a property of the event"}, "只能用已登记的事件属性",
                           "only properties that were declared can be used");
        lexer_.take(token);
        out = token.text;
        return ok();
    }
    Status aggregate(Node& out) {
        const Token token = lexer_.peek();
        if (measure_of(token)) {
            TRY(measured(out, token));
            if (out.measure != Measure::Count) TRY(property(out.property));
            TRY(need(Word::Of));
            return filter(out.event);
        }
        if (token.word != Word::Event && token.word != Word::AnyEvent) return refused(token, kCondition);
        TRY(filter(out.event));
        TRY(need(Word::Of));
        if (!measure_of(lexer_.peek(Names::Properties))) TRY(property(out.property));
        const Token measure = lexer_.peek();
        TRY(measured(out, measure));
        if ((out.measure == Measure::Count) != out.property.empty())
            return refused(measure, {"与属性相配的统计", "a measure that fits the property"}, "次数不带属性，其余须带",
                           "count takes no property; the others need one");
        return ok();
    }
    Status sequence(Node& out) {
        out.steps.emplace_back();
        TRY(filter(out.steps.back().event));
        while (taken(Word::Then)) {
            if (out.steps.size() >= kStepsMax)
                return refused(lexer_.peek(), {"更少的步骤", "fewer steps"}, "至多八步", "at most eight steps");
            Step step;
            step.within = TRY(whole_number());
            step.unit = TRY(unit());
            TRY(need(Word::Inside));
            TRY(filter(step.event));
            if (taken(Word::Without)) {
                step.without.emplace_back();
                TRY(filter(step.without.back()));
            }
            out.steps.push_back(std::move(step));
        }
        if (out.steps.size() < 2) return refused(lexer_.peek(), {"然后", "then within"});
        return ok();
    }
    Status filter(EventFilter& out, Word some = Word::Event, Word any_event = Word::AnyEvent) {
        const Token token = lexer_.peek();
        out.place = place(token);
        if (!taken(any_event)) {
            TRY(need(some));
            const Token type = lexer_.peek();
            out.place = place(type);
            out.type = TRY(text());
            if (out.type.empty()) return refused(type, {"事件名", "an event's name"});
        }
        if (!taken(Word::Where)) return ok();
        TRY(need_sign("("));
        do {
            if (out.where.size() >= kStepsMax) return refused(lexer_.peek(), {"更少的条件", "fewer conditions"});
            PropertyTest test;
            test.place = place(lexer_.peek(Names::Properties));
            TRY(property(test.property));
            TRY(comparison(test.op, test.values));
            out.where.push_back(std::move(test));
        } while (taken(Word::And));
        return need_sign(")");
    }
    Result<bool> window(Window& out) {
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::Word || token.word < Word::InLast || token.word > Word::InPrevious) return false;
        lexer_.take(token);
        out.kind = token.word == Word::InLast   ? WindowKind::Last
                   : token.word == Word::InThis ? WindowKind::This
                                                : WindowKind::Previous;
        if (out.kind != WindowKind::This) out.count = TRY(whole_number());
        out.unit = TRY(unit());
        return true;
    }
    Result<Unit> unit() {
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::Word || token.word < Word::Hours || token.word > Word::Years)
            return refused(token, {"小时、天、周、个月或年", "hours, days, weeks, months or years"});
        lexer_.take(token);
        return static_cast<Unit>(static_cast<int>(token.word) - static_cast<int>(Word::Hours));
    }
    Result<std::int64_t> whole_number() {
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::Number || token.literal.decimals != 0)
            return refused(token, {"整数", "a whole number"});
        lexer_.take(token);
        return token.literal.number;
    }
    Result<std::string> text() {
        const Token token = lexer_.peek();
        if (token.kind != TokenKind::Text)
            return refused(token, {"引号中的名称", "a name in quotes"}, "给名称加引号", "put the name in quotes");
        lexer_.take(token);
        return token.text;
    }
    Result<Literal> literal() {
        const Token token = lexer_.peek();
        Literal out = token.literal;
        if (token.kind == TokenKind::Text) {
            out.kind = LiteralKind::Text;
            out.text = token.text;
        } else if (token.kind == TokenKind::Word && (token.word == Word::Yes || token.word == Word::No)) {
            out.kind = LiteralKind::Flag;
            out.number = token.word == Word::Yes ? 1 : 0;
        } else if (token.kind != TokenKind::Number && token.kind != TokenKind::Day) {
            return refused(token, {"一个值：数字、引号中的文字、日期、是或否", "a value: a number, a text in quotes, a day, yes or no"});
        }
        lexer_.take(token);
        return out;
    }
    Status comparison(Op& op, std::vector<Literal>& values) {
        static constexpr std::string_view kSigns[] = {"=", "!=", "<", "<=", ">", ">="};
        const Token token = lexer_.peek();
        if (token.kind == TokenKind::Sign) {
            for (int i = 0; i < 6; ++i) {
                if (token.text != kSigns[i]) continue;
                lexer_.take(token);
                op = static_cast<Op>(i);
                values.push_back(TRY(literal()));
                return ok();
            }
        }
        if (token.kind != TokenKind::Word || token.word < Word::OneOf || token.word > Word::Since)
            return refused(token, {"比较：=、!=、<、<=、>、>=、属于、已知、在最近……",
                                   "a comparison: =, !=, <, <=, >, >=, is one of, is known, within the last …"});
        lexer_.take(token);
        op =
            static_cast<Op>(static_cast<int>(Op::OneOf) + static_cast<int>(token.word) - static_cast<int>(Word::OneOf));
        if (op == Op::Known || op == Op::Unknown) return ok();
        if (op != Op::OneOf) {
            values.push_back(TRY(literal()));
            return is_span(op) ? need(Word::Days) : ok();
        }
        TRY(need_sign("("));
        do {
            if (values.size() >= kValuesMax) return refused(lexer_.peek(), {"更少的值", "fewer values"});
            values.push_back(TRY(literal()));
        } while (taken_sign(","));
        return need_sign(")");
    }

    Lexer lexer_;
};

}  // namespace

Result<Node> parse(std::string_view text, const Registry& registry) {
    if (text.size() > kTextBytesMax)
        return Error::invalid("text/0", "too_long", "规则过长", "the rule is too long", "拆成几个人群再引用",
                              "split it into segments and refer to them");
    return Parser(text, registry).whole();
}

}  // namespace tilth::kernel::rules
