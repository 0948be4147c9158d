#include "modules/collect/feeds/feed.h"

namespace tilth::collect::store {

namespace {

constexpr std::string_view kColumns =
    "SELECT number, name, kind, place, host, port, login, host_key, sealed, pattern, profile, every_min, at_min, "
    "from_day, paused, next_at, last_at, last_ok_at, last_error, created_by, created_at FROM feed ";

std::optional<Instant> maybe(const sql::Row& row, int column) {
    return row.null(column) ? std::nullopt : std::optional(row.instant(column));
}

Feed feed_of(const sql::Row& row) {
    Feed feed;
    feed.number = row.i64(0);
    feed.name = row.txt(1);
    feed.kind = row.txt(2);
    feed.place = row.txt(3);
    feed.host = row.txt(4);
    feed.port = static_cast<int>(row.i64(5));
    feed.login = row.txt(6);
    feed.host_key = row.txt(7);
    if (!row.null(8)) feed.sealed = row.bin(8);
    feed.pattern = row.txt(9);
    feed.profile = row.txt(10);
    feed.every_min = static_cast<int>(row.i64(11));
    feed.at_min = static_cast<int>(row.i64(12));
    if (!row.null(13)) feed.from_day = Day{static_cast<std::int32_t>(row.i64(13))};
    feed.paused = row.i64(14) != 0;
    feed.next_at = row.instant(15);
    feed.last_at = maybe(row, 16);
    feed.last_ok_at = maybe(row, 17);
    feed.last_error = row.txt(18);
    feed.created_by = row.txt(19);
    feed.created_at = row.instant(20);
    return feed;
}

}  // namespace

Status insert(kernel::Unit& unit, const Feed& feed) {
    return unit.sql().write(
        "INSERT INTO feed (tenant_id, number, name, kind, place, host, port, login, host_key, sealed, pattern, "
        "profile, every_min, at_min, from_day, paused, next_at, last_error, created_by, created_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, '', ?18, ?19)",
        {unit.tenant(), feed.number, feed.name, feed.kind, feed.place, feed.host, feed.port, feed.login, feed.host_key,
         feed.sealed.empty() ? sql::Param(sql::Null{}) : sql::Param(sql::Blob{feed.sealed}), feed.pattern, feed.profile,
         feed.every_min, feed.at_min, feed.from_day, feed.paused, feed.next_at, feed.created_by, unit.now()});
}

Result<std::optional<Feed>> find_feed(sql::Connection& sql, const TenantId& tenant, std::int64_t number) {
    static const std::string statement = std::string(kColumns) + "WHERE tenant_id = ?1 AND number = ?2";
    return sql.one(statement, {tenant, number}, feed_of);
}

Result<std::vector<Feed>> feeds(sql::Connection& sql, const TenantId& tenant) {
    static const std::string statement = std::string(kColumns) + "WHERE tenant_id = ?1 ORDER BY number";
    return sql.all(statement, {tenant}, feed_of);
}

Status remove_feed(kernel::Unit& unit, std::int64_t number) {
    TRY(unit.sql().write("DELETE FROM feed_file WHERE tenant_id = ?1 AND feed = ?2", {unit.tenant(), number}));
    return unit.sql().write("DELETE FROM feed WHERE tenant_id = ?1 AND number = ?2", {unit.tenant(), number});
}

Status set_paused(kernel::Unit& unit, std::int64_t number, bool paused, Instant next_at) {
    return unit.sql().write("UPDATE feed SET paused = ?3, next_at = ?4 WHERE tenant_id = ?1 AND number = ?2",
                            {unit.tenant(), number, paused, next_at});
}

Status set_next(kernel::Unit& unit, std::int64_t number, Instant next_at) {
    return unit.sql().write("UPDATE feed SET next_at = ?3 WHERE tenant_id = ?1 AND number = ?2",
                            {unit.tenant(), number, next_at});
}

Status set_outcome(kernel::Unit& unit, std::int64_t number, std::string_view error, std::string_view host_key) {
    return unit.sql().write(
        "UPDATE feed SET last_at = ?3, last_error = ?4, host_key = ?5, "
        "last_ok_at = CASE WHEN ?6 = 1 THEN ?3 ELSE last_ok_at END WHERE tenant_id = ?1 AND number = ?2",
        {unit.tenant(), number, unit.now(), error, host_key, error.empty()});
}

Status add_file(kernel::Unit& unit, std::int64_t feed, const FeedFile& file) {
    const std::string_view content{reinterpret_cast<const char*>(file.content.data()), file.content.size()};
    return unit.sql().write(
        "INSERT INTO feed_file (tenant_id, feed, name, version, number, content, bytes, state, detail, import_id, at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (tenant_id, feed, name, version) DO UPDATE "
        "SET number = EXCLUDED.number, content = EXCLUDED.content, bytes = EXCLUDED.bytes, state = EXCLUDED.state, "
        "detail = EXCLUDED.detail, import_id = EXCLUDED.import_id, at = EXCLUDED.at",
        {unit.tenant(), feed, file.name, file.version, unit.next_number("feed_file"), sql::Blob{content}, file.bytes,
         file.state, file.detail, file.import, unit.now()});
}

Result<std::vector<FeedFile>> feed_files(sql::Connection& sql, const TenantId& tenant, std::int64_t feed, int limit) {
    return sql.all(
        "SELECT name, version, content, bytes, state, detail, import_id, at FROM feed_file "
        "WHERE tenant_id = ?1 AND feed = ?2 ORDER BY number DESC LIMIT ?3",
        {tenant, feed, limit}, [](const sql::Row& row) {
            FeedFile file;
            file.name = row.txt(0);
            file.version = row.txt(1);
            const std::string_view content = row.bin(2);
            INVARIANT(content.size() == file.content.size(), "a fingerprint column holds 16 bytes");
            std::memcpy(file.content.data(), content.data(), content.size());
            file.bytes = row.i64(3);
            file.state = row.txt(4);
            file.detail = row.txt(5);
            file.import = row.opt_id<ImportId>(6);
            file.at = row.instant(7);
            return file;
        });
}

}  // namespace tilth::collect::store
