// Help as a person reads it: what it does, how it is written, every word of it, an example.

#include <algorithm>

#include "platform/config/cli.h"

namespace tilth::cli {

namespace {

constexpr std::size_t kHelpColumn = 30;

// Columns on a terminal: letters from U+1100 on (Chinese, full-width forms) take two.
std::size_t width(std::string_view text) {
    std::size_t columns = 0;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if ((code & 0xC0u) == 0x80u) continue;
        columns += code >= 0xE2 ? 2 : 1;
    }
    return columns;
}

std::string line(const std::string& left, const std::string& right) {
    std::string text = "  " + left;
    const std::size_t used = width(text);
    if (used + 2 > kHelpColumn) {
        text += "\n" + std::string(kHelpColumn, ' ');
    } else {
        text.append(kHelpColumn - used, ' ');
    }
    return text + right + "\n";
}

class Writer {
public:
    explicit Writer(Language language) : language_(language) {}

    std::string pick(const std::string& zh, const std::string& en) const {
        return language_ == Language::Chinese ? zh : en;
    }

    void paragraph(const std::string& text) { out_ += text + "\n"; }

    void section(const std::string& zh, const std::string& en, const std::string& lines) {
        if (!lines.empty()) out_ += "\n" + pick(zh + "：", en + ":") + "\n" + lines;
    }

    std::string options(const std::vector<OptionSpec>& specs) const {
        std::string lines;
        for (const OptionSpec& option : specs) {
            std::string left = (option.letter.empty() ? "    " : "-" + option.letter + ", ") + "--" + option.name;
            if (!option.value_name.empty()) left += " " + option.value_name;
            std::string right = pick(option.help_zh, option.help_en);
            if (option.need == Need::Required) right += pick("（必填）", " (required)");
            if (option.times == Times::Many) right += pick("（可多次）", " (may be repeated)");
            if (!option.choices.empty()) {
                std::string choices;
                for (const std::string& choice : option.choices) choices += (choices.empty() ? "" : " | ") + choice;
                right += pick("：", ": ") + choices;
            }
            lines += line(left, right);
        }
        return lines;
    }

    std::string positionals(const std::vector<PositionalSpec>& specs) const {
        std::string lines;
        for (const PositionalSpec& one : specs) lines += line(one.name, pick(one.help_zh, one.help_en));
        return lines;
    }

    std::string commands(const std::vector<CommandSpec>& specs) const {
        std::string lines;
        for (const CommandSpec& one : specs) lines += line(one.name, pick(one.help_zh, one.help_en));
        return lines;
    }

    const std::string& str() const { return out_; }

private:
    Language language_;
    std::string out_;
};

std::string written(const PositionalSpec& one) {
    std::string text = one.name;
    if (one.times == Times::Many) text += "…";
    return one.need == Need::Required ? text : "[" + text + "]";
}

const CommandSpec* find_command(const std::vector<CommandSpec>& commands, std::string_view path) {
    const auto space = path.find(' ');
    const std::string_view name = path.substr(0, space);
    const auto found =
        std::find_if(commands.begin(), commands.end(), [&](const auto& one) { return one.name == name; });
    if (found == commands.end()) return nullptr;
    return space == std::string_view::npos ? &*found : find_command(found->commands, path.substr(space + 1));
}

std::vector<OptionSpec> with_help(std::vector<OptionSpec> options) {
    options.push_back({"help", "h", "", "显示帮助", "show this help"});
    return options;
}

std::string program_help(const ProgramSpec& program) {
    Writer writer(program.language);
    writer.paragraph(program.name + " " + program.version + "  " + writer.pick(program.help_zh, program.help_en));
    const std::string usage = "  " + program.name + writer.pick(" <命令> [选项]\n", " <command> [options]\n");
    writer.section("用法", "Usage", usage);
    writer.section("命令", "Commands", writer.commands(program.commands));
    std::vector<OptionSpec> options = with_help(program.options);
    options.push_back({"version", "", "", "显示版本", "show the version"});
    writer.section("选项", "Options", writer.options(options));
    writer.paragraph("");
    writer.paragraph(writer.pick("某个命令的帮助：" + program.name + " <命令> --help",
                                 "Help on a command: " + program.name + " <command> --help"));
    return writer.str();
}

}  // namespace

std::string help(const ProgramSpec& program, std::string_view command) {
    const CommandSpec* const found = find_command(program.commands, command);
    if (found == nullptr) return program_help(program);
    Writer writer(program.language);
    writer.paragraph(writer.pick(found->help_zh, found->help_en));
    std::string usage = "  " + program.name + " " + std::string(command);
    if (!found->commands.empty()) usage += writer.pick(" <命令>", " <command>");
    for (const PositionalSpec& one : found->positionals) usage += " " + written(one);
    writer.section("用法", "Usage", usage + writer.pick(" [选项]\n", " [options]\n"));
    writer.section("命令", "Commands", writer.commands(found->commands));
    writer.section("参数", "Arguments", writer.positionals(found->positionals));
    writer.section("选项", "Options", writer.options(with_help(found->options)));
    writer.section("通用选项", "Options of every command", writer.options(program.options));
    std::string examples;
    for (const std::string& example : found->examples) examples += "  " + example + "\n";
    writer.section("示例", "Examples", examples);
    return writer.str();
}

}  // namespace tilth::cli
