#include "platform/config/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "platform/config/nearest.h"

namespace tilth::config {
namespace {

std::vector<SettingSpec> specs() {
    return {
        {"data", Kind::Text, "data", "数据目录", "data directory", 1, 4096},
        {"server.listen", Kind::Text, "127.0.0.1", "监听地址", "address to listen on"},
        {"server.port", Kind::Int, "8686", "端口", "port", 1, 65535},
        {"server.public_url", Kind::Text, "", "对外地址", "address as others see it"},
        {"server.trusted_proxies", Kind::List, "", "可信代理", "trusted proxies", 0, 3},
        {"record.sync", Kind::Flag, "true", "落盘", "sync commits"},
        {"record.retry", Kind::Duration, "30s", "重试间隔", "time between tries", 1000, 3'600'000},
        {"columns.memory", Kind::Size, "512MiB", "内存上限", "memory limit", 1 << 20},
        {"log.level", Kind::Text, "info", "日志级别", "log level", 0, 10, {"debug", "info", "warn", "error"}},
        {"mail.password", Kind::Text, "", "邮箱口令", "mail password", 0, 100, {}, Secrecy::Hidden},
    };
}

class ConfigFile : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "tilth_config_XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string file(std::string_view text) {
        const std::string path = folder_ + "/tilth.toml";
        std::ofstream(path) << text;
        return path;
    }
    std::string folder_;
};

TEST_F(ConfigFile, TheStrongerSourceWinsAndIsRemembered) {
    const Config config = MUST(load(specs(), {
        .file = file("data = \"/srv\"\n[server]\nlisten = \"0.0.0.0\"\nport = 1\n[record]\nsync = false\n"),
        .environment = {{"TILTH_SERVER_PORT", "2"}, {"TILTH_RECORD_RETRY", "5m"}, {"PATH", "/bin"}},
        .flags = {{"server.port", {"3", "--port"}}},
    }));
    EXPECT_EQ(config.text("data"), "/srv");
    EXPECT_EQ(config.origin("data").where, "tilth.toml:1");
    EXPECT_EQ(config.origin("server.listen").where, "tilth.toml:3");
    EXPECT_EQ(config.integer("server.port"), 3);
    EXPECT_EQ(config.origin("server.port").source, Source::Flag);
    EXPECT_EQ(config.origin("server.port").where, "--port");
    EXPECT_EQ(config.duration("record.retry"), minutes(5));
    EXPECT_EQ(config.origin("record.retry").where, "TILTH_RECORD_RETRY");
    EXPECT_FALSE(config.flag("record.sync"));
    EXPECT_EQ(config.size("columns.memory"), 512u << 20);
    EXPECT_EQ(config.origin("columns.memory").source, Source::Default);
}

