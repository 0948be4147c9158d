#include "kernel/behaviour/activity.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "platform/crypto/crypto.h"
#include "platform/log/log.h"

namespace tilth::kernel {

namespace {

constexpr std::string_view kMagic = "tilth-activity-2";
constexpr std::uint64_t kSnapshotBytesMax = 8ull << 30;

// 28 bytes a customer: seconds are enough for first and last seen, and hold until 2106.
struct Entry {
    Bytes16 customer{};
    std::uint32_t first_s = 0;
    std::uint32_t last_s = 0;
    std::uint32_t events = 0;
};

// Open addressing with linear probing; a free slot has no events. The low bytes of a customer's id are random.
class Table {
public:
    Entry& at(const Bytes16& customer) {
        if ((size_ + 1) * 10 > slots_.size() * 7) grow();
        Entry& entry = slots_[slot_of(customer)];
        if (entry.events == 0 && entry.customer != customer) {
            entry.customer = customer;
            ++size_;
        }
        return entry;
    }
    const Entry* find(const Bytes16& customer) const {
        if (slots_.empty()) return nullptr;
        const Entry& entry = slots_[slot_of(customer)];
        return entry.events == 0 ? nullptr : &entry;
    }
    template <class Fn>
    void each(Fn&& fn) const {
        for (const Entry& entry : slots_) {
            if (entry.events != 0) fn(entry);
        }
    }
    std::size_t size() const { return size_; }

private:
    std::size_t slot_of(const Bytes16& customer) const {
        std::uint64_t hash = 0;
        std::memcpy(&hash, customer.data() + 8, 8);
        std::size_t slot = hash & (slots_.size() - 1);
        while (slots_[slot].events != 0 && slots_[slot].customer != customer) slot = (slot + 1) & (slots_.size() - 1);
        return slot;
    }
    void grow() {
        std::vector<Entry> old =
            std::exchange(slots_, std::vector<Entry>(std::max<std::size_t>(1024, slots_.size() * 2)));
        for (const Entry& entry : old) {
            if (entry.events != 0) slots_[slot_of(entry.customer)] = entry;
        }
    }
    std::vector<Entry> slots_;
    std::size_t size_ = 0;
};

struct Count {
    std::int64_t events = 0;
    std::int64_t last_ms = 0;
    void add(std::int64_t ms) {
        ++events;
        last_ms = std::max(last_ms, ms);
    }
};
using Counts = std::map<std::string, Count, std::less<>>;

struct TenantState {
    std::int64_t position = 0;
    Table customers;
    Counts types;
    Counts sources;  // by the raw bytes of the id; last_ms is of the receipt

