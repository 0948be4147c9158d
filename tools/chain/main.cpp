// tilth-chain: the demonstration chain. It knows Tilth by its public API alone.

#include <cstdio>
#include <filesystem>

#include "base/clock.h"
#include "base/money.h"
#include "chain/check.h"
#include "chain/load.h"
#include "chain/requests.h"
#include "platform/config/cli.h"
#include "platform/crypto/crypto.h"
#include "platform/files/files.h"

namespace tilth::chain {

namespace {

constexpr std::uint64_t kFileBytesMax = 1u << 20;
constexpr int kRepurchaseDays = 90;

cli::OptionSpec option(std::string name, std::string value, std::string zh, std::string en) {
    cli::OptionSpec spec;
    spec.name = std::move(name);
    spec.value_name = std::move(value);
    spec.help_zh = std::move(zh);
    spec.help_en = std::move(en);
    return spec;
}

const cli::ProgramSpec& program() {
    static const cli::ProgramSpec spec = [] {
        cli::ProgramSpec p;
        p.name = "tilth-chain";
        p.version = "0.1.0";
        p.help_zh = "示例连锁：按参数文件推演消费者，只经公开接口装载";
        p.help_en = "The demonstration chain: consumers by a parameter file, loaded through the public API alone";
        p.options = {option("parameters", "FILE", "参数文件", "Parameter file; else tools/chain/chain.toml"),
                     option("seed", "N", "种子", "Seed"),
                     option("members", "N", "会员数", "Members"),
                     option("days", "N", "天数", "Days"),
                     option("stores", "N", "门店数", "Stores"),
                     option("guides", "N", "导购数", "Guides"),
                     option("last-day", "DAY", "最后一天；缺省为昨天", "Last day; else yesterday")};
        cli::CommandSpec load{.name = "load", .help_zh = "装载到运行中的服务", .help_en = "Load into a running server"};
        load.options = {option("url", "URL", "服务地址", "Address of the server; else the state file's"),
                        option("state", "FILE", "状态文件", "State file: login, password, what has been done"),
                        option("quiet", "", "不显示进度", "No progress; the result alone")};
        cli::CommandSpec write{
            .name = "write", .help_zh = "写出全部请求而不发送", .help_en = "Write every request to files instead"};
        write.options = {option("out", "DIR", "目录", "Folder")};
        p.commands = {load,
                      write,
                      {.name = "totals", .help_zh = "显示总数与哈希", .help_en = "Print totals and hash"},
                      {.name = "check", .help_zh = "对照声明与结果", .help_en = "Declared rates beside what came out"}};
        return p;
    }();
    return spec;
}

int refuse(const Error& error) {
    std::fprintf(stderr, "tilth-chain: %s\n", error.detail.c_str());
    for (const FieldError& field : error.fields)
        std::fprintf(stderr, "  %s: %s %s\n", field.field.c_str(), field.reason_zh.c_str(), field.reason_en.c_str());
    return 1;
}

// The file that stands in the checkout from which this program was built.
std::string parameter_file(const std::string& given) {
    if (!given.empty()) return given;
    std::error_code failure;
    auto folder = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    for (; !failure && folder.has_relative_path(); folder = folder.parent_path()) {
        const auto file = folder / "tools" / "chain" / "chain.toml";
        if (std::filesystem::exists(file, failure)) return file.string();
    }
    return "chain.toml";
}

Result<Parameters> parameters_of(const cli::Parsed& parsed) {
    const std::string path = parameter_file(parsed.value("parameters"));
    Parameters p = TRY(read_parameters(TRY(files::real_files().read_whole(path, kFileBytesMax)), path));
    for (const auto& [name, into] :
         {std::pair("members", &p.members), {"days", &p.days}, {"stores", &p.stores}, {"guides", &p.guides}}) {
        if (!parsed.has(name)) continue;
        const std::int64_t number = TRY(parse_decimal(parsed.value(name), 0));
        if (number < 1 || number > 5'000'000)
            return Error::invalid(name, "out_of_bounds", "超出范围", "Out of its bounds");
        *into = static_cast<int>(number);
    }
    if (parsed.has("seed")) p.seed = TRY(parse_decimal(parsed.value("seed"), 0));
    return p;
}

Result<Day> last_day(const cli::Parsed& parsed, const Parameters& p) {
    if (parsed.has("last-day")) return parse_day(parsed.value("last-day"));
    const std::int64_t local = SystemClock().now().ms + minutes(p.zone_minutes).ms;
    return Day{static_cast<std::int32_t>(local / days(1).ms)} + -1;
}

Status write_all(const std::string& folder, const Requests& requests) {
    auto& files = files::real_files();
    TRY(files.make_directories(folder));
    for (const Upload* one : {&requests.stores, &requests.staff, &requests.members, &requests.day_closes})
        TRY(files.write_whole(folder + "/" + one->name, one->body));
    for (const Upload& one : requests.orders) TRY(files.write_whole(folder + "/" + one.name, one.body));
    for (std::size_t i = 0; i < requests.batches.size(); ++i)
        TRY(files.write_whole(folder + "/events_" + std::to_string(100'000 + i).substr(1) + ".json",
                              requests.batches[i]));
    return ok();
}

void print_check(const Parameters& p, const Chain& chain) {
    std::printf("%-28s %10s %10s %10s\n", "parameter", "declared", "found", "of");
    for (const Finding& one : compare_rates(p, chain)) {
        std::printf("%-28s %10.4f %10.4f %10lld\n", one.name.c_str(), one.declared, one.found,
                    static_cast<long long>(one.base));
    }
    const Repurchase again = repurchase(chain, kRepurchaseDays);
    std::printf("second purchase within %d days: good %.3f, ordinary %.3f, bad %.3f (z %.1f)\n", kRepurchaseDays,
                again.good.share(), again.ordinary.share(), again.bad.share(), again.z);
    for (const Store& one : chain.stores) {
        if (one.quality == 0) continue;
        std::printf("%s %s %s\n", one.quality > 0 ? "good" : "bad ", one.code.c_str(), one.name.c_str());
    }
}

int run_load(const cli::Parsed& parsed, Parameters parameters) {
    if (!parsed.has("state"))
        return refuse(Error(ErrorCode::Invalid, "--state names the file with login and password"));
    LoadOptions options{std::move(parameters), parsed.value("url"), parsed.value("state"), parsed.value("last-day"),
                        parsed.has("quiet")};
    const auto done = load(options);
    if (!done) return refuse(done.error());
    std::printf("%s\n", done->print().c_str());
    return 0;
}

int run(const cli::Parsed& parsed) {
    auto parameters = parameters_of(parsed);
    if (!parameters) return refuse(parameters.error());
    if (parsed.command == "load") return run_load(parsed, std::move(*parameters));
    const auto last = last_day(parsed, *parameters);
    if (!last) return refuse(last.error());
    const Chain chain = simulate(*parameters, *last);
    if (parsed.command == "check") return print_check(*parameters, chain), 0;
    const Requests requests = requests_of(*parameters, chain);
    if (parsed.command == "write") {
        if (const auto written = write_all(parsed.value("out"), requests); !written) return refuse(written.error());
    }
    std::printf("%s\n", totals_json(requests).print().c_str());
    return 0;
}

}  // namespace

}  // namespace tilth::chain

int main(int argc, char** argv) {
    tilth::crypto::crypto_init();
    const auto parsed = tilth::cli::parse(tilth::chain::program(), argc, argv);
    if (!parsed) {
        tilth::chain::refuse(parsed.error());
        return 2;
    }
    if (!parsed->text.empty()) return std::printf("%s", parsed->text.c_str()), 0;
    return tilth::chain::run(*parsed);
}
