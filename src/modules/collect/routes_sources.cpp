// Sources over HTTP: where data come from, with which key, how fresh, what was refused and why.

#include "modules/collect/service.h"

namespace tilth::collect {

enum class SourceKind : std::uint8_t { Native, Segment, Sensors, PostHog };

struct SourceItem {
    SourceId id;
    std::string name;
    std::string kind;
    std::optional<Instant> last_received;
    std::int64_t accepted = 0;
    std::int64_t refused = 0;
};
API_STRUCT(SourceItem, (id, name, kind, last_received, accepted, refused))

struct SourceList {
    std::vector<SourceItem> items;
};
API_STRUCT(SourceList, (items))

struct NewSourceRequest {
    Text<1, 80> name;
    SourceKind kind = SourceKind::Native;
};
API_STRUCT(NewSourceRequest, (name, kind))

struct NewSourceReply {
    SourceId id;
    std::string write_key;
};
API_STRUCT(NewSourceReply, (id, write_key))

struct SourceKey {
    SourceId id;
};
API_STRUCT(SourceKey, (id))

struct RefusedItem {
    std::int64_t number = 0;
    Instant at;
    std::string code;
};
API_STRUCT(RefusedItem, (number, at, code))

struct RefusedList {
    std::vector<RefusedItem> items;
};
API_STRUCT(RefusedList, (items))

}  // namespace tilth::collect

template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::SourceKind> =
    std::to_array<tilth::json::EnumValue<tilth::collect::SourceKind>>({
        {tilth::collect::SourceKind::Native, "native", "批量接口", "Batch API"},
        {tilth::collect::SourceKind::Segment, "segment", "Segment 协议", "Segment protocol"},
        {tilth::collect::SourceKind::Sensors, "sensors", "神策协议", "Sensors Data protocol"},
        {tilth::collect::SourceKind::PostHog, "posthog", "PostHog 协议", "PostHog protocol"},
    });

namespace tilth::collect {

namespace {
constexpr int kRefusedShown = 200;

std::string_view word_of(SourceKind kind) {
    switch (kind) {
        case SourceKind::Segment: return "segment";
        case SourceKind::Sensors: return "sensors";
        case SourceKind::PostHog: return "posthog";
        case SourceKind::Native: break;
    }
    return "native";
}
}  // namespace

void add_source_routes(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.query<kernel::None, SourceList>(
        http::Method::Get, "/api/v1/sources", kSourceRead,
        [&collect](kernel::View& view, const kernel::None&) -> Result<SourceList> {
            SourceList reply;
            for (auto& one : TRY(collect.sources(view.sql(), view.tenant()))) {
                SourceItem item{one.id,       std::move(one.name), std::move(one.kind),
                                std::nullopt, one.accepted,        one.refused};
                if (one.last_received.ms != 0) item.last_received = one.last_received;
                reply.items.push_back(std::move(item));
            }
            return reply;
        },
        {.zh = "数据源", .en = "Sources with their freshness", .rows = {"CDP-01"}, .tag = "collect"});
    kernel.api.action<NewSourceRequest, NewSourceReply>(
        http::Method::Post, "/api/v1/sources", kSourceWrite,
        [&collect](const kernel::Context& context, const NewSourceRequest& request) -> Result<NewSourceReply> {
            const std::string_view kind = word_of(request.kind);
            auto made = TRY(collect.add_source(context, request.name.str(), kind));
            return NewSourceReply{made.id, std::move(made.write_key)};
        },
        {.zh = "新建数据源；写入密钥只显示一次",
         .en = "Make a source; its write key is shown once",
         .rows = {"CDP-01"},
         .tag = "collect"});
    kernel.api.query<SourceKey, RefusedList>(
        http::Method::Get, "/api/v1/sources/{id}/refused", kSourceRead,
        [&collect](kernel::View& view, const SourceKey& key) -> Result<RefusedList> {
            RefusedList reply;
            for (auto& one : TRY(collect.refused(view.sql(), view.tenant(), key.id, kRefusedShown))) {
                reply.items.push_back({one.number, one.at, std::move(one.code)});
            }
            return reply;
        },
        {.zh = "被拒绝的事件", .en = "Refused events with the reason", .rows = {"CDP-01"}, .tag = "collect"});
}

}  // namespace tilth::collect
