#include "chain/load.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "base/clock.h"
#include "chain/client.h"
#include "chain/requests.h"
#include "chain/set_up.h"
#include "platform/crypto/crypto.h"
#include "platform/files/files.h"

namespace tilth::chain {

namespace {

using http::Method;
using json::Value;

constexpr std::int64_t kLookMs = 100;
constexpr std::int64_t kLooksAtEvents = 10;
constexpr int kSenders = 2;
constexpr std::int64_t kTellMs = 500;
constexpr std::int64_t kTellToFileMs = 5'000;
constexpr std::uint64_t kStateBytesMax = 1u << 20;

// The state file: what a load that was cut off needs to go on.
class State {
public:
    static Result<State> open(const std::string& path) {
        const std::string text = TRY(files::real_files().read_whole(path, kStateBytesMax));
        return State(path, TRY(Value::parse(text)));
    }
    const Value& operator[](std::string_view key) const { return value_[key]; }
    Status set(const std::string& key, Value value) {
        value_.set(key, std::move(value));
        return files::real_files().write_whole(path_, value_.print() + "\n");
    }
    Status finish() const { return files::real_files().remove(path_); }

private:
    State(std::string path, Value value) : path_(std::move(path)), value_(std::move(value)) {}
    std::string path_;
    Value value_;
};

// One line of progress with how long is left, by rows and events.
class Progress {
public:
    Progress(std::int64_t total, bool quiet)
        : total_(total), quiet_(quiet), terminal_(::isatty(STDOUT_FILENO) == 1), begun_ns_(clock_.steady_ns()) {}

    void say(const std::string& phase, std::int64_t done) {
        const std::int64_t now = clock_.steady_ns();
        const std::int64_t every = (terminal_ ? kTellMs : kTellToFileMs) * 1'000'000;
        if (quiet_ || (told_ns_ != 0 && now - told_ns_ < every)) return;
        told_ns_ = now;
        const double spent = static_cast<double>(now - begun_ns_) / 1e9;
        const double left = done > 0 ? spent * static_cast<double>(total_ - done) / static_cast<double>(done) : 0;
        std::printf("%s  %3lld %%  %s  剩余 left %.0f s%s", terminal_ ? "\r\033[K" : "",
                    static_cast<long long>(100 * done / std::max<std::int64_t>(total_, 1)), phase.c_str(),
                    std::max(left, 0.0), terminal_ ? "" : "\n");
        std::fflush(stdout);
    }
    void end() const {
        if (!quiet_ && terminal_) std::printf("\r\033[K");
        std::fflush(stdout);
    }
    double seconds() const { return static_cast<double>(clock_.steady_ns() - begun_ns_) / 1e9; }

private:
    SystemClock clock_;
    std::int64_t total_;
    bool quiet_;
    bool terminal_;
    std::int64_t begun_ns_;
    std::int64_t told_ns_ = 0;
};

// Sends the batches on connections of its own while files are imported.
class EventSender {
public:
    EventSender(const Client& client, std::string key, const Requests& requests)
        : client_(client), key_(std::move(key)), requests_(requests), results_(kSenders, Status(ok())) {
        for (int i = 0; i < kSenders; ++i) threads_.emplace_back([this, i] { results_[at(i)] = send(); });
    }
    ~EventSender() {
        stopped_ = true;
        join();
    }
    EventSender(const EventSender&) = delete;
    EventSender& operator=(const EventSender&) = delete;

    Status finish() {
        join();
        for (const Status& result : results_) TRY(result);
        return ok();
    }

private:
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }
    Status send() {
        for (std::size_t i = next_++; i < requests_.batches.size() && !stopped_; i = next_++)
            TRY(client_.send_events(key_, requests_.batches[i]));
        return ok();
    }
    void join() {
        for (std::thread& one : threads_) {
            if (one.joinable()) one.join();
        }
    }
    const Client& client_;
    std::string key_;
    const Requests& requests_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::vector<Status> results_;
    std::vector<std::thread> threads_;
};

class Loader {
public:
    Loader(const LoadOptions& options, State state)
        : options_(options), client_(options.url), state_(std::move(state)) {}

