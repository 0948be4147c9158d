#pragma once
// Business settings as data: declared by modules with type, bounds, default and words; kept per tenant, optionally
// overridden per organisation node; every change audited. (Process settings are platform/config.)

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/record/record.h"

namespace tilth::kernel {

// Steps: rising whole numbers with commas between, as many as `count`, each within the bounds.
enum class SettingKind : std::uint8_t { Integer, Flag, Text, Choice, Steps };
struct SettingSpec {
    std::string name;            // "metric.active_days"
    SettingKind kind = SettingKind::Integer;
    std::string default_value;
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::vector<std::string> choices;
    std::string zh;
    std::string en;
    std::size_t count = 0;       // Steps
};
struct SettingValue {
    SettingSpec spec;
    std::string value;
    bool is_default = true;
};

class Settings {
public:
    virtual ~Settings() = default;
    virtual void define(SettingSpec spec) = 0;     // at start
    virtual std::int64_t integer(const TenantId& tenant, std::string_view name) const = 0;  // from memory, any thread
    virtual std::string text(const TenantId& tenant, std::string_view name) const = 0;
    virtual std::vector<SettingValue> list(const TenantId& tenant) const = 0;
    virtual Status set(Unit& unit, std::string_view name, std::string_view value) = 0;      // Invalid names the bound
    virtual Status load(sql::Connection& sql) = 0;                                          // at start
};
std::unique_ptr<Settings> make_settings();

}  // namespace tilth::kernel
