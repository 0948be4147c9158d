// The tree as text.

#include "base/time.h"
#include "kernel/rules/text.h"
#include "kernel/rules/words.h"

namespace tilth::kernel::rules {
namespace {

class Printer {
public:
    Printer(const Registry& registry, Language language) : registry_(registry), zh_(language == Language::Zh) {}

    void node(const Node& one, std::size_t depth) {
        switch (one.kind) {
            case Kind::All: return joined(one, Word::And, depth);
            case Kind::Any: return joined(one, Word::Or, depth);
            case Kind::Not:
                word(Word::Not);
                return group(one.children.front(), depth);
            case Kind::Attribute:
                name(registry_.attributes(), one.name);
                return comparison(one.op, one.values);
            case Kind::Member:
                word(word_of(one.member));
                return text(one.name);
            case Kind::Aggregate: return aggregate(one);
            case Kind::Absence:
                return around(one.window, [&] {
                    filter(one.event, Word::NoEvent, Word::NoAnyEvent);
                });
            case Kind::Sequence: return around(one.window, [&] { sequence(one); });
            case Kind::Rhythm:
                word(Word::Gap);
                filter(one.event);
                word(Word::LongerThan);
                add(std::to_string(one.percentile));
                return word(Word::Percentile);
        }
    }
    std::string take() { return std::move(out_); }

private:
    void add(std::string_view token) {
        if (!out_.empty() && out_.back() != ' ') out_ += ' ';
        out_ += token;
    }
    void word(Word one) { add(spelled(one, zh_)); }
    void line(std::size_t depth) {
        out_ += '\n';
        out_.append(2 * depth, ' ');
    }
    void text(std::string_view value) {
        std::string quoted = "\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') quoted += '\\';
            if (c == '\n') quoted += "\\n";
            else quoted += c;
        }
        add(quoted + '"');
    }
    void name(const std::vector<Attribute>& in, std::string_view key) {
        for (const Attribute& one : in) {
            if (one.key == key) return add(zh_ ? one.zh : one.en);
        }
        add(key);
    }
    void group(const Node& one, std::size_t depth) {
        add("(");
        line(depth + 1);
        node(one, depth + 1);
        line(depth);
        out_ += ')';
    }
    void joined(const Node& one, Word by, std::size_t depth) {
        bool first = true;
        for (const Node& child : one.children) {
            if (!first) {
                line(depth);
                out_ += spelled(by, zh_);
            }
            first = false;
            if (child.kind == Kind::All || child.kind == Kind::Any) group(child, depth);
            else node(child, depth);
        }
    }
    void number(const Literal& value) {
        std::string digits = std::to_string(value.number);
        if (value.decimals > 0) {
            const bool minus = digits.front() == '-';
            if (minus) digits.erase(0, 1);
            const auto decimals = static_cast<std::size_t>(value.decimals);
            if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
            digits.insert(digits.size() - decimals, 1, '.');
            if (minus) digits.insert(0, 1, '-');
        }
        add(digits);
    }
    void literal(const Literal& value) {
        switch (value.kind) {
            case LiteralKind::Number: return number(value);
            case LiteralKind::Text: return text(value.text);
            case LiteralKind::Flag: return word(value.number != 0 ? Word::Yes : Word::No);
            case LiteralKind::Day: return add(to_iso(Day{static_cast<std::int32_t>(value.number)}));
        }
    }
    void comparison(Op op, const std::vector<Literal>& values) {
        static constexpr std::string_view kSigns[] = {"=", "!=", "<", "<=", ">", ">="};
        if (op <= Op::Ge) {
            add(kSigns[static_cast<int>(op)]);
            return literal(values.front());
        }
        word(static_cast<Word>(static_cast<int>(Word::OneOf) + static_cast<int>(op) - static_cast<int>(Op::OneOf)));
        if (op == Op::OneOf) {
            add("(");
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (i > 0) out_ += ',';
                literal(values[i]);
            }
            add(")");
        } else if (op != Op::Known && op != Op::Unknown) {
            literal(values.front());
            if (is_span(op)) word(Word::Days);
        }
    }
    void filter(const EventFilter& one, Word some = Word::Event, Word any = Word::AnyEvent) {
        word(one.type.empty() ? any : some);
        if (!one.type.empty()) text(one.type);
        if (one.where.empty()) return;
        word(Word::Where);
        add("(");
        for (std::size_t i = 0; i < one.where.size(); ++i) {
            if (i > 0) word(Word::And);
            name(registry_.properties(), one.where[i].property);
            comparison(one.where[i].op, one.where[i].values);
        }
        add(")");
    }
    void window(const Window& one) {
        if (one.kind == WindowKind::Ever) return;
        const bool last = one.kind == WindowKind::Last;
        word(last ? Word::InLast : one.kind == WindowKind::This ? Word::InThis : Word::InPrevious);
        if (one.kind == WindowKind::This) {
            // The singular reads better: "in this month", 本 月.
            const Word unit = word_of(one.unit);
            for (auto row = kWords.rbegin(); row != kWords.rend(); ++row) {
                if (row->word == unit) return add(zh_ ? row->zh : row->en);
            }
        }
        add(std::to_string(one.count));
        word(word_of(one.unit));
    }
    // Chinese says when before what; English after it.
    template <class Body>
    void around(const Window& when, const Body& body) {
        if (zh_) window(when);
        body();
        if (!zh_) window(when);
    }
    void aggregate(const Node& one) {
        if (zh_) {
            window(one.window);
            filter(one.event);
            word(Word::Of);
            if (one.measure != Measure::Count) name(registry_.properties(), one.property);
            word(word_of(one.measure));
        } else {
            word(word_of(one.measure));
            if (one.measure != Measure::Count) name(registry_.properties(), one.property);
            word(Word::Of);
            filter(one.event);
            window(one.window);
        }
        comparison(one.op, one.values);
    }
    void sequence(const Node& one) {
        word(Word::Sequence);
        bool first = true;
        for (const Step& step : one.steps) {
            if (!first) {
                word(Word::Then);
                add(std::to_string(step.within));
                word(word_of(step.unit));
                word(Word::Inside);
            }
            first = false;
            filter(step.event);
            for (const EventFilter& not_between : step.without) {
                word(Word::Without);
                filter(not_between);
            }
        }
    }

    const Registry& registry_;
    bool zh_;
    std::string out_;
};

}  // namespace

std::string print(const Node& rule, const Registry& registry, Language language) {
    Printer printer(registry, language);
    printer.node(rule, 0);
    return printer.take();
}

}  // namespace tilth::kernel::rules
