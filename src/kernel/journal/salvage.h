#pragma once
// What can still be read of a journal of files that no longer opens. Nothing in it is changed.

#include <functional>
#include <string>
#include <vector>

#include "kernel/journal/journal.h"

namespace tilth::kernel {

struct Salvage {
    std::uint64_t acknowledged = 0;   // the last number that the mark or a sound group names
    std::vector<std::string> damage;  // each place, named by segment and offset
};

// Calls `entry` for every entry of a sound group behind `after`, in the order of their numbers; gaps are where groups
// were damaged. Stops at the first error of `entry`. Other errors only when a file cannot be read at all.
using OnEntry = std::function<Status(JournalEntry entry)>;
Result<Salvage> salvage_journal(files::FileSystem& files, const std::string& directory, const crypto::Key& master,
                                std::uint64_t after, const OnEntry& entry);

}  // namespace tilth::kernel
