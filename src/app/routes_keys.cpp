// The keys of a tenant on the page 系统 and for the command: which generations there are, what a rotation has still to
// do, and its start.

#include <algorithm>

#include "app/backup.h"
#include "app/registry.h"
#include "app/routes.h"
#include "app/world.h"
#include "kernel/vault/rotation.h"

namespace tilth::app {

struct KeyGenerationItem {
    kernel::KeyFamily family = kernel::KeyFamily::Data;
    std::int64_t generation = 0;
    Instant created_at;
    std::optional<Instant> settled_at;  // since when everything stands under it
    std::optional<Instant> destroyed_at;
    std::optional<Instant> in_backups_until;  // of a destroyed one: the newest backup that holds it has run out by then
};
API_STRUCT(KeyGenerationItem, (family, generation, created_at, settled_at, destroyed_at, in_backups_until))

struct KeyFamilyItem {
    kernel::KeyFamily family = kernel::KeyFamily::Data;
    std::int64_t generation = 0;  // the newest
    bool settled = true;
    std::optional<Instant> next_look;  // when what remains is looked through at the latest
    std::optional<JobId> job;          // the newest of its rotation
    std::string state;                 // of the job: "running" …
    std::string place;                 // what it looks through
    std::int64_t done = 0;
    std::int64_t total = 0;
};
API_STRUCT(KeyFamilyItem, (family, generation, settled, next_look, job, state, place, done, total))

struct KeysReply {
    std::vector<KeyFamilyItem> families;
    std::vector<KeyGenerationItem> generations;
    std::int64_t backups_kept_hours = 0;  // 0: the server makes none
};
API_STRUCT(KeysReply, (families, generations, backups_kept_hours))

struct RotateKeys {
    kernel::KeyFamily family = kernel::KeyFamily::Data;
    Text<2, 500> reason;
};
API_STRUCT(RotateKeys, (family, reason))

struct RotationStarted {
    std::int64_t generation = 0;
    JobId job;
};
API_STRUCT(RotationStarted, (generation, job))

}  // namespace tilth::app

template <>
inline constexpr auto tilth::json::enum_values<tilth::kernel::KeyFamily> =
    std::to_array<tilth::json::EnumValue<tilth::kernel::KeyFamily>>({
        {tilth::kernel::KeyFamily::Data, "data", "数据密钥", "Data key"},
        {tilth::kernel::KeyFamily::Index, "index", "索引密钥", "Index key"},
    });

namespace tilth::app {

namespace {

using kernel::KeyFamily;

constexpr int kJobsLookedAt = 200;

std::string word(kernel::JobState state) {
    static constexpr std::string_view kStates[] = {"queued", "running",    "done",     "partial",
                                                   "failed", "cancelling", "cancelled"};
    return std::string(kStates[static_cast<std::size_t>(state)]);
}

Result<KeyFamilyItem> family_of(kernel::View& view, KeyFamily family,
                                const std::vector<kernel::KeyGeneration>& generations,
                                const std::vector<kernel::Job>& jobs) {
    // A record older than generations has no row yet for its first index key.
    KeyFamilyItem item;
    item.family = family;
    item.generation = 1;
    for (const kernel::KeyGeneration& one : generations) {
        if (one.family != family) continue;
        item.generation = one.generation;
        item.settled = one.settled_at.has_value();
    }
    const auto job = std::find_if(jobs.begin(), jobs.end(),
                                  [&](const kernel::Job& one) { return one.kind == kernel::rotation_job(family); });
    if (job != jobs.end()) {
        item.job = job->id;
        item.state = word(job->state);
        item.place = job->phase;
        item.done = job->done;
        item.total = job->total;
    }
    if (!item.settled) item.next_look = TRY(kernel::Rotation::next_look(view.sql(), view.tenant(), family));
    return item;
}

Result<KeysReply> keys_reply(World& world, kernel::View& view) {
    KeysReply reply;
    const BackupOptions& backups = world.backups().options();
    if (!backups.directory.empty())
        reply.backups_kept_hours = static_cast<std::int64_t>(backups.every_hours) * backups.keep;
    const auto generations = TRY(world.kernel().vault.generations(view.sql(), view.tenant()));
    const auto jobs = TRY(world.kernel().jobs.recent(view.sql(), view.tenant(), kJobsLookedAt));
    for (const KeyFamily family : {KeyFamily::Data, KeyFamily::Index})
        reply.families.push_back(TRY(family_of(view, family, generations, jobs)));
    for (const kernel::KeyGeneration& one : generations) {
        KeyGenerationItem item{one.family, one.generation, one.created_at, one.settled_at, one.destroyed_at, {}};
        if (one.destroyed_at && reply.backups_kept_hours > 0)
            item.in_backups_until = *one.destroyed_at + hours(reply.backups_kept_hours);
        reply.generations.push_back(item);
    }
    return reply;
}

}  // namespace

Result<json::Value> keys_command(World& world, const kernel::Context& context, const json::Value& arguments) {
    if (!arguments.has("family")) {
        return world.kernel().record.read<json::Value>(context, [&](kernel::View& view) -> Result<json::Value> {
            return json::Value::parse(json::print(TRY(keys_reply(world, view))));
        });
    }
    const std::string family(arguments["family"].str());
    if (family != "data" && family != "index") {
        return Error::invalid("family", "unknown", "没有这样的密钥", "No such key", "用 data 或 index",
                              "Use data or index");
    }
    const auto which = family == "data" ? KeyFamily::Data : KeyFamily::Index;
    const std::string reason(arguments["reason"].str());
    const auto started = TRY(world.kernel().record.write<kernel::Rotation::Started>(
        context, [&](kernel::Unit& unit) { return world.rotation().start(unit, which, reason); }));
    return json::Value::object({{"family", family}, {"generation", started.generation}, {"job", started.job.str()}});
}

void add_key_routes(World& world) {
    auto& api = world.kernel().api;
    api.query<kernel::None, KeysReply>(
        http::Method::Get, "/api/v1/system/keys", kSystemRead,
        [&world](kernel::View& view, const kernel::None&) { return keys_reply(world, view); },
        {.zh = "密钥代次与轮换进度",
         .en = "Generations of the keys, and how far a rotation is",
         .rows = {"PRV-03"},
         .tag = "system"});
    api.command<RotateKeys, RotationStarted>(
        http::Method::Post, "/api/v1/system/keys", kSystemWrite,
        [&world](kernel::Unit& unit, const RotateKeys& request) -> Result<RotationStarted> {
            const auto started = TRY(world.rotation().start(unit, request.family, request.reason.str()));
            return RotationStarted{started.generation, started.job};
        },
        {.zh = "轮换密钥", .en = "Rotate the tenant's data key or index key", .rows = {"PRV-03"}, .tag = "system"});
}

}  // namespace tilth::app
