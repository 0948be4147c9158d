// Files by POSIX calls. Descriptors are close-on-exec, files 0600, directories 0700.

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "platform/files/files.h"

namespace tilth::files {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

Error failed(std::string_view call, const std::string& path) {
    const int number = errno;
    ErrorCode code = ErrorCode::StorageFailed;
    if (number == ENOENT || number == ENOTDIR) code = ErrorCode::NotFound;
    if (number == ENOSPC || number == EDQUOT) code = ErrorCode::StorageFull;
    return Error(code, std::string(call) + " " + path + ": " + std::generic_category().message(number));
}

// Repeats a call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
    for (;;) {
        const auto result = call();
        if (result != -1 || errno != EINTR) return result;
    }
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    int get() const { return number_; }

private:
    int number_;
};

Result<Descriptor> open_descriptor(const std::string& path, int flags) {
    const int number = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, kFileMode); });
    if (number < 0) return failed("open", path);
    return Descriptor(number);
}

class RealFile final : public File {
public:
    RealFile(Descriptor descriptor, std::string path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    Result<std::uint64_t> size() override {
        struct stat status {};
        if (::fstat(descriptor_.get(), &status) != 0) return failed("stat", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

    Status append(std::string_view bytes) override { return write_at(TRY(size()), bytes); }

    Status write_at(std::uint64_t offset, std::string_view bytes) override {
        const std::uint64_t before = TRY(size());
        while (!bytes.empty()) {
            const auto at = static_cast<off_t>(offset);
            const ssize_t count =
                uninterrupted([&] { return ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), at); });
            if (count < 0) {
                const Error error = failed("write", path_);
                // A full disk takes a part; nobody shall find half a record because of it.
                if (TRY(size()) > before) (void)truncate(before);
                return error;
            }
            offset += static_cast<std::uint64_t>(count);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return ok();
    }

    Result<std::string> read_at(std::uint64_t offset, std::size_t length) override {
        const std::uint64_t end = TRY(size());
        if (offset >= end) return std::string();
        std::string bytes(std::min<std::uint64_t>(length, end - offset), '\0');
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto at = static_cast<off_t>(offset + done);
            const ssize_t count = uninterrupted(
                [&] { return ::pread(descriptor_.get(), bytes.data() + done, bytes.size() - done, at); });
            if (count < 0) return failed("read", path_);
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        bytes.resize(done);
        return bytes;
    }

    Status sync() override {
        if (uninterrupted([&] { return ::fdatasync(descriptor_.get()); }) != 0) return failed("sync", path_);
        return ok();
    }

    Status truncate(std::uint64_t length) override {
        const auto wanted = static_cast<off_t>(length);
        if (uninterrupted([&] { return ::ftruncate(descriptor_.get(), wanted); }) != 0)
            return failed("truncate", path_);
        return ok();
    }

private:
    Descriptor descriptor_;
    std::string path_;
};

std::string parent_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

class RealFiles final : public FileSystem {
public:
    Result<std::unique_ptr<File>> open(const std::string& path, Open mode) override {
        const int flags = mode == Open::Read ? O_RDONLY : mode == Open::ReadWrite ? O_RDWR : O_RDWR | O_CREAT;
        return std::unique_ptr<File>(std::make_unique<RealFile>(TRY(open_descriptor(path, flags)), path));
    }

    Result<bool> exists(const std::string& path) override {
        struct stat status {};
        if (::stat(path.c_str(), &status) == 0) return true;
        if (errno == ENOENT || errno == ENOTDIR) return false;
        return failed("stat", path);
    }

    Result<std::vector<std::string>> list(const std::string& directory) override {
        const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(directory.c_str()), &::closedir);
        if (!handle) return failed("list", directory);
        std::vector<std::string> names;
        errno = 0;
        while (const dirent* entry = ::readdir(handle.get())) {
            const std::string_view name(static_cast<const char*>(entry->d_name));
            if (name != "." && name != "..") names.emplace_back(name);
        }
        if (errno != 0) return failed("list", directory);
        std::sort(names.begin(), names.end());
        return names;
    }

    Status make_directories(const std::string& path) override {
        for (std::size_t at = 1; at <= path.size(); ++at) {
            if (at < path.size() && path[at] != '/') continue;
            const std::string part = path.substr(0, at);
            if (::mkdir(part.c_str(), kDirectoryMode) == 0) {
                TRY(sync_directory(parent_of(part)));
                continue;
            }
            if (errno != EEXIST) return failed("make directory", part);
        }
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) return failed("stat", path);
        if (!S_ISDIR(status.st_mode)) return Error(ErrorCode::StorageFailed, path + " is not a directory");
        return ok();
    }

    Status rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
        TRY(sync_directory(parent_of(to)));
        if (parent_of(from) != parent_of(to)) TRY(sync_directory(parent_of(from)));
        return ok();
    }

    Status remove(const std::string& path) override {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("remove", path);
        return ok();
    }

    Status sync_directory(const std::string& directory) override {
        const Descriptor descriptor = TRY(open_descriptor(directory, O_RDONLY | O_DIRECTORY));
        if (uninterrupted([&] { return ::fsync(descriptor.get()); }) != 0) return failed("sync", directory);
        return ok();
    }

    Result<std::uint64_t> free_bytes(const std::string& path) override {
        struct statvfs status {};
        if (::statvfs(path.c_str(), &status) != 0) return failed("statvfs", path);
        return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    }
};

class FlockFile final : public LockFile {
public:
    explicit FlockFile(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

private:
    Descriptor descriptor_;
};

}  // namespace

FileSystem& real_files() {
    static RealFiles only;
    return only;
}

Result<std::unique_ptr<LockFile>> lock_file(const std::string& path) {
    Descriptor descriptor = TRY(open_descriptor(path, O_RDWR | O_CREAT));
    const int number = descriptor.get();
    if (uninterrupted([&] { return ::flock(number, LOCK_EX | LOCK_NB); }) != 0) {
        if (errno != EWOULDBLOCK) return failed("lock", path);
        char pid[24] = {};
        const ssize_t count = ::pread(number, pid, sizeof pid - 1, 0);
        std::string_view holder(pid, count > 0 ? static_cast<std::size_t>(count) : 0);
        holder = holder.substr(0, holder.find('\n'));
        return Error(ErrorCode::Conflict,
                     path + " is held by process " + (holder.empty() ? "(unknown)" : std::string(holder)));
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(number, 0) != 0) return failed("truncate", path);
    if (::pwrite(number, pid.data(), pid.size(), 0) < 0) return failed("write", path);
    return std::unique_ptr<LockFile>(std::make_unique<FlockFile>(std::move(descriptor)));
}

}  // namespace tilth::files
