#include "kernel/api/api.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/limits.h"
#include "kernel/api/testing.h"
#include "kernel/api/toy_routes.h"
#include "kernel/testing.h"
#include "kernel/testing/source.h"
#include "platform/json/value.h"

namespace tilth::kernel {
namespace {

using json::Value;
using Headers = std::vector<http::Header>;

Value body_of(const http::Response& response) { return MUST(Value::parse(response.body)); }
std::string code_of(const http::Response& response) {
    EXPECT_EQ(response.content_type, "application/problem+json; charset=utf-8") << response.body;
    return std::string(body_of(response)["code"].str());
}
std::string header_of(const http::Response& response, std::string_view name) {
    for (const http::Header& header : response.headers)
        if (header.name == name) return header.value;
    return {};
}

class ApiTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    ApiTest() {
        toy::add_note_routes(api_, runs_);
        api_.set_authenticator(asker_);
        asker_.as_staff({"note.read", "note.write"});
        caller_.emplace(api_);
    }
    http::Response post(std::string body, std::string key = {}, std::string target = "/api/v1/notes") {
        Headers headers = {{"X-Requested-By", "tilth"}};
        if (!key.empty()) headers.push_back({"Idempotency-Key", std::move(key)});
        return caller_->call(Method::Post, std::move(target), std::move(body), std::move(headers));
    }
    std::int64_t notes() { return record_.number("SELECT count(*) FROM toy_note"); }

