#include <sys/stat.h>

#include <algorithm>

#include "platform/files/files.h"
#include "platform/remote/remote.h"

namespace tilth::remote {

namespace {

class LocalFolder final : public Folder {
public:
    explicit LocalFolder(std::string path) : path_(std::move(path)) {}

    Result<std::vector<Entry>> list() override {
        auto& files = files::real_files();
        if (!TRY(files.exists(path_))) return Error(ErrorCode::NotFound, "folder");
        std::vector<Entry> entries;
        for (const std::string& name : TRY(files.list(path_))) {
            struct stat found {};
            if (::stat((path_ + "/" + name).c_str(), &found) != 0 || !S_ISREG(found.st_mode)) continue;
            entries.push_back({name, static_cast<std::uint64_t>(found.st_size), std::int64_t{found.st_mtime}});
        }
        return entries;
    }

    Result<std::string> fetch(const std::string& name, std::uint64_t bytes_max) override {
        if (name.find('/') != std::string::npos) return Error(ErrorCode::NotFound, "file");
        return files::real_files().read_whole(path_ + "/" + name, bytes_max);
    }

private:
    std::string path_;
};

}  // namespace

std::unique_ptr<Folder> local_folder(std::string path) { return std::make_unique<LocalFolder>(std::move(path)); }

}  // namespace tilth::remote
