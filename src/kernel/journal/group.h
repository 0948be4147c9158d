#pragma once
// What both forms of the journal share: the queue, the thread that writes groups, the newest entries in memory, and the
// readers that wait. A JournalStore keeps the groups.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "kernel/journal/journal.h"

namespace tilth::kernel {

class JournalStore {
public:
    virtual ~JournalStore() = default;
    // Durable on return. Yields the first entry's sequence. Journal's thread.
    virtual Result<std::uint64_t> write(const std::vector<std::string_view>& entries) = 0;
    virtual Status drop(std::uint64_t sequence) = 0;   // journal's thread
    virtual void idle() = 0;                           // journal's thread, about every mark_every_ms
    virtual void close() = 0;                          // journal's thread, at its end
    // Entries after < sequence <= last. Any thread.
    virtual Result<std::vector<JournalEntry>> read(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) = 0;
    virtual std::uint64_t last() const = 0;            // once, after opening
};
std::unique_ptr<Journal> make_journal(std::unique_ptr<JournalStore> store, const JournalOptions& options);

// A group as it is sealed: each entry's length, then its bytes.
std::string join_entries(const std::vector<std::string_view>& entries);
Result<std::vector<JournalEntry>> split_entries(std::string_view joined, std::uint64_t first_sequence);
// Ends the process, or tells the test.
void report_broken(const JournalOptions& options, std::string_view why);
std::int64_t journal_clock_ms();  // steady

}  // namespace tilth::kernel
