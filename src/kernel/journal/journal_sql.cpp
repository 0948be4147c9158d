// The journal as rows of the record, for PostgreSQL: one row per group, over connections of its own.
#include <mutex>
#include <optional>

#include "kernel/journal/group.h"
#include "kernel/journal/journal.h"
#include "kernel/journal/layout.h"
#include "platform/log/log.h"

namespace tilth::kernel {
namespace {

std::int64_t row(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::uint64_t from_row(std::int64_t number) { return static_cast<std::uint64_t>(number); }

std::string key_bound_to(std::uint64_t segment) { return "journal segment row " + std::to_string(segment); }
std::string group_bound_to(std::uint64_t segment, std::uint64_t first, std::uint64_t last) {
    return "journal group row " + std::to_string(segment) + " " + std::to_string(first) + " " + std::to_string(last);
}

class SqlStore final : public JournalStore {
public:
    SqlStore(sql::Location location, const crypto::Key& master, JournalOptions options)
        : location_(std::move(location)),
          master_(master.derive("journal segment keys")),
          options_(std::move(options)) {}

    Status open() {
        TRY(connect());
        TRY(begin_segment());
        reader_ = TRY(sql::open(location_, sql::Access::Reader));
        return ok();
    }

    Result<std::uint64_t> write(const std::vector<std::string_view>& entries) override {
        if (broken_) return Error(ErrorCode::StorageFailed, "the journal is broken");
        if (writer_ == nullptr) TRY(connect());
        const bool full = segment_bytes_ >= options_.segment_bytes_max ||
                          journal_clock_ms() - segment_since_ms_ >= options_.drop_age_ms;
        if (!has_key_ || (segment_bytes_ > 0 && full)) TRY(begin_segment());
        const auto joined = join_entries(entries);
        const auto first = last_ + 1;
        const auto last = last_ + entries.size();
        const auto sealed = crypto::seal(segment_key_, joined, group_bound_to(segment_, first, last));
        if (const auto written = insert(first, last, sealed); !written) TRY(settle(last, written.error()));
        last_ = last;
        segment_bytes_ += sealed.size();
        return first;
    }

    Status drop(std::uint64_t sequence) override {
        if (broken_) return Error(ErrorCode::StorageFailed, "the journal is broken");
        if (writer_ == nullptr) TRY(connect());
        // A segment in use that is applied whole is ended, so that its key goes with its rows.
        if (segment_bytes_ > 0 && last_ <= sequence) TRY(begin_segment());
        auto dropped = in_transaction([&]() -> Status {
            TRY(writer_->write("DELETE FROM journal_group WHERE tenant_id = ?1 AND last <= ?2",
                               {shard_, row(sequence)}));
            TRY(writer_->write(
                "DELETE FROM journal_segment WHERE tenant_id = ?1 AND segment < ?2 AND NOT EXISTS (SELECT 1 FROM "
                "journal_group g WHERE g.tenant_id = journal_segment.tenant_id AND g.segment = "
                "journal_segment.segment)",
                {shard_, row(segment_)}));
            return writer_->write("UPDATE journal_head SET dropped = ?2 WHERE tenant_id = ?1 AND dropped < ?2",
                                  {shard_, row(std::min(sequence, last_))});
        });
        if (!dropped) writer_ = nullptr;
        return dropped;
    }

    void idle() override {}
    void close() override {}
    std::uint64_t last() const override { return last_; }

    Result<std::vector<JournalEntry>> read(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) override {
        const std::lock_guard lock(reader_mutex_);
        if (reader_ == nullptr) reader_ = TRY(sql::open(location_, sql::Access::Reader));
        auto entries = read_groups(after, last, max_bytes);
        if (!entries && entries.error().code != ErrorCode::Corrupt && entries.error().code != ErrorCode::NotFound)
            reader_ = nullptr;
        return entries;
    }

private:
    struct Head {
        std::uint64_t last = 0;
        std::uint64_t segment = 0;
    };
    struct Group {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        std::uint64_t segment = 0;
        std::string bytes;
        std::string key;
    };

    // ---- writing (the journal's thread)

    Status connect() {
        writer_ = TRY(sql::open(location_, sql::Access::Writer));
        const auto head = read_head();
        if (!head) {
            writer_ = nullptr;
            return head.error();
        }
        if (opened_ && (head->last < last_ || head->segment != segment_)) {
            return broken("another process appends to this journal");
        }
        last_ = head->last;
        if (!opened_) segment_ = head->segment;
        opened_ = true;
        return ok();
    }

    Result<Head> read_head() {
        TRY(
            writer_->change("INSERT INTO journal_head (tenant_id, last, dropped, segment) VALUES (?1, 0, 0, 0) "
                            "ON CONFLICT (tenant_id) DO NOTHING",
                            {shard_}));
        const auto head =
            TRY(writer_->one("SELECT last, segment FROM journal_head WHERE tenant_id = ?1", {shard_},
                             [](const sql::Row& one) { return Head{from_row(one.i64(0)), from_row(one.i64(1))}; }));
        INVARIANT(head.has_value(), "the journal's head row has just been made");
        return *head;
    }

    template <class Fn>
    Status in_transaction(Fn&& fn) {
        TRY(writer_->begin());
        Status done = fn();
        if (done) done = writer_->commit();
        if (!done) writer_->rollback();
        return done;
    }

    // Each process begins a segment of its own; the number in the head tells a second writer from the first.
    Status begin_segment() {
        const auto next = segment_ + 1;
        const auto key = crypto::Key::random();
        const auto sealed = crypto::seal(master_, key.bytes(), key_bound_to(next));
        bool taken = false;
        const auto done = in_transaction([&]() -> Status {
            taken = TRY(writer_->change(
                "UPDATE journal_head SET segment = ?3 WHERE tenant_id = ?1 AND segment = ?2 AND last = ?4",
                {shard_, row(segment_), row(next), row(last_)}))
            == 1;
            if (!taken) return Error(ErrorCode::Conflict, "the journal's head has moved");
            return writer_->write("INSERT INTO journal_segment (tenant_id, segment, key) VALUES (?1, ?2, ?3)",
                                  {shard_, row(next), sql::Blob{sealed}});
        });
        if (!done && !taken && done.error().code == ErrorCode::Conflict)
            return broken("another process appends to this journal");
        if (!done) {
            // Whether it stands is unknown; the number is read again with the next connection.
            writer_ = nullptr;
            opened_ = has_key_ = false;
            return done;
        }
        segment_ = next;
        segment_key_ = key;
        has_key_ = true;
        segment_bytes_ = 0;
        segment_since_ms_ = journal_clock_ms();
        return ok();
    }

    Status insert(std::uint64_t first, std::uint64_t last, const std::string& sealed) {
        return in_transaction([&]() -> Status {
            const auto moved = TRY(
                writer_->change("UPDATE journal_head SET last = ?3 WHERE tenant_id = ?1 AND last = ?2 AND segment = ?4",
                                {shard_, row(first - 1), row(last), row(segment_)}));
            if (moved != 1) return broken("another process appends to this journal");
            return writer_->write(
                "INSERT INTO journal_group (tenant_id, first, last, segment, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                {shard_, row(first), row(last), row(segment_), sql::Blob{sealed}});
        });
    }

    // A group's commit failed: perhaps it stands nevertheless. The head knows.
    Status settle(std::uint64_t wanted, const Error& error) {
        if (broken_) return error;
        const auto before = last_;
        writer_ = nullptr;
        if (const auto again = connect(); !again) {
            log::warn("journal.outcome_unknown", {{"detail", error.detail}});
            return error;
        }
        if (last_ == wanted) return ok();
        if (last_ != before) return broken("the journal's head has moved");
        return error;
    }

    Status broken(const std::string& why) {
        broken_ = true;
        report_broken(options_, why);
        return Error(ErrorCode::StorageFailed, why);
    }

    // ---- reading (held: reader_mutex_)

    Result<std::vector<JournalEntry>> read_groups(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) {
        std::vector<JournalEntry> out;
        std::size_t bytes = 0;
        auto next = after + 1;
        while (next <= last && (out.empty() || bytes < max_bytes)) {
            if (decoded_.empty() || next < decoded_.front().sequence || next > decoded_.back().sequence)
                TRY(decode_group_of(next));
            for (auto i = static_cast<std::size_t>(next - decoded_.front().sequence);
                 i < decoded_.size() && next <= last; ++i) {
                if (!out.empty() && bytes + decoded_[i].bytes.size() > max_bytes) return out;
                bytes += decoded_[i].bytes.size();
                out.push_back(decoded_[i]);
                ++next;
            }
        }
        return out;
    }

    Status decode_group_of(std::uint64_t sequence) {
        const auto group = TRY(reader_->one(
            "SELECT g.first, g.last, g.segment, g.bytes, s.key FROM journal_group g JOIN journal_segment s "
            "ON s.tenant_id = g.tenant_id AND s.segment = g.segment "
            "WHERE g.tenant_id = ?1 AND g.first <= ?2 ORDER BY g.first DESC LIMIT 1",
            {shard_, row(sequence)}, [](const sql::Row& one) {
                return Group{from_row(one.i64(0)), from_row(one.i64(1)), from_row(one.i64(2)), std::string(one.bin(3)),
                             std::string(one.bin(4))};
            }));
        if (!group || group->last < sequence) return Error(ErrorCode::NotFound, "the journal's entry has been dropped");
        const auto where =
            "journal group " + std::to_string(group->first) + " of segment " + std::to_string(group->segment);
        const auto key = crypto::unseal(master_, group->key, key_bound_to(group->segment));
        if (!key || key->size() != crypto::kKeyBytes)
            return Error(ErrorCode::Corrupt, where + ": the key does not open");
        const auto joined = crypto::unseal(crypto::Key::from_bytes(*key), group->bytes,
                                           group_bound_to(group->segment, group->first, group->last));
        if (!joined) return Error(ErrorCode::Corrupt, where + ": does not open");
        auto entries = split_entries(*joined, group->first);
        if (!entries || entries->size() != group->last - group->first + 1)
            return Error(ErrorCode::Corrupt, where + ": is not whole");
        decoded_ = std::move(*entries);
        return ok();
    }

    const sql::Location location_;
    const crypto::Key master_;
    const JournalOptions options_;
    const TenantId shard_;  // zeros: the shard as a whole

    std::unique_ptr<sql::Connection> writer_;  // empty: lost, opened again at the next need
    std::uint64_t last_ = 0;
    std::uint64_t segment_ = 0;
    crypto::Key segment_key_;
    std::uint64_t segment_bytes_ = 0;
    std::int64_t segment_since_ms_ = 0;
    bool has_key_ = false;  // of segment_
    bool opened_ = false;
    bool broken_ = false;

    std::mutex reader_mutex_;
    std::unique_ptr<sql::Connection> reader_;
    std::vector<JournalEntry> decoded_;  // the group read last
};

}  // namespace

Result<std::unique_ptr<Journal>> open_journal_sql(const sql::Location& location, const crypto::Key& master,
                                                  JournalOptions options) {
    if (location.engine() != sql::Engine::Postgres)
        return Error(ErrorCode::Invalid, "the journal of a SQLite record is files");
    auto store = std::make_unique<SqlStore>(location, master, options);
    TRY(store->open());
    return make_journal(std::move(store), options);
}

}  // namespace tilth::kernel
