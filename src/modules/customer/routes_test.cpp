#include "modules/customer/testing.h"
#include "platform/json/value.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Method;
using testing::Seeing;

class CustomerRoutesTest : public testing::CustomersTest {
protected:
    void SetUp() override {
        kernel_.caller().as_staff({"customer.read", "customer.reveal", "customer.merge", "customer.write"});
        const Resolution made = see({.keys = {{Phone, "13800138000"}, {Email, "zhang@example.com"}, {Card, "VIP-0077"},
                                              {Anonymous, "cookie"}},
                                     .source = "src_till", .home = store_});
        zhang_ = made.customer;
        ASSERT_TRUE(declare(zhang_, {{"name", "张三"}, {"city", "上海"}, {"birthday", "1990-05-01"}, {"mood", "sunny"}},
                            "src_till"));
    }
    json::Value call(Method method, const std::string& target, const std::string& body = {}, int status = 200) {
        const auto reply = kernel_.call(method, target, body);
        EXPECT_EQ(reply.status, status) << target << " " << reply.body;
        last_ = reply.body;
        return MUST(json::Value::parse(reply.body));
    }
    std::string at(const CustomerId& customer, const std::string& rest = {}) {
        return "/api/v1/customers/" + customer.str() + rest;
    }
    static const json::Value& field(const json::Value& profile, std::size_t block, std::string_view key) {
        static const json::Value none;
        for (const auto& one : profile.items().at(block)["fields"].items()) {
            if (one["key"].str() == key) return one;
        }
        return none;
    }

    OrgNodeId store_{Bytes16{0, 1}};
    OrgNodeId other_store_{Bytes16{0, 2}};
    CustomerId zhang_;
    std::string last_;
};

