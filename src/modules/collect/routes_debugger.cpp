// The live debugger: the last events of each source with what became of them.

#include "modules/collect/service.h"

namespace tilth::collect {

struct DebuggerFilter {
    std::optional<SourceId> source;
    std::optional<Text<1, 200>> type;
    std::optional<Text<1, 20>> verdict;
    std::optional<List<CustomerId, 50>> customer;
};
API_STRUCT(DebuggerFilter, (source, type, verdict, customer))

struct SeenItem {
    Instant received;
    Instant time;
    SourceId source;
    std::string type;
    std::string verdict;
    std::string code;
    std::vector<std::string> corrected;
    std::optional<CustomerId> customer;
    std::string keys_masked;
    std::string properties;
};
API_STRUCT(SeenItem, (received, time, source, type, verdict, code, corrected, customer, keys_masked, properties))

struct SeenList {
    std::vector<SeenItem> items;
};
API_STRUCT(SeenList, (items))

namespace {

constexpr std::size_t kShownMax = 200;

std::vector<std::string> words_of(std::uint8_t corrected) {
    std::vector<std::string> words;
    const auto add = [&](Correction what, std::string_view word) {
        if ((corrected & static_cast<std::uint8_t>(what)) != 0) words.emplace_back(word);
    };
    add(Correction::Clock, "clock");
    add(Correction::Ahead, "ahead");
    add(Correction::KeyLeftOut, "key_left_out");
    add(Correction::PersonalTaken, "personal_taken");
    return words;
}

}  // namespace

void add_debugger_routes(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.query<DebuggerFilter, SeenList>(
        http::Method::Get, "/api/v1/debugger/events", kSourceRead,
        [&collect](kernel::View& view, const DebuggerFilter& filter) -> Result<SeenList> {
            Witness::Filter wanted;
            wanted.source = filter.source;
            if (filter.type) wanted.type = filter.type->str();
            if (filter.verdict) wanted.verdict = filter.verdict->str();
            if (filter.customer) wanted.customers.assign(filter.customer->begin(), filter.customer->end());
            SeenList reply;
            for (Seen& one : collect.witness().find(view.tenant(), wanted, kShownMax)) {
                SeenItem item{one.received,
                              one.time,
                              one.source,
                              std::move(one.type),
                              std::move(one.verdict),
                              std::move(one.code),
                              words_of(one.corrected),
                              std::nullopt,
                              std::move(one.keys),
                              std::move(one.properties)};
                if (one.customer != CustomerId{}) item.customer = one.customer;
                reply.items.push_back(std::move(item));
            }
            return reply;
        },
        {.zh = "实时调试：最近收到的事件与判定",
         .en = "Live debugger: the last events and their verdicts",
         .rows = {"CDP-01"},
         .tag = "collect"});
}

}  // namespace tilth::collect
