#include "platform/config/cli.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tilth::cli {
namespace {

ProgramSpec program(Language language = Language::English) {
    ProgramSpec spec{.name = "tilth", .version = "0.1.0", .help_zh = "精耕：客户经营", .help_en = "customer operations"};
    spec.language = language;
    spec.options = {{.name = "data", .letter = "d", .value_name = "DIR", .help_zh = "数据目录",
                     .help_en = "data directory", .setting = "data"}};
    CommandSpec serve{.name = "serve", .help_zh = "启动服务", .help_en = "run the server"};
    serve.options = {
        {.name = "port", .letter = "p", .value_name = "N", .help_zh = "端口", .help_en = "port",
         .setting = "server.port"},
        {.name = "empty", .letter = "", .value_name = "", .help_zh = "不载入样例", .help_en = "load no sample",
         .setting = "sample.load", .switch_value = "false"},
        {.name = "proxy", .letter = "", .value_name = "ADDRESS", .help_zh = "可信代理", .help_en = "trusted proxy",
         .setting = "server.trusted_proxies", .times = Times::Many},
        {.name = "clock", .letter = "", .value_name = "KIND", .help_zh = "时钟", .help_en = "clock",
         .choices = {"system", "manual"}},
    };
    serve.examples = {"tilth serve --port 80"};
    CommandSpec import{.name = "import", .help_zh = "导入文件", .help_en = "import files"};
    import.options = {{.name = "mapping", .letter = "m", .value_name = "NAME", .help_zh = "映射", .help_en = "mapping",
                       .need = Need::Required}};
    import.positionals = {{"KIND", "种类", "kind"}, {"FILE", "文件", "files", Need::Optional, Times::Many}};
    CommandSpec staff{.name = "staff", .help_zh = "员工", .help_en = "staff"};
    staff.commands = {{.name = "add", .help_zh = "新增", .help_en = "add one", .positionals = {{"NAME", "姓名", "name"}}},
                      {.name = "list", .help_zh = "列出", .help_en = "list all"}};
    spec.commands = {serve, import, staff};
    return spec;
}

Result<Parsed> run(std::vector<const char*> words, Language language = Language::English) {
    words.insert(words.begin(), "tilth");
    return parse(program(language), static_cast<int>(words.size()), words.data());
}

std::vector<std::pair<std::string, std::string>> mistakes(const Result<Parsed>& result) {
    std::vector<std::pair<std::string, std::string>> found;
    if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::Invalid);
        for (const FieldError& one : result.error().fields) found.emplace_back(one.field, one.rule);
    }
    return found;
}
using Mistakes = std::vector<std::pair<std::string, std::string>>;

TEST(Cli, OptionsBeforeAndAfterTheCommand) {
    for (const auto& words : {std::vector<const char*>{"serve", "--port", "80", "--data", "/srv"},
                              {"--data", "/srv", "serve", "--port=80"},
                              {"-d", "/srv", "serve", "-p", "80"},
                              {"serve", "-p80", "-d/srv"}}) {
        const Parsed parsed = MUST(run(words));
        EXPECT_EQ(parsed.command, "serve");
        EXPECT_EQ(parsed.text, "");
        EXPECT_EQ(parsed.value("port"), "80");
        EXPECT_EQ(parsed.settings.at("server.port").value, "80");
        EXPECT_EQ(parsed.settings.at("server.port").where, "--port");
        EXPECT_EQ(parsed.settings.at("data").value, "/srv");
        EXPECT_EQ(parsed.settings.size(), 2u);
    }
}

