#include "app/control.h"

#include <algorithm>
#include <functional>
#include <future>

#include "app/backup.h"
#include "app/routes.h"
#include "kernel/audit.h"
#include "platform/http/client.h"

namespace tilth::app {

namespace {

using kernel::Context;

Result<TenantId> tenant_of(World& world, const json::Value& arguments) {
    if (arguments.has("tenant") && !arguments["tenant"].str().empty())
        return TenantId::parse(arguments["tenant"].str());
    const auto tenants = world.org().tenants();
    if (tenants.size() == 1) return tenants.front().id;
    return Error::invalid("tenant", "required", "有多个租户，请指明", "There are several tenants", "加上 --tenant",
                          "Add --tenant");
}

Context context_of(World& world, const TenantId& tenant) { return Context::system(tenant, world.clock().now()); }

Result<json::Value> clock(World& world, const json::Value& arguments) {
    ManualClock* manual = world.manual_clock();
    if (manual == nullptr) return Error(ErrorCode::Conflict, "the clock is the system's; start with --clock=manual");
    if (arguments.has("set")) {
        const Instant to = arguments["set"].is_i64() ? Instant{arguments["set"].i64_or(0)}
                                                     : TRY(parse_instant(arguments["set"].str()));
        if (!manual->set(to)) return Error(ErrorCode::Conflict, "the clock never goes back");
    }
    if (arguments.has("advance_ms")) manual->advance({std::max<std::int64_t>(0, arguments["advance_ms"].i64_or(0))});
    TRY(world.settle());
    return json::Value::object({{"now", to_iso(manual->now())}});
}

Result<json::Value> import(World& world, const json::Value& arguments) {
    const TenantId tenant = TRY(tenant_of(world, arguments));
    collect::Mapping mapping;
    const json::Value& given = arguments["mapping"];
    mapping.target = given["target"].str_or("orders");
    mapping.zone = given["zone"].str();
    for (const json::Value& column : given["columns"].items()) {
        mapping.columns.push_back({std::string(column["field"].str()), std::string(column["header"].str()),
                                   std::string(column["constant"].str())});
    }
    if (given["options"].is_object()) mapping.options = given["options"].print();
    const auto id =
        TRY(world.collect().import_file(context_of(world, tenant), std::string(arguments["path"].str()), mapping));
    return json::Value::object({{"import", id.str()}, {"tenant", tenant.str()}});
}

json::Value job_json(const kernel::Job& job) {
    static constexpr std::string_view kStates[] = {"queued", "running",    "done",     "partial",
                                                   "failed", "cancelling", "cancelled"};
    json::Value value = json::Value::object({{"id", job.id.str()},
                                             {"state", kStates[static_cast<std::size_t>(job.state)]},
                                             {"phase", job.phase},
                                             {"done", job.done},
                                             {"total", job.total},
                                             {"error", job.error}});
    if (auto result = json::Value::parse(job.result)) value.set("result", std::move(*result));
    return value;
}

// The newest job of the tenant, which is what a command has just started.
Result<json::Value> job(World& world, const json::Value& arguments) {
    const TenantId tenant = TRY(tenant_of(world, arguments));
    return world.kernel().record.read<json::Value>(
        context_of(world, tenant), [&](kernel::View& view) -> Result<json::Value> {
            const auto jobs = TRY(world.kernel().jobs.recent(view.sql(), view.tenant(), 1));
            return jobs.empty() ? json::Value::object() : job_json(jobs.front());
        });
}

// Runs `read` where memory stands still: units are answered when everything committed is published and before the next
// group begins.
template <class T>
Result<T> standing_still(World& world, const TenantId& tenant, const std::function<Result<T>()>& read) {
    std::promise<Result<T>> answered;
    auto answer = answered.get_future();
    world.kernel().record.submit(
        context_of(world, tenant), [](kernel::Unit&) { return ok(); },
        [&](const Status& status) { answered.set_value(status ? read() : Result<T>(status.error())); });
    return answer.get();
}

struct Hashes {
    std::string projection;
    std::string audience;
    bool operator==(const Hashes&) const = default;
};
Result<Hashes> hashes(World& world, const TenantId& tenant) {
    const auto projection = TRY(world.performance().state(tenant));
    return Hashes{projection.hash, world.audience().state_hash(tenant)};
}

struct Derived {
    TenantId tenant;
    std::string activity;
    bool activity_same = false;
    Hashes hashes;
    bool same = false;  // the followers, at the last try
};

// Activity follows the commits themselves: it is read anew where no commit can come in between.
Result<std::vector<Derived>> derive_activity(World& world) {
    return standing_still<std::vector<Derived>>(world, TenantId{}, [&]() -> Result<std::vector<Derived>> {
        std::vector<Derived> all;
        for (const TenantId& tenant : world.tenant_ids())
            all.push_back({tenant, world.activity().state_hash(tenant), false, {}, false});
        TRY(world.kernel().record.read<bool>(context_of(world, TenantId{}), [&](kernel::View& view) -> Result<bool> {
            TRY(world.activity().rebuild(view.sql(), world.tenant_ids()));
            return true;
        }));
        for (Derived& one : all) {
            const std::string again = world.activity().state_hash(one.tenant);
            one.activity_same = again == one.activity;
            one.activity = again;
        }
        return all;
    });
}

// Moves with everything that changes what is derived.
Result<std::int64_t> written(World& world) {
    std::int64_t sum = 0;
    for (const TenantId& tenant : world.tenant_ids()) sum += world.activity().position(tenant);
    return world.kernel().record.read<std::int64_t>(
        context_of(world, TenantId{}), [&](kernel::View& view) -> Result<std::int64_t> {
            const auto numbers =
                TRY(view.sql().one("SELECT CAST(COALESCE(SUM(last), 0) AS BIGINT) FROM number_sequence", {},
                                   [](const sql::Row& row) { return row.i64(0); }));
            return sum + numbers.value_or(0);
        });
}

// The followers read the record while it goes on. Other hashes than before mean something only if nothing was written
// in between: else it is done again.
Result<json::Value> rebuild(World& world) {
    constexpr int kTries = 3;
    TRY(world.settle());
    auto all = TRY(derive_activity(world));
    bool still = false;
    bool same = false;
    for (int attempt = 0; attempt < kTries && !same && !still; ++attempt) {
        TRY(world.settle());
        const std::int64_t mark = TRY(written(world));
        std::vector<Hashes> before;
        for (const Derived& one : all) before.push_back(TRY(hashes(world, one.tenant)));
        TRY(world.performance().rebuild());
        TRY(world.audience().rebuild());
        same = true;
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].hashes = TRY(hashes(world, all[i].tenant));
            all[i].same = all[i].hashes == before[i];
            same = same && all[i].same;
        }
        still = TRY(written(world)) == mark;
    }
    if (!same && !still) {
        return Error(ErrorCode::Unavailable, "everything was derived anew, but the record was written all the while, "
                                             "so nothing could be compared: try again when imports have ended");
    }
    json::Value list = json::Value::array();
    bool whole = true;
    for (const Derived& one : all) {
        const bool as_before = one.same && one.activity_same;
        whole = whole && as_before;
        list.push(json::Value::object({{"tenant", one.tenant.str()},
                                       {"activity", one.activity},
                                       {"projection", one.hashes.projection},
                                       {"audience", one.hashes.audience},
                                       {"same", as_before}}));
    }
    return json::Value::object({{"same", whole}, {"tenants", std::move(list)}});
}

