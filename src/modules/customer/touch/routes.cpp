#include <algorithm>
#include <map>
#include <set>

#include "kernel/api/page.h"
#include "modules/customer/portrait.h"
#include "modules/customer/routes.h"
#include "modules/customer/touch/online.h"
#include "modules/customer/views.h"

namespace tilth::customer {

enum class OnlineState : std::uint8_t { Chat, Push, GroupOnly, Offline };

struct TouchView {
    Touch kind = Touch::Friend;
    std::string account;
    bool live = false;
    Instant at;
};
API_STRUCT(TouchView, (kind, account, live, at))
struct PersonOnline {
    bool digitised = false;  // known by a key
    bool online = false;     // can be met by a live touch point that was consented to
    bool chat = false;
    bool push = false;
    bool group_only = false;
    std::vector<TouchView> touches;
};
API_STRUCT(PersonOnline, (digitised, online, chat, push, group_only, touches))

struct OnlineCounts {
    std::optional<OrgNodeId> node;  // absent in the sum, and of members without a home
    std::int64_t members = 0;
    std::int64_t online = 0;
    std::int64_t chat = 0;  // of these, friends; one may be both
    std::int64_t push = 0;
    std::int64_t group_only = 0;  // in a group and by no other way: not online
    std::int64_t rate_bp = 0;     // online ÷ members, in 1/10,000
};
API_STRUCT(OnlineCounts, (node, members, online, chat, push, group_only, rate_bp))
struct OnlineRate {
    OnlineCounts all;
    std::int64_t digitised = 0;       // people known by a key, members or not
    std::int64_t people = 0;          // and those who are not known
    std::vector<OnlineCounts> nodes;  // by home store, laggards first
};
API_STRUCT(OnlineRate, (all, digitised, people, nodes))

struct OnlinePeopleQuery {
    OnlineState state = OnlineState::Offline;
    std::optional<OrgNodeId> node;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(OnlinePeopleQuery, (state, node, cursor, limit))

}  // namespace tilth::customer

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::Touch> =
    std::to_array<tilth::json::EnumValue<tilth::customer::Touch>>({
        {tilth::customer::Touch::Friend, "friend", "企微好友", "WeCom friend"},
        {tilth::customer::Touch::Follower, "follower", "公众号关注", "Follower"},
        {tilth::customer::Touch::Grant, "grant", "小程序订阅授权", "Open grant"},
        {tilth::customer::Touch::Token, "token", "App 推送", "App token"},
        {tilth::customer::Touch::Group, "group", "客户群", "Group"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::OnlineState> =
    std::to_array<tilth::json::EnumValue<tilth::customer::OnlineState>>({
        {tilth::customer::OnlineState::Chat, "chat", "可私聊", "Can be written to"},
        {tilth::customer::OnlineState::Push, "push", "可推送", "Can be pushed to"},
        {tilth::customer::OnlineState::GroupOnly, "group_only", "仅群", "Only in a group"},
        {tilth::customer::OnlineState::Offline, "offline", "未在线", "Not online"},
    });

namespace tilth::customer {

namespace {

using kernel::Method;
using kernel::None;
using kernel::Page;
using kernel::View;

struct MemberRow {
    CustomerId person;
    std::optional<OrgNodeId> node;  // the home of its first member customer that has one
    Online online;
};

bool is_in(const Online& online, OnlineState state) {
    switch (state) {
        case OnlineState::Chat: return online.chat;
        case OnlineState::Push: return online.push;
        case OnlineState::GroupOnly: return online.group && !online.online();
        case OnlineState::Offline: return !online.online();
    }
    return false;
}

void count(OnlineCounts& counts, const Online& online) {
    ++counts.members;
    counts.online += online.online() ? 1 : 0;
    counts.chat += online.chat ? 1 : 0;
    counts.push += online.push ? 1 : 0;
    counts.group_only += is_in(online, OnlineState::GroupOnly) ? 1 : 0;
}

void rate(OnlineCounts& counts) { counts.rate_bp = counts.members == 0 ? 0 : counts.online * 10'000 / counts.members; }

class TouchRoutes {
public:
    explicit TouchRoutes(CustomersService& customers) : customers_(customers) {}

    Result<PersonOnline> one(View& view, const CustomerKey& key) const {
        const auto person = customers_.whole_person(view.tenant(), key.id);
        TRY(check_scope(view.sql(), view.context(), person));
        std::vector<TouchRow> touches;
        std::vector<ConsentLine> lines;
        bool suppressed = false;
        for (const CustomerId& customer : person) {
            for (TouchRow& row : TRY(store::touches(view.sql(), view.tenant(), customer)))
                touches.push_back(std::move(row));
            for (ConsentLine& line : TRY(store::consents(view.sql(), view.tenant(), customer)))
                lines.push_back(std::move(line));
            suppressed = suppressed || TRY(store::is_suppressed(view.sql(), view.tenant(), customer));
        }
        const Online online = suppressed ? Online{} : online_of(touches, lines);
        const auto known = customers_.person_of(view.tenant(), key.id);
        PersonOnline reply{known && known->known,
                           online.online(),
                           online.chat,
                           online.push,
                           is_in(online, OnlineState::GroupOnly),
                           {}};
        for (TouchRow& row : touches) reply.touches.push_back({row.kind, std::move(row.account), row.live, row.at});
        return reply;
    }

    Result<OnlineRate> rates(View& view, const None&) const {
        OnlineRate reply;
        std::map<std::optional<OrgNodeId>, OnlineCounts> by_node;
        for (const MemberRow& member : TRY(members(view))) {
            count(reply.all, member.online);
            OnlineCounts& counts = by_node[member.node];
            counts.node = member.node;
            count(counts, member.online);
        }
        rate(reply.all);
        for (auto& [node, counts] : by_node) {
            rate(counts);
            reply.nodes.push_back(counts);
        }
        std::stable_sort(reply.nodes.begin(), reply.nodes.end(),
                         [](const OnlineCounts& a, const OnlineCounts& b) { return a.rate_bp < b.rate_bp; });
        if (view.context().scope->all) {
            reply.digitised = customers_.people(view.tenant(), true);
            reply.people = reply.digitised + customers_.people(view.tenant(), false);
        } else {
            reply.digitised = reply.people = reply.all.members;
        }
        return reply;
    }

    Result<Page<Match>> people(View& view, const OnlinePeopleQuery& request) const {
        std::vector<CustomerId> found;
        for (const MemberRow& member : TRY(members(view))) {
            if (!is_in(member.online, request.state) || (request.node && member.node != request.node)) continue;
            found.push_back(member.person);
        }
        std::sort(found.begin(), found.end());
        Page<Match> reply;
        reply.total = {static_cast<std::int64_t>(found.size()), kernel::TotalRelation::Eq};
        if (request.cursor) {
            const auto after = TRY(CustomerId::parse(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0]));
            found.erase(found.begin(), std::upper_bound(found.begin(), found.end(), after));
        }
        const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
        if (found.size() > rows) {
            found.resize(rows);
            reply.next = kernel::encode_cursor({found.back().str()});
        }
        for (const CustomerId& person : found)
            reply.items.push_back(match_view(TRY(look_at(customers_, view, person))));
        return reply;
    }

private:
    // Members within the caller's scope, each person once.
    Result<std::vector<MemberRow>> members(View& view) const {
        std::set<CustomerId> gone;
        TRY(view.sql().query("SELECT customer_id FROM customer_erasure WHERE tenant_id = ?1 ORDER BY customer_id",
                             {view.tenant()}, [&](const sql::Row& row) {
                                 gone.insert(row.id<CustomerId>(0));
                                 return true;
                             }));
        const PersonOf person_of = [&](const CustomerId& customer) -> std::optional<CustomerId> {
            const auto person = customers_.person_of(view.tenant(), customer);
            return person && !gone.contains(customer) ? std::optional(person->first) : std::nullopt;
        };
        const auto online = TRY(online_people(view.sql(), view.tenant(), person_of));
        const kernel::Scope& scope = *view.context().scope;
        std::map<CustomerId, MemberRow> people;
        TRY(view.sql().query("SELECT id, home_node FROM customer WHERE tenant_id = ?1 AND member = ?2 ORDER BY id",
                             {view.tenant(), true}, [&](const sql::Row& row) {
                                 const auto person = person_of(row.id<CustomerId>(0));
                                 if (!person) return true;
                                 MemberRow& member = people[*person];
                                 member.person = *person;
                                 const auto home = row.opt_id<OrgNodeId>(1);
                                 // Any home within the caller's scope shows the person there.
                                 if (home && (!member.node || (!scope.covers(*member.node) && scope.covers(*home))))
                                     member.node = home;
                                 return true;
                             }));
        std::vector<MemberRow> rows;
        for (auto& [person, member] : people) {
            if (!scope.all && !(member.node && scope.covers(*member.node))) continue;
            if (const auto found = online.find(person); found != online.end()) member.online = found->second;
            rows.push_back(member);
        }
        return rows;
    }

    CustomersService& customers_;
};

}  // namespace

void add_touch_routes(CustomersService& customers) {
    kernel::Api& api = customers.kernel().api;
    const auto routes = std::make_shared<TouchRoutes>(customers);
    api.query<CustomerKey, PersonOnline>(
        Method::Get, "/api/v1/customers/{id}/online", kRead,
        [routes](View& view, const CustomerKey& request) { return routes->one(view, request); },
        {.zh = "客户是否在线：触点与状态",
         .en = "Whether a person is online, and by what",
         .rows = {"CDP-08"},
         .tag = "customer"});
    api.query<None, OnlineRate>(Method::Get, "/api/v1/online-rate", kRead,
                                [routes](View& view, const None& request) { return routes->rates(view, request); },
                                {.zh = "在线率与数字化人数",
                                 .en = "How many members are online, by store",
                                 .rows = {"CDP-08", "M-02", "M-03"},
                                 .tag = "customer"});
    api.query<OnlinePeopleQuery, Page<Match>>(
        Method::Get, "/api/v1/online-rate/people", kRead,
        [routes](View& view, const OnlinePeopleQuery& request) { return routes->people(view, request); },
        {.zh = "在线率下钻到人", .en = "The people of an online state", .rows = {"CDP-08", "M-02"}, .tag = "customer"});
}

}  // namespace tilth::customer