INSTANTIATE_TEST_SUITE_P(Engines, CustomerRoutesTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(CustomerRoutesTest, TheProfileHasSixBlocksAndIsMasked) {
    const auto reply = call(Method::Get, at(zhang_));
    EXPECT_EQ(reply["name_masked"].str(), "张*");
    EXPECT_TRUE(reply["member"].bool_or(false));
    EXPECT_FALSE(reply.has("merged_into"));
    ASSERT_EQ(reply["profile"].items().size(), 6u);
    const auto& city = field(reply["profile"], 1, "city");
    EXPECT_EQ(city["value_masked"].str(), "上海");
    EXPECT_EQ(city["source"].str(), "src_till");
    EXPECT_EQ(city["confidence"].i64_or(0), 50);
    EXPECT_TRUE(city.has("at"));
    EXPECT_FALSE(city["revealable"].bool_or(true));
    EXPECT_EQ(field(reply["profile"], 0, "birthday")["value_masked"].str(), "****");
    EXPECT_EQ(field(reply["profile"], 3, "mood")["value_masked"].str(), "****") << "an unknown field is hidden";
    EXPECT_EQ(field(reply["profile"], 2, "phone:1")["value_masked"].str(), "138****8000");
    EXPECT_EQ(field(reply["profile"], 5, "card:3")["value_masked"].str(), "****0077");
    EXPECT_EQ(reply["identities"].items().size(), 4u);
    for (const char* clear : {"13800138000", "zhang@example.com", "张三", "1990-05-01", "VIP-0077", "cookie", "sunny"}) {
        EXPECT_EQ(last_.find(clear), std::string::npos) << clear;
    }
}

TEST_P(CustomerRoutesTest, RevealNeedsTheRightAndAReasonAndIsAudited) {
    const std::string good = R"({"field":"phone:1","reason":"call back"})";
    const auto clear = call(Method::Post, at(zhang_, "/reveal"), good);
    EXPECT_EQ(clear["value"].str(), "+8613800138000");
    EXPECT_EQ(call(Method::Post, at(zhang_, "/reveal"), R"({"field":"name","reason":"call back"})")["value"].str(),
              "张三");
    EXPECT_EQ(
        kernel_.number("SELECT count(*) FROM audit_line WHERE action = 'customer.reveal' AND reason = 'call back'"), 2);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM audit_line WHERE object = ?1", {zhang_.str()}), 2);
    call(Method::Post, at(zhang_, "/reveal"), R"({"field":"phone:1"})", 422);
    call(Method::Post, at(zhang_, "/reveal"), R"({"field":"phone:1","reason":" "})", 422);
    call(Method::Post, at(zhang_, "/reveal"), R"({"field":"phone:99","reason":"call back"})", 404);
    kernel_.caller().as_staff({"customer.read"});
    call(Method::Post, at(zhang_, "/reveal"), good, 403);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM audit_line WHERE action = 'customer.reveal'"), 2)
        << "only what was shown";
}

TEST_P(CustomerRoutesTest, SearchFindsByEachKeyWithinTheScope) {
    for (const char* text : {"138 0013 8000", "+8613800138000", "ZHANG@example.com", "VIP-0077", "cookie"}) {
        const auto found = call(Method::Post, "/api/v1/customers/search", R"({"text":")" + std::string(text) + R"("})");
        ASSERT_EQ(found["items"].items().size(), 1u) << text;
        EXPECT_EQ(found["items"].items()[0]["id"].str(), zhang_.str());
    }
    EXPECT_EQ(
        call(Method::Post, "/api/v1/customers/search", R"({"text":")" + zhang_.str() + R"("})")["items"].items().size(),
        1u);
    EXPECT_TRUE(call(Method::Post, "/api/v1/customers/search", R"({"text":"13900139000"})")["items"].items().empty());
    kernel_.caller().as_staff_of({other_store_}, {"customer.read"});
    EXPECT_TRUE(call(Method::Post, "/api/v1/customers/search", R"({"text":"13800138000"})")["items"].items().empty());
}

TEST_P(CustomerRoutesTest, OutsideTheScopeNobodyIsThere) {
    const CustomerId homeless = see({{CustomId, "nowhere"}}).customer;
    kernel_.caller().as_staff_of({other_store_},
                                 {"customer.read", "customer.reveal", "customer.merge", "customer.write"});
    call(Method::Get, at(zhang_), {}, 404);
    call(Method::Get, at(zhang_, "/links"), {}, 404);
    call(Method::Get, at(homeless), {}, 404);
    call(Method::Post, at(zhang_, "/reveal"), R"({"field":"phone:1","reason":"call back"})", 404);
    call(Method::Post, "/api/v1/customers", R"({"identities":[{"kind":"phone","value":"13800138000"}],"home_node":")" +
                                                other_store_.str() + R"("})", 404);
    call(Method::Post, "/api/v1/customers", R"({"identities":[{"kind":"phone","value":"13800138009"}]})", 422);
    call(Method::Post, "/api/v1/customers", R"({"identities":[{"kind":"phone","value":"13800138009"}],"home_node":")" +
                                                store_.str() + R"("})", 422);
    kernel_.caller().as_staff_of({store_}, {"customer.read"});
    call(Method::Get, at(zhang_));
}

TEST_P(CustomerRoutesTest, MergeAndUnmergeWithTheirHistory) {
    const CustomerId li = see({{CustomId, "li"}}).customer;
    const std::string body = R"({"a":")" + li.str() + R"(","b":")" + zhang_.str() + R"(","reason":"called us"})";
    const auto merged = call(Method::Post, "/api/v1/links/merge", body);
    EXPECT_EQ(merged["link"].i64_or(0), 1);
    EXPECT_EQ(merged["person"].str(), zhang_.str());
    EXPECT_EQ(call(Method::Get, at(li))["merged_into"].str(), zhang_.str());
    EXPECT_EQ(call(Method::Get, at(li))["name_masked"].str(), "张*") << "the person's";
    EXPECT_EQ(call(Method::Get, at(li))["customers"].items().size(), 2u);
    call(Method::Post, "/api/v1/links/merge", body, 409);
    call(Method::Post, "/api/v1/links/1/unmerge", R"({"reason":"wrong"})");
    call(Method::Post, "/api/v1/links/1/unmerge", R"({"reason":"wrong"})", 409);
    call(Method::Post, "/api/v1/links/7/unmerge", R"({"reason":"wrong"})", 404);
    EXPECT_FALSE(call(Method::Get, at(li)).has("merged_into"));
    const auto links = call(Method::Get, at(zhang_, "/links"));
    ASSERT_EQ(links["items"].items().size(), 1u);
    EXPECT_EQ(links["items"].items()[0]["rule"].str(), "manual");
    EXPECT_EQ(links["items"].items()[0]["reason"].str(), "called us");
    EXPECT_TRUE(links["items"].items()[0]["undone"].bool_or(false));
}

