#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "platform/http/client.h"

namespace tilth::bench {

namespace {

constexpr std::int64_t kStartSeconds = 120;
constexpr int kSettleMinutes = 30;

// Objects are not destroyed when a benchmark gives up: its server must not outlive it all the same.
pid_t running_server = -1;

std::string first_line_with(const std::string& path, std::string_view word) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(word)) return line.substr(line.find(':') + 1);
    }
    return {};
}

std::string trimmed(std::string text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::string whole(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string folder_of_program() { return std::filesystem::read_symlink("/proc/self/exe").parent_path().string(); }

}  // namespace

void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    if (running_server > 0) ::kill(running_server, SIGKILL);
    std::exit(1);
}

// ---- Specification ----

Spec Spec::read(int argc, char** argv) {
    std::string path = TILTH_BENCH_SPEC;
    Spec spec;
    std::ifstream file(path);
    if (!file) give_up("no specification at " + path);
    std::string section;
    for (std::string line; std::getline(file, line);) {
        line = trimmed(line.substr(0, line.find('#')));
        if (line.empty()) continue;
        if (line.front() == '[') {
            section = line.substr(1, line.find(']') - 1) + ".";
            continue;
        }
        const auto equals = line.find('=');
        std::vector<std::string>& values = spec.values_[section + trimmed(line.substr(0, equals))];
        std::string word;
        for (const char c : line.substr(equals + 1) + ",") {
            if (c == ',' && !word.empty()) values.push_back(std::exchange(word, {}));
            else if ((c >= '0' && c <= '9') || c == '-') word.push_back(c);
        }
    }
    // --people 5000000 stands for every section's people.
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        for (auto& [key, values] : spec.values_) {
            if (name.starts_with("--") && key.ends_with("." + name.substr(2))) values = {argv[i + 1]};
        }
    }
    return spec;
}

std::vector<std::int64_t> Spec::numbers(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty()) give_up("the specification lacks " + name);
    std::vector<std::int64_t> all;
    for (const std::string& word : found->second) all.push_back(std::atoll(word.c_str()));
    return all;
}

std::int64_t Spec::number(const std::string& name) const { return numbers(name).front(); }

// ---- Figures ----

Figures figures_of(std::vector<std::int64_t> nanoseconds) {
    if (nanoseconds.empty()) return {};
    std::sort(nanoseconds.begin(), nanoseconds.end());
    const auto at = [&](double share) {
        const auto index = static_cast<std::size_t>(share * static_cast<double>(nanoseconds.size() - 1));
        return static_cast<double>(nanoseconds[index]) * 1e-6;
    };
    return {at(0.5), at(0.99), at(1.0)};
}

double load_now() { return std::atof(whole("/proc/loadavg").c_str()); }

void print_machine() {
    const std::string memory = trimmed(first_line_with("/proc/meminfo", "MemTotal"));
    std::printf("machine: %s, %u cores, %.0f GiB, load %.1f\n",
                trimmed(first_line_with("/proc/cpuinfo", "model name")).c_str(), std::thread::hardware_concurrency(),
                std::atof(memory.c_str()) / 1048576.0, load_now());
}

double unit_interval(Rng& rng) { return static_cast<double>(rng.next() >> 11) * 0x1.0p-53; }

Zipf::Zipf(std::uint64_t n, double exponent) : n_(static_cast<double>(n)), exponent_(exponent) {
    first_ = integral(1.5) - 1.0;
    last_ = integral(n_ + 0.5);
    cut_ = 2.0 - inverse(integral(2.5) - std::pow(2.0, -exponent_));
}
double Zipf::integral(double x) const { return std::expm1((1.0 - exponent_) * std::log(x)) / (1.0 - exponent_); }
double Zipf::inverse(double x) const { return std::exp(std::log1p(x * (1.0 - exponent_)) / (1.0 - exponent_)); }
std::uint64_t Zipf::operator()(Rng& rng) const {
    for (;;) {
        const double u = last_ + unit_interval(rng) * (first_ - last_);
        const double x = inverse(u);
        const double k = std::clamp(std::floor(x + 0.5), 1.0, n_);
        if (k - x <= cut_ || u >= integral(k + 0.5) - std::pow(k, -exponent_)) return static_cast<std::uint64_t>(k);
    }
}

// ---- The server ----

Server::Server(Options options) : program_(folder_of_program() + "/../tilth"), options_(std::move(options)) {
    directory_ = options_.directory;
    if (!directory_.empty()) return;
    directory_ = (std::filesystem::current_path() / "bench.XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr) give_up("the working directory cannot be written");
}

Server::~Server() {
    stop();
    std::error_code ignored;
    if (!options_.keep) std::filesystem::remove_all(directory_, ignored);
}

void Server::start() {
    const std::string log = directory_ + "/bench.log";
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
    std::vector<std::string> words = {program_, "serve", "--data", directory_ + "/data", "--port", "0"};
    if (options_.sample.empty()) words.emplace_back("--empty");
    else words.insert(words.end(), {"--first-run-sample", options_.sample});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::int64_t begun = clock_.steady_ns();
    const int failed = ::posix_spawn(&pid_, program_.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) give_up("cannot run " + program_);
    running_server = pid_;
    constexpr std::string_view kAddress = "http://127.0.0.1:";
    for (std::string said;; said = whole(log)) {
        if (const auto at = said.find(kAddress); at != std::string::npos && said.find('\n', at) != std::string::npos) {
            port_ = static_cast<std::uint16_t>(std::atoi(said.c_str() + at + kAddress.size()));
            break;
        }
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            running_server = -1;
            give_up("the server ended at its start: " + said);
        }
        if (clock_.steady_ns() - begun > kStartSeconds * 1'000'000'000) give_up("the server does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    start_ms_ = static_cast<double>(clock_.steady_ns() - begun) * 1e-6;
    if (cookie_.empty()) sign_in();
}

void Server::stop() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGTERM);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = running_server = -1;
}