// What the record holds against what stands in memory, over a snapshot of the record.
Result<json::Value> compare(World& world, const TenantId& tenant, sql::Connection& sql) {
    const auto audit = TRY(kernel::verify_audit(sql, tenant));
    const auto events = TRY(kernel::verify_events(sql, tenant));
    auto again = kernel::make_activity();
    TRY(again->rebuild(sql, {tenant}));
    const bool derived = again->state_hash(tenant) == world.activity().state_hash(tenant);
    const auto people = world.customers().verify(sql, tenant);
    return json::Value::object({{"tenant", tenant.str()},
                                {"whole", audit.whole && events.whole && derived && people},
                                {"audit_lines", audit.lines},
                                {"audit_whole", audit.whole},
                                {"audit_broken_at", audit.broken_at},
                                {"events", events.events},
                                {"events_whole", events.whole},
                                {"events_broken_at", events.broken_at},
                                {"activity_same", derived},
                                {"people_same", people.has_value()},
                                {"people_differ", people ? std::string() : people.error().detail},
                                {"people", TRY(world.customers().state_hash(sql, tenant))},
                                {"orders", TRY(world.orders().state_hash(sql, tenant))}});
}

Result<json::Value> compare_now(World& world, const TenantId& tenant) {
    return world.kernel().record.read<json::Value>(
        context_of(world, tenant), [&](kernel::View& view) { return compare(world, tenant, view.sql()); });
}

