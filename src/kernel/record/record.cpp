#include "kernel/record/record.h"

#include <utility>

#include "kernel/record/doors.h"
#include "kernel/record/lease.h"
#include "kernel/record/upkeep.h"
#include "kernel/record/writer.h"

namespace tilth::kernel {

namespace {

class OpenRecord final : public Record, public Upkeep {
public:
    OpenRecord(sql::Location location, Clock& clock, std::unique_ptr<Writer> writer,
               std::unique_ptr<sql::ReaderPool> readers)
        : location_(std::move(location)), clock_(clock), writer_(std::move(writer)), readers_(std::move(readers)) {}

    ~OpenRecord() override {
        writer_->stop();
        // Readers close before the connection that writes: on SQLite 3.40 one connection alone may checkpoint.
        readers_.reset();
        writer_.reset();
    }

    void submit(Context context, UnitFn fn, std::function<void(Status)> done) override {
        writer_->submit(std::move(context), std::move(fn), std::move(done));
    }
    sql::ReaderPool& readers() override { return *readers_; }
    const sql::Location& location() const override { return location_; }
    Clock& clock() override { return clock_; }
    void drain() override { writer_->drain(); }
    void stop() override { writer_->stop(); }
    bool on_writer_thread() const override { return writer_->on_this_thread(); }
    void on_committed(std::function<void(const Committed&)> listener) override {
        writer_->on_committed(std::move(listener));
    }
    Status between_groups(std::function<Status(sql::Connection&)> fn) override {
        return writer_->between_groups(std::move(fn));
    }

private:
    sql::Location location_;
    Clock& clock_;
    std::unique_ptr<Writer> writer_;
    std::unique_ptr<sql::ReaderPool> readers_;
};

}  // namespace

Result<std::unique_ptr<Record>> open_record_through(const RecordOptions& options, Clock& clock,
                                                    std::span<const sql::Migration> migrations, const Doors& doors) {
    Lease lease = TRY(Lease::lock(options.location));
    auto connection = TRY(doors.writer(options.location));
    TRY(lease.lock_session(*connection));
    TRY(sql::migrate(*connection, migrations, clock.now()));
    TRY(lease.begin_epoch(*connection, options.owner, clock.now()));
    ShardState state;
    TRY(state.load(*connection));
    auto readers = TRY(doors.readers(options.location, options.readers));
    auto writer = std::make_unique<Writer>(std::move(connection), std::move(lease), std::move(state), clock);
    return std::unique_ptr<Record>(
        std::make_unique<OpenRecord>(options.location, clock, std::move(writer), std::move(readers)));
}

Result<std::unique_ptr<Record>> open_record_on(const RecordOptions& options, Clock& clock,
                                               std::span<const sql::Migration> migrations,
                                               const OpenWriter& open_writer) {
    return open_record_through(options, clock, migrations, {open_writer, sql::open_readers});
}

Result<std::unique_ptr<Record>> open_record(const RecordOptions& options, Clock& clock,
                                            std::span<const sql::Migration> migrations) {
    return open_record_on(options, clock, migrations,
                          [](const sql::Location& location) { return sql::open(location, sql::Access::Writer); });
}

}  // namespace tilth::kernel
