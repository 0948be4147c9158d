// What the pages 系统, 审计 and 业务口径 need: jobs, audit, settings, health, parked work, and the live stream.

#include <sys/resource.h>

#include "app/registry.h"
#include "app/routes.h"
#include "app/world.h"

namespace tilth::app {

struct JobItem {
    JobId id;
    std::string kind;
    std::string title;
    kernel::JobState state = kernel::JobState::Queued;
    std::string phase;
    std::int64_t done = 0;
    std::int64_t total = 0;
    json::Raw result;
    std::string error;
    std::string started_by;
    Instant created_at;
    Instant updated_at;
};
API_STRUCT(JobItem, (id, kind, title, state, phase, done, total, result, error, started_by, created_at, updated_at))

struct JobList {
    std::vector<JobItem> items;
};
API_STRUCT(JobList, (items))

struct JobKey {
    JobId id;
};
API_STRUCT(JobKey, (id))

struct SettingItem {
    std::string name;
    std::string zh;
    std::string en;
    std::string value;
    std::string default_value;
    bool is_default = true;
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::vector<std::string> choices;
};
API_STRUCT(SettingItem, (name, zh, en, value, default_value, is_default, min, max, choices))

struct SettingList {
    std::vector<SettingItem> items;
};
API_STRUCT(SettingList, (items))

struct SetSetting {
    Text<1, 80> name;
    Text<0, 200> value;
};
API_STRUCT(SetSetting, (name, value))

struct ParkedEvent {
    std::int64_t id = 0;
    std::string handler;
    std::string type;
    std::string key;
    std::string error;
    std::int64_t attempts = 0;
    Instant parked_at;
};
API_STRUCT(ParkedEvent, (id, handler, type, key, error, attempts, parked_at))

struct ParkedBatchItem {
    std::int64_t sequence = 0;
    SourceId source;
    std::string reason;
    Instant parked_at;
};
API_STRUCT(ParkedBatchItem, (sequence, source, reason, parked_at))

struct ParkedList {
    std::vector<ParkedEvent> events;
    std::vector<ParkedBatchItem> batches;
};
API_STRUCT(ParkedList, (events, batches))

struct ParkedKey {
    std::int64_t id = 0;
};
API_STRUCT(ParkedKey, (id))

struct SystemState {
    std::string version;
    std::string record_engine;
    Instant now;
    std::int64_t people_known = 0;
    std::int64_t people_anonymous = 0;
    std::int64_t batches_acknowledged = 0;
    std::int64_t batches_applied = 0;
    std::int64_t events_logged = 0;
    std::int64_t duplicates = 0;
    std::int64_t refused = 0;
    std::int64_t memory_bytes = 0;
    std::string projection_hash;
    Instant projection_as_of;
};
API_STRUCT(SystemState,
           (version, record_engine, now, people_known, people_anonymous, batches_acknowledged, batches_applied,
            events_logged, duplicates, refused, memory_bytes, projection_hash, projection_as_of))

}  // namespace tilth::app

template <>
inline constexpr auto tilth::json::enum_values<tilth::kernel::JobState> =
    std::to_array<tilth::json::EnumValue<tilth::kernel::JobState>>({
        {tilth::kernel::JobState::Queued, "queued", "排队", "Queued"},
        {tilth::kernel::JobState::Running, "running", "运行", "Running"},
        {tilth::kernel::JobState::Done, "done", "完成", "Done"},
        {tilth::kernel::JobState::Partial, "partial", "部分完成", "Partly done"},
        {tilth::kernel::JobState::Failed, "failed", "失败", "Failed"},
        {tilth::kernel::JobState::Cancelling, "cancelling", "取消中", "Cancelling"},
        {tilth::kernel::JobState::Cancelled, "cancelled", "已取消", "Cancelled"},
    });

