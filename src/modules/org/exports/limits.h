#pragma once
// What a role may take out and look at (PRV-03), as data: pure decisions, no I/O.

#include <cstdint>
#include <string_view>

namespace tilth::org {

// Of files of people over the limit: an approver may let them go, every file needs one, or nobody can.
enum class ExportApproval : std::uint8_t { OverLimit, Always, Refused };

struct ExportLimit {
    std::int64_t people = 0;         // in a file that needs no approval
    std::int64_t files_a_day = 0;    // of people, without approval, a business day; 0: none, and no asking
    ExportApproval approval = ExportApproval::OverLimit;
    std::int64_t pages_an_hour = 0;  // different customers looked at in an hour that raise an alarm; 0: never
    bool operator==(const ExportLimit&) const = default;
};
// Until the tenant says otherwise; a role of its own ("own:…") gets that of a store manager.
ExportLimit default_export_limit(std::string_view role_code);

// What somebody may do by all of today's roles that hold the right: the most generous of each.
struct Allowance {
    std::int64_t people = 0;         // without approval
    std::int64_t files_a_day = 0;
    bool may_ask = false;
};
void add(Allowance& allowance, const ExportLimit& limit);

enum class ExportVerdict : std::uint8_t { Free, TooMany, TooOften, Closed };
// Closed: no file at all.
ExportVerdict verdict(const Allowance& allowance, std::int64_t taken_today, std::int64_t people);

// An approved file is made when it is fetched; people who came meanwhile are let through up to a tenth.
constexpr std::int64_t people_approved(std::int64_t people_then) { return people_then + people_then / 10; }

}  // namespace tilth::org
