#include "flows/collect_batch/in_flight.h"

#include <cstring>

namespace tilth::flows {

Result<InFlightFile> InFlightFile::open(files::FileSystem& files, const std::string& path) {
    InFlightFile file(TRY(files.open(path, files::Open::Create)));
    const std::string bytes = TRY(file.file_->read_at(0, sizeof(InFlight)));
    if (bytes.size() == sizeof(InFlight)) std::memcpy(&file.found_, bytes.data(), sizeof(InFlight));
    return file;
}

Status InFlightFile::mark(std::uint64_t first, std::uint64_t last, std::uint64_t crashes) {
    const InFlight now{first, last, crashes + 1};
    return file_->write_at(0, {reinterpret_cast<const char*>(&now), sizeof now});
}

Status InFlightFile::clear() {
    const InFlight none;
    return file_->write_at(0, {reinterpret_cast<const char*>(&none), sizeof none});
}

}  // namespace tilth::flows
