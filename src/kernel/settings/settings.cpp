#include "kernel/settings/settings.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/text.h"
#include "kernel/settings/check.h"
#include "platform/json/value.h"

namespace tilth::kernel {

namespace {

constexpr OrgNodeId kWholeTenant{};

Error refused(std::string rule, const std::string& zh, const std::string& en) {
    return Error::invalid("value", std::move(rule), zh, en);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

Result<std::string> check_integer(const SettingSpec& spec, std::string_view value) {
    const auto number = parse_integer(value);
    if (!number) return refused("not_an_integer", "应为整数", "must be a whole number");
    const std::string low = std::to_string(spec.min);
    const std::string high = std::to_string(spec.max);
    if (*number < spec.min) return refused("too_small", "不得小于 " + low, "must be at least " + low);
    if (*number > spec.max) return refused("too_large", "不得大于 " + high, "must be at most " + high);
    return std::to_string(*number);
}

Result<std::string> check_text_value(const SettingSpec& spec, std::string_view value) {
    const auto length = [](std::int64_t bound) { return static_cast<std::size_t>(std::max<std::int64_t>(bound, 0)); };
    auto text = check_text(value, length(spec.min), length(spec.max));
    if (text) return text;
    const std::string bounds = std::to_string(spec.min) + " – " + std::to_string(spec.max);
    return refused(text.error().detail, "应为 " + bounds + " 个字符，不含控制字符",
                   "must have " + bounds + " characters and no control characters");
}

Result<std::string> check_choice(const std::vector<std::string>& choices, std::string_view value) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return std::string(value);
    std::string words;
    for (const auto& choice : choices) words += (words.empty() ? "" : ", ") + choice;
    return refused("not_a_choice", "可选值：" + words, "must be one of " + words);
}

Result<std::string> check_steps(const SettingSpec& spec, std::string_view value) {
    std::string out;
    std::optional<std::int64_t> before;
    std::size_t count = 0;
    while (true) {
        const std::size_t comma = std::min(value.find(','), value.size());
        std::string_view part = value.substr(0, comma);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        const std::string number = TRY(check_integer(spec, part));
        const std::int64_t now = parse_integer(number).value_or(0);
        if (before && now <= *before) return refused("not_rising", "每一档须大于前一档", "each must be above the one before");
        before = now;
        out += (out.empty() ? "" : ",") + number;
        ++count;
        if (comma == value.size()) break;
        value.remove_prefix(comma + 1);
    }
    const std::string asked = std::to_string(spec.count);
    if (count != spec.count)
        return refused("wrong_count", "应为 " + asked + " 个数，用逗号分开", "give " + asked + " numbers with commas between");
    return out;
}

}  // namespace

Result<std::string> check_setting(const SettingSpec& spec, std::string_view value) {
    switch (spec.kind) {
        case SettingKind::Integer:
            return check_integer(spec, value);
        case SettingKind::Flag:
            return check_choice({"true", "false"}, value);
        case SettingKind::Text:
            return check_text_value(spec, value);
        case SettingKind::Choice:
            return check_choice(spec.choices, value);
        case SettingKind::Steps:
            return check_steps(spec, value);
    }
    return Error(ErrorCode::Internal, "an unknown kind of setting");
}

namespace {

class Store final : public Settings {
public:
    void define(SettingSpec spec) override;
    std::int64_t integer(const TenantId& tenant, std::string_view name) const override;
    std::string text(const TenantId& tenant, std::string_view name) const override;
    std::vector<SettingValue> list(const TenantId& tenant) const override;
    Status set(Unit& unit, std::string_view name, std::string_view value) override;
    Status load(sql::Connection& sql) override;

private:
    using Values = std::map<std::string, std::string, std::less<>>;
    // The kept value, or nothing; under mutex_.
    const std::string* kept(const TenantId& tenant, std::string_view name) const;

