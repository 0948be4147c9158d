// What members, strangers and guides do on every day. Each of them has a stream of chance of their own.

#include <algorithm>
#include <numeric>

#include "chain/chain.h"
#include "chain/draw.h"
#include "chain/places.h"

namespace tilth::chain {

namespace {

constexpr int kSecondsOfHour = 3'600;
constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr int kLinesMax = 4;
constexpr int kPagesMax = 8;
constexpr int kYoungest = -9;
constexpr int kOldest = 150;
constexpr int kLookedMost = 3;
constexpr int kLookedDays = 10;
constexpr int kTenThousand = 10'000;

class Simulator {
public:
    Simulator(const Parameters& parameters, Chain& chain) : p_(parameters), chain_(chain) {
        for (Day day = chain.first; day <= chain.last; day = day + 1) factors_.push_back(factors_of(p_, day));
        lay_items();
        guides_.resize(chain.stores.size());
        for (int i = 0; i < static_cast<int>(chain.guides.size()); ++i)
            guides_[static_cast<std::size_t>(chain.guides[static_cast<std::size_t>(i)].store)].push_back(i);
    }

    void run() {
        for (int i = 0; i < static_cast<int>(chain_.members.size()); ++i) live(i);
        for (int i = 0; i < static_cast<int>(chain_.stores.size()); ++i) serve_strangers(i);
        chain_.visitors = static_cast<int>(p_.visitors * p_.members);
        for (int i = 0; i < chain_.visitors; ++i) look_round(i);
    }

private:
    // For every age in months the weights of the categories open at it, and the items of each category.
    void lay_items() {
        items_of_.resize(p_.categories.size());
        for (int i = 0; i < static_cast<int>(chain_.items.size()); ++i)
            items_of_[static_cast<std::size_t>(chain_.items[static_cast<std::size_t>(i)].category)].push_back(i);
        for (int age = kYoungest; age <= kOldest; ++age) {
            std::vector<double>& weights = weights_.emplace_back();
            double sum = 0;
            for (const Category& category : p_.categories) {
                const bool open = age >= category.from_month && age < category.to_month;
                weights.push_back(open ? category.weight : 0);
                sum += weights.back();
            }
            // Nothing is made for this age: then they buy presents, of anything.
            if (sum <= 0) std::fill(weights.begin(), weights.end(), 1.0);
        }
    }

    const DayFactors& factors(Day day) const { return factors_[static_cast<std::size_t>(day - chain_.first)]; }

    int age_months(const Member& member, Day day) const {
        const CivilDate born = civil_from_day(member.child_born);
        const CivilDate now = civil_from_day(day);
        return std::clamp((now.year - born.year) * 12 + now.month - born.month, kYoungest, kOldest);
    }

    int an_item(Draw& draw, int age) const {
        const auto category = draw.pick(weights_[static_cast<std::size_t>(age - kYoungest)]);
        const auto& items = items_of_[category];
        return items[static_cast<std::size_t>(draw.below(static_cast<int>(items.size())))];
    }

    int a_second(Draw& draw) const {
        const int hour = static_cast<int>(draw.pick(p_.hours)) + p_.open_hour;
        return hour * kSecondsOfHour + draw.below(kSecondsOfHour);
    }

    void fill_basket(Draw& draw, int age, double discount, Order& order) const {
        const int lines = 1 + draw.streak(p_.basket_more, kLinesMax - 1);
        const auto price_factor = static_cast<std::int64_t>(discount * kTenThousand + 0.5);
        for (int i = 0; i < lines; ++i) {
            const int item = an_item(draw, age);
            const int pieces = 1 + static_cast<int>(draw.pick(p_.basket_pieces));
            const bool twice = std::any_of(order.lines.begin(), order.lines.end(),
                                           [item](const Line& line) { return line.item == item; });
            if (twice) continue;  // a receipt has an item once
            const std::int64_t price = chain_.items[static_cast<std::size_t>(item)].price_fen;
            const std::int64_t amount = (price * pieces * price_factor + kTenThousand / 2) / kTenThousand;
            order.lines.push_back({item, pieces, price, amount});
        }
    }

    void sell_voucher(Order& order) const {
        const auto fen = [](double yuan) { return static_cast<std::int64_t>(yuan * 100 + 0.5); };
        order.channel = Channel::Voucher;
        order.lines.push_back({kVoucherItem, 1, fen(p_.voucher.list), fen(p_.voucher.price)});
    }

    // Some lines of a sale come back, each for itself, while the days last.
    void maybe_return(Draw& draw, int sale) {
        for (std::size_t line = 0; line < chain_.orders[static_cast<std::size_t>(sale)].lines.size(); ++line) {
            if (!draw.chance(p_.returns_share)) continue;
            const int later = draw.between(1, p_.returns_days);
            const Order& bought = chain_.orders[static_cast<std::size_t>(sale)];
            if (bought.channel == Channel::Voucher || bought.day + later > chain_.last) continue;
            Order back = bought;
            back.day = bought.day + later;
            back.second = a_second(draw);
            back.is_return = true;
            back.original = sale;
            back.lines = {bought.lines[line]};
            chain_.orders.push_back(std::move(back));
        }
    }

