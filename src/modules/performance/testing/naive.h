#pragma once
// For *_test.cpp files only: every metric computed again from a shop's plain list, one loop at a time, without SQL and
// without the dictionary.

#include <functional>
#include <map>
#include <set>
#include <string>

#include "modules/performance/metrics/period.h"
#include "modules/performance/testing/shop.h"

namespace tilth::performance::testing {

struct Expected {
    std::int64_t numerator = 0;
    std::int64_t denominator = 0;
    std::set<std::size_t> people_numerator;
    std::set<std::size_t> people_denominator;
};

class Naive {
public:
    using Sliced = std::function<bool(const Sale&)>;
    // What is not in the slice was bought elsewhere.
    Naive(const Shop& shop, Period period, int node, Sliced sliced = nullptr)
        : shop_(shop), period_(period), nodes_(Shop::below(node)), sliced_(std::move(sliced)) {
        for (std::size_t i = 0; i < shop.buyers.size(); ++i) {
            const Buyer& buyer = shop.buyers[i];
            if (!buyer.known) continue;
            Person& person = people_[buyer.person];
            person.member = person.member || buyer.member;
            person.home = person.home || nodes_.count(buyer.home) > 0;
            person.since = std::min(person.since, shop.day_of(buyer.first_seen).number);
        }
        for (const Sale& sale : shop.sales) {
            if (Person* person = person_of(sale); person != nullptr && counts(sale)) {
                person->since = std::min(person->since, day(sale));
                if (sale.kind == commerce::OrderKind::Sale)
                    person->first_sale = std::min(person->first_sale, day(sale));
            }
        }
    }

    Expected of(const std::string& metric) {
        if (metric == "net_sales") return net_sales();
        if (metric == "orders") return orders();
        if (metric == "customers") return buyers(false);
        if (metric == "new_customers") return buyers(true);
        if (metric == "returning_customers") return returning();
        if (metric == "newcomers") return newcomers();
        if (metric == "acquired") return acquired();
        if (metric == "referrers") return referrers();
        if (metric == "active_members") return last_bought(0, 364);
        if (metric == "sleeping_members") return last_bought(180, kNever);
        if (metric == "M-08") return attach_rate();
        if (metric == "returns_share") return returns_share();
        if (metric == "M-01/receipts") return member_share(1'000'000);
        if (metric == "M-01/appraised") return member_share(4);
        if (metric == "M-01/people") return members_among_people();
        if (metric == "M-03") return digitised();
        if (metric == "M-04") return contribution();
        if (metric == "M-05/active_rate") return active_rate();
        if (metric == "M-05/frequency") return frequency();
        if (metric == "M-05/order_value") return member_order_value();
        if (metric == "M-07/per_order") return order_value(false);
        if (metric == "M-07/per_customer") return order_value(true);
        if (metric == "M-09a") return repurchase();
        if (metric == "M-09b/rate") return repeat(false);
        if (metric == "M-09b/frequency") return repeat(true);
        if (metric == "M-24") return old_share();
        if (metric == "M-38") return scored();
        ADD_FAILURE() << "no naive computation of " << metric;
        return {};
    }

private:
    static constexpr std::int32_t kNever = 1'000'000'000;
    struct Person {
        bool member = false;
        bool home = false;
        std::int32_t since = kNever;
        std::int32_t first_sale = kNever;
    };

    std::int32_t day(const Sale& sale) const { return shop_.day_of(sale.at).number; }
    static bool counts(const Sale& sale) { return !sale.gone && sale.kind != commerce::OrderKind::Adjustment; }
    static bool paid(const Sale& sale) { return !sale.gone && sale.kind == commerce::OrderKind::Sale; }
    bool here(const Sale& sale) const { return nodes_.count(sale.node) > 0 && (!sliced_ || sliced_(sale)); }
    bool in(const Sale& sale, const Period& period) const {
        return day(sale) >= period.from.number && day(sale) <= period.to.number;
    }
    std::size_t who(const Sale& sale) const { return shop_.buyers[static_cast<std::size_t>(sale.buyer)].person; }
    Person* person_of(const Sale& sale) {
        if (sale.buyer < 0) return nullptr;
        const auto found = people_.find(who(sale));
        return found == people_.end() ? nullptr : &found->second;
    }
    template <class Fn>
    void each(const Period& period, Fn fn) {
        for (const Sale& sale : shop_.sales) {
            if (counts(sale) && here(sale) && in(sale, period)) fn(sale, person_of(sale));
        }
    }
    Period year() const { return {period_.to + -364, period_.to}; }

