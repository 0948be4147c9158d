#pragma once
// A FileSystem in memory that behaves like a disk about to fail. For tests of the journal and all other files.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "platform/files/files.h"

namespace tilth::files {

enum class Unsynced : std::uint8_t { Lose, Keep, Tear };  // what power loss does to bytes that were never synced

struct FaultPlan {
    std::int64_t fail_at_call = -1;            // the n-th write, sync, rename … (from 0) fails; -1: never
    ErrorCode failure = ErrorCode::StorageFailed;  // or StorageFull
    bool power_off = false;                    // from that call on every call fails, until power_loss()
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