    testing::TestRecord record_{GetParam(), toy::note_migrations()};
    SeededRng rng_{7};
    Api api_{&*record_, record_.clock(), rng_, {.public_origin = "https://crm.example.com"}};
    testing::Asker asker_;
    std::atomic<int> runs_{0};
    std::optional<testing::Caller> caller_;
};

TEST_P(ApiTest, ACommandWritesAndAQueryReads) {
    const auto made = post(R"({"title":"雨天借伞","kind":"promise","price":{"minor":100,"currency":"CNY"}})");
    ASSERT_EQ(made.status, 200) << made.body;
    const std::string id(body_of(made)["id"].str());
    EXPECT_EQ(header_of(made, "X-Request-Id").substr(0, 4), "req_");
    const auto read = caller_->call(Method::Get, "/api/v1/notes/" + id);
    EXPECT_EQ(read.body, R"({"id":")" + id + R"(","title":"雨天借伞","kind":"promise",)"
                             R"("price":{"minor":100,"currency":"CNY"}})");
    EXPECT_EQ(caller_->call(Method::Put, "/api/v1/notes/" + id, R"({"title":"晴天"})").body, "{}");
    EXPECT_EQ(body_of(caller_->call(Method::Get, "/api/v1/notes/" + id))["title"].str(), "晴天");
}

TEST_P(ApiTest, RefusalsNameFieldReasonAndRemedyInTheCallersLanguage) {
    const auto zh = post(R"({"titel":"x","kind":"plan"})");
    EXPECT_EQ(zh.status, 422);
    const Value problem = body_of(zh);
    EXPECT_EQ(problem["type"].str(), "urn:tilth:problem:invalid");
    EXPECT_EQ(problem["title"].str(), "有字段不符合要求");
    EXPECT_EQ(problem["status"].i64_or(0), 422);
    EXPECT_EQ(problem["incident"].str(), header_of(zh, "X-Request-Id"));
    ASSERT_EQ(problem["errors"].items().size(), 3u);
    EXPECT_EQ(problem["errors"].items()[0].print(),
              R"({"field":"titel","rule":"unknown_field","reason":"没有这个字段","remedy":"是否应为 title？"})");
    EXPECT_EQ(problem["errors"].items()[1]["remedy"].str(), "可选：idea（想法）、promise（承诺）");
    EXPECT_EQ(problem["errors"].items()[2]["field"].str(), "title");

    const auto en = post(R"({"title":"x","kind":"plan"})", {}, "/api/v1/notes?lang=en");
    EXPECT_EQ(body_of(en)["title"].str(), "One or more fields break a rule");
    EXPECT_EQ(body_of(en)["errors"].items()[0]["remedy"].str(), "One of: idea, promise");
    const auto rule = post(R"({"title":"x","kind":"promise"})");
    EXPECT_EQ(body_of(rule)["errors"].items()[0]["rule"].str(), "required_for_promise");
    EXPECT_EQ(notes(), 0);
}

TEST_P(ApiTest, RefusalsComeInTheirOrder) {
    const std::string id = "not_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C";
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/notes/" + id)), "not_found");
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/notes/nonsense")), "invalid");
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/nowhere")), "not_found");
    const auto method = caller_->call(Method::Delete, "/api/v1/notes");
    EXPECT_EQ(code_of(method), "method_not_allowed");
    EXPECT_EQ(header_of(method, "Allow"), "GET, POST");

    asker_.as_staff({"note.read"});
    EXPECT_EQ(code_of(post("not json")), "forbidden");
    asker_.as_nobody();
    EXPECT_EQ(code_of(post("not json")), "unauthenticated");
    EXPECT_EQ(caller_->call(Method::Get, "/api/v1/notes").status, 401);
    asker_.refused(Error(ErrorCode::LockedOut));
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/me")), "locked_out");
}

TEST_P(ApiTest, PublicAndSignedInRoutes) {
    asker_.as_nobody();
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/me")), "unauthenticated");
    asker_.refused(Error(ErrorCode::Unauthenticated));  // an outlived cookie must not keep anyone from signing in
    const auto in = post(R"({"login":"admin","password":"open sesame"})", {}, "/api/v1/sign_in");
    EXPECT_EQ(in.body, R"({"name":"admin","permission":"note.read"})");
    EXPECT_EQ(header_of(in, "Set-Cookie"), "tilth=token; HttpOnly");
    EXPECT_EQ(code_of(post(R"({"login":"admin","password":"no"})", {}, "/api/v1/sign_in")), "unauthenticated");
    asker_.as_staff({});
    EXPECT_EQ(caller_->call(Method::Get, "/api/v1/me").status, 200);
    asker_.as_key({"note.read"});
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/me")), "forbidden");
    EXPECT_EQ(caller_->call(Method::Get, "/api/v1/notes").status, 200);
    EXPECT_EQ(caller_->call(Method::Post, "/api/v1/track").body, "no tenant");
}

TEST_P(ApiTest, ABrowserSessionProvesThatOurPageAsks) {
    const std::string note = R"({"title":"x","kind":"idea"})";
    const auto with = [&](Headers headers) {
        return caller_->call(Method::Post, "/api/v1/notes", note, std::move(headers)).status;
    };
    EXPECT_EQ(with({}), 403);
    EXPECT_EQ(with({{"X-Requested-By", "tilth"}, {"Host", "127.0.0.1:8686"}, {"Origin", "http://evil.example"}}), 403);
    EXPECT_EQ(with({{"X-Requested-By", "tilth"}, {"Host", "127.0.0.1:8686"}, {"Origin", "null"}}), 403);
    EXPECT_EQ(with({{"X-Requested-By", "tilth"}, {"Host", "127.0.0.1:86"}, {"Origin", "http://127.0.0.1:86"}}), 200);
    EXPECT_EQ(with({{"X-Requested-By", "tilth"}, {"Host", "10.0.0.9"}, {"Origin", "https://crm.example.com"}}), 200);
    EXPECT_EQ(with({{"X-Requested-By", "tilth"}}), 200);
    EXPECT_EQ(caller_->call(Method::Get, "/api/v1/notes", {}, {}).status, 200);
    asker_.as_key({"note.write"});
    EXPECT_EQ(with({}), 200);
}

TEST_P(ApiTest, TheSameKeyTakesEffectOnceAndAnswersTheSameBytes) {
    const std::string note = R"({"title":"x","kind":"idea"})";
    const auto first = post(note, "key-1");
    ASSERT_EQ(first.status, 200) << first.body;
    record_.clock().advance(hours(23));
    EXPECT_EQ(post(note, "key-1").body, first.body);
    EXPECT_EQ(notes(), 1);
    EXPECT_EQ(runs_, 1);
    EXPECT_EQ(code_of(post(R"({"title":"y","kind":"idea"})", "key-1")), "idempotency_reused");
    EXPECT_EQ(code_of(post(note, "key-1", "/api/v1/reveal")), "invalid");
    EXPECT_EQ(code_of(post("", "key-1", "/api/v1/reveal")), "idempotency_reused");
    asker_.as_staff({"note.write"}, 2);  // another actor's keys are their own
    EXPECT_NE(post(note, "key-1").body, first.body);
    asker_.as_staff({"note.write"}, 1);
    EXPECT_NE(post(note).body, first.body);
    EXPECT_EQ(notes(), 3);
    record_.clock().advance(hours(2));
    EXPECT_NE(post(note, "key-1").body, first.body);
    EXPECT_EQ(notes(), 4);
    for (const std::string key : {"a b", "\xE9\x92\xA5"}) EXPECT_EQ(code_of(post(note, key)), "invalid");
    EXPECT_EQ(code_of(post(note, std::string(201, 'k'))), "invalid");
}

TEST_P(ApiTest, ARefusedCommandKeepsNothingUnderItsKey) {
    const std::string target = "/api/v1/notes/not_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C";
    const Headers headers = {{"X-Requested-By", "tilth"}, {"Idempotency-Key", "k"}};
    EXPECT_EQ(code_of(caller_->call(Method::Put, target, R"({"title":"a"})", headers)), "not_found");
    EXPECT_EQ(record_.number("SELECT count(*) FROM idempotency_reply"), 0);
    EXPECT_EQ(code_of(caller_->call(Method::Put, target, R"({"title":"b"})", headers)), "not_found");
}

TEST_P(ApiTest, EqualKeysAtOnceGetTheFirstsReply) {
    const std::string note = R"({"title":"x","kind":"idea"})";
    std::vector<std::future<http::Response>> waiting;
    for (int i = 0; i < 50; ++i)
        waiting.push_back(caller_->send(Method::Post, "/api/v1/notes", note,
                                        {{"X-Requested-By", "tilth"}, {"Idempotency-Key", "one"}}));
    std::set<std::string> replies;
    for (auto& one : waiting) replies.insert(one.get().body);
    EXPECT_EQ(replies.size(), 1u);
    EXPECT_EQ(notes(), 1);
}

TEST_P(ApiTest, OutlivedRepliesAreClearedByLaterOnes) {
    const std::string note = R"({"title":"x","kind":"idea"})";
    for (int i = 0; i < 10; ++i) EXPECT_EQ(post(note, "old-" + std::to_string(i)).status, 200);
    record_.clock().advance(hours(25));
    EXPECT_EQ(post(note, "new").status, 200);
    EXPECT_EQ(record_.number("SELECT count(*) FROM idempotency_reply"), 1);
}

TEST_P(ApiTest, AReplyWithPersonalDataIsNotKept) {
    const auto first = post("", "r", "/api/v1/reveal");
    EXPECT_EQ(first.body, R"({"phone":"+8613800138000"})");
    EXPECT_EQ(record_.number("SELECT count(*) FROM idempotency_reply WHERE reply IS NULL"), 1);
    EXPECT_EQ(code_of(post("", "r", "/api/v1/reveal")), "conflict");
    EXPECT_EQ(runs_, 1);
}

TEST_P(ApiTest, PagesFollowTheirCursor) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(post(R"({"title":"n)" + std::to_string(i) + R"(","kind":"idea"})").status, 200);
        record_.clock().advance(milliseconds(5));
    }
    std::string seen;
    std::string cursor;
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = body_of(caller_->call(Method::Get, "/api/v1/notes?limit=2" + cursor));
        for (const Value& note : page["items"].items()) seen += note["title"].str();
        EXPECT_EQ(page["total"].print(), R"({"value":5,"relation":"eq"})");
        EXPECT_EQ(page.has("next"), pages < 2);
        cursor = "&cursor=" + std::string(page["next"].str());
    }
    EXPECT_EQ(seen, "n0n1n2n3n4");
    for (const std::string bad : {"&cursor=%21", "&cursor=AAAA", "&cursor=AgE"}) {
        const auto page = caller_->call(Method::Get, "/api/v1/notes?limit=2" + bad);
        EXPECT_EQ(body_of(page)["errors"].items()[0]["rule"].str(), "bad_cursor");
        EXPECT_EQ(body_of(page)["errors"].items()[0]["field"].str(), "cursor");
    }
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/notes?limit=0")), "invalid");
    EXPECT_EQ(code_of(caller_->call(Method::Get, "/api/v1/notes?page=2")), "invalid");
}

