#include "modules/audience/models/modelled.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tilth::audience {

namespace {

constexpr std::string_view kUnknown = "未知";
constexpr std::array kWords{
    ModelledWords{Modelled::PriceBand, "price_band", "价格带", "Price band",
                  "每单平均净额，按本租户三分位分为低、中、高",
                  "Mean net of an order; low, middle and high by the tenant's own terciles"},
    ModelledWords{Modelled::Channel, "channel_preference", "偏好渠道", "Preferred channel",
                  "下单次数最多的渠道，次数相同取最近", "The channel of most orders; of equal ones the latest"},
    ModelledWords{Modelled::Motive, "motive", "购买动机", "Purchase motive",
                  "至少三单且六成在十一、十二月：节日；至少四单且间隔均匀：补货；单均达前一成：批量；其余：随需；一单：未知",
                  "Three orders, 60 % of them in November and December: season; four at even intervals: refill; mean "
                  "order in the top tenth: bulk; else as needed; one order: unknown"},
    ModelledWords{Modelled::Value, "value_layer", "价值分层", "Value",
                  "净消费前 20% 为高，其后 30% 为中，其余为长尾",
                  "Net spend: the top 20 % high, the next 30 % middle, the rest long tail"},
    ModelledWords{Modelled::Daytype, "shopping_days", "购物日", "Shopping days",
                  "七成以上订单在周末：周末；在工作日：工作日；其余：不限；少于三单：未知",
                  "Over 70 % of orders at weekends, or on working days; else either; under three orders unknown"},
};

struct Sales {
    std::vector<const PastOrder*> sales;
    std::int64_t net = 0;   // after returns
    std::int64_t sold = 0;
    std::int64_t mean() const { return sales.empty() ? 0 : sold / static_cast<std::int64_t>(sales.size()); }
};

Sales sales_of(const Buyer& buyer) {
    Sales out;
    for (const PastOrder& one : buyer.orders) {
        out.net += one.net;
        if (!one.sale) continue;
        out.sold += one.net;
        out.sales.push_back(&one);
    }
    return out;
}

// The value at place ⌈share·n/100⌉ in rising order, from 1: nearest rank.
std::int64_t cut_at(std::vector<std::int64_t> values, std::size_t percent) {
    if (values.empty()) return 0;
    const std::size_t place = (values.size() * percent + 99) / 100;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(place, 1) - 1);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

// The deviation of the gaps is at most half their mean.
bool even_gaps(const Sales& of) {
    if (of.sales.size() < 4) return false;
    const auto n = static_cast<double>(of.sales.size() - 1);
    const double mean = static_cast<double>(of.sales.back()->at - of.sales.front()->at) / n;
    double variance = 0;
    for (std::size_t i = 1; i < of.sales.size(); ++i)
        variance += std::pow(static_cast<double>(of.sales[i]->at - of.sales[i - 1]->at) - mean, 2) / n;
    return mean > 0 && std::sqrt(variance) <= mean / 2;
}

struct Lines {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

std::string_view motive(const Sales& of, const Lines& lines, const BusinessCalendar& calendar) {
    if (of.sales.size() < 2) return kUnknown;
    std::size_t season = 0;
    for (const PastOrder* one : of.sales) season += civil_from_day(calendar.day_of({one->at})).month >= 11 ? 1 : 0;
    if (of.sales.size() >= 3 && season * 10 >= of.sales.size() * 6) return "节日";
    if (even_gaps(of)) return "补货";
    return of.mean() >= lines.high ? "批量" : "随需";
}

std::string_view shopping_days(const Sales& of, const BusinessCalendar& calendar) {
    if (of.sales.size() < 3) return kUnknown;
    std::size_t weekend = 0;
    for (const PastOrder* one : of.sales) weekend += weekday(calendar.day_of({one->at})) >= 5 ? 1 : 0;
    if (weekend * 10 >= of.sales.size() * 7) return "周末";
    return weekend * 10 <= of.sales.size() * 3 ? "工作日" : "不限";
}

std::string preferred(const Sales& of, const std::vector<std::string>& channels) {
    std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> used;
    for (const PastOrder* one : of.sales) used[one->channel] = {used[one->channel].first + 1, one->at};
    std::uint32_t best = of.sales.front()->channel;
    for (const auto& [channel, times] : used) {
        if (times > used[best]) best = channel;
    }
    return channels[best];
}

std::string part_of(Modelled model, const Sales& of, const Lines& lines, const std::vector<std::string>& channels,
                    const BusinessCalendar& calendar) {
    if (of.sales.empty()) return std::string(kUnknown);
    switch (model) {
        case Modelled::PriceBand: return of.mean() > lines.high ? "高" : of.mean() > lines.low ? "中" : "低";
        case Modelled::Channel: return preferred(of, channels);
        case Modelled::Motive: return std::string(motive(of, lines, calendar));
        case Modelled::Value: return of.net > lines.high ? "高" : of.net > lines.low ? "中" : "长尾";
        case Modelled::Daytype: break;
    }
    return std::string(shopping_days(of, calendar));
}

Lines lines_of(Modelled model, const std::vector<Sales>& all) {
    std::vector<std::int64_t> values;
    for (const Sales& one : all) {
        if (!one.sales.empty()) values.push_back(model == Modelled::Value ? one.net : one.mean());
    }
    switch (model) {
        case Modelled::PriceBand: return {cut_at(values, 33), cut_at(values, 67)};
        case Modelled::Value: return {cut_at(values, 50), cut_at(values, 80)};
        case Modelled::Motive: return {0, cut_at(values, 90)};
        default: return {};
    }
}

}  // namespace

std::span<const ModelledWords> modelled_words() { return kWords; }

ModelledResult assign(Modelled model, const std::vector<Buyer>& buyers, const std::vector<std::string>& channels,
                      const BusinessCalendar& calendar) {
    ModelledResult out;
    std::vector<Sales> all;
    for (const Buyer& one : buyers) all.push_back(sales_of(one));
    const Lines lines = lines_of(model, all);
    if (lines.low != 0) out.cuts.emplace_back("low", lines.low);
    if (lines.high != 0) out.cuts.emplace_back("high", lines.high);
    std::map<std::string, std::vector<CustomerId>> found;
    for (std::size_t i = 0; i < buyers.size(); ++i)
        found[part_of(model, all[i], lines, channels, calendar)].push_back(buyers[i].customer);
    for (auto& [name, people] : found) out.parts.push_back({name, std::move(people)});
    return out;
}

}  // namespace tilth::audience
