// What the planner is to believe about each index. Without statistics SQLite takes one equality for as selective as
// two: in a table of one tenant it then reads the whole primary key (tenant_id, …) where an index on (tenant_id,
// customer_id) would give three rows. With statistics of its own making plans would change while a chain's data grows.
// So they are set, the same for every database: a tenant has a million rows, each further column leaves a thousandth
// of them, the last ten rows, or one where the index is unique.

#include <sqlite3.h>

#include <cstdlib>
#include <functional>
#include <map>

#include "platform/sql/internal.h"
#include "platform/sql/sqlite/errors.h"
#include "platform/sql/sqlite/raw.h"

namespace tilth::sql::internal {

namespace {

constexpr std::string_view kRows = "1000000";
constexpr std::string_view kBetween = "1000";
constexpr std::string_view kLast = "10";

using Stats = std::map<std::pair<std::string, std::string>, std::string>;  // table and index to sqlite_stat1.stat

// Statements of one engine only, so not by way of Connection::query, which notes what both must understand.
Status rows(sqlite3* database, const std::string& text, const std::function<void(char**)>& fn) {
    const auto give = [](void* out, int, char** columns, char**) {
        (*static_cast<const std::function<void(char**)>*>(out))(columns);
        return 0;
    };
    auto copy = fn;
    const int code = sqlite3_exec(database, text.c_str(), give, &copy, nullptr);
    if (code != SQLITE_OK) return sqlite_error(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
    return ok();
}

std::string statistic(std::int64_t columns, bool unique) {
    std::string out(kRows);
    for (std::int64_t column = 1; column <= columns; ++column) {
        out += ' ';
        if (column == columns) out += unique ? "1" : kLast;
        else out += column == 1 ? kRows : kBetween;
    }
    return out;
}

// Of a table without row ids the primary key is named like the table.
Result<Stats> wanted(sqlite3* database) {
    Stats out;
    TRY(rows(database,
             "SELECT t.name, CASE WHEN t.wr = 1 AND i.origin = 'pk' THEN t.name ELSE i.name END, i.\"unique\", "
             "(SELECT COUNT(*) FROM pragma_index_info(i.name)) FROM pragma_table_list t, pragma_index_list(t.name) i "
             "WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
             [&](char** row) {
                 const std::int64_t columns = std::strtoll(row[3], nullptr, 10);
                 out[{row[0], row[1]}] = statistic(columns, row[2][0] == '1');
             }));
    return out;
}

Result<Stats> found(sqlite3* database) {
    bool there = false;
    TRY(rows(database, "SELECT 1 FROM pragma_table_list WHERE name = 'sqlite_stat1'", [&](char**) { there = true; }));
    Stats out;
    if (!there) return out;
    TRY(rows(database, "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL",
             [&](char** row) { out[{row[0], row[1]}] = row[2]; }));
    return out;
}

}  // namespace

Status pin_statistics(Connection& writer) {
    auto* raw = dynamic_cast<RawDatabase*>(&writer);
    if (raw == nullptr) return ok();  // a connection that a test wraps
    const Stats should = TRY(wanted(raw->database()));
    if (TRY(found(raw->database())) == should) return ok();
    // ANALYZE makes the table; what it finds is thrown away.
    std::string text = "PRAGMA analysis_limit=1; ANALYZE; BEGIN IMMEDIATE; DELETE FROM sqlite_stat1;";
    for (const auto& [index, stat] : should) {
        text += "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('" + index.first + "', '" + index.second + "', '" +
                stat + "');";
    }
    const Status written = writer.script(text + "COMMIT; ANALYZE sqlite_schema;");
    if (!written) (void)writer.script("ROLLBACK");
    return written;
}

}  // namespace tilth::sql::internal