    Expected net_sales() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            out.numerator += sale.net;
            if (person) out.people_numerator.insert(who(sale));
        });
        return out;
    }
    Expected orders() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!paid(sale)) return;
            ++out.numerator;
            if (person) out.people_numerator.insert(who(sale));
        });
        return out;
    }
    Expected buyers(bool only_new) {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!paid(sale) || !person) return;
            const bool is_new = person->first_sale >= period_.from.number && person->first_sale <= period_.to.number;
            if (is_new || !only_new) out.people_numerator.insert(who(sale));
        });
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        return out;
    }
    Expected newcomers() {
        std::map<std::size_t, std::int32_t> first;
        for (const Sale& sale : shop_.sales) {
            if (!paid(sale) || !here(sale) || !person_of(sale)) continue;
            const auto [at, fresh] = first.try_emplace(who(sale), day(sale));
            if (!fresh) at->second = std::min(at->second, day(sale));
        }
        Expected out;
        for (const auto& [person, day] : first)
            if (day >= period_.from.number && day <= period_.to.number) out.people_numerator.insert(person);
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        return out;
    }
    Expected returns_share() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            (paid(sale) ? out.denominator : out.numerator) += paid(sale) ? sale.net : -sale.net;
            if (person) (paid(sale) ? out.people_denominator : out.people_numerator).insert(who(sale));
        });
        return out;
    }
    Expected member_share(std::int64_t a_day) {
        Expected out;
        // Which receipts are suspect is a fact of the whole tenant: the first ones of the day count.
        std::map<std::pair<std::size_t, std::int32_t>, std::vector<std::pair<std::int64_t, std::size_t>>> receipts;
        for (std::size_t i = 0; i < shop_.sales.size(); ++i) {
            const Sale& sale = shop_.sales[i];
            if (paid(sale) && person_of(sale)) receipts[{who(sale), day(sale)}].push_back({sale.at.ms, i});
        }
        std::set<std::size_t> counted;
        for (auto& [key, list] : receipts) {
            std::sort(list.begin(),
                      list.end());  // Orders of one moment were made in this order, and so were their ids.
            for (std::size_t i = 0; i < list.size() && static_cast<std::int64_t>(i) < a_day; ++i)
                counted.insert(list[i].second);
        }
        for (std::size_t i = 0; i < shop_.sales.size(); ++i) {
            const Sale& sale = shop_.sales[i];
            if (!paid(sale) || !here(sale) || !in(sale, period_)) continue;
            ++out.denominator;
            Person* person = person_of(sale);
            if (!person) continue;
            out.people_denominator.insert(who(sale));
            if (!person->member) continue;
            out.people_numerator.insert(who(sale));
            if (counted.count(i) > 0) ++out.numerator;
        }
        return out;
    }
    Expected members_among_people() {
        Expected out;
        for (const auto& [key, person] : people_) {
            if (!person.home || person.since > period_.to.number) continue;
            out.people_denominator.insert(key);
            if (person.member) out.people_numerator.insert(key);
        }
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        out.denominator = static_cast<std::int64_t>(out.people_denominator.size());
        return out;
    }
    Expected digitised() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!paid(sale)) return;
            if (!person) ++out.denominator;
            if (person) out.people_denominator.insert(who(sale));
            if (person && person->member) out.people_numerator.insert(who(sale));
        });
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        out.denominator += static_cast<std::int64_t>(out.people_denominator.size());
        return out;
    }
    std::int64_t member_days(const Person& person) const {
        const std::int32_t from = std::max(person.since, year().from.number);
        return person.member && person.home && from <= year().to.number ? year().to.number - from + 1 : 0;
    }
    // Sums of members over the year: net, orders; who bought, who had any entry.
    struct Members {
        std::int64_t net = 0;
        std::int64_t orders = 0;
        std::set<std::size_t> entered;
        std::set<std::size_t> bought;
    };
    Members members() {
        Members sums;
        each(year(), [&](const Sale& sale, Person* person) {
            if (!person || !person->member || !person->home) return;
            sums.net += sale.net;
            sums.entered.insert(who(sale));
            if (!paid(sale)) return;
            ++sums.orders;
            sums.bought.insert(who(sale));
        });
        return sums;
    }
    std::int64_t days_of(const std::set<std::size_t>& people) {
        std::int64_t sum = 0;
        for (const std::size_t key : people) sum += member_days(people_.at(key));
        return sum;
    }
    std::set<std::size_t> all_members() {
        std::set<std::size_t> all;
        for (const auto& [key, person] : people_) {
            if (member_days(person) > 0) all.insert(key);
        }
        return all;
    }
    Expected contribution() {
        const Members sums = members();
        return {sums.net, days_of(all_members()), sums.entered, all_members()};
    }
    Expected active_rate() {
        const Members sums = members();
        return {days_of(sums.bought), days_of(all_members()), sums.bought, all_members()};
    }
    Expected frequency() {
        const Members sums = members();
        return {sums.orders, days_of(sums.bought), sums.bought, sums.bought};
    }
    Expected member_order_value() {
        const Members sums = members();
        return {sums.net, sums.orders, sums.entered, sums.bought};
    }
    Expected order_value(bool per_customer) {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (per_customer && !person) return;
            out.numerator += sale.net;
            if (paid(sale)) ++out.denominator;
            if (!person) return;
            out.people_numerator.insert(who(sale));
            if (paid(sale)) out.people_denominator.insert(who(sale));
        });
        if (per_customer) out.denominator = static_cast<std::int64_t>(out.people_denominator.size());
        return out;
    }
    Expected attach_rate() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!paid(sale)) return;
            out.numerator += std::int64_t{1'000} * sale.pieces;
            out.denominator += 1'000;
            if (!person) return;
            out.people_numerator.insert(who(sale));
            out.people_denominator.insert(who(sale));
        });
        return out;
    }
    Expected acquired() {
        Expected out;
        for (const auto& [place, person] : people_) {
            if (!person.home || person.since < period_.from.number || person.since > period_.to.number) continue;
            ++out.numerator;
            out.people_numerator.insert(place);
        }
        return out;
    }
    Expected referrers() {
        Expected out;
        for (const auto& [brought, bringer] : shop_.referrals) {
            const std::size_t fresh = shop_.buyers[brought].person;
            const std::size_t who = shop_.buyers[bringer].person;
            if (fresh == who || people_.count(fresh) == 0 || people_.count(who) == 0 || !people_.at(who).home) continue;
            const std::int32_t since = people_.at(fresh).since;
            if (since >= period_.from.number && since <= period_.to.number) out.people_numerator.insert(who);
        }
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        return out;
    }
    // Members of these nodes whose last paid sale anywhere is so many days before the period's end.
    Expected last_bought(std::int32_t least, std::int32_t most) {
        std::map<std::size_t, std::int32_t> last;
        for (const Sale& sale : shop_.sales) {
            const Person* const person = person_of(sale);
            if (!person || !paid(sale) || !person->member || !person->home || day(sale) > period_.to.number) continue;
            auto& day_of = last.try_emplace(who(sale), day(sale)).first->second;
            day_of = std::max(day_of, day(sale));
        }
        Expected out;
        for (const auto& [who, at] : last) {
            const std::int32_t ago = period_.to.number - at;
            if (ago >= least && ago <= most) out.people_numerator.insert(who);
        }
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        return out;
    }
    Expected returning() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!person || !paid(sale) || person->first_sale >= period_.from.number) return;
            out.people_numerator.insert(who(sale));
        });
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        return out;
    }
    Expected repurchase() {
        Expected out;
        for (const Sale& sale : shop_.sales) {
            if (paid(sale) && here(sale) && person_of(sale) && day(sale) < period_.from.number) {
                out.people_denominator.insert(who(sale));
            }
        }
        each(period_, [&](const Sale& sale, Person* person) {
            if (paid(sale) && person && out.people_denominator.count(who(sale)) > 0)
                out.people_numerator.insert(who(sale));
        });
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        out.denominator = static_cast<std::int64_t>(out.people_denominator.size());
        return out;
    }
    Expected repeat(bool frequency) {
        Expected out;
        std::map<std::size_t, std::set<std::int32_t>> days;
        std::map<std::size_t, std::int64_t> count;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!paid(sale) || !person) return;
            days[who(sale)].insert(day(sale));
            ++count[who(sale)];
        });
        for (const auto& [key, list] : days) {
            if (!frequency) out.people_denominator.insert(key);
            if (list.size() < 2) continue;
            out.people_numerator.insert(key);
            if (frequency) out.people_denominator.insert(key);
            out.numerator += frequency ? count[key] : 1;
        }
        out.denominator = static_cast<std::int64_t>(out.people_denominator.size());
        return out;
    }
    Expected old_share() {
        Expected out;
        each(period_, [&](const Sale& sale, Person* person) {
            if (!person) return;
            out.denominator += sale.net;
            out.people_denominator.insert(who(sale));
            if (person->first_sale >= period_.from.number && person->first_sale <= period_.to.number) return;
            out.numerator += sale.net;
            out.people_numerator.insert(who(sale));
        });
        return out;
    }
    Expected scored() {
        Expected out;
        for (const Sale& sale : shop_.sales) {
            Person* person = person_of(sale);
            if (paid(sale) && person && person->home && in(sale, year())) out.people_numerator.insert(who(sale));
        }
        out.numerator = static_cast<std::int64_t>(out.people_numerator.size());
        return out;
    }

    const Shop& shop_;
    Period period_;
    std::set<int> nodes_;
    Sliced sliced_;
    std::map<std::size_t, Person> people_;
};

}  // namespace tilth::performance::testing
