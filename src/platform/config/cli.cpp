// The only file that knows CLI11. CLI11 takes the words apart; what they must be, and every sentence, is ours, so that
// mistakes read the same in both languages.

#include "platform/config/cli.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>

#include "platform/config/nearest.h"

namespace tilth::cli {

namespace {

std::string dashed(const std::string& name) { return "--" + name; }

FieldError mistake(const std::string& field, std::string rule, std::string zh, std::string en) {
    return {field, std::move(rule), std::move(zh), std::move(en), {}, {}};
}

// The commands on the way from the program to the one that was called, and CLI11's own picture of each.
struct Node {
    const CommandSpec* spec = nullptr;  // null for the program
    std::string path;                   // "staff add"
    CLI::App* app = nullptr;
    std::vector<const OptionSpec*> options;
    std::deque<std::vector<std::string>> texts;  // where CLI11 puts the values of options
    std::deque<std::int64_t> counts;             // and of switches
    std::vector<std::string> words;              // and what is no option
    std::deque<Node> inner;
    bool wants_help = false;
};

void declare_options(Node& node, const std::vector<OptionSpec>& options) {
    for (const OptionSpec& option : options) {
        node.options.push_back(&option);
        node.texts.emplace_back();
        node.counts.push_back(0);
        const std::string names = (option.letter.empty() ? "" : "-" + option.letter + ",") + dashed(option.name);
        if (option.value_name.empty()) {
            node.app->add_flag(names, node.counts.back());
        } else {
            // One word each time it is written: without this an option of a list swallows what follows.
            node.app->add_option(names, node.texts.back())->type_size(1)->take_all()->allow_extra_args(false);
        }
    }
    node.app->add_flag("-h,--help", node.wants_help);
}

void declare(Node& node, const std::vector<CommandSpec>& commands) {
    node.app->require_subcommand(0, 1);  // a second command's name is a word like any other
    for (const CommandSpec& command : commands) {
        Node& made = node.inner.emplace_back();
        made.spec = &command;
        made.path = node.path.empty() ? command.name : node.path + " " + command.name;
        made.app = node.app->add_subcommand(command.name);
        made.app->set_help_flag();
        made.app->allow_extras();
        made.app->fallthrough();
        declare_options(made, command.options);
        if (!command.positionals.empty()) made.app->add_option("words", made.words)->type_size(1)->expected(0, 1 << 20);
        declare(made, command.commands);
    }
}

Node& deepest_called(Node& node) {
    for (Node& inner : node.inner) {
        if (inner.app->parsed()) return deepest_called(inner);
    }
    return node;
}

void collect_help(const Node& node, bool& wanted) {
    wanted = wanted || node.wants_help;
    for (const Node& inner : node.inner) collect_help(inner, wanted);
}

// What the called command and the program before it were given, held to their rules.
class Reader {
public:
    explicit Reader(Parsed& parsed) : parsed_(parsed) {}

    void take(const Node& node) {
        for (std::size_t i = 0; i < node.options.size(); ++i) {
            const OptionSpec& option = *node.options[i];
            known_.push_back(dashed(option.name));
            if (option.value_name.empty()) {
                take_switch(option, node.counts[i]);
            } else {
                take_option(option, node.texts[i]);
            }
        }
        take_words(node.spec == nullptr ? std::vector<PositionalSpec>{} : node.spec->positionals, node.words);
    }

    void refuse_rest(std::vector<std::string> rest, const Node& called) {
        rest.insert(rest.end(), too_many_.begin(), too_many_.end());
        for (const std::string& word : rest) {
            const bool option = word.starts_with("-");
            const std::string name = word.substr(0, word.find('='));
            FieldError error = mistake(name, "unknown", (option ? "没有这个选项：" : "多余的参数：") + name,
                                       (option ? "there is no option " : "nothing takes the argument ") + name);
            std::vector<std::string> known = known_;
            for (const Node& inner : called.inner) known.push_back(inner.spec->name);
            const std::string near = config::nearest(name, known);
            if (!near.empty()) {
                error.remedy_zh = "是否想写 " + near;
                error.remedy_en = "did you mean " + near;
            }
            mistakes.push_back(std::move(error));
        }
    }

    std::vector<FieldError> mistakes;

private:
    void take_switch(const OptionSpec& option, std::int64_t count) {
        if (count == 0) return;
        parsed_.values[option.name] = {"true"};
        if (!option.setting.empty()) parsed_.settings[option.setting] = {option.switch_value, dashed(option.name)};
    }

