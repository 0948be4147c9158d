// tilth: one program. Commands talk to the process that serves the data directory, and open the record themselves only
// when none runs.

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdio>
#include <thread>

#include "app/backup.h"
#include "app/control.h"
#include "app/first_run.h"
#include "app/options.h"
#include "app/routes.h"
#include "platform/log/log.h"

namespace tilth::app {

namespace {

constexpr int kExitRefused = 1;
constexpr int kExitUsage = 2;

// Memory holds what the vault protects: it never goes to a file.
void no_core_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

// Before any thread starts, so that all of them leave these signals to wait_for_end().
void keep_signals() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

void wait_for_end() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    int caught = 0;
    ::sigwait(&ends, &caught);
}

int refuse(const Error& error) {
    std::fprintf(stderr, "tilth: %.*s %.*s%s%s\n", static_cast<int>(info(error.code).zh.size()),
                 info(error.code).zh.data(), static_cast<int>(info(error.code).en.size()), info(error.code).en.data(),
                 error.detail.empty() ? "" : ": ", error.detail.c_str());
    for (const FieldError& field : error.fields) {
        std::fprintf(stderr, "  %s: %s %s → %s %s\n", field.field.c_str(), field.reason_zh.c_str(),
                     field.reason_en.c_str(), field.remedy_zh.c_str(), field.remedy_en.c_str());
    }
    return kExitRefused;
}

void open_log(const config::Config& config) {
    log::Options options;
    const std::string& level = config.text("log.level");
    options.level = level == "debug"   ? log::Level::Debug
                    : level == "warn"  ? log::Level::Warn
                    : level == "error" ? log::Level::Error
                                       : log::Level::Info;
    options.file = config.text("log.file");
    log::open(options);
}

http::ServerOptions server_options(const config::Config& config) {
    http::ServerOptions options;
    options.listen = config.text("server.listen");
    options.port = static_cast<std::uint16_t>(config.integer("server.port"));
    options.io_threads = static_cast<int>(config.integer("server.io_threads"));
    options.worker_threads = static_cast<int>(config.integer("server.worker_threads"));
    options.certificate_file = config.text("server.certificate");
    options.key_file = config.text("server.key");
    options.trusted_proxies = config.list("server.trusted_proxies");
    return options;
}

int serve(const cli::Parsed& parsed, const config::Config& config) {
    keep_signals();
    open_log(config);
    auto world = World::open(world_options(config));
    if (!world) return refuse(world.error());
    (*world)->run();
    const auto begun = first_run(**world, {parsed.has("empty"), parsed.value("first-run-sample"),
                                           parsed.value("add-sample"), parsed.has("keep-dates")});
    if (!begun) return refuse(begun.error());
    auto server = http::serve(server_options(config), (*world)->routes());
    if (!server) return refuse(server.error());
    auto commands = http::serve_unix((*world)->options().data_directory + "/tilth.sock", control_routes(**world));
    if (!commands) return refuse(commands.error());
    const std::string& listen = config.text("server.listen");
    const std::string address = std::string(config.text("server.certificate").empty() ? "http" : "https") + "://" +
                                (listen == "0.0.0.0" ? "127.0.0.1" : listen) + ":" +
                                std::to_string((*server)->port());
    if (const auto told = tell_simulator(**world, address); !told) return refuse(told.error());
    std::printf("精耕 Tilth: %s\n", address.c_str());
    std::fflush(stdout);
    wait_for_end();
    std::printf("正在停止 stopping …\n");
    std::fflush(stdout);
    (*commands)->stop();
    (*server)->stop();
    (*world)->stop();
    return 0;
}

// Asks the running process; when none runs, opens the record here.
Result<json::Value> ask_or_do(const config::Config& config, std::string_view verb, const json::Value& arguments) {
    const std::string& directory = config.text("data.directory");
    auto answer = ask(directory, verb, arguments);
    if (answer || answer.error().code != ErrorCode::Unavailable) return answer;
    log::open({.level = log::Level::Warn, .file = {}});
    auto world = TRY(World::open(world_options(config)));
    world->run();
    auto done = control(*world, verb, arguments);
    if (done && verb == "import") TRY(follow_job(*world, TRY(TenantId::parse((*done)["tenant"].str()))));
    // A rotation that was begun here goes on where it stands at the next start.
    world->stop();
    return done;
}

int print_reply(const Result<json::Value>& reply) {
    if (!reply) return refuse(reply.error());
    std::printf("%s\n", reply->print().c_str());
    return 0;
}

Result<json::Value> import_arguments(const cli::Parsed& parsed) {
    json::Value arguments = json::Value::object({{"path", parsed.value("FILE")}, {"tenant", parsed.value("tenant")}});
    if (parsed.has("mapping")) {
        const std::string text = TRY(files::real_files().read_whole(parsed.value("mapping"), 1u << 20));
        arguments.set("mapping", TRY(json::Value::parse(text)));
    }
    return arguments;
}

int import(const cli::Parsed& parsed, const config::Config& config) {
    const auto arguments = import_arguments(parsed);
    if (!arguments) return refuse(arguments.error());
    auto reply = ask_or_do(config, "import", *arguments);
    if (!reply) return refuse(reply.error());
    std::printf("%s\n", reply->print().c_str());
    // A running server goes on by itself; its job is followed to the end.
    for (;;) {
        const auto job = ask(config.text("data.directory"), "job",
                             json::Value::object({{"tenant", std::string((*reply)["tenant"].str())}}));
        if (!job) return job.error().code == ErrorCode::Unavailable ? 0 : refuse(job.error());
        const std::string_view state = (*job)["state"].str();
        if (state == "failed" || state == "cancelled") return refuse(Error(ErrorCode::Conflict, std::string(state)));
        if (state == "done" || state == "partial") {
            std::printf("%s\n", (*job)["result"].print().c_str());
            return 0;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

int verdict(const Result<json::Value>& reply, std::string_view good) {
    const int printed = print_reply(reply);
    if (printed != 0) return printed;
    return (*reply)[good].bool_or(false) ? 0 : kExitRefused;
}

int openapi(const config::Config& config) {
    auto world = World::open(world_options(config));
    if (!world) return refuse(world.error());
    std::printf("%s\n", (*world)->kernel().api.openapi().c_str());
    return 0;
}

int run(const cli::Parsed& parsed, const config::Config& config) {
    const std::string& command = parsed.command;
    if (command == "serve") return serve(parsed, config);
    if (command == "import") return import(parsed, config);
    if (command == "rebuild") return verdict(ask_or_do(config, "rebuild", json::Value::object()), "same");
    if (command == "verify") return verdict(ask_or_do(config, "verify", json::Value::object()), "whole");
    if (command == "backup") {
        const auto folder = backup_folder(parsed.value("to"));
        return print_reply(ask_or_do(config, "backup", json::Value::object({{"to", folder}})));
    }
    if (command == "keys show" || command == "keys rotate") {
        json::Value arguments = json::Value::object({{"tenant", parsed.value("tenant")}});
        if (command == "keys rotate") {
            arguments.set("family", parsed.value("FAMILY"));
            arguments.set("reason", parsed.value("reason"));
        }
        return print_reply(ask_or_do(config, "keys", arguments));
    }
    if (command == "restore") {
        log::open({.level = log::Level::Warn, .file = {}});
        return verdict(restore(parsed.value("from"), world_options(config), parsed.value("key")), "whole");
    }
    if (command == "repair") {
        log::open({.level = log::Level::Warn, .file = {}});
        return verdict(repair(parsed.value("from-backup"), world_options(config), parsed.value("key")), "whole");
    }
    if (command == "config") return std::printf("%s", config.str().c_str()), 0;
    if (command == "openapi") return openapi(config);
    if (command == "staff add" || command == "staff reset") {
        json::Value arguments =
            json::Value::object({{"login", parsed.value("LOGIN")}, {"tenant", parsed.value("tenant")}});
        if (parsed.has("role")) arguments.set("role", parsed.value("role"));
        if (parsed.has("name")) arguments.set("name", parsed.value("name"));
        return print_reply(ask_or_do(config, command == "staff add" ? "staff_add" : "staff_reset", arguments));
    }
    if (command == "clock set") {
        return print_reply(
            ask(config.text("data.directory"), "clock", json::Value::object({{"set", parsed.value("TIME")}})));
    }
    if (command == "clock advance") {
        const auto ms = parse_decimal(parsed.value("SECONDS"), 3);
        if (!ms) return refuse(ms.error());
        return print_reply(ask(config.text("data.directory"), "clock", json::Value::object({{"advance_ms", *ms}})));
    }
    return kExitUsage;
}

}  // namespace

}  // namespace tilth::app

int main(int argc, char** argv) {
    using namespace tilth::app;
    no_core_dumps();
    const auto parsed = tilth::cli::parse(program(), argc, argv);
    if (!parsed) {
        refuse(parsed.error());
        return kExitUsage;
    }
    if (!parsed->text.empty()) {
        std::printf("%s", parsed->text.c_str());
        return 0;
    }
    const auto config = load_config(*parsed);
    if (!config) {
        refuse(config.error());
        return kExitUsage;
    }
    return run(*parsed, *config);
}
