#pragma once
// One effective configuration: defaults < TOML file < environment (TILTH_SERVER_PORT) < flags (--port). Every setting
// remembers where its value came from. Settings are declared as data; what is not declared is refused with its line
// and the nearest known name. A Config is an immutable value; any thread. Asking for an undeclared name, or for another
// kind than declared, breaks a promise (INVARIANT).

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

namespace tilth::config {

enum class Kind : std::uint8_t {
    Text,      // "0.0.0.0"
    Int,       // 8686
    Flag,      // true, false; outside of a file also yes, no, on, off, 1, 0
    Duration,  // "500ms", "30s", "5m", "2h", "7d"
    Size,      // "64MiB", "1GB", 4096 (bytes)
    List,      // ["a", "b"] in the file, "a,b" elsewhere; entries are trimmed, empty ones dropped
};

enum class Secrecy : std::uint8_t { Shown, Hidden };

struct SettingSpec {
    std::string name;           // "server.port": table and key, lower case; the environment says TILTH_SERVER_PORT
    Kind kind = Kind::Text;
    std::string default_value;  // as in the environment; must keep the rules below
    std::string help_zh;
    std::string help_en;
    // Bounds of an Int, of a Duration in milliseconds, of a Size in bytes, of a Text in bytes, of a List in entries.
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    std::vector<std::string> choices = {};  // of a Text: one of these
    Secrecy secrecy = Secrecy::Shown;       // Hidden: never printed
};

enum class Source : std::uint8_t { Default, File, Environment, Flag };
struct Origin {
    Source source = Source::Default;
    std::string where;  // "" · "tilth.toml:12" · "TILTH_SERVER_PORT" · "--port"
};

// A value from the command line and the option that carried it.
struct Given {
    std::string value;
    std::string where;
};

struct Sources {
    std::string file;                                // path of a TOML file; empty: none. NotFound when it is absent
    std::map<std::string, std::string> environment;  // whole variables; those without TILTH_ in front are ignored
    std::map<std::string, Given> flags;              // by setting name
};

struct Entry {
    std::string name;
    std::string value;  // as text; "••••" for a hidden one that is set
    Origin origin;
    std::string help_zh;
    std::string help_en;
};

class Config {
public:
    const std::string& text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    bool flag(std::string_view name) const;
    Duration duration(std::string_view name) const;
    std::uint64_t size(std::string_view name) const;
    const std::vector<std::string>& list(std::string_view name) const;
    Secret secret(std::string_view name) const;  // of a hidden Text
    const Origin& origin(std::string_view name) const;

    // In the order of the declaration.
    std::vector<Entry> entries() const;
    // As a TOML file, each value with a comment that says where it came from: what `tilth config` prints.
    std::string str() const;
    // TILTH_ variables that name no setting: perhaps a slip, perhaps another program's.
    const std::vector<std::string>& unknown_environment() const { return unknown_environment_; }

private:
    friend Result<Config> load(const std::vector<SettingSpec>& specs, const Sources& sources);
    struct Value {
        SettingSpec spec;
        Origin origin;
        std::string text;
        std::int64_t number = 0;  // Int, Flag, Duration in ms, Size in bytes
        std::vector<std::string> list;
    };
    const Value& find(std::string_view name, Kind kind) const;
    const Value& find(std::string_view name) const;

    std::vector<Value> values_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
    std::vector<std::string> unknown_environment_;
};

// Invalid with one FieldError per mistake (field: the setting; the reason says where it stands); `detail` has them all
// in one line. Corrupt when the file is not TOML, with the line; NotFound when it is absent.
Result<Config> load(const std::vector<SettingSpec>& specs, const Sources& sources);

// This process's environment, variables with TILTH_ in front only.
std::map<std::string, std::string> process_environment();

// "server.port" -> "TILTH_SERVER_PORT"
std::string environment_name(std::string_view setting);

// A commented file with every setting at its default, to start from.
std::string example_file(const std::vector<SettingSpec>& specs);

}  // namespace tilth::config
