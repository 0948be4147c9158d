#include "flows/erase_person/erase_person.h"

#include "kernel/record/upkeep.h"
#include "modules/customer/rights/api.h"
#include "platform/json/value.h"
#include "platform/log/log.h"

namespace tilth::flows {

namespace {

constexpr kernel::Permission kErase{"customer.privacy", "办理个人信息请求", "Handle privacy requests"};
constexpr int kOrdersCountedMax = 10'000;

struct EraseRequest {
    Int<1, INT64_MAX> number;
    Text<2, 200> reason;
};
API_STRUCT(EraseRequest, (number, reason))

struct EraseReceipt {
    std::int64_t number = 0;  // the request's
    Instant erased_at;
    std::int64_t customers = 0;    // in the erasure register
    std::int64_t identities = 0;   // deleted, with their blind indexes
    std::int64_t values = 0;       // sealed values deleted, with their key
    std::int64_t orders_kept = 0;  // under a bare number, for the books
    Instant residue_until;         // sealed remnants in the engine's files are overwritten by then
};
API_STRUCT(EraseReceipt, (number, erased_at, customers, identities, values, orders_kept, residue_until))

struct ErasureKey {
    Int<1, INT64_MAX> number;
};
API_STRUCT(ErasureKey, (number))
struct ErasurePartView {
    std::string part;  // register, record, backups
    Instant due_by;
    std::optional<Instant> done_at;
    bool overdue = false;
};
API_STRUCT(ErasurePartView, (part, due_by, done_at, overdue))
struct ErasureView {
    std::int64_t number = 0;
    bool complete = false;
    std::vector<ErasurePartView> parts;
};
API_STRUCT(ErasureView, (number, complete, parts))

Result<ErasureView> erasure_view(kernel::View& view, const kernel::Residue& residue, std::int64_t number) {
    ErasureView reply{.number = number, .complete = true, .parts = {}};
    for (auto& part : TRY(residue.parts(view.sql(), view.tenant(), number))) {
        // The copies that were made before the erasure are destroyed with their time.
        if (part.part == kernel::kBackupsPart && part.due_by <= view.now()) part.done_at = part.due_by;
        reply.complete = reply.complete && part.done_at.has_value();
        reply.parts.push_back({part.part, part.due_by, part.done_at, !part.done_at && part.due_by < view.now()});
    }
    if (reply.parts.empty()) return Error(ErrorCode::NotFound, "no erasure under this number");
    return reply;
}

// Keys and values go now; what lies sealed elsewhere is looked through by a job, for which the keys are kept meanwhile.
Result<customer::Erasure> erase_everywhere(kernel::Unit& unit, const ErasureParts& parts, const CustomerId& customer) {
    const auto keys =
        TRY(customer::keys_of_person(parts.customers, parts.kernel.vault, unit.sql(), unit.tenant(), customer));
    const customer::Erasure done = TRY(customer::erase(parts.customers, unit, customer));
    TRY(parts.forgetting.begin(unit, keys));
    return done;
}

Result<EraseReceipt> erase(kernel::Unit& unit, const ErasureParts& parts, const EraseRequest& request) {
    EraseReceipt receipt;
    receipt.number = request.number.value();
    const auto person = TRY(customer::erasure_request(parts.customers, unit, receipt.number));
    const auto kept = TRY(parts.orders.of_customers(unit.sql(), unit.tenant(), person, kOrdersCountedMax));
    receipt.orders_kept = static_cast<std::int64_t>(kept.size());
    const customer::Erasure done = TRY(erase_everywhere(unit, parts, person.front()));
    receipt.erased_at = unit.now();
    receipt.residue_until = unit.now() + parts.residue.promised();
    receipt.customers = done.customers;
    receipt.identities = done.identities;
    receipt.values = done.values;
    const std::string printed = json::Value::object({{"customers", receipt.customers},
                                                     {"identities", receipt.identities},
                                                     {"values", receipt.values},
                                                     {"orders_kept", receipt.orders_kept},
                                                     {"erased_at", to_iso(receipt.erased_at)},
                                                     {"residue_until", to_iso(receipt.residue_until)}})
                                    .print();
    TRY(customer::close_erasure(unit, receipt.number, printed, request.reason.str()));
    TRY(parts.residue.promise(unit, receipt.number, person));
    return receipt;
}

}  // namespace

std::vector<std::string_view> tables_of_persons() {
    std::vector<std::string_view> tables = {"person_secret", "vault_value", "identity_index", "identity"};
    for (const std::string_view table : collect::tables_of_the_sealed()) tables.push_back(table);
    return tables;
}

void add_erase_person(const ErasureParts& parts) {
    kernel::Residue& residue = parts.residue;
    residue.before_forcing(
        [&forgetting = parts.forgetting](const kernel::Context& context,
                                         const std::string& position) -> Result<kernel::Residue::Look> {
            auto look = TRY(forgetting.sweep(context, position));
            return kernel::Residue::Look{std::move(look.next), std::move(look.strike)};
        });
    parts.kernel.api.command<EraseRequest, EraseReceipt>(
        kernel::Method::Post, "/api/v1/privacy-requests/{number}/erase", kErase,
        [parts](kernel::Unit& unit, const EraseRequest& request) { return erase(unit, parts, request); },
        {.zh = "删除个人信息并出具回执",
         .en = "Erase a person, with a receipt",
         .rows = {"PRV-02"},
         .tag = "customer"});
    parts.kernel.api.query<ErasureKey, ErasureView>(kernel::Method::Get, "/api/v1/privacy-requests/{number}/erasure",
                                                    kErase,
                                                    [&residue](kernel::View& view, const ErasureKey& key) {
                                                        return erasure_view(view, residue, key.number.value());
                                                    },
                                                    {.zh = "删除回执：各部分何时完成",
                                                     .en = "What of an erasure is done, and by when the rest",
                                                     .rows = {"PRV-02"},
                                                     .tag = "customer"});
}

Result<std::int64_t> replay_erasures(const ErasureParts& parts, kernel::ErasureRegister& outside) {
    kernel::Kernel& kernel = parts.kernel;
    const auto context = kernel::Context::system(TenantId{}, kernel.clock.now());
    const std::int64_t known = TRY(kernel.record.read<std::int64_t>(
        context, [](kernel::View& view) { return kernel::register_position(view.sql()); }));
    const auto lines = TRY(outside.read());
    std::int64_t erased = 0;
    for (auto at = static_cast<std::size_t>(known); at < lines.size(); ++at) {
        const auto& line = lines[at];
        const auto done = kernel.record.write<std::int64_t>(
            kernel::Context::system(line.tenant, kernel.clock.now()), [&](kernel::Unit& unit) -> Result<std::int64_t> {
                const customer::Erasure one = TRY(erase_everywhere(unit, parts, line.customer));
                TRY(parts.residue.start(unit));
                TRY(unit.audit({.action = "customer.erase_again",
                                .object = line.customer.str(),
                                .detail = "{\"line\":" + std::to_string(at + 1) + "}"}));
                return one.customers;
            });
        // Unknown here or erased already: both are as they should be.
        if (!done && done.error().code != ErrorCode::NotFound) return done.error();
        erased += done.value_or(0);
    }
    if (static_cast<std::size_t>(known) >= lines.size()) return erased;
    TRY(kernel.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(kernel::set_register_position(unit, static_cast<std::int64_t>(lines.size())));
        return true;
    }));
    if (erased > 0) TRY(kernel::force_residue(kernel.record, tables_of_persons()));
    log::info("register.replayed", {{"lines", lines.size()}, {"erased", erased}});
    return erased;
}

}  // namespace tilth::flows
