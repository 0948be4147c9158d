#include "kernel/journal/layout.h"

#include <algorithm>
#include <charconv>

#include "platform/crypto/crypto.h"

namespace tilth::kernel {
namespace {

constexpr std::string_view kSegmentMagic = "TILTHJ01";
constexpr std::string_view kMarkMagic = "TILTHM01";
constexpr std::uint32_t kFrameMagic = 0x314d5246;  // "FRM1"
constexpr std::size_t kNameDigits = 20;
constexpr std::size_t kSearchBytes = 1u << 20;

std::uint64_t checksum(std::string_view bytes, std::uint64_t seed = 0) {
    const auto print = crypto::fingerprint(bytes, seed);
    return get_u64({reinterpret_cast<const char*>(print.data()), print.size()}, 0);
}

template <class T>
void put(std::string& out, T value) {
    for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}
template <class T>
T get(std::string_view bytes, std::size_t at) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value = static_cast<T>(value |
                               static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i)));
    }
    return value;
}

std::uint64_t frame_checksum(std::string_view head, std::string_view payload) {
    return checksum(payload, checksum(head));
}

}  // namespace

void put_u32(std::string& out, std::uint32_t value) { put(out, value); }
void put_u64(std::string& out, std::uint64_t value) { put(out, value); }
std::uint32_t get_u32(std::string_view bytes, std::size_t at) { return get<std::uint32_t>(bytes, at); }
std::uint64_t get_u64(std::string_view bytes, std::size_t at) { return get<std::uint64_t>(bytes, at); }

std::string segment_name(std::uint64_t first_sequence) {
    const std::string digits = std::to_string(first_sequence);
    return std::string(kNameDigits - digits.size(), '0') + digits;
}

std::optional<std::uint64_t> sequence_of_name(std::string_view name) {
    const auto dot = name.find('.');
    if (dot != kNameDigits) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + dot, value);
    if (failed != std::errc{} || end != name.data() + dot) return std::nullopt;
    return value;
}

std::string segment_header(std::uint64_t first_sequence) {
    std::string out(kSegmentMagic);
    put_u64(out, first_sequence);
    put_u64(out, checksum(out));
    return out;
}

bool is_segment_header(std::string_view bytes, std::uint64_t first_sequence) {
    return bytes.substr(0, kSegmentHeaderBytes) == segment_header(first_sequence);
}

std::string encode_frame(const Frame& frame) {
    std::string out;
    out.reserve(frame_bytes(frame));
    put_u32(out, kFrameMagic);
    put_u32(out, static_cast<std::uint32_t>(frame.payload.size()));
    put_u64(out, frame.first);
    put_u32(out, frame.count);
    put_u32(out, 0);
    put_u64(out, frame_checksum(out, frame.payload));
    out += frame.payload;
    return out;
}

Result<std::optional<Frame>> read_frame(files::File& file, std::uint64_t offset, std::uint64_t file_bytes) {
    const std::optional<Frame> none;
    if (offset + kFrameHeaderBytes > file_bytes) return none;
    const auto head = TRY(file.read_at(offset, kFrameHeaderBytes));
    if (head.size() < kFrameHeaderBytes || get_u32(head, 0) != kFrameMagic) return none;
    const auto length = get_u32(head, 4);
    if (length > file_bytes - offset - kFrameHeaderBytes) return none;
    Frame frame;
    frame.first = get_u64(head, 8);
    frame.count = get_u32(head, 16);
    frame.payload = TRY(file.read_at(offset + kFrameHeaderBytes, length));
    if (frame.payload.size() != length || frame.count == 0) return none;
    if (get_u64(head, 24) != frame_checksum(std::string_view(head).substr(0, 24), frame.payload)) return none;
    return std::optional<Frame>(std::move(frame));
}

// Payloads are sealed, hence random: none looks like a frame.
Result<std::optional<std::uint64_t>> find_sound(files::File& file, std::uint64_t from, std::uint64_t size,
                                                std::uint64_t later_than) {
    std::string magic;
    put_u32(magic, kFrameMagic);
    for (std::uint64_t at = from; at < size; at += kSearchBytes) {
        const auto block = TRY(file.read_at(at, kSearchBytes + magic.size() - 1));
        for (auto hit = block.find(magic); hit != std::string::npos; hit = block.find(magic, hit + 1)) {
            const auto frame = TRY(read_frame(file, at + hit, size));
            if (frame && frame->first > later_than) return std::optional<std::uint64_t>(at + hit);
        }
    }
    return std::optional<std::uint64_t>();
}

Result<Scan> scan_frames(files::File& file, std::uint64_t offset, std::uint64_t sequence, const OnFrame& on_frame) {
    const auto size = TRY(file.size());
    Scan scan;
    scan.end = offset;
    scan.next = sequence;
    while (scan.end < size) {
        const auto frame = TRY(read_frame(file, scan.end, size));
        if (!frame || frame->first != scan.next) {
            scan.more = true;
            scan.sound_after = frame ? std::optional(scan.end) : TRY(find_sound(file, scan.end, size, scan.next));
            return scan;
        }
        on_frame(scan.end, *frame);
        scan.end += frame_bytes(*frame);
        scan.next += frame->count;
    }
    return scan;
}

std::string frame_bound_to(std::uint64_t segment, std::uint64_t first, std::uint32_t count) {
    std::string out = "journal group";
    put_u64(out, segment);
    put_u64(out, first);
    put_u32(out, count);
    return out;
}

std::string encode_mark(const Mark& mark) {
    std::string out(kMarkMagic);
    put_u64(out, mark.turn);
    put_u64(out, mark.last);
    put_u64(out, mark.dropped);
    put_u64(out, checksum(out));
    return out;
}

std::optional<Mark> decode_marks(std::string_view file) {
    std::optional<Mark> best;
    for (const std::size_t at : {std::size_t{0}, kMarkSlotBytes}) {
        if (file.size() < at + kMarkBytes) continue;
        const auto slot = file.substr(at, kMarkBytes);
        if (!slot.starts_with(kMarkMagic) || get_u64(slot, 32) != checksum(slot.substr(0, 32))) continue;
        const Mark mark{get_u64(slot, 8), get_u64(slot, 16), get_u64(slot, 24)};
        if (!best || mark.turn > best->turn) best = mark;
    }
    return best;
}

}  // namespace tilth::kernel
