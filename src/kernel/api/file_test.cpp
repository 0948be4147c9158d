// Files leave by the gate, which learns their class, their question and how many people they hold.

#include <gtest/gtest.h>

#include "kernel/api/testing.h"
#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

constexpr Permission kRead{"note.read", "查看便签", "Read notes"};

class Gate final : public DataGate {
public:
    Result<FileStamp> admit(const Context&, const FileAsked& asked) override {
        path = asked.path;
        query = asked.query;
        data = asked.data;
        people = asked.file.people;
        if (people > 2) return Error(ErrorCode::LimitExceeded, "export exp_1");
        return FileStamp{"exp_1", "marked\r\n"};
    }
    void seen(const Context&, std::string_view person) override { looked_at = person; }
    std::string path;
    std::string query;
    std::string looked_at;
    FileData data = FileData::Figures;
    std::int64_t people = 0;
};

struct PersonKey { std::string id; };
API_STRUCT(PersonKey, (id))

class FileTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    FileTest() {
        api_.file("/api/v1/notes/{id}/people.csv", kRead, FileData::People,
                  [this](const Context&, const http::Request&) -> Result<File> {
                      return File{.name = "people.csv", .text = "a\r\n", .rows = people_, .people = people_,
                                  .mark = marked_};
                  },
                  {.zh = "文件", .en = "File", .tag = "toy"});
        api_.query<PersonKey, None>(
            Method::Get, "/api/v1/people/{id}", kRead,
            [](View&, const PersonKey&) -> Result<None> { return None{}; },
            {.zh = "一人", .en = "One person", .tag = "toy", .about_person = true});
        api_.set_authenticator(asker_);
        asker_.as_staff({"note.read"});
    }
    http::Response get(std::string target) { return testing::Caller(api_).call(Method::Get, std::move(target)); }
    std::int64_t audited() {
        return record_.number("SELECT count(*) FROM audit_line WHERE action = 'export.file'");
    }

    testing::TestRecord record_{GetParam(), {}};
    SeededRng rng_{7};
    Api api_{&*record_, record_.clock(), rng_, {}};
    testing::Asker asker_;
    Gate gate_;
    std::int64_t people_ = 2;
    bool marked_ = true;
};

TEST_P(FileTest, TheGateKnowsTheQuestionWhicheverWayRoundItWasAsked) {
    api_.set_gate(&gate_);
    const auto file = get("/api/v1/notes/n1/people.csv?b=2&lang=en&a=%E5%8D%8E");
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(file.body, "a\r\nmarked\r\n");
    EXPECT_EQ(gate_.path, "/api/v1/notes/n1/people.csv");
    EXPECT_EQ(gate_.query, "a=%E5%8D%8E&b=2");
    EXPECT_EQ(gate_.data, FileData::People);
    marked_ = false;
    EXPECT_EQ(get("/api/v1/notes/n1/people.csv").body, "a\r\n");
    EXPECT_EQ(audited(), 0) << "the gate writes it down";
}

TEST_P(FileTest, WhatTheGateRefusesDoesNotLeave) {
    api_.set_gate(&gate_);
    people_ = 3;
    const auto refused = get("/api/v1/notes/n1/people.csv");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.body.find("a\r\n"), std::string::npos);
}

TEST_P(FileTest, WithoutAGateAFileIsAudited) {
    EXPECT_EQ(get("/api/v1/notes/n1/people.csv").status, 200);
    EXPECT_EQ(audited(), 1);
}

TEST_P(FileTest, ARouteAboutAPersonIsCounted) {
    api_.set_gate(&gate_);
    EXPECT_EQ(get("/api/v1/people/p7").status, 200);
    EXPECT_EQ(gate_.looked_at, "p7");
}

TEST_P(FileTest, EveryFileDeclaresWhatItTellsAboutPeople) {
    const auto nothing = [](const Context&, http::Request&, const std::shared_ptr<http::Responder>&) {};
    EXPECT_DEATH(api_.raw(Method::Get, "/x.csv", kRead, nothing, {.zh = "文件", .en = "File", .reply_type = "text/csv"}),
                 "class of data");
    const auto routes = api_.permission_matrix();
    EXPECT_EQ(routes.front().file, FileData::People);
    EXPECT_NE(api_.openapi().find(R"("x-file-data": "people")"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Engines, FileTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
