// Feeds over HTTP: where files come from by themselves, how they did, now, pause, and what each brought.

#include "modules/collect/feeds/feeds.h"
#include "modules/collect/feeds/problem.h"
#include "modules/collect/feeds/rules.h"

namespace tilth::collect {

enum class FeedKind : std::uint8_t { Folder, Sftp, Http };

struct FeedItem {
    std::int64_t number = 0;
    std::string name;
    FeedKind kind = FeedKind::Folder;
    std::string place;
    std::optional<std::string> folder;  // of a watched one: where it stands on the server
    std::string host;
    std::int64_t port = 0;
    std::string login;
    std::string host_key;
    bool has_secret = false;
    std::string pattern;
    std::string profile;
    std::int64_t every_min = 0;
    std::int64_t at_min = 0;
    std::optional<Day> from_day;
    bool paused = false;
    Instant next_at;
    std::optional<Instant> last_at;
    std::optional<Instant> last_ok_at;
    std::string last_error;
};
API_STRUCT(FeedItem, (number, name, kind, place, folder, host, port, login, host_key, has_secret, pattern, profile,
                      every_min, at_min, from_day, paused, next_at, last_at, last_ok_at, last_error))

struct FeedList {
    std::vector<FeedItem> items;
};
API_STRUCT(FeedList, (items))

struct NewFeed {
    Text<1, 80> name;
    FeedKind kind = FeedKind::Folder;
    Text<0, 500> place;
    std::optional<Text<1, 200>> host;
    std::optional<Int<1, 65'535>> port;
    std::optional<Text<1, 100>> login;
    std::optional<Text<0, 64>> host_key;
    std::optional<Text<1, 10'000>> secret;
    std::optional<Text<0, 100>> pattern;
    std::optional<Text<0, 60>> profile;
    Int<1, 1'440> every_min;
    std::optional<Int<0, 1'439>> at_min;
    std::optional<Day> from_day;
};
API_STRUCT(NewFeed, (name, kind, place, host, port, login, host_key, secret, pattern, profile, every_min, at_min,
                     from_day))

struct MadeFeed {
    std::int64_t number = 0;
};
API_STRUCT(MadeFeed, (number))

struct FeedKey {
    std::int64_t number = 0;
};
API_STRUCT(FeedKey, (number))

struct PauseFeed {
    std::int64_t number = 0;
    bool paused = true;
};
API_STRUCT(PauseFeed, (number, paused))

struct FeedStarted {
    JobId job;
};
API_STRUCT(FeedStarted, (job))

enum class FeedFileState : std::uint8_t { Imported, Same, Failed };
struct FeedFileItem {
    std::string name;
    std::string version;
    std::int64_t bytes = 0;
    FeedFileState state = FeedFileState::Imported;
    std::string detail;
    std::optional<ImportId> import;
    Instant at;
};
API_STRUCT(FeedFileItem, (name, version, bytes, state, detail, import, at))

struct FeedHistory {
    FeedItem feed;
    std::vector<FeedFileItem> files;
};
API_STRUCT(FeedHistory, (feed, files))

}  // namespace tilth::collect

