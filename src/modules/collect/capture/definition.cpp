#include "modules/collect/capture/definition.h"

#include <algorithm>

#include "modules/customer/said/api.h"

namespace tilth::collect::capture {

namespace {

Error wrong(std::string field, std::string rule, std::string zh, std::string en) {
    return Error::invalid(std::move(field), std::move(rule), std::move(zh), std::move(en), "修改后重试",
                          "Change it and try again");
}

bool is_name(std::string_view name) {
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

Status check_definition(PointKind kind, const Definition& definition) {
    bool has_key = false;
    for (const CaptureField& field : definition.fields) {
        if (!is_name(field.name.str()))
            return wrong("definition/fields", "bad_name", "字段名只能用小写字母、数字和下划线",
                         "A field's name has small letters, digits and _");
        has_key = has_key || field.name.str() == "phone" || field.name.str() == "email";
    }
    const bool asks = kind == PointKind::Form || kind == PointKind::Receipt || kind == PointKind::Item;
    if (asks && !definition.fields.empty() && !has_key)
        return wrong("definition/fields", "no_key", "至少要有手机号或邮箱", "Ask for a phone or an e-mail address");
    if (definition.consent) {
        for (const auto& channel : definition.consent->channels)
            if (!customer::consent_channel(channel.str()))
                return wrong("definition/consent/channels", "unknown_channel", "没有这种触达渠道",
                             "There is no such channel");
    }
    for (const Question& question : definition.questions) {
        const bool chooses = question.kind == QuestionKind::Single || question.kind == QuestionKind::Multi;
        if (chooses && question.options.size() < 2)
            return wrong("definition/questions", "too_few_options", "选择题至少两个选项",
                         "A question to choose from has two options at least");
        if (question.field && !is_name(question.field->str()))
            return wrong("definition/questions", "bad_name", "字段名只能用小写字母、数字和下划线",
                         "A field's name has small letters, digits and _");
    }
    return ok();
}

const std::vector<std::string_view>& regions() {
    static const std::vector<std::string_view> all = {
        "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
        "福建", "江西", "山东", "河南", "湖北",   "湖南", "广东", "广西",   "海南", "重庆", "四川", "贵州",
        "云南", "西藏", "陕西", "甘肃", "青海",   "宁夏", "新疆", "香港",   "澳门", "台湾"};
    return all;
}

}  // namespace tilth::collect::capture
