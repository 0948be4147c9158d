#include "modules/collect/feeds/problem.h"

#include <gtest/gtest.h>

namespace tilth::collect::feeds {
namespace {

TEST(FeedProblem, EveryErrorNamesAFieldAndARemedyInBothLanguages) {
    for (const std::string_view kind : {"folder", "sftp", "http"}) {
        for (const Stage stage : {Stage::Open, Stage::List, Stage::Fetch, Stage::Read}) {
            for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
                const FieldError one = problem_of(kind, stage, Error(static_cast<ErrorCode>(code), "detail"));
                EXPECT_FALSE(one.field.empty() || one.rule.empty());
                EXPECT_FALSE(one.reason_zh.empty() || one.reason_en.empty());
                EXPECT_FALSE(one.remedy_zh.empty() || one.remedy_en.empty());
            }
        }
    }
    for (const int status : {201, 401, 404, 500}) EXPECT_FALSE(problem_of_status(status).remedy_zh.empty());
}

TEST(FeedProblem, NamesWhatIsWrong) {
    const Error other(ErrorCode::Forbidden, "the SFTP server shows another key than the pinned one");
    EXPECT_EQ(problem_of("sftp", Stage::Open, other).field, "host_key");
    EXPECT_EQ(problem_of("sftp", Stage::Open, Error(ErrorCode::Forbidden, "SFTP: sign-in (-18)")).field, "secret");
    EXPECT_EQ(problem_of("sftp", Stage::Open, Error(ErrorCode::Timeout)).field, "host");
    EXPECT_EQ(problem_of("folder", Stage::List, Error(ErrorCode::NotFound)).field, "place");
    EXPECT_EQ(problem_of("http", Stage::Fetch, Error(ErrorCode::LimitExceeded)).rule, "too_large");
    EXPECT_EQ(problem_of_status(403).field, "secret");
    const Error own = Error::invalid("columns", "required", "缺列", "A column lacks", "选择列", "Choose it");
    EXPECT_EQ(problem_of("folder", Stage::Read, own).rule, "required");
}

TEST(FeedProblem, IsReadInTheReadersLanguage) {
    const std::string stored = encode("a.csv", problem_of_status(404));
    EXPECT_EQ(said(stored, true), "a.csv：位置：网址上还没有文件（HTTP 404）。核对网址；下次按时再取。");
    EXPECT_EQ(said(stored, false),
              "a.csv: Place: Nothing at the address yet (HTTP 404). Check the address; the next run asks again.");
    EXPECT_EQ(said("odd.csv: of before", true), "odd.csv: of before");
    EXPECT_EQ(said("", true), "");
}

}  // namespace
}  // namespace tilth::collect::feeds