    void keep(Draw& draw, Order order) {
        chain_.orders.push_back(std::move(order));
        maybe_return(draw, static_cast<int>(chain_.orders.size()) - 1);
    }

    int a_guide(Draw& draw, int store) const {
        const auto& own = guides_[static_cast<std::size_t>(store)];
        return own.empty() ? kNobody : own[static_cast<std::size_t>(draw.below(static_cast<int>(own.size())))];
    }

    void buy(Draw& draw, int number, Day day, bool in_store) {
        const Member& member = chain_.members[static_cast<std::size_t>(number)];
        Order order;
        order.day = day;
        order.second = in_store ? member.second : a_second(draw);
        order.store = member.store;
        order.member = number;
        order.guide = draw.chance(p_.own_guide) ? member.guide : a_guide(draw, member.store);
        const double where = draw.unit();
        const int age = age_months(member, day);
        if (!in_store && where < p_.mini_program_share) order.channel = Channel::MiniProgram;
        if (!in_store && where >= 1 - p_.voucher_share) {
            sell_voucher(order);
        } else {
            fill_basket(draw, age, factors(day).discount * p_.member_discount, order);
        }
        if (order.channel == Channel::MiniProgram) shop_online(draw, order);
        keep(draw, std::move(order));
    }

    // The clicks before an order of the mini-program: each line looked at and put into the cart.
    void shop_online(Draw& draw, const Order& order) {
        std::int64_t at = order.day.number * kSecondsOfDay + order.second - 300;
        const auto click = [&](EventType type, int item) {
            chain_.events.push_back({at, type, false, order.member, kNobody, item});
            at += draw.between(5, 30);
        };
        click(EventType::Opened, 0);
        for (const Line& line : order.lines) {
            click(EventType::Viewed, line.item);
            click(EventType::Added, line.item);
        }
        click(EventType::CheckoutStarted, 0);
    }

    void browse(Draw& draw, Day day, int age, Event as) {
        as.local_second = day.number * kSecondsOfDay + a_second(draw);
        as.type = EventType::Opened;
        chain_.events.push_back(as);
        const int pages = 1 + draw.streak(p_.pages, kPagesMax - 1);
        for (int i = 0; i < pages; ++i) {
            as.local_second += draw.between(8, 90);
            as.item = an_item(draw, age);
            as.type = EventType::Viewed;
            chain_.events.push_back(as);
            if (!draw.chance(p_.to_cart)) continue;
            as.local_second += draw.between(3, 20);
            as.type = EventType::Added;
            chain_.events.push_back(as);
        }
    }

    void register_member(Draw& draw, int number) {
        Member& member = chain_.members[static_cast<std::size_t>(number)];
        Event event;
        event.member = number;
        event.anonymous = draw.chance(p_.looked_before);
        const int looks = event.anonymous ? draw.between(1, kLookedMost) : 0;
        for (int i = 0; i < looks; ++i) {
            const Day day = member.registered + -draw.between(1, kLookedDays);
            if (day >= chain_.first) browse(draw, day, age_months(member, day), event);
        }
        event.local_second = member.registered.number * kSecondsOfDay + member.second - 120;
        event.type = EventType::Registered;
        chain_.events.push_back(event);
        if (draw.chance(p_.member.first_purchase)) buy(draw, number, member.registered, true);

        const Store& store = chain_.stores[static_cast<std::size_t>(member.store)];
        member.called = draw.chance(store.call_rate);
        member.called_on = member.registered + draw.between(1, p_.follow_up.within_days);
        const double stay = p_.follow_up.stay + (member.called ? p_.follow_up.lift : 0);
        member.stays = draw.chance(std::min(stay, 1.0));
        if (member.called && member.called_on <= chain_.last) {
            const std::int64_t at = member.called_on.number * kSecondsOfDay + a_second(draw);
            chain_.events.push_back({at, EventType::Called, false, number, kNobody, 0});
        }
    }

    void live(int number) {
        Draw draw(p_.seed, "life", number);
        Member& member = chain_.members[static_cast<std::size_t>(number)];
        const bool is_new = member.registered >= chain_.first;
        if (is_new) register_member(draw, number);
        const Day from = is_new ? member.registered + 1 : chain_.first;
        if (!is_new && member.child_told) {
            const Day day = chain_.first + draw.below(p_.days);
            chain_.events.push_back({day.number * kSecondsOfDay + a_second(draw), EventType::ChildSaved, false, number,
                                     kNobody, 0});
        }
        const double staying = member.stays ? 1.0 : p_.follow_up.strayed;
        member.leaves = chain_.last + 1;
        for (Day day = from; day <= chain_.last; day = day + 1) {
            if (draw.chance(p_.member.leaving)) {
                member.leaves = day;
                break;
            }
            const DayFactors& today = factors(day);
            const double online = p_.mini_program_share;
            const double pull = online * today.online + (1 - online) * today.till;
            if (draw.chance(member.rate * staying * pull)) buy(draw, number, day, false);
            if (draw.chance(p_.visit * staying * today.online)) {
                Event event;
                event.member = number;
                browse(draw, day, age_months(member, day), event);
            }
        }
    }

