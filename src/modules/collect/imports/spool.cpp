#include "modules/collect/imports/spool.h"

#include <cstring>
#include <mutex>

#include "base/limits.h"
#include "platform/xlsx/xlsx.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kChunkBytes = 1u << 20;
constexpr std::size_t kSniffBytes = 64u << 10;

// Each piece stands with its length in front.
std::string framed(std::string_view sealed) {
    const auto length = static_cast<std::uint32_t>(sealed.size());
    std::string out(reinterpret_cast<const char*>(&length), sizeof length);
    return out.append(sealed);
}

// Erasing looks for persons in files, a rotation of keys writes them anew, taking back removes them: one at a time, so
// that nothing old is written over what one of the others left.
std::mutex& one_rewrites() {
    static std::mutex mutex;
    return mutex;
}

constexpr std::uint64_t kEmptyRowsMax = 10'000;  // beyond them the line's number is no longer kept

// Every cell quoted, line breaks within as blanks: one line a row.
std::string sheet_line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += i == 0 ? "\"" : ",\"";
        for (const char c : cells[i]) {
            if (c == '"') line += '"';
            line += c == '\n' || c == '\r' ? ' ' : c;
        }
        line += '"';
    }
    return line + "\n";
}

}  // namespace

std::string_view encoding_name(Encoding encoding) {
    switch (encoding) {
        case Encoding::Utf8: return "UTF-8";
        case Encoding::Utf8Bom: return "UTF-8 BOM";
        case Encoding::Gb18030: return "GB18030";
        case Encoding::Utf16Le: return "UTF-16LE";
        case Encoding::Utf16Be: return "UTF-16BE";
    }
    return "UTF-8";
}

Spool::Spool(kernel::Kernel& kernel, TenantId tenant, ImportId import)
    : kernel_(kernel), tenant_(tenant), import_(import) {}

std::string Spool::path() const { return kernel_.data_directory + "/imports/" + import_.str() + ".sealed"; }
std::string Spool::purpose(std::int64_t chunk) const { return "import:" + import_.str() + ":" + std::to_string(chunk); }

Result<Spooled> Spool::write(std::string_view given) {
    std::string unpacked;
    if (given.starts_with("\x1f\x8b")) {
        unpacked = TRY(gunzip(given, limits::kImportFileBytesMax));
        given = unpacked;
    }
    if (given.starts_with("PK\x03\x04")) return write_sheet(given);
    Spooled spooled;
    spooled.encoding = detect_encoding(given.substr(0, kSniffBytes));
    TRY(kernel_.files.make_directories(kernel_.data_directory + "/imports"));
    TRY(kernel_.files.remove(path()));
    const auto file = TRY(kernel_.files.open(path(), files::Open::Create));
    Decoder decoder(spooled.encoding);
    const auto put = [&](const std::string& text) -> Status {
        if (text.empty()) return ok();
        const std::string sealed = TRY(kernel_.vault.seal_for_tenant(tenant_, purpose(spooled.chunks), text));
        ++spooled.chunks;
        spooled.bytes += static_cast<std::int64_t>(text.size());
        return file->append(framed(sealed));
    };
    for (std::size_t at = 0; at < given.size(); at += kChunkBytes)
        TRY(put(decoder.feed(given.substr(at, kChunkBytes))));
    TRY(put(decoder.finish()));
    spooled.replaced = decoder.replaced();
    TRY(file->sync());
    return spooled;
}

// A sheet is kept as the lines of text that it shows, each in the line of its row.
Result<Spooled> Spool::write_sheet(std::string_view given) {
    Spooled spooled;
    spooled.sheet = true;
    TRY(kernel_.files.make_directories(kernel_.data_directory + "/imports"));
    TRY(kernel_.files.remove(path()));
    const auto file = TRY(kernel_.files.open(path(), files::Open::Create));
    std::string text;
    const auto put = [&]() -> Status {
        if (text.empty()) return ok();
        const std::string sealed = TRY(kernel_.vault.seal_for_tenant(tenant_, purpose(spooled.chunks), text));
        ++spooled.chunks;
        spooled.bytes += static_cast<std::int64_t>(text.size());
        text.clear();
        return file->append(framed(sealed));
    };
    Status written = ok();
    std::uint64_t line = 1;
    TRY(read_xlsx(given, [&](std::uint64_t number, const std::vector<std::string>& cells) {
        if (number > line + kEmptyRowsMax) line = number;
        for (; line < number; ++line) text += "\n";
        text += sheet_line(cells);
        ++line;
        if (text.size() >= kChunkBytes) written = put();
        return written.has_value();
    }));
    TRY(std::move(written));
    TRY(put());
    TRY(file->sync());
    return spooled;
}

Result<std::optional<std::string>> Spool::Reader::next() {
    if (chunk_ >= chunks_) return std::optional<std::string>();
    if (!file_) file_ = TRY(spool_.kernel_.files.open(spool_.path(), files::Open::Read));
    std::uint32_t length = 0;
    const std::string head = TRY(file_->read_at(at_, sizeof length));
    if (head.size() != sizeof length) return Error(ErrorCode::Corrupt, "imported file is cut");
    std::memcpy(&length, head.data(), sizeof length);
    const std::string sealed = TRY(file_->read_at(at_ + sizeof length, length));
    at_ += sizeof length + length;
    return std::optional(TRY(spool_.kernel_.vault.open_for_tenant(spool_.tenant_, spool_.purpose(chunk_++), sealed)));
}

Status Spool::rewrite(std::int64_t chunks, const std::function<std::string(std::string_view, bool)>& fn) {
    const std::lock_guard lock(one_rewrites());
    return rewrite_alone(chunks, fn);
}

Result<bool> Spool::renew(std::int64_t chunks) {
    const std::lock_guard lock(one_rewrites());
    if (!TRY(exists()) || TRY(is_newest(chunks))) return false;
    TRY(rewrite_alone(chunks, [](std::string_view piece, bool) { return std::string(piece); }));
    return true;
}

Result<bool> Spool::is_newest(std::int64_t chunks) {
    constexpr std::size_t kBeginning = 16;
    const auto file = TRY(kernel_.files.open(path(), files::Open::Read));
    std::uint64_t at = 0;
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        std::uint32_t length = 0;
        const std::string head = TRY(file->read_at(at, sizeof length + kBeginning));
        if (head.size() < sizeof length) return Error(ErrorCode::Corrupt, "imported file is cut");
        std::memcpy(&length, head.data(), sizeof length);
        if (!TRY(kernel_.vault.is_newest(tenant_, std::string_view(head).substr(sizeof length)))) return false;
        at += sizeof length + length;
    }
    return true;
}

Status Spool::rewrite_alone(std::int64_t chunks, const std::function<std::string(std::string_view, bool)>& fn) {
    const std::string beside = path() + ".new";
    TRY(kernel_.files.remove(beside));
    const auto file = TRY(kernel_.files.open(beside, files::Open::Create));
    Reader reader(*this, chunks);
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        const auto piece = TRY(reader.next());
        if (!piece) return Error(ErrorCode::Corrupt, "imported file is cut");
        const std::string text = fn(*piece, chunk + 1 == chunks);
        TRY(file->append(framed(TRY(kernel_.vault.seal_for_tenant(tenant_, purpose(chunk), text)))));
    }
    TRY(file->sync());
    return kernel_.files.rename(beside, path());
}

Result<bool> Spool::exists() const { return kernel_.files.exists(path()); }

Status Spool::remove() {
    const std::lock_guard lock(one_rewrites());
    return kernel_.files.remove(path());
}

}  // namespace tilth::collect
