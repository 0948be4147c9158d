#include "kernel/vault/register.h"

#include <set>

#include "platform/crypto/crypto.h"
#include "platform/log/log.h"

namespace tilth::kernel {

namespace {

constexpr std::uint64_t kRegisterBytesMax = 1u << 30;
constexpr std::size_t kHashDigits = 32;

std::string chained(std::string_view head, std::string_view words) {
    crypto::Hasher hasher;
    hasher.add(head);
    hasher.add(words);
    return crypto::hex(crypto::view(hasher.finish())).substr(0, kHashDigits);
}

std::string words_of(std::int64_t number, const ErasedCustomer& one) {
    return std::to_string(number) + " " + to_iso(one.at) + " " + one.tenant.str() + " " + one.customer.str();
}

// The words between the blanks; empty when there are not exactly five.
std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    if (words.size() != 5) words.clear();
    return words;
}

Error damaged(const std::string& path, std::int64_t number) {
    return Error(ErrorCode::Corrupt, "the erasure register " + path + " is damaged at line " + std::to_string(number) +
                                         "; bring it back from where it is kept a second time");
}

}  // namespace

Result<ErasureRegister::Lines> ErasureRegister::load() {
    Lines lines;
    if (!TRY(files_.exists(path_))) return lines;
    const std::string text = TRY(files_.read_whole(path_, kRegisterBytesMax));
    std::string_view rest = text;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        const auto number = static_cast<std::int64_t>(lines.erased.size()) + 1;
        const auto words = split(line);
        if (words.empty()) return damaged(path_, number);
        const std::string hash = chained(lines.head, line.substr(0, line.size() - words[4].size() - 1));
        const auto at = parse_instant(words[1]);
        const auto tenant = TenantId::parse(words[2]);
        const auto customer = CustomerId::parse(words[3]);
        if (hash != words[4] || words[0] != std::to_string(number) || !at || !tenant || !customer)
            return damaged(path_, number);
        lines.erased.push_back({*tenant, *customer, *at});
        lines.head = hash;
    }
    lines.whole_bytes = text.size() - rest.size();
    return lines;
}

Result<std::vector<ErasedCustomer>> ErasureRegister::read() {
    const std::lock_guard lock(mutex_);
    return TRY(load()).erased;
}

Result<std::int64_t> ErasureRegister::append(const std::vector<ErasedCustomer>& erased) {
    const std::lock_guard lock(mutex_);
    TRY(files_.make_directories(directory_));
    Lines lines = TRY(load());
    std::set<std::pair<TenantId, CustomerId>> known;
    for (const ErasedCustomer& one : lines.erased) known.emplace(one.tenant, one.customer);
    auto number = static_cast<std::int64_t>(lines.erased.size());
    std::string added;
    for (const ErasedCustomer& one : erased) {
        if (!known.emplace(one.tenant, one.customer).second) continue;
        const std::string words = words_of(++number, one);
        lines.head = chained(lines.head, words);
        added += words + " " + lines.head + "\n";
    }
    const bool fresh = !TRY(files_.exists(path_));
    const auto file = TRY(files_.open(path_, files::Open::Create));
    if (TRY(file->size()) > lines.whole_bytes) {
        log::info("register.torn_end_cut", {{"offset", lines.whole_bytes}});
        TRY(file->truncate(lines.whole_bytes));
    }
    if (!added.empty()) TRY(file->append(added));
    TRY(file->sync());
    if (fresh) TRY(files_.sync_directory(directory_));
    return number;
}

Result<std::int64_t> register_position(sql::Connection& sql) {
    const auto lines = TRY(sql.one("SELECT lines FROM erasure_register WHERE tenant_id = ?1", {TenantId{}},
                                   [](const sql::Row& row) { return row.i64(0); }));
    return lines.value_or(0);
}

Status set_register_position(Unit& unit, std::int64_t lines) {
    return unit.sql().write(
        "INSERT INTO erasure_register (tenant_id, lines) VALUES (?1, ?2) "
        "ON CONFLICT (tenant_id) DO UPDATE SET lines = excluded.lines",
        {TenantId{}, lines});
}

}  // namespace tilth::kernel