    void take_words(const std::vector<PositionalSpec>& specs, const std::vector<std::string>& words) {
        auto next = words.begin();
        for (const PositionalSpec& spec : specs) {
            if (next == words.end()) {
                if (spec.need == Need::Required)
                    mistakes.push_back(mistake(spec.name, "missing", "缺少参数 " + spec.name, spec.name + " is missing"));
                continue;
            }
            const auto end = spec.times == Times::Many ? words.end() : next + 1;
            parsed_.values[spec.name].assign(next, end);
            next = end;
        }
        too_many_.insert(too_many_.end(), next, words.end());
    }

    void take_option(const OptionSpec& option, const std::vector<std::string>& given) {
        const std::string name = dashed(option.name);
        if (given.empty()) {
            if (option.need == Need::Required)
                mistakes.push_back(mistake(name, "missing", "缺少选项 " + name, name + " is missing"));
            return;
        }
        if (given.size() > 1 && option.times == Times::Once)
            mistakes.push_back(mistake(name, "repeated", name + " 只能写一次", name + " may be given once"));
        for (const std::string& value : given) {
            if (option.choices.empty() ||
                std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end())
                continue;
            std::string choices;
            for (const std::string& choice : option.choices) choices += (choices.empty() ? "" : ", ") + choice;
            mistakes.push_back(mistake(name, "not_a_choice", name + " 应是其中之一：" + choices,
                                       name + " should be one of " + choices));
        }
        parsed_.values[option.name] = given;
        if (option.setting.empty()) return;
        std::string joined;
        for (const std::string& value : given) joined += (joined.empty() ? "" : ",") + value;
        parsed_.settings[option.setting] = {joined, name};
    }

    Parsed& parsed_;
    std::vector<std::string> known_;
    std::vector<std::string> too_many_;
};

Error refused(std::vector<FieldError> mistakes) {
    Error error(ErrorCode::Invalid);
    for (const FieldError& one : mistakes) {
        if (!error.detail.empty()) error.detail += "; ";
        error.detail += one.reason_en + (one.remedy_en.empty() ? "" : ", " + one.remedy_en);
    }
    error.fields = std::move(mistakes);
    return error;
}

// CLI11 itself refuses only an option that lacks its value.
Error refused_by_library(const CLI::ParseError& error) {
    const std::string text = error.what();
    const std::string name = text.starts_with("-") ? text.substr(0, text.find(':')) : std::string();
    return refused({mistake(name, "value_missing", "选项缺少值：" + (name.empty() ? text : name),
                            name.empty() ? text : name + " needs a value")});
}

Status run_library(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return refused_by_library(error);
    }
    return ok();
}

}  // namespace

std::string Parsed::value(std::string_view name, std::string_view fallback) const {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? std::string(fallback) : found->second.back();
}

std::vector<std::string> Parsed::all(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>{} : found->second;
}

Result<Parsed> parse(const ProgramSpec& program, int argc, const char* const* argv) {
    INVARIANT(argc >= 1, "a program is called by its name");
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    Node root;
    root.app = &app;
    bool wants_version = false;
    app.add_flag("--version", wants_version);
    declare_options(root, program.options);
    declare(root, program.commands);
    // What follows "--" is words even when it looks like options; CLI11 would end the command there.
    const char* const* const mark =
        std::find_if(argv + 1, argv + argc, [](const char* word) { return std::string_view(word) == "--"; });
    Status read = run_library(app, static_cast<int>(mark - argv), argv);

    Node& called = deepest_called(root);
    if (mark != argv + argc) called.words.insert(called.words.end(), mark + 1, argv + argc);
    Parsed parsed;
    bool wants_help = false;
    collect_help(root, wants_help);
    if (wants_help) {
        parsed.text = help(program, called.path);
        return parsed;
    }
    TRY(std::move(read));
    if (wants_version) {
        parsed.text = program.name + " " + program.version + "\n";
        return parsed;
    }
    Reader reader(parsed);
    Node* node = &root;
    for (reader.take(*node); node != &called;) {
        const auto next = std::find_if(node->inner.begin(), node->inner.end(),
                                       [](const Node& inner) { return inner.app->parsed(); });
        node = &*next;
        reader.take(*node);
    }
    reader.refuse_rest(app.remaining(true), called);
    if (!reader.mistakes.empty()) return refused(std::move(reader.mistakes));
    if (!called.inner.empty()) {
        parsed.text = help(program, called.path);
        return parsed;
    }
    parsed.command = called.path;
    return parsed;
}

}  // namespace tilth::cli
