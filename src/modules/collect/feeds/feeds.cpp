#include "modules/collect/feeds/feeds.h"

#include <algorithm>

#include "base/hooks.h"
#include "base/limits.h"
#include "modules/collect/feeds/problem.h"
#include "modules/collect/feeds/rules.h"
#include "platform/crypto/crypto.h"
#include "platform/http/client.h"
#include "platform/json/value.h"
#include "platform/remote/remote.h"

namespace tilth::collect {

namespace {

constexpr std::string_view kTimer = "collect.feed";
constexpr std::string_view kSecret = "feed_secret";
constexpr int kFilesKnown = 500'000;
constexpr std::int64_t kAnswerMs = 60'000;

Error not_there() { return Error(ErrorCode::NotFound, "feed"); }

// A folder below the inbox and no way out of it.
bool is_plain_path(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.find('\\') != std::string_view::npos) return false;
    while (!path.empty()) {
        const auto end = path.find('/');
        const std::string_view piece = path.substr(0, end);
        if (piece.empty() || piece == "." || piece == "..") return false;
        path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    }
    return true;
}

Status check_feed(const Feed& feed) {
    if (feed.kind == "folder" && !is_plain_path(feed.place)) {
        return Error::invalid("place", "bad_folder", "须是收件目录下的文件夹", "A folder below the inbox",
                              "例如 till 或 erp/orders", "For example till or erp/orders");
    }
    if (feed.kind == "sftp" && (feed.host.empty() || feed.login.empty())) {
        return Error::invalid(feed.host.empty() ? "host" : "login", "required", "SFTP 需要主机与用户",
                              "SFTP needs a host and a user", "填写主机与用户", "Give host and user");
    }
    const bool address = feed.place.starts_with("http://") || feed.place.starts_with("https://");
    if (feed.kind == "http" && !address) {
        return Error::invalid("place", "bad_address", "须以 http:// 或 https:// 开头", "Begins with http:// or https://",
                              "填写完整地址；{day} 代表日期", "Give the whole address; {day} stands for the day");
    }
    return ok();
}

std::string last_piece(std::string_view address) {
    address = address.substr(0, address.find_first_of("?#"));
    const std::string_view piece = address.substr(address.rfind('/') + 1);
    return piece.empty() ? "file.csv" : std::string(piece);
}

}  // namespace

struct Feeds::Pull {
    Feed feed;
    std::string secret;
    std::unique_ptr<remote::Folder> folder;  // none for HTTP
    std::set<std::pair<std::string, std::string>> known;
    std::map<std::string, Bytes16> newest;  // content by name
    std::vector<Wanted> files;
    std::size_t next = 0;
    std::string error;
    std::int64_t taken = 0;
    std::int64_t failed = 0;
};

Feeds::Feeds(kernel::Kernel& kernel, CollectService& collect) : kernel_(kernel), collect_(collect) {
    if (hooks::is_off("CDP-19")) return;
    kernel_.jobs.define(std::string(kPullJob), [this](kernel::JobStep& one) { return step(one); });
    kernel_.dispatch.on_timer(std::string(kTimer), [this](kernel::Unit& unit, const kernel::Timer& timer) -> Status {
        const auto number = parse_decimal(timer.key, 0);
        const auto feed = TRY(store::find_feed(unit.sql(), unit.tenant(), number.value_or(0)));
        if (!feed || feed->paused) return ok();
        TRY(run(unit, feed->number));
        // However long nothing ran, one run takes everything that has come meanwhile.
        return wake(unit, *feed, unit.now());
    });
}

std::string Feeds::inbox(const TenantId& tenant) const { return kernel_.data_directory + "/inbox/" + tenant.str(); }

Status Feeds::wake(kernel::Unit& unit, const Feed& feed, Instant after) {
    const Zone zone = collect_.org().calendar(unit.tenant()).zone;
    const Instant next = feeds::next_run(feed.every_min, feed.at_min, after, zone);
    TRY(store::set_next(unit, feed.number, next));
    return unit.set_timer(kTimer, std::to_string(feed.number), next);
}

Result<std::int64_t> Feeds::add(kernel::Unit& unit, Feed feed, std::string_view secret) {
    TRY(check_feed(feed));
    feed.number = unit.next_number("feed");
    feed.created_by = unit.context().actor.name;
    if (!secret.empty()) feed.sealed = TRY(kernel_.vault.seal_for_tenant(unit.tenant(), kSecret, secret));
    if (feed.kind == "folder") TRY(kernel_.files.make_directories(inbox(unit.tenant()) + "/" + feed.place));
    feed.next_at = unit.now();
    TRY(store::insert(unit, feed));
    TRY(wake(unit, feed, unit.now()));
    TRY(unit.audit({.action = "feed.add", .object = std::to_string(feed.number)}));
    return feed.number;
}

