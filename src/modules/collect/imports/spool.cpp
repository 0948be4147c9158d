#include "modules/collect/imports/spool.h"

#include "base/limits.h"

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

}  // namespace

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
    if (given.starts_with("PK\x03\x04")) return Error(ErrorCode::UnsupportedFormat, "a spreadsheet; save it as CSV");
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

Status Spool::remove() { return kernel_.files.remove(path()); }

}  // namespace tilth::collect