    void add(const Event& event) {
        const auto second = static_cast<std::uint32_t>(std::max<std::int64_t>(0, event.time.ms / 1000));
        Entry& entry = customers.at(event.customer.bytes);
        entry.first_s = entry.events == 0 ? second : std::min(entry.first_s, second);
        entry.last_s = std::max(entry.last_s, second);
        ++entry.events;
        types[event.type].add(event.time.ms);
        auto source = sources.find(event.source.raw());
        if (source == sources.end()) source = sources.emplace(event.source.raw(), Count{}).first;
        source->second.add(event.received.ms);
        ++position;
    }
};

void put(std::string& out, const void* bytes, std::size_t size) { out.append(static_cast<const char*>(bytes), size); }
void put_number(std::string& out, std::int64_t number) { put(out, &number, sizeof number); }

class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
    bool take(void* out, std::size_t size) {
        if (size > bytes_.size()) return false;
        std::memcpy(out, bytes_.data(), size);
        bytes_.remove_prefix(size);
        return true;
    }
    bool number(std::int64_t& out) { return take(&out, sizeof out); }
    bool text(std::string& out, std::int64_t size) {
        if (size < 0 || static_cast<std::size_t>(size) > bytes_.size()) return false;
        out.assign(bytes_.substr(0, static_cast<std::size_t>(size)));
        bytes_.remove_prefix(out.size());
        return true;
    }

private:
    std::string_view bytes_;
};

void write_counts(std::string& out, const Counts& counts) {
    put_number(out, static_cast<std::int64_t>(counts.size()));
    for (const auto& [name, count] : counts) {
        put_number(out, static_cast<std::int64_t>(name.size()));
        out.append(name);
        put_number(out, count.events);
        put_number(out, count.last_ms);
    }
}

std::string write_tenant(const TenantId& id, const TenantState& state) {
    std::string out(id.raw());
    put_number(out, state.position);
    put_number(out, static_cast<std::int64_t>(state.customers.size()));
    state.customers.each([&](const Entry& entry) { put(out, &entry, sizeof entry); });
    write_counts(out, state.types);
    write_counts(out, state.sources);
    return out;
}

bool read_counts(Cursor& cursor, Counts& counts) {
    std::int64_t size = 0;
    if (!cursor.number(size)) return false;
    for (std::int64_t i = 0; i < size; ++i) {
        std::int64_t length = 0;
        std::string name;
        Count count;
        const bool whole = cursor.number(length) && cursor.text(name, length) && cursor.number(count.events) &&
                           cursor.number(count.last_ms);
        if (!whole) return false;
        counts.emplace(std::move(name), count);
    }
    return true;
}

bool read_tenant(Cursor& cursor, TenantState& state) {
    std::int64_t customers = 0;
    if (!cursor.number(state.position) || !cursor.number(customers)) return false;
    for (std::int64_t i = 0; i < customers; ++i) {
        Entry entry;
        if (!cursor.take(&entry, sizeof entry) || entry.events == 0) return false;
        state.customers.at(entry.customer) = entry;
    }
    return read_counts(cursor, state.types) && read_counts(cursor, state.sources);
}

class ActivityInMemory final : public Activity {
public:
    void apply(Unit& unit, Events events) override {
        if (events->empty()) return;
        unit.on_commit([this, tenant = unit.tenant(), events = std::move(events)] {
            {
                const std::unique_lock lock(mutex_);
                TenantState& state = tenants_[tenant];
                remember(tenant, {state.position + 1, events});
                for (const Event& one : *events) state.add(one);
            }
            if (applied_) applied_();
        });
    }

    std::vector<Run> recent(const TenantId& tenant, std::int64_t after) const override {
        const std::shared_lock lock(mutex_);
        std::vector<Run> out;
        for (const Recent& one : recent_) {
            const bool wanted = one.tenant == tenant && end_of(one.run) > after;
            if (wanted) out.push_back(one.run);
        }
        if (!out.empty() && out.front().first > after + 1) out.clear();
        return out;
    }
    void on_applied(std::function<void()> listener) override { applied_ = std::move(listener); }

    std::optional<CustomerActivity> of(const TenantId& tenant, const CustomerId& customer) const override {
        const std::shared_lock lock(mutex_);
        const auto found = tenants_.find(tenant);
        const Entry* entry = found == tenants_.end() ? nullptr : found->second.customers.find(customer.bytes);
        if (entry == nullptr) return std::nullopt;
        return CustomerActivity{{entry->first_s * 1000LL}, {entry->last_s * 1000LL}, entry->events};
    }

    std::vector<TypeActivity> types(const TenantId& tenant) const override {
        const std::shared_lock lock(mutex_);
        std::vector<TypeActivity> out;
        const auto found = tenants_.find(tenant);
        if (found == tenants_.end()) return out;
        for (const auto& [type, count] : found->second.types) out.push_back({type, count.events, {count.last_ms}});
        return out;
    }

    std::vector<SourceActivity> sources(const TenantId& tenant) const override {
        const std::shared_lock lock(mutex_);
        std::vector<SourceActivity> out;
        const auto found = tenants_.find(tenant);
        if (found == tenants_.end()) return out;
        for (const auto& [id, count] : found->second.sources)
            out.push_back({SourceId::from_raw(id), count.events, {count.last_ms}});
        return out;
    }

    std::int64_t position(const TenantId& tenant) const override {
        const std::shared_lock lock(mutex_);
        const auto found = tenants_.find(tenant);
        return found == tenants_.end() ? 0 : found->second.position;
    }

