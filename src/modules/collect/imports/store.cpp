#include "modules/collect/imports/import.h"
#include "modules/collect/imports/mapping.h"
#include "platform/json/value.h"

namespace tilth::collect::store {

namespace {

constexpr std::string_view kColumns =
    "SELECT id, name, target, state, encoding, separator, bytes, chunks, mapping, rows_read, rows_new, rows_updated, "
    "rows_unchanged, rows_invalid, rows_contradictory, job_id, created_by, created_at, changed_at FROM import_file ";

ImportRow row_of(const sql::Row& row) {
    ImportRow out;
    out.id = row.id<ImportId>(0);
    out.name = row.txt(1);
    out.target = row.txt(2);
    out.state = static_cast<ImportState>(row.i64(3));
    out.encoding = row.txt(4);
    out.separator = row.txt(5);
    out.bytes = row.i64(6);
    out.chunks = row.i64(7);
    out.mapping = row.txt(8);
    out.counts = {row.i64(9), row.i64(10), row.i64(11), row.i64(12), row.i64(13), row.i64(14)};
    out.job = row.opt_id<JobId>(15);
    out.created_by = row.txt(16);
    out.created_at = row.instant(17);
    out.changed_at = row.instant(18);
    return out;
}

}  // namespace

Status insert(kernel::Unit& unit, const ImportRow& row) {
    return unit.sql().write(
        "INSERT INTO import_file (tenant_id, id, name, target, state, encoding, separator, bytes, chunks, mapping, "
        "rows_read, "
        "rows_new, rows_updated, rows_unchanged, rows_invalid, created_by, created_at, changed_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0, 0, ?11, ?12, ?12)",
        {unit.tenant(), row.id, row.name, row.target, static_cast<std::int64_t>(row.state), row.encoding, row.separator,
         row.bytes, row.chunks, row.mapping, row.created_by, unit.now()});
}

Result<std::optional<ImportRow>> find(sql::Connection& sql, const TenantId& tenant, const ImportId& id) {
    static const std::string statement = std::string(kColumns) + "WHERE tenant_id = ?1 AND id = ?2";
    return sql.one(statement, {tenant, id}, row_of);
}

Result<std::vector<ImportRow>> recent(sql::Connection& sql, const TenantId& tenant, int limit) {
    static const std::string statement = std::string(kColumns) + "WHERE tenant_id = ?1 ORDER BY id DESC LIMIT ?2";
    return sql.all(statement, {tenant, limit}, row_of);
}

Status set_state(kernel::Unit& unit, const ImportId& id, ImportState state, const std::optional<JobId>& job) {
    if (job) {
        return unit.sql().write(
            "UPDATE import_file SET state = ?3, job_id = ?4, changed_at = ?5 WHERE tenant_id = ?1 AND id = ?2",
            {unit.tenant(), id, static_cast<std::int64_t>(state), *job, unit.now()});
    }
    return unit.sql().write("UPDATE import_file SET state = ?3, changed_at = ?4 WHERE tenant_id = ?1 AND id = ?2",
                            {unit.tenant(), id, static_cast<std::int64_t>(state), unit.now()});
}

Status set_mapping(kernel::Unit& unit, const ImportId& id, const std::string& mapping, const std::string& target) {
    return unit.sql().write(
        "UPDATE import_file SET mapping = ?3, target = ?4, changed_at = ?5 WHERE tenant_id = ?1 AND id = ?2",
        {unit.tenant(), id, mapping, target, unit.now()});
}

Status set_counts(kernel::Unit& unit, const ImportId& id, const ImportCounts& counts) {
    return unit.sql().write(
        "UPDATE import_file SET rows_read = ?3, rows_new = ?4, rows_updated = ?5, rows_unchanged = ?6, "
        "rows_invalid = ?7, rows_contradictory = ?8 WHERE tenant_id = ?1 AND id = ?2",
        {unit.tenant(), id, counts.read, counts.fresh, counts.updated, counts.unchanged, counts.invalid,
         counts.contradictory});
}

Status add_contradiction(kernel::Unit& unit, const ImportId& id, const Contradiction& one) {
    return unit.sql().write("INSERT INTO import_contradiction (tenant_id, import_id, line, field, subject) "
                            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant_id, import_id, line) DO NOTHING",
                            {unit.tenant(), id, one.line, one.field, one.subject});
}

Result<std::vector<Contradiction>> contradictions(sql::Connection& sql, const TenantId& tenant, const ImportId& id,
                                                  int limit) {
    return sql.all("SELECT line, field, subject FROM import_contradiction WHERE tenant_id = ?1 AND import_id = ?2 "
                   "ORDER BY line LIMIT ?3",
                   {tenant, id, limit}, [](const sql::Row& row) {
                       return Contradiction{row.i64(0), std::string(row.txt(1)), std::string(row.txt(2))};
                   });
}

Status add_reject(kernel::Unit& unit, const ImportId& id, const Reject& reject) {
    return unit.sql().write(
        "INSERT INTO import_reject (tenant_id, import_id, line, cause, field, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
        "ON CONFLICT (tenant_id, import_id, line) DO NOTHING",
        {unit.tenant(), id, reject.line, reject.cause, reject.field, sql::Blob{reject.sealed}});
}

