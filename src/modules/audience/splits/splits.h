#pragma once
// Splits of people: by channel, into four quadrants, into clusters; and tags published from them.

#include "modules/audience/splits/history.h"
#include "modules/audience/splits/kmeans.h"
#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

// ---- SEG-08: channels ----

struct ChannelSplit {
    std::string channel;
    std::int64_t first = 0;   // people whose first sale it was
    std::int64_t last = 0;    // … whose last
    std::int64_t most = 0;    // … whose most used it is; equal numbers: the one used last
    std::int64_t buyers = 0;  // who bought there at all
    std::int64_t orders = 0;  // sales
    std::optional<Money> net;   // after returns
    std::optional<Money> arpu;  // net ÷ buyers
};
API_STRUCT(ChannelSplit, (channel, first, last, most, buyers, orders, net, arpu))
struct ChannelSplits {
    std::int64_t people = 0;  // with a sale: the sum of first, of last and of most
    std::vector<ChannelSplit> items;
};
API_STRUCT(ChannelSplits, (people, items))

enum class ChannelUse : std::uint8_t { First, Last, Most };
struct ChannelPeople {
    Text<1, 100> channel;
    ChannelUse use = ChannelUse::First;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ChannelPeople, (channel, use, cursor, limit))

// ---- SEG-10: quadrants and clusters ----

// Keys of attributes that are numbers or moments; a moment counts as days ago. Without a cut: the median.
struct QuadrantAsked {
    Text<1, 80> x;
    Text<1, 80> y;
    std::optional<std::int64_t> x_cut;  // in the attribute's own minor unit; of moments: days
    std::optional<std::int64_t> y_cut;
};
API_STRUCT(QuadrantAsked, (x, y, x_cut, y_cut))
struct Quadrant {
    bool x_high = false;  // of moments: recent
    bool y_high = false;
    std::int64_t people = 0;
    bool small = false;
    json::Raw rule;
};
API_STRUCT(Quadrant, (x_high, y_high, people, small, rule))
struct Quadrants {
    std::int64_t x_cut = 0;
    std::int64_t y_cut = 0;
    std::int64_t people = 0;   // everybody whom the caller may see
    std::int64_t unknown = 0;  // one of the two is not known
    std::vector<Quadrant> items;
};
API_STRUCT(Quadrants, (x_cut, y_cut, people, unknown, items))

struct ClustersAsked {
    List<std::string, 6> attributes;
    Int<2, 8> k;
    std::optional<Int<0, 1'000'000>> seed;
    std::optional<Text<1, 30>> publish;  // as tags of a group of that name
};
API_STRUCT(ClustersAsked, (attributes, k, seed, publish))
struct ClusterView {
    std::int64_t people = 0;
    bool small = false;
    std::vector<double> centre;         // mean of each attribute, in whole units; of moments: days ago
    std::vector<CustomerId> nearest;    // three who stand for it
    std::optional<SetId> tag;           // when published
};
API_STRUCT(ClusterView, (people, small, centre, nearest, tag))
struct Clusters {
    std::int64_t people = 0;
    std::int64_t unknown = 0;    // left out: an attribute is not known
    std::int64_t seed = 0;
    std::int64_t rounds = 0;
    double silhouette = 0;       // −1 … 1, over `measured` people
    std::int64_t measured = 0;
    std::string fingerprint;     // of who is in which: equal for equal data, attributes, k and seed
    std::vector<ClusterView> items;
};
API_STRUCT(Clusters, (people, unknown, seed, rounds, silhouette, measured, fingerprint, items))

void add_channel_routes(AudienceService& service, const std::shared_ptr<History>& history);
void add_split_routes(AudienceService& service);

}  // namespace tilth::audience

template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::ChannelUse> =
    std::to_array<tilth::json::EnumValue<tilth::audience::ChannelUse>>({
        {tilth::audience::ChannelUse::First, "first", "首购", "First"},
        {tilth::audience::ChannelUse::Last, "last", "最近", "Last"},
        {tilth::audience::ChannelUse::Most, "most", "最常用", "Most used"},
    });
