// The only file that knows zstd and zlib.

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "platform/text/encoding.h"

namespace tilth {

namespace {

constexpr std::size_t kStepBytes = 64u << 10;

// Contexts cost more than a small block: each thread keeps one of each.
ZSTD_CCtx* compressor() {
    thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> mine(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    return mine.get();
}

ZSTD_DCtx* fresh_decompressor() {
    thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> mine(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    ZSTD_DCtx_reset(mine.get(), ZSTD_reset_session_only);
    return mine.get();
}

Error too_large(std::size_t bytes_max) {
    return Error(ErrorCode::PayloadTooLarge, "decompresses to more than " + std::to_string(bytes_max) + " bytes");
}

// zlib takes 32-bit lengths: hands it `rest` in pieces.
void give_input(z_stream& stream, std::string_view& rest) {
    const std::size_t count = std::min<std::size_t>(rest.size(), 1u << 30);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
    stream.avail_in = static_cast<uInt>(count);
    rest.remove_prefix(count);
}

// Makes room for the next step at the end of `out`, at most up to `bytes_max`.
std::size_t give_room(z_stream& stream, std::string& out, std::size_t bytes_max) {
    const std::size_t before = out.size();
    const std::size_t count = std::min(std::max(kStepBytes, before), bytes_max - before);
    out.resize(before + count);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(count, 1u << 30));
    out.resize(before + stream.avail_out);
    return before;
}

}  // namespace

std::string zstd_compress(std::string_view bytes, int level) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size = ZSTD_compressCCtx(compressor(), out.data(), out.size(), bytes.data(), bytes.size(), level);
    INVARIANT(!ZSTD_isError(size), "the bound holds any result");
    out.resize(size);
    return out;
}

Result<std::string> zstd_decompress(std::string_view bytes, std::size_t bytes_max) {
    const unsigned long long declared = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (declared == ZSTD_CONTENTSIZE_ERROR) return Error(ErrorCode::Corrupt, "not zstd");
    if (declared != ZSTD_CONTENTSIZE_UNKNOWN && declared > bytes_max) return too_large(bytes_max);
    ZSTD_DCtx* const context = fresh_decompressor();
    std::string out;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (std::size_t left = 1; left != 0 || in.pos < in.size;) {
        const std::size_t before = out.size();
        // One byte more than allowed: a result of exactly the bound is fine, one more is seen.
        const std::size_t wanted = declared == ZSTD_CONTENTSIZE_UNKNOWN ? std::max(kStepBytes, before) : declared + 1;
        out.resize(std::min(before + wanted, bytes_max + 1));
        ZSTD_outBuffer to{out.data(), out.size(), before};
        const std::size_t in_before = in.pos;
        left = ZSTD_decompressStream(context, &to, &in);
        if (ZSTD_isError(left)) return Error(ErrorCode::Corrupt, ZSTD_getErrorName(left));
        out.resize(to.pos);
        if (out.size() > bytes_max) return too_large(bytes_max);
        if (left != 0 && in.pos == in_before && to.pos == before) return Error(ErrorCode::Corrupt, "ends early");
    }
    return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
    z_stream stream{};
    // 15 bits of window, and 32 to tell gzip from zlib by the header.
    INVARIANT(inflateInit2(&stream, 15 + 32) == Z_OK, "zlib starts");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, &inflateEnd);
    std::string out;
    std::string_view rest = bytes;
    for (;;) {
        if (stream.avail_in == 0) give_input(stream, rest);
        const bool last = rest.empty();
        const std::size_t before = give_room(stream, out, bytes_max + 1);
        const int answer = inflate(&stream, Z_NO_FLUSH);
        const std::size_t after = out.size() - stream.avail_out;
        out.resize(after);
        if (after > bytes_max) return too_large(bytes_max);
        if (answer == Z_STREAM_END) {
            if (last && stream.avail_in == 0) return out;
            // Another member follows; trailing bytes that are none are refused by the next round.
            if (inflateReset(&stream) != Z_OK) return Error(ErrorCode::Corrupt, "cannot go on after a member");
            continue;
        }
        if (answer != Z_OK && answer != Z_BUF_ERROR)
            return Error(ErrorCode::Corrupt, stream.msg == nullptr ? "damaged" : stream.msg);
        if (last && stream.avail_in == 0 && after == before) return Error(ErrorCode::Corrupt, "ends early");
    }
}

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    INVARIANT(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK,
              "zlib starts");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, &deflateEnd);
    std::string out;
    std::string_view rest = bytes;
    for (;;) {
        if (stream.avail_in == 0) give_input(stream, rest);
        give_room(stream, out, ~std::size_t{0});
        const int answer = deflate(&stream, rest.empty() ? Z_FINISH : Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
        if (answer == Z_STREAM_END) return out;
        INVARIANT(answer == Z_OK || answer == Z_BUF_ERROR, "deflate takes any bytes");
    }
}

}  // namespace tilth
