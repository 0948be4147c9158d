#include "kernel/vault/kept.h"

#include <memory>

namespace tilth::kernel {

namespace {

constexpr int kRowsPerLook = 100;
constexpr int kCountedAtOnce = 20'000;

struct KeptRow {
    std::int64_t number = 0;
    std::string owner;
    std::string before;
    std::string after;
};

// The statements of one column; made once, so that they are prepared once.
struct Statements {
    KeptColumn column;
    std::string count;
    std::string read;
    std::string write;
};

Statements statements(const KeptColumn& column) {
    const std::string table(column.table);
    const std::string sealed(column.column);
    const std::string number(column.number);
    const std::string owner(column.owner);
    Statements made{column, "SELECT count(*) FROM " + table + " WHERE tenant_id = ?1", {}, {}};
    if (owner.empty()) {
        made.read = "SELECT " + number + ", " + sealed + " FROM " + table + " WHERE tenant_id = ?1 AND " + number +
                    " > ?2 AND " + sealed + " IS NOT NULL ORDER BY " + number + " LIMIT ?3";
        made.write = "UPDATE " + table + " SET " + sealed + " = ?3 WHERE tenant_id = ?1 AND " + number + " = ?2 AND " +
                     sealed + " = ?4";
        return made;
    }
    made.read = "SELECT " + number + ", " + sealed + ", " + owner + " FROM " + table + " WHERE tenant_id = ?1 AND (" +
                owner + ", " + number + ") > (?4, ?2) AND " + sealed + " IS NOT NULL ORDER BY " + owner + ", " +
                number + " LIMIT ?3";
    made.write = "UPDATE " + table + " SET " + sealed + " = ?3 WHERE tenant_id = ?1 AND " + number + " = ?2 AND " +
                 sealed + " = ?4 AND " + owner + " = ?5";
    return made;
}

Result<std::vector<KeptRow>> read_rows(sql::Connection& sql, const TenantId& tenant, const Statements& made,
                                       std::int64_t number, const std::string& owner) {
    const auto row_of = [&](const sql::Row& row) {
        return KeptRow{row.i64(0),
                       made.column.owner.empty() ? std::string() : std::string(row.bin(2)),
                       std::string(row.bin(1)),
                       {}};
    };
    if (made.column.owner.empty()) return sql.all(made.read, {tenant, number, kRowsPerLook}, row_of);
    return sql.all(made.read, {tenant, number, kRowsPerLook, sql::Blob{owner}}, row_of);
}

Status write_rows(Unit& unit, const Statements& made, const std::vector<KeptRow>& rows) {
    for (const KeptRow& row : rows) {
        if (row.after.empty()) continue;
        const auto written =
            made.column.owner.empty()
                ? unit.sql().write(made.write, {unit.tenant(), row.number, sql::Blob{row.after}, sql::Blob{row.before}})
                : unit.sql().write(made.write, {unit.tenant(), row.number, sql::Blob{row.after}, sql::Blob{row.before},
                                                sql::Blob{row.owner}});
        TRY(written);
    }
    return ok();
}

// Position: "<number>" or "<number> <owner in hexadecimal digits>", of the last row looked at.
Result<KeptPlace::Look> look_at(Vault& vault, Record& record, const std::shared_ptr<const Statements>& made,
                                const Context& context, const std::string& position) {
    const std::size_t gap = std::min(position.find(' '), position.size());
    const std::int64_t number = position.empty() ? INT64_MIN : TRY(parse_decimal(position.substr(0, gap), 0));
    const std::string owner =
        gap == position.size() ? std::string(16, '\0') : TRY(crypto::from_hex(position.substr(gap + 1)));
    auto rows = std::make_shared<std::vector<KeptRow>>();
    *rows = TRY(record.read<std::vector<KeptRow>>(
        context, [&](View& view) { return read_rows(view.sql(), view.tenant(), *made, number, owner); }));
    KeptPlace::Look look;
    look.seen = static_cast<std::int64_t>(rows->size());
    for (KeptRow& row : *rows) {
        auto anew = TRY(vault.seal_anew(context.tenant, made->column.purpose, row.before));
        if (!anew) continue;
        row.after = std::move(*anew);
        ++look.old;
    }
    if (look.seen == kRowsPerLook) {
        const KeptRow& last = rows->back();
        look.next = std::to_string(last.number) + (last.owner.empty() ? "" : " " + crypto::hex(last.owner));
    }
    if (look.old > 0) look.renew = [made, rows](Unit& unit) { return write_rows(unit, *made, *rows); };
    return look;
}

}  // namespace

bool is_newest(const KeyRing& ring, std::string_view sealed) { return marked(sealed).generation == ring.newest(); }

Result<std::int64_t> customers_with_secret(Record& record, const Context& context) {
    std::int64_t count = 0;
    for (std::optional<std::string> after = std::string(16, '\0'); after;) {
        struct Slice {
            std::int64_t rows = 0;
            std::optional<std::string> last;
        };
        const auto slice = TRY(record.read<Slice>(context, [&](View& view) -> Result<Slice> {
            Slice found;
            TRY(
                view.sql().query("SELECT customer_id FROM person_secret WHERE tenant_id = ?1 AND customer_id > ?2 "
                                 "ORDER BY customer_id LIMIT ?3",
                                 {view.tenant(), sql::Blob{*after}, kCountedAtOnce}, [&](const sql::Row& row) {
                                     if (++found.rows == kCountedAtOnce) found.last = std::string(row.bin(0));
                                     return true;
                                 }));
            return found;
        }));
        count += slice.rows;
        after = slice.last;
    }
    return count;
}

KeptPlace kept_column(Vault& vault, Record& record, const KeptColumn& column) {
    const auto made = std::make_shared<const Statements>(statements(column));
    KeptPlace place;
    place.name = column.table;
    place.size = [&record, made](const Context& context) {
        return record.read<std::int64_t>(context, [&](View& view) -> Result<std::int64_t> {
            const auto rows =
                TRY(view.sql().one(made->count, {view.tenant()}, [](const sql::Row& row) { return row.i64(0); }));
            return rows.value_or(0);
        });
    };
    place.look = [&vault, &record, made](const Context& context, const std::string& position) {
        return look_at(vault, record, made, context, position);
    };
    return place;
}

}  // namespace tilth::kernel
