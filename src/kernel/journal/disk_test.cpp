// The journal on a disk that fills up and on one that damages its end, at the counts of the gate.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>

#include "base/rng.h"
#include "kernel/journal/journal.h"
#include "kernel/journal/layout.h"
#include "platform/files/faulty.h"

namespace tilth::kernel {
namespace {

using files::FaultPlan;
using files::FaultyFiles;
using files::Open;
using files::Unsynced;

constexpr int kFaultPoints = 50;
constexpr int kEntries = 60;
const std::string kSegment = "00000000000000000001.seg";

const crypto::Key& master() {
    static const crypto::Key key = [] {
        crypto::crypto_init();
        return crypto::Key::random();
    }();
    return key;
}

JournalOptions options(std::uint64_t segment_bytes, std::atomic<bool>* broken = nullptr) {
    JournalOptions out;
    out.segment_bytes_max = segment_bytes;
    out.drop_bytes_min = 0;
    out.mark_every_ms = 1'000'000;
    out.recent_bytes_max = 0;  // The reader sees the files, not the memory.
    out.broken = [broken](std::string_view) {
        if (broken != nullptr) *broken = true;
    };
    return out;
}

std::string body(int number) { return "batch " + std::to_string(number) + std::string(150, '.'); }

using Acked = std::map<std::uint64_t, std::string>;

Acked all_of(Journal& journal) {
    Acked all;
    for (std::uint64_t after = 0;;) {
        auto some = journal.read(after, 4'000, 0);
        EXPECT_TRUE(some) << some.error().detail;
        if (!some || some->empty()) return all;
        for (auto& entry : *some) all.emplace(after = entry.sequence, std::move(entry.bytes));
    }
}

std::uint64_t used(FaultyFiles& files) {
    FaultPlan plan;
    plan.capacity_bytes = 1ull << 40;
    files.plan(plan);
    const std::uint64_t free = *files.free_bytes("/j");
    files.plan({});
    return plan.capacity_bytes - free;
}

// Appends until `to`; yields how many were refused for want of room.
int append(Journal& journal, int from, int to, Acked& acked) {
    int refused = 0;
    for (int i = from; i < to; ++i) {
        const auto sequence = journal.append(body(i));
        if (sequence) {
            EXPECT_TRUE(acked.emplace(*sequence, body(i)).second) << "a sequence is given twice";
        } else {
            EXPECT_EQ(sequence.error().code, ErrorCode::StorageFull) << sequence.error().detail;
            ++refused;
        }
    }
    return refused;
}

TEST(JournalDisk, FullAtAnyPointRefusesReadsAndGoesOn) {
    std::uint64_t empty = 0;
    std::uint64_t whole = 0;
    {
        FaultyFiles files;
        Acked acked;
        auto journal = *open_journal(files, "/j", master(), options(2'000));
        empty = used(files);
        append(*journal, 0, kEntries, acked);
        whole = used(files);
    }
    for (int point = 0; point < kFaultPoints; ++point) {
        SCOPED_TRACE("point " + std::to_string(point));
        FaultyFiles files;
        std::atomic<bool> broken{false};
        Acked acked;
        auto journal = *open_journal(files, "/j", master(), options(2'000, &broken));
        FaultPlan plan;
        plan.capacity_bytes = empty + (whole - empty) * static_cast<std::uint64_t>(point) / kFaultPoints;
        files.plan(plan);
        EXPECT_GT(append(*journal, 0, kEntries, acked), 0);
        EXPECT_EQ(all_of(*journal), acked) << "what was acknowledged is read while the disk is full";
        files.plan({});
        EXPECT_EQ(append(*journal, kEntries, kEntries + 10, acked), 0) << "room again: it goes on without a restart";
        EXPECT_FALSE(broken);
        EXPECT_EQ(all_of(*journal), acked);
        journal.reset();
        files.power_loss(Unsynced::Lose);
        auto again = open_journal(files, "/j", master(), options(2'000));
        ASSERT_TRUE(again) << again.error().detail;
        EXPECT_EQ(all_of(**again), acked);
    }
}

// One call alone finds no room: a write is refused; a sync that says so has lost bytes and breaks the journal.
TEST(JournalDisk, NoRoomAtOneCall) {
    int refusals = 0;
    int breaks = 0;
    for (int call = 0; call < kFaultPoints; ++call) {
        SCOPED_TRACE("call " + std::to_string(call));
        FaultyFiles files;
        std::atomic<bool> broken{false};
        Acked acked;
        auto journal = *open_journal(files, "/j", master(), options(2'000, &broken));
        FaultPlan plan;
        plan.fail_at_call = files.calls() + call;
        plan.failure = ErrorCode::StorageFull;
        files.plan(plan);
        for (int i = 0; i < kEntries; ++i) {
            const bool was_broken = broken;
            const auto sequence = journal->append(body(i));
            EXPECT_FALSE(was_broken && sequence) << "nothing is acknowledged after a failed sync";
            if (sequence) acked.emplace(*sequence, body(i));
        }
        if (broken) ++breaks;
        else if (static_cast<int>(acked.size()) < kEntries) ++refusals;
        journal.reset();
        files.plan({});
        files.power_loss(Unsynced::Lose);
        auto again = open_journal(files, "/j", master(), options(2'000));
        ASSERT_TRUE(again) << again.error().detail;
        EXPECT_EQ(all_of(**again), acked);
    }
    EXPECT_GT(refusals, 10);
    EXPECT_GT(breaks, 10);
}

// A journal's files as they stand while it runs; its mark vouches for the first half.
struct Disk {
    std::map<std::string, std::string> content;
    std::vector<std::size_t> ends;  // of the segment after the n-th entry

    const std::string& segment() const { return content.at(kSegment); }
    void place(FaultyFiles& files, const std::string& segment) const {
        EXPECT_TRUE(files.make_directories("/j"));
        for (const auto& [name, bytes] : content) {
            auto file = *files.open("/j/" + name, Open::Create);
            EXPECT_TRUE(file->append(name == kSegment ? segment : bytes));
        }
    }
    std::uint64_t entries_within(std::size_t bytes) const {
        return static_cast<std::uint64_t>(std::upper_bound(ends.begin(), ends.end(), bytes) - ends.begin());
    }
};

constexpr std::uint64_t kMarked = kEntries / 2;

Disk running_disk() {
    Disk out;
    FaultyFiles files;
    auto journal = *open_journal(files, "/j", master(), options(1u << 20));
    Acked acked;
    for (int i = 0; i < kEntries; ++i) {
        append(*journal, i, i + 1, acked);
        out.ends.push_back(files.read_whole("/j/" + kSegment, 1u << 20)->size());
    }
    const auto names = *files.list("/j");
    for (const auto& name : names) out.content[name] = *files.read_whole("/j/" + name, 1u << 20);
    out.content["mark"] = encode_mark({.turn = 1'000, .last = kMarked, .dropped = 0});
    out.content["mark"].resize(2 * kMarkSlotBytes);
    return out;
}

// Opens with exactly the first `expected` entries, or is refused, naming segment and offset, when that is nothing.
void expect(const Disk& disk, const std::string& damaged, std::optional<std::uint64_t> expected) {
    FaultyFiles files;
    disk.place(files, damaged);
    auto opened = open_journal(files, "/j", master(), options(1u << 20));
    ASSERT_EQ(opened.has_value(), expected.has_value());
    if (!opened) {
        EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
        EXPECT_NE(opened.error().detail.find("offset"), std::string::npos) << opened.error().detail;
        return;
    }
    const Acked all = all_of(**opened);
    ASSERT_EQ(all.size(), *expected);
    for (const auto& [sequence, bytes] : all) EXPECT_EQ(bytes, body(static_cast<int>(sequence) - 1));
}

// A cut above the mark leaves the whole groups before it; one below the mark is refused.
TEST(JournalTail, CutAtEachOfTheLastOffsets) {
    constexpr std::size_t kLastOffsets = 4'096;
    const Disk disk = running_disk();
    const std::size_t size = disk.segment().size();
    ASSERT_GT(size, kLastOffsets + kSegmentHeaderBytes);
    int refused = 0;
    for (std::size_t at = size - kLastOffsets; at < size; at += 7) {
        SCOPED_TRACE("cut at " + std::to_string(at));
        const std::uint64_t left = disk.entries_within(at);
        const bool below = left < kMarked;
        expect(disk, disk.segment().substr(0, at), below ? std::nullopt : std::optional(left));
        if (below) ++refused;
        if (HasFailure()) return;
    }
    for (std::size_t entry = 0; entry < kMarked; ++entry) {  // At the exact edge of a group only the mark tells.
        const std::uint64_t left = entry + 1;
        expect(disk, disk.segment().substr(0, disk.ends[entry]),
               left < kMarked ? std::nullopt : std::optional(left));
        if (left < kMarked) ++refused;
    }
    EXPECT_GT(refused, 20);
}

// A flipped bit anywhere is refused, but for the last group: that one may be what a crash tore off, and is cut.
TEST(JournalTail, FiveHundredFlippedBits) {
    constexpr int kFlips = 500;
    const Disk disk = running_disk();
    const std::size_t size = disk.segment().size();
    const std::size_t last_group = disk.ends[kEntries - 2];
    SeededRng rng(20'260'311);
    int cut = 0;
    for (int flip = 0; flip < kFlips; ++flip) {
        const std::size_t from = flip % 2 == 0 ? disk.ends[kEntries - 3] : 0;  // every other one in the last two
        const std::size_t at = from + rng.below(size - from);
        SCOPED_TRACE("flipped at " + std::to_string(at));
        std::string damaged = disk.segment();
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << rng.below(8)));
        const bool torn = at >= last_group;
        expect(disk, damaged, torn ? std::optional<std::uint64_t>(kEntries - 1) : std::nullopt);
        if (torn) ++cut;
        if (HasFailure()) return;
    }
    EXPECT_GT(cut, 50);
}

}  // namespace
}  // namespace tilth::kernel
