#include "platform/files/faulty.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace tilth::files {
namespace {

constexpr const char* kPath = "/data/log";

template <class T>
ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

class Faulty : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(fs_.make_directories("/data")); }
    std::string content(const std::string& path = kPath) { return MUST(fs_.read_whole(path, 1 << 20)); }
    std::unique_ptr<File> durable_file(std::string_view bytes) {
        auto file = MUST(fs_.open(kPath, Open::Create));
        MUST(file->append(bytes));
        MUST(file->sync());
        MUST(fs_.sync_directory("/data"));
        return file;
    }
    FaultyFiles fs_;
};

TEST_F(Faulty, LoseForgetsWhatWasNotSynced) {
    auto file = durable_file("one");
    EXPECT_TRUE(file->append("two"));
    EXPECT_TRUE(file->write_at(0, "X"));
    fs_.power_loss(Unsynced::Lose);
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(code_of(file->append("x")), ErrorCode::StorageFailed) << "handles die with the machine";
    EXPECT_EQ(code_of(file->size()), ErrorCode::StorageFailed);
}

TEST_F(Faulty, KeepKeepsAll) {
    auto file = durable_file("one");
    EXPECT_TRUE(file->append("two"));
    EXPECT_TRUE(MUST(fs_.open("/data/other", Open::Create))->append("x"));
    fs_.power_loss(Unsynced::Keep);
    EXPECT_EQ(content(), "onetwo");
    EXPECT_EQ(content("/data/other"), "x");
}

TEST_F(Faulty, TearCutsWithinTheUnsyncedPartOnly) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        FaultyFiles fs;
        fs.plan({.tear_seed = seed});
        MUST(fs.make_directories("/data"));
        auto file = MUST(fs.open(kPath, Open::Create));
        MUST(file->append("ab"));
        MUST(file->sync());
        MUST(fs.sync_directory("/data"));
        MUST(file->append("cd"));
        MUST(file->append("ef"));
        fs.power_loss(Unsynced::Tear);
        seen.insert(MUST(fs.read_whole(kPath, 100)));
    }
    const std::string zero(1, '\0');
    EXPECT_EQ(seen, (std::set<std::string>{"ab", "abc", "abcd", "abcde", "abcdef", "ab" + zero + zero, "abc" + zero,
                                           "abcd" + zero + zero, "abcde" + zero}));
}

TEST_F(Faulty, TheSameSeedTearsTheSameWay) {
    const auto once = [](std::uint64_t seed) {
        FaultyFiles fs;
        fs.plan({.tear_seed = seed});
        MUST(fs.make_directories("/data"));
        auto file = MUST(fs.open(kPath, Open::Create));
        MUST(fs.sync_directory("/data"));
        MUST(file->append(std::string(1000, 'x')));
        fs.power_loss(Unsynced::Tear);
        return MUST(fs.read_whole(kPath, 2000)).size();
    };
    std::set<std::size_t> lengths;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        EXPECT_EQ(once(seed), once(seed));
        lengths.insert(once(seed));
    }
    EXPECT_GT(lengths.size(), 5u);
}

TEST_F(Faulty, ANewNameNeedsASyncOfItsDirectory) {
    auto file = MUST(fs_.open(kPath, Open::Create));
    EXPECT_TRUE(file->append("one"));
    EXPECT_TRUE(file->sync());
    fs_.power_loss(Unsynced::Lose);
    EXPECT_FALSE(MUST(fs_.exists(kPath)));
}

TEST_F(Faulty, ARemovedNameComesBackUntilTheDirectoryIsSynced) {
    durable_file("one");
    EXPECT_TRUE(fs_.remove(kPath));
    fs_.power_loss(Unsynced::Lose);
    EXPECT_EQ(content(), "one");
    EXPECT_TRUE(fs_.remove(kPath));
    EXPECT_TRUE(fs_.sync_directory("/data"));
    fs_.power_loss(Unsynced::Lose);
    EXPECT_FALSE(MUST(fs_.exists(kPath)));
}

TEST_F(Faulty, RenameIsDurableOnReturnButNotTheContent) {
    auto file = MUST(fs_.open("/data/a", Open::Create));
    EXPECT_TRUE(file->append("not synced"));
    EXPECT_TRUE(fs_.rename("/data/a", kPath));
    fs_.power_loss(Unsynced::Lose);
    EXPECT_EQ(content(), "");
    EXPECT_FALSE(MUST(fs_.exists("/data/a")));
}

