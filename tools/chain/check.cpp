#include "chain/check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tilth::chain {

namespace {

struct Counts {
    std::array<double, 7> by_weekday{};  // orders without members, a day of that kind
    std::int64_t strangers = 0;
    std::int64_t vouchers_of_members = 0;
    std::int64_t online = 0;
    std::int64_t of_members = 0;  // but for purchases at registration
    std::int64_t lines = 0;
    std::int64_t lines_returnable = 0;
    std::int64_t lines_returned = 0;
};

bool at_registration(const Chain& chain, const Order& order) {
    if (order.member == kNobody) return false;
    const Member& member = chain.members[static_cast<std::size_t>(order.member)];
    return member.registered == order.day && member.second == order.second;
}

// Days whose only factor is the weekday's.
bool plain(const Parameters& p, Day day) {
    const DayFactors factors = factors_of(p, day);
    const double rhythm = p.weekday[static_cast<std::size_t>(weekday(day))];
    return factors.till == rhythm && factors.online == rhythm && factors.discount == 1;
}

Counts count_orders(const Parameters& p, const Chain& chain) {
    Counts counts;
    std::array<double, 7> days{};
    for (Day day = chain.first; day <= chain.last; day = day + 1) {
        if (plain(p, day)) days[static_cast<std::size_t>(weekday(day))] += 1;
    }
    for (const Order& order : chain.orders) {
        if (order.is_return) {
            ++counts.lines_returned;
            continue;
        }
        const bool over = order.day + p.returns_days <= chain.last && order.channel != Channel::Voucher;
        if (over) counts.lines_returnable += static_cast<std::int64_t>(order.lines.size());
        if (order.member == kNobody && order.channel == Channel::Till) {
            ++counts.strangers;
            if (plain(p, order.day)) counts.by_weekday[static_cast<std::size_t>(weekday(order.day))] += 1;
        }
        if (order.member == kNobody || at_registration(chain, order)) continue;
        ++counts.of_members;
        if (order.channel == Channel::MiniProgram) ++counts.online;
        if (order.channel == Channel::Voucher) ++counts.vouchers_of_members;
    }
    for (std::size_t i = 0; i < days.size(); ++i) counts.by_weekday[i] /= std::max(days[i], 1.0);
    return counts;
}

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Of who registered within the days: who was called on, per kind of store.
void add_calls(const Parameters& p, const Chain& chain, std::vector<Finding>& findings) {
    std::array<std::int64_t, 3> members{};
    std::array<std::int64_t, 3> called{};
    for (const Member& one : chain.members) {
        if (one.registered < chain.first) continue;
        const auto kind = static_cast<std::size_t>(chain.stores[static_cast<std::size_t>(one.store)].quality + 1);
        ++members[kind];
        if (one.called) ++called[kind];
    }
    const std::array<double, 3> declared = {p.follow_up.rate_bad, p.follow_up.rate_ordinary, p.follow_up.rate_good};
    static constexpr std::array<const char*, 3> kNames = {"follow_up.rate_bad", "follow_up.rate_ordinary",
                                                          "follow_up.rate_good"};
    for (std::size_t i = 0; i < 3; ++i)
        findings.push_back({kNames[i], declared[i], share(called[i], members[i]), members[i]});
}

}  // namespace

std::vector<Finding> compare_rates(const Parameters& p, const Chain& chain) {
    const Counts counts = count_orders(p, chain);
    std::vector<Finding> findings;
    double plain_sum = 0;
    double declared_sum = 0;
    for (std::size_t i = 0; i < 7; ++i) {
        plain_sum += counts.by_weekday[i];
        declared_sum += p.weekday[i];
    }
    for (std::size_t i = 0; i < 7; ++i) {
        findings.push_back({"rhythm.weekday." + std::to_string(i + 1), p.weekday[i] / declared_sum,
                            plain_sum > 0 ? counts.by_weekday[i] / plain_sum : 0, counts.strangers / 7});
    }
    findings.push_back({"channel.mini_program", p.mini_program_share, share(counts.online, counts.of_members),
                        counts.of_members});
    findings.push_back({"channel.douyin_voucher", p.voucher_share, share(counts.vouchers_of_members, counts.of_members),
                        counts.of_members});
    findings.push_back({"returns.share", p.returns_share, share(counts.lines_returned, counts.lines_returnable),
                        counts.lines_returnable});
    const auto before = std::count_if(chain.members.begin(), chain.members.end(),
                                      [&](const Member& one) { return one.registered < chain.first; });
    const auto told = std::count_if(chain.members.begin(), chain.members.end(),
                                    [](const Member& one) { return one.child_told; });
    const auto members = static_cast<std::int64_t>(chain.members.size());
    findings.push_back({"member.before_share", p.member.before_share, share(before, members), members});
    findings.push_back({"member.child_told", p.member.child_told, share(told, members), members});
    add_calls(p, chain, findings);
    return findings;
}

Repurchase repurchase(const Chain& chain, int within) {
    std::vector<bool> again(chain.members.size());
    for (const Order& order : chain.orders) {
        if (order.member == kNobody || order.is_return) continue;
        const Member& member = chain.members[static_cast<std::size_t>(order.member)];
        const int later = order.day - member.registered;
        if (later >= 1 && later <= within) again[static_cast<std::size_t>(order.member)] = true;
    }
    Repurchase found;
    for (std::size_t i = 0; i < chain.members.size(); ++i) {
        const Member& member = chain.members[i];
        if (member.registered < chain.first || member.registered + within > chain.last) continue;
        const int quality = chain.stores[static_cast<std::size_t>(member.store)].quality;
        Repurchase::Group& group = quality > 0 ? found.good : quality < 0 ? found.bad : found.ordinary;
        ++group.members;
        if (again[i]) ++group.again;
    }
    const auto n1 = static_cast<double>(found.good.members);
    const auto n2 = static_cast<double>(found.bad.members);
    if (n1 > 0 && n2 > 0) {
        const double pooled = static_cast<double>(found.good.again + found.bad.again) / (n1 + n2);
        const double error = std::sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
        found.z = error > 0 ? (found.good.share() - found.bad.share()) / error : 0;
    }
    return found;
}

}  // namespace tilth::chain