template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::FeedKind> =
    std::to_array<tilth::json::EnumValue<tilth::collect::FeedKind>>({
        {tilth::collect::FeedKind::Folder, "folder", "收件目录", "Watched folder"},
        {tilth::collect::FeedKind::Sftp, "sftp", "SFTP", "SFTP"},
        {tilth::collect::FeedKind::Http, "http", "HTTP 拉取", "HTTP pull"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::FeedFileState> =
    std::to_array<tilth::json::EnumValue<tilth::collect::FeedFileState>>({
        {tilth::collect::FeedFileState::Imported, "imported", "已导入", "Imported"},
        {tilth::collect::FeedFileState::Same, "same", "内容未变", "The same again"},
        {tilth::collect::FeedFileState::Failed, "failed", "待处理", "Needs a person"},
    });

namespace tilth::collect {

namespace {

using http::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr int kHistoryShown = 200;

std::string_view word_of(FeedKind kind) {
    return kind == FeedKind::Sftp ? "sftp" : kind == FeedKind::Http ? "http" : "folder";
}

bool reads_chinese(const kernel::Context& context) { return context.language == kernel::Language::Zh; }

FeedItem item_of(const Feeds& feeds, const kernel::Context& context, const Feed& feed) {
    FeedItem item;
    item.number = feed.number;
    item.name = feed.name;
    item.kind = feed.kind == "sftp" ? FeedKind::Sftp : feed.kind == "http" ? FeedKind::Http : FeedKind::Folder;
    item.place = feed.place;
    if (item.kind == FeedKind::Folder) item.folder = feeds.inbox(context.tenant) + "/" + feed.place;
    item.host = feed.host;
    item.port = feed.port;
    item.login = feed.login;
    item.host_key = feed.host_key;
    item.has_secret = !feed.sealed.empty();
    item.pattern = feed.pattern;
    item.profile = feed.profile;
    item.every_min = feed.every_min;
    item.at_min = feed.at_min;
    item.from_day = feed.from_day;
    item.paused = feed.paused;
    item.next_at = feed.next_at;
    item.last_at = feed.last_at;
    item.last_ok_at = feed.last_ok_at;
    item.last_error = collect::feeds::said(feed.last_error, reads_chinese(context));
    return item;
}

Result<MadeFeed> add(Feeds& feeds, Unit& unit, const NewFeed& request) {
    const auto text = [](const auto& given) { return given ? given->str() : std::string(); };
    Feed feed;
    feed.name = request.name.str();
    feed.kind = word_of(request.kind);
    feed.place = request.place.str();
    feed.host = text(request.host);
    if (request.port) feed.port = static_cast<int>(request.port->value());
    feed.login = text(request.login);
    feed.host_key = text(request.host_key);
    feed.pattern = text(request.pattern);
    feed.profile = text(request.profile);
    feed.every_min = static_cast<int>(request.every_min.value());
    if (request.at_min) feed.at_min = static_cast<int>(request.at_min->value());
    feed.from_day = request.from_day;
    return MadeFeed{TRY(feeds.add(unit, std::move(feed), text(request.secret)))};
}

Result<FeedHistory> history(const Feeds& feeds, View& view, const FeedKey& key) {
    const auto feed = TRY(store::find_feed(view.sql(), view.tenant(), key.number));
    if (!feed) return Error(ErrorCode::NotFound, "feed");
    FeedHistory reply{item_of(feeds, view.context(), *feed), {}};
    for (auto& file : TRY(store::feed_files(view.sql(), view.tenant(), key.number, kHistoryShown))) {
        const auto state = file.state == "failed" ? FeedFileState::Failed
                           : file.state == "same" ? FeedFileState::Same
                                                  : FeedFileState::Imported;
        reply.files.push_back({std::move(file.name), std::move(file.version), file.bytes, state,
                               collect::feeds::said(file.detail, reads_chinese(view.context())), file.import, file.at});
    }
    return reply;
}

}  // namespace

void add_feed_routes(kernel::Kernel& kernel, std::shared_ptr<Feeds> feeds) {
    kernel.api.query<None, FeedList>(
        Method::Get, "/api/v1/feeds", kSourceRead,
        [feeds](View& view, const None&) -> Result<FeedList> {
            FeedList reply;
            for (const Feed& feed : TRY(store::feeds(view.sql(), view.tenant())))
                reply.items.push_back(item_of(*feeds, view.context(), feed));
            return reply;
        },
        {.zh = "定时取数", .en = "Feeds: files that come by themselves", .rows = {"CDP-19"}, .tag = "collect"});
    kernel.api.query<FeedKey, FeedHistory>(
        Method::Get, "/api/v1/feeds/{number}", kSourceRead,
        [feeds](View& view, const FeedKey& key) { return history(*feeds, view, key); },
        {.zh = "取数记录", .en = "One feed and what it brought", .rows = {"CDP-19"}, .tag = "collect"});
    kernel.api.command<NewFeed, MadeFeed>(
        Method::Post, "/api/v1/feeds", kSourceWrite,
        [feeds](Unit& unit, const NewFeed& request) { return add(*feeds, unit, request); },
        {.zh = "新建定时取数", .en = "Make a feed", .rows = {"CDP-19"}, .tag = "collect"});
    kernel.api.command<PauseFeed, None>(
        Method::Post, "/api/v1/feeds/{number}/pause", kSourceWrite,
        [feeds](Unit& unit, const PauseFeed& request) -> Result<None> {
            TRY(feeds->pause(unit, request.number, request.paused));
            return None{};
        },
        {.zh = "暂停或恢复取数", .en = "Pause a feed, or let it go on", .rows = {"CDP-19"}, .tag = "collect"});
    kernel.api.command<FeedKey, FeedStarted>(
        Method::Post, "/api/v1/feeds/{number}/run", kSourceWrite,
        [feeds](Unit& unit, const FeedKey& key) -> Result<FeedStarted> {
            TRY(unit.audit({.action = "feed.run", .object = std::to_string(key.number)}));
            return FeedStarted{TRY(feeds->run(unit, key.number))};
        },
        {.zh = "立即取数", .en = "Fetch now", .rows = {"CDP-19"}, .tag = "collect"});
    kernel.api.command<FeedKey, None>(
        Method::Delete, "/api/v1/feeds/{number}", kSourceWrite,
        [feeds](Unit& unit, const FeedKey& key) -> Result<None> {
            TRY(feeds->remove(unit, key.number));
            return None{};
        },
        {.zh = "删除定时取数", .en = "Remove a feed", .rows = {"CDP-19"}, .tag = "collect"});
}

}  // namespace tilth::collect
