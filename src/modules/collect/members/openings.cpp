#include "modules/collect/api.h"

namespace tilth::collect {

namespace {

class OpeningsInRecord final : public MemberOpenings {
public:
    Result<std::optional<MemberOpening>> find(sql::Connection& sql, const TenantId& tenant,
                                              const CustomerId& customer) override {
        return sql.one(
            "SELECT content, level, points, growth, stored_minor, guide_code, tags, consent, source "
            "FROM member_opening WHERE tenant_id = ?1 AND customer_id = ?2 ORDER BY source DESC LIMIT 1",
            {tenant, customer}, [&customer](const sql::Row& row) {
                MemberOpening out;
                out.customer = customer;
                const std::string_view content = row.bin(0);
                INVARIANT(content.size() == out.content.size(), "a fingerprint column holds 16 bytes");
                std::memcpy(out.content.data(), content.data(), content.size());
                out.level = row.txt(1);
                out.points = row.i64(2);
                out.growth = row.i64(3);
                out.stored_minor = row.i64(4);
                out.guide_code = row.txt(5);
                out.tags = row.txt(6);
                out.consent = row.txt(7);
                out.source = row.txt(8);
                return out;
            });
    }

    Status put(kernel::Unit& unit, const MemberOpening& opening) override {
        const std::string_view content{reinterpret_cast<const char*>(opening.content.data()), opening.content.size()};
        return unit.sql().write(
            "INSERT INTO member_opening (tenant_id, customer_id, content, level, points, growth, stored_minor, "
            "guide_code, tags, consent, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
            "ON CONFLICT (tenant_id, customer_id, source) DO UPDATE SET content = EXCLUDED.content, "
            "level = EXCLUDED.level, points = EXCLUDED.points, growth = EXCLUDED.growth, "
            "stored_minor = EXCLUDED.stored_minor, guide_code = EXCLUDED.guide_code, tags = EXCLUDED.tags, "
            "consent = EXCLUDED.consent",
            {unit.tenant(), opening.customer, sql::Blob{content}, opening.level, opening.points, opening.growth,
             opening.stored_minor, opening.guide_code, opening.tags, opening.consent, opening.source});
    }

    Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) override {
        return unit.sql().change(
            "DELETE FROM member_opening WHERE tenant_id = ?1 AND source = ?2 AND customer_id IN (SELECT customer_id "
            "FROM member_opening WHERE tenant_id = ?1 AND source = ?2 ORDER BY customer_id LIMIT ?3)",
            {unit.tenant(), source, limit});
    }

    Result<Totals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) override {
        Totals sums;
        TRY(
            sql.query("SELECT COUNT(*), CAST(COALESCE(SUM(points), 0) AS BIGINT), "
                      "CAST(COALESCE(SUM(growth), 0) AS BIGINT), CAST(COALESCE(SUM(stored_minor), 0) AS BIGINT) "
                      "FROM member_opening WHERE tenant_id = ?1 AND source = ?2",
                      {tenant, source}, [&sums](const sql::Row& row) {
                          sums = {row.i64(0), row.i64(1), row.i64(2), row.i64(3)};
                          return true;
                      }));
        return sums;
    }
};

}  // namespace

std::unique_ptr<MemberOpenings> make_member_openings() { return std::make_unique<OpeningsInRecord>(); }

}  // namespace tilth::collect