Status put_part(kernel::Unit& unit, const ImportId& id, const Part& part) {
    return unit.sql().write(
        "INSERT INTO import_part (tenant_id, import_id, role, file_id, name, encoding, chunks, bytes) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (tenant_id, import_id, role) DO UPDATE SET "
        "file_id = EXCLUDED.file_id, name = EXCLUDED.name, encoding = EXCLUDED.encoding, chunks = EXCLUDED.chunks, "
        "bytes = EXCLUDED.bytes",
        {unit.tenant(), id, part.role, part.file, part.name, part.encoding, part.chunks, part.bytes});
}

Result<std::vector<Part>> parts(sql::Connection& sql, const TenantId& tenant, const ImportId& id) {
    return sql.all("SELECT role, file_id, name, encoding, chunks, bytes FROM import_part "
                   "WHERE tenant_id = ?1 AND import_id = ?2 ORDER BY role",
                   {tenant, id}, [](const sql::Row& row) {
                       return Part{std::string(row.txt(0)), row.id<ImportId>(1), std::string(row.txt(2)),
                                   std::string(row.txt(3)), row.i64(4), row.i64(5)};
                   });
}

Status put_profile(kernel::Unit& unit, const Profile& profile, std::string_view by) {
    json::Value signature = json::Value::array();
    for (const std::string& word : profile.signature) signature.push(word);
    return unit.sql().write(
        "INSERT INTO import_profile (tenant_id, name, title, signature, mapping, created_by, changed_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant_id, name) DO UPDATE SET title = EXCLUDED.title, "
        "signature = EXCLUDED.signature, mapping = EXCLUDED.mapping, changed_at = EXCLUDED.changed_at",
        {unit.tenant(), profile.name, profile.zh, signature.print(), print_mapping(profile.mapping), by, unit.now()});
}

Status remove_profile(kernel::Unit& unit, std::string_view name) {
    const auto there =
        TRY(unit.sql().one("SELECT name FROM import_profile WHERE tenant_id = ?1 AND name = ?2", {unit.tenant(), name},
                           [](const sql::Row& row) { return std::string(row.txt(0)); }));
    if (!there) return Error(ErrorCode::NotFound, "layout");
    return unit.sql().write("DELETE FROM import_profile WHERE tenant_id = ?1 AND name = ?2", {unit.tenant(), name});
}

Result<std::vector<Profile>> profiles(sql::Connection& sql, const TenantId& tenant) {
    std::vector<Profile> all;
    Status read = ok();
    TRY(sql.query("SELECT name, title, signature, mapping FROM import_profile WHERE tenant_id = ?1 ORDER BY name",
                  {tenant}, [&](const sql::Row& row) {
                      Profile profile;
                      profile.name = row.txt(0);
                      profile.zh = profile.en = row.txt(1);
                      profile.own = true;
                      const auto signature = json::Value::parse(row.txt(2));
                      auto mapping = parse_mapping(row.txt(3));
                      if (!signature || !mapping) {
                          read = Error(ErrorCode::Corrupt, "import_profile " + profile.name);
                          return false;
                      }
                      for (const json::Value& word : signature->items()) profile.signature.emplace_back(word.str());
                      profile.mapping = std::move(*mapping);
                      profile.mapping.profile = profile.name;
                      all.push_back(std::move(profile));
                      return true;
                  }));
    if (!read) return read.error();
    return all;
}

Status remove_reject(kernel::Unit& unit, const ImportId& id, std::int64_t line) {
    return unit.sql().write("DELETE FROM import_reject WHERE tenant_id = ?1 AND import_id = ?2 AND line = ?3",
                            {unit.tenant(), id, line});
}

Status clear_rejects(kernel::Unit& unit, const ImportId& id) {
    TRY(unit.sql().write("DELETE FROM import_contradiction WHERE tenant_id = ?1 AND import_id = ?2",
                         {unit.tenant(), id}));
    return unit.sql().write("DELETE FROM import_reject WHERE tenant_id = ?1 AND import_id = ?2", {unit.tenant(), id});
}

Result<std::vector<Reject>> rejects(sql::Connection& sql, const TenantId& tenant, const ImportId& id,
                                    const std::optional<std::string>& cause, std::int64_t after_line, int limit) {
    const auto read = [](const sql::Row& row) {
        return Reject{row.i64(0), std::string(row.txt(1)), std::string(row.txt(2)), std::string(row.bin(3))};
    };
    if (cause) {
        return sql.all(
            "SELECT line, cause, field, sealed FROM import_reject WHERE tenant_id = ?1 AND import_id = ?2 AND cause = "
            "?3 "
            "AND line > ?4 ORDER BY line LIMIT ?5",
            {tenant, id, *cause, after_line, limit}, read);
    }
    return sql.all(
        "SELECT line, cause, field, sealed FROM import_reject WHERE tenant_id = ?1 AND import_id = ?2 AND line > ?3 "
        "ORDER BY line LIMIT ?4",
        {tenant, id, after_line, limit}, read);
}

Result<std::vector<Cause>> causes(sql::Connection& sql, const TenantId& tenant, const ImportId& id) {
    return sql.all(
        "SELECT cause, field, COUNT(*) FROM import_reject WHERE tenant_id = ?1 AND import_id = ?2 GROUP BY cause, "
        "field "
        "ORDER BY COUNT(*) DESC, cause, field",
        {tenant, id},
        [](const sql::Row& row) { return Cause{std::string(row.txt(0)), std::string(row.txt(1)), row.i64(2)}; });
}

}  // namespace tilth::collect::store