Status Feeds::pause(kernel::Unit& unit, std::int64_t number, bool paused) {
    const auto feed = TRY(store::find_feed(unit.sql(), unit.tenant(), number));
    if (!feed) return not_there();
    TRY(store::set_paused(unit, number, paused, feed->next_at));
    TRY(unit.audit({.action = paused ? "feed.pause" : "feed.resume", .object = std::to_string(number)}));
    if (paused) return unit.clear_timer(kTimer, std::to_string(number));
    TRY(run(unit, number));
    return wake(unit, *feed, unit.now());
}

Status Feeds::remove(kernel::Unit& unit, std::int64_t number) {
    if (!TRY(store::find_feed(unit.sql(), unit.tenant(), number))) return not_there();
    TRY(store::remove_feed(unit, number));
    TRY(unit.clear_timer(kTimer, std::to_string(number)));
    return unit.audit({.action = "feed.remove", .object = std::to_string(number)});
}

Result<JobId> Feeds::run(kernel::Unit& unit, std::int64_t number) {
    const auto feed = TRY(store::find_feed(unit.sql(), unit.tenant(), number));
    if (!feed) return not_there();
    const json::Value params = json::Value::object({{"feed", number}});
    return kernel_.jobs.start(unit, kPullJob, feed->name, params.print());
}

Status Feeds::open(const TenantId& tenant, Pull& pull) const {
    if (pull.feed.kind == "folder") {
        pull.folder = remote::local_folder(inbox(tenant) + "/" + pull.feed.place);
    } else if (pull.feed.kind == "sftp") {
        remote::SftpLogin login;
        login.host = pull.feed.host;
        login.port = pull.feed.port;
        login.user = pull.feed.login;
        (pull.secret.starts_with("-----BEGIN") ? login.private_key : login.password) = pull.secret;
        login.host_key = pull.feed.host_key;
        login.folder = pull.feed.place.empty() ? "." : pull.feed.place;
        auto opened = TRY(remote::open_sftp(login));
        pull.feed.host_key = opened->found_key();
        pull.folder = std::move(opened);
    }
    return ok();
}

Result<std::vector<Feeds::Wanted>> Feeds::wanted(const TenantId& tenant, Pull& pull, Instant now) const {
    std::vector<Wanted> out;
    const Feed& feed = pull.feed;
    if (feed.kind != "http") {
        auto entries = TRY(pull.folder->list());
        // Listed by name, so that names decide among files of one second.
        std::stable_sort(entries.begin(), entries.end(),
                         [](const auto& a, const auto& b) { return a.modified_s < b.modified_s; });
        for (const auto& entry : entries) {
            Wanted one{entry.name, std::to_string(entry.bytes) + ":" + std::to_string(entry.modified_s)};
            if (feeds::wants(feed.pattern, entry.name) && !pull.known.contains({one.name, one.version}))
                out.push_back(std::move(one));
        }
        return out;
    }
    if (!feeds::is_by_day(feed.place)) return std::vector<Wanted>{{last_piece(feed.place), to_iso(now)}};
    std::set<std::string> had;
    for (const auto& [name, version] : pull.known) had.insert(version);
    const Day ended = collect_.org().calendar(tenant).day_of(now) + -1;
    for (const Day day : feeds::lacking(feed.from_day.value_or(ended), ended, had))
        out.push_back({last_piece(feeds::address_of(feed.place, day)), to_iso(day)});
    return out;
}

Result<std::shared_ptr<Feeds::Pull>> Feeds::begin(kernel::JobStep& step, std::int64_t number) {
    auto pull = std::make_shared<Pull>();
    const TenantId tenant = step.context().tenant;
    TRY(kernel_.record.read<bool>(step.context(), [&](kernel::View& view) -> Result<bool> {
        auto feed = TRY(store::find_feed(view.sql(), tenant, number));
        if (!feed) return not_there();
        pull->feed = std::move(*feed);
        for (auto& file : TRY(store::feed_files(view.sql(), tenant, number, kFilesKnown))) {
            pull->newest.try_emplace(file.name, file.content);
            pull->known.emplace(std::move(file.name), std::move(file.version));
        }
        return true;
    }));
    if (!pull->feed.sealed.empty())
        pull->secret = TRY(kernel_.vault.open_for_tenant(tenant, kSecret, pull->feed.sealed));
    if (const auto opened = open(tenant, *pull); !opened) {
        pull->error = feeds::encode({}, feeds::problem_of(pull->feed.kind, feeds::Stage::Open, opened.error()));
    } else if (auto files = wanted(tenant, *pull, step.context().now); !files) {
        pull->error = feeds::encode({}, feeds::problem_of(pull->feed.kind, feeds::Stage::List, files.error()));
    } else {
        pull->files = std::move(*files);
    }
    return pull;
}

