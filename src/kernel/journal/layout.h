#pragma once
// The journal's bytes on disk. All numbers little endian.
//
//   segment  "00000000000000000001.seg": header, then frames
//            header 24: "TILTHJ01", first sequence u64, checksum u64
//            frame  32: magic u32, payload length u32, first sequence u64, count u32, 0 u32, checksum u64; then the
//            payload,
//                       which is one sealed group. Each frame was synced before the next was written.
//   key      "00000000000000000001.key": the segment's key, sealed by the master key
//   mark     two slots of 40 at 0 and 512: "TILTHM01", turn u64, last u64, dropped u64, checksum u64
//
// Checksums are XXH3 over all that stands before them in the header and, for frames, the payload.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "platform/files/files.h"

namespace tilth::kernel {

void put_u32(std::string& out, std::uint32_t value);
void put_u64(std::string& out, std::uint64_t value);
std::uint32_t get_u32(std::string_view bytes, std::size_t at);
std::uint64_t get_u64(std::string_view bytes, std::size_t at);

inline constexpr std::size_t kSegmentHeaderBytes = 24;
inline constexpr std::size_t kFrameHeaderBytes = 32;
inline constexpr std::size_t kMarkBytes = 40;
inline constexpr std::size_t kMarkSlotBytes = 512;

std::string segment_name(std::uint64_t first_sequence);  // "00000000000000000001"
std::optional<std::uint64_t> sequence_of_name(std::string_view file_name);

std::string segment_header(std::uint64_t first_sequence);
bool is_segment_header(std::string_view bytes, std::uint64_t first_sequence);

struct Frame {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::string payload;
};
std::string encode_frame(const Frame& frame);
// The frame at `offset`; nothing when there is no whole and sound one. Errors only when the file cannot be read.
Result<std::optional<Frame>> read_frame(files::File& file, std::uint64_t offset, std::uint64_t file_bytes);
inline std::uint64_t frame_bytes(const Frame& frame) { return kFrameHeaderBytes + frame.payload.size(); }

// What a group's seal is bound to.
std::string frame_bound_to(std::uint64_t segment, std::uint64_t first, std::uint32_t count);
// The offset at or behind `from` of a whole and sound frame whose first entry is later than `later_than`.
Result<std::optional<std::uint64_t>> find_sound(files::File& file, std::uint64_t from, std::uint64_t size,
                                                std::uint64_t later_than);

// Walks the frames of a segment from `offset`, whose first entry must be `sequence`.
struct Scan {
    std::uint64_t end = 0;                     // where the first frame that is not sound would begin
    std::uint64_t next = 0;                    // its sequence
    bool more = false;                         // bytes stand there
    std::optional<std::uint64_t> sound_after;  // offset of a sound, later frame behind it: no torn end, but damage
};
using OnFrame = std::function<void(std::uint64_t offset, const Frame& frame)>;
Result<Scan> scan_frames(files::File& file, std::uint64_t offset, std::uint64_t sequence, const OnFrame& on_frame);

struct Mark {
    std::uint64_t turn = 0;
    std::uint64_t last = 0;     // acknowledged up to here, at least
    std::uint64_t dropped = 0;  // destroyed up to here, at least
};
std::string encode_mark(const Mark& mark);
// The newer of the two slots that are sound.
std::optional<Mark> decode_marks(std::string_view file);

}  // namespace tilth::kernel
