// Properties over random JSON. A value is built from a list of random bytes, which RapidCheck makes and shrinks: an
// exhausted list yields the simplest choice, so a failing case comes out small.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "platform/json/interpreter.h"
#include "platform/json/reader.h"
#include "platform/json/value.h"

namespace tilth::toy {

struct Leaf {
    std::int64_t number = 0;
    std::string text;
    std::optional<double> ratio;
    bool operator==(const Leaf&) const = default;
};
API_STRUCT(Leaf, (number, text, ratio))
struct Tree {
    std::vector<Leaf> leaves;
    std::map<std::string, Leaf> named;
    std::optional<std::vector<std::int32_t>> numbers;
    std::vector<Tree> below;
    bool operator==(const Tree&) const = default;
};
API_STRUCT(Tree, (leaves, named, numbers, below))

}  // namespace tilth::toy

namespace tilth::json {
namespace {

using toy::Leaf;
using toy::Tree;
using Bytes = std::vector<std::uint8_t>;

class Choices {
public:
    explicit Choices(const Bytes& bytes) : bytes_(bytes) {}
    std::size_t below(std::size_t bound) { return at_ < bytes_.size() ? bytes_[at_++] % bound : 0; }
    std::int64_t number() {
        std::uint64_t out = 0;
        for (std::size_t i = below(9); i > 0; --i) out = out << 8 | below(256);
        return static_cast<std::int64_t>(out);
    }
    std::string text() {
        static constexpr std::string_view kPieces[] = {"a", "精耕", "\"", "\\", "/", "\n", "\t", "😀", "é", "key", "0"};
        std::string out;
        for (std::size_t i = below(12); i > 0; --i) out += kPieces[below(std::size(kPieces))];
        return out;
    }
    double ratio() {
        static constexpr double kRatios[] = {0.5, 0.1, -1e300, 5e-324, 18.99, 1.7976931348623157e308};
        return kRatios[below(std::size(kRatios))];
    }

private:
    const Bytes& bytes_;
    std::size_t at_ = 0;
};

Value any_value(Choices& from, int levels) {
    switch (from.below(levels == 0 ? 6 : 8)) {
        case 0: return {};
        case 1: return Value(true);
        case 2: return Value(false);
        case 3: return Value(from.number());
        case 4: return Value(from.ratio());
        case 5: return Value(from.text() + std::string(from.below(3), '\x01'));
        case 6: {
            Value list = Value::array();
            for (std::size_t i = from.below(6); i > 0; --i) list.push(any_value(from, levels - 1));
            return list;
        }
        default: {
            Value object = Value::object();
            for (std::size_t i = from.below(6); i > 0; --i) object.set(from.text(), any_value(from, levels - 1));
            return object;
        }
    }
}

Leaf any_leaf(Choices& from) {
    Leaf leaf{from.number(), "x" + from.text() + "x", std::nullopt};
    if (from.below(2) == 1) leaf.ratio = from.ratio();
    return leaf;
}
Tree any_tree(Choices& from, int levels) {
    Tree tree;
    for (std::size_t i = from.below(4); i > 0; --i) tree.leaves.push_back(any_leaf(from));
    for (std::size_t i = from.below(4); i > 0; --i) tree.named[from.text()] = any_leaf(from);
    if (from.below(2) == 1) tree.numbers = {static_cast<std::int32_t>(from.number()), 0};
    for (std::size_t i = levels == 0 ? 0 : from.below(3); i > 0; --i) tree.below.push_back(any_tree(from, levels - 1));
    return tree;
}

RC_GTEST_PROP(Interpreter, PrintThenParseIsTheSame, (const Bytes& bytes)) {
    Choices from(bytes);
    const Tree tree = any_tree(from, 3);
    const std::string text = print(tree);
    const auto back = parse<Tree>(text);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == tree);
    RC_ASSERT(print(*back) == text);
}

RC_GTEST_PROP(Value, PrintThenParseIsTheSame, (const Bytes& bytes)) {
    Choices from(bytes);
    const Value value = any_value(from, 4);
    const std::string text = value.print();
    const auto back = Value::parse(text);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);
    const auto doc = read(text);
    RC_ASSERT(doc.has_value());
    RC_ASSERT(doc->root().raw_json() == text);
}

// Whatever bytes come, the answer is a value or a refusal; and what was taken prints as JSON again.
RC_GTEST_PROP(Value, AnyBytesAreTakenOrRefused, (const Bytes& bytes, const Bytes& damage)) {
    Choices from(bytes);
    Choices where(damage);
    Tree tree;
    std::string text = print(any_tree(from, 2));
    for (std::size_t i = where.below(4); i > 0; --i) {
        const std::size_t at = where.below(256) % text.size();
        text[at] = R"({}[]",:0-e\x)"[where.below(13)];
    }
    if (const auto value = Value::parse(text)) RC_ASSERT(Value::parse(value->print()).has_value());
    if (parse(text, type_of<Tree>(), &tree)) RC_ASSERT(parse<Tree>(print(tree)).has_value());
    const std::string junk(bytes.begin(), bytes.end());
    if (const auto value = Value::parse(junk)) RC_ASSERT(Value::parse(value->print()).has_value());
}

}  // namespace
}  // namespace tilth::json
