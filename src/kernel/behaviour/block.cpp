#include "kernel/behaviour/block.h"

#include <map>

#include "base/limits.h"

namespace tilth::kernel {

namespace {

constexpr char kVersion = 1;

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>((value & 0x7F) | 0x80));
    out.push_back(static_cast<char>(value));
}
void put_signed(std::string& out, std::int64_t value) {
    put_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}
void put_text(std::string& out, std::string_view text) {
    put_varint(out, text.size());
    out.append(text);
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    bool ok() const { return ok_; }
    bool at_end() const { return bytes_.empty(); }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (bytes_.empty()) return fail();
            const auto byte = static_cast<std::uint8_t>(bytes_.front());
            bytes_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        return fail();
    }
    std::int64_t signed_varint() {
        const std::uint64_t raw = varint();
        return static_cast<std::int64_t>((raw >> 1) ^ (0 - (raw & 1)));
    }
    std::string_view take(std::uint64_t length) {
        if (length > bytes_.size()) return fail(), std::string_view{};
        const auto piece = bytes_.substr(0, length);
        bytes_.remove_prefix(length);
        return piece;
    }
    std::string_view text() { return take(varint()); }

private:
    std::uint64_t fail() {
        ok_ = false;
        bytes_ = {};
        return 0;
    }
    std::string_view bytes_;
    bool ok_ = true;
};

// Numbers each distinct text from 0 in order of first use.
class Dictionary {
public:
    std::uint64_t number_of(std::string_view text) {
        const auto [at, fresh] = numbers_.try_emplace(std::string(text), numbers_.size());
        if (fresh) words_.emplace_back(text);
        return at->second;
    }
    void write(std::string& out) const {
        put_varint(out, words_.size());
        for (const auto& word : words_) put_text(out, word);
    }

private:
    std::map<std::string, std::uint64_t, std::less<>> numbers_;
    std::vector<std::string> words_;
};

std::vector<std::string_view> read_dictionary(Reader& reader) {
    std::vector<std::string_view> words;
    const std::uint64_t count = reader.varint();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) words.push_back(reader.text());
    return words;
}

}  // namespace

std::size_t encode_block(const std::vector<Event>& events, std::size_t begin, std::string& out) {
    std::string rows;
    Dictionary sources;
    Dictionary types;
    std::int64_t time = 0;
    std::int64_t received = 0;
    std::size_t at = begin;
    for (; at < events.size(); ++at) {
        const Event& event = events[at];
        const std::size_t size = event.properties.size() + 64;
        if (at > begin && rows.size() + size > limits::kEventBlockBytesMax) break;
        rows.append(reinterpret_cast<const char*>(event.fingerprint.data()), 16);
        put_signed(rows, event.time.ms - time);
        put_signed(rows, event.received.ms - received);
        put_varint(rows, sources.number_of(event.source.raw()));
        rows.append(event.customer.raw());
        put_varint(rows, event.identity);
        put_varint(rows, types.number_of(event.type));
        put_text(rows, event.properties);
        time = event.time.ms;
        received = event.received.ms;
    }
    out.assign(1, kVersion);
    put_varint(out, at - begin);
    sources.write(out);
    types.write(out);
    out.append(rows);
    return at;
}

Result<std::vector<Event>> decode_block(std::string_view bytes) {
    if (bytes.empty() || bytes.front() != kVersion)
        return Error(ErrorCode::Corrupt, "event block of an unknown version");
    Reader reader(bytes.substr(1));
    const std::uint64_t count = reader.varint();
    const auto sources = read_dictionary(reader);
    const auto types = read_dictionary(reader);
    std::vector<Event> events;
    std::int64_t time = 0;
    std::int64_t received = 0;
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        Event event;
        const auto fingerprint = reader.take(16);
        if (!reader.ok()) break;
        std::memcpy(event.fingerprint.data(), fingerprint.data(), 16);
        event.time.ms = time += reader.signed_varint();
        event.received.ms = received += reader.signed_varint();
        const std::uint64_t source = reader.varint();
        const auto customer = reader.take(16);
        event.identity = reader.varint();
        const std::uint64_t type = reader.varint();
        const auto properties = reader.text();
        const bool fits = reader.ok() && source < sources.size() && sources[source].size() == 16 && type < types.size();
        if (!fits) return Error(ErrorCode::Corrupt, "event block does not add up");
        event.source = SourceId::from_raw(sources[source]);
        event.customer = CustomerId::from_raw(customer);
        event.type = types[type];
        event.properties = properties;
        events.push_back(std::move(event));
    }
    if (!reader.ok() || !reader.at_end() || events.size() != count) {
        return Error(ErrorCode::Corrupt, "event block does not add up");
    }
    return events;
}

}  // namespace tilth::kernel
