#pragma once
// The gate before every file (kernel/api/file.h), asking and approving, and the watch on who looks at very many people.
// Private to org. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "kernel/api/file.h"
#include "modules/org/exports/limits.h"
#include "modules/org/service.h"

namespace tilth::org {

struct ExportTag { static constexpr std::string_view kPrefix = "exp"; };
using ExportId = Id<ExportTag>;

inline constexpr kernel::Permission kExportApprove{"export.approve", "审批导出", "Approve exports"};
inline constexpr kernel::Permission kAuditSeen{"audit.read", "查看审计", "See the audit log"};  // declared by app

// Taken: left without asking. Refused: over a limit, nobody was asked yet. Expired: nobody decided, or the day passed.
enum class ExportState : std::uint8_t { Taken, Refused, Waiting, Approved, Declined, Withdrawn, Expired };

struct ExportRow {
    ExportId id;
    kernel::ActorKind actor_kind = kernel::ActorKind::Staff;
    Bytes16 actor{};
    std::string actor_name;
    std::string scope;                 // "*", or the topmost nodes
    Instant at;
    std::string path;
    std::string query;
    std::string title_zh;
    std::string title_en;
    kernel::FileData data = kernel::FileData::Figures;
    ExportState state = ExportState::Taken;
    std::int64_t rows = 0;
    std::int64_t people = 0;
    bool may_ask = false;
    std::string reason = {};
    std::optional<Instant> asked_at = std::nullopt;
    std::string decided_by = {};
    std::optional<Instant> decided_at = std::nullopt;
    std::string decision = {};
    std::optional<Instant> ends_at = std::nullopt;
    std::int64_t fetched = 0;
};

class ExportDesk final : public kernel::DataGate {
public:
    ExportDesk(kernel::Kernel& kernel, OrgService& org) : kernel_(kernel), org_(org) {}

    Result<kernel::FileStamp> admit(const kernel::Context& context, const kernel::FileAsked& asked) override;
    void seen(const kernel::Context& context, std::string_view person) override;

    Allowance allowance(const kernel::Context& context, std::string_view permission) const;
    Result<std::int64_t> taken_today(sql::Connection& sql, const kernel::Context& context) const;

    // NotFound unless it is the caller's own; Conflict in another state.
    Status ask(kernel::Unit& unit, const ExportId& id, std::string reason);
    Status withdraw(kernel::Unit& unit, const ExportId& id);
    // By another person whose scope covers the asker's. Declining takes an approval back, too.
    Status approve(kernel::Unit& unit, const ExportId& id, std::string reason);
    Status decline(kernel::Unit& unit, const ExportId& id, std::string reason);
    Status expire(kernel::Unit& unit, const kernel::Timer& timer);
    bool may_decide(const kernel::Context& context, const ExportRow& row) const;

private:
    struct Outcome {
        ExportId id;
        ExportVerdict verdict = ExportVerdict::Free;
        bool waiting = false;
    };
    Result<Outcome> decide(kernel::Unit& unit, const kernel::FileAsked& asked, const Allowance& allowance) const;
    Result<ExportRow> undecided(kernel::Unit& unit, const ExportId& id) const;
    std::int64_t pages_an_hour(const kernel::Context& context) const;

    kernel::Kernel& kernel_;
    OrgService& org_;
    struct Looked {
        std::int64_t hour = 0;
        bool alarmed = false;
        std::unordered_set<std::string> people;
    };
    std::mutex mutex_;
    std::map<std::pair<TenantId, Bytes16>, Looked> looked_;  // since this hour began or the process did
};

namespace store {
Result<std::optional<ExportRow>> find_export(sql::Connection& sql, const TenantId& tenant, const ExportId& id);
// Newest first, those before (at, id); `fn` says whether to go on.
struct ExportAsked {
    std::optional<Bytes16> actor;
    std::optional<ExportState> state;
    Instant before{INT64_MAX};
    ExportId before_id;
};
Status exports(sql::Connection& sql, const TenantId& tenant, const ExportAsked& asked,
               const std::function<bool(ExportRow)>& fn);
}  // namespace store

void add_export_routes(kernel::Kernel& kernel, OrgService& org);

}  // namespace tilth::org