// Memory moves on while a snapshot is read, so a difference may only mean that somebody wrote. Then both are compared
// where they stand still.
Result<json::Value> verify_tenant(World& world, const TenantId& tenant) {
    auto moving = TRY(compare_now(world, tenant));
    if (moving["whole"].bool_or(false)) return moving;
    return standing_still<json::Value>(world, tenant, [&] { return compare_now(world, tenant); });
}

// Also while requests come: it waits for what was acknowledged before, not for an end of all work.
Result<json::Value> verify(World& world, const json::Value&) {
    TRY(world.apply_acknowledged());
    json::Value list = json::Value::array();
    bool whole = true;
    for (const TenantId& tenant : world.tenant_ids()) {
        json::Value one = TRY(verify_tenant(world, tenant));
        const auto members = world.audience().verify(tenant);
        one.set("audience_same", members.has_value());
        if (!members) one.set("audience_differ", members.error().detail).set("whole", false);
        whole = whole && one["whole"].bool_or(false);
        list.push(std::move(one));
    }
    return json::Value::object({{"whole", whole}, {"tenants", std::move(list)}});
}

Result<json::Value> backup(World& world, const json::Value& arguments) {
    const std::string to(arguments["to"].str());
    const BackupMade made = TRY(to.empty() ? world.backups().make_scheduled() : world.backups().make(to));
    return json::Value::object({{"name", made.name},
                                {"at", to_iso(made.at)},
                                {"bytes", made.bytes},
                                {"applied", made.applied},
                                {"acknowledged", made.acknowledged}});
}

Result<json::Value> staff(World& world, std::string_view verb, const json::Value& arguments) {
    const TenantId tenant = TRY(tenant_of(world, arguments));
    const std::string login(arguments["login"].str());
    const std::string password = verb == "staff_add"
        ? TRY(world.org().add_staff(context_of(world, tenant), login, arguments["name"].str_or(login),
                                    arguments["role"].str_or("operations")))
                                     : TRY(world.org().reset_password(context_of(world, tenant), login));
                                     return json::Value::object({{"login", login}, {"one_time_password", password}});
}

}  // namespace

Result<json::Value> control(World& world, std::string_view verb, const json::Value& arguments) {
    if (verb == "clock") return clock(world, arguments);
    if (verb == "settle") {
        TRY(world.settle());
        return json::Value::object();
    }
    if (verb == "import") return import(world, arguments);
    if (verb == "job") return job(world, arguments);
    if (verb == "verify") return verify(world, arguments);
    if (verb == "rebuild") return rebuild(world);
    if (verb == "backup") return backup(world, arguments);
    if (verb == "keys") return keys_command(world, context_of(world, TRY(tenant_of(world, arguments))), arguments);
    if (verb == "staff_add" || verb == "staff_reset") return staff(world, verb, arguments);
    return Error(ErrorCode::NotFound, "no such verb");
}

std::vector<http::Route> control_routes(World& world) {
    return {http::route(http::Method::Post, "/control/{verb}", [&world](http::Request& request) {
        const auto arguments = json::Value::parse(request.body.empty() ? "{}" : request.body);
        auto reply =
            arguments ? control(world, request.captures.at(0), *arguments) : Result<json::Value>(arguments.error());
        if (reply) return http::Response::json(200, reply->print());
        return kernel::problem(reply.error(), kernel::Language::Zh, RequestId{});
    })};
}

Result<json::Value> ask(const std::string& data_directory, std::string_view verb, const json::Value& arguments) {
    http::ClientRequest request;
    request.method = http::Method::Post;
    request.url = "unix:" + data_directory + "/tilth.sock:/control/" + std::string(verb);
    request.body = arguments.print();
    request.timeout_ms = 600'000;
    const auto response = TRY(http::send(request));
    const json::Value reply = TRY(json::Value::parse(response.body));
    if (response.status == 200) return reply;
    return Error(ErrorCode::Conflict, std::string(reply["title"].str()) + ": " + std::string(reply["detail"].str()));
}

}  // namespace tilth::app