    Result<Value> run() {
        TRY(enter());
        const Day last = TRY(last_day());
        say("正在推演 simulating " + std::to_string(options_.parameters.members) + " 名会员 members, " +
            std::to_string(options_.parameters.days) + " 天 days …");
        const Chain chain = simulate(options_.parameters, last);
        const Requests requests = requests_of(options_.parameters, chain);
        const Upload* const plain[] = {&requests.stores, &requests.staff, &requests.members, &requests.day_closes};
        events_ = requests.events;
        std::int64_t total = requests.sums.rows + events_;
        for (const Upload* file : plain) total += file->rows;
        Progress progress(total, options_.quiet);
        progress_ = &progress;
        const std::string key = TRY(write_key());
        TRY(import("stores", requests.stores));
        if (TRY(knows_target("staff"))) TRY(import("staff", requests.staff));
        TRY(import("members", requests.members));
        EventSender sender(client_, key, requests);
        for (const Upload& file : requests.orders) {
            const Value page = TRY(import(file.name, file));
            TRY(compare(file, page));
        }
        TRY(import("day_closes", requests.day_closes));
        TRY(sender.finish());
        TRY(wait_for_events(requests.events));
        TRY(set_up(client_, options_.parameters));
        TRY(set_governance(client_, options_.parameters, chain.stores));
        progress.end();
        TRY(leave());
        return report(requests, last, progress.seconds());
    }

private:
    void say(const std::string& words) const {
        if (!options_.quiet) std::printf("%s\n", words.c_str());
        std::fflush(stdout);
    }

    // The one-time password is changed to one that nobody knows; the state file has it until all is loaded.
    Status enter() {
        const std::string login(state_["login"].str());
        const std::string password(state_["password"].str());
        if (const auto entered = client_.sign_in(login, password); !entered) {
            // Perhaps it was changed, and the load ended before that was noted.
            if (state_["next_password"].str().empty()) return entered.error();
            TRY(client_.sign_in(login, std::string(state_["next_password"].str())));
            TRY(state_.set("password", std::string(state_["next_password"].str())));
        }
        me_ = TRY(client_.ask(Method::Get, "/api/v1/me"));
        if (!me_["tenant"]["sample"].bool_or(false))
            return Error(ErrorCode::Conflict, "this tenant is not for demonstration data; nothing was sent");
        if (me_["must_change_password"].bool_or(false)) {
            const std::string next = crypto::random_token();
            TRY(state_.set("next_password", next));
            TRY(client_.change_password(std::string(state_["password"].str()), next));
            TRY(state_.set("password", next));
            TRY(client_.sign_in(login, next));
            me_ = TRY(client_.ask(Method::Get, "/api/v1/me"));
        }
        return ok();
    }

    Result<Day> last_day() {
        if (!state_["last_day"].str().empty()) return parse_day(state_["last_day"].str());
        Day last;
        if (options_.last_day.empty()) {
            const Instant now = TRY(parse_instant(me_["now"].str()));
            const std::int64_t local = now.ms + minutes(options_.parameters.zone_minutes).ms;
            last = Day{static_cast<std::int32_t>(local / days(1).ms)} + -1;
        } else {
            last = TRY(parse_day(options_.last_day));
        }
        TRY(state_.set("last_day", to_iso(last)));
        return last;
    }

    Result<std::string> write_key() {
        if (state_["write_key"].str().empty()) {
            const Value made = TRY(client_.ask(Method::Post, "/api/v1/sources",
                                               Value::object({{"name", "小程序"}, {"kind", "native"}})));
            TRY(state_.set("write_key", std::string(made["write_key"].str())));
        }
        return std::string(state_["write_key"].str());
    }

    Result<bool> knows_target(std::string_view name) {
        const Value targets = TRY(client_.ask(Method::Get, "/api/v1/import-targets"));
        const auto& items = targets["items"].items();
        return std::any_of(items.begin(), items.end(), [&](const Value& one) { return one["name"].str() == name; });
    }

    // Uploads once, runs, waits; the finished import's page.
    Result<Value> import(const std::string& name, const Upload& file) {
        const std::string kept = "import." + name;
        if (state_[kept].str().empty()) {
            const Value made =
                TRY(client_.upload("/api/v1/imports?name=" + http_name(file.name), file.body));
            TRY(state_.set(kept, std::string(made["id"].str())));
        }
        const std::string path = "/api/v1/imports/" + std::string(state_[kept].str());
        Value page = TRY(client_.ask(Method::Get, path));
        if (page["item"]["state"].str() == "uploaded") {
            if (file.mapping.is_object()) TRY(client_.ask(Method::Put, path + "/mapping", file.mapping));
        }
        if (page["item"]["state"].str() != "done") {
            TRY(follow(name, TRY(job_of(path, page))));
            page = TRY(client_.ask(Method::Get, path));
        }
        if (page["item"]["state"].str() != "done" || page["item"]["counts"]["invalid"].i64_or(-1) != 0)
            return Error(ErrorCode::Conflict, file.name + ": " + page["item"].print() + page["causes"].print());
        done_ += file.rows;
        progress_->say(name, done_ + applied_);
        return page;
    }

