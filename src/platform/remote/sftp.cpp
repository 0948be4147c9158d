#include <libssh2.h>
#include <libssh2_sftp.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "platform/remote/remote.h"

namespace tilth::remote {

namespace {

constexpr std::size_t kReadBytes = 64u << 10;
constexpr std::size_t kEntriesMax = 100'000;

std::string hex_of(const char* bytes, std::size_t count) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        const auto one = static_cast<unsigned char>(bytes[i]);
        out.push_back(kDigits[one >> 4]);
        out.push_back(kDigits[one & 15]);
    }
    return out;
}

// A connected socket; the system's own bounds on sending and receiving hold from the first byte on.
Result<int> connect_to(const SftpLogin& login) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(login.host.c_str(), std::to_string(login.port).c_str(), &wanted, &found) != 0)
        return Error(ErrorCode::Unavailable, "no address for the SFTP server");
    timeval bound{};
    bound.tv_sec = static_cast<time_t>(std::max<std::int64_t>(1, login.timeout_ms / 1000));
    int connected = -1;
    for (const addrinfo* at = found; at != nullptr && connected < 0; at = at->ai_next) {
        const int fd = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd < 0) continue;
        ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof(bound));
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof(bound));
        if (::connect(fd, at->ai_addr, at->ai_addrlen) == 0) connected = fd;
        else ::close(fd);
    }
    ::freeaddrinfo(found);
    if (connected < 0) return Error(ErrorCode::Unavailable, "the SFTP server does not answer");
    return connected;
}

class Sftp final : public SftpFolder {
public:
    explicit Sftp(SftpLogin login) : login_(std::move(login)) {}
    ~Sftp() override {
        if (sftp_ != nullptr) libssh2_sftp_shutdown(sftp_);
        if (session_ != nullptr) {
            libssh2_session_disconnect(session_, "done");
            libssh2_session_free(session_);
        }
        if (socket_ >= 0) ::close(socket_);
    }
    Sftp(const Sftp&) = delete;
    Sftp& operator=(const Sftp&) = delete;

    Status open() {
        static std::once_flag once;
        std::call_once(once, [] { libssh2_init(0); });
        socket_ = TRY(connect_to(login_));
        session_ = libssh2_session_init();
        if (session_ == nullptr) return Error(ErrorCode::StorageFailed, "no SSH session");
        libssh2_session_set_blocking(session_, 1);
        libssh2_session_set_timeout(session_, static_cast<long>(login_.timeout_ms));
        if (libssh2_session_handshake(session_, socket_) != 0) return failed(ErrorCode::Unavailable, "handshake");
        const char* const hash = libssh2_hostkey_hash(session_, LIBSSH2_HOSTKEY_HASH_SHA256);
        if (hash == nullptr) return Error(ErrorCode::Forbidden, "the SFTP server shows no key");
        found_key_ = hex_of(hash, 32);
        if (!login_.host_key.empty() && login_.host_key != found_key_)
            return Error(ErrorCode::Forbidden, "the SFTP server shows another key than the pinned one");
        if (sign_in() != 0) return failed(ErrorCode::Forbidden, "sign-in");
        sftp_ = libssh2_sftp_init(session_);
        if (sftp_ == nullptr) return failed(ErrorCode::Unavailable, "no SFTP");
        return ok();
    }

    const std::string& found_key() const override { return found_key_; }

    Result<std::vector<Entry>> list() override {
        LIBSSH2_SFTP_HANDLE* const handle = libssh2_sftp_open_ex(
            sftp_, login_.folder.c_str(), static_cast<unsigned>(login_.folder.size()), 0, 0, LIBSSH2_SFTP_OPENDIR);
        if (handle == nullptr) return failed(ErrorCode::NotFound, "folder");
        std::vector<Entry> entries;
        std::array<char, 4096> name{};
        LIBSSH2_SFTP_ATTRIBUTES about{};
        int length = 0;
        while (entries.size() < kEntriesMax &&
               (length = libssh2_sftp_readdir(handle, name.data(), name.size(), &about)) > 0) {
            const bool sized = (about.flags & LIBSSH2_SFTP_ATTR_SIZE) != 0;
            const bool known = (about.flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0;
            if (!sized || (known && !LIBSSH2_SFTP_S_ISREG(about.permissions))) continue;
            const bool timed = (about.flags & LIBSSH2_SFTP_ATTR_ACMODTIME) != 0;
            entries.push_back({std::string(name.data(), static_cast<std::size_t>(length)), about.filesize,
                               timed ? static_cast<std::int64_t>(about.mtime) : 0});
        }
        libssh2_sftp_closedir(handle);
        if (length < 0) return failed(ErrorCode::Unavailable, "listing");
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    }

    Result<std::string> fetch(const std::string& name, std::uint64_t bytes_max) override {
        const std::string path = login_.folder + "/" + name;
        LIBSSH2_SFTP_HANDLE* const handle = libssh2_sftp_open_ex(
            sftp_, path.c_str(), static_cast<unsigned>(path.size()), LIBSSH2_FXF_READ, 0, LIBSSH2_SFTP_OPENFILE);
        if (handle == nullptr) return failed(ErrorCode::NotFound, "file");
        std::string bytes;
        std::vector<char> piece(kReadBytes);
        ssize_t got = 0;
        while (bytes.size() <= bytes_max && (got = libssh2_sftp_read(handle, piece.data(), piece.size())) > 0)
            bytes.append(piece.data(), static_cast<std::size_t>(got));
        libssh2_sftp_close(handle);
        if (got < 0) return failed(ErrorCode::Unavailable, "reading");
        if (bytes.size() > bytes_max) return Error(ErrorCode::PayloadTooLarge, "the file is too large");
        return bytes;
    }

private:
    int sign_in() {
        if (!login_.private_key.empty()) {
            return libssh2_userauth_publickey_frommemory(
                session_, login_.user.c_str(), login_.user.size(), nullptr, 0, login_.private_key.c_str(),
                login_.private_key.size(), nullptr);
        }
        return libssh2_userauth_password_ex(session_, login_.user.c_str(), static_cast<unsigned>(login_.user.size()),
                                            login_.password.c_str(), static_cast<unsigned>(login_.password.size()),
                                            nullptr);
    }

    Error failed(ErrorCode otherwise, std::string_view what) const {
        const int code = libssh2_session_last_errno(session_);
        const ErrorCode meant = code == LIBSSH2_ERROR_TIMEOUT ? ErrorCode::Timeout : otherwise;
        return Error(meant, "SFTP: " + std::string(what) + " (" + std::to_string(code) + ")");
    }

    SftpLogin login_;
    std::string found_key_;
    int socket_ = -1;
    LIBSSH2_SESSION* session_ = nullptr;
    LIBSSH2_SFTP* sftp_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<SftpFolder>> open_sftp(const SftpLogin& login) {
    auto made = std::make_unique<Sftp>(login);
    TRY(made->open());
    return std::unique_ptr<SftpFolder>(std::move(made));
}

}  // namespace tilth::remote
