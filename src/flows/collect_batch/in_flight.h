#pragma once
// Which journal entries were being applied when the process ended, and how often that has happened. A small file,
// rewritten before and after each group without a sync: it must outlive a crash of the process, not of the machine.

#include <cstdint>
#include <memory>
#include <string>

#include "platform/files/files.h"

namespace tilth::flows {

struct InFlight {
    std::uint64_t first = 0;  // 0: nothing was in flight
    std::uint64_t last = 0;
    std::uint64_t crashes = 0;  // how often the process ended with this range in flight
};

class InFlightFile {
public:
    static Result<InFlightFile> open(files::FileSystem& files, const std::string& path);
    // What the last process left behind.
    const InFlight& found() const { return found_; }
    // `crashes`: how often this range has already ended the process; the mark counts the next time.
    Status mark(std::uint64_t first, std::uint64_t last, std::uint64_t crashes);
    Status clear();

private:
    explicit InFlightFile(std::unique_ptr<files::File> file) : file_(std::move(file)) {}
    std::unique_ptr<files::File> file_;
    InFlight found_;
};

}  // namespace tilth::flows