    void serve_strangers(int number) {
        Draw draw(p_.seed, "strangers", number);
        const double size = chain_.stores[static_cast<std::size_t>(number)].size;
        for (Day day = chain_.first; day <= chain_.last; day = day + 1) {
            const double pull = size * factors(day).till;
            for (int left = draw.count(p_.anonymous_till * pull); left > 0; --left) {
                Order order = strangers_order(draw, number, day);
                fill_basket(draw, draw.between(kYoungest, 48), factors(day).discount, order);
                keep(draw, std::move(order));
            }
            for (int left = draw.count(p_.anonymous_voucher * pull); left > 0; --left) {
                Order order = strangers_order(draw, number, day);
                sell_voucher(order);
                keep(draw, std::move(order));
            }
        }
    }

    Order strangers_order(Draw& draw, int store, Day day) const {
        Order order;
        order.day = day;
        order.second = a_second(draw);
        order.store = store;
        order.guide = a_guide(draw, store);
        return order;
    }

    void look_round(int number) {
        Draw draw(p_.seed, "visitor", number);
        Event event;
        event.visitor = number;
        event.anonymous = true;
        const int age = draw.between(kYoungest, 48);
        for (int left = 1 + draw.count(p_.visitor_visits - 1); left > 0; --left)
            browse(draw, chain_.first + draw.below(p_.days), age, event);
    }

    const Parameters& p_;
    Chain& chain_;
    std::vector<DayFactors> factors_;
    std::vector<std::vector<double>> weights_;  // by age
    std::vector<std::vector<int>> items_of_;    // by category
    std::vector<std::vector<int>> guides_;      // by store
};

// Orders by time, with the numbers that tills and platforms give: counted per store, day and channel.
void number_orders(Chain& chain) {
    std::vector<int> order(chain.orders.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const Order& one = chain.orders[static_cast<std::size_t>(a)];
        const Order& other = chain.orders[static_cast<std::size_t>(b)];
        return std::pair(one.day, one.second) < std::pair(other.day, other.second);
    });
    std::vector<int> place(chain.orders.size());
    std::vector<Order> sorted;
    sorted.reserve(chain.orders.size());
    for (const int from : order) {
        place[static_cast<std::size_t>(from)] = static_cast<int>(sorted.size());
        sorted.push_back(std::move(chain.orders[static_cast<std::size_t>(from)]));
    }
    Day today{};
    std::vector<int> tills(chain.stores.size());
    int online = 0;
    for (Order& one : sorted) {
        if (one.original != kNobody) one.original = place[static_cast<std::size_t>(one.original)];
        if (one.day != today) {
            today = one.day;
            std::fill(tills.begin(), tills.end(), 0);
            online = 0;
        }
        const CivilDate date = civil_from_day(one.day);
        const int ymd = (date.year % 100) * 10'000 + date.month * 100 + date.day;
        const std::string day = std::to_string(1'000'000 + ymd).substr(1);
        int& counter = one.channel == Channel::Till ? tills[static_cast<std::size_t>(one.store)] : online;
        const std::string count = std::to_string(100'000 + ++counter).substr(1);
        static constexpr const char* kBefore[] = {"", "XCX", "DYQ"};
        one.number = kBefore[static_cast<std::size_t>(one.channel)] + day + count;
    }
    chain.orders = std::move(sorted);
}

}  // namespace

DayFactors factors_of(const Parameters& p, Day day) {
    DayFactors factors;
    const double rhythm = p.weekday[static_cast<std::size_t>(weekday(day))];
    factors.till = factors.online = rhythm;
    for (const Holiday& holiday : p.holidays) {
        for (const auto& [from, to] : holiday.days) {
            if (day < from || day > to) continue;
            factors.till *= holiday.till;
            factors.online *= holiday.online;
        }
    }
    const CivilDate date = civil_from_day(day);
    const int month_day = date.month * 100 + date.day;
    for (const Promotion& promotion : p.promotions) {
        if (month_day < promotion.from || month_day > promotion.to) continue;
        factors.till *= promotion.uplift;
        factors.online *= promotion.uplift;
        factors.discount = std::min(factors.discount, promotion.discount);
    }
    return factors;
}

Chain simulate(const Parameters& parameters, Day last) {
    Chain chain;
    chain.last = last;
    chain.first = last + (1 - parameters.days);
    make_places(parameters, chain);
    make_items(parameters, chain);
    make_members(parameters, chain);
    Simulator(parameters, chain).run();
    number_orders(chain);
    std::stable_sort(chain.events.begin(), chain.events.end(),
                     [](const Event& a, const Event& b) { return a.local_second < b.local_second; });
    return chain;
}

}  // namespace tilth::chain
