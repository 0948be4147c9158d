#pragma once
// What the benchmarks share: the specification, the machine's words, a server of their own, figures. Linux only.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/rng.h"
#include "platform/json/value.h"

namespace tilth::bench {

// bench/spec.toml as "ingest.seconds" -> text; lists keep their numbers.
class Spec {
public:
    // Ends the program with a sentence when the file or a name is missing.
    static Spec read(int argc, char** argv);
    std::int64_t number(const std::string& name) const;
    std::vector<std::int64_t> numbers(const std::string& name) const;

private:
    std::map<std::string, std::vector<std::string>> values_;
};

// Ends the program, saying what could not be done.
[[noreturn]] void give_up(const std::string& why);

struct Figures {
    double p50_ms = 0;
    double p99_ms = 0;
    double worst_ms = 0;
};
Figures figures_of(std::vector<std::int64_t> nanoseconds);

// CPU model, cores, memory, load: a figure without them says nothing.
void print_machine();
double load_now();

// `tilth serve` on a directory of its own, which goes when the object does; signed in as its first administrator.
class Server {
public:
    struct Options {
        std::string sample;     // folder; empty: none
        std::string directory;  // empty: a new one under the working directory
        bool keep = false;      // the directory outlives the object
    };
    explicit Server(Options options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();  // until it serves; the time stands in start_ms()
    void stop();   // orderly
    double start_ms() const { return start_ms_; }
    std::uint16_t port() const { return port_; }
    const std::string& directory() const { return directory_; }

    struct Usage {
        double cpu_s = 0;          // user and system since its start
        double anonymous_mib = 0;  // RssAnon
    };
    Usage usage() const;

    // One request as the administrator; ends the program unless the answer is 2xx.
    json::Value ask(std::string_view method, const std::string& path, const json::Value& body = {});
    std::string cookie() const { return cookie_; }
    std::string write_key(std::string_view source_name);
    // One batch of the native inlet; ends the program unless it is taken.
    void send_events(const std::string& key, std::string body);
    void settle();
    // A response's status and time on a connection of this thread.
    std::pair<int, std::int64_t> timed_get(const std::string& path);

private:
    void sign_in();
    std::string program_;
    Options options_;
    std::string directory_;
    std::string cookie_;
    SystemClock clock_;
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
    double start_ms_ = 0;
};

// Live segments over shops' events (product_viewed, cart_added, order_paid, search …), each rule another: counts in a
// window, with a property and an absence, sequences, numbers. Nearly all of them look at every event's type.
void add_segments(Server& server, std::int64_t count);

// Ranks 1…n with probability ~ 1/rank^exponent, by rejection-inversion (Hörmann and Derflinger 1996): no table.
class Zipf {
public:
    Zipf(std::uint64_t n, double exponent);
    std::uint64_t operator()(Rng& rng) const;

private:
    double integral(double x) const;
    double inverse(double x) const;
    double n_;
    double exponent_;
    double first_;
    double last_;
    double cut_;
};
double unit_interval(Rng& rng);  // [0, 1)

}  // namespace tilth::bench