namespace tilth::app {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr int kJobsShown = 50;

JobItem item_of(const kernel::Job& job) {
    return {job.id,    job.kind,     job.title, job.state,      job.phase,      job.done,
            job.total, {job.result}, job.error, job.started_by, job.created_at, job.updated_at};
}

void add_job_routes(World& world) {
    auto& kernel = world.kernel();
    kernel.api.query<None, JobList>(
        Method::Get, "/api/v1/jobs", kJobRead,
        [&kernel](View& view, const None&) -> Result<JobList> {
            JobList reply;
            for (const auto& job : TRY(kernel.jobs.recent(view.sql(), view.tenant(), kJobsShown)))
                reply.items.push_back(item_of(job));
            return reply;
        },
        {.zh = "后台作业", .en = "Jobs, newest first", .rows = {}, .tag = "system"});
    kernel.api.query<JobKey, JobItem>(Method::Get, "/api/v1/jobs/{id}", kJobRead,
                                      [&kernel](View& view, const JobKey& key) -> Result<JobItem> {
                                          return item_of(TRY(kernel.jobs.find(view.sql(), view.tenant(), key.id)));
                                      },
                                      {.zh = "作业详情", .en = "One job", .rows = {}, .tag = "system"});
    kernel.api.command<JobKey, None>(
        Method::Post, "/api/v1/jobs/{id}/cancel", kJobCancel,
        [&kernel](Unit& unit, const JobKey& key) -> Result<None> {
            TRY(kernel.jobs.cancel(unit, key.id));
            return None{};
        },
        {.zh = "取消作业", .en = "Cancel a job at its next step", .rows = {}, .tag = "system"});
}

void add_setting_routes(World& world) {
    auto& kernel = world.kernel();
    kernel.api.query<None, SettingList>(
        Method::Get, "/api/v1/settings", kernel::kSignedIn,
        [&kernel](View& view, const None&) -> Result<SettingList> {
            SettingList reply;
            for (const auto& one : kernel.settings.list(view.tenant())) {
                reply.items.push_back({one.spec.name, one.spec.zh, one.spec.en, one.value, one.spec.default_value,
                                       one.is_default, one.spec.min, one.spec.max, one.spec.choices});
            }
            return reply;
        },
        {.zh = "业务口径", .en = "Business settings", .rows = {}, .tag = "system"});
    kernel.api.command<SetSetting, None>(
        Method::Put, "/api/v1/settings/{name}", kSettingWrite,
        [&kernel](Unit& unit, const SetSetting& request) -> Result<None> {
            TRY(kernel.settings.set(unit, request.name.str(), request.value.str()));
            return None{};
        },
        {.zh = "修改业务口径", .en = "Change a business setting", .rows = {}, .tag = "system"});
}

Result<ParkedList> parked(World& world, View& view) {
    ParkedList reply;
    for (auto& one : TRY(world.kernel().dispatch.parked(view.sql(), view.tenant()))) {
        reply.events.push_back({one.id, one.handler, one.type, one.key, one.error, one.attempts, one.parked_at});
    }
    reply.batches = TRY(view.sql().all(
        "SELECT sequence, source_id, reason, parked_at FROM parked_batch WHERE tenant_id = ?1 ORDER BY sequence LIMIT "
        "200",
        {view.tenant()}, [](const sql::Row& row) {
            return ParkedBatchItem{row.i64(0), row.id<SourceId>(1), std::string(row.txt(2)), row.instant(3)};
        }));
    return reply;
}

Result<SystemState> system_state(World& world, View& view) {
    SystemState state;
    const auto pipeline = world.pipeline().state();
    const auto projection = TRY(world.performance().state(view.tenant()));
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    state.version = "0.1.0";
    state.record_engine = view.sql().engine() == sql::Engine::Sqlite ? "sqlite" : "postgresql";
    state.now = view.now();
    state.people_known = world.customers().people(view.tenant(), true);
    state.people_anonymous = world.customers().people(view.tenant(), false);
    state.batches_acknowledged = static_cast<std::int64_t>(pipeline.acknowledged);
    state.batches_applied = static_cast<std::int64_t>(pipeline.applied);
    state.events_logged = world.activity().position(view.tenant());
    state.duplicates = pipeline.duplicates;
    state.refused = pipeline.refused;
    state.memory_bytes = usage.ru_maxrss * 1024;
    state.projection_hash = projection.hash;
    state.projection_as_of = projection.as_of;
    return state;
}

void add_state_routes(World& world) {
    auto& api = world.kernel().api;
    api.query<None, SystemState>(Method::Get, "/api/v1/system", kSystemRead,
                                 [&world](View& view, const None&) { return system_state(world, view); },
                                 {.zh = "系统状态", .en = "The system's state", .rows = {}, .tag = "system"});
    api.query<None, ParkedList>(
        Method::Get, "/api/v1/system/parked", kSystemRead,
        [&world](View& view, const None&) { return parked(world, view); },
        {.zh = "搁置的批次与事件", .en = "Parked batches and events", .rows = {"CDP-01"}, .tag = "system"});
    api.command<ParkedKey, None>(
        Method::Post, "/api/v1/system/parked-events/{id}/retry", kSystemWrite,
        [&world](Unit& unit, const ParkedKey& key) -> Result<None> {
            TRY(world.kernel().dispatch.retry(unit, key.id));
            return None{};
        },
        {.zh = "重试搁置的事件", .en = "Retry a parked event", .rows = {"CDP-01"}, .tag = "system"});
    api.action<ParkedKey, None>(
        Method::Post, "/api/v1/system/parked-batches/{id}/retry", kSystemWrite,
        [&world](const Context& context, const ParkedKey& key) -> Result<None> {
            TRY(world.pipeline().retry_parked(context, key.id));
            return None{};
        },
        {.zh = "重试搁置的批次", .en = "Retry a parked batch", .rows = {"CDP-01"}, .tag = "system"});
}

}  // namespace

void add_system_routes(World& world) {
    add_job_routes(world);
    add_audit_routes(world);
    add_setting_routes(world);
    add_state_routes(world);
}

}  // namespace tilth::app
