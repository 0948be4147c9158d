// The header of a journal entry: version byte, then each part with its length in front.

#include "modules/collect/api.h"

namespace tilth::collect {

namespace {

constexpr char kVersion = 1;

void put(std::string& out, std::string_view part) {
    const auto length = static_cast<std::uint32_t>(part.size());
    out.append(reinterpret_cast<const char*>(&length), sizeof length).append(part);
}

bool take(std::string_view& bytes, std::string& part) {
    std::uint32_t length = 0;
    if (bytes.size() < sizeof length) return false;
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes.remove_prefix(sizeof length);
    if (bytes.size() < length) return false;
    part.assign(bytes.substr(0, length));
    bytes.remove_prefix(length);
    return true;
}

}  // namespace

std::string encode(const RawBatch& batch) {
    std::string out(1, kVersion);
    out.append(batch.tenant.raw()).append(batch.source.raw());
    out.append(reinterpret_cast<const char*>(&batch.received.ms), sizeof batch.received.ms);
    put(out, batch.inlet);
    put(out, batch.path);
    put(out, batch.client_ip);
    put(out, batch.body);
    return out;
}

Result<RawBatch> decode(std::string_view bytes) {
    RawBatch batch;
    constexpr std::size_t kFixed = 1 + 16 + 16 + sizeof batch.received.ms;
    if (bytes.size() < kFixed || bytes.front() != kVersion) return Error(ErrorCode::Corrupt, "raw batch");
    batch.tenant = TenantId::from_raw(bytes.substr(1, 16));
    batch.source = SourceId::from_raw(bytes.substr(17, 16));
    std::memcpy(&batch.received.ms, bytes.data() + 33, sizeof batch.received.ms);
    bytes.remove_prefix(kFixed);
    const bool whole = take(bytes, batch.inlet) && take(bytes, batch.path) && take(bytes, batch.client_ip) &&
                       take(bytes, batch.body) && bytes.empty();
    if (!whole) return Error(ErrorCode::Corrupt, "raw batch");
    return batch;
}

}  // namespace tilth::collect
