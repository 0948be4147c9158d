#include "modules/collect/freshness/api.h"

#include <algorithm>

#include "modules/collect/feeds/problem.h"
#include "modules/collect/imports/import.h"
#include "modules/collect/service.h"

namespace tilth::collect {

namespace {

struct FilesOfFeed {
    std::optional<Instant> last;
    std::int64_t imported = 0;
    std::int64_t same = 0;
    std::int64_t failed = 0;
};

Result<std::map<std::int64_t, FilesOfFeed>> files_by_feed(sql::Connection& sql, const TenantId& tenant) {
    std::map<std::int64_t, FilesOfFeed> all;
    TRY(sql.query("SELECT feed, state, COUNT(*), MAX(at) FROM feed_file WHERE tenant_id = ?1 GROUP BY feed, state",
                  {tenant}, [&all](const sql::Row& row) {
                      FilesOfFeed& one = all[row.i64(0)];
                      const std::string_view state = row.txt(1);
                      if (state == "imported") {
                          one.imported = row.i64(2);
                          one.last = row.instant(3);
                      }
                      (state == "same" ? one.same : one.failed) += state == "imported" ? 0 : row.i64(2);
                      return true;
                  }));
    return all;
}

// Of files that were taken in and not taken back; several files of one feed may be one import.
Result<std::map<std::int64_t, std::int64_t>> contradictory_rows(sql::Connection& sql, const TenantId& tenant) {
    std::map<std::int64_t, std::int64_t> all;
    TRY(sql.query("SELECT f.feed, CAST(SUM(i.rows_contradictory) AS BIGINT) FROM (SELECT DISTINCT tenant_id, feed, "
                  "import_id FROM feed_file WHERE tenant_id = ?1 AND import_id IS NOT NULL) f JOIN import_file i ON "
                  "i.tenant_id = f.tenant_id AND i.id = f.import_id WHERE i.state = ?2 GROUP BY f.feed",
                  {tenant, static_cast<std::int64_t>(ImportState::Done)}, [&all](const sql::Row& row) {
                      all[row.i64(0)] = row.i64(1);
                      return true;
                  }));
    return all;
}

}  // namespace

Result<std::vector<SourceFreshness>> source_freshness(Collect& collect, sql::Connection& sql, const TenantId& tenant,
                                                      Day today, bool zh) {
    auto* const service = dynamic_cast<CollectService*>(&collect);
    INVARIANT(service != nullptr, "freshness is asked of the module's own service");
    std::vector<SourceFreshness> all;
    std::map<SourceId, Quality> lately;
    for (const QualityLine& line : TRY(quality_lines(sql, tenant, today + -kIntakeDays, today, today)))
        lately[line.source] += line.quality;
    for (const Source& source : TRY(service->sources(sql, tenant))) {
        SourceFreshness one;
        one.subject = "source:" + source.id.str();
        one.name = source.name;
        if (source.last_received.ms != 0) one.last = source.last_received;
        one.usual_limit_min = kSourceLimitMin;
        if (const auto found = lately.find(source.id); found != lately.end()) {
            const Quality& sum = found->second;
            one.accepted = sum.events;
            one.refused = sum.refused;
            one.late = sum.late;
            one.duplicate = sum.duplicate;
            one.contradictory = sum.contradictory;
        }
        all.push_back(std::move(one));
    }
    const auto files = TRY(files_by_feed(sql, tenant));
    const auto rows = TRY(contradictory_rows(sql, tenant));
    for (const Feed& feed : TRY(store::feeds(sql, tenant))) {
        SourceFreshness one;
        one.subject = "feed:" + std::to_string(feed.number);
        one.name = feed.name;
        one.is_feed = true;
        one.last = feed.created_at;
        if (const auto found = files.find(feed.number); found != files.end()) {
            if (found->second.last) one.last = found->second.last;
            one.accepted = found->second.imported;
            one.duplicate = found->second.same;
            one.contradictory = found->second.failed;
        }
        if (const auto found = rows.find(feed.number); found != rows.end()) one.contradictory += found->second;
        one.usual_limit_min = std::max(kStoreLimitMin, 2 * feed.every_min);
        one.error = feeds::said(feed.last_error, zh);
        one.paused = feed.paused;
        all.push_back(std::move(one));
    }
    return all;
}

Result<std::map<std::string, int>> freshness_limits(sql::Connection& sql, const TenantId& tenant) {
    std::map<std::string, int> limits;
    TRY(sql.query("SELECT subject, limit_min FROM freshness_limit WHERE tenant_id = ?1", {tenant},
                  [&limits](const sql::Row& row) {
                      limits[std::string(row.txt(0))] = static_cast<int>(row.i64(1));
                      return true;
                  }));
    return limits;
}

Status set_freshness_limit(kernel::Unit& unit, std::string_view subject, std::optional<int> limit_min) {
    if (limit_min) {
        TRY(unit.sql().write(
            "INSERT INTO freshness_limit (tenant_id, subject, limit_min, changed_by, changed_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant_id, subject) DO UPDATE SET "
            "limit_min = EXCLUDED.limit_min, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at",
            {unit.tenant(), subject, *limit_min, unit.context().actor.name, unit.now()}));
    } else {
        TRY(unit.sql().write("DELETE FROM freshness_limit WHERE tenant_id = ?1 AND subject = ?2",
                             {unit.tenant(), subject}));
    }
    return unit.audit({.action = "freshness.limit", .object = std::string(subject)});
}

}  // namespace tilth::collect
