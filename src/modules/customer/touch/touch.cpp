#include <algorithm>
#include <array>
#include <set>

#include "modules/customer/touch/online.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

// As the platforms call them (WeCom's and WeChat's callbacks), and what an own app sends.
struct TouchEvent {
    std::string_view type;
    Touch kind;
    bool live;
};
constexpr std::array kEvents{
    TouchEvent{"add_external_contact", Touch::Friend, true},
    TouchEvent{"del_external_contact", Touch::Friend, false},  // the staff member deleted the customer
    TouchEvent{"del_follow_user", Touch::Friend, false},       // the customer deleted the staff member
    TouchEvent{"subscribe", Touch::Follower, true},
    TouchEvent{"unsubscribe", Touch::Follower, false},
    TouchEvent{"subscribe_msg_accept", Touch::Grant, true},
    TouchEvent{"subscribe_msg_reject", Touch::Grant, false},
    TouchEvent{"app_token", Touch::Token, true},
    TouchEvent{"app_token_gone", Touch::Token, false},
    TouchEvent{"group_join", Touch::Group, true},
    TouchEvent{"group_leave", Touch::Group, false},
};
constexpr std::size_t kAccountBytesMax = 64;
constexpr std::array<std::string_view, 4> kAccountNames{"account", "user_id", "app_id", "chat_id"};

const TouchEvent* touch_event(std::string_view type) {
    const auto found = std::find_if(kEvents.begin(), kEvents.end(), [&](const auto& one) { return one.type == type; });
    return found == kEvents.end() ? nullptr : &*found;
}

std::string account_in(std::string_view properties) {
    const auto parsed = json::Value::parse(properties);
    if (!parsed) return {};
    for (const std::string_view name : kAccountNames) {
        const std::string_view text = parsed->get(name).str();
        if (!text.empty()) return std::string(text.substr(0, kAccountBytesMax));
    }
    return {};
}

TouchRow touch_row(const sql::Row& row) {
    return {row.id<CustomerId>(0), static_cast<Touch>(row.i64(1)), std::string(row.txt(2)), row.flag(3),
            row.instant(4)};
}

void add(Online& online, Touch kind) {
    online.chat = online.chat || kind == Touch::Friend;
    online.push = online.push || kind == Touch::Follower || kind == Touch::Grant || kind == Touch::Token;
    online.group = online.group || kind == Touch::Group;
}

}  // namespace

bool is_touch_event(std::string_view type) { return touch_event(type) != nullptr; }

ConsentChannel channel_of(Touch kind) {
    switch (kind) {
        case Touch::Friend:
        case Touch::Group: return ConsentChannel::WeCom;
        case Touch::Follower:
        case Touch::Grant: return ConsentChannel::WeChat;
        case Touch::Token: return ConsentChannel::App;
    }
    return ConsentChannel::WeCom;
}

Status note_touch(kernel::Unit& unit, const CustomerId& customer, std::string_view type, std::string_view properties,
                  Instant at) {
    const TouchEvent* const event = touch_event(type);
    if (event == nullptr) return ok();
    return unit.sql().write(
        "INSERT INTO customer_touch (tenant_id, customer_id, kind, account, live, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (tenant_id, customer_id, kind, account) DO UPDATE SET live = excluded.live, at = excluded.at"
        " WHERE excluded.at > customer_touch.at OR (excluded.at = customer_touch.at AND excluded.live < "
        "customer_touch.live)",
        {unit.tenant(), customer, static_cast<std::int64_t>(event->kind), account_in(properties), event->live, at});
}

// A group needs no consent of its own: it is shown apart and never counts.
Online online_of(std::span<const TouchRow> touches, std::span<const ConsentLine> lines) {
    Online online;
    for (const TouchRow& touch : touches) {
        if (!touch.live) continue;
        std::vector<ConsentLine> said;
        for (const ConsentLine& line : lines) {
            if (line.purpose == Purpose::Marketing && line.channel == channel_of(touch.kind)) said.push_back(line);
        }
        if (touch.kind == Touch::Group || consent_stands(said, touch.customer)) add(online, touch.kind);
    }
    return online;
}

namespace store {

Result<std::vector<TouchRow>> touches(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    return sql.all(
        "SELECT customer_id, kind, account, live, at FROM customer_touch WHERE tenant_id = ?1 AND"
        " customer_id = ?2 ORDER BY kind, account",
        {tenant, customer}, touch_row);
}

}  // namespace store

Result<std::unordered_map<CustomerId, Online>> online_people(sql::Connection& sql, const TenantId& tenant,
                                                             const PersonOf& person_of) {
    std::unordered_map<CustomerId, std::vector<TouchRow>> touches;
    TRY(
        sql.query("SELECT customer_id, kind, account, live, at FROM customer_touch WHERE tenant_id = ?1 AND live = ?2"
                  " ORDER BY customer_id, kind, account",
                  {tenant, true}, [&](const sql::Row& row) {
                      TouchRow one = touch_row(row);
                      if (const auto person = person_of(one.customer)) touches[*person].push_back(std::move(one));
                      return true;
                  }));
    // Who withdrew for the person may be one of its customers without any touch point.
    std::unordered_map<CustomerId, std::vector<ConsentLine>> lines;
    TRY(
        sql.query("SELECT customer_id, channel, granted, at, number FROM consent_line WHERE tenant_id = ?1 AND"
                  " purpose = ?2 AND (granted = ?4 OR customer_id IN (SELECT customer_id FROM customer_touch WHERE"
                  " tenant_id = ?1 AND live = ?3)) ORDER BY number",
                  {tenant, static_cast<std::int64_t>(Purpose::Marketing), true, false}, [&](const sql::Row& row) {
                      ConsentLine line;
                      line.customer = row.id<CustomerId>(0);
                      line.channel = static_cast<ConsentChannel>(row.i64(1));
                      line.granted = row.flag(2);
                      line.at = row.instant(3);
                      line.number = row.i64(4);
                      const auto person = person_of(line.customer);
                      if (person && touches.contains(*person)) lines[*person].push_back(line);
                      return true;
                  }));
    std::set<CustomerId> suppressed;
    TRY(sql.query("SELECT customer_id FROM customer_suppressed WHERE tenant_id = ?1 ORDER BY customer_id", {tenant},
                  [&](const sql::Row& row) {
                      if (const auto person = person_of(row.id<CustomerId>(0))) suppressed.insert(*person);
                      return true;
                  }));
    std::unordered_map<CustomerId, Online> all;
    for (const auto& [person, rows] : touches) {
        if (!suppressed.contains(person)) all[person] = online_of(rows, lines[person]);
    }
    return all;
}

}  // namespace tilth::customer
