// The journal as files. On the journal's thread: write, drop, idle, close. Readers open files of their own.
#include "kernel/journal/journal.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "kernel/journal/group.h"
#include "kernel/journal/layout.h"
#include "kernel/journal/upkeep.h"
#include "platform/log/log.h"

namespace tilth::kernel {
namespace {

constexpr std::uint64_t kIndexEveryBytes = 256u << 10;
constexpr std::uint64_t kKeyFileBytesMax = 4'096;

struct Segment {
    std::uint64_t first = 0;
    std::uint64_t next = 0;   // the sequence behind its last entry
    std::uint64_t bytes = 0;  // of what is sound and synced
    crypto::Key key;
    std::int64_t since_ms = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> index;  // (first sequence, offset) of some frames

    void note(std::uint64_t sequence, std::uint64_t offset) {
        if (index.empty() || offset >= index.back().second + kIndexEveryBytes) index.emplace_back(sequence, offset);
    }
};
using SegmentPtr = std::shared_ptr<Segment>;

Error corrupt(std::uint64_t segment, std::uint64_t offset, std::string_view why) {
    return Error(ErrorCode::Corrupt, "journal segment " + segment_name(segment) + " at offset " +
                                         std::to_string(offset) + ": " + std::string(why));
}

class FileStore final : public JournalStore {
public:
    FileStore(files::FileSystem& files, std::string directory, const crypto::Key& master, JournalOptions options)
        : files_(files),
          directory_(std::move(directory)),
          master_(master.derive("journal segment keys")),
          options_(std::move(options)) {}

    Status open() {
        TRY(files_.make_directories(directory_));
        const auto found = TRY(list_segments());
        TRY(read_mark(!found.segments.empty()));
        TRY(load(found));
        TRY(check_against_mark());
        if (segments_.empty()) TRY(begin_segment(1));
        TRY(open_active());
        TRY(files_.sync_directory(directory_));
        mark_.last = std::max(mark_.last, last());
        return write_mark();
    }

    // An empty journal that goes on behind `next` - 1, as if all before it had been applied and destroyed.
    Status begin_at(std::uint64_t next) {
        TRY(files_.make_directories(directory_));
        if (!TRY(files_.list(directory_)).empty()) return Error(ErrorCode::Conflict, "a journal stands there already");
        mark_.last = mark_.dropped = next - 1;
        TRY(read_mark(false));
        return begin_segment(next);
    }

    Result<std::uint64_t> write(const std::vector<std::string_view>& entries) override {
        if (broken_) return Error(ErrorCode::StorageFailed, "the journal is broken");
        Frame frame;
        frame.first = active_->next;
        frame.count = static_cast<std::uint32_t>(entries.size());
        const auto joined = join_entries(entries);
        if (active_->next > active_->first && active_->bytes + joined.size() > options_.segment_bytes_max) {
            TRY(roll());
        }
        frame.payload = crypto::seal(active_->key, joined, frame_bound_to(active_->first, frame.first, frame.count));
        TRY(write_frame(frame));
        return frame.first;
    }

    Status drop(std::uint64_t sequence) override {
        if (broken_) return Error(ErrorCode::StorageFailed, "the journal is broken");
        const bool whole = active_->next > active_->first && active_->next - 1 <= sequence;
        const bool worth =
            active_->bytes >= options_.drop_bytes_min || journal_clock_ms() - active_->since_ms >= options_.drop_age_ms;
        if (whole && worth) {
            // A full disk must not keep the older segments from being freed.
            if (const auto rolled = roll(); !rolled)
                log::warn("journal.not_rolled", {{"detail", rolled.error().detail}});
        }
        if (broken_) return Error(ErrorCode::StorageFailed, "the journal is broken");
        std::vector<SegmentPtr> applied;
        for (const auto& [first, segment] : segments_) {
            if (segment != active_ && segment->next - 1 <= sequence) applied.push_back(segment);
        }
        if (applied.empty()) return ok();
        // First the mark, so that what is missing afterwards is known to have been destroyed.
        mark_.dropped = std::max(mark_.dropped, applied.back()->next - 1);
        mark_.last = last();
        TRY(write_mark());
        for (const auto& segment : applied) {
            {
                const std::lock_guard lock(mutex_);
                segments_.erase(segment->first);
            }
            TRY(destroy(segment->first));
        }
        return files_.sync_directory(directory_);
    }

    void idle() override {
        if (broken_ || mark_.last == last()) return;
        mark_.last = last();
        if (const auto written = write_mark(); !written)
            log::warn("journal.mark_failed", {{"detail", written.error().detail}});
    }
    void close() override { idle(); }
    std::uint64_t last() const override { return active_->next - 1; }

