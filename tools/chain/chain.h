#pragma once
// The demonstration chain: its places, its goods, its members, and what they did on every day. simulate() is pure: the
// same parameters and the same last day give the same chain, on any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "chain/parameters.h"

namespace tilth::chain {

inline constexpr int kNobody = -1;

struct Store {
    std::string code;
    std::string name;
    std::string manager;
    int region = 0;
    int governance = 0;
    double size = 1;
    double call_rate = 0;  // share of new members who are called on
    int quality = 0;       // 1 good, −1 bad: known here alone, never sent
};
struct Guide {
    std::string code;
    std::string name;
    int store = 0;
};
struct Item {
    std::string code;
    std::string name;
    int category = 0;
    std::int64_t price_fen = 0;
};
struct Member {
    std::string card;
    std::string phone;
    std::string name;
    bool female = true;
    int store = 0;
    int guide = 0;
    Day registered;
    int second = 0;  // of the day, local
    Day child_born;  // the first of its month
    bool child_told = false;
    bool consents = false;
    int referrer = kNobody;  // an earlier member of the same store
    double rate = 0;
    bool called = false;
    Day called_on;
    bool stays = true;
    Day leaves;  // buys nothing from this day on
};

enum class Channel : std::uint8_t { Till, MiniProgram, Voucher };

struct Line {
    int item = 0;  // kVoucherItem for the voucher
    int pieces = 1;
    std::int64_t price_fen = 0;
    std::int64_t amount_fen = 0;
};
inline constexpr int kVoucherItem = -1;

struct Order {
    Day day;
    int second = 0;
    Channel channel = Channel::Till;
    bool is_return = false;  // its lines are positive here; the files write them negative
    int store = 0;
    int guide = kNobody;
    int member = kNobody;
    int original = kNobody;  // of a return: index into orders as they were made, before sorting
    std::string number;
    std::vector<Line> lines;
    std::int64_t amount_fen() const {
        std::int64_t sum = 0;
        for (const Line& line : lines) sum += line.amount_fen;
        return is_return ? -sum : sum;
    }
};

enum class EventType : std::uint8_t {
    Opened,
    Viewed,
    Added,
    CheckoutStarted,
    Registered,
    ChildSaved,
    Called
};
struct Event {
    std::int64_t local_second = 0;  // since 1970-01-01T00:00 on the chain's clocks
    EventType type = EventType::Opened;
    bool anonymous = false;  // the member is not known to the mini-program yet
    int member = kNobody;
    int visitor = kNobody;  // somebody who only looks
    int item = 0;
};

struct Chain {
    Day first;
    Day last;
    std::vector<Store> stores;
    std::vector<Guide> guides;
    std::vector<Item> items;
    std::vector<Member> members;
    std::vector<Order> orders;  // by day and second
    std::vector<Event> events;  // by time
    int visitors = 0;
};

Chain simulate(const Parameters& parameters, Day last);

// Factors of one day on purchases, and on every price.
struct DayFactors {
    double till = 1;
    double online = 1;
    double discount = 1;
};
DayFactors factors_of(const Parameters& parameters, Day day);

}  // namespace tilth::chain
