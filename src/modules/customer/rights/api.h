#pragma once
// What flows need of the rights of persons besides modules/customer/api.h.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/customer/api.h"

namespace tilth::customer {

// The keys, clear and normalised, by which the whole person of `customer` is known: for who has to look for them
// elsewhere before they are erased. In memory only. A visitor's random id is kept nowhere and not among them.
Result<std::vector<std::string>> keys_of_person(Customers& customers, kernel::Vault& vault, sql::Connection& sql,
                                                const TenantId& tenant, const CustomerId& customer);

// This customer's own home, not its person's.
Result<std::optional<OrgNodeId>> home_of(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);

// The person's customers of an open request for access, a copy or portability, within the caller's scope; Conflict when
// it is for something else or closed.
Result<std::vector<CustomerId>> copy_request(Customers& customers, kernel::Unit& unit, std::int64_t number);
// Closes it with what was handed over (JSON without any personal value), in the audit log too.
Status close_copy(kernel::Unit& unit, std::int64_t number, std::string_view receipt);

// ---- What a file says of consent ----

// Some member file's word on one person: an answer to how it was given, for which purposes, by which channels.
struct FiledConsent {
    std::string answer;         // "门店签署", "不同意"; empty: nothing was said
    std::string purposes;       // "营销;服务通知"; empty: marketing
    std::string channels;       // "短信;企业微信"; empty: text message, WeCom, WeChat
    std::string text_version;   // of what was agreed to; empty: the answer itself
    std::optional<Instant> at;  // when it was said; nothing: `known_since`, and then it never outranks a withdrawal
    Instant known_since;
};
// Invalid names the field (answer is never wrong) and the word that is none.
Status check_filed(const FiledConsent& filed);
// Writes what was not said already, with the import as its source; yields the number of lines.
Result<std::int64_t> file_consent(Customers& customers, kernel::Unit& unit, const CustomerId& customer,
                                  const FiledConsent& filed, std::string_view source);
// Takes back what `source` said, at most `limit` lines; 0 when nothing is left.
Result<std::int64_t> take_back_consent(kernel::Unit& unit, std::string_view source, int limit);

}  // namespace tilth::customer
