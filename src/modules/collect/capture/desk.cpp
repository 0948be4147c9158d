#include "modules/collect/capture/desk.h"

#include <algorithm>

#include "modules/customer/said/api.h"
#include "platform/json/value.h"

namespace tilth::collect::capture {

namespace {

constexpr const char* kColumns =
    "SELECT tenant_id, number, code, kind, name, platform, post, node_id, source_id, target, definition, active, "
    "created_by, created_at FROM capture_point ";
constexpr std::size_t kCodeLetters = 8;
constexpr std::size_t kTokenLetters = 16;

Result<Point> point_of(const sql::Row& row) {
    Point point;
    point.tenant = row.id<TenantId>(0);
    point.number = row.i64(1);
    point.code = row.txt(2);
    point.kind = static_cast<PointKind>(row.i64(3));
    point.name = row.txt(4);
    point.platform = row.txt(5);
    point.post = row.txt(6);
    point.node = row.id<OrgNodeId>(7);
    point.source = row.id<SourceId>(8);
    point.target = row.txt(9);
    point.active = row.flag(11);
    point.created_by = row.txt(12);
    point.created_at = row.instant(13);
    point.definition = TRY(json::parse<Definition>(row.txt(10)));
    return point;
}

Reading reading_of(const sql::Row& row) {
    return {std::string(row.txt(0)), std::string(row.txt(1)), row.i64(2), row.opt_id<CustomerId>(3),
            std::string(row.txt(4)), row.instant(5),          row.i64(6), row.i64(7)};
}
constexpr const char* kReadingColumns =
    "SELECT token, via, depth, customer_id, made_by, made_at, stay_ms, again FROM capture_token ";

}  // namespace

Result<Point> Desk::add(kernel::Unit& unit, const NewPoint& given) {
    if (!parts_.org.node(unit.tenant(), given.node) || !unit.context().scope->covers(given.node))
        return Error(ErrorCode::NotFound, "node");
    TRY(check_definition(given.kind, given.definition));
    Point point;
    point.tenant = unit.tenant();
    point.number = unit.next_number("capture_point");
    point.code = random_code(unit.rng(), kCodeLetters);
    point.kind = given.kind;
    point.name = given.name;
    point.platform = given.platform;
    point.post = given.post;
    point.node = given.node;
    point.target = given.target;
    point.definition = given.definition;
    point.created_by = unit.context().actor.name;
    point.created_at = unit.now();
    point.source = TRY(parts_.collect.create_source(unit, given.name, "capture"));
    const std::string definition = json::print(given.definition);
    TRY(unit.sql().write(
        "INSERT INTO capture_point (tenant_id, number, code, kind, name, platform, post, node_id, source_id, target, "
        "definition, active, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12, "
        "?13)",
        {unit.tenant(), point.number, point.code, static_cast<int>(point.kind), point.name, point.platform, point.post,
         point.node, point.source, point.target, definition, point.created_by, point.created_at}));
    TRY(unit.audit({.action = "capture.add", .object = "capture:" + std::to_string(point.number)}));
    return point;
}

Status Desk::set_active(kernel::Unit& unit, std::int64_t number, bool active) {
    TRY(find(unit.sql(), unit.context(), number));
    TRY(unit.sql().write("UPDATE capture_point SET active = ?3 WHERE tenant_id = ?1 AND number = ?2",
                         {unit.tenant(), number, active}));
    return unit.audit(
        {.action = active ? "capture.start" : "capture.stop", .object = "capture:" + std::to_string(number)});
}

Result<Point> Desk::find(sql::Connection& sql, const kernel::Context& context, std::int64_t number) const {
    const auto found = TRY(
        sql.one(std::string(kColumns) + "WHERE tenant_id = ?1 AND number = ?2", {context.tenant, number}, point_of));
    if (!found) return Error(ErrorCode::NotFound, "capture point");
    Point point = TRY(*found);
    if (!context.scope->covers(point.node)) return Error(ErrorCode::NotFound, "capture point");
    return point;
}

Result<std::vector<Point>> Desk::list(sql::Connection& sql, const kernel::Context& context) const {
    const auto rows = TRY(sql.all(std::string(kColumns) + "WHERE tenant_id = ?1 ORDER BY number DESC LIMIT 1000",
                                  {context.tenant}, point_of));
    std::vector<Point> points;
    for (const auto& row : rows) {
        Point point = TRY(row);
        if (context.scope->covers(point.node)) points.push_back(std::move(point));
    }
    return points;
}

Result<std::optional<Point>> Desk::by_code(std::string_view code) const {
    const auto context = kernel::Context::system({}, parts_.kernel.clock.now());
    return parts_.kernel.record.read<std::optional<Point>>(
        context, [&](kernel::View& view) -> Result<std::optional<Point>> {
            const auto found = TRY(view.sql().one(std::string(kColumns) + "WHERE code = ?1", {code}, point_of));
            if (!found) return std::optional<Point>();
            return std::optional<Point>(TRY(*found));
        });
}

Status Desk::bump(kernel::Unit& unit, const TenantId& tenant, std::int64_t point, Happened what) {
    const Day day = parts_.org.calendar(tenant).day_of(unit.now());
    return unit.sql().write(
        "INSERT INTO capture_count (tenant_id, point, day, what, times) VALUES (?1, ?2, ?3, ?4, 1) ON CONFLICT "
        "(tenant_id, point, day, what) DO UPDATE SET times = capture_count.times + 1",
        {tenant, point, day, static_cast<int>(what)});
}

void Desk::count(const Point& point, Happened what) {
    parts_.kernel.record.submit(
        kernel::Context::system(point.tenant, parts_.kernel.clock.now()),
        [this, tenant = point.tenant, number = point.number, what](kernel::Unit& unit) {
            return bump(unit, tenant, number, what);
        },
        [](const Status&) {});  // A count that a full disk loses is no fact that anybody was promised.
}

Result<std::map<std::int64_t, Counts>> Desk::counts(sql::Connection& sql, const TenantId& tenant) const {
    std::map<std::int64_t, Counts> counts;
    TRY(sql.query(
        "SELECT point, what, SUM(times) AS times FROM capture_count WHERE tenant_id = ?1 GROUP BY point, what",
        {tenant}, [&](const sql::Row& row) {
            Counts& one = counts[row.i64(0)];
            const auto what = static_cast<Happened>(row.i64(1));
            (what == Happened::Opened      ? one.opened
             : what == Happened::Submitted ? one.submitted
                                           : one.turned_away) = row.i64(2);
            return true;
        }));
    return counts;
}

Result<std::vector<Submission>> Desk::submissions(sql::Connection& sql, const TenantId& tenant, std::int64_t point,
                                                  std::int64_t before, std::int64_t limit) const {
    return sql.all(
        "SELECT number, customer_id, at, channel, version, region FROM capture_submission WHERE tenant_id = ?1 AND "
        "point = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4",
        {tenant, point, before, limit}, [](const sql::Row& row) {
            return Submission{row.i64(0),
                              row.id<CustomerId>(1),
                              row.instant(2),
                              std::string(row.txt(3)),
                              std::string(row.txt(4)),
                              std::string(row.txt(5))};
        });
}

Result<std::map<std::string, std::int64_t>> Desk::by_channel(sql::Connection& sql, const TenantId& tenant,
                                                             std::int64_t point) const {
    std::map<std::string, std::int64_t> found;
    TRY(
        sql.query("SELECT channel, COUNT(*) AS times FROM capture_submission WHERE tenant_id = ?1 AND point = ?2 GROUP "
                  "BY channel",
                  {tenant, point}, [&](const sql::Row& row) {
                      found[std::string(row.txt(0))] = row.i64(1);
                      return true;
                  }));
    return found;
}

Result<std::vector<RegionCount>> Desk::heat(sql::Connection& sql, const TenantId& tenant, std::int64_t point) const {
    return sql.all(
        "SELECT region, COUNT(*) AS scans FROM capture_claim WHERE tenant_id = ?1 AND point = ?2 GROUP BY "
        "region ORDER BY region",
        {tenant, point}, [](const sql::Row& row) {
            return RegionCount{std::string(row.txt(0)), row.i64(1)};
        });
}

Result<std::vector<Reading>> Desk::readings(sql::Connection& sql, const TenantId& tenant, std::int64_t point,
                                            int limit) const {
    return sql.all(
        std::string(kReadingColumns) + "WHERE tenant_id = ?1 AND point = ?2 ORDER BY made_at, token LIMIT ?3",
        {tenant, point, limit}, reading_of);
}

Result<std::vector<AnswerCount>> Desk::answers(sql::Connection& sql, const TenantId& tenant, std::int64_t point) const {
    return sql.all(
        "SELECT question, choice, COUNT(*) AS people FROM capture_answer WHERE tenant_id = ?1 AND point = ?2 "
        "GROUP BY question, choice ORDER BY question, choice",
        {tenant, point}, [](const sql::Row& row) {
            return AnswerCount{row.i64(0), row.i64(1), row.i64(2)};
        });
}

Result<std::vector<Cross>> Desk::cross(sql::Connection& sql, const TenantId& tenant, std::int64_t point,
                                       std::int64_t rows, std::int64_t columns) const {
    return sql.all(
        "SELECT a.choice, b.choice, COUNT(*) AS people FROM capture_answer a JOIN capture_answer b ON "
        "b.tenant_id = a.tenant_id AND b.point = a.point AND b.submission = a.submission WHERE a.tenant_id = "
        "?1 AND a.point = ?2 AND a.question = ?3 AND b.question = ?4 GROUP BY a.choice, b.choice ORDER BY "
        "a.choice, b.choice",
        {tenant, point, rows, columns}, [](const sql::Row& row) {
            return Cross{row.i64(0), row.i64(1), row.i64(2)};
        });
}

Result<std::pair<std::int64_t, std::int64_t>> Desk::invited(sql::Connection& sql, const TenantId& tenant,
                                                            std::int64_t point) const {
    const auto number = [](const sql::Row& row) { return row.i64(0); };
    const auto all = TRY(
        sql.one("SELECT COUNT(*) FROM capture_token WHERE tenant_id = ?1 AND point = ?2 AND via = '' AND customer_id "
                "IS NOT NULL",
                {tenant, point}, number));
    const auto answered =
        TRY(sql.one("SELECT COUNT(DISTINCT s.token) FROM capture_submission s JOIN capture_token t ON t.tenant_id = "
                    "s.tenant_id AND t.token = s.token WHERE s.tenant_id = ?1 AND s.point = ?2 AND t.via = '' AND "
                    "t.customer_id IS NOT NULL",
                    {tenant, point}, number));
    return std::pair{all.value_or(0), answered.value_or(0)};
}

Result<std::vector<std::string>> Desk::invite(kernel::Unit& unit, const Point& point,
                                              const std::vector<CustomerId>& customers) {
    std::vector<std::string> tokens;
    for (const CustomerId& customer : customers) {
        const std::string token = random_code(unit.rng(), kTokenLetters);
        const auto key = TRY(customer::make_claim(parts_.kernel.vault, unit.tenant(), customer::IdentityKind::Anonymous,
                                                  "cap:" + token));
        const bool known = TRY(customer::attach_own_key(parts_.customers, unit, parts_.kernel.vault, customer, key,
                                                        "capture:" + std::to_string(point.number)));
        TRY(unit.sql().write(
            "INSERT INTO capture_token (tenant_id, token, point, via, depth, customer_id, made_by, made_at, stay_ms, "
            "again) VALUES (?1, ?2, ?3, '', 0, ?4, ?5, ?6, 0, 0)",
            {unit.tenant(), token, point.number, known ? std::optional(customer) : std::nullopt,
             unit.context().actor.name, unit.now()}));
        tokens.push_back(token);
    }
    TRY(unit.audit({.action = "capture.invite",
                    .object = "capture:" + std::to_string(point.number),
                    .detail = json::Value::object({{"people", static_cast<std::int64_t>(customers.size())}}).print()}));
    return tokens;
}

Result<std::optional<Reading>> Desk::token(const Point& point, const std::string& token) const {
    const auto context = kernel::Context::system(point.tenant, parts_.kernel.clock.now());
    return parts_.kernel.record.read<std::optional<Reading>>(context, [&](kernel::View& view) {
        return view.sql().one(std::string(kReadingColumns) + "WHERE tenant_id = ?1 AND token = ?2 AND point = ?3",
                              {point.tenant, token, point.number}, reading_of);
    });
}

Result<Reading> Desk::begin_reading(const Point& point, const Reading& opened, bool again) {
    static constexpr std::int64_t kReadingsMax = 500;  // of one address
    static constexpr std::int64_t kDepthMax = 20;
    const auto context = kernel::Context::system(point.tenant, parts_.kernel.clock.now());
    return parts_.kernel.record.write<Reading>(context, [&](kernel::Unit& unit) -> Result<Reading> {
        const auto number = [](const sql::Row& row) { return row.i64(0); };
        const auto stands = TRY(unit.sql().one("SELECT COUNT(*) FROM capture_token WHERE tenant_id = ?1 AND via = ?2",
                                               {point.tenant, opened.token}, number));
        if (again || stands.value_or(0) >= kReadingsMax || opened.depth >= kDepthMax) {
            TRY(unit.sql().write("UPDATE capture_token SET again = again + 1 WHERE tenant_id = ?1 AND token = ?2",
                                 {point.tenant, opened.token}));
            Reading same = opened;
            ++same.again;
            return same;
        }
        Reading made;
        made.token = random_code(unit.rng(), kTokenLetters);
        made.via = opened.token;
        made.depth = opened.depth + 1;
        // Whoever was invited reads the invitation; who else it was passed on to is not known yet.
        if (opened.via.empty()) made.customer = opened.customer;
        made.made_at = unit.now();
        TRY(unit.sql().write(
            "INSERT INTO capture_token (tenant_id, token, point, via, depth, customer_id, made_by, made_at, stay_ms, "
            "again) VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7, 0, 0)",
            {point.tenant, made.token, point.number, made.via, made.depth, made.customer, made.made_at}));
        return made;
    });
}

Status Desk::stay(const Point& point, const std::string& token, std::int64_t ms) {
    static constexpr std::int64_t kStayMax = 4 * 3'600'000;
    const std::int64_t stayed = std::clamp<std::int64_t>(ms, 0, kStayMax);
    const auto context = kernel::Context::system(point.tenant, parts_.kernel.clock.now());
    return parts_.kernel.record.write<void>(context, [&](kernel::Unit& unit) {
        return unit.sql().write(
            "UPDATE capture_token SET stay_ms = CASE WHEN stay_ms + ?3 > ?4 THEN ?4 ELSE stay_ms + ?3 END WHERE "
            "tenant_id = ?1 AND token = ?2 AND via <> ''",
            {point.tenant, token, stayed, kStayMax});
    });
}

Result<Claimed> Desk::claim(const Point& point, const std::string& key, const Bytes16& proof,
                            const std::string& region) {
    const auto context = kernel::Context::system(point.tenant, parts_.kernel.clock.now());
    const Id<tag::Event> mine{proof};
    return parts_.kernel.record.write<Claimed>(context, [&](kernel::Unit& unit) -> Result<Claimed> {
        struct Stands {
            Id<tag::Event> proof;
            Instant at;
        };
        const auto stands =
            TRY(unit.sql().one("SELECT proof, at FROM capture_claim WHERE tenant_id = ?1 AND point = ?2 AND key = ?3",
                               {point.tenant, point.number, key}, [](const sql::Row& row) {
                                   return Stands{row.id<Id<tag::Event>>(0), row.instant(1)};
                               }));
        if (stands && stands->proof == mine) return Claimed{true, stands->at};
        if (stands) {
            TRY(unit.sql().write(
                "UPDATE capture_claim SET refused = refused + 1 WHERE tenant_id = ?1 AND point = ?2 AND key = ?3",
                {point.tenant, point.number, key}));
            return Claimed{false, stands->at};
        }
        TRY(
            unit.sql().write("INSERT INTO capture_claim (tenant_id, point, key, proof, customer_id, at, region, "
                             "refused) VALUES (?1, ?2, "
                             "?3, ?4, NULL, ?5, ?6, 0)",
                             {point.tenant, point.number, key, mine, unit.now(), region}));
        return Claimed{true, unit.now()};
    });
}

Result<std::optional<Instant>> Desk::claimed(const Point& point, const std::string& key) const {
    const auto context = kernel::Context::system(point.tenant, parts_.kernel.clock.now());
    return parts_.kernel.record.read<std::optional<Instant>>(context, [&](kernel::View& view) {
        return view.sql().one("SELECT at FROM capture_claim WHERE tenant_id = ?1 AND point = ?2 AND key = ?3",
                              {point.tenant, point.number, key}, [](const sql::Row& row) { return row.instant(0); });
    });
}

}  // namespace tilth::collect::capture
