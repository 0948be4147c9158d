#include <chrono>
#include <condition_variable>
#include <mutex>

#include "platform/log/log.h"
#include "platform/sql/internal.h"

namespace tilth::sql {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLoanMax{1'000};

class Pool final : public ReaderPool {
public:
    Pool(Location location, std::vector<std::unique_ptr<Connection>> connections) : location_(std::move(location)) {
        for (auto& connection : connections) readers_.push_back({std::move(connection), {}, false});
    }
    ~Pool() override {
        for (const Reader& reader : readers_) INVARIANT(!reader.lent, "all loans end before their pool");
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    Result<Loan> borrow(Duration wait) override {
        Reader* reader = take(wait);
        if (reader == nullptr) return Error(ErrorCode::Unavailable, "no reader of the record is free");
        auto ready = make_ready(*reader);
        if (!ready) {
            put_back(*reader);
            return ready.error();
        }
        reader->since = SteadyClock::now();
        return Loan(this, reader->connection.get());
    }

protected:
    void give_back(Connection* connection) noexcept override {
        Reader& reader = lent(connection);
        connection->rollback();
        warn_if_long(reader);
        put_back(reader);
    }

private:
    struct Reader {
        std::unique_ptr<Connection> connection;
        SteadyClock::time_point since;
        bool lent = false;
    };

    Reader* take(Duration wait) {
        std::unique_lock lock(mutex_);
        Reader* found = nullptr;
        auto look = [&] {
            for (Reader& reader : readers_) {
                if (!reader.lent) found = &reader;
            }
            return found != nullptr;
        };
        if (!freed_.wait_for(lock, std::chrono::milliseconds(wait.ms), look)) return nullptr;
        found->lent = true;
        return found;
    }
    Reader& lent(const Connection* connection) {
        const std::lock_guard lock(mutex_);
        for (Reader& reader : readers_) {
            if (reader.connection.get() == connection) return reader;
        }
        INVARIANT(false, "a loan goes back to its own pool");
    }
    void put_back(Reader& reader) {
        {
            const std::lock_guard lock(mutex_);
            reader.lent = false;
        }
        freed_.notify_one();
    }

    // A connection that was lost is opened again by whoever borrows next.
    Status make_ready(Reader& reader) {
        if (!reader.connection->alive()) {
            auto fresh = TRY(open(location_, Access::Reader));
            const std::lock_guard lock(mutex_);  // Others look for their own connection in the list.
            reader.connection = std::move(fresh);
        }
        return reader.connection->begin();
    }

    static void warn_if_long(const Reader& reader) {
        const auto held = SteadyClock::now() - reader.since;
        if (held <= kLoanMax) return;
        const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(held).count();
        log::warn("a reader's snapshot was held for too long", {{"ms", ms}});
    }

    Location location_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<Reader> readers_;
};

}  // namespace

Result<std::unique_ptr<Connection>> open(const Location& location, Access access) {
    if (location.engine() == Engine::Sqlite) return internal::open_sqlite(location.uri, access);
    return internal::open_postgres(location.uri, access);
}

Result<std::unique_ptr<ReaderPool>> open_readers(const Location& location, int count) {
    INVARIANT(count > 0, "a pool has readers");
    std::vector<std::unique_ptr<Connection>> connections;
    for (int i = 0; i < count; ++i) connections.push_back(TRY(open(location, Access::Reader)));
    return std::unique_ptr<ReaderPool>(std::make_unique<Pool>(location, std::move(connections)));
}

}  // namespace tilth::sql
