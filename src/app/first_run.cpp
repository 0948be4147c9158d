#include "app/first_run.h"

#include <chrono>
#include <cstdio>
#include <thread>

#include "app/control.h"

namespace tilth::app {

namespace {

constexpr const char* kDemonstrationFile = "demonstration.json";
constexpr const char* kSimulatorLogin = "demonstration";

struct Sample {
    std::string folder;
    json::Value mapping;
};

Result<Sample> read_sample(const std::string& folder) {
    const std::string text = TRY(files::real_files().read_whole(folder + "/mapping.json", 1u << 20));
    return Sample { folder, TRY(json::Value::parse(text)) };
}

org::NewTenant tenant_of(const json::Value& mapping) {
    org::NewTenant tenant;
    const json::Value& given = mapping["tenant"];
    tenant.name = given["name"].str_or("我的品牌");
    tenant.zone = given["zone"].str_or("Asia/Shanghai");
    tenant.currency = Currency::parse(given["currency"].str_or("CNY")).value_or(Currency{});
    tenant.sample = mapping.is_object();
    tenant.admin_login = given["login"].str_or("admin");
    return tenant;
}

// Days by which the sample moves so that its last day is yesterday in the tenant's zone.
std::int64_t shift_days(World& world, const TenantId& tenant, const json::Value& mapping) {
    const auto last = parse_day(mapping["last_day"].str());
    if (!last) return 0;
    const Day today = world.org().calendar(tenant).day_of(world.clock().now());
    return today - *last - 1;
}

Status load_sample(World& world, const TenantId& tenant, const Sample& sample, bool keep_dates) {
    json::Value mapping = sample.mapping;
    json::Value options = mapping["options"];
    if (!keep_dates) options.set("shift_days", shift_days(world, tenant, mapping));
    mapping.set("options", std::move(options));
    const std::string file = sample.folder + "/" + std::string(mapping["file"].str());
    std::printf("装载示例 loading the sample: %s\n", file.c_str());
    TRY(control(world, "import",
                json::Value::object({{"tenant", tenant.str()}, {"path", file}, {"mapping", std::move(mapping)}})));
    TRY(follow_job(world, tenant));
    return world.performance().catch_up();
}

}  // namespace

Status follow_job(World& world, const TenantId& tenant) {
    const std::int64_t start = world.clock().steady_ns();
    const json::Value arguments = json::Value::object({{"tenant", tenant.str()}});
    for (;;) {
        const json::Value job = TRY(control(world, "job", arguments));
        const std::string_view state = job["state"].str();
        const std::int64_t done = job["done"].i64_or(0);
        const std::int64_t total = std::max(done, job["total"].i64_or(0));
        const double seconds_so_far = static_cast<double>(world.clock().steady_ns() - start) / 1e9;
        if (done > 0 && total > 0) {
            const double left = seconds_so_far * static_cast<double>(total - done) / static_cast<double>(done);
            std::printf("\r  %3lld %%  %lld / %lld 行 rows  剩余 left %.0f s   ",
                        static_cast<long long>(100 * done / total), static_cast<long long>(done),
                        static_cast<long long>(total), left);
            std::fflush(stdout);
        }
        if (state == "done" || state == "partial") break;
        if (state == "failed" || state == "cancelled")
            return Error(ErrorCode::Conflict,
                         "the job ended as " + std::string(state) + ": " + std::string(job["error"].str()));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    std::printf("\n");
    return ok();
}

namespace {

std::string demonstration_file(const World& world) {
    return world.options().data_directory + "/" + kDemonstrationFile;
}

// An account by which the simulator signs in like anybody else; it closes it when all is loaded.
Status welcome_simulator(World& world, const TenantId& tenant) {
    const auto context = kernel::Context::system(tenant, world.clock().now());
    const std::string password =
        TRY(world.org().add_staff(context, kSimulatorLogin, "示例装载", "administrator"));
    const json::Value state = json::Value::object({{"login", kSimulatorLogin}, {"password", password}});
    return world.kernel().files.write_whole(demonstration_file(world), state.print() + "\n");
}

Status mark_sampled(World& world, const TenantId& tenant) {
    const auto context = kernel::Context::system(tenant, world.clock().now());
    const auto written = world.kernel().record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(world.kernel().settings.set(unit, performance::kLinesSampled, "true"));
        return true;
    });
    return written ? ok() : Status(written.error());
}

Status make_tenant(World& world, const Sample* sample, const std::string& login_file, bool keep_dates) {
    const auto admin = TRY(world.org().create_tenant(tenant_of(sample == nullptr ? json::Value() : sample->mapping)));
    const json::Value login = json::Value::object({{"login", admin.login}, {"password", admin.one_time_password}});
    TRY(world.kernel().files.write_whole(world.options().data_directory + "/" + login_file, login.print() + "\n"));
    if (sample != nullptr) {
        if (sample->mapping["tenant"]["lines_sampled"].bool_or(false)) TRY(mark_sampled(world, admin.tenant));
        const bool simulated = !sample->mapping["simulator"].str().empty();
        TRY(simulated ? welcome_simulator(world, admin.tenant)
                      : load_sample(world, admin.tenant, *sample, keep_dates));
    }
    std::printf("管理员 administrator: %s\n一次性密码 one-time password: %s\n", admin.login.c_str(),
                admin.one_time_password.c_str());
    return ok();
}

// A sample's own login tells whether it stands: no two tenants begin with the same one.
Status add_sample(World& world, const FirstRun& options) {
    Sample sample = TRY(read_sample(options.added_sample));
    const std::string login(sample.mapping["tenant"]["login"].str());
    if (login.empty()) return Error(ErrorCode::Invalid, options.added_sample + ": tenant.login is missing");
    const std::string file = "first_login." + login + ".json";
    if (TRY(world.kernel().files.exists(world.options().data_directory + "/" + file))) return ok();
    return make_tenant(world, &sample, file, options.keep_dates);
}

}  // namespace

Status first_run(World& world, const FirstRun& options) {
    if (!world.org().tenants().empty()) return options.added_sample.empty() ? ok() : add_sample(world, options);
    if (options.empty || options.sample.empty()) return make_tenant(world, nullptr, "first_login.json", false);
    Sample sample = TRY(read_sample(options.sample));
    json::Value tenant = sample.mapping["tenant"];
    tenant.set("login", "admin");
    sample.mapping.set("tenant", std::move(tenant));
    return make_tenant(world, &sample, "first_login.json", options.keep_dates);
}

Status tell_simulator(World& world, const std::string& url) {
    auto& files = world.kernel().files;
    if (!TRY(files.exists(demonstration_file(world)))) return ok();
    json::Value state = TRY(json::Value::parse(TRY(files.read_whole(demonstration_file(world), 1u << 20))));
    state.set("url", url);
    return files.write_whole(demonstration_file(world), state.print() + "\n");
}

}  // namespace tilth::app
