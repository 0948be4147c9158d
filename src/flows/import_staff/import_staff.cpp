#include "flows/import_staff/import_staff.h"

namespace tilth::flows {

namespace {

using collect::FieldKind;
using Kind = collect::RowOutcome::Kind;

enum class Column : std::uint8_t { Code, Name, Login, NodeCode, Role, TillCode, From, Until, Primary, State };

// A cell that says yes, or that the person has gone.
bool says(std::string_view value, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words)
        if (value == word) return true;
    return false;
}

class ImportStaff final : public collect::ImportTarget {
public:
    explicit ImportStaff(org::Org& org) : org_(org) {}
    std::string_view name() const override { return "staff"; }
    const std::vector<collect::TargetField>& fields() const override {
        static const std::vector<collect::TargetField> all = {
            {"code", FieldKind::Text, true, "工号", "Staff number", {"工号", "员工编号"}, 0},
            {"name", FieldKind::Text, true, "姓名", "Name", {"姓名", "员工姓名"}, 0},
            {"login", FieldKind::Text, false, "登录名", "Login", {"登录名", "账号"}, 0},
            {"node_code", FieldKind::Text, true, "门店编码", "Node code", {"门店编码", "所属门店", "所属组织"}, 0},
            {"role", FieldKind::Text, true, "角色", "Role", {"角色", "岗位"}, 0},
            {"till_code", FieldKind::Text, false, "收银工号", "Till code", {"收银工号", "收银员编号"}, 0},
            {"from", FieldKind::Instant, false, "入职日期", "From", {"入职日期", "任职日期"}, 0},
            {"until", FieldKind::Instant, false, "任职截止", "Until", {"任职截止"}, 0},
            {"primary", FieldKind::Text, false, "主岗", "Primary post", {"主岗", "是否主岗"}, 0},
            {"state", FieldKind::Text, false, "状态", "State", {"状态", "在职状态"}, 0},
        };
        return all;
    }
    Status check_options(std::string_view) override { return ok(); }

    Result<std::vector<collect::RowOutcome>> check(kernel::View& view, const collect::ImportRef&,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) outcomes.push_back(compare(view.tenant(), row));
        return outcomes;
    }
    Result<std::vector<collect::RowOutcome>> apply(kernel::Unit& unit, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            outcomes.push_back(compare(unit.tenant(), row));
            // A line that changes nothing still says that this list names the person.
            if (outcomes.back().kind != Kind::Rejected && row.occurrence <= 1)
                TRY(org_.put_staff(unit, line_of(unit.tenant(), row), import.source()));
        }
        return outcomes;
    }
    Result<std::vector<collect::ControlTotal>> totals(sql::Connection& sql, const TenantId& tenant,
                                                      const collect::ImportRef& import) override {
        const auto counted = TRY(org_.staff_of_source(sql, tenant, import.source()));
        return std::vector<collect::ControlTotal>{{"people", "员工", "People", counted.people, "count", {}},
                                                  {"posts", "任职", "Posts", counted.posts, "count", {}}};
    }
    Result<std::int64_t> take_back(kernel::Unit& unit, const collect::ImportRef& import, int limit) override {
        return org_.take_back_staff(unit, import.source(), limit);
    }

private:
    static std::string text(const collect::MappedRow& row, Column column) {
        const auto at = static_cast<std::size_t>(column);
        return at < row.values.size() ? row.values[at].value_or("") : "";
    }
    std::optional<Day> day(const TenantId& tenant, const collect::MappedRow& row, Column column) const {
        const auto at = parse_instant(text(row, column));
        if (!at) return std::nullopt;
        const BusinessCalendar calendar = org_.calendar(tenant);
        // A date without a time is midnight: the business day that begins on it, whatever the cut-off.
        return calendar.day_of(*at + calendar.cutoff);
    }
    org::StaffLine line_of(const TenantId& tenant, const collect::MappedRow& row) const {
        org::StaffLine line;
        line.code = text(row, Column::Code);
        line.name = text(row, Column::Name);
        line.login = text(row, Column::Login);
        line.node_code = text(row, Column::NodeCode);
        line.role = text(row, Column::Role);
        line.till_code = text(row, Column::TillCode);
        line.from = day(tenant, row, Column::From);
        line.until = day(tenant, row, Column::Until);
        line.primary = says(text(row, Column::Primary), {"是", "Y", "y", "1", "yes", "主岗"});
        line.left = says(text(row, Column::State), {"离职", "停用", "left", "inactive"});
        return line;
    }
    collect::RowOutcome compare(const TenantId& tenant, const collect::MappedRow& row) const {
        if (row.occurrence > 1) return {Kind::Unchanged, {}, {}};
        const auto put = org_.compare_staff(tenant, line_of(tenant, row));
        if (!put) {
            const auto& fields = put.error().fields;
            if (fields.empty()) return {Kind::Rejected, "invalid", {}};
            return {Kind::Rejected, fields.front().rule, fields.front().field};
        }
        return {*put == org::Org::Put::New       ? Kind::New
                : *put == org::Org::Put::Updated ? Kind::Updated
                                                 : Kind::Unchanged,
                {},
                {}};
    }
    org::Org& org_;
};

}  // namespace

std::unique_ptr<collect::ImportTarget> make_import_staff(org::Org& org) { return std::make_unique<ImportStaff>(org); }

}  // namespace tilth::flows
