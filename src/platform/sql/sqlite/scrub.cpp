#include "platform/sql/scrub.h"

#include <sqlite3.h>

#include <algorithm>
#include <string>

#include "platform/sql/sqlite/errors.h"
#include "platform/sql/sqlite/raw.h"

namespace tilth::sql {

namespace {

constexpr std::int64_t kPagesMax = 0x0200'0000;
constexpr std::size_t kFileHeaderBytes = 100;

std::size_t u16(const std::string& page, std::size_t at) {
    return (static_cast<std::size_t>(static_cast<unsigned char>(page[at])) << 8) |
           static_cast<unsigned char>(page[at + 1]);
}

struct Gap {
    std::size_t begin = 0;
    std::size_t end = 0;
};
// Between the cell pointers and the cells of a b-tree page (file format 1.6); empty for any other page.
Gap gap_of(const std::string& page, bool first, std::size_t usable) {
    const std::size_t at = first ? kFileHeaderBytes : 0;
    const int kind = static_cast<unsigned char>(page[at]);
    const bool inner = kind == 2 || kind == 5;
    if (!inner && kind != 10 && kind != 13) return {};
    const std::size_t begin = at + (inner ? 12 : 8) + 2 * u16(page, at + 3);
    const std::size_t stated = u16(page, at + 5);
    const std::size_t end = stated == 0 ? 65'536 : stated;
    if (begin >= end || end > usable) return {};
    const auto from = page.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = page.begin() + static_cast<std::ptrdiff_t>(end);
    return std::all_of(from, to, [](char c) { return c == '\0'; }) ? Gap{} : Gap{begin, end};
}

Status good(int code, std::string_view what) {
    if (code != SQLITE_OK) return internal::sqlite_error(code, std::string(what));
    return ok();
}

}  // namespace

Result<std::int64_t> scrub_pages(Connection& writer, std::int64_t from, std::int64_t count) {
    auto* const raw = dynamic_cast<internal::RawDatabase*>(&writer);
    if (raw == nullptr) return Error(ErrorCode::Unavailable, "only a SQLite record has pages of its own");
    // Through the engine's own handle: closing another one of the same file would drop the engine's locks.
    sqlite3_file* file = nullptr;
    TRY(good(sqlite3_file_control(raw->database(), "main", SQLITE_FCNTL_FILE_POINTER, &file), "the file's handle"));
    sqlite3_int64 bytes = 0;
    TRY(good(file->pMethods->xFileSize(file, &bytes), "the file's size"));
    std::string header(kFileHeaderBytes, '\0');
    TRY(good(file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0), "the file's header"));
    const std::size_t stated = u16(header, 16);
    const std::size_t size = stated == 1 ? 65'536 : stated;
    if (size < 512) return Error(ErrorCode::Corrupt, "the file's header names no page size");
    const std::size_t usable = size - static_cast<unsigned char>(header[20]);
    const std::int64_t pages = bytes / static_cast<std::int64_t>(size);
    if (pages >= kPagesMax) return Error(ErrorCode::Unavailable, "the database is too big to be scrubbed in place");
    const std::int64_t until = std::min(pages + 1, from + count);
    std::string page(size, '\0');
    const std::string zeros(size, '\0');
    bool written = false;
    for (std::int64_t number = from; number < until; ++number) {
        const sqlite3_int64 offset = (number - 1) * static_cast<std::int64_t>(size);
        TRY(good(file->pMethods->xRead(file, page.data(), static_cast<int>(size), offset), "a page"));
        const Gap gap = gap_of(page, number == 1, usable);
        if (gap.begin == gap.end) continue;
        TRY(good(file->pMethods->xWrite(file, zeros.data(), static_cast<int>(gap.end - gap.begin),
                                        offset + static_cast<sqlite3_int64>(gap.begin)),
                 "the gap of a page"));
        written = true;
    }
    if (written) TRY(good(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), "the sync after the gaps"));
    return until > pages ? 0 : until;
}

}  // namespace tilth::sql
