// SEG-08: where people bought first, last and most, and what a buyer of a channel brings.

#include <algorithm>

#include "modules/audience/splits/splits.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::View;

struct Used {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t most = 0;
};

std::optional<Used> used_by(const Buyer& buyer) {
    std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> times;  // sales and the last of them
    std::optional<Used> out;
    for (const PastOrder& order : buyer.orders) {
        if (!order.sale) continue;
        if (!out) out = Used{order.channel, order.channel, order.channel};
        out->last = order.channel;
        auto& one = times[order.channel];
        one = {one.first + 1, order.at};
    }
    if (!out) return out;
    for (const auto& [channel, one] : times) {
        if (one > times[out->most]) out->most = channel;
    }
    return out;
}

Result<std::vector<Buyer>> buyers_of(AudienceService& service, History& history, const Context& context) {
    TRY(history.follow(context));
    std::vector<Buyer> out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        out = history.buyers(context.tenant, memory, visible_to(memory, context));
        return ok();
    }));
    return out;
}

Result<ChannelSplits> split(AudienceService& service, History& history, const Context& context) {
    const auto buyers = TRY(buyers_of(service, history, context));
    const auto names = history.channels(context.tenant);
    ChannelSplits out;
    std::vector<ChannelSplit> items(names.size());
    std::vector<std::int64_t> net(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) items[i].channel = names[i];
    for (const Buyer& buyer : buyers) {
        const auto used = used_by(buyer);
        if (!used) continue;
        ++out.people;
        ++items[used->first].first;
        ++items[used->last].last;
        ++items[used->most].most;
        std::vector<bool> here(names.size());
        for (const PastOrder& order : buyer.orders) {
            net[order.channel] += order.net;
            if (!order.sale) continue;
            ++items[order.channel].orders;
            if (!here[order.channel]) ++items[order.channel].buyers;
            here[order.channel] = true;
        }
    }
    const auto currency = history.currency(context.tenant);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].buyers == 0) continue;
        if (currency) {
            items[i].net = Money{net[i], *currency};
            items[i].arpu = Money{net[i] / items[i].buyers, *currency};
        }
        out.items.push_back(std::move(items[i]));
    }
    std::sort(out.items.begin(), out.items.end(), [](const ChannelSplit& a, const ChannelSplit& b) {
        return a.buyers != b.buyers ? a.buyers > b.buyers : a.channel < b.channel;
    });
    return out;
}

Result<PeoplePage> people(AudienceService& service, History& history, const Context& context,
                          const ChannelPeople& asked) {
    const auto buyers = TRY(buyers_of(service, history, context));
    const auto names = history.channels(context.tenant);
    std::optional<CustomerId> after;
    if (asked.cursor) after = TRY(CustomerId::parse(TRY(kernel::decode_cursor(asked.cursor->str(), 1))[0]));
    const auto rows = static_cast<std::size_t>(kernel::page_rows(asked.limit));
    PeoplePage page;
    std::vector<CustomerId> shown;
    for (const Buyer& buyer : buyers) {
        const auto used = used_by(buyer);
        if (!used) continue;
        const std::uint32_t channel = asked.use == ChannelUse::First  ? used->first
                                      : asked.use == ChannelUse::Last ? used->last
                                                                      : used->most;
        if (names[channel] != asked.channel.str()) continue;
        ++page.total.value;
        if (after && buyer.customer <= *after) continue;
        if (shown.size() < rows) shown.push_back(buyer.customer);
        else if (!page.next) page.next = kernel::encode_cursor({shown.back().str()});
    }
    page.items = TRY(service.kernel().record.read<std::vector<AudiencePerson>>(
        context, [&](View& view) { return service.faces(view.sql(), context.tenant, shown); }));
    return page;
}

}  // namespace

void add_channel_routes(AudienceService& service, const std::shared_ptr<History>& history) {
    kernel::Api& api = service.kernel().api;
    api.action<None, ChannelSplits>(
        Method::Get, "/api/v1/splits/channels", kRead,
        [&service, history](const Context& context, const None&) { return split(service, *history, context); },
        {.zh = "渠道分群：首购、最近、最常用，与 ARPU",
         .en = "People by channel, and what a buyer brings",
         .rows = {"SEG-08"},
         .tag = "audience"});
    api.action<ChannelPeople, PeoplePage>(
        Method::Get, "/api/v1/splits/channels/people", kRead,
        [&service, history](const Context& context, const ChannelPeople& asked) {
            return people(service, *history, context, asked);
        },
        {.zh = "某渠道的人", .en = "The people of a channel", .rows = {"SEG-08"}, .tag = "audience"});
}

}  // namespace tilth::audience
