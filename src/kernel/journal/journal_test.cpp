#include "kernel/journal/journal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/limits.h"
#include "kernel/journal/upkeep.h"
#include "platform/files/faulty.h"

namespace tilth::kernel {
namespace {

using files::FaultPlan;
using files::FaultyFiles;
using files::Open;
using files::Unsynced;

const crypto::Key& master() {
    static const crypto::Key key = [] {
        crypto::crypto_init();
        return crypto::Key::random();
    }();
    return key;
}

JournalOptions small(std::atomic<bool>* broken = nullptr) {
    JournalOptions options;
    options.segment_bytes_max = 2'000;
    options.drop_bytes_min = 0;
    options.mark_every_ms = 1'000'000;
    options.recent_bytes_max = 0;  // the reader sees the files, not the memory
    options.broken = [broken](std::string_view) {
        if (broken != nullptr) *broken = true;
    };
    return options;
}

std::string body(int number, std::size_t size = 120) {
    std::string out = "batch " + std::to_string(number) + " ";
    while (out.size() < size)
        out.push_back(static_cast<char>('a' + (out.size() + static_cast<std::size_t>(number)) % 26));
    return out;
}

// What was acknowledged, by sequence.
using Acked = std::map<std::uint64_t, std::string>;

// Appends a burst that shares a sync or two, and waits for every answer.
void append_burst(Journal& journal, int first, int count, Acked& acked) {
    std::mutex mutex;
    std::vector<std::future<void>> answers;
    for (int i = first; i < first + count; ++i) {
        auto promise = std::make_shared<std::promise<void>>();
        answers.push_back(promise->get_future());
        journal.append(body(i), [&, i, promise](Result<std::uint64_t> sequence) {
            if (sequence) {
                const std::lock_guard lock(mutex);
                EXPECT_TRUE(acked.emplace(*sequence, body(i)).second) << "a sequence is given twice";
            }
            promise->set_value();
        });
    }
    for (auto& answer : answers) answer.get();
}

std::vector<JournalEntry> read_all(Journal& journal, std::uint64_t after, std::size_t max_bytes = 700) {
    std::vector<JournalEntry> all;
    while (true) {
        auto some = journal.read(after, max_bytes, 0);
        EXPECT_TRUE(some) << some.error().detail;
        if (!some || some->empty()) return all;
        for (auto& entry : *some) {
            EXPECT_EQ(entry.sequence, after + 1) << "no gap, no repeat";
            after = entry.sequence;
            all.push_back(std::move(entry));
        }
    }
}

TEST(Journal, GivesBackWhatItTook) {
    FaultyFiles files;
    Acked acked;
    {
        auto journal = open_journal(files, "/j", master(), small());
        ASSERT_TRUE(journal) << journal.error().detail;
        EXPECT_EQ((*journal)->last(), 0u);
        EXPECT_TRUE((*journal)->read(0, 1'000, 0)->empty());
        append_burst(**journal, 0, 40, acked);
        EXPECT_EQ((*journal)->append("one alone").value(), 41u);
        EXPECT_EQ((*journal)->last(), 41u);
        EXPECT_EQ((*journal)->append("").value(), 42u);
        const auto all = read_all(**journal, 0);
        ASSERT_EQ(all.size(), 42u);
        for (const auto& [sequence, bytes] : acked) EXPECT_EQ(all[sequence - 1].bytes, bytes);
        EXPECT_EQ(read_all(**journal, 40)[0].bytes, "one alone");
        EXPECT_EQ((*journal)->read(3, 1, 0)->size(), 1u) << "at least one, however small the bound";
        EXPECT_EQ(read_all(**journal, 3, 1u << 20).size(), 39u);
    }
    auto again = open_journal(files, "/j", master(), small());
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ((*again)->last(), 42u);
    EXPECT_EQ(read_all(**again, 0).size(), 42u);
    EXPECT_EQ((*again)->append("on").value(), 43u);
}

TEST(Journal, AReaderWaitsForTheFirst) {
    FaultyFiles files;
    auto options = small();
    options.recent_bytes_max = 1u << 20;
    auto journal = *open_journal(files, "/j", master(), options);
    auto reading = std::async(std::launch::async, [&] { return journal->read(0, 1'000, 5'000); });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_TRUE(journal->append("x"));
    const auto got = reading.get();
    ASSERT_EQ(got->size(), 1u);
    EXPECT_EQ((*got)[0].bytes, "x");
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(journal->read(1, 1'000, 60)->empty());
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(55));
}

std::vector<std::string> names_in(FaultyFiles& files) { return files.list("/j").value(); }

TEST(Journal, NothingIsReadableOnTheDisk) {
    FaultyFiles files;
    auto journal = *open_journal(files, "/j", master(), small());
    EXPECT_TRUE(journal->append("a very personal value"));
    for (const auto& name : names_in(files)) {
        EXPECT_EQ(files.read_whole("/j/" + name, 1u << 20)->find("personal"), std::string::npos) << name;
    }
    const auto other = open_journal(files, "/j", crypto::Key::random(), small());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::Corrupt);
}

std::size_t count_files(FaultyFiles& files, std::string_view extension) {
    std::size_t count = 0;
    for (const auto& name : names_in(files)) count += name.ends_with(extension) ? 1 : 0;
    return count;
}

TEST(Journal, AppliedSegmentsAreDestroyedWithTheirKeys) {
    FaultyFiles files;
    Acked acked;
    auto journal = *open_journal(files, "/j", master(), small());
    for (int i = 0; i < 60; ++i) append_burst(*journal, i, 1, acked);
    const auto before = count_files(files, ".seg");
    EXPECT_GT(before, 3u);
    EXPECT_EQ(count_files(files, ".key"), before);
    ASSERT_TRUE(journal->drop_up_to(30));
    EXPECT_LT(count_files(files, ".seg"), before);
    EXPECT_EQ(count_files(files, ".key"), count_files(files, ".seg"));
    EXPECT_EQ(journal->read(0, 1'000, 0).error().code, ErrorCode::NotFound);
    EXPECT_EQ(read_all(*journal, 30).size(), 30u);
    ASSERT_TRUE(journal->drop_up_to(60));
    EXPECT_EQ(count_files(files, ".seg"), 1u);
    EXPECT_EQ(count_files(files, ".key"), 1u);
    EXPECT_TRUE(read_all(*journal, 60).empty());
    ASSERT_TRUE(journal->drop_up_to(60));
    EXPECT_EQ(count_files(files, ".seg"), 1u) << "an empty segment is not ended again";
    journal.reset();
    auto again = open_journal(files, "/j", master(), small());
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ((*again)->append("x").value(), 61u) << "numbers go on after everything was dropped";
}

TEST(Journal, AcknowledgingStaysWithinABoundOfReading) {
    FaultyFiles disk;
    auto options = small();
    options.ahead_bytes_max = 1'000;
    auto journal = MUST(open_journal(disk, "/journal", master(), options));
    int taken = 0;
    while (taken < 100 && journal->append(body(taken + 1))) ++taken;
    EXPECT_EQ(taken, 8);
    const auto refused = journal->append(body(0));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(MUST(journal->read(0, 1'000'000, 0)).size(), 8u);
    EXPECT_FALSE(journal->append(body(0))) << "read, but nobody has asked for what follows";
    EXPECT_TRUE(MUST(journal->read(8, 1'000'000, 0)).empty());
    EXPECT_EQ(MUST(journal->append(body(9))), 9u);
}

TEST(Journal, APinKeepsWhatIsApplied) {
    FaultyFiles disk;
    auto journal = MUST(open_journal(disk, "/journal", master(), small()));
    for (int i = 1; i <= 60; ++i) MUST(journal->append(body(i)));
    upkeep_of(*journal).pin(20);
    ASSERT_TRUE(journal->drop_up_to(60));
    const auto kept = MUST(journal->read(20, 1'000'000, 0));
    ASSERT_EQ(kept.size(), 40u);
    EXPECT_EQ(kept.front().bytes, body(21));
    upkeep_of(*journal).unpin();
    ASSERT_TRUE(journal->drop_up_to(60));
    EXPECT_FALSE(journal->read(20, 1'000'000, 0));
}

TEST(Journal, ARestoredOneGoesOnBehindItsRecord) {
    FaultyFiles disk;
    ASSERT_TRUE(begin_journal_at(disk, "/journal", master(), 4'001));
    EXPECT_FALSE(begin_journal_at(disk, "/journal", master(), 4'001));
    {
        auto journal = MUST(open_journal(disk, "/journal", master(), small()));
        EXPECT_EQ(journal->last(), 4'000u);
        EXPECT_EQ(MUST(journal->append(body(1))), 4'001u);
    }
    auto journal = MUST(open_journal(disk, "/journal", master(), small()));
    EXPECT_EQ(MUST(journal->read(4'000, 1'000'000, 0)).front().bytes, body(1));
}

TEST(Journal, TheQueueAndEntriesAreBounded) {
    FaultyFiles files;
    auto journal = *open_journal(files, "/j", master(), small());
    EXPECT_EQ(journal->append(std::string(kJournalEntryBytesMax + 1, 'x')).error().code, ErrorCode::PayloadTooLarge);
    std::promise<void> hold;
    auto held = hold.get_future().share();
    std::promise<void> holding;
    journal->append("x", [&](Result<std::uint64_t>) {
        holding.set_value();
        held.wait();  // The journal's thread stands still: what comes now waits.
    });
    holding.get_future().wait();
    std::atomic<int> good{0};
    std::atomic<int> refused{0};
    for (std::size_t i = 0; i < limits::kJournalQueueBytesMax / (4u << 20) + 3; ++i) {
        journal->append(std::string(4u << 20, 'x'), [&](Result<std::uint64_t> sequence) {
            if (sequence) {
                ++good;
            } else if (sequence.error().code == ErrorCode::Unavailable) {
                ++refused;
            }
        });
    }
    EXPECT_EQ(refused, 3);
    hold.set_value();
    journal.reset();  // Ends after everything that waits.
    EXPECT_EQ(good, static_cast<int>(limits::kJournalQueueBytesMax / (4u << 20)));
}

TEST(Journal, AFullDiskRefusesAndTheJournalGoesOn) {
    FaultyFiles files;
    std::atomic<bool> broken{false};
    auto journal = *open_journal(files, "/j", master(), small(&broken));
    Acked acked;
    append_burst(*journal, 0, 10, acked);
    FaultPlan plan;
    plan.capacity_bytes = 3'500;
    files.plan(plan);
    int refused = 0;
    for (int i = 10; i < 60; ++i) {
        const auto sequence = journal->append(body(i));
        if (sequence) {
            acked[*sequence] = body(i);
        } else {
            EXPECT_EQ(sequence.error().code, ErrorCode::StorageFull);
            ++refused;
        }
    }
    EXPECT_GT(refused, 20);
    files.plan({});
    append_burst(*journal, 100, 10, acked);
    EXPECT_FALSE(broken);
    EXPECT_EQ(read_all(*journal, 0).size(), acked.size());
    journal.reset();
    auto again = open_journal(files, "/j", master(), small());
    ASSERT_TRUE(again) << again.error().detail;
    const auto all = read_all(**again, 0);
    ASSERT_EQ(all.size(), acked.size());
    for (const auto& entry : all) EXPECT_EQ(entry.bytes, acked[entry.sequence]);
}

// after a failed sync nothing is acknowledged any more.
TEST(Journal, AFailedSyncBreaksIt) {
    for (int call = 0; call < 12; ++call) {
        FaultyFiles files;
        std::atomic<bool> broken{false};
        auto journal = *open_journal(files, "/j", master(), small(&broken));
        FaultPlan plan;
        plan.fail_at_call = files.calls() + call;
        files.plan(plan);
        Acked acked;
        bool seen = false;
        for (int i = 0; i < 10; ++i) {
            const auto sequence = journal->append(body(i));
            seen = seen || broken;
            if (seen) {
                EXPECT_FALSE(sequence) << "call " << call;
            } else if (sequence) {
                acked[*sequence] = body(i);
            }
        }
        EXPECT_EQ(seen, call % 2 == 1) << "writes and syncs take turns; a failed write alone is cut";
        journal.reset();
        files.plan({});
        files.power_loss(Unsynced::Lose);
        auto again = open_journal(files, "/j", master(), small());
        ASSERT_TRUE(again) << again.error().detail;
        EXPECT_EQ(read_all(**again, 0).size(), acked.size());
    }
}

struct Life {
    Acked acked;
    std::uint64_t dropped = 0;
    int sent = 0;
};

// A life of the journal: bursts, segments rolling, drops. Ends early when the power goes.
void live(FaultyFiles& files, Life& run, const JournalOptions& options) {
    auto opened = open_journal(files, "/j", master(), options);
    if (!opened) return;
    auto& journal = **opened;
    for (int round = 0; round < 9; ++round) {
        append_burst(journal, run.sent, 1 + round % 4 * 2, run.acked);
        run.sent += 1 + round % 4 * 2;
        if (round % 3 != 2 || run.acked.empty()) continue;
        const auto upto = run.acked.rbegin()->first - (round == 8 ? 0 : 3);
        run.dropped = std::max(run.dropped, upto);  // A drop that fails may have been done.
        (void)journal.drop_up_to(upto);
    }
}

void check_after_crash(FaultyFiles& files, const Life& run, const std::string& where) {
    auto opened = open_journal(files, "/j", master(), small());
    ASSERT_TRUE(opened) << where << ": " << opened.error().detail;
    auto& journal = **opened;
    const auto all = read_all(journal, run.dropped < journal.last() ? run.dropped : journal.last());
    std::map<std::uint64_t, std::string> found;
    std::set<std::string> bodies;
    for (const auto& entry : all) {
        found[entry.sequence] = entry.bytes;
        EXPECT_TRUE(bodies.insert(entry.bytes).second) << where << ": an entry stands twice";
    }
    for (const auto& [sequence, bytes] : run.acked) {
        EXPECT_LE(sequence, journal.last()) << where;
        if (sequence <= run.dropped) continue;
        EXPECT_EQ(found[sequence], bytes) << where << ": an acknowledged entry is lost or changed, " << sequence;
    }
    // Those in flight stand behind, in the order in which they were sent.
    int before = -1;
    for (const auto& [sequence, bytes] : found) {
        if (bytes == "after") continue;  // of an earlier check
        const int number = std::atoi(bytes.c_str() + 6);
        EXPECT_GT(number, before) << where;
        EXPECT_EQ(bytes, body(number)) << where;
        before = number;
    }
    const auto next = journal.append("after");
    ASSERT_TRUE(next) << where;
    EXPECT_EQ(read_all(journal, *next - 1).back().bytes, "after") << where;
}

// the power goes at every state-changing call; what was not synced is lost, kept or torn.
TEST(JournalPowerLoss, AtEveryCall) {
    for (const auto fate : {Unsynced::Lose, Unsynced::Keep, Unsynced::Tear}) {
        for (const bool marks : {false, true}) {
            std::int64_t n = 0;
            for (bool whole = false; !whole && n < 2'000; ++n) {
                FaultyFiles files;
                FaultPlan plan;
                plan.fail_at_call = n;
                plan.power_off = true;
                plan.tear_seed = static_cast<std::uint64_t>(n) * 3 + 1;
                files.plan(plan);
                auto options = small();
                if (marks) options.mark_every_ms = 0;
                Life run;
                live(files, run, options);
                whole = files.calls() <= n;
                FaultPlan none;
                none.tear_seed = plan.tear_seed;
                files.plan(none);
                files.power_loss(fate);
                check_after_crash(files, run,
                                  "fate " + std::to_string(static_cast<int>(fate)) + " call " + std::to_string(n));
                if (::testing::Test::HasFailure()) return;
                // And once more: the repaired journal is as good as one that never fell.
                files.power_loss(fate);
                check_after_crash(files, run, "second time, call " + std::to_string(n));
                if (::testing::Test::HasFailure()) return;
            }
            EXPECT_GT(n, 50);
        }
    }
}

// The power goes again while the journal recovers.
TEST(JournalPowerLoss, WhileOpening) {
    for (std::int64_t n = 20; n < 120; n += 7) {
        for (std::int64_t m = 0; m < 12; ++m) {
            FaultyFiles files;
            FaultPlan plan;
            plan.fail_at_call = n;
            plan.power_off = true;
            plan.tear_seed = static_cast<std::uint64_t>(n * 31 + m);
            files.plan(plan);
            Life run;
            live(files, run, small());
            files.power_loss(Unsynced::Tear);
            plan.fail_at_call = files.calls() + m;
            files.plan(plan);
            { const auto half = open_journal(files, "/j", master(), small()); }
            FaultPlan none;
            none.tear_seed = plan.tear_seed;
            files.plan(none);
            files.power_loss(Unsynced::Tear);
            check_after_crash(files, run, "call " + std::to_string(n) + " then " + std::to_string(m));
            if (::testing::Test::HasFailure()) return;
        }
    }
}

struct Stored {
    std::map<std::string, std::string> content;
    explicit Stored(FaultyFiles& files) {
        for (const auto& name : names_in(files)) content[name] = *files.read_whole("/j/" + name, 1u << 20);
    }
    void restore(FaultyFiles& files, const std::string& name, std::string_view bytes) const {
        auto file = *files.open("/j/" + name, Open::Create);
        EXPECT_TRUE(file->truncate(0));
        EXPECT_TRUE(file->write_at(0, bytes));
    }
    void copy_to(FaultyFiles& files) const {
        EXPECT_TRUE(files.make_directories("/j"));
        for (const auto& [name, bytes] : content) restore(files, name, bytes);
    }
};

bool opens(FaultyFiles& files, std::string* detail = nullptr) {
    const auto journal = open_journal(files, "/j", master(), small());
    if (!journal) {
        EXPECT_EQ(journal.error().code, ErrorCode::Corrupt) << journal.error().detail;
        if (detail != nullptr) *detail = journal.error().detail;
    }
    return journal.has_value();
}

// everything stands below the mark after an orderly end, so any damage to a segment or key is refused.
TEST(JournalDamage, IsNeverAcceptedSilently) {
    FaultyFiles first;
    Acked acked;
    {
        auto journal = *open_journal(first, "/j", master(), small());
        for (int i = 0; i < 20; ++i) append_burst(*journal, i, 1, acked);
    }
    const Stored stored(first);
    ASSERT_GT(stored.content.size(), 4u);
    for (const auto& [name, bytes] : stored.content) {
        if (name == "mark") continue;
        for (std::size_t at = 0; at < bytes.size(); at += 5) {
            FaultyFiles files;
            stored.copy_to(files);
            std::string damaged = bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
            stored.restore(files, name, damaged);
            std::string detail;
            EXPECT_FALSE(opens(files, &detail)) << name << " flipped at " << at;
            EXPECT_NE(detail.find("journal segment 0"), std::string::npos) << detail;
            EXPECT_NE(detail.find("offset"), std::string::npos) << detail;
            stored.restore(files, name, bytes.substr(0, at));
            EXPECT_FALSE(opens(files)) << name << " cut at " << at;
        }
        FaultyFiles files;
        stored.copy_to(files);
        EXPECT_TRUE(files.remove("/j/" + name));
        EXPECT_FALSE(opens(files)) << name << " removed";
    }
    FaultyFiles files;
    stored.copy_to(files);
    EXPECT_TRUE(opens(files));
    EXPECT_TRUE(files.remove("/j/mark"));
    EXPECT_FALSE(opens(files)) << "the mark removed";
}

// Behind the mark only the last group can be torn: damage with a sound group behind it is damage.
TEST(JournalDamage, BehindTheMark) {
    FaultyFiles first;
    Acked acked;
    auto journal = *open_journal(first, "/j", master(), small());
    for (int i = 0; i < 5; ++i) append_burst(*journal, i, 1, acked);
    const Stored stored(first);
    const std::string name = "00000000000000000001.seg";
    const auto& bytes = stored.content.at(name);
    const std::size_t last_group = bytes.size() - (bytes.size() - 24) / 5;
    for (std::size_t at = 24; at < bytes.size(); at += 3) {
        FaultyFiles files;
        stored.copy_to(files);
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
        stored.restore(files, name, damaged);
        auto opened = open_journal(files, "/j", master(), small());
        EXPECT_EQ(opened.has_value(), at >= last_group) << at;
        if (opened) { EXPECT_EQ((*opened)->last(), 4u); }
    }
}

// Damage that happens while the journal is open is found by the reader.
TEST(JournalDamage, WhileRunning) {
    FaultyFiles files;
    auto journal = *open_journal(files, "/j", master(), small());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(journal->append(body(i)));
    {
        auto file = *files.open("/j/00000000000000000001.seg", Open::ReadWrite);
        EXPECT_TRUE(file->write_at(300, "XXXX"));
    }
    const auto read = journal->read(0, 1u << 20, 0);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
    EXPECT_NE(read.error().detail.find("00000000000000000001"), std::string::npos);
}

TEST(Journal, ManyThreadsAppendWhileOneReadsAndDrops) {
    FaultyFiles files;
    auto options = small();
    options.recent_bytes_max = 3'000;
    options.mark_every_ms = 0;
    auto journal = *open_journal(files, "/j", master(), options);
    constexpr int kThreads = 8;
    constexpr int kEach = 300;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) EXPECT_TRUE(journal->append(body(t * kEach + i)));
        });
    }
    std::set<std::string> seen;
    std::uint64_t after = 0;
    while (after < kThreads * kEach) {
        const auto some = journal->read(after, 900, 1'000);
        ASSERT_TRUE(some) << some.error().detail;
        for (const auto& entry : *some) {
            EXPECT_EQ(entry.sequence, ++after);
            EXPECT_TRUE(seen.insert(entry.bytes).second);
        }
        if (after % 5 == 0) { EXPECT_TRUE(journal->drop_up_to(after)); }
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kThreads * kEach));
}

// Figures for the log; the assertion only says that groups form.
TEST(Journal, GroupThroughputOnThisDisk) {
    std::string path = (std::filesystem::temp_directory_path() / "tilth-journal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    for (const std::size_t size : {std::size_t{700}, std::size_t{66'000}}) {
        auto journal = *open_journal(files::real_files(), path + "/" + std::to_string(size), master());
        const int most = size < 1'000 ? 1'024 : 64;
        std::atomic<int> in_flight{0};
        std::atomic<std::uint64_t> done{0};
        const auto start = std::chrono::steady_clock::now();
        const auto elapsed = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        };
        while (elapsed() < 1.0) {
            if (in_flight >= most) {
                std::this_thread::sleep_for(std::chrono::microseconds(50));
                continue;
            }
            ++in_flight;
            journal->append(body(1, size), [&](Result<std::uint64_t> sequence) {
                if (sequence) ++done;
                --in_flight;
            });
        }
        const auto seconds = elapsed();
        int alone = 0;
        const auto alone_start = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - alone_start < std::chrono::milliseconds(300)) {
            ASSERT_TRUE(journal->append(body(2, size)));
            ++alone;
        }
        std::printf("journal: %zu-byte batches, %d in flight: %.0f/s, %.0f MB/s; one at a time: %.0f/s\n", size, most,
                    static_cast<double>(done) / seconds, static_cast<double>(done * size) / seconds / 1e6, alone / 0.3);
        EXPECT_GT(static_cast<double>(done) / seconds, alone / 0.3);
    }
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

}  // namespace
}  // namespace tilth::kernel