    // Sums the entries' hashes, so that the order of the table's slots does not matter.
    std::string state_hash(const TenantId& tenant) const override {
        const std::shared_lock lock(mutex_);
        crypto::Hasher hasher;
        static const TenantState nothing;  // A tenant that did nothing is the same whether it is known or not.
        const auto found = tenants_.find(tenant);
        const TenantState& state = found == tenants_.end() ? nothing : found->second;
        std::array<std::uint64_t, 2> sum{};
        state.customers.each([&sum](const Entry& entry) {
            const Bytes16 hash = crypto::fingerprint({reinterpret_cast<const char*>(&entry), sizeof entry});
            std::array<std::uint64_t, 2> words{};
            std::memcpy(words.data(), hash.data(), 16);
            sum[0] += words[0];
            sum[1] += words[1];
        });
        hasher.add(state.position);
        hasher.add({reinterpret_cast<const char*>(sum.data()), sizeof sum});
        for (const Counts* counts : {&state.types, &state.sources}) {
            for (const auto& [name, count] : *counts) {
                hasher.add(name);
                hasher.add(count.events);
                hasher.add(count.last_ms);
            }
        }
        return crypto::hex(crypto::view(hasher.finish()));
    }

    Status save(files::FileSystem& files, const std::string& path) override {
        std::string out(kMagic);
        {
            const std::shared_lock lock(mutex_);
            for (const auto& [tenant, state] : tenants_) out += write_tenant(tenant, state);
        }
        const crypto::Hash hash = crypto::blake2b(out);
        out.append(crypto::view(hash));
        return files.write_whole(path, out);
    }

    Status load(files::FileSystem& files, const std::string& path, sql::Connection& sql,
                const std::vector<TenantId>& tenants) override {
        auto bytes = files.read_whole(path, kSnapshotBytesMax);
        if (!bytes || !restore(*bytes)) {
            if (bytes) log::warn("activity snapshot is damaged; reading the whole log instead", {});
            const std::unique_lock lock(mutex_);
            tenants_.clear();
        }
        return follow(sql, tenants);
    }

    Status rebuild(sql::Connection& sql, const std::vector<TenantId>& tenants) override {
        {
            const std::unique_lock lock(mutex_);
            tenants_.clear();
        }
        return follow(sql, tenants);
    }

private:
    struct Recent {
        TenantId tenant;
        Run run;
        std::size_t bytes = 0;
    };
    static std::int64_t end_of(const Run& run) { return run.first + static_cast<std::int64_t>(run.events->size()) - 1; }

    void remember(const TenantId& tenant, Run run) {
        std::size_t bytes = 0;
        for (const Event& one : *run.events) bytes += sizeof one + one.properties.capacity();
        recent_.push_back({tenant, std::move(run), bytes});
        recent_bytes_ += bytes;
        while (recent_bytes_ > kRecentBytes) {
            recent_bytes_ -= recent_.front().bytes;
            recent_.pop_front();
        }
    }

    bool restore(std::string_view bytes) {
        if (bytes.size() < kMagic.size() + 32 || !bytes.starts_with(kMagic)) return false;
        const crypto::Hash hash = crypto::blake2b(bytes.substr(0, bytes.size() - 32));
        if (bytes.substr(bytes.size() - 32) != crypto::view(hash)) return false;
        Cursor cursor(bytes.substr(kMagic.size(), bytes.size() - kMagic.size() - 32));
        const std::unique_lock lock(mutex_);
        tenants_.clear();
        for (TenantId id; cursor.take(id.bytes.data(), 16);) {
            if (!read_tenant(cursor, tenants_[id])) return false;
        }
        return true;
    }

    // Reads the tail of the log behind what is known. A snapshot that is ahead of the log belongs to another record.
    Status follow(sql::Connection& sql, const std::vector<TenantId>& tenants) {
        for (const TenantId& tenant : tenants) {
            const std::int64_t logged = TRY(event_count(sql, tenant));
            const std::unique_lock lock(mutex_);
            TenantState& state = tenants_[tenant];
            if (state.position > logged) state = {};
            TRY(scan_events(sql, tenant, state.position, [&state](std::int64_t position, const Event& event) {
                state.add(event);
                state.position = position;
                return true;
            }));
        }
        return ok();
    }

    mutable std::shared_mutex mutex_;
    std::map<TenantId, TenantState> tenants_;
    std::deque<Recent> recent_;  // of all tenants, in the order of their commits
    std::size_t recent_bytes_ = 0;
    std::function<void()> applied_;
};

}  // namespace

std::unique_ptr<Activity> make_activity() { return std::make_unique<ActivityInMemory>(); }

}  // namespace tilth::kernel
