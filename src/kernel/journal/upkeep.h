#pragma once
// What backup and restore ask of the journal.

#include "kernel/journal/journal.h"

namespace tilth::kernel {

class JournalUpkeep {
public:
    virtual ~JournalUpkeep() = default;
    // Entries behind `after` are kept, applied or not, until unpin(): a backup is reading them. One pin at a time;
    // drops meanwhile destroy less, and the next drop makes up for it.
    virtual void pin(std::uint64_t after) = 0;
    virtual void unpin() = 0;
};
// Of a journal made by open_journal() or open_journal_sql().
JournalUpkeep& upkeep_of(Journal& journal);

// Begins a journal of files in an empty or absent directory whose first entry will be `next`: a restored one goes on
// behind the position that its record holds. Conflict when a journal stands there.
Status begin_journal_at(files::FileSystem& files, const std::string& directory, const crypto::Key& master,
                        std::uint64_t next);

}  // namespace tilth::kernel
