#include "chain/places.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "chain/draw.h"

namespace tilth::chain {

namespace {

constexpr int kFriendTries = 100;

constexpr int kSecondsOfHour = 3'600;
constexpr int kPhoneDigits = 11;
// Steps through a range of numbers without meeting one twice: prime, and no divisor of a power of ten.
constexpr std::int64_t kNumberStep = 7'368'787;

template <class... Numbers>
std::string formatted(const char* form, Numbers... numbers) {
    char text[64];
    const int length = std::snprintf(text, sizeof text, form, numbers...);
    return {text, static_cast<std::size_t>(length)};
}

// How many of `total` each share gets: the whole parts, then the largest rests.
std::vector<int> parts_of(int total, const std::vector<double>& shares) {
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<int> parts;
    std::vector<std::pair<double, std::size_t>> rests;
    int given = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double exact = total * shares[i] / sum;
        parts.push_back(static_cast<int>(exact));
        given += parts.back();
        rests.emplace_back(exact - parts.back(), i);
    }
    std::stable_sort(rests.begin(), rests.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; given < total; ++i, ++given) ++parts[rests[i % rests.size()].second];
    return parts;
}

std::vector<int> shuffled(int count, Draw& draw) {
    std::vector<int> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    for (int i = count - 1; i > 0; --i)
        std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(draw.below(i + 1))]);
    return order;
}

template <class List>
std::vector<double> shares_of(const List& list) {
    std::vector<double> shares;
    for (const auto& one : list) shares.push_back(one.share);
    return shares;
}

std::string person_name(const Parameters& p, Draw& draw) {
    const auto one_of = [&draw](const std::vector<std::string>& signs) {
        return signs[static_cast<std::size_t>(draw.below(static_cast<int>(signs.size())))];
    };
    std::string name = one_of(p.person.surnames);
    for (int left = draw.between(1, 2); left > 0; --left) name += one_of(p.person.given);
    return name;
}

// Which stores call on their new members well or badly, and which are governed how: by lot, so that neither shows in
// names or codes.
void deal_roles(const Parameters& p, Chain& chain) {
    const int stores = static_cast<int>(chain.stores.size());
    Draw draw(p.seed, "roles");
    const int good = std::min(p.follow_up.good_stores, stores / 3);
    const int bad = std::min(p.follow_up.bad_stores, stores / 3);
    const auto lot = shuffled(stores, draw);
    for (int i = 0; i < stores; ++i) {
        Store& store = chain.stores[static_cast<std::size_t>(lot[static_cast<std::size_t>(i)])];
        store.quality = i < good ? 1 : i < good + bad ? -1 : 0;
        store.call_rate = store.quality > 0   ? p.follow_up.rate_good
                          : store.quality < 0 ? p.follow_up.rate_bad
                                              : p.follow_up.rate_ordinary;
    }
    const auto modes = parts_of(stores, shares_of(p.governance));
    const auto order = shuffled(stores, draw);
    std::size_t at = 0;
    for (std::size_t mode = 0; mode < modes.size(); ++mode) {
        for (int i = 0; i < modes[mode]; ++i)
            chain.stores[static_cast<std::size_t>(order[at++])].governance = static_cast<int>(mode);
    }
}

}  // namespace

void make_places(const Parameters& p, Chain& chain) {
    const auto parts = parts_of(p.stores, shares_of(p.regions));
    std::size_t quarter = 0;
    for (std::size_t region = 0; region < parts.size(); ++region) {
        const auto& cities = p.regions[region].cities;
        for (int i = 0; i < parts[region]; ++i) {
            Draw draw(p.seed, "store", static_cast<std::int64_t>(chain.stores.size()));
            Store store;
            store.code = formatted("M%d%02d", static_cast<int>(region) + 1, i + 1);
            store.name = cities[static_cast<std::size_t>(i) % cities.size()] +
                         p.quarters[quarter++ % p.quarters.size()] + p.store_suffix;
            store.manager = person_name(p, draw);
            store.region = static_cast<int>(region);
            store.size = draw.between(p.store_size.from, p.store_size.to);
            chain.stores.push_back(std::move(store));
        }
    }
    deal_roles(p, chain);
    for (int i = 0; i < p.guides; ++i) {
        Draw draw(p.seed, "guide", i);
        chain.guides.push_back({formatted("G%04d", i + 1), person_name(p, draw), i % p.stores});
    }
}

void make_items(const Parameters& p, Chain& chain) {
    for (std::size_t category = 0; category < p.categories.size(); ++category) {
        const Category& one = p.categories[category];
        Draw draw(p.seed, "items", static_cast<std::int64_t>(category));
        for (int i = 0; i < one.items; ++i) {
            const auto yuan = static_cast<std::int64_t>(draw.between(one.price.from, one.price.to));
            chain.items.push_back({one.code + formatted("%03d", i + 1), one.name + formatted(" %02d 号", i + 1),
                                   static_cast<int>(category), yuan * 100 - 10});
        }
    }
}

void make_members(const Parameters& p, Chain& chain) {
    std::vector<double> sizes;
    for (const Store& store : chain.stores) sizes.push_back(store.size);
    std::vector<std::vector<int>> guides(chain.stores.size());
    for (int i = 0; i < static_cast<int>(chain.guides.size()); ++i)
        guides[static_cast<std::size_t>(chain.guides[static_cast<std::size_t>(i)].store)].push_back(i);

    const int digits = kPhoneDigits - static_cast<int>(p.person.phone_prefix.size());
    std::int64_t numbers = 1;
    for (int i = 0; i < digits; ++i) numbers *= 10;
    for (int i = 0; i < p.members; ++i) {
        Draw draw(p.seed, "member", i);
        Member member;
        const auto number = (p.seed + i * kNumberStep) % numbers;
        member.phone = p.person.phone_prefix + formatted("%0*lld", digits, static_cast<long long>(number));
        member.card = p.person.card_prefix + formatted("%08d", i + 1);
        member.name = person_name(p, draw);
        member.female = draw.chance(p.person.female);
        member.store = static_cast<int>(draw.pick(sizes));
        const auto& own = guides[static_cast<std::size_t>(member.store)];
        member.guide = own.empty() ? kNobody : own[static_cast<std::size_t>(draw.below(static_cast<int>(own.size())))];
        member.registered = draw.chance(p.member.before_share) ? chain.first + -draw.between(1, p.member.before_days)
                                                               : chain.first + draw.below(p.days);
        const auto hour = static_cast<int>(draw.pick(p.hours)) + p.open_hour;
        member.second = hour * kSecondsOfHour + draw.below(kSecondsOfHour);
        const int months = draw.between(p.member.child_from, p.member.child_to);
        const CivilDate date = civil_from_day(member.registered);
        const int month = date.year * 12 + date.month - 1 - months;
        member.child_born = day_from_civil({month / 12, month % 12 + 1, 1});
        member.child_told = draw.chance(p.member.child_told);
        member.consents = draw.chance(p.member.consent);
        member.rate = p.member.rates[draw.pick(p.member.classes)];
        Draw friends(p.seed, "referrer", i);
        if (friends.chance(p.member.referred)) {
            for (int tries = 0; tries < kFriendTries && i > 0 && member.referrer == kNobody; ++tries) {
                const int other = friends.below(i);
                const Member& one = chain.members[static_cast<std::size_t>(other)];
                if (one.store == member.store && one.registered < member.registered) member.referrer = other;
            }
        }
        chain.members.push_back(std::move(member));
    }
}

}  // namespace tilth::chain