Result<std::shared_ptr<Feeds::Pull>> Feeds::pull_of(kernel::JobStep& step) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = pulls_.find(step.job().id); found != pulls_.end()) return found->second;
    }
    const auto params = json::Value::parse(step.job().params);
    auto made = TRY(begin(step, params ? (*params)["feed"].i64_or(0) : 0));
    const std::lock_guard lock(mutex_);
    return pulls_[step.job().id] = std::move(made);
}

// Hands one file to an import. What cannot be read or mapped is noted with the reason, and the next one follows.
Status Feeds::take(kernel::JobStep& step, Pull& pull, const Wanted& file) {
    const auto bytes = [&]() -> Result<std::string> {
        if (pull.folder) return pull.folder->fetch(file.name, limits::kImportFileBytesMax);
        http::ClientRequest request;
        const bool by_day = feeds::is_by_day(pull.feed.place);
        request.url = by_day ? feeds::address_of(pull.feed.place, TRY(parse_day(file.version))) : pull.feed.place;
        request.timeout_ms = kAnswerMs;
        request.answer_bytes_max = limits::kImportFileBytesMax;
        if (!pull.secret.empty()) request.headers.push_back({"Authorization", pull.secret});
        auto answer = TRY(http::send(request));
        if (answer.status != 200) return Error::invalid(feeds::problem_of_status(answer.status));
        return std::move(answer.body);
    }();
    if (!bytes) {
        // Not there yet, or not reachable: it is asked for again with the next run.
        pull.error = feeds::encode(file.name + " (" + file.version + ")",
                                   feeds::problem_of(pull.feed.kind, feeds::Stage::Fetch, bytes.error()));
        ++pull.failed;
        return ok();
    }
    FeedFile seen{file.name, file.version, crypto::fingerprint(*bytes), static_cast<std::int64_t>(bytes->size()),
                  "same", {}, std::nullopt, {}};
    const auto before = pull.newest.find(file.name);
    if (before == pull.newest.end() || before->second != seen.content) {
        auto uploaded = collect_.upload(step.context(), file.name, *bytes);
        Status ready = uploaded ? ok() : Status(uploaded.error());
        if (uploaded) {
            seen.import = uploaded->id;
            if (!pull.feed.profile.empty())
                ready = collect_.choose_profile(step.context(), uploaded->id, pull.feed.profile);
            if (ready) ready = collect_.ready(step.context(), uploaded->id);
        }
        seen.state = ready ? "imported" : "failed";
        if (!ready) {
            const FieldError problem = feeds::problem_of(pull.feed.kind, feeds::Stage::Read, ready.error());
            seen.detail = feeds::encode({}, problem);
            pull.error = feeds::encode(file.name, problem);
            ++pull.failed;
        }
    }
    pull.newest[file.name] = seen.content;
    // An address without a day is asked again and again: that it said the same is not worth a row.
    if (seen.state == "same" && !pull.folder && !feeds::is_by_day(pull.feed.place)) return ok();
    return step.write([&](kernel::Unit& unit) -> Status {
        TRY(store::add_file(unit, pull.feed.number, seen));
        if (seen.state != "imported") return ok();
        TRY(collect_.run_in(unit, *seen.import));
        return ok();
    });
}

Result<kernel::StepOutcome> Feeds::end(kernel::JobStep& step, Pull& pull) {
    const std::string key = pull.feed.host_key;
    const Status written = step.write([&](kernel::Unit& unit) -> Status {
        return store::set_outcome(unit, pull.feed.number, pull.error, key);
    });
    step.result(json::Value::object({{"files", static_cast<std::int64_t>(pull.files.size())},
                                     {"failed", pull.failed}, {"error", pull.error}}).print());
    const bool well = pull.error.empty();
    {
        const std::lock_guard lock(mutex_);
        pulls_.erase(step.job().id);
    }
    TRY(written);
    return well ? kernel::StepOutcome::Done : kernel::StepOutcome::Partial;
}

Result<kernel::StepOutcome> Feeds::step(kernel::JobStep& step) {
    const auto pull = TRY(pull_of(step));
    if (pull->next == pull->files.size()) return end(step, *pull);
    step.progress("fetching", static_cast<std::int64_t>(pull->next + 1), static_cast<std::int64_t>(pull->files.size()));
    const Wanted file = pull->files[pull->next];
    if (const Status taken = take(step, *pull, file); !taken) {
        const std::lock_guard lock(mutex_);
        pulls_.erase(step.job().id);  // the next try lists anew
        return taken.error();
    }
    ++pull->next;
    return kernel::StepOutcome::More;
}

}  // namespace tilth::collect
