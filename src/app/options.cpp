#include "app/options.h"

#include <filesystem>

namespace tilth::app {

namespace {

using config::Kind;

cli::OptionSpec option(std::string name, std::string value, std::string zh, std::string en, std::string setting = {}) {
    cli::OptionSpec spec;
    spec.name = std::move(name);
    spec.value_name = std::move(value);
    spec.help_zh = std::move(zh);
    spec.help_en = std::move(en);
    spec.setting = std::move(setting);
    return spec;
}

cli::CommandSpec serve_command() {
    cli::CommandSpec serve{.name = "serve", .help_zh = "启动服务与控制台", .help_en = "Serve the API and the console"};
    serve.options = {
        option("port", "N", "端口", "Port; 0 takes any free one", "server.port"),
        option("listen", "ADDRESS", "监听地址", "Address to listen on", "server.listen"),
        option("public-url", "URL", "外部访问地址", "The address under which others reach this server",
               "server.public_url"),
        option("console", "DIR", "控制台文件目录", "Folder of the built console", "server.console"),
        option("clock", "KIND", "时钟：system 或 manual", "system, or manual (moves only when told; for tests)",
               "server.clock"),
        option("backups", "DIR", "自动备份目录", "Folder of scheduled backups", "backup.directory"),
        option("webhook-allow", "CIDR", "事件推送另外允许的网段", "Addresses beside the public ones that webhooks may go to",
               "webhook.allow"),
        option("empty", "", "首次启动不装载示例", "A first start without the sample"),
        option("first-run-sample", "DIR", "首次启动装载的示例", "Sample that a first start loads"),
        option("add-sample", "DIR", "把示例作为另一租户加入", "A sample as a tenant of its own, unless it stands already"),
        option("keep-dates", "", "示例保留原日期", "Load the sample with its own dates"),
    };
    serve.examples = {"tilth serve --data data --port 8686"};
    return serve;
}

cli::CommandSpec import_command() {
    cli::CommandSpec import{.name = "import", .help_zh = "导入文件", .help_en = "Import a file"};
    import.options = {option("mapping", "FILE", "对应列（JSON）", "Mapping (JSON); left out: by the header"),
                      option("tenant", "ID", "租户；只有一个时可省略", "Tenant; may be left out when there is one")};
    import.positionals = {{.name = "FILE", .help_zh = "CSV 文件（可为 gzip）", .help_en = "CSV file, gzip allowed"}};
    import.examples = {"tilth import orders.csv --mapping shop.json"};
    return import;
}

cli::CommandSpec staff_command() {
    cli::CommandSpec add{
        .name = "add", .help_zh = "新增员工并给出一次性密码", .help_en = "Add a staff member with a one-time password"};
    add.options = {option("role", "CODE", "角色", "Role: administrator, operations, analyst, …"),
                   option("name", "NAME", "姓名", "Name"), option("tenant", "ID", "租户", "Tenant")};
    add.positionals = {{.name = "LOGIN", .help_zh = "登录名", .help_en = "Login"}};
    cli::CommandSpec reset{.name = "reset", .help_zh = "重置密码", .help_en = "Give a new one-time password"};
    reset.options = {option("tenant", "ID", "租户", "Tenant")};
    reset.positionals = {{.name = "LOGIN", .help_zh = "登录名", .help_en = "Login"}};
    return {.name = "staff", .help_zh = "员工与登录", .help_en = "Staff and logins", .commands = {add, reset}};
}

cli::CommandSpec backup_command() {
    cli::CommandSpec backup{.name = "backup", .help_zh = "在线备份", .help_en = "Back up, while the server runs or not"};
    backup.options = {option("to", "DIR", "备份存放目录", "Folder that gets the backup; left out: backup.directory")};
    backup.examples = {"tilth backup --to /srv/backups"};
    return backup;
}

cli::CommandSpec keys_command_spec() {
    const cli::OptionSpec tenant = option("tenant", "ID", "租户；只有一个时可省略", "Tenant; may be left out when there is one");
    cli::CommandSpec show{.name = "show", .help_zh = "各代密钥与轮换进度", .help_en = "Generations, and how far a rotation is"};
    show.options = {tenant};
    cli::CommandSpec rotate{.name = "rotate",
                            .help_zh = "轮换密钥：新写入立即用新密钥，已有数据由后台作业重新加密",
                            .help_en = "Rotate: what is written takes the new key at once, a job brings the rest"};
    rotate.options = {option("reason", "TEXT", "为什么轮换（进入审计）", "Why, for the audit log"), tenant};
    rotate.options[0].need = cli::Need::Required;
    rotate.positionals = {{.name = "FAMILY", .help_zh = "data：加密数据；index：查找身份", .help_en = "data or index"}};
    rotate.examples = {"tilth keys rotate data --reason \"yearly\""};
    return {.name = "keys", .help_zh = "租户密钥", .help_en = "A tenant's keys", .commands = {show, rotate}};
}

cli::CommandSpec restore_command() {
    cli::CommandSpec restore{
        .name = "restore", .help_zh = "恢复到空目录", .help_en = "Restore a backup into an empty data directory"};
    restore.options = {option("from", "DIR", "某次备份", "Folder of one backup"),
                       option("key", "FILE", "主密钥文件", "File of the master key; left out: TILTH_MASTER_KEY")};
    restore.options[0].need = cli::Need::Required;
    restore.examples = {"tilth restore --from /srv/backups/tilth-20260301T020000000Z --data data --key master.key"};
    return restore;
}

cli::CommandSpec repair_command() {
    cli::CommandSpec repair{.name = "repair",
                            .help_zh = "用备份修复损坏的数据目录",
                            .help_en = "Repair a damaged data directory with a backup"};
    repair.options = {option("from-backup", "DIR", "某次备份", "Folder of one backup"),
                      option("key", "FILE", "主密钥文件；缺省用目录里的", "File of the master key; left out: the directory's own")};
    repair.options[0].need = cli::Need::Required;
    repair.examples = {"tilth repair --from-backup /srv/backups/tilth-20260301T020000000Z --data data"};
    return repair;
}

cli::CommandSpec clock_command() {
    cli::CommandSpec set{.name = "set", .help_zh = "设定时间", .help_en = "Set the manual clock"};
    set.positionals = {{.name = "TIME", .help_zh = "ISO 8601 时间", .help_en = "ISO 8601 with an offset"}};
    cli::CommandSpec advance{.name = "advance", .help_zh = "向前拨动", .help_en = "Move the manual clock on"};
    advance.positionals = {{.name = "SECONDS", .help_zh = "秒数", .help_en = "Seconds"}};
    return {.name = "clock",
            .help_zh = "手动时钟（仅 --clock=manual）",
            .help_en = "The manual clock (with --clock=manual only)",
            .commands = {set, advance}};
}

}  // namespace

const std::vector<config::SettingSpec>& settings() {
    static const std::vector<config::SettingSpec> all = {
        {"data.directory", Kind::Text, "data", "数据目录", "Data directory", 1, 1000},
        {"data.record",
         Kind::Text,
         "",
         "记录库；空为数据目录里的 SQLite",
         "The record: postgres://…; empty: SQLite in the data directory",
         0,
         1000,
         {},
         config::Secrecy::Hidden},
        {"data.erasures", Kind::Text, "", "删除登记目录；空为 数据目录.erasures",
         "Folder of the erasure register, outside the data directory; empty: DATA.erasures", 0, 1000},
        {"backup.directory", Kind::Text, "", "自动备份目录；空为不备份", "Folder of scheduled backups; empty: none", 0,
         1000},
        {"backup.every_hours", Kind::Int, "24", "备份间隔（小时）", "Hours between backups", 1, 720},
        {"backup.keep", Kind::Int, "7", "保留份数", "Backups kept", 1, 1000},
        {"backup.alarm_hours", Kind::Int, "36", "超过此时长无备份则报警", "Alarm when none is as young as this", 1, 8760},
        {"journal.ahead_mb", Kind::Int, "1024", "确认可领先处理的数据量（MB）",
         "MB that may stand acknowledged and unread before senders are told to wait", 1, 1'000'000},
        {"server.listen", Kind::Text, "127.0.0.1", "监听地址", "Address to listen on", 1, 100},
        {"server.port", Kind::Int, "8686", "端口", "Port; 0 takes any free one", 0, 65535},
        {"server.public_url", Kind::Text, "", "外部访问地址", "The address under which others reach this server", 0,
         300},
        {"server.console", Kind::Text, "", "控制台文件目录；空为程序旁的 web/console/dist",
         "Folder of the built console; empty: web/console/dist near the program", 0, 1000},
        {"server.clock", Kind::Text, "system", "时钟", "Clock", 0, 20, {"system", "manual"}},
        {"server.certificate", Kind::Text, "", "TLS 证书（PEM）", "TLS certificate (PEM)", 0, 1000},
        {"server.key", Kind::Text, "", "TLS 私钥（PEM）", "TLS key (PEM)", 0, 1000},
        {"server.trusted_proxies", Kind::List, "", "可信代理（CIDR）", "Trusted proxies (CIDR); empty: nobody", 0, 50},
        {"server.io_threads", Kind::Int, "2", "网络线程", "Network threads", 1, 64},
        {"server.worker_threads", Kind::Int, "64", "工作线程", "Worker threads", 2, 1024},
        {"webhook.allow", Kind::List, "", "事件推送另外允许的网段（CIDR）；公网总是允许",
         "Address ranges (CIDR) that webhooks may be sent to beside the public internet", 0, 50},
        {"log.file", Kind::Text, "", "日志文件；空为标准错误", "Log file; empty: standard error", 0, 1000},
        {"log.level", Kind::Text, "info", "日志级别", "Log level", 0, 20, {"debug", "info", "warn", "error"}},
    };
    return all;
}

const cli::ProgramSpec& program() {
    static const cli::ProgramSpec spec = [] {
        cli::ProgramSpec p;
        p.name = "tilth";
        p.version = "0.1.0";
        p.help_zh = "精耕：全渠道会员经营";
        p.help_en = "Tilth: a brand's customers across every channel and store";
        p.options = {option("data", "DIR", "数据目录", "Data directory", "data.directory"),
                     option("record", "URI", "记录库", "The record: postgres://user@host/database", "data.record"),
                     option("erasures", "DIR", "删除登记目录", "Folder of the erasure register; else DATA.erasures",
                            "data.erasures"),
                     option("config", "FILE", "配置文件", "Configuration file; else tilth.toml in the data directory")};
        p.commands = {
            serve_command(),
            import_command(),
            {.name = "rebuild",
             .help_zh = "从记录重建全部投影",
             .help_en = "Derive every projection again from the record"},
            {.name = "verify", .help_zh = "校验链与投影", .help_en = "Prove chains and projections"},
            staff_command(),
            {.name = "config",
             .help_zh = "显示生效配置及来源",
             .help_en = "Show the effective configuration and where each value came from"},
            {.name = "openapi", .help_zh = "输出接口文档", .help_en = "Print the API's document (OpenAPI 3.1)"},
            backup_command(),
            keys_command_spec(),
            restore_command(),
            repair_command(),
            clock_command()};
        return p;
    }();
    return spec;
}

Result<config::Config> load_config(const cli::Parsed& parsed) {
    config::Sources sources;
    sources.environment = config::process_environment();
    sources.flags = parsed.settings;
    sources.file = parsed.value("config");
    if (sources.file.empty()) {
        const auto directory = parsed.settings.find("data.directory");
        const std::string beside =
            (directory == parsed.settings.end() ? std::string("data") : directory->second.value) + "/tilth.toml";
        if (files::real_files().exists(beside).value_or(false)) sources.file = beside;
    }
    return config::load(settings(), sources);
}

namespace {

// The folder that the build leaves beside the program's own: build/tilth and web/console/dist.
std::string console_directory(const std::string& given) {
    if (!given.empty()) return given;
    std::error_code failure;
    const auto program_path = std::filesystem::read_symlink("/proc/self/exe", failure);
    for (auto folder = program_path.parent_path(); !failure && folder.has_relative_path();
         folder = folder.parent_path()) {
        const auto beside = folder / "web" / "console" / "dist";
        if (std::filesystem::exists(beside / "index.html", failure)) return beside.string();
    }
    return {};
}

}  // namespace

WorldOptions world_options(const config::Config& config) {
    WorldOptions options;
    options.data_directory = config.text("data.directory");
    options.record_uri = config.secret("data.record").reveal();
    options.erasures_directory = config.text("data.erasures");
    options.journal_ahead_bytes_max = static_cast<std::uint64_t>(config.integer("journal.ahead_mb")) << 20;
    options.backup = {config.text("backup.directory"), static_cast<int>(config.integer("backup.every_hours")),
                      static_cast<int>(config.integer("backup.keep")),
                      static_cast<int>(config.integer("backup.alarm_hours"))};
    options.open.webhook_allow = config.list("webhook.allow");
    options.public_url = config.text("server.public_url");
    options.manual_clock = config.text("server.clock") == "manual";
    options.console_directory = console_directory(config.text("server.console"));
    return options;
}

}  // namespace tilth::app