TEST_P(ApiTest, ASwitchedOffRowIsAsIfItDidNotExist) {
    ::setenv("TILTH_OFF", "TOY-02", 1);
    asker_.as_nobody();
    const auto off = post("not json");
    const auto on = caller_->call(Method::Get, "/api/v1/notes");
    ::unsetenv("TILTH_OFF");
    EXPECT_EQ(code_of(off), "not_found");
    EXPECT_EQ(code_of(on), "unauthenticated");
}

TEST_P(ApiTest, OurOwnFailuresTellOnlyTheIncident) {
    const auto broken = caller_->call(Method::Post, "/api/v1/broken");
    EXPECT_EQ(broken.status, 500);
    EXPECT_EQ(broken.body.find("secret place"), std::string::npos);
    EXPECT_EQ(body_of(broken)["incident"].str().substr(0, 4), "req_");
}

TEST_P(ApiTest, RawRoutesGetTheRequestAsItCame) {
    EXPECT_EQ(post("a,b", {}, "/api/v1/files/2026/03.csv?dry_run=1").body, "2026/03.csv:a,b");
    asker_.as_staff({"note.read"});
    EXPECT_EQ(code_of(post("a,b", {}, "/api/v1/files/x")), "forbidden");
}

INSTANTIATE_TEST_SUITE_P(Engines, ApiTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST(Language, IsWhatTheCallerAsksForAndElseChinese) {
    const auto asked = [](std::string accept, std::string lang = {}) {
        http::Request request;
        request.headers = {{"Accept-Language", std::move(accept)}};
        if (!lang.empty()) request.query = {{"lang", std::move(lang)}};
        return language_of(request) == Language::Zh ? "zh" : "en";
    };
    EXPECT_STREQ(asked(""), "zh");
    EXPECT_STREQ(asked("fr"), "zh");
    EXPECT_STREQ(asked("en-GB,en;q=0.9,zh;q=0.8"), "en");
    EXPECT_STREQ(asked("zh-CN,zh;q=0.9,en;q=0.8"), "zh");
    EXPECT_STREQ(asked("fr, zh;q=0.3, en;q=0.5"), "en");
    EXPECT_STREQ(asked("en;q=x"), "zh");
    EXPECT_STREQ(asked("en", "zh"), "zh");
    EXPECT_STREQ(asked("zh", "en"), "en");
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return (std::stringstream() << file.rdbuf()).str();
}

TEST(Document, IsTheGoldenOne) {
    ManualClock clock(Instant{0});
    SeededRng rng(1);
    Api api(nullptr, clock, rng);
    std::atomic<int> runs{0};
    toy::add_note_routes(api, runs);
    const std::string golden = kernel::testing::source_root() / "src/kernel/api/testdata/toy.openapi.json";
    const std::string document = api.openapi();
    if (std::getenv("TILTH_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << document;
    EXPECT_EQ(document, text_of(golden)) << "look at the difference, then run with TILTH_UPDATE_GOLDEN=1";
    EXPECT_TRUE(Value::parse(document));
}

TEST(Document, NamesThePermissionOfEveryRoute) {
    ManualClock clock(Instant{0});
    SeededRng rng(1);
    Api api(nullptr, clock, rng);
    std::atomic<int> runs{0};
    toy::add_note_routes(api, runs);
    std::string matrix;
    for (const RouteInfo& route : api.permission_matrix()) {
        matrix.append(http::name(route.method)).append(" ").append(route.path).append(" ");
        matrix.append(route.permission.name).append("\n");
    }
    EXPECT_EQ(matrix, "POST /api/v1/broken public\n"
                      "POST /api/v1/files/{name...} note.write\n"
                      "GET /api/v1/me signed_in\n"
                      "GET /api/v1/notes note.read\n"
                      "POST /api/v1/notes note.write\n"
                      "GET /api/v1/notes/{id} note.read\n"
                      "PUT /api/v1/notes/{id} note.write\n"
                      "POST /api/v1/reveal note.write\n"
                      "POST /api/v1/sign_in public\n"
                      "POST /api/v1/track write_key\n");
}

TEST(Routes, PromisesAreCheckedWhenTheyAreAdded) {
    ManualClock clock(Instant{0});
    SeededRng rng(1);
    Api api(nullptr, clock, rng);
    const auto nothing = [](View&, const None&) -> Result<None> { return None{}; };
    const RouteDoc doc{.zh = "无", .en = "None"};
    EXPECT_DEATH((api.query<None, None>(Method::Get, "/x/{id}", kPublic, nothing, doc)), "GET /x/\\{id\\}.*id");
    EXPECT_DEATH((api.query<None, None>(Method::Get, "api", kPublic, nothing, doc)), "slash");
    EXPECT_DEATH((api.query<None, None>(Method::Get, "/x", {}, nothing, doc)), "permission");
    EXPECT_DEATH((api.query<None, None>(Method::Get, "/x", kPublic, nothing, {})), "languages");
    api.query<None, None>(Method::Get, "/x", kPublic, nothing, doc);
    EXPECT_DEATH((api.query<None, None>(Method::Get, "/x", kPublic, nothing, doc)), "once");
}

}  // namespace
}  // namespace tilth::kernel
