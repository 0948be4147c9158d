#include "platform/json/words.h"

#include <algorithm>
#include <vector>

#include "platform/json/interpreter.h"

namespace tilth::json {

namespace {

struct Words {
    std::string_view rule;
    std::string_view reason_zh;
    std::string_view reason_en;
    std::string_view remedy_zh;
    std::string_view remedy_en;
};

constexpr auto kWords = std::to_array<Words>({
    {"invalid", "不符合要求", "It breaks a rule", "参照接口文档填写", "See the API document"},
    {"required", "必填", "It is required", "请填写此项", "Fill it in"},
    {"wrong_kind", "应为{kind}", "It must be {kind_en}", "改为{kind}", "Send {kind_en}"},
    {"too_short", "少于 {min} 个字", "Shorter than {min} characters", "至少 {min} 个字", "At least {min} characters"},
    {"too_long", "超过 {max} 个字", "Longer than {max} characters", "最多 {max} 个字", "At most {max} characters"},
    {"too_small", "小于 {min}", "Less than {min}", "填 {min} 到 {max}", "Between {min} and {max}"},
    {"too_large", "大于 {max}", "More than {max}", "填 {min} 到 {max}", "Between {min} and {max}"},
    {"too_many", "超过 {max} 项", "More than {max} items", "最多 {max} 项，请分批提交", "At most {max} items; send in parts"},
    {"not_utf8", "不是有效的 UTF-8 文字", "Not valid UTF-8", "以 UTF-8 编码提交", "Send UTF-8"},
    {"control_character", "含有控制字符", "It has control characters", "删除不可见字符", "Remove the invisible characters"},
    {"not_in_list", "不在可选范围内", "Not one of the choices", "可选：{choices}", "One of: {choices_en}"},
    {"not_a_phone", "不是有效的手机号或电话号码", "Not a phone number that can exist", "例如 +8613800138000",
     "For example +8613800138000"},
    {"masked", "号码已被遮盖，无法识别", "The number is masked", "提供完整号码", "Give the whole number"},
    {"not_an_email", "不是有效的邮箱地址", "Not an e-mail address", "例如 a@example.com", "For example a@example.com"},
    {"not_an_id", "不是有效的编号", "Not an id of this kind", "以 {name}_ 开头，后接 26 位字母数字",
     "{name}_ and 26 letters and digits"},
    {"not_an_instant", "不是带时区的时间", "Not a time with a zone", "例如 2026-03-01T10:00:00+08:00",
     "For example 2026-03-01T10:00:00+08:00"},
    {"not_a_day", "不是有效的日期", "Not a date that exists", "例如 2026-03-01", "For example 2026-03-01"},
    {"not_a_decimal", "不是十进制数，或小数位过多", "Not a decimal number, or too many decimals", "例如 {example}",
     "For example {example}"},
    {"not_a_currency", "不是 ISO 4217 币种代码", "Not an ISO 4217 code", "三个大写字母，例如 CNY", "Three capitals, like CNY"},
    {"duplicate_key", "同名字段出现了两次", "The field stands twice", "只保留一个", "Keep one of them"},
    {"given_by_path", "此项由地址或查询参数给出", "The address gives this field", "从内容中删除", "Remove it from the body"},
    {"not_flat", "此项不能由查询参数给出", "A query cannot give this field", "放入请求内容", "Send it in the body"},
    {"too_many_errors", "错误过多，其余未列出", "Too many errors; the rest are not listed", "先改正以上各项",
     "Correct these first"},
});

struct KindWords {
    std::string_view zh;
    std::string_view en;
};
KindWords kind_words(const Type& type) {
    switch (type.kind) {
        case Kind::Bool: return {"true 或 false", "true or false"};
        case Kind::Integer: return {"整数", "an integer"};
        case Kind::Number: return {"数字", "a number"};
        case Kind::Text:
        case Kind::Enum: return {"文字（加引号）", "a string"};
        case Kind::List: return {"列表 […]", "a list […]"};
        case Kind::Map:
        case Kind::Object: return {"对象 {…}", "an object {…}"};
        case Kind::Optional: return kind_words(type.element());
        case Kind::Raw: break;
    }
    return {"JSON", "JSON"};
}

void replace(std::string& text, std::string_view mark, std::string_view with) {
    if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), with);
}

std::string choices(const Type& type, bool zh) {
    constexpr std::size_t kShownMax = 20;
    std::string out;
    for (std::size_t i = 0; i < type.labels.size() && i < kShownMax; ++i) {
        if (i > 0) out += zh ? "、" : ", ";
        out += type.labels[i].name;
        if (zh && !type.labels[i].zh.empty()) (out += "（").append(type.labels[i].zh) += "）";
    }
    if (type.labels.size() > kShownMax) out += "…";
    return out;
}

std::string filled(std::string_view words, const Type& type) {
    std::string text(words);
    if (text.find('{') == std::string::npos) return text;
    replace(text, "{min}", std::to_string(type.min));
    replace(text, "{max}", std::to_string(type.max));
    replace(text, "{name}", type.name);
    std::string_view example = type.example;
    if (example.size() >= 2 && example.front() == '"') example = example.substr(1, example.size() - 2);
    replace(text, "{example}", example);
    replace(text, "{kind}", kind_words(type).zh);
    replace(text, "{kind_en}", kind_words(type).en);
    if (text.find("{choices") != std::string::npos) {
        replace(text, "{choices}", choices(type, true));
        replace(text, "{choices_en}", choices(type, false));
    }
    return text;
}

// Edits (insert, delete, change) from a to b.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> last(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::vector<std::size_t> row(b.size() + 1);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
        last = std::move(row);
    }
    return last[b.size()];
}

}  // namespace

FieldError refuse(std::string field, std::string_view rule, const Type& type) {
    const auto found = std::find_if(kWords.begin(), kWords.end(), [&](const Words& w) { return w.rule == rule; });
    const Words& words = found == kWords.end() ? kWords.front() : *found;
    return {std::move(field), std::string(rule), filled(words.reason_zh, type), filled(words.reason_en, type),
            filled(words.remedy_zh, type), filled(words.remedy_en, type)};
}

FieldError refuse_unknown(std::string field, std::string_view name, const Type& object) {
    constexpr std::size_t kComparedMax = 100;
    std::string_view nearest;
    std::size_t best = std::max<std::size_t>(2, name.size() / 2) + 1;
    std::string known;
    for (const Field& candidate : object.fields) {
        (known += known.empty() ? "" : ", ") += candidate.name;
        const std::size_t edits = distance(name.substr(0, kComparedMax), candidate.name);
        if (edits < best) best = edits, nearest = candidate.name;
    }
    FieldError error{std::move(field), "unknown_field", "没有这个字段", "There is no such field", {}, {}};
    if (!nearest.empty()) {
        error.remedy_zh = "是否应为 " + std::string(nearest) + "？";
        error.remedy_en = "Did you mean " + std::string(nearest) + "?";
    } else if (known.empty()) {
        error.remedy_zh = "此处不需要任何字段";
        error.remedy_en = "No field belongs here";
    } else {
        error.remedy_zh = "可用字段：" + known;
        error.remedy_en = "Known fields: " + known;
    }
    return error;
}

}  // namespace tilth::json
