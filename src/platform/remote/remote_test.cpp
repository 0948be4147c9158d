#include "platform/remote/remote.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace tilth::remote {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

class RemoteTest : public ::testing::Test {
protected:
    RemoteTest() {
        root_ = fs::temp_directory_path() / ("tilth-remote-" + std::to_string(::getpid()));
        fs::create_directories(root_ / "files" / "below");
        std::ofstream(root_ / "files" / "b.csv") << "one\n";
        std::ofstream(root_ / "files" / "a.csv") << std::string(200'000, 'x');
    }
    ~RemoteTest() override { fs::remove_all(root_); }
    fs::path root_;
};

TEST_F(RemoteTest, AFolderOfThisMachineListsItsFilesAlone) {
    const auto folder = local_folder((root_ / "files").string());
    const auto entries = folder->list().value();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].name, "a.csv");
    EXPECT_EQ(entries[1].bytes, 4u);
    EXPECT_GT(entries[1].modified_s, 0);
    EXPECT_EQ(folder->fetch("b.csv", 100).value(), "one\n");
    EXPECT_FALSE(folder->fetch("a.csv", 100));
    EXPECT_EQ(folder->fetch("../files/b.csv", 100).error().code, ErrorCode::NotFound);
    EXPECT_EQ(local_folder((root_ / "none").string())->list().error().code, ErrorCode::NotFound);
}

// OpenSSH's own server on loopback, with a key of its own and one client key.
class SftpTest : public RemoteTest {
protected:
    void SetUp() override {
        ASSERT_TRUE(fs::exists("/usr/sbin/sshd")) << "openssh-server is not installed: tools/setup test";
        const auto make_key = [&](const char* name) {
            const std::string path = (root_ / name).string();
            const pid_t maker = ::fork();
            if (maker == 0) {
                ::execlp("ssh-keygen", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path.c_str(), nullptr);
                ::_exit(127);
            }
            int status = 1;
            return maker > 0 && ::waitpid(maker, &status, 0) == maker && status == 0;
        };
        ASSERT_TRUE(make_key("host") && make_key("client"));
        fs::copy_file(root_ / "client.pub", root_ / "allowed");
        fs::permissions(root_, fs::perms::owner_all);
        // Only a server started by root asks for the place in which it drops its rights.
        if (::geteuid() == 0) fs::create_directories("/run/sshd");
        port_ = 20'000 + static_cast<int>(::getpid()) % 20'000;
        std::ofstream(root_ / "config") << "Port " << port_ << "\nListenAddress 127.0.0.1\nHostKey "
                                        << (root_ / "host").string() << "\nAuthorizedKeysFile "
                                        << (root_ / "allowed").string()
                                        << "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
                                        << "PermitRootLogin prohibit-password\nPidFile none\n"
                                        << "Subsystem sftp internal-sftp\n";
        server_ = ::fork();
        if (server_ == 0) {
            const std::string config = (root_ / "config").string();
            const std::string log = (root_ / "log").string();
            ::execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config.c_str(), "-E", log.c_str(), nullptr);
            ::_exit(127);
        }
        ASSERT_GT(server_, 0);
    }
    void TearDown() override {
        if (server_ <= 0) return;
        ::kill(server_, SIGTERM);
        ::waitpid(server_, nullptr, 0);
    }
    SftpLogin login() const {
        SftpLogin out;
        out.host = "127.0.0.1";
        out.port = port_;
        const passwd* const who = ::getpwuid(::getuid());
        out.user = who == nullptr ? "" : who->pw_name;
        out.private_key = read(root_ / "client");
        out.folder = (root_ / "files").string();
        out.timeout_ms = 5'000;
        return out;
    }
    // The server needs a moment before it listens.
    Result<std::unique_ptr<SftpFolder>> opened(const SftpLogin& with) const {
        auto folder = open_sftp(with);
        for (int i = 0; i < 100 && !folder && folder.error().code == ErrorCode::Unavailable; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            folder = open_sftp(with);
        }
        return folder;
    }
    pid_t server_ = 0;
    int port_ = 0;
};

TEST_F(SftpTest, FilesAreListedAndFetchedAndTheServersKeyIsPinned) {
    auto folder = opened(login());
    ASSERT_TRUE(folder) << folder.error().detail << read(root_ / "log");
    const auto entries = (*folder)->list().value();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].name, "a.csv");
    EXPECT_EQ(entries[0].bytes, 200'000u);
    EXPECT_EQ((*folder)->fetch("a.csv", 1 << 20).value(), std::string(200'000, 'x'));
    EXPECT_EQ((*folder)->fetch("a.csv", 1'000).error().code, ErrorCode::PayloadTooLarge);
    EXPECT_EQ((*folder)->fetch("none.csv", 1'000).error().code, ErrorCode::NotFound);

    SftpLogin pinned = login();
    pinned.host_key = (*folder)->found_key();
    EXPECT_EQ(pinned.host_key.size(), 64u);
    EXPECT_TRUE(open_sftp(pinned));
    pinned.host_key = std::string(64, '0');
    EXPECT_EQ(open_sftp(pinned).error().code, ErrorCode::Forbidden) << "another server";
    SftpLogin stranger = login();
    stranger.private_key = read(root_ / "host");
    EXPECT_EQ(open_sftp(stranger).error().code, ErrorCode::Forbidden);
    SftpLogin nowhere = login();
    nowhere.port = 1;
    EXPECT_EQ(open_sftp(nowhere).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace tilth::remote
