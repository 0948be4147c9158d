#pragma once
// A FileSystem in memory that behaves like a disk about to fail. For tests of the journal and all other files.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "platform/files/files.h"

namespace tilth::files {

// What power loss does to bytes and names that were never synced. Tear keeps the operations up to a random one and cuts
// that one at a random byte; what lies behind the cut may read as zeros.
enum class Unsynced : std::uint8_t { Lose, Keep, Tear };

struct FaultPlan {
    // The n-th state-changing call (create, append, write_at, sync, truncate, rename, remove, sync_directory,
    // make_directories; from 0 since the object was made, see calls()) fails; -1: never. A write, rename … that fails
    // has no effect. A sync that fails has lost those bytes, and later syncs of that file answer well but save nothing,
    // as kernels do.
    std::int64_t fail_at_call = -1;
    ErrorCode failure = ErrorCode::StorageFailed;  // or StorageFull
    // From that call on every call fails, until power_loss(). The call itself was under way: the fate given to
    // power_loss decides over its effect too.
    bool power_off = false;
    std::uint64_t capacity_bytes = ~0ull;
    std::uint64_t tear_seed = 1;               // where Tear cuts
};

class FaultyFiles final : public FileSystem {
public:
    FaultyFiles();
    ~FaultyFiles() override;
    void plan(FaultPlan plan);
    std::int64_t calls() const;                // state-changing calls so far
    // The machine went down and came up: what was not synced is lost, kept or torn; open handles are dead.
    void power_loss(Unsynced fate);

    Result<std::unique_ptr<File>> open(const std::string& path, Open mode) override;
    Result<bool> exists(const std::string& path) override;
    Result<std::vector<std::string>> list(const std::string& directory) override;
    Status make_directories(const std::string& path) override;
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status sync_directory(const std::string& directory) override;
    Result<std::uint64_t> free_bytes(const std::string& path) override;

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace tilth::files
