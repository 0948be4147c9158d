#include "kernel/journal/salvage.h"

#include <algorithm>

#include "kernel/journal/group.h"
#include "kernel/journal/layout.h"

namespace tilth::kernel {

namespace {

struct Reader {
    files::FileSystem& files;
    const std::string& directory;
    crypto::Key wrapping;
    std::uint64_t after;
    const OnEntry& entry;
    Salvage found;

    void note(std::uint64_t segment, std::uint64_t offset, std::string_view why) {
        found.damage.push_back("journal segment " + segment_name(segment) + " at offset " + std::to_string(offset) +
                               ": " + std::string(why));
    }

    Result<std::optional<crypto::Key>> key_of(std::uint64_t segment) {
        const std::string path = directory + "/" + segment_name(segment) + ".key";
        const std::optional<crypto::Key> none;
        if (!TRY(files.exists(path))) return note(segment, 0, "the key is missing"), none;
        const auto key =
            crypto::unseal(wrapping, TRY(files.read_whole(path, 4'096)), "journal segment " + segment_name(segment));
        if (!key || key->size() != crypto::kKeyBytes) return note(segment, 0, "the key does not open"), none;
        return std::optional(crypto::Key::from_bytes(*key));
    }

    // The entries of a sound frame; false when it does not open.
    Result<bool> take(std::uint64_t segment, const crypto::Key& key, const Frame& frame) {
        const auto joined = crypto::unseal(key, frame.payload, frame_bound_to(segment, frame.first, frame.count));
        if (!joined) return false;
        auto entries = split_entries(*joined, frame.first);
        if (!entries || entries->size() != frame.count) return false;
        found.acknowledged = std::max(found.acknowledged, frame.first + frame.count - 1);
        for (JournalEntry& one : *entries) {
            if (one.sequence > after) TRY(entry(std::move(one)));
        }
        return true;
    }

    Status segment(std::uint64_t first) {
        const auto key = TRY(key_of(first));
        if (!key) return ok();
        const auto file = TRY(files.open(directory + "/" + segment_name(first) + ".seg", files::Open::Read));
        const std::uint64_t size = TRY(file->size());
        std::uint64_t next = first;
        bool lost = false;  // within a run of bytes that are no sound frame
        for (std::uint64_t offset = kSegmentHeaderBytes; offset < size;) {
            const auto frame = TRY(read_frame(*file, offset, size));
            const bool sound = frame && frame->first >= next && TRY(take(first, *key, *frame));
            if (!sound) {
                if (!lost) note(first, offset, "no sound group");
                lost = true;
                offset = TRY(find_sound(*file, offset + 1, size, next - 1)).value_or(size);
                continue;
            }
            lost = false;
            next = frame->first + frame->count;
            offset += frame_bytes(*frame);
        }
        return ok();
    }
};

}  // namespace

Result<Salvage> salvage_journal(files::FileSystem& files, const std::string& directory, const crypto::Key& master,
                                std::uint64_t after, const OnEntry& entry) {
    Reader reader{files, directory, master.derive("journal segment keys"), after, entry, {}};
    if (!TRY(files.exists(directory))) return std::move(reader.found);
    if (TRY(files.exists(directory + "/mark"))) {
        const auto mark = decode_marks(TRY(files.read_whole(directory + "/mark", 2 * kMarkSlotBytes)));
        if (mark) reader.found.acknowledged = mark->last;
        else reader.found.damage.push_back("the journal's high-water mark");
    }
    std::vector<std::uint64_t> segments;
    for (const auto& name : TRY(files.list(directory))) {
        const auto first = sequence_of_name(name);
        if (first && name.ends_with(".seg")) segments.push_back(*first);
    }
    std::sort(segments.begin(), segments.end());
    for (const std::uint64_t first : segments) TRY(reader.segment(first));
    return std::move(reader.found);
}

}  // namespace tilth::kernel
