// The line "backups" of the page 系统.

#include "app/backup.h"
#include "app/registry.h"
#include "app/world.h"

namespace tilth::app {

struct BackupItem {
    std::string name;
    Instant at;
    std::int64_t bytes = 0;
    std::int64_t acknowledged = 0;
};
API_STRUCT(BackupItem, (name, at, bytes, acknowledged))

struct BackupsReply {
    bool enabled = false;
    bool running = false;
    bool overdue = false;
    std::int64_t every_hours = 0;
    std::int64_t alarm_hours = 0;
    std::int64_t kept = 0;
    std::optional<BackupItem> last;
    std::string error;
};
API_STRUCT(BackupsReply, (enabled, running, overdue, every_hours, alarm_hours, kept, last, error))

namespace {

BackupItem item_of(const BackupMade& made) { return {made.name, made.at, made.bytes, made.acknowledged}; }

BackupsReply reply_of(Backups& backups) {
    const BackupState state = backups.state();
    BackupsReply reply;
    reply.enabled = state.enabled;
    reply.running = state.running;
    reply.overdue = state.enabled && state.overdue;
    reply.every_hours = backups.options().every_hours;
    reply.alarm_hours = backups.options().alarm_hours;
    reply.kept = state.kept;
    if (state.last) reply.last = item_of(*state.last);
    reply.error = state.error;
    return reply;
}

}  // namespace

void add_backup_routes(World& world) {
    auto& api = world.kernel().api;
    api.query<kernel::None, BackupsReply>(
        http::Method::Get, "/api/v1/system/backups", kSystemRead,
        [&world](kernel::View&, const kernel::None&) -> Result<BackupsReply> { return reply_of(world.backups()); },
        {.zh = "备份状态", .en = "Backups: the newest, and whether it is overdue", .rows = {}, .tag = "system"});
    api.action<kernel::None, BackupItem>(
        http::Method::Post, "/api/v1/system/backups", kSystemWrite,
        [&world](const kernel::Context&, const kernel::None&) -> Result<BackupItem> {
            return item_of(TRY(world.backups().make_scheduled()));
        },
        {.zh = "立即备份", .en = "Make a backup now", .rows = {}, .tag = "system"});
}

}  // namespace tilth::app
