#include "modules/customer/touch/online.h"

#include <algorithm>

#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using kernel::Unit;

ConsentLine said(const CustomerId& customer, ConsentChannel channel, bool granted, std::int64_t at) {
    ConsentLine line;
    line.customer = customer;
    line.channel = channel;
    line.granted = granted;
    line.at = Instant{at};
    line.number = at;
    return line;
}

TEST(Online, NeedsALiveTouchPointAndConsentByItsChannel) {
    CustomerId one;
    one.bytes.back() = 1;
    CustomerId other;
    other.bytes.back() = 2;
    const TouchRow friend_of{one, Touch::Friend, "lin", true, Instant{1}};
    const TouchRow follower{one, Touch::Follower, "gh", true, Instant{1}};
    const TouchRow group{one, Touch::Group, "chat", true, Instant{1}};
    const auto yes = said(one, ConsentChannel::WeCom, true, 1);
    EXPECT_FALSE(online_of(std::vector{friend_of}, {}).online()) << "without consent";
    EXPECT_TRUE(online_of(std::vector{friend_of}, std::vector{yes}).chat);
    EXPECT_FALSE(online_of(std::vector{follower}, std::vector{yes}).push) << "consent by another channel";
    EXPECT_FALSE(
        online_of(std::vector{friend_of}, std::vector{yes, said(other, ConsentChannel::WeCom, false, 2)}).chat);
    TouchRow ended = friend_of;
    ended.live = false;
    EXPECT_FALSE(online_of(std::vector{ended}, std::vector{yes}).chat);
    const Online only = online_of(std::vector{group}, std::vector{yes});
    EXPECT_TRUE(only.group);
    EXPECT_FALSE(only.online());
}

class TouchTest : public testing::CustomersTest {};
INSTANTIATE_TEST_SUITE_P(Engines, TouchTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

// The newest time of an account stands, in any order and however often; of equal times the end.
TEST_P(TouchTest, TheOrderOfArrivalDoesNotMatter) {
    struct News {
        std::string_view type;
        std::int64_t at;
    };
    std::vector<News> news{{"add_external_contact", 1},
                           {"del_follow_user", 2},
                           {"add_external_contact", 3},
                           {"del_external_contact", 3},
                           {"add_external_contact", 2}};
    std::sort(news.begin(), news.end(),
              [](const News& a, const News& b) { return std::pair(a.at, a.type) < std::pair(b.at, b.type); });
    int round = 0;
    do {
        const CustomerId one = see({{IdentityKind::ExternalUserId, "wm" + std::to_string(round++)}}).customer;
        ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
            for (const News& item : news) {
                for (int again = 0; again < 2; ++again)
                    TRY(note_touch(unit, one, item.type, R"({"user_id":"lin"})", Instant{item.at}));
            }
            TRY(note_touch(unit, one, "add_external_contact", R"({"user_id":"wang"})", Instant{1}));
            return note_touch(unit, one, "viewed", "{}", Instant{9});
        }));
        auto reader = kernel_.reader();
        const auto rows = MUST(store::touches(*reader, kernel_.tenant_id(), one));
        ASSERT_EQ(rows.size(), 2u);
        EXPECT_EQ(rows[0].account, "lin");
        EXPECT_FALSE(rows[0].live);
        EXPECT_EQ(rows[0].at, Instant{3});
        EXPECT_TRUE(rows[1].live);
    } while (std::next_permutation(news.begin(), news.end(), [](const News& a, const News& b) {
        return std::pair(a.at, a.type) < std::pair(b.at, b.type);
    }));
}

}  // namespace
}  // namespace tilth::customer
