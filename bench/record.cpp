// What one writer's record carries: units per second and their latency at 1, 16, 256 and 4,096 units in flight.
//
//   bench_record [--record URI] [--seconds N]        the default is SQLite in a new directory under the working one
//
// A closed loop: a unit that is answered puts the next one into the queue, so "256" is 256 callers that never rest. Two
// units: one row; and a full order of 11 statements (idempotency key, order, three lines, stock, two entries, outbox
// event, audit line, timer). The sync of the same disk is measured in the same run, since machines differ.

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kernel/migrations.h"
#include "kernel/record/record.h"
#include "platform/crypto/crypto.h"
#include "platform/files/files.h"

namespace {

using namespace tilth;

constexpr std::string_view kTables = R"sql(
CREATE TABLE bench_row (tenant_id id16 NOT NULL, id id16 NOT NULL, amount i64 NOT NULL,
    PRIMARY KEY (tenant_id, id)) WITHOUT ROWID;
CREATE TABLE bench_key (tenant_id id16 NOT NULL, key id16 NOT NULL, reply txt NOT NULL,
    PRIMARY KEY (tenant_id, key)) WITHOUT ROWID;
CREATE TABLE bench_order (tenant_id id16 NOT NULL, id id16 NOT NULL, number i64 NOT NULL, customer_id id16 NOT NULL,
    state i64 NOT NULL, amount i64 NOT NULL, at instant NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID;
CREATE TABLE bench_line (tenant_id id16 NOT NULL, order_id id16 NOT NULL, line i64 NOT NULL, sku txt NOT NULL,
    quantity i64 NOT NULL, amount i64 NOT NULL, PRIMARY KEY (tenant_id, order_id, line)) WITHOUT ROWID;
CREATE TABLE bench_stock (tenant_id id16 NOT NULL, sku txt NOT NULL, sold i64 NOT NULL,
    PRIMARY KEY (tenant_id, sku)) WITHOUT ROWID;
CREATE TABLE bench_entry (tenant_id id16 NOT NULL, account id16 NOT NULL, number i64 NOT NULL, amount i64 NOT NULL,
    PRIMARY KEY (tenant_id, account, number)) WITHOUT ROWID;
)sql";

constexpr std::string_view kReply = R"({"order":"ord_00000000000000000000000000","state":"placed","amount":"59.70"})";

Status one_row(kernel::Unit& unit) {
    return unit.sql().write("INSERT INTO bench_row (tenant_id, id, amount) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), unit.new_id<CustomerId>(), 1990});
}

Status entry(kernel::Unit& unit, const CustomerId& account, std::int64_t number, std::int64_t amount) {
    return unit.sql().write("INSERT INTO bench_entry (tenant_id, account, number, amount) VALUES (?1, ?2, ?3, ?4)",
                            {unit.tenant(), account, number, amount});
}

Status full_order(kernel::Unit& unit) {
    const auto order = unit.new_id<OrderId>();
    const auto customer = unit.new_id<CustomerId>();
    const std::int64_t number = unit.next_number("bench_order");
    TRY(unit.sql().write("INSERT INTO bench_key (tenant_id, key, reply) VALUES (?1, ?2, ?3)",
                         {unit.tenant(), unit.new_id<RequestId>(), kReply}));
    TRY(
        unit.sql().write("INSERT INTO bench_order (tenant_id, id, number, customer_id, state, amount, at) "
                         "VALUES (?1, ?2, ?3, ?4, 1, 5970, ?5)",
                         {unit.tenant(), order, number, customer, unit.now()}));
    for (std::int64_t line = 1; line <= 3; ++line) {
        const std::string sku = "SKU-" + std::to_string(1000 + unit.rng().below(500));
        TRY(
            unit.sql().write("INSERT INTO bench_line (tenant_id, order_id, line, sku, quantity, amount) "
                             "VALUES (?1, ?2, ?3, ?4, 1000, 1990)",
                             {unit.tenant(), order, line, sku}));
    }
    TRY(
        unit.sql().write("INSERT INTO bench_stock (tenant_id, sku, sold) VALUES (?1, ?2, 3) "
                         "ON CONFLICT (tenant_id, sku) DO UPDATE SET sold = bench_stock.sold + 3",
                         {unit.tenant(), "SKU-" + std::to_string(1000 + unit.rng().below(500))}));
    TRY(entry(unit, customer, number, -5970));
    TRY(entry(unit, {}, number, 5970));
    TRY(unit.emit("order.placed", order.str(), R"({"amount":5970,"currency":"CNY"})"));
    TRY(unit.audit({.action = "order.place", .object = order.str(), .detail = R"({"amount":5970})", .reason = {}}));
    return unit.set_timer("order.unpaid", order.str(), unit.now() + minutes(30), {});
}

struct Figures {
    double per_second = 0;
    double p50_ms = 0;
    double p99_ms = 0;
    std::size_t refused = 0;
};

// Keeps `in_flight` units on their way for the given time.
class Loop {
public:
    Loop(kernel::Record& record, Clock& clock, kernel::Record::UnitFn unit)
        : record_(record), clock_(clock), unit_(std::move(unit)) {}

    Figures run(std::size_t in_flight, std::int64_t seconds_long) {
        const std::int64_t start = clock_.steady_ns();
        until_ = start + seconds_long * 1'000'000'000;
        took_.clear();
        for (std::size_t i = 0; i < in_flight; ++i) next();
        // A unit that ends after `until_` puts no other in, so the loop runs dry by itself.
        std::unique_lock lock(mutex_);
        dry_.wait(lock, [this] { return flying_ == 0; });
        const double elapsed = static_cast<double>(clock_.steady_ns() - start) * 1e-9;
        std::sort(took_.begin(), took_.end());
        Figures figures;
        figures.refused = refused_;
        if (took_.empty()) return figures;
        figures.per_second = static_cast<double>(took_.size()) / elapsed;
        figures.p50_ms = static_cast<double>(took_[took_.size() / 2]) * 1e-6;
        figures.p99_ms = static_cast<double>(took_[took_.size() * 99 / 100]) * 1e-6;
        return figures;
    }

private:
    void next() {
        const std::int64_t sent = clock_.steady_ns();
        {
            const std::lock_guard lock(mutex_);
            ++flying_;
        }
        record_.submit(context_, unit_, [this, sent](Status status) {
            const std::int64_t now = clock_.steady_ns();
            if (now < until_) next();
            const std::lock_guard lock(mutex_);
            if (status) took_.push_back(now - sent);
            else ++refused_;
            if (--flying_ == 0) dry_.notify_all();
        });
    }

    kernel::Record& record_;
    Clock& clock_;
    kernel::Record::UnitFn unit_;
    kernel::Context context_ = kernel::Context::system(TenantId{{1}}, {});
    std::int64_t until_ = 0;
    std::mutex mutex_;
    std::condition_variable dry_;
    std::size_t flying_ = 0;
    std::size_t refused_ = 0;
    std::vector<std::int64_t> took_;
};

// The median of appending 4 KiB and syncing, on the disk that holds the record.
double sync_ms(const std::string& directory, Clock& clock) {
    auto file = MUST(files::real_files().open(directory + "/sync.probe", files::Open::Create));
    std::vector<std::int64_t> took;
    const std::string page(4096, 'x');
    for (int i = 0; i < 200; ++i) {
        const std::int64_t start = clock.steady_ns();
        MUST(file->append(page));
        MUST(file->sync());
        took.push_back(clock.steady_ns() - start);
    }
    std::sort(took.begin(), took.end());
    MUST(files::real_files().remove(directory + "/sync.probe"));
    return static_cast<double>(took[took.size() / 2]) * 1e-6;
}

void measure(kernel::Record& record, Clock& clock, std::int64_t seconds_long) {
    struct Work {
        const char* name;
        Status (*unit)(kernel::Unit&);
    };
    std::printf("%-12s %9s %12s %9s %9s\n", "unit", "in flight", "units/s", "p50 ms", "p99 ms");
    for (const Work work : {Work{"one row", one_row}, Work{"full order", full_order}}) {
        for (const std::size_t in_flight : {std::size_t{1}, std::size_t{16}, std::size_t{256}, std::size_t{4096}}) {
            Loop loop(record, clock, work.unit);
            const Figures figures = loop.run(in_flight, seconds_long);
            std::printf("%-12s %9zu %12.0f %9.2f %9.2f", work.name, in_flight, figures.per_second, figures.p50_ms,
                        figures.p99_ms);
            std::printf(figures.refused > 0 ? "  %zu refused\n" : "\n", figures.refused);
            std::fflush(stdout);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::string uri;
    std::int64_t seconds_long = 5;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--record") uri = argv[i + 1];
        if (option == "--seconds") seconds_long = std::atoll(argv[i + 1]);
    }
    crypto::crypto_init();
    SystemClock clock;
    std::string directory = (std::filesystem::current_path() / "bench_record.XXXXXX").string();
    INVARIANT(::mkdtemp(directory.data()) != nullptr, "the working directory can be written");
    if (uri.empty()) uri = "sqlite:" + directory + "/record.db";
    auto migrations = kernel::kernel_migrations();
    migrations.push_back({"bench", 1, "tables", kTables});
    {
        auto record = kernel::open_record({{uri}, 2, "bench_record"}, clock, migrations);
        if (!record) {
            std::fprintf(stderr, "bench_record: %s\n", record.error().detail.c_str());
            return 1;
        }
        std::printf("record %s\nsync of 4 KiB: %.2f ms (median of 200)\n", uri.substr(0, uri.find(':')).c_str(),
                    sync_ms(directory, clock));
        measure(**record, clock, seconds_long);
    }
    std::filesystem::remove_all(directory);
    return 0;
}
