// The pages' answers: one number everywhere, lists as long as the numbers say, scope, masks, cursors, the export.
#include <gtest/gtest.h>

#include "kernel/audit.h"
#include "modules/performance/testing/naive.h"
#include "modules/performance/testing/shop.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::performance {
namespace {

using kernel::Method;
using testing::Naive;
using testing::Shop;

class RoutesTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void SetUp() override {
        shop_.fill(11, 50, 400);
        shop_.join(2, 9);
        shop_.made<bool>([this](kernel::Unit& unit) -> Result<bool> {
            TRY(shop_.customers->declare(unit, shop_.buyers[0].id, {{"name", "张三", {}}}, "till", 60));
            return true;
        });
        ASSERT_TRUE(shop_.performance->catch_up());
        today_ = shop_.day_of(shop_.kernel.clock().now());
    }
    json::Value get(const std::string& path, int status = 200) {
        const auto reply = shop_.kernel.call(Method::Get, "/api/v1" + path);
        EXPECT_EQ(reply.status, status) << path << " " << reply.body;
        return json::Value::parse(reply.body).value_or(json::Value());
    }
    // All pages of a list, and that the total says how many.
    std::vector<json::Value> all(const std::string& path, int limit = 7) {
        std::vector<json::Value> items;
        std::string cursor;
        for (int page = 0; page < 200; ++page) {
            const char joint = path.find('?') == std::string::npos ? '?' : '&';
            const auto reply =
                get(path + joint + "limit=" + std::to_string(limit) + (cursor.empty() ? "" : "&cursor=" + cursor));
            for (const auto& item : reply["items"].items()) items.push_back(item);
            if (!reply.has("next") || reply["next"].is_null()) {
                EXPECT_EQ(reply["total"]["value"].i64_or(-1), static_cast<std::int64_t>(items.size())) << path;
                EXPECT_EQ(reply["total"]["relation"].str(), "eq");
                break;
            }
            cursor = reply["next"].str();
        }
        return items;
    }
    std::string span(int from, int to) const { return "from=" + to_iso(today_ + from) + "&to=" + to_iso(today_ + to); }
    void as_manager_of(std::vector<int> nodes) {
        std::vector<OrgNodeId> ids;
        for (const int node : nodes) ids.push_back(shop_.nodes[static_cast<std::size_t>(node)]);
        shop_.kernel.caller().as_staff_of(ids, {"overview.read", "metric.read", "customer.read", "customer.export"});
        shop_.kernel.caller().context.tenant = shop_.tenant;
    }
    static const json::Value* find(const json::Value& list, std::string_view id, std::string_view variant = {}) {
        for (const auto& item : list.items()) {
            if (item["id"].str() == id && item["variant"].str() == variant) return &item;
        }
        return nullptr;
    }

    Shop shop_{GetParam()};
    Day today_;
};

