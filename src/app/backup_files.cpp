#include "app/backup_files.h"

#include <algorithm>

#include "kernel/journal/group.h"
#include "kernel/journal/layout.h"

namespace tilth::app {

namespace {

constexpr std::size_t kPieceBytes = 1u << 20;
constexpr std::size_t kTailPieceBytes = 4u << 20;
constexpr std::uint64_t kManifestBytesMax = 16u << 20;

std::string tail_bound(std::uint64_t first) { return "backup tail " + std::to_string(first); }

std::string mac_of(const crypto::Key& master, std::string_view manifest) {
    return crypto::hex(crypto::view(crypto::blake2b(master.derive("backup manifest"), manifest)));
}

}  // namespace

Result<FileFacts> facts_of(files::FileSystem& files, const std::string& folder, const std::string& name) {
    const auto file = TRY(files.open(folder + "/" + name, files::Open::Read));
    const std::uint64_t size = TRY(file->size());
    crypto::Hasher hasher;
    for (std::uint64_t at = 0; at < size;) {
        const std::string piece = TRY(file->read_at(at, kPieceBytes));
        if (piece.empty()) return Error(ErrorCode::Corrupt, name + " ends early");
        hasher.add(piece);
        at += piece.size();
    }
    return FileFacts{name, static_cast<std::int64_t>(size), crypto::hex(crypto::view(hasher.finish()))};
}

Status copy_file(files::FileSystem& files, const std::string& from, const std::string& to) {
    const auto source = TRY(files.open(from, files::Open::Read));
    const auto target = TRY(files.open(to, files::Open::Create));
    TRY(target->truncate(0));
    for (std::uint64_t at = 0;;) {
        const std::string piece = TRY(source->read_at(at, kPieceBytes));
        if (piece.empty()) break;
        TRY(target->append(piece));
        at += piece.size();
    }
    return target->sync();
}

Status sync_file(files::FileSystem& files, const std::string& path) {
    return TRY(files.open(path, files::Open::ReadWrite))->sync();
}

Result<std::int64_t> write_tail(files::FileSystem& files, const std::string& path, kernel::Journal& journal,
                                const crypto::Key& master, std::uint64_t after, std::uint64_t last) {
    const crypto::Key key = master.derive("backup tail");
    const auto file = TRY(files.open(path, files::Open::Create));
    std::int64_t written = 0;
    while (after < last) {
        auto entries = TRY(journal.read(after, kTailPieceBytes, 0));
        while (!entries.empty() && entries.back().sequence > last) entries.pop_back();
        if (entries.empty()) return Error(ErrorCode::Corrupt, "acknowledged batches are missing in the journal");
        std::vector<std::string_view> views;
        for (const auto& entry : entries) views.push_back(entry.bytes);
        const std::string sealed = crypto::seal(key, kernel::join_entries(views), tail_bound(after + 1));
        std::string piece;
        kernel::put_u32(piece, static_cast<std::uint32_t>(sealed.size()));
        TRY(file->append(piece + sealed));
        written += static_cast<std::int64_t>(entries.size());
        after = entries.back().sequence;
    }
    TRY(file->sync());
    return written;
}

Status read_tail(files::FileSystem& files, const std::string& path, const crypto::Key& master, std::uint64_t after,
                 const std::function<Status(std::string bytes)>& entry) {
    const crypto::Key key = master.derive("backup tail");
    const auto file = TRY(files.open(path, files::Open::Read));
    const std::uint64_t size = TRY(file->size());
    for (std::uint64_t at = 0; at < size;) {
        const std::string length = TRY(file->read_at(at, 4));
        if (length.size() != 4) return Error(ErrorCode::Corrupt, "the journal's tail ends early");
        const std::string sealed = TRY(file->read_at(at + 4, kernel::get_u32(length, 0)));
        at += 4 + sealed.size();
        const std::string joined = TRY(crypto::unseal(key, sealed, tail_bound(after + 1)));
        for (auto& one : TRY(kernel::split_entries(joined, after + 1))) {
            after = one.sequence;
            TRY(entry(std::move(one.bytes)));
        }
    }
    return ok();
}

Status write_manifest(files::FileSystem& files, const std::string& folder, const json::Value& manifest,
                      const crypto::Key& master) {
    const std::string text = manifest.print();
    TRY(files.write_whole(folder + "/manifest.json", text));
    return files.write_whole(folder + "/manifest.mac", mac_of(master, text));
}

Result<json::Value> read_manifest(files::FileSystem& files, const std::string& folder, const crypto::Key& master) {
    const std::string text = TRY(files.read_whole(folder + "/manifest.json", kManifestBytesMax));
    const std::string mac = TRY(files.read_whole(folder + "/manifest.mac", 1'000));
    if (!crypto::equal_constant_time(mac, mac_of(master, text))) {
        return Error(ErrorCode::Corrupt, "the backup's manifest does not fit: it was changed, or the master key is not "
                                         "the one under which the backup was made");
    }
    return json::Value::parse(text);
}

}  // namespace tilth::app