    Result<std::string> job_of(const std::string& path, const Value& page) {
        if (page["item"]["state"].str() == "running" && !page["item"]["job"].str().empty())
            return std::string(page["item"]["job"].str());
        return std::string(TRY(client_.ask(Method::Post, path + "/run"))["job"].str());
    }

    Status follow(const std::string& name, const std::string& job) {
        for (;; rest(kLookMs)) {
            const Value page = TRY(client_.ask(Method::Get, "/api/v1/jobs/" + job));
            const std::string_view state = page["state"].str();
            if (state == "done") return ok();
            if (state == "partial" || state == "failed" || state == "cancelled")
                return Error(ErrorCode::Conflict, name + ": " + page.print());
            TRY(look_at_events(events_));
            progress_->say(name, done_ + applied_ + page["done"].i64_or(0));
        }
    }

    // How many events stand in the log by now; asked once in a while.
    Status look_at_events(std::int64_t events) {
        if (++looks_ % kLooksAtEvents != 0) return ok();
        const Value system = TRY(client_.ask(Method::Get, "/api/v1/system"));
        applied_ = std::min(events, system["events_logged"].i64_or(0));
        return ok();
    }

    static std::string http_name(const std::string& name) {
        std::string out;
        for (const char c : name) {
            static constexpr char kDigits[] = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            if (byte > 0x2c && byte < 0x7f) out += c;
            else out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
        }
        return out;
    }

    static Status compare(const Upload& file, const Value& page) {
        Sums found;
        for (const Value& total : page["totals"].items()) {
            const std::string_view name = total["name"].str();
            const std::int64_t value = total["value"].i64_or(-1);
            if (name == "rows") found.rows = value;
            if (name == "orders") found.orders = value;
            if (name == "returns") found.returns = value;
            if (name == "anonymous") found.anonymous = value;
            if (name == "net_sales") found.net_fen = value;
        }
        if (found == file.sums) return ok();
        const std::string sent =
            std::to_string(file.sums.orders) + " orders of " + std::to_string(file.sums.net_fen) + " fen";
        return Error(ErrorCode::Conflict,
                     file.name + ": the totals there are " + page["totals"].print() + ", sent were " + sent);
    }

    Status wait_for_events(std::int64_t events) {
        for (;; rest(kLookMs)) {
            const Value system = TRY(client_.ask(Method::Get, "/api/v1/system"));
            const std::int64_t waiting =
                system["batches_acknowledged"].i64_or(0) - system["batches_applied"].i64_or(0);
            if (waiting <= 0) break;
            progress_->say("events", done_ + std::min(events, system["events_logged"].i64_or(0)));
        }
        applied_ = events;
        return ok();
    }

    // The account that loaded is closed: nobody shall sign in by it again.
    Status leave() {
        const std::string id(me_["staff"]["id"].str());
        TRY(client_.ask(Method::Patch, "/api/v1/staff/" + id, Value::object({{"active", false}})));
        return state_.finish();
    }

    static Value report(const Requests& requests, Day last, double seconds) {
        Value value = totals_json(requests);
        value.set("last_day", to_iso(last));
        value.set("seconds", static_cast<std::int64_t>(seconds + 0.5));
        return value;
    }

    const LoadOptions& options_;
    Client client_;
    State state_;
    Value me_;
    Progress* progress_ = nullptr;
    std::int64_t done_ = 0;     // rows of finished files
    std::int64_t events_ = 0;   // in all
    std::int64_t applied_ = 0;  // events
    std::int64_t looks_ = 0;
};

}  // namespace

Result<Value> load(const LoadOptions& options) {
    const State state = TRY(State::open(options.state_path));
    LoadOptions own = options;
    if (own.url.empty()) own.url = state["url"].str();
    return Loader(own, state).run();
}

}  // namespace tilth::chain