TEST_P(CustomerRoutesTest, TheNativeProfileApiMakesAndCompletes) {
    const auto made =
        call(Method::Post, "/api/v1/customers",
             R"({"identities":[{"kind":"phone","value":"139 0013 9000"},{"kind":"custom_id","value":"u9"}],)"
             R"("traits":[{"field":"name","value":"王五"}],"home_node":")" +
                 store_.str() + R"("})");
    EXPECT_TRUE(made["created"].bool_or(false));
    const auto again = call(Method::Post, "/api/v1/customers", R"({"identities":[{"kind":"custom_id","value":"u9"}]})");
    EXPECT_EQ(again["id"].str(), made["id"].str());
    EXPECT_FALSE(again["created"].bool_or(true));
    const CustomerId id = CustomerId::parse(made["id"].str()).value();
    EXPECT_EQ(standing(id, "name"), "王五|staff");
    const auto refused =
        call(Method::Post, "/api/v1/customers",
             R"({"identities":[{"kind":"custom_id","value":"ok"},{"kind":"phone","value":"12"}]})", 422);
    EXPECT_NE(last_.find("identities/1/value"), std::string::npos) << last_;
    call(Method::Post, "/api/v1/customers", R"({"identities":[]})", 422);
    EXPECT_FALSE(holder(CustomId, "ok")) << "a refused request leaves nothing";
}

TEST_P(CustomerRoutesTest, FacesForLists) {
    auto reader = kernel_.reader();
    const CustomerId visitor = see({{Anonymous, "v"}}).customer;
    const auto faces = MUST(customers_->faces(*reader, kernel_.tenant_id(), {visitor, zhang_}));
    ASSERT_EQ(faces.size(), 2u);
    EXPECT_EQ(faces[0].name_masked, "");
    EXPECT_EQ(faces[0].keys.at(0).masked, "#5");
    EXPECT_EQ(faces[1].name_masked, "张*");
    EXPECT_EQ(faces[1].keys.size(), 4u);
    EXPECT_EQ(faces[1].keys[0].masked, "138****8000");
    EXPECT_EQ(faces[1].home_node, store_);
}

TEST_P(CustomerRoutesTest, NoTableOfOursHoldsAPersonalValue) {
    call(Method::Post, at(zhang_, "/reveal"), R"({"field":"phone:1","reason":"call back"})");
    see({.keys = {{Phone, "13800138000"}, {Device, "device-one"}}, .rule = "identify"});
    auto reader = kernel_.reader();
    for (const char* statement :
         {"SELECT rule, reason FROM link", "SELECT name, name FROM customer_source",
          "SELECT detail, object FROM audit_line", "SELECT payload, key FROM outbox_event",
          "SELECT cause, rule FROM identity_conflict", "SELECT field, source FROM vault_value"}) {
        MUST(reader->query(statement, {}, [&](const sql::Row& row) {
            for (const int column : {0, 1}) {
                const std::string text(row.txt(column));
                for (const char* clear : {"13800138000", "zhang@", "张三", "device-one"}) {
                    EXPECT_EQ(text.find(clear), std::string::npos) << statement;
                }
            }
            return true;
        }));
    }
}

}  // namespace
}  // namespace tilth::customer