    std::map<std::string, SettingSpec, std::less<>> specs_;  // fixed after the start
    mutable std::shared_mutex mutex_;
    std::map<TenantId, Values> values_;
};

void Store::define(SettingSpec spec) {
    INVARIANT(check_setting(spec, spec.default_value).has_value(), "a setting's default keeps its own bounds");
    const std::string name = spec.name;
    INVARIANT(specs_.emplace(name, std::move(spec)).second, "a setting is defined once");
}

const std::string* Store::kept(const TenantId& tenant, std::string_view name) const {
    const auto values = values_.find(tenant);
    if (values == values_.end()) return nullptr;
    const auto value = values->second.find(name);
    return value == values->second.end() ? nullptr : &value->second;
}

std::string Store::text(const TenantId& tenant, std::string_view name) const {
    const auto spec = specs_.find(name);
    INVARIANT(spec != specs_.end(), "only a defined setting is read");
    const std::shared_lock lock(mutex_);
    const std::string* value = kept(tenant, name);
    return value == nullptr ? spec->second.default_value : *value;
}

std::int64_t Store::integer(const TenantId& tenant, std::string_view name) const {
    const std::string value = text(tenant, name);
    if (specs_.find(name)->second.kind == SettingKind::Flag) return value == "true" ? 1 : 0;
    const auto number = parse_integer(value);
    INVARIANT(number.has_value(), "only a setting that is a number is read as one");
    return *number;
}

std::vector<SettingValue> Store::list(const TenantId& tenant) const {
    std::vector<SettingValue> out;
    const std::shared_lock lock(mutex_);
    for (const auto& [name, spec] : specs_) {
        const std::string* value = kept(tenant, name);
        out.push_back({spec, value == nullptr ? spec.default_value : *value, value == nullptr});
    }
    return out;
}

Status Store::set(Unit& unit, std::string_view name, std::string_view value) {
    const auto spec = specs_.find(name);
    if (spec == specs_.end()) return Error(ErrorCode::NotFound, "no such setting");
    std::string checked = TRY(check_setting(spec->second, value));
    const std::string before = TRY(unit.sql().one("SELECT value FROM setting WHERE tenant_id = ?1 AND node_id = ?2 "
                                                  "AND name = ?3",
                                                  {unit.tenant(), kWholeTenant, name},
                                                  [](const sql::Row& row) { return std::string(row.txt(0)); }))
                                   .value_or(spec->second.default_value);
    TRY(unit.sql().write(
        "INSERT INTO setting (tenant_id, node_id, name, value, changed_at) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (tenant_id, node_id, name) DO UPDATE SET value = excluded.value, "
        "changed_at = excluded.changed_at",
        {unit.tenant(), kWholeTenant, name, checked, unit.now()}));
    const auto detail = json::Value::object({{"from", before}, {"to", checked}}).print();
    TRY(unit.audit({.action = "setting.change", .object = std::string(name), .detail = detail, .reason = {}}));
    unit.on_commit([this, tenant = unit.tenant(), name = std::string(name), checked = std::move(checked)] {
        const std::unique_lock lock(mutex_);
        values_[tenant][name] = checked;
    });
    return ok();
}

// A kept value that a newer program no longer allows, or whose setting is gone, is left to its default.
Status Store::load(sql::Connection& sql) {
    std::map<TenantId, Values> read;
    TRY(sql.query("SELECT tenant_id, name, value FROM setting WHERE node_id = ?1", {kWholeTenant},
                  [&](const sql::Row& row) {
                      const auto spec = specs_.find(row.txt(1));
                      if (spec != specs_.end() && check_setting(spec->second, row.txt(2)))
                          read[row.id<TenantId>(0)][spec->first] = row.txt(2);
                      return true;
                  }));
    const std::unique_lock lock(mutex_);
    values_ = std::move(read);
    return ok();
}

}  // namespace

std::unique_ptr<Settings> make_settings() { return std::make_unique<Store>(); }

}  // namespace tilth::kernel
