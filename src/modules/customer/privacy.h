#pragma once
// Consent and the rights of persons: values, pure rules, SQL. Consent is a customer's own; a person's other customers
// neither give nor lend it, but the withdrawal of any of them counts for all.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modules/customer/api.h"
#include "modules/customer/store.h"

namespace tilth::customer {

inline constexpr std::int64_t kRequestDays = 15;   // a request is to be answered within these days
inline constexpr std::string_view kDueTimer = "privacy.due";

struct ConsentLine {
    std::int64_t number = 0;
    CustomerId customer;
    Purpose purpose = Purpose::Marketing;
    ConsentChannel channel = ConsentChannel::Sms;
    bool granted = false;
    std::string text_version;
    std::string source;
    std::string actor;
    Instant at;
    Instant recorded_at;
};
// Of lines of one purpose and channel over a person's customers: whether `customer` may be reached. The newest line of
// the customer itself grants it, and no other customer of the person has withdrawn since.
bool consent_stands(std::span<const ConsentLine> lines, const CustomerId& customer);

enum class RequestKind : std::uint8_t { Access, Copy, Correct, Portability, Erase };
enum class RequestState : std::uint8_t { Open, Done, Refused };

namespace store {

Status insert(kernel::Unit& unit, const ConsentLine& line);
Result<std::vector<ConsentLine>> consents(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);

struct RequestRow {
    std::int64_t number = 0;
    CustomerId customer;
    RequestKind kind = RequestKind::Access;
    RequestState state = RequestState::Open;
    std::string note;
    Instant requested_at;
    Instant due_at;
    std::optional<Instant> closed_at;
    std::string closed_by;
    std::string receipt;
};
Status insert(kernel::Unit& unit, const RequestRow& request);
Status close(kernel::Unit& unit, std::int64_t number, RequestState state, std::string_view receipt);
Result<std::optional<RequestRow>> request(sql::Connection& sql, const TenantId& tenant, std::int64_t number);
// Newest first, numbers below `before`, at most `limit`.
Result<std::vector<RequestRow>> requests(sql::Connection& sql, const TenantId& tenant, bool open, std::int64_t before,
                                         std::int64_t limit);

Result<bool> is_erased(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);
Result<bool> is_suppressed(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);
Status insert_erasure(kernel::Unit& unit, const CustomerId& customer);
Status insert_suppression(kernel::Unit& unit, const kernel::BlindIndex& fingerprint);
Status suppress(kernel::Unit& unit, const CustomerId& customer);
Result<std::optional<Bytes16>> blind_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number);
Result<std::set<Bytes16>> suppressions(sql::Connection& sql, const TenantId& tenant);

}  // namespace store

// Clear values that one actor may see within an hour before it is an alarm ("privacy.bulk_read", once an hour,
// and a line in the audit log), and before no more are shown.
inline constexpr std::int64_t kRevealsAlarm = 30;
inline constexpr std::int64_t kRevealsMax = 300;
// Counts one more, within the unit that shows it. LimitExceeded.
Status count_reveal(kernel::Unit& unit);

// The fingerprint of a phone or an address on the suppression list; nothing for other kinds.
Result<std::optional<kernel::BlindIndex>> suppression_of(kernel::Vault& vault, const TenantId& tenant,
                                                         IdentityKind kind, std::string_view normalised);
// Under whichever generation of the index key it stands.
inline bool is_suppressed(const std::set<Bytes16>& suppressed, const kernel::BlindIndex& fingerprint) {
    return suppressed.contains(fingerprint.now) || suppressed.contains(fingerprint.before);
}

}  // namespace tilth::customer
