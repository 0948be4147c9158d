#pragma once
// Every bound of the system that is not a setting, by name. Each has a metric where it can be reached at run time.

#include <cstddef>
#include <cstdint>

namespace tilth::limits {

inline constexpr std::size_t kHttpBodyBytesMax = 20u << 20;
inline constexpr std::size_t kHttpHeaderBytesMax = 16u << 10;
inline constexpr std::size_t kJsonDepthMax = 32;
inline constexpr std::size_t kIngestBatchEventsMax = 2'500;
inline constexpr std::size_t kIngestEventBytesMax = 32u << 10;
inline constexpr std::size_t kIngestBatchBytesMax = 5u << 20;
inline constexpr std::size_t kPageRowsMax = 200;
inline constexpr std::size_t kPageRowsDefault = 50;
inline constexpr std::size_t kRecordQueueUnitsMax = 8'192;
inline constexpr std::size_t kRecordGroupUnitsMax = 512;
inline constexpr std::size_t kJournalQueueBytesMax = 64u << 20;
inline constexpr std::size_t kEventBlockBytesMax = 256u << 10;
inline constexpr std::size_t kImportFileBytesMax = 2'000u << 20;
inline constexpr std::int64_t kIdempotencyKeepMs = 24 * 3'600'000;
inline constexpr std::int64_t kDedupWindowMs = 7LL * 24 * 3'600'000;
inline constexpr std::uint64_t kDedupIdsMax = 300'000'000;
inline constexpr int kHandlerAttemptsMax = 3;  // then the event is parked for that handler

}  // namespace tilth::limits
