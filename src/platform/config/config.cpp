#include "platform/config/config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "platform/config/nearest.h"
#include "platform/config/toml_file.h"

namespace tilth::config {

namespace {

constexpr std::string_view kPrefix = "TILTH_";
constexpr std::string_view kHiddenValue = "••••";

struct Unit {
    std::string_view name;
    std::int64_t factor;
};
constexpr std::array<Unit, 5> kDurations{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 9> kSizes{{{"", 1},
                                      {"B", 1},
                                      {"kB", 1000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"KiB", 1ll << 10},
                                      {"MiB", 1ll << 20},
                                      {"GiB", 1ll << 30},
                                      {"TiB", 1ll << 40}}};

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::int64_t> read_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::int64_t> read_with_unit(std::string_view text, const Unit* units, std::size_t count) {
    const auto split = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = read_number(text.substr(0, split));
    const std::string_view unit = trim(text.substr(split));
    const auto* found = std::find_if(units, units + count, [&](const Unit& one) { return one.name == unit; });
    if (!number || found == units + count) return std::nullopt;
    std::int64_t product = 0;
    if (__builtin_mul_overflow(*number, found->factor, &product)) return std::nullopt;
    return product;
}

std::optional<std::int64_t> read_flag(std::string_view text) {
    for (const char* yes : {"true", "yes", "on", "1"}) {
        if (text == yes) return 1;
    }
    for (const char* no : {"false", "no", "off", "0"}) {
        if (text == no) return 0;
    }
    return std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> entries;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const std::string_view entry = trim(text.substr(0, comma));
        if (!entry.empty()) entries.emplace_back(entry);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return entries;
}

std::string join(const std::vector<std::string>& entries, std::string_view between) {
    std::string text;
    for (const std::string& entry : entries) {
        if (!text.empty()) text += between;
        text += entry;
    }
    return text;
}

// A value on its way: what was written, and where.
struct Written {
    std::string text;
    std::optional<std::vector<std::string>> list;  // from a TOML list
    Origin origin;
};

struct Read {
    std::int64_t number = 0;
    std::vector<std::string> list;
};

std::string place(const Origin& origin) { return origin.where.empty() ? "default" : origin.where; }

FieldError refusal(const SettingSpec& spec, const Written& written, std::string rule, std::string zh, std::string en) {
    return {spec.name, std::move(rule), place(written.origin) + "：" + spec.name + " " + zh,
            place(written.origin) + ": " + spec.name + " " + en, spec.help_zh, spec.help_en};
}

std::optional<FieldError> check_bounds(const SettingSpec& spec, const Written& written, std::int64_t measure) {
    if (measure >= spec.min && measure <= spec.max) return std::nullopt;
    constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
    const std::string bounds = (spec.min == kLowest ? "" : std::to_string(spec.min)) + "…" +
                               (spec.max == kHighest ? "" : std::to_string(spec.max));
    return refusal(spec, written, "out_of_range", "超出范围 " + bounds, "is outside " + bounds);
}

// Numbers of every kind: reads by `reader`, then holds to the bounds.
template <class Reader>
std::optional<FieldError> read_measure(const SettingSpec& spec, const Written& written, Read& read, Reader reader,
                                       std::string_view example) {
    const auto number = reader(trim(written.text));
    if (!number || written.list) {
        return refusal(spec, written, "not_readable", "应写成 " + std::string(example),
                       "should look like " + std::string(example));
    }
    read.number = *number;
    return check_bounds(spec, written, *number);
}

std::optional<FieldError> read_value(const SettingSpec& spec, const Written& written, Read& read) {
    switch (spec.kind) {
        case Kind::Int: return read_measure(spec, written, read, read_number, "8686");
        case Kind::Duration:
            return read_measure(
                spec, written, read,
                [](std::string_view text) { return read_with_unit(text, kDurations.data(), kDurations.size()); },
                "500ms, 30s, 5m, 2h, 7d");
        case Kind::Size:
            return read_measure(
                spec, written, read,
                [](std::string_view text) { return read_with_unit(text, kSizes.data(), kSizes.size()); },
                "4096, 64MiB, 1GB");
        case Kind::Flag: {
            const auto flag = read_flag(trim(written.text));
            if (!flag || written.list)
                return refusal(spec, written, "not_readable", "应写成 true 或 false", "should be true or false");
            read.number = *flag;
            return std::nullopt;
        }
        case Kind::List:
            read.list = written.list ? *written.list : split_list(written.text);
            return check_bounds(spec, written, static_cast<std::int64_t>(read.list.size()));
        case Kind::Text: break;
    }
    if (written.list) return refusal(spec, written, "not_readable", "应是一段文字", "should be one text");
    const bool chosen = std::find(spec.choices.begin(), spec.choices.end(), written.text) != spec.choices.end();
    if (!spec.choices.empty() && !chosen) {
        const std::string choices = join(spec.choices, ", ");
        return refusal(spec, written, "not_a_choice", "应是其中之一：" + choices, "should be one of " + choices);
    }
    return check_bounds(spec, written, static_cast<std::int64_t>(written.text.size()));
}

FieldError unknown(const std::string& name, const std::string& where, const std::vector<std::string>& known) {
    const std::string near = nearest(name, known);
    FieldError error{name, "unknown_setting", where + "：没有设置项 " + name, where + ": there is no setting " + name,
                     {},   {}};
    if (!near.empty()) {
        error.remedy_zh = "是否想写 " + near;
        error.remedy_en = "did you mean " + near;
    }
    return error;
}

// What each source says, the stronger over the weaker; mistakes are gathered, not thrown at the first.
class Gathering {
public:
    explicit Gathering(const std::vector<SettingSpec>& specs) {
        for (const SettingSpec& spec : specs) {
            names_.push_back(spec.name);
            by_environment_[environment_name(spec.name)] = spec.name;
            written_[spec.name] = {spec.default_value, std::nullopt, {}};
        }
        INVARIANT(written_.size() == specs.size() && by_environment_.size() == specs.size(),
                  "every setting has a name of its own, in the environment too");
    }

    Status take_file(const std::string& path) {
        for (FileValue& value : TRY(read_toml_file(path))) {
            const auto found = written_.find(value.name);
            if (found == written_.end()) {
                mistakes.push_back(unknown(value.name, value.where, names_));
                continue;
            }
            if (value.shape == FileValue::Shape::Other) {
                mistakes.push_back({value.name, "not_readable", value.where + "：" + value.name + " 的写法不受支持",
                                    value.where + ": " + value.name + " is of a kind that no setting has", {}, {}});
                continue;
            }
            Written& slot = found->second;
            slot = {value.text, std::nullopt, {Source::File, value.where}};
            if (value.shape == FileValue::Shape::List) slot.list = std::move(value.list);
        }
        return ok();
    }

    void take_environment(const std::map<std::string, std::string>& variables) {
        for (const auto& [name, value] : variables) {
            if (!name.starts_with(kPrefix)) continue;
            const auto found = by_environment_.find(name);
            if (found == by_environment_.end()) {
                unknown_environment.push_back(name);
            } else {
                written_[found->second] = {value, std::nullopt, {Source::Environment, name}};
            }
        }
    }

    void take_flags(const std::map<std::string, Given>& flags) {
        for (const auto& [name, given] : flags) {
            const auto found = written_.find(name);
            if (found == written_.end()) {
                mistakes.push_back(unknown(name, given.where, names_));
            } else {
                found->second = {given.value, std::nullopt, {Source::Flag, given.where}};
            }
        }
    }

    const Written& of(const std::string& name) const { return written_.at(name); }

    std::vector<FieldError> mistakes;
    std::vector<std::string> unknown_environment;

private:
    std::vector<std::string> names_;
    std::map<std::string, std::string> by_environment_;
    std::map<std::string, Written> written_;
};

std::string in_quotes(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (code < 0x20 || code == 0x7F) {
            out += "\\u00";
            out += kHex[code >> 4];
            out += kHex[code & 15u];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string as_toml(Kind kind, const std::string& text, const std::vector<std::string>& list) {
    if (kind == Kind::Int || kind == Kind::Flag) return text;
    if (kind != Kind::List) return in_quotes(text);
    std::vector<std::string> entries;
    for (const std::string& entry : list) entries.push_back(in_quotes(entry));
    return "[" + join(entries, ", ") + "]";
}

struct Split {
    std::string table;
    std::string key;
};

Split split_name(const std::string& name) {
    const auto dot = name.find_last_of('.');
    if (dot == std::string::npos) return {"", name};
    return {name.substr(0, dot), name.substr(dot + 1)};
}

// Lines by table, tables in the order in which they first come, keys without a table in front of all.
class TomlText {
public:
    TomlText() { tables_.push_back({"", {}}); }
    void add(const std::string& table, const std::string& lines) {
        auto found = std::find_if(tables_.begin(), tables_.end(), [&](const auto& one) { return one.first == table; });
        if (found == tables_.end()) found = tables_.insert(tables_.end(), {table, {}});
        found->second += lines;
    }
    std::string str() const {
        std::string text;
        for (const auto& [table, lines] : tables_) {
            if (lines.empty()) continue;
            if (!text.empty()) text += '\n';
            if (!table.empty()) text += "[" + table + "]\n";
            text += lines;
        }
        return text;
    }

private:
    std::vector<std::pair<std::string, std::string>> tables_;
};

}  // namespace

std::string environment_name(std::string_view setting) {
    std::string name(kPrefix);
    for (const char c : setting) name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> variables;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view line(*entry);
        const auto equals = line.find('=');
        if (!line.starts_with(kPrefix) || equals == std::string_view::npos) continue;
        variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return variables;
}

Result<Config> load(const std::vector<SettingSpec>& specs, const Sources& sources) {
    Gathering gathering(specs);
    if (!sources.file.empty()) TRY(gathering.take_file(sources.file));
    gathering.take_environment(sources.environment);
    gathering.take_flags(sources.flags);
    Config config;
    config.unknown_environment_ = std::move(gathering.unknown_environment);
    for (const SettingSpec& spec : specs) {
        const Written& written = gathering.of(spec.name);
        Read read;
        if (auto mistake = read_value(spec, written, read)) {
            INVARIANT(written.origin.source != Source::Default, mistake->reason_en.c_str());
            gathering.mistakes.push_back(std::move(*mistake));
        }
        std::string text = spec.kind == Kind::List ? join(read.list, ",") : written.text;
        if (spec.kind == Kind::Flag) text = read.number == 1 ? "true" : "false";
        if (spec.kind == Kind::Int) text = std::to_string(read.number);
        config.by_name_[spec.name] = config.values_.size();
        config.values_.push_back({spec, written.origin, std::move(text), read.number, std::move(read.list)});
    }
    if (gathering.mistakes.empty()) return config;
    Error error(ErrorCode::Invalid);
    for (const FieldError& mistake : gathering.mistakes) {
        if (!error.detail.empty()) error.detail += "; ";
        error.detail += mistake.reason_en;
        if (mistake.rule == "unknown_setting" && !mistake.remedy_en.empty()) error.detail += ", " + mistake.remedy_en;
    }
    error.fields = std::move(gathering.mistakes);
    return error;
}

const Config::Value& Config::find(std::string_view name) const {
    const auto found = by_name_.find(name);
    INVARIANT(found != by_name_.end(), std::string(name).c_str());
    return values_[found->second];
}

const Config::Value& Config::find(std::string_view name, Kind kind) const {
    const Value& value = find(name);
    INVARIANT(value.spec.kind == kind, value.spec.name.c_str());
    return value;
}

const std::string& Config::text(std::string_view name) const { return find(name, Kind::Text).text; }
std::int64_t Config::integer(std::string_view name) const { return find(name, Kind::Int).number; }
bool Config::flag(std::string_view name) const { return find(name, Kind::Flag).number == 1; }
Duration Config::duration(std::string_view name) const { return {find(name, Kind::Duration).number}; }
std::uint64_t Config::size(std::string_view name) const {
    return static_cast<std::uint64_t>(find(name, Kind::Size).number);
}
const std::vector<std::string>& Config::list(std::string_view name) const { return find(name, Kind::List).list; }
Secret Config::secret(std::string_view name) const { return Secret(find(name, Kind::Text).text); }
const Origin& Config::origin(std::string_view name) const { return find(name).origin; }

std::vector<Entry> Config::entries() const {
    std::vector<Entry> all;
    for (const Value& value : values_) {
        const bool hidden = value.spec.secrecy == Secrecy::Hidden && !value.text.empty();
        all.push_back({value.spec.name, hidden ? std::string(kHiddenValue) : value.text, value.origin,
                       value.spec.help_zh, value.spec.help_en});
    }
    return all;
}

std::string Config::str() const {
    TomlText text;
    for (const Value& value : values_) {
        const Split name = split_name(value.spec.name);
        const bool hidden = value.spec.secrecy == Secrecy::Hidden && !value.text.empty();
        const std::string shown = hidden ? in_quotes(kHiddenValue) : as_toml(value.spec.kind, value.text, value.list);
        std::string line = name.key + " = " + shown;
        if (line.size() < 40) line.append(40 - line.size(), ' ');
        text.add(name.table, line + "  # " + place(value.origin) + "\n");
    }
    return text.str();
}

std::string example_file(const std::vector<SettingSpec>& specs) {
    TomlText text;
    for (const SettingSpec& spec : specs) {
        const Split name = split_name(spec.name);
        const std::string value = as_toml(spec.kind, spec.default_value, split_list(spec.default_value));
        text.add(name.table, "# " + spec.help_zh + "\n# " + spec.help_en + "  (" + environment_name(spec.name) +
                                 ")\n" + name.key + " = " + value + "\n");
    }
    return text.str();
}

}  // namespace tilth::config