INSTANTIATE_TEST_SUITE_P(Engines, RoutesTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST_P(RoutesTest, TheOverviewTheMetricAndItsPeopleAgree) {
    const auto overview = get("/overview?" + span(-60, -1));
    ASSERT_EQ(overview["from"].str(), to_iso(today_ + -60));
    EXPECT_EQ(overview["currency"].str(), "CNY");
    ASSERT_GT(overview["metrics"].items().size(), 12u);
    for (const auto& shown : overview["metrics"].items()) {
        const std::string id(shown["id"].str());
        const std::string variant(shown["variant"].str());
        SCOPED_TRACE(id + " " + variant);
        const std::string question = span(-60, -1) + (variant.empty() ? "" : "&variant=" + variant);
        const auto value = get("/metrics/" + id + "/value?" + question);
        EXPECT_EQ(value, shown);
        EXPECT_EQ(all("/metrics/" + id + "/people?" + question, 200).size(),
                  static_cast<std::size_t>(value["people_numerator"].i64_or(-1)));
        EXPECT_EQ(all("/metrics/" + id + "/people?part=denominator&" + question, 200).size(),
                  static_cast<std::size_t>(value["people_denominator"].i64_or(-1)));
    }
    const auto* net = find(overview["metrics"], "net_sales");
    ASSERT_NE(net, nullptr);
    const Period period{today_ + -60, today_ + -1};
    EXPECT_EQ((*net)["value"].number_or(0), static_cast<double>(Naive(shop_, period, 0).of("net_sales").numerator));
    EXPECT_EQ((*net)["previous"].number_or(0),
              static_cast<double>(Naive(shop_, before(period), 0).of("net_sales").numerator));
    std::int64_t regions = 0;
    for (const auto& row : overview["regions"].items()) regions += row["net_sales"].i64_or(0);
    EXPECT_EQ(regions, (*net)["numerator"].i64_or(-1));
    std::int64_t classes = 0;
    for (const auto& row : overview["rfm"].items()) classes += row["customers"].i64_or(0);
    EXPECT_EQ(classes, get("/metrics/M-38/value?" + span(-60, -1))["numerator"].i64_or(-1));
    EXPECT_EQ(classes, static_cast<std::int64_t>(Naive(shop_, period, 0).of("M-38").people_numerator.size()));
}

TEST_P(RoutesTest, TheDictionaryIsDataInBothLanguages) {
    const auto zh = get("/metrics");
    const auto en = get("/metrics?lang=en");
    ASSERT_EQ(zh["items"].items().size(), dictionary().size());
    EXPECT_EQ(find(zh["items"], "M-09a")->get("name_zh").str(), "老客回购率");
    EXPECT_NE(find(zh["items"], "M-09a")->get("formula"), find(en["items"], "M-09a")->get("formula"));
    EXPECT_EQ(get("/metrics/M-07")["variants"].items().size(), 2u);
    get("/metrics/M-99", 404);
    get("/metrics/M-07/value?variant=per_moon", 422);
    get("/metrics/M-07/value?from=2026-02-02&to=2026-02-01", 422);
}

TEST_P(RoutesTest, ClassesSumUpAndEachListIsAsLongAsItsClass) {
    const std::string none = "as_of=" + to_iso(today_ + -1);
    for (const std::string& where :
         {none, none + "&node=" + shop_.nodes[1].str(), none + "&node=" + shop_.nodes[3].str()}) {
        const auto board = get("/rfm?" + where);
        std::int64_t sum = 0;
        ASSERT_EQ(board["items"].items().size(), 8u);
        for (const auto& item : board["items"].items()) {
            const std::string name(item["rfm_class"].str());
            const auto count = item["customers"].i64_or(-1);
            EXPECT_EQ(all("/rfm/" + name + "/people?" + where).size(), static_cast<std::size_t>(count))
                << name << where;
            const auto people = all("/customers?rfm_class=" + name + "&rfm_" + where);
            EXPECT_EQ(people.size(), static_cast<std::size_t>(count)) << name << where;
            for (const auto& person : people) EXPECT_EQ(person["rfm_class"].str(), name);
            sum += count;
        }
        EXPECT_EQ(sum, board["customers"].i64_or(-1));
        std::int64_t tiles = 0;
        for (const auto& tile : board["matrix"].items()) tiles += tile["customers"].i64_or(0);
        EXPECT_EQ(tiles, sum);
    }
    std::int64_t net = 0;
    const auto board = get("/rfm");
    for (const auto& item : board["items"].items()) net += item["net_spend"].i64_or(0);
    std::int64_t expected = 0;
    const Day last = today_ + -1;
    const auto scored = Naive(shop_, {last, last}, 0).of("M-38").people_numerator;
    for (const testing::Sale& sale : shop_.sales) {
        if (sale.kind == commerce::OrderKind::Adjustment || sale.buyer < 0) continue;
        const Day day = shop_.day_of(sale.at);
        if (day > last || day <= last + -365) continue;
        if (scored.count(shop_.buyers[static_cast<std::size_t>(sale.buyer)].person) > 0) expected += sale.net;
    }
    EXPECT_EQ(net, expected);
}

TEST_P(RoutesTest, TheListIsSortedMaskedAndFilteredInPages) {
    std::set<std::size_t> persons;
    for (const auto& buyer : shop_.buyers) persons.insert(buyer.person);
    for (const std::string sort : {"last_order", "net_spend", "orders", "first_seen"}) {
        for (const std::string order : {"desc", "asc"}) {
            const auto items = all("/customers?sort=" + sort + "&order=" + order);
            ASSERT_EQ(items.size(), persons.size()) << sort;
            std::set<std::string> ids;
            for (const auto& item : items) ids.insert(std::string(item["id"].str()));
            EXPECT_EQ(ids.size(), items.size());
            if (sort != "net_spend") continue;
            for (std::size_t i = 1; i < items.size(); ++i) {
                const auto a = items[i - 1]["net_spend"]["minor"].i64_or(0);
                const auto b = items[i]["net_spend"]["minor"].i64_or(0);
                EXPECT_TRUE(order == "desc" ? a >= b : a <= b);
            }
        }
    }
    const auto known = all("/customers?known=true").size();
    const auto anonymous = all("/customers?known=false").size();
    EXPECT_GT(anonymous, 0u);
    EXPECT_EQ(known + anonymous, persons.size());
    const auto early = all("/customers?first_to=" + to_iso(today_ + -200)).size();
    const auto late = all("/customers?first_from=" + to_iso(today_ + -199)).size();
    EXPECT_EQ(early + late, persons.size());
    const auto page = get("/customers?sort=orders&limit=2");
    get("/customers?sort=orders&order=asc&limit=2&cursor=" + std::string(page["next"].str()), 422);
    for (const auto& item : all("/customers")) {
        if (item["id"].str() != shop_.buyers[0].id.str()) continue;
        EXPECT_EQ(item["name_masked"].str(), "张*");
        EXPECT_EQ(item["identities"].items().size(), 1u);
        EXPECT_EQ(item["identities"].items()[0]["masked"].str().find("key0"), std::string_view::npos);
    }
}

TEST_P(RoutesTest, OnePersonsValueIsThatOfItsCustomersTogether) {
    std::int64_t orders = 0, net = 0;
    for (const testing::Sale& sale : shop_.sales) {
        if (sale.buyer != 2 && sale.buyer != 9) continue;
        if (sale.kind == commerce::OrderKind::Adjustment) continue;
        orders += sale.kind == commerce::OrderKind::Sale ? 1 : 0;
        net += sale.net;
    }
    ASSERT_GT(orders, 0);
    for (const std::size_t buyer : {2u, 9u}) {
        const auto value = get("/customers/" + shop_.buyers[buyer].id.str() + "/value");
        EXPECT_EQ(value["orders"].i64_or(-1), orders);
        EXPECT_EQ(value["net_spend"]["minor"].i64_or(-1), net);
        EXPECT_EQ(value["rfm"], get("/customers/" + shop_.buyers[buyer].id.str() + "/rfm")["rfm"]);
    }
}

TEST_P(RoutesTest, AManagerSeesTheirStoresAndNothingElse) {
    const Period period{today_ + -60, today_ + -1};
    as_manager_of({3});
    const auto overview = get("/overview?" + span(-60, -1));
    const auto net = Naive(shop_, period, 3).of("net_sales").numerator;
    EXPECT_EQ((*find(overview["metrics"], "net_sales"))["numerator"].i64_or(-1), net);
    ASSERT_EQ(overview["regions"].items().size(), 1u);
    EXPECT_EQ(overview["regions"].items()[0]["net_sales"].i64_or(-1), net);
    EXPECT_EQ(overview["regions"].items()[0]["node_id"].str(), shop_.nodes[3].str());
    get("/overview?node=" + shop_.nodes[4].str(), 404);
    get("/customers?node=" + shop_.nodes[0].str(), 404);
    std::set<std::string> mine;
    for (const auto& buyer : shop_.buyers) {
        if (buyer.home != 3) continue;
        const auto person = shop_.customers->person_of(shop_.tenant, buyer.id);
        mine.insert(person->first.str());
    }
    std::set<std::string> shown;
    for (const auto& item : all("/customers")) shown.insert(std::string(item["id"].str()));
    EXPECT_EQ(shown, mine);
    for (const auto& buyer : shop_.buyers) {
        const bool visible = mine.count(shop_.customers->person_of(shop_.tenant, buyer.id)->first.str()) > 0;
        get("/customers/" + buyer.id.str() + "/value", visible ? 200 : 404);
    }
}

TEST_P(RoutesTest, TheExportHasTheRowsOfTheListAndIsAudited) {
    const auto reply = shop_.kernel.call(Method::Get, "/api/v1/customers.csv?known=true&sort=net_spend");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.body.starts_with("\xEF\xBB\xBF"));
    std::vector<std::vector<std::string>> rows;
    CsvReader reader;
    const auto keep = [&rows](std::uint64_t, const std::vector<std::string_view>& fields) {
        rows.emplace_back(fields.begin(), fields.end());
        return true;
    };
    ASSERT_TRUE(reader.feed(std::string_view(reply.body).substr(3), keep));
    ASSERT_TRUE(reader.finish(keep));
    const auto items = all("/customers?known=true&sort=net_spend");
    ASSERT_EQ(rows.size(), items.size() + 1);
    for (std::size_t i = 0; i < items.size(); ++i) EXPECT_EQ(rows[i + 1][0], items[i]["id"].str());
    EXPECT_EQ(reply.body.find("key0"), std::string::npos);
    auto loan = shop_.kernel.reader();
    kernel::AuditFilter filter;
    filter.action = "customer.export";
    const auto lines = kernel::audit_lines(*loan, shop_.tenant, filter);
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 1u);
    const auto detail = json::Value::parse(lines->front().detail).value();
    EXPECT_EQ(detail["count"].i64_or(-1), static_cast<std::int64_t>(items.size()));
    EXPECT_EQ(detail["filters"]["known"].bool_or(false), true);
    EXPECT_EQ(shop_.kernel.call(Method::Get, "/api/v1/customers.csv?colour=red").status, 422);
    shop_.kernel.caller().as_staff({"customer.read"});
    EXPECT_EQ(shop_.kernel.call(Method::Get, "/api/v1/customers.csv").status, 403);
}

}  // namespace
}  // namespace tilth::performance