TEST(Cli, SwitchesListsAndAbsence) {
    const Parsed parsed =
        MUST(run({"serve", "--empty", "--proxy", "10.0.0.1", "--proxy", "10.0.0.2", "--clock", "manual"}));
    EXPECT_TRUE(parsed.has("empty"));
    EXPECT_EQ(parsed.settings.at("sample.load").value, "false");
    EXPECT_EQ(parsed.all("proxy"), (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
    EXPECT_EQ(parsed.settings.at("server.trusted_proxies").value, "10.0.0.1,10.0.0.2");
    EXPECT_EQ(parsed.value("clock"), "manual");
    EXPECT_FALSE(parsed.has("port"));
    EXPECT_EQ(parsed.value("port", "8686"), "8686");
    EXPECT_TRUE(parsed.all("port").empty());
}

TEST(Cli, Positionals) {
    const Parsed parsed = MUST(run({"import", "orders", "-m", "shop", "a.csv", "b.csv"}));
    EXPECT_EQ(parsed.command, "import");
    EXPECT_EQ(parsed.value("KIND"), "orders");
    EXPECT_EQ(parsed.all("FILE"), (std::vector<std::string>{"a.csv", "b.csv"}));
    EXPECT_EQ(MUST(run({"import", "orders", "-m", "shop"})).has("FILE"), false);
    EXPECT_EQ(MUST(run({"import", "-m", "shop", "--", "orders", "-odd.csv"})).value("FILE"), "-odd.csv");
    EXPECT_EQ(MUST(run({"import", "orders", "-m", "shop", "serve"})).value("FILE"), "serve");
}

TEST(Cli, CommandsWithinCommands) {
    const Parsed parsed = MUST(run({"staff", "add", "Li Lei", "--data", "x"}));
    EXPECT_EQ(parsed.command, "staff add");
    EXPECT_EQ(parsed.value("NAME"), "Li Lei");
    EXPECT_EQ(parsed.settings.at("data").value, "x");
}

TEST(Cli, MistakesAreNamedWithWhatWasMeant) {
    const auto typo = run({"serve", "--prot", "80"});
    ASSERT_EQ(mistakes(typo).at(0), (std::pair<std::string, std::string>{"--prot", "unknown"}));
    EXPECT_EQ(typo.error().fields[0].remedy_en, "did you mean --port");
    const auto command = run({"sreve"});
    ASSERT_EQ(mistakes(command), (Mistakes{{"sreve", "unknown"}}));
    EXPECT_EQ(command.error().fields[0].remedy_en, "did you mean serve");
    EXPECT_EQ(mistakes(run({"serve", "extra"})), (Mistakes{{"extra", "unknown"}}));
    EXPECT_EQ(mistakes(run({"staff", "add", "one", "two"})), (Mistakes{{"two", "unknown"}}));
    EXPECT_EQ(mistakes(run({"serve", "--", "--port"})), (Mistakes{{"--port", "unknown"}}));
    EXPECT_EQ(mistakes(run({"serve", "--clock", "sun"})), (Mistakes{{"--clock", "not_a_choice"}}));
    EXPECT_EQ(mistakes(run({"serve", "--port", "1", "--port", "2"})), (Mistakes{{"--port", "repeated"}}));
    EXPECT_EQ(mistakes(run({"serve", "--port"})), (Mistakes{{"--port", "value_missing"}}));
    EXPECT_EQ(mistakes(run({"import"})), (Mistakes{{"--mapping", "missing"}, {"KIND", "missing"}}));
    EXPECT_EQ(mistakes(run({"staff", "add"})), (Mistakes{{"NAME", "missing"}}));
}

TEST(Cli, HelpIsReturnedForTheCommandThatWasMeant) {
    const Parsed whole = MUST(run({"--help"}));
    EXPECT_EQ(whole.command, "");
    for (const char* word : {"serve", "run the server", "--data DIR", "--version", "tilth <command> --help"})
        EXPECT_NE(whole.text.find(word), std::string::npos) << whole.text;
    using Words = std::vector<const char*>;
    for (const Words& words : {Words{"serve", "--help"}, {"serve", "--port", "1", "-h"}, {"--help", "serve"}}) {
        const Parsed parsed = MUST(run(words));
        EXPECT_EQ(parsed.command, "");
        for (const char* word : {"-p, --port N", "system | manual", "tilth serve --port 80", "--data DIR"})
            EXPECT_NE(parsed.text.find(word), std::string::npos) << parsed.text;
    }
    EXPECT_EQ(MUST(run({})).text, whole.text) << "no command at all";
    EXPECT_NE(MUST(run({"staff"})).text.find("add one"), std::string::npos);
    EXPECT_NE(MUST(run({"import", "-h"})).text.find("tilth import KIND [FILE…] [options]"), std::string::npos);
    EXPECT_NE(MUST(run({"staff", "add", "--help"})).text.find("tilth staff add NAME"), std::string::npos);
    EXPECT_EQ(MUST(run({"--version"})).text, "tilth 0.1.0\n");
}

TEST(Cli, SpeaksChineseWithAlignedColumns) {
    const std::string text = MUST(run({"serve", "--help"}, Language::Chinese)).text;
    EXPECT_NE(text.find("启动服务\n"), std::string::npos) << text;
    EXPECT_NE(text.find("  -p, --port N                端口\n"), std::string::npos) << text;
    EXPECT_NE(text.find("通用选项："), std::string::npos) << text;
    const auto wrong = run({"serve", "--prot"}, Language::Chinese);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().fields[0].reason_zh, "没有这个选项：--prot");
}

}  // namespace
}  // namespace tilth::cli