TEST_F(ConfigFile, TablesListsAndDottedKeys) {
    const Config config = MUST(load(specs(), {
        .file = file("server.trusted_proxies = [\"10.0.0.1\", \"10.0.0.2\"]\ncolumns = { memory = 1048576 }\n"),
        .environment = {},
        .flags = {},
    }));
    EXPECT_EQ(config.list("server.trusted_proxies"), (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
    EXPECT_EQ(config.size("columns.memory"), 1u << 20);
    const Config other = MUST(load(specs(), {"", {{"TILTH_SERVER_TRUSTED_PROXIES", " a, b ,,"}}, {}}));
    EXPECT_EQ(other.list("server.trusted_proxies"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ConfigFile, AnUnknownKeyNamesItsLineAndTheNearest) {
    const std::string text = "[server]\nlisten = \"::\"\nprot = 1\n\n[sever]\nport = 2\nzzz = 1\n";
    const auto loaded = load(specs(), {file(text), {}, {}});
    ASSERT_FALSE(loaded);
    const Error& error = loaded.error();
    EXPECT_EQ(error.code, ErrorCode::Invalid);
    ASSERT_EQ(error.fields.size(), 3u) << error.detail;
    EXPECT_EQ(error.fields[0].field, "server.prot");
    EXPECT_EQ(error.fields[0].rule, "unknown_setting");
    EXPECT_EQ(error.fields[0].reason_en, "tilth.toml:3: there is no setting server.prot");
    EXPECT_EQ(error.fields[0].remedy_en, "did you mean server.port");
    EXPECT_EQ(error.fields[1].remedy_en, "did you mean server.port");
    EXPECT_EQ(error.fields[2].remedy_en, "");
    EXPECT_NE(error.detail.find("tilth.toml:3: there is no setting server.prot, did you mean server.port"),
              std::string::npos) << error.detail;
}

TEST_F(ConfigFile, EveryMistakeIsToldAtOnce) {
    const auto loaded = load(specs(), {
        .file = file("[server]\nport = \"eighty\"\nlisten = [\"a\"]\n[record]\nretry = 30\nsync = \"maybe\"\n"
                     "[columns]\nmemory = 1.5\n[log]\nlevel = \"loud\"\n"),
        .environment = {{"TILTH_SERVER_TRUSTED_PROXIES", "a,b,c,d"}, {"TILTH_DATA", ""}},
        .flags = {{"nothing.such", {"1", "--such"}}},
    });
    ASSERT_FALSE(loaded);
    std::map<std::string, std::string> rules;
    for (const FieldError& one : loaded.error().fields) rules[one.field] = one.rule;
    EXPECT_EQ(rules, (std::map<std::string, std::string>{{"server.port", "not_readable"},
                                                         {"server.listen", "not_readable"},
                                                         {"record.retry", "not_readable"},
                                                         {"record.sync", "not_readable"},
                                                         {"columns.memory", "not_readable"},
                                                         {"log.level", "not_a_choice"},
                                                         {"server.trusted_proxies", "out_of_range"},
                                                         {"data", "out_of_range"},
                                                         {"nothing.such", "unknown_setting"}}));
}

TEST_F(ConfigFile, BrokenOrAbsentFiles) {
    const auto broken = load(specs(), {file("[server]\nport = \n"), {}, {}});
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::Corrupt);
    EXPECT_TRUE(broken.error().detail.starts_with("tilth.toml:2: ")) << broken.error().detail;
    const auto absent = load(specs(), {folder_ + "/none.toml", {}, {}});
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::NotFound);
}

TEST(Config, ReadsDurationsSizesAndFlags) {
    const auto with = [](const std::string& variable, const std::string& value) {
        return load(specs(), {"", {{variable, value}}, {}});
    };
    EXPECT_EQ(MUST(with("TILTH_RECORD_RETRY", "1500ms")).duration("record.retry").ms, 1500);
    EXPECT_EQ(MUST(with("TILTH_RECORD_RETRY", "1 h")).duration("record.retry"), hours(1));
    EXPECT_EQ(MUST(with("TILTH_COLUMNS_MEMORY", "2GB")).size("columns.memory"), 2'000'000'000u);
    EXPECT_EQ(MUST(with("TILTH_COLUMNS_MEMORY", "3 GiB")).size("columns.memory"), 3ull << 30);
    for (const char* yes : {"true", "yes", "on", "1"})
        EXPECT_TRUE(MUST(with("TILTH_RECORD_SYNC", yes)).flag("record.sync"));
    for (const char* no : {"false", "no", "off", "0"})
        EXPECT_FALSE(MUST(with("TILTH_RECORD_SYNC", no)).flag("record.sync"));
    for (const char* bad : {"", "s", "5", "5 weeks", "-5s", "2h", "999ms", "99999999999999999999s",
                            "9223372036854775807d"})
        EXPECT_FALSE(with("TILTH_RECORD_RETRY", bad)) << bad;
    for (const char* bad : {"", "MiB", "1 XB", "1.5MiB", "-1"}) EXPECT_FALSE(with("TILTH_COLUMNS_MEMORY", bad)) << bad;
    for (const char* bad : {"", "0", "65536", "80 80", "0x50", "80.0"})
        EXPECT_FALSE(with("TILTH_SERVER_PORT", bad)) << bad;
}

TEST(Config, UnknownVariablesAreListedNotRefused) {
    const Config config = MUST(load(specs(), {"", {{"TILTH_SERVER_PROT", "1"}, {"HOME", "/"}}, {}}));
    EXPECT_EQ(config.unknown_environment(), (std::vector<std::string>{"TILTH_SERVER_PROT"}));
}

TEST_F(ConfigFile, PrintsItselfAsAFileThatLoadsTheSame) {
    const Config config = MUST(load(specs(), {
        "", {{"TILTH_DATA", "a \"quoted\"\tpath"}, {"TILTH_SERVER_TRUSTED_PROXIES", "a,b"}},
        {{"server.port", {"3", "--port"}}}}));
    const std::string text = config.str();
    EXPECT_NE(text.find("# --port\n"), std::string::npos) << text;
    EXPECT_NE(text.find("# TILTH_DATA\n"), std::string::npos) << text;
    const Config again = MUST(load(specs(), {file(text), {}, {}}));
    for (std::size_t i = 0; i < specs().size(); ++i) EXPECT_EQ(again.entries()[i].value, config.entries()[i].value);
    EXPECT_EQ(again.origin("server.port").source, Source::File);
}

TEST_F(ConfigFile, TheExampleFileHoldsTheDefaults) {
    const Config config = MUST(load(specs(), {file(example_file(specs())), {}, {}}));
    const Config defaults = MUST(load(specs(), {}));
    for (std::size_t i = 0; i < specs().size(); ++i) {
        EXPECT_EQ(config.entries()[i].value, defaults.entries()[i].value);
        EXPECT_EQ(config.entries()[i].origin.source, Source::File);
    }
}

TEST(Config, SecretsAreNeverPrinted) {
    const Config config = MUST(load(specs(), {"", {{"TILTH_MAIL_PASSWORD", "hunter2"}}, {}}));
    EXPECT_EQ(config.secret("mail.password").reveal(), "hunter2");
    EXPECT_EQ(config.str().find("hunter2"), std::string::npos);
    for (const Entry& entry : config.entries()) EXPECT_EQ(entry.value.find("hunter2"), std::string::npos);
    const auto refused = load(specs(), {"", {{"TILTH_MAIL_PASSWORD", std::string(200, 'x') + "hunter2"}}, {}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail.find("hunter2"), std::string::npos);
}

TEST(ConfigDeathTest, PromisesOfTheDeclaration) {
    const Config config = MUST(load(specs(), {}));
    EXPECT_DEATH((void)config.text("server.prot"), "server.prot");
    EXPECT_DEATH((void)config.text("server.port"), "server.port");
    EXPECT_DEATH((void)load({{"a", Kind::Int, "x", "", ""}}, {}), "should look like");
    EXPECT_DEATH((void)load({{"a.b", Kind::Text, "", "", ""}, {"a_b", Kind::Text, "", "", ""}}, {}), "name of its own");
}

TEST(Config, ReadsTheProcessEnvironment) {
    ::setenv("TILTH_SERVER_PORT", "9=9", 1);
    EXPECT_EQ(process_environment().at("TILTH_SERVER_PORT"), "9=9");
    EXPECT_FALSE(process_environment().contains("PATH"));
    ::unsetenv("TILTH_SERVER_PORT");
}

TEST(Nearest, IsNearOrNothing) {
    const std::vector<std::string> known{"server.port", "server.listen", "record.sync"};
    EXPECT_EQ(nearest("server.prot", known), "server.port");
    EXPECT_EQ(nearest("sever.listen", known), "server.listen");
    EXPECT_EQ(nearest("sync", known), "record.sync");
    EXPECT_EQ(nearest("colour", known), "");
    EXPECT_EQ(nearest("", known), "");
    EXPECT_EQ(nearest(std::string(10'000, 'a'), known), "");
}

}  // namespace
}  // namespace tilth::config
