#include <algorithm>

#include "modules/customer/rules.h"

namespace tilth::customer {

namespace {

// Parties are the customers of the sighting, found or made; a circle is what is one person so far.
class Decider {
public:
    Decider(std::span<const Seen> seen, bool joins, const Apart& apart, const Counts& limits)
        : seen_(seen), apart_(apart), limits_(limits) {
        out_.holder.assign(seen.size(), kNone);
        has_strong_ = std::any_of(seen.begin(), seen.end(), [](const Seen& key) { return key.joins; });
        may_join_weak_ = has_strong_ || joins;
    }

    Decision run() {
        seat_found();
        join_strong();
        place_strong();
        handle_weak();
        return std::move(out_);
    }

private:
    static constexpr std::size_t kNone = SIZE_MAX;
    struct Circle {
        std::vector<std::uint32_t> persons;
        bool known = false;
        Counts has{};
    };

    // A party for every customer that holds a key; customers of one person share a circle.
    void seat_found() {
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            const Seen& key = seen_[i];
            if (key.customer == kNobody) continue;
            std::size_t party = kNone;
            std::size_t circle = kNone;
            for (std::size_t p = 0; p < out_.parties.size(); ++p) {
                if (out_.parties[p].customer == key.customer) party = p;
                if (circles_[circle_of_[p]].persons.front() == key.person) circle = circle_of_[p];
            }
            if (party == kNone) {
                if (circle == kNone) {
                    circle = circles_.size();
                    circles_.push_back({{key.person}, key.known, key.has});
                }
                party = out_.parties.size();
                out_.parties.push_back({key.customer});
                circle_of_.push_back(circle);
            }
            out_.holder[i] = party;
        }
    }

    std::size_t make_party() {
        circles_.push_back({});
        out_.parties.push_back({});
        circle_of_.push_back(circles_.size() - 1);
        return out_.parties.size() - 1;
    }

    Circle& circle(std::size_t party) { return circles_[circle_of_[party]]; }

    bool kept_apart(const Circle& a, const Circle& b) const {
        for (const std::uint32_t x : a.persons) {
            for (const std::uint32_t y : b.persons) {
                if (apart_(x, y)) return true;
            }
        }
        return false;
    }

    static ConflictCause cause_of(std::size_t kind) {
        return kind == static_cast<std::size_t>(IdentityKind::Phone) ? ConflictCause::TwoPhones : ConflictCause::Limit;
    }
    // Why the two together would have more of a kind than one person may.
    std::optional<ConflictCause> too_many(const Circle& a, const Circle& b) const {
        for (std::size_t kind = 0; kind < kKinds; ++kind) {
            const bool both = a.has[kind] > 0 && b.has[kind] > 0;
            if (limits_[kind] != 0 && both && a.has[kind] + b.has[kind] > limits_[kind]) return cause_of(kind);
        }
        return std::nullopt;
    }

    void link(std::size_t a, std::size_t b) {
        out_.links.push_back({a, b});
        const std::size_t from = circle_of_[b];
        const std::size_t to = circle_of_[a];
        Circle& target = circles_[to];
        target.persons.insert(target.persons.end(), circles_[from].persons.begin(), circles_[from].persons.end());
        target.known = target.known || circles_[from].known;
        for (std::size_t kind = 0; kind < kKinds; ++kind) {
            target.has[kind] = static_cast<std::uint8_t>(target.has[kind] + circles_[from].has[kind]);
        }
        std::replace(circle_of_.begin(), circle_of_.end(), from, to);
    }

    void join_strong() {
        for (std::size_t i = 0; i < seen_.size() && seen_[i].joins; ++i) {
            const std::size_t party = out_.holder[i];
            if (party == kNone) continue;
            if (head_ == kNone) head_ = party;
            if (circle_of_[head_] == circle_of_[party]) continue;
            if (kept_apart(circle(head_), circle(party))) {
                out_.conflicts.push_back({{head_, party}, ConflictCause::KeptApart});
            } else if (const auto over = too_many(circle(head_), circle(party))) {
                out_.conflicts.push_back({{head_, party}, *over});
            } else {
                link(head_, party);
            }
        }
    }

    // Where new strong keys go when no strong key was found: to a visitor without any strong key, else to a new
    // customer.
    void choose_head() {
        for (std::size_t i = 0; i < seen_.size() && head_ == kNone; ++i) {
            const std::size_t party = out_.holder[i];
            if (party != kNone && !circle(party).known) head_ = party;
        }
        if (head_ == kNone) head_ = make_party();
    }

    void place_strong() {
        for (std::size_t i = 0; i < seen_.size() && seen_[i].joins; ++i) {
            if (out_.holder[i] != kNone) continue;
            if (head_ == kNone) choose_head();
            const auto kind = static_cast<std::size_t>(seen_[i].kind);
            std::size_t party = head_;
            if (limits_[kind] != 0 && circle(head_).has[kind] >= limits_[kind]) {
                party = make_party();
                out_.conflicts.push_back({{head_, party}, cause_of(kind)});
            }
            out_.holder[i] = party;
            circle(party).known = true;
            if (limits_[kind] != 0) ++circle(party).has[kind];
        }
    }

    void handle_weak() {
        for (std::size_t i = 0; i < seen_.size() && head_ == kNone; ++i) head_ = out_.holder[i];
        if (head_ == kNone) head_ = make_party();
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            if (seen_[i].joins) continue;
            if (out_.holder[i] == kNone) {
                out_.holder[i] = head_;
                continue;
            }
            const std::size_t party = out_.holder[i];
            if (circle_of_[party] == circle_of_[head_] || !may_join_weak_) continue;
            if (circle(party).known && circle(head_).known) continue;
            if (!kept_apart(circle(head_), circle(party))) link(head_, party);
        }
    }

    std::span<const Seen> seen_;
    const Apart& apart_;
    const Counts& limits_;
    bool has_strong_ = false;
    bool may_join_weak_ = false;
    Decision out_;
    std::vector<Circle> circles_;
    std::vector<std::size_t> circle_of_;   // by party
    std::size_t head_ = kNone;
};

}  // namespace

Decision decide(std::span<const Seen> seen, bool joins, const Apart& apart, const Counts& limits) {
    return Decider(seen, joins, apart, limits).run();
}

}  // namespace tilth::customer
