#include "platform/log/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "platform/log/line.h"

namespace tilth::log {
namespace {

constexpr Instant kAt{1'772'330'700'000};  // 2026-03-01T02:05:00Z

std::string json_text(std::string_view text) {
    std::string out;
    append_json_text(out, text);
    return out;
}

TEST(LogLine, HoldsEveryKindOfValue) {
    EXPECT_EQ(json_line(kAt, Level::Warn, "import.slow",
                        {{"rows", 12}, {"share", 0.25}, {"again", true}, {"source", "till"}, {"big", ~0u}}),
              R"({"at":"2026-03-01T02:05:00.000Z","level":"warn","what":"import.slow","rows":12,"share":0.25,)"
              R"("again":true,"source":"till","big":4294967295})");
}

TEST(LogLine, NumbersThatJsonCannotHoldAreNull) {
    EXPECT_EQ(json_line(kAt, Level::Info, "x", {{"a", std::numeric_limits<double>::quiet_NaN()},
                                                {"b", std::numeric_limits<double>::infinity()}}),
              R"({"at":"2026-03-01T02:05:00.000Z","level":"info","what":"x","a":null,"b":null})");
}

TEST(LogLine, EscapesWhatWouldBreakTheLine) {
    EXPECT_EQ(json_text("a\"b\\c\nd\re\tf"), R"("a\"b\\c\nd\re\tf")");
    EXPECT_EQ(json_text(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
    EXPECT_EQ(json_text("精耕"), "\"精耕\"");
}

TEST(LogLine, BadUtf8BecomesTheReplacementCharacter) {
    EXPECT_EQ(json_text("a\xffz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(json_text("\xc0\xaf"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");           // overlong
    EXPECT_EQ(json_text("\xed\xa0\x80").size(), 2 + 3 * 3u);                    // surrogate
    EXPECT_EQ(json_text("\xf4\x90\x80\x80").size(), 2 + 4 * 3u);                // past U+10FFFF
    EXPECT_EQ(json_text("\xe7\xb2"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");           // ends too early
}

TEST(LogLine, LongTextsAreCutAtALetter) {
    std::string text(kTextBytesMax - 1, 'a');
    text += "精耕";
    EXPECT_EQ(json_text(text), "\"" + std::string(kTextBytesMax - 1, 'a') + "…\"");
}

class LogFile : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "tilth_log_XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override {
        open({});
        std::filesystem::remove_all(folder_);
    }
    static std::string content(const std::string& path) {
        std::ostringstream all;
        all << std::ifstream(path).rdbuf();
        return all.str();
    }
    std::string folder_;
};

TEST_F(LogFile, WritesLinesAtOrAboveTheLevelIntoAPrivateFile) {
    const std::string path = folder_ + "/tilth.log";
    open({.level = Level::Warn, .file = path});
    info("not.this");
    error("this.{}", {{"code", 7}});
    const std::string text = content(path);
    EXPECT_EQ(text.find("not.this"), std::string::npos);
    EXPECT_NE(text.find(R"("level":"error","what":"this.{}","code":7})" "\n"), std::string::npos) << text;
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(LogFile, RotatesAndKeepsTheNamedNumberOfFiles) {
    open({.level = Level::Debug, .file = folder_ + "/tilth.log", .file_bytes_max = 4096, .files_max = 3});
    for (int i = 0; i < 500; ++i) debug("line", {{"number", i}});
    std::size_t files = 0;
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        ++files;
        bytes += entry.file_size();
    }
    EXPECT_EQ(files, 3u);
    EXPECT_LE(bytes, 3 * 4096u);
}

TEST_F(LogFile, AFileThatCannotBeOpenedFallsBackToStandardError) {
    testing::internal::CaptureStderr();
    open({.file = "/dev/null/nowhere/tilth.log"});
    info("still.here");
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_NE(text.find("log.file_unusable"), std::string::npos) << text;
    EXPECT_NE(text.find("still.here"), std::string::npos) << text;
}

TEST(LogFatalDeathTest, WritesAndEndsWithStatus70) {
    EXPECT_EXIT(fatal("disk.sync_failed", {{"file", "journal"}}), testing::ExitedWithCode(70),
                R"("level":"fatal","what":"disk.sync_failed","file":"journal")");
}

// Standard error is a pipe that nobody reads, full to the brim: the process still ends, with the same status.
[[noreturn]] void fatal_into_a_full_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) ::_exit(1);
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    const std::string chunk(4096, 'x');
    while (::write(ends[1], chunk.data(), chunk.size()) > 0) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
    ::dup2(ends[1], STDERR_FILENO);
    fatal("disk.sync_failed");
}

TEST(LogFatalDeathTest, EndsWithinASecondWhenNobodyReads) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EXIT(fatal_into_a_full_pipe(), testing::ExitedWithCode(70), "");
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(1900));
}

}  // namespace
}  // namespace tilth::log
