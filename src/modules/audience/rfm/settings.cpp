#include "modules/audience/rfm/settings.h"

#include <charconv>

namespace tilth::audience {

namespace {

constexpr std::int64_t kMinor = 100;

std::int64_t number_at(std::string_view& text) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + comma, number);
    text.remove_prefix(std::min(comma + 1, text.size()));
    return number;
}

Cuts cuts_of(std::string_view text, std::int64_t unit) {
    Cuts out{};
    for (auto& cut : out) cut = number_at(text) * unit;
    return out;
}

}  // namespace

void define_rfm_settings(kernel::Settings& settings) {
    using kernel::SettingKind;
    settings.define({.name = std::string(kRfmWindow), .kind = SettingKind::Integer, .default_value = "365", .min = 1,
                     .max = 3'660, .choices = {}, .zh = "RFM 窗口（天）", .en = "RFM window (days)"});
    settings.define({.name = std::string(kRfmMethod), .kind = SettingKind::Choice, .default_value = "quintiles",
                     .choices = {"quintiles", "thresholds"}, .zh = "RFM 打分方式", .en = "RFM: how to score"});
    const auto steps = [&](std::string_view name, std::string value, std::int64_t least, std::int64_t most,
                           std::string zh, std::string en) {
        settings.define({.name = std::string(name), .kind = SettingKind::Steps, .default_value = std::move(value),
                         .min = least, .max = most, .choices = {}, .zh = std::move(zh), .en = std::move(en),
                         .count = std::tuple_size_v<Cuts>});
    };
    steps(kRfmRecencySteps, "30,60,120,240", 0, 3'660, "R 分档（天）", "R steps (days)");
    steps(kRfmFrequencySteps, "1,2,4,8", 0, 10'000, "F 分档（单）", "F steps (orders)");
    steps(kRfmMonetarySteps, "200,500,1000,2000", 0, 100'000'000, "M 分档（元）", "M steps (currency units)");
    settings.define({.name = std::string(kRfmHighFrom), .kind = SettingKind::Integer, .default_value = "4", .min = 2,
                     .max = 5, .choices = {}, .zh = "按分档时，几分起算高", .en = "By thresholds: high from the score"});
}

RfmRule rfm_rule(const kernel::Settings& settings, const TenantId& tenant) {
    RfmRule rule;
    for (const auto name : {kRfmWindow, kRfmMethod, kRfmRecencySteps, kRfmFrequencySteps, kRfmMonetarySteps,
                            kRfmHighFrom})
        apply_rfm_setting(rule, name, settings.text(tenant, name));
    return rule;
}

void apply_rfm_setting(RfmRule& rule, std::string_view name, std::string_view value) {
    std::string_view text = value;
    if (name == kRfmWindow) rule.window_days = number_at(text);
    if (name == kRfmMethod) rule.thresholds = value == "thresholds";
    if (name == kRfmRecencySteps) rule.r = cuts_of(value, 1);
    if (name == kRfmFrequencySteps) rule.f = cuts_of(value, 1);
    if (name == kRfmMonetarySteps) rule.m = cuts_of(value, kMinor);
    if (name == kRfmHighFrom) rule.high_from = static_cast<int>(number_at(text));
}

}  // namespace tilth::audience