TEST_F(Faulty, OneCallFailsAndDoesNothing) {
    auto file = durable_file("one");
    fs_.plan({.fail_at_call = fs_.calls(), .failure = ErrorCode::StorageFull});
    EXPECT_EQ(code_of(file->append("two")), ErrorCode::StorageFull);
    EXPECT_EQ(content(), "one");
    EXPECT_TRUE(file->append("two"));
    EXPECT_EQ(content(), "onetwo");
}

TEST_F(Faulty, AFailedSyncLosesTheBytesThoughTheNextOneAnswersWell) {
    auto file = durable_file("one");
    EXPECT_TRUE(file->append("two"));
    fs_.plan({.fail_at_call = fs_.calls()});
    EXPECT_EQ(code_of(file->sync()), ErrorCode::StorageFailed);
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(content(), "onetwo") << "still readable while the machine runs";
    fs_.power_loss(Unsynced::Lose);
    EXPECT_EQ(content(), "one");
}

TEST_F(Faulty, AfterPowerOffEveryCallFailsUntilTheMachineIsUp) {
    auto file = durable_file("one");
    fs_.plan({.fail_at_call = fs_.calls(), .power_off = true});
    EXPECT_EQ(code_of(file->append("two")), ErrorCode::StorageFailed);
    EXPECT_FALSE(file->sync());
    EXPECT_FALSE(file->size());
    EXPECT_FALSE(fs_.exists(kPath));
    EXPECT_FALSE(fs_.open(kPath, Open::Read));
    EXPECT_FALSE(fs_.make_directories("/x"));
    fs_.power_loss(Unsynced::Keep);
    EXPECT_EQ(content(), "onetwo") << "the write was under way and may have reached the disk";
}

TEST_F(Faulty, ASyncUnderWayAtPowerOffMayHaveSavedNothing) {
    auto file = durable_file("one");
    EXPECT_TRUE(file->append("two"));
    fs_.plan({.fail_at_call = fs_.calls(), .power_off = true});
    EXPECT_FALSE(file->sync());
    fs_.power_loss(Unsynced::Lose);
    EXPECT_EQ(content(), "one");
}

TEST_F(Faulty, TheDiskFillsUp) {
    fs_.plan({.capacity_bytes = 10});
    auto file = MUST(fs_.open(kPath, Open::Create));
    EXPECT_TRUE(file->append("12345678"));
    EXPECT_EQ(MUST(fs_.free_bytes("/data")), 2u);
    EXPECT_EQ(code_of(file->append("abc")), ErrorCode::StorageFull);
    EXPECT_EQ(content(), "12345678");
    EXPECT_TRUE(file->write_at(0, "abc")) << "replacing needs no room";
    EXPECT_TRUE(file->truncate(4));
    EXPECT_TRUE(file->append("123456"));
    EXPECT_TRUE(fs_.remove(kPath));
    EXPECT_EQ(MUST(fs_.free_bytes("/data")), 10u);
}

// What write_whole promises, at every call that can fail and for every fate of the unsynced bytes.
TEST_F(Faulty, WriteWholeLeavesTheOldOrTheNewAtEveryPowerLoss) {
    const std::string before = "the old content";
    const std::string after = "the new content, which is longer";
    int runs = 0;
    for (const Unsynced fate : {Unsynced::Lose, Unsynced::Keep, Unsynced::Tear}) {
        for (std::int64_t step = 0;; ++step) {
            FaultyFiles fs;
            MUST(fs.make_directories("/data"));
            MUST(fs.write_whole(kPath, before));
            fs.plan({.fail_at_call = fs.calls() + step, .power_off = true, .tear_seed = 7 + std::uint64_t(step)});
            const bool acknowledged = fs.write_whole(kPath, after).has_value();
            fs.power_loss(fate);
            const std::string found = MUST(fs.read_whole(kPath, 1000));
            EXPECT_TRUE(found == before || found == after) << found << " at call " << step;
            if (acknowledged) {
                EXPECT_EQ(found, after);
                break;
            }
            ++runs;
        }
    }
    EXPECT_EQ(runs, 3 * 5) << "create, truncate, append, sync, rename";
}

}  // namespace
}  // namespace tilth::files
