#pragma once
// The command line: commands, options and help declared as data, read by CLI11. Help is returned, never printed, in
// Chinese or English. Pure but for reading its arguments; one thread.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/config/config.h"

namespace tilth::cli {

enum class Language : std::uint8_t { Chinese, English };
enum class Need : std::uint8_t { Optional, Required };
enum class Times : std::uint8_t { Once, Many };

struct OptionSpec {
    std::string name;        // "port": written --port
    std::string letter;      // "p": also written -p; or empty
    std::string value_name;  // "N" as help shows it; empty: a switch without a value
    std::string help_zh;
    std::string help_en;
    std::string setting = {};  // the setting it overrides ("server.port"), or empty
    // For a switch that overrides a setting: the value it stands for.
    std::string switch_value = "true";
    Need need = Need::Optional;
    Times times = Times::Once;
    std::vector<std::string> choices = {};
};

struct PositionalSpec {
    std::string name;  // "FILE"
    std::string help_zh;
    std::string help_en;
    Need need = Need::Required;
    Times times = Times::Once;  // Many only for the last one
};

struct CommandSpec {
    std::string name;  // "serve"
    std::string help_zh;
    std::string help_en;
    std::vector<OptionSpec> options = {};
    std::vector<PositionalSpec> positionals = {};
    std::vector<std::string> examples = {};     // whole lines: "tilth import orders.csv --mapping shop"
    std::vector<CommandSpec> commands = {};     // "staff add"; a command with commands takes no positionals
};

struct ProgramSpec {
    std::string name;     // "tilth"
    std::string version;  // printed by --version
    std::string help_zh;
    std::string help_en;
    std::vector<OptionSpec> options = {};  // hold for every command, before or after its name
    std::vector<CommandSpec> commands = {};
    Language language = Language::Chinese;
};

struct Parsed {
    // "serve", "staff add"; empty when `text` is to be printed instead (--help, --version, or no command at all).
    std::string command;
    std::string text;
    std::map<std::string, std::vector<std::string>, std::less<>> values;  // options and positionals that were given
    std::map<std::string, config::Given> settings;                        // for config::Sources::flags

    bool has(std::string_view name) const { return values.contains(name); }
    // The last value given, or `fallback`.
    std::string value(std::string_view name, std::string_view fallback = {}) const;
    std::vector<std::string> all(std::string_view name) const;
};

// Invalid with one FieldError per mistake (field: the option or positional); the remedy names what was perhaps meant.
Result<Parsed> parse(const ProgramSpec& program, int argc, const char* const* argv);

// Help of the program (command empty) or of a command ("staff add").
std::string help(const ProgramSpec& program, std::string_view command = {});

}  // namespace tilth::cli
