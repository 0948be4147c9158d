// One suite for both file systems: what holds on a disk must hold in the memory that pretends to be one.

#include "platform/files/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "platform/files/faulty.h"

namespace tilth::files {
namespace {

enum class Which : std::uint8_t { Real, Faulty };

std::string new_folder() {
    std::string pattern = testing::TempDir() + "tilth_files_XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    return pattern;
}

class Files : public testing::TestWithParam<Which> {
protected:
    void SetUp() override {
        if (GetParam() == Which::Real) {
            made_ = new_folder();
            root_ = made_ + "/data";
        } else {
            faulty_ = std::make_unique<FaultyFiles>();
        }
        ASSERT_TRUE(fs().make_directories(root_));
    }
    void TearDown() override {
        if (!made_.empty()) std::filesystem::remove_all(made_);
    }
    FileSystem& fs() { return faulty_ ? static_cast<FileSystem&>(*faulty_) : real_files(); }
    std::string at(const std::string& name) const { return root_ + "/" + name; }
    std::unique_ptr<File> create(const std::string& name) { return MUST(fs().open(at(name), Open::Create)); }
    std::string content(const std::string& name) { return MUST(fs().read_whole(at(name), 1 << 20)); }

    std::string root_ = "/data";

private:
    std::string made_;
    std::unique_ptr<FaultyFiles> faulty_;
};

template <class T>
ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

TEST_P(Files, AppendsWritesReadsAndTruncates) {
    auto file = create("a");
    EXPECT_EQ(MUST(file->size()), 0u);
    EXPECT_TRUE(file->append("hello "));
    EXPECT_TRUE(file->append("world"));
    EXPECT_TRUE(file->write_at(0, "J"));
    EXPECT_EQ(MUST(file->read_at(0, 100)), "Jello world");
    EXPECT_EQ(MUST(file->read_at(6, 3)), "wor");
    EXPECT_EQ(MUST(file->read_at(11, 3)), "");
    EXPECT_EQ(MUST(file->read_at(1000, 3)), "");
    EXPECT_TRUE(file->truncate(5));
    EXPECT_TRUE(file->append("!"));
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(content("a"), "Jello!");
    EXPECT_EQ(MUST(file->size()), 6u);
}

TEST_P(Files, WritingPastTheEndLeavesZeros) {
    auto file = create("a");
    EXPECT_TRUE(file->write_at(3, "x"));
    EXPECT_EQ(content("a"), std::string("\0\0\0x", 4));
    EXPECT_TRUE(file->truncate(6));
    EXPECT_EQ(content("a"), std::string("\0\0\0x\0\0", 6));
}

TEST_P(Files, CreateKeepsWhatIsThere) {
    EXPECT_TRUE(create("a")->append("one"));
    EXPECT_TRUE(create("a")->append("two"));
    EXPECT_EQ(content("a"), "onetwo");
}

TEST_P(Files, AHandleOpenedForReadingDoesNotWrite) {
    EXPECT_TRUE(create("a")->append("one"));
    auto file = MUST(fs().open(at("a"), Open::Read));
    EXPECT_EQ(code_of(file->append("two")), ErrorCode::StorageFailed);
    EXPECT_EQ(content("a"), "one");
}

TEST_P(Files, WhatIsAbsentIsNotFound) {
    EXPECT_EQ(code_of(fs().open(at("no"), Open::Read)), ErrorCode::NotFound);
    EXPECT_EQ(code_of(fs().open(at("no"), Open::ReadWrite)), ErrorCode::NotFound);
    EXPECT_EQ(code_of(fs().open(at("no/file"), Open::Create)), ErrorCode::NotFound);
    EXPECT_EQ(code_of(fs().list(at("no"))), ErrorCode::NotFound);
    EXPECT_EQ(code_of(fs().rename(at("no"), at("b"))), ErrorCode::NotFound);
    EXPECT_EQ(code_of(fs().sync_directory(at("no"))), ErrorCode::NotFound);
    EXPECT_EQ(code_of(fs().read_whole(at("no"), 10)), ErrorCode::NotFound);
    EXPECT_FALSE(MUST(fs().exists(at("no"))));
    EXPECT_TRUE(fs().remove(at("no")));
}

TEST_P(Files, ListsNamesInOrder) {
    for (const char* name : {"b", "a", "c"}) create(name);
    EXPECT_TRUE(fs().make_directories(at("d/e/")));
    EXPECT_TRUE(MUST(fs().exists(at("d/e"))));
    EXPECT_TRUE(fs().make_directories(at("d/e")));
    EXPECT_EQ(MUST(fs().list(root_)), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(MUST(fs().list(root_ + "/")), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(MUST(fs().list(at("d"))), (std::vector<std::string>{"e"}));
}

TEST_P(Files, RenameReplacesAndRemoveRemoves) {
    EXPECT_TRUE(create("a")->append("new"));
    EXPECT_TRUE(create("b")->append("old"));
    EXPECT_TRUE(fs().rename(at("a"), at("b")));
    EXPECT_EQ(content("b"), "new");
    EXPECT_FALSE(MUST(fs().exists(at("a"))));
    EXPECT_TRUE(fs().remove(at("b")));
    EXPECT_FALSE(MUST(fs().exists(at("b"))));
    EXPECT_TRUE(fs().sync_directory(root_));
}

TEST_P(Files, ARemovedFileLivesOnInItsHandles) {
    auto file = create("a");
    EXPECT_TRUE(file->append("still"));
    EXPECT_TRUE(fs().remove(at("a")));
    EXPECT_TRUE(file->append(" here"));
    EXPECT_EQ(MUST(file->read_at(0, 100)), "still here");
}

TEST_P(Files, DirectoriesAreNoFiles) {
    EXPECT_TRUE(fs().make_directories(at("d")));
    EXPECT_EQ(code_of(fs().remove(at("d"))), ErrorCode::StorageFailed);
    EXPECT_TRUE(create("a")->append("x"));
    EXPECT_EQ(code_of(fs().make_directories(at("a"))), ErrorCode::StorageFailed);
}

TEST_P(Files, WriteWholeReplacesAndLeavesNothingBeside) {
    EXPECT_TRUE(fs().write_whole(at("a"), "a longer first content"));
    EXPECT_TRUE(create("a.new")->append("left behind by a crash, and longer than what comes"));
    EXPECT_TRUE(fs().write_whole(at("a"), "second"));
    EXPECT_EQ(content("a"), "second");
    EXPECT_EQ(MUST(fs().list(root_)), (std::vector<std::string>{"a"}));
}

TEST_P(Files, ReadWholeKeepsItsLimit) {
    EXPECT_TRUE(fs().write_whole(at("a"), "12345"));
    EXPECT_EQ(MUST(fs().read_whole(at("a"), 5)), "12345");
    EXPECT_EQ(code_of(fs().read_whole(at("a"), 4)), ErrorCode::LimitExceeded);
}

TEST_P(Files, SaysHowMuchIsFree) { EXPECT_GT(MUST(fs().free_bytes(root_)), 0u); }

INSTANTIATE_TEST_SUITE_P(Both, Files, testing::Values(Which::Real, Which::Faulty),
                         [](const auto& instance) { return instance.param == Which::Real ? "Real" : "Faulty"; });

TEST(RealFiles, AreForTheOwnerOnly) {
    const std::string folder = new_folder();
    ASSERT_TRUE(real_files().make_directories(folder + "/a/b"));
    ASSERT_TRUE(real_files().write_whole(folder + "/a/b/file", "x"));
    struct stat status {};
    ASSERT_EQ(::stat((folder + "/a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0700u);
    ASSERT_EQ(::stat((folder + "/a/b/file").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
    std::filesystem::remove_all(folder);
}

TEST(LockFile, IsHeldByOneAndNamesItsHolder) {
    const std::string folder = new_folder();
    const std::string path = folder + "/lock";
    auto held = lock_file(path);
    ASSERT_TRUE(held);
    const auto second = lock_file(path);
    ASSERT_EQ(code_of(second), ErrorCode::Conflict);
    EXPECT_NE(second.error().detail.find("process " + std::to_string(::getpid())), std::string::npos)
        << second.error().detail;
    held->reset();
    EXPECT_TRUE(lock_file(path));
    EXPECT_EQ(code_of(lock_file(folder + "/no/lock")), ErrorCode::NotFound);
    std::filesystem::remove_all(folder);
}

// The kernel frees the lock of a process that was killed; nothing is left to clean up.
TEST(LockFile, IsFreeAfterItsHolderWasKilled) {
    const std::string folder = new_folder();
    const std::string path = folder + "/lock";
    int ready[2] = {-1, -1};
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto held = lock_file(path);
        const char word = held ? 'y' : 'n';
        if (::write(ready[1], &word, 1) != 1) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    char word = 0;
    ASSERT_EQ(::read(ready[0], &word, 1), 1);
    EXPECT_EQ(word, 'y');
    EXPECT_EQ(code_of(lock_file(path)), ErrorCode::Conflict);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(lock_file(path));
    ::close(ready[0]);
    ::close(ready[1]);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tilth::files