Server::Usage Server::usage() const {
    const std::string base = "/proc/" + std::to_string(pid_);
    const std::string stat = whole(base + "/stat");
    unsigned long user = 0;
    unsigned long system = 0;
    const auto after_name = stat.rfind(')');
    const bool read = after_name != std::string::npos &&
                      std::sscanf(stat.c_str() + after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                                  &user, &system) == 2;
    if (!read) give_up("the server has ended");
    const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const std::string anonymous = first_line_with(base + "/status", "RssAnon");
    return {static_cast<double>(user + system) / ticks, std::atof(anonymous.c_str()) / 1024.0};
}

json::Value Server::ask(std::string_view method, const std::string& path, const json::Value& body) {
    http::ClientRequest request;
    request.method = method == "GET" ? http::Method::Get : http::Method::Post;
    request.url = "http://127.0.0.1:" + std::to_string(port_) + path;
    request.headers = {{"X-Requested-By", "tilth"}, {"Cookie", cookie_}};
    request.timeout_ms = 120'000;
    if (method != "GET") request.body = body.print();
    const auto reply = http::send(request);
    if (!reply) give_up(path + ": " + reply.error().detail);
    if (reply->status / 100 != 2) give_up(path + ": " + std::to_string(reply->status) + " " + reply->body);
    if (const std::string_view set = reply->header("Set-Cookie"); !set.empty()) cookie_ = set.substr(0, set.find(';'));
    auto value = json::Value::parse(reply->body);
    return value ? std::move(*value) : json::Value::object();
}

void Server::sign_in() {
    const auto login = json::Value::parse(whole(directory_ + "/data/first_login.json"));
    if (!login) give_up("no first login");
    ask("POST", "/api/v1/session", *login);
    ask("POST", "/api/v1/me/password",
        json::Value::object(
            {{"old_password", std::string((*login)["password"].str())}, {"new_password", "measured twice, cut once"}}));
}

std::string Server::write_key(std::string_view source_name) {
    const auto made =
        ask("POST", "/api/v1/sources", json::Value::object({{"name", std::string(source_name)}, {"kind", "native"}}));
    return std::string(made["write_key"].str());
}

void Server::send_events(const std::string& key, std::string body) {
    http::ClientRequest request;
    request.method = http::Method::Post;
    request.url = "http://127.0.0.1:" + std::to_string(port_) + "/api/v1/events";
    request.headers = {{"Authorization", "Bearer " + key}};
    request.body = std::move(body);
    const auto reply = http::send(request);
    if (!reply || reply->status != 200) give_up("a batch was refused");
}

void add_segments(Server& server, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        const std::string days = " in the last " + std::to_string(2 + i % 28) + " days";
        const std::string rules[] = {
            R"(count of event "product_viewed")" + days + " >= " + std::to_string(10 + 4 * i),
            R"(count of event "cart_added" where ( channel = "mini_program" ))" + days + " >= " +
                std::to_string(10 + 4 * i) + R"( and no event "order_paid")" + days,
            R"(sequence event "product_viewed" then within )" + std::to_string(1 + i % 28) +
                R"( days comes event "order_paid" without event "search" and orders = 0)",
            "count of any event" + days + " >= " + std::to_string(40 + 10 * i),
        };
        server.ask("POST", "/api/v1/segments",
                   json::Value::object({{"name", "s" + std::to_string(i)}, {"text", rules[i % 4]}}));
    }
}

void Server::settle() {
    http::ClientRequest request;
    request.method = http::Method::Post;
    request.url = "unix:" + directory_ + "/data/tilth.sock:/control/settle";
    request.body = "{}";
    request.timeout_ms = 120'000;
    // The server waits a minute at most; many new people take longer to apply.
    for (int minute = 0; minute < kSettleMinutes; ++minute) {
        const auto reply = http::send(request);
        if (reply && reply->status == 200) return;
        usage();  // Ends the program when the server has ended.
    }
    give_up("the server does not settle");
}

std::pair<int, std::int64_t> Server::timed_get(const std::string& path) {
    http::ClientRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(port_) + path;
    request.headers = {{"Cookie", cookie_}};
    const std::int64_t begun = clock_.steady_ns();
    const auto reply = http::send(request);
    return {reply ? reply->status : 0, clock_.steady_ns() - begun};
}

}  // namespace tilth::bench