    Result<std::vector<JournalEntry>> read(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) override {
        const std::lock_guard reading(reader_mutex_);
        std::vector<JournalEntry> out;
        std::size_t bytes = 0;
        std::uint64_t next = after + 1;
        while (next <= last && (out.empty() || bytes < max_bytes)) {
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

private:
    struct Found {
        std::vector<std::uint64_t> segments;
        std::vector<std::uint64_t> keys;
    };

    std::string path_of(std::uint64_t first, std::string_view extension) const {
        return directory_ + "/" + segment_name(first) + std::string(extension);
    }
    std::string mark_path() const { return directory_ + "/mark"; }

    // ---- opening

    Result<Found> list_segments() {
        Found found;
        for (const auto& name : TRY(files_.list(directory_))) {
            const auto first = sequence_of_name(name);
            if (name.ends_with(".new")) {
                TRY(files_.remove(directory_ + "/" + name));
            } else if (first && name.ends_with(".seg")) {
                found.segments.push_back(*first);
            } else if (first && name.ends_with(".key")) {
                found.keys.push_back(*first);
            }
        }
        return found;
    }

    Status read_mark(bool segments_exist) {
        if (TRY(files_.exists(mark_path()))) {
            const auto mark = decode_marks(TRY(files_.read_whole(mark_path(), 2 * kMarkSlotBytes)));
            if (!mark) return Error(ErrorCode::Corrupt, "the journal's high-water mark is damaged");
            mark_ = *mark;
        } else {
            if (segments_exist) return Error(ErrorCode::Corrupt, "the journal's high-water mark is missing");
            std::string file = encode_mark(mark_);
            file.resize(2 * kMarkSlotBytes, '\0');
            TRY(files_.write_whole(mark_path(), file));
        }
        mark_file_ = TRY(files_.open(mark_path(), files::Open::ReadWrite));
        return ok();
    }

    Status load(const Found& found) {
        auto starts = found.segments;
        // A segment whose header was not synced has never held anything acknowledged.
        if (!starts.empty() && !TRY(has_header(starts.back()))) {
            const auto size = TRY(TRY(files_.open(path_of(starts.back(), ".seg"), files::Open::Read))->size());
            if (mark_.last >= starts.back() || size > kSegmentHeaderBytes)
                return corrupt(starts.back(), 0, "no segment header");
            TRY(destroy(starts.back()));
            starts.pop_back();
        }
        for (const auto key : found.keys) {
            if (!std::binary_search(starts.begin(), starts.end(), key)) TRY(files_.remove(path_of(key, ".key")));
        }
        for (std::size_t i = 0; i < starts.size(); ++i) {
            const bool last = i + 1 == starts.size();
            if (!last && starts[i + 1] - 1 <= mark_.dropped) {
                TRY(destroy(starts[i]));  // Its destruction had begun.
                continue;
            }
            TRY(load_segment(starts[i], last));
            if (!last && segments_.rbegin()->second->next != starts[i + 1]) {
                return corrupt(starts[i], segments_.rbegin()->second->bytes,
                               "entries are missing before the next segment");
            }
        }
        return ok();
    }

    Result<bool> has_header(std::uint64_t first) {
        auto file = TRY(files_.open(path_of(first, ".seg"), files::Open::Read));
        return is_segment_header(TRY(file->read_at(0, kSegmentHeaderBytes)), first);
    }

    Status load_segment(std::uint64_t first, bool last) {
        auto segment = std::make_shared<Segment>();
        segment->first = first;
        segment->since_ms = journal_clock_ms();
        if (!TRY(has_header(first))) return corrupt(first, 0, "no segment header");
        auto sealed_key = files_.read_whole(path_of(first, ".key"), kKeyFileBytesMax);
        if (!sealed_key) return corrupt(first, 0, "the key is missing: " + sealed_key.error().detail);
        const auto key = crypto::unseal(master_, *sealed_key, "journal segment " + segment_name(first));
        if (!key || key->size() != crypto::kKeyBytes) return corrupt(first, 0, "the key does not open");
        segment->key = crypto::Key::from_bytes(*key);
        auto file = TRY(files_.open(path_of(first, ".seg"), files::Open::ReadWrite));
        const auto scan =
            TRY(scan_frames(*file, kSegmentHeaderBytes, first,
                            [&](std::uint64_t offset, const Frame& frame) { segment->note(frame.first, offset); }));
        segment->bytes = scan.end;
        segment->next = scan.next;
        if (scan.more) {
            if (!last || scan.sound_after) return corrupt(first, scan.end, "damage inside acknowledged data");
            if (scan.next <= mark_.last) return corrupt(first, scan.end, "damage below the high-water mark");
            log::info("journal.torn_end_cut", {{"segment", segment_name(first)}, {"offset", scan.end}});
            TRY(file->truncate(scan.end));
        }
        if (last) TRY(make_durable(*file, *segment));
        segments_[first] = std::move(segment);
        return ok();
    }

    // What is read from here on must not be lost again, but what stands above the mark may never have been synced, or
    // its sync may have failed: then only bytes that are written anew reach the disk.
    Status make_durable(files::File& file, const Segment& segment) {
        auto offset = static_cast<std::uint64_t>(kSegmentHeaderBytes);
        for (const auto& [sequence, at] : segment.index) {
            if (sequence <= mark_.last + 1) offset = at;
        }
        constexpr std::size_t kPieceBytes = 4u << 20;
        while (offset < segment.bytes) {
            const auto piece = TRY(file.read_at(offset, std::min<std::uint64_t>(kPieceBytes, segment.bytes - offset)));
            TRY(file.write_at(offset, piece));
            offset += piece.size();
        }
        return file.sync();
    }

    Status check_against_mark() const {
        if (segments_.empty()) {
            if (mark_.last != 0) return Error(ErrorCode::Corrupt, "the journal's segments are missing");
            return ok();
        }
        const auto& oldest = segments_.begin()->second;
        const auto& newest = segments_.rbegin()->second;
        if (oldest->first > mark_.dropped + 1)
            return corrupt(oldest->first, 0, "entries before this segment are missing");
        if (newest->next <= mark_.last)
            return corrupt(newest->first, newest->bytes, "acknowledged entries are missing at the end");
        return ok();
    }

    Status open_active() {
        active_ = segments_.rbegin()->second;
        file_ = TRY(files_.open(path_of(active_->first, ".seg"), files::Open::ReadWrite));
        return ok();
    }

    // ---- writing

    // The key stands before the segment, the segment before anything in it.
    Status begin_segment(std::uint64_t first) {
        auto segment = std::make_shared<Segment>();
        segment->first = segment->next = first;
        segment->bytes = kSegmentHeaderBytes;
        segment->key = crypto::Key::random();
        segment->since_ms = journal_clock_ms();
        TRY(files_.write_whole(path_of(first, ".key"),
                               crypto::seal(master_, segment->key.bytes(), "journal segment " + segment_name(first))));
        auto file = TRY(files_.open(path_of(first, ".seg"), files::Open::Create));
        TRY(file->truncate(0));
        TRY(file->write_at(0, segment_header(first)));
        TRY(sync(*file));
        TRY(files_.sync_directory(directory_));
        const std::lock_guard lock(mutex_);
        segments_[first] = std::move(segment);
        return ok();
    }

    Status roll() {
        if (cut_) TRY(sync(*file_));  // A torn end may only stand in the last segment.
        cut_ = false;
        const auto first = active_->next;
        if (const auto begun = begin_segment(first); !begun) {
            if (broken_) return begun;
            // It must not come back after a crash: the old segment may go on meanwhile.
            auto removed = files_.remove(path_of(first, ".seg"));
            if (removed) removed = files_.sync_directory(directory_);
            if (!removed) return broken("a segment that was not begun cannot be removed: " + removed.error().detail);
            return begun;
        }
        return open_active();
    }

    Status write_frame(const Frame& frame) {
        const auto bytes = encode_frame(frame);
        if (auto written = file_->write_at(active_->bytes, bytes); !written) {
            // Nothing of it was acknowledged; the place must be clean for the next group.
            if (const auto cut = file_->truncate(active_->bytes); !cut)
                return broken("a failed write cannot be cut: " + cut.error().detail);
            cut_ = true;
            return written;
        }
        TRY(sync(*file_));
        cut_ = false;
        const std::lock_guard lock(mutex_);
        active_->note(frame.first, active_->bytes);
        active_->bytes += bytes.size();
        active_->next += frame.count;
        return ok();
    }

    Status write_mark() {
        ++mark_.turn;
        TRY(mark_file_->write_at((mark_.turn % 2) * kMarkSlotBytes, encode_mark(mark_)));
        return sync(*mark_file_);
    }

    // After a failed sync the kernel may have thrown the pages away; a second one would lie.
    Status sync(files::File& file) {
        auto synced = file.sync();
        if (!synced) return broken("a sync failed: " + synced.error().detail);
        return synced;
    }
    Status broken(const std::string& why) {
        broken_ = true;
        report_broken(options_, why);
        return Error(ErrorCode::StorageFailed, why);
    }

    // The key first, overwritten: what is left of the segment is noise then.
    Status destroy(std::uint64_t first) {
        const auto key_path = path_of(first, ".key");
        if (TRY(files_.exists(key_path))) {
            auto key_file = TRY(files_.open(key_path, files::Open::ReadWrite));
            TRY(key_file->write_at(0, std::string(TRY(key_file->size()), '\0')));
            if (const auto synced = key_file->sync(); !synced) log::warn("journal.key_overwrite_unsynced");
            TRY(files_.remove(key_path));
        }
        return files_.remove(path_of(first, ".seg"));
    }

    // ---- reading

    struct Place {
        SegmentPtr segment;
        std::uint64_t sequence = 0;
        std::uint64_t offset = 0;
        std::uint64_t end = 0;
    };

    // Held: reader_mutex_. Where the group that holds `sequence`, or one before it, begins.
    Result<Place> find(std::uint64_t sequence) {
        const std::lock_guard lock(mutex_);
        auto segment = segments_.upper_bound(sequence);
        if (segment == segments_.begin()) return Error(ErrorCode::NotFound, "the journal's entry has been dropped");
        --segment;
        const auto& index = segment->second->index;
        auto frame = std::upper_bound(index.begin(), index.end(), sequence,
                                      [](std::uint64_t wanted, const auto& one) { return wanted < one.first; });
        INVARIANT(frame != index.begin(), "the first frame of a segment is in its index");
        --frame;
        Place place{segment->second, frame->first, frame->second, segment->second->bytes};
        const bool follows = reader_segment_ == place.segment->first && !decoded_.empty() &&
                             decoded_.back().sequence < sequence && decoded_.back().sequence >= place.sequence;
        if (follows) {
            place.sequence = decoded_.back().sequence + 1;
            place.offset = decoded_end_;
        }
        return place;
    }

    // Held: reader_mutex_. Fills decoded_ with the group that holds `sequence`.
    Status decode_group_of(std::uint64_t sequence) {
        if (!decoded_.empty() && decoded_.front().sequence <= sequence && sequence <= decoded_.back().sequence)
            return ok();
        auto place = TRY(find(sequence));
        const auto first = place.segment->first;
        if (reader_segment_ != first || reader_file_ == nullptr) {
            reader_file_ = TRY(files_.open(path_of(first, ".seg"), files::Open::Read));
            reader_segment_ = first;
        }
        decoded_.clear();
        while (true) {
            const auto frame = TRY(read_frame(*reader_file_, place.offset, place.end));
            if (!frame || frame->first != place.sequence)
                return corrupt(first, place.offset, "a group fails its checks");
            const auto begin = place.offset;
            place.offset += frame_bytes(*frame);
            place.sequence += frame->count;
            if (sequence >= place.sequence) continue;
            const auto joined =
                crypto::unseal(place.segment->key, frame->payload, frame_bound_to(first, frame->first, frame->count));
            if (!joined) return corrupt(first, begin, "a group does not open");
            auto entries = split_entries(*joined, frame->first);
            if (!entries || entries->size() != frame->count) return corrupt(first, begin, "a group is not whole");
            decoded_ = std::move(*entries);
            decoded_end_ = place.offset;
            return ok();
        }
    }

    files::FileSystem& files_;
    const std::string directory_;
    const crypto::Key master_;
    const JournalOptions options_;

    std::mutex mutex_;                              // segments_ and what is in them, between writer and readers
    std::map<std::uint64_t, SegmentPtr> segments_;  // by first sequence
    SegmentPtr active_;
    std::unique_ptr<files::File> file_;  // of the active segment
    std::unique_ptr<files::File> mark_file_;
    Mark mark_;
    bool cut_ = false;  // a failed write was cut and that is not synced yet
    bool broken_ = false;

    std::mutex reader_mutex_;
    std::unique_ptr<files::File> reader_file_;
    std::uint64_t reader_segment_ = 0;
    std::vector<JournalEntry> decoded_;  // the group read last
    std::uint64_t decoded_end_ = 0;
};

}  // namespace

Status begin_journal_at(files::FileSystem& files, const std::string& directory, const crypto::Key& master,
                        std::uint64_t next) {
    return FileStore(files, directory, master, {}).begin_at(next);
}

Result<std::unique_ptr<Journal>> open_journal(files::FileSystem& files, const std::string& directory,
                                              const crypto::Key& master, JournalOptions options) {
    auto store = std::make_unique<FileStore>(files, directory, master, options);
    TRY(store->open());
    return make_journal(std::move(store), options);
}

}  // namespace tilth::kernel
