#include "kernel/journal/salvage.h"

#include <gtest/gtest.h>

#include <map>

#include "base/rng.h"
#include "kernel/journal/layout.h"
#include "platform/files/faulty.h"

namespace tilth::kernel {
namespace {

constexpr int kEntries = 40;

struct Frames {
    std::string path;
    std::vector<std::pair<std::uint64_t, Frame>> all;  // offset and frame, oldest first
};

class SalvageTest : public ::testing::Test {
protected:
    void SetUp() override {
        crypto::crypto_init();
        JournalOptions options;
        options.segment_bytes_max = 4'000;  // several segments
        options.mark_every_ms = 1'000'000;
        auto journal = MUST(open_journal(files_, "journal", key_, options));
        for (int i = 1; i <= kEntries; ++i) MUST(journal->append(body(i)));
    }
    static std::string body(int number) { return "batch " + std::to_string(number) + std::string(150, '.'); }

    std::vector<Frames> frames() {
        std::vector<Frames> found;
        for (const auto& name : MUST(files_.list("journal"))) {
            if (!name.ends_with(".seg")) continue;
            Frames one{"journal/" + name, {}};
            const auto file = MUST(files_.open(one.path, files::Open::Read));
            MUST(scan_frames(*file, kSegmentHeaderBytes, *sequence_of_name(name),
                             [&](std::uint64_t offset, const Frame& frame) { one.all.emplace_back(offset, frame); }));
            found.push_back(std::move(one));
        }
        return found;
    }
    void flip(const std::string& path, std::uint64_t offset) {
        const auto file = MUST(files_.open(path, files::Open::ReadWrite));
        std::string byte = MUST(file->read_at(offset, 1));
        byte[0] = static_cast<char>(byte[0] ^ 4);
        MUST(file->write_at(offset, byte));
    }
    // What comes back: number and bytes, and the order is that of the numbers.
    std::map<std::uint64_t, std::string> salvaged(std::uint64_t after, Salvage& report) {
        std::map<std::uint64_t, std::string> got;
        report = MUST(salvage_journal(files_, "journal", key_, after, [&](JournalEntry entry) -> Status {
            EXPECT_TRUE(got.empty() || got.rbegin()->first < entry.sequence);
            got.emplace(entry.sequence, std::move(entry.bytes));
            return ok();
        }));
        return got;
    }

    files::FaultyFiles files_;
    crypto::Key key_ = crypto::Key::from_bytes(std::string(crypto::kKeyBytes, 'k'));
};

TEST_F(SalvageTest, OfASoundJournalEverythingComesBack) {
    Salvage report;
    const auto got = salvaged(0, report);
    ASSERT_EQ(got.size(), static_cast<std::size_t>(kEntries));
    for (int i = 1; i <= kEntries; ++i) EXPECT_EQ(got.at(static_cast<std::uint64_t>(i)), body(i));
    EXPECT_EQ(report.acknowledged, static_cast<std::uint64_t>(kEntries));
    EXPECT_TRUE(report.damage.empty());
    EXPECT_EQ(salvaged(35, report).size(), 5u);
}

TEST_F(SalvageTest, OnlyTheDamagedGroupsAreGoneAndTheirPlaceIsNamed) {
    const auto segments = frames();
    ASSERT_GE(segments.size(), 3u);
    SeededRng rng(7);
    for (std::size_t s = 0; s < segments.size(); ++s) {
        for (std::size_t f = 0; f < segments[s].all.size(); f += 3) {
            const auto& [offset, frame] = segments[s].all[f];
            const std::uint64_t at = offset + rng.next() % frame_bytes(frame);
            flip(segments[s].path, at);
            Salvage report;
            const auto got = salvaged(0, report);
            EXPECT_EQ(got.size(), kEntries - frame.count) << "segment " << s << ", group " << f << ", byte " << at;
            EXPECT_FALSE(got.contains(frame.first));
            ASSERT_EQ(report.damage.size(), 1u);
            EXPECT_NE(report.damage.front().find("offset " + std::to_string(offset) + ":"), std::string::npos);
            flip(segments[s].path, at);  // and back
        }
    }
}

TEST_F(SalvageTest, ASegmentWithoutItsKeyIsNamedAndTheOthersComeBack) {
    const auto segments = frames();
    std::string key_path = segments[1].path;
    key_path.replace(key_path.size() - 3, 3, "key");
    MUST(files_.remove(key_path));
    Salvage report;
    const auto got = salvaged(0, report);
    EXPECT_EQ(got.size(), kEntries - segments[1].all.size());
    ASSERT_EQ(report.damage.size(), 1u);
    EXPECT_NE(report.damage.front().find("the key is missing"), std::string::npos);
}

}  // namespace
}  // namespace tilth::kernel
