#include <algorithm>

#include "base/hooks.h"
#include "base/money.h"
#include "modules/collect/forget/api.h"
#include "modules/collect/forget/needles.h"
#include "modules/collect/imports/import.h"
#include "modules/collect/imports/spool.h"
#include "platform/json/value.h"

namespace tilth::collect {

namespace {

constexpr std::string_view kTicketPurpose = "forget_ticket";
constexpr int kRowsPerStep = 500;

enum class Phase : std::uint8_t { Held, Refused, Rejects, Files, Strike };

// "<tickets up to> <phase> <after> <import>"
struct Place {
    std::int64_t tickets = 0;
    Phase phase = Phase::Held;
    std::int64_t after = 0;   // number or line
    std::string import = {};  // the one before which all were looked through, or that is being looked through
};

std::string print(const Place& place) {
    return std::to_string(place.tickets) + " " + std::to_string(static_cast<int>(place.phase)) + " " +
           std::to_string(place.after) + " " + place.import;
}

Result<Place> parse(std::string_view text) {
    Place place;
    std::int64_t parts[3] = {};
    for (std::int64_t& part : parts) {
        const std::size_t end = text.find(' ');
        if (end == std::string_view::npos) return Error(ErrorCode::Corrupt, "position of a forgetting");
        part = TRY(parse_decimal(text.substr(0, end), 0));
        text.remove_prefix(end + 1);
    }
    if (parts[1] < 0 || parts[1] > static_cast<std::int64_t>(Phase::Strike))
        return Error(ErrorCode::Corrupt, "position of a forgetting");
    place.tickets = parts[0];
    place.phase = static_cast<Phase>(parts[1]);
    place.after = parts[2];
    place.import = std::string(text);
    return place;
}

struct SealedRow {
    std::int64_t number = 0;
    std::string sealed;
};

class Sweeper final : public Forgetting {
public:
    explicit Sweeper(kernel::Kernel& kernel) : kernel_(kernel) {}

    Status begin(kernel::Unit& unit, const std::vector<std::string>& keys) override {
        if (Needles(keys).none()) return ok();
        json::Value list = json::Value::array();
        for (const std::string& key : keys) list.push(key);
        const std::string sealed = TRY(kernel_.vault.seal_for_tenant(unit.tenant(), kTicketPurpose, list.print()));
        return unit.sql().write("INSERT INTO forget_ticket (tenant_id, number, at, sealed) VALUES (?1, ?2, ?3, ?4)",
                                {unit.tenant(), unit.next_number("forget_ticket"), unit.now(), sql::Blob{sealed}});
    }

    Result<Look> sweep(const kernel::Context& context, const std::string& position) override {
        if (FAILPOINT("collect.forget")) return Look{};
        std::vector<std::pair<ImportId, std::int64_t>> files;  // with their pieces: read outside of the snapshot
        std::optional<Needles> needles;
        auto look = TRY(kernel_.record.read<Look>(context, [&](kernel::View& view) -> Result<Look> {
            files.clear();
            const Place place = position.empty() ? Place { .tickets = TRY(newest(view)) } : TRY(parse(position));
            if (place.tickets == 0) return Look{};
            needles.emplace(TRY(keys_of(view, place.tickets)));
            switch (place.phase) {
                case Phase::Held: return rows(view, place, *needles, "held_event", Phase::Refused);
                case Phase::Refused: return rows(view, place, *needles, "refused_event", Phase::Rejects);
                case Phase::Rejects: return rejects(view, place, *needles);
                case Phase::Files: return next_files(view, place, files);
                case Phase::Strike: break;
            }
            return Look{std::nullopt, [upto = place.tickets](kernel::Unit& unit) {
                            return unit.sql().write("DELETE FROM forget_ticket WHERE tenant_id = ?1 AND number <= ?2",
                                                    {unit.tenant(), upto});
                        }};
        }));
        for (const auto& [file, chunks] : files) TRY(cut(context.tenant, file, chunks, *needles));
        return look;
    }

private:
    static Result<std::int64_t> newest(kernel::View& view) {
        const auto number =
            TRY(view.sql().one("SELECT number FROM forget_ticket WHERE tenant_id = ?1 ORDER BY number DESC LIMIT 1",
                               {view.tenant()}, [](const sql::Row& row) { return row.i64(0); }));
        return number.value_or(0);
    }

    Result<std::vector<std::string>> keys_of(kernel::View& view, std::int64_t upto) const {
        std::vector<std::string> keys;
        const auto tickets =
            TRY(view.sql().all("SELECT sealed FROM forget_ticket WHERE tenant_id = ?1 AND number <= ?2 ORDER BY number",
                               {view.tenant(), upto}, [](const sql::Row& row) { return std::string(row.bin(0)); }));
        for (const std::string& sealed : tickets) {
            const auto list =
                TRY(json::Value::parse(TRY(kernel_.vault.open_for_tenant(view.tenant(), kTicketPurpose, sealed))));
            for (const json::Value& key : list.items()) keys.emplace_back(key.str());
        }
        return keys;
    }

