#include "platform/files/files.h"

namespace tilth::files {

Status FileSystem::write_whole(const std::string& path, std::string_view bytes) {
    const std::string beside = path + ".new";
    const auto write = [&]() -> Status {
        auto file = TRY(open(beside, Open::Create));
        TRY(file->truncate(0));  // A crash may have left an earlier attempt.
        TRY(file->append(bytes));
        return file->sync();
    };
    Status written = write();
    if (written) written = rename(beside, path);
    // The reason of the failure is worth more than the one of a failed clean-up.
    if (!written) (void)remove(beside);
    return written;
}

Result<std::string> FileSystem::read_whole(const std::string& path, std::uint64_t limit_bytes) {
    auto file = TRY(open(path, Open::Read));
    const std::uint64_t size = TRY(file->size());
    if (size > limit_bytes) return Error(ErrorCode::LimitExceeded, path + " has " + std::to_string(size) + " bytes");
    return file->read_at(0, size);
}

}  // namespace tilth::files