    // Held and refused events alike: the table's name is the purpose under which its rows are sealed.
    Result<Look> rows(kernel::View& view, Place place, const Needles& needles, std::string_view table,
                      Phase then) const {
        const bool held = place.phase == Phase::Held;
        const std::string_view select =
            held ? "SELECT number, sealed FROM held_event WHERE tenant_id = ?1 AND number > ?2 AND code <> 'released'"
                   " ORDER BY number LIMIT ?3"
                 : "SELECT number, sealed FROM refused_event WHERE tenant_id = ?1 AND number > ?2"
                   " ORDER BY number LIMIT ?3";
        const auto found =
            TRY(view.sql().all(select, {view.tenant(), place.after, kRowsPerStep}, [](const sql::Row& row) {
                return SealedRow{row.i64(0), std::string(row.bin(1))};
            }));
        std::vector<std::int64_t> struck;
        for (const SealedRow& row : found) {
            place.after = row.number;
            const std::string plain = TRY(kernel_.vault.open_for_tenant(view.tenant(), table, row.sealed));
            if (needles.in(plain)) struck.push_back(row.number);
        }
        if (found.size() < static_cast<std::size_t>(kRowsPerStep)) place = {.tickets = place.tickets, .phase = then};
        const std::string_view strike = held ? "DELETE FROM held_event WHERE tenant_id = ?1 AND number = ?2"
                                             : "DELETE FROM refused_event WHERE tenant_id = ?1 AND number = ?2";
        return Look{print(place), [struck = std::move(struck), strike](kernel::Unit& unit) -> Status {
                        for (const std::int64_t number : struck) TRY(unit.sql().write(strike, {unit.tenant(), number}));
                        return ok();
                    }};
    }

    static Result<std::optional<ImportRow>> next_import(kernel::View& view, const std::string& after) {
        const ImportId before = after.empty() ? ImportId{} : TRY(ImportId::parse(after));
        const auto id =
            TRY(view.sql().one("SELECT id FROM import_file WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                               {view.tenant(), before}, [](const sql::Row& row) { return row.id<ImportId>(0); }));
        if (!id) return std::optional<ImportRow>();
        return store::find(view.sql(), view.tenant(), *id);
    }

    Result<Look> rejects(kernel::View& view, Place place, const Needles& needles) const {
        const auto import = TRY(next_import(view, place.import));
        if (!import) return Look{print({.tickets = place.tickets, .phase = Phase::Files}), {}};
        const auto found =
            TRY(store::rejects(view.sql(), view.tenant(), import->id, std::nullopt, place.after, kRowsPerStep));
        std::vector<std::int64_t> struck;
        for (const store::Reject& reject : found) {
            place.after = reject.line;
            const std::string plain = TRY(kernel_.vault.open_for_tenant(view.tenant(), "import_reject", reject.sealed));
            if (needles.in(plain)) struck.push_back(reject.line);
        }
        if (found.size() < static_cast<std::size_t>(kRowsPerStep)) {
            place.after = 0;
            place.import = import->id.str();
        }
        return Look{print(place), [struck = std::move(struck), id = import->id](kernel::Unit& unit) -> Status {
                        for (const std::int64_t line : struck) TRY(store::remove_reject(unit, id, line));
                        return ok();
                    }};
    }

    Result<Look> next_files(kernel::View& view, Place place,
                            std::vector<std::pair<ImportId, std::int64_t>>& files) const {
        const auto import = TRY(next_import(view, place.import));
        if (!import) return Look{print({.tickets = place.tickets, .phase = Phase::Strike}), {}};
        if (TRY(is_read_now(view, *import))) return Error(ErrorCode::Unavailable, "an import is being read");
        files.emplace_back(import->id, import->chunks);
        for (const store::Part& part : TRY(store::parts(view.sql(), view.tenant(), import->id)))
            files.emplace_back(part.file, part.chunks);
        place.import = import->id.str();
        return Look{print(place), {}};
    }

    Result<bool> is_read_now(kernel::View& view, const ImportRow& import) const {
        const bool said = import.state == ImportState::Checking || import.state == ImportState::Running;
        if (!said || !import.job) return false;
        const auto job = kernel_.jobs.find(view.sql(), view.tenant(), *import.job);
        using kernel::JobState;
        return job && (job->state == JobState::Queued || job->state == JobState::Running ||
                       job->state == JobState::Cancelling);
    }

    Status cut(const TenantId& tenant, const ImportId& file, std::int64_t chunks, const Needles& needles) const {
        Spool spool(kernel_, tenant, file);
        if (!TRY(spool.exists())) return ok();
        Spool::Reader reader(spool, chunks);
        LineCutter look(needles);
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
            const auto piece = TRY(reader.next());
            if (!piece) return Error(ErrorCode::Corrupt, "imported file is cut");
            look.feed(*piece, chunk + 1 == chunks);
        }
        if (look.cut() == 0) return ok();
        LineCutter cutter(needles);
        return spool.rewrite(chunks, [&](std::string_view piece, bool last) { return cutter.feed(piece, last); });
    }

    kernel::Kernel& kernel_;
};

}  // namespace

std::unique_ptr<Forgetting> make_forgetting(kernel::Kernel& kernel) { return std::make_unique<Sweeper>(kernel); }

Result<bool> forgetting(sql::Connection& sql, const TenantId& tenant) {
    const auto found = TRY(sql.one("SELECT number FROM forget_ticket WHERE tenant_id = ?1 ORDER BY number LIMIT 1",
                                   {tenant}, [](const sql::Row& row) { return row.i64(0); }));
    return found.has_value();
}

std::vector<std::string_view> tables_of_the_sealed() {
    return {"forget_ticket", "held_event", "refused_event", "import_reject"};
}

}  // namespace tilth::collect
