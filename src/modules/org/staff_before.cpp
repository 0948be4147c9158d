// What staff lists found, so that taking one back restores it.
//
// Each line keeps what it found and what it left. Taking back a list puts the found back where its own still stands; a
// later list's line that found what this one left is made to have found what this one found, so lists are taken back
// in any order. What somebody has changed by hand since stays as it is.
#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/staff_rows.h"
#include "platform/json/value.h"

namespace tilth::org {

namespace {

// Nightly lists name the same people: what the oldest of so many found is kept no longer.
constexpr std::int64_t kTurnsMax = 8;

json::Value day_value(const std::optional<Day>& day) { return day ? json::Value(to_iso(*day)) : json::Value(); }
std::optional<Day> day_in(const json::Value& value) {
    const auto day = parse_day(value.str());
    return day ? std::optional(*day) : std::nullopt;
}

struct PostKey {
    OrgNodeId node;
    Id<tag::Role> role;
};
std::optional<PostKey> post_key(std::string_view what) {
    const auto rest = what.substr(kPostBefore.size());
    const auto gap = rest.find(' ');
    if (gap == std::string_view::npos) return std::nullopt;
    const auto node = OrgNodeId::parse(rest.substr(0, gap));
    const auto role = Id<tag::Role>::parse(rest.substr(gap + 1));
    return node && role ? std::optional(PostKey{*node, *role}) : std::nullopt;
}

struct CodeKey {
    OrgNodeId node;
    Day from;
    std::string code;
};
std::optional<CodeKey> code_key(std::string_view what) {
    const auto rest = what.substr(kCodeBefore.size());
    const auto first = rest.find(' ');
    const auto second = first == std::string_view::npos ? first : rest.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto node = OrgNodeId::parse(rest.substr(0, first));
    const auto from = parse_day(rest.substr(first + 1, second - first - 1));
    return node && from ? std::optional(CodeKey{*node, *from, std::string(rest.substr(second + 1))}) : std::nullopt;
}

StaffMember::Post* post_of(StaffMember& member, const PostKey& key) {
    const auto at = std::find_if(member.posts.begin(), member.posts.end(), [&](const StaffMember::Post& post) {
        return post.node == key.node && post.role == key.role;
    });
    return at == member.posts.end() ? nullptr : &*at;
}

Status restore_post(kernel::Unit& unit, StaffMember& member, const PostKey& key, std::string_view found) {
    if (found.empty()) {
        std::erase_if(member.posts, [&](const StaffMember::Post& post) {
            return post.node == key.node && post.role == key.role;
        });
        return unit.sql().write(
            "DELETE FROM staff_post WHERE tenant_id = ?1 AND staff_id = ?2 AND node_id = ?3 AND role_id = ?4",
            {unit.tenant(), member.id, key.node, key.role});
    }
    const json::Value was = TRY(json::Value::parse(found));
    StaffMember::Post post{key.node, key.role, day_in(was["from"]), day_in(was["until"]),
                           was["primary"].bool_or(false), std::string(was["source"].str()), std::nullopt};
    if (was["given_at"].is_i64()) post.given_at = Instant{was["given_at"].i64_or(0)};
    if (StaffMember::Post* known = post_of(member, key)) {
        *known = post;
    } else {
        member.posts.push_back(post);
    }
    return write_post(unit, member.id, post);
}

}  // namespace

std::string person_before(const StaffMember& member) {
    return json::Value::object({{"name", member.name}, {"active", member.active}}).print();
}

std::string post_before(const StaffMember::Post& post) {
    return json::Value::object({{"from", day_value(post.from)},
                                {"until", day_value(post.until)},
                                {"primary", post.primary},
                                {"source", post.source},
                                {"given_at", post.given_at ? json::Value(post.given_at->ms) : json::Value()}})
        .print();
}

std::string post_before_key(const StaffMember::Post& post) {
    return std::string(kPostBefore) + post.node.str() + " " + post.role.str();
}

std::string code_before(std::string_view source) { return json::Value::object({{"source", source}}).print(); }

std::string code_before_key(const StaffCode& code) {
    return std::string(kCodeBefore) + code.node.str() + " " + to_iso(code.from) + " " + code.code;
}

Status OrgService::note_before(kernel::Unit& unit, const StaffId& staff, const Before& line) {
    const auto turns = TRY(unit.sql().one(
        "SELECT COALESCE(MAX(turn), 0) FROM staff_before WHERE tenant_id = ?1 AND staff_id = ?2 AND what = ?3",
        {unit.tenant(), staff, line.what}, [](const sql::Row& row) { return row.i64(0); }));
    const std::int64_t turn = turns.value_or(0) + 1;
    TRY(unit.sql().write("DELETE FROM staff_before WHERE tenant_id = ?1 AND staff_id = ?2 AND what = ?3 AND turn <= ?4",
                         {unit.tenant(), staff, line.what, turn - kTurnsMax}));
    return unit.sql().write("INSERT INTO staff_before (tenant_id, staff_id, what, turn, source, found, stands) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                            {unit.tenant(), staff, line.what, turn, line.source, line.found, line.stands});
}

Result<std::string> OrgService::standing_before(kernel::Unit& unit, StaffMember& member, std::string_view what) {
    if (what == kPersonBefore) return person_before(member);
    if (what.starts_with(kPostBefore)) {
        const auto key = post_key(what);
        const StaffMember::Post* post = key ? post_of(member, *key) : nullptr;
        return post == nullptr ? std::string() : post_before(*post);
    }
    const auto key = code_key(what);
    if (!key) return std::string();
    const auto source = TRY(unit.sql().one(
        "SELECT source FROM staff_code WHERE tenant_id = ?1 AND node_id = ?2 AND code = ?3 AND from_day = ?4 AND "
        "staff_id = ?5",
        {unit.tenant(), key->node, key->code, key->from, member.id},
        [](const sql::Row& row) { return std::string(row.txt(0)); }));
    return source ? code_before(*source) : std::string();
}

Status OrgService::restore_before(kernel::Unit& unit, StaffMember& member, std::string_view what,
                                  std::string_view found) {
    if (what == kPersonBefore) {
        const json::Value was = TRY(json::Value::parse(found));
        member.name = was["name"].str();
        member.active = was["active"].bool_or(true);
        TRY(unit.sql().write("UPDATE staff SET name = ?3, active = ?4 WHERE tenant_id = ?1 AND id = ?2",
                             {unit.tenant(), member.id, member.name, member.active}));
        return member.active ? ok() : end_sessions(unit, member.id);
    }
    if (what.starts_with(kPostBefore)) {
        const auto key = post_key(what);
        return key ? restore_post(unit, member, *key, found) : ok();
    }
    const auto key = code_key(what);
    if (!key) return ok();
    StaffCode code{key->node, key->code, key->from, member.id, {}};
    if (found.empty()) {
        TRY(unit.sql().write("DELETE FROM staff_code WHERE tenant_id = ?1 AND node_id = ?2 AND code = ?3 AND "
                             "from_day = ?4 AND staff_id = ?5",
                             {unit.tenant(), code.node, code.code, code.from, code.staff}));
        unit.on_commit([this, tenant = unit.tenant(), code] { replace_code(tenant, code, false); });
        return ok();
    }
    code.source = TRY(json::Value::parse(found))["source"].str();
    return write_code(unit, code);
}

Status OrgService::restore_staff(kernel::Unit& unit, const StaffId& staff, std::string_view source) {
    auto known = member(unit.tenant(), staff);
    if (!known) return Error(ErrorCode::NotFound, "staff");
    StaffMember& changed = *known;
    std::vector<std::pair<std::int64_t, Before>> lines;
    TRY(unit.sql().query("SELECT turn, what, found, stands FROM staff_before WHERE tenant_id = ?1 AND staff_id = ?2 "
                         "AND source = ?3 ORDER BY what, turn DESC",
                         {unit.tenant(), staff, source}, [&](const sql::Row& row) {
                             lines.push_back({row.i64(0), {std::string(row.txt(1)), std::string(source),
                                                           std::string(row.txt(2)), std::string(row.txt(3))}});
                             return true;
                         }));
    for (const auto& [turn, line] : lines) {
        const auto later = TRY(unit.sql().one(
            "SELECT turn, found FROM staff_before WHERE tenant_id = ?1 AND staff_id = ?2 AND what = ?3 AND turn > ?4 "
            "ORDER BY turn LIMIT 1",
            {unit.tenant(), staff, line.what, turn},
            [](const sql::Row& row) { return std::pair(row.i64(0), std::string(row.txt(1))); }));
        if (later && later->second == line.stands) {
            TRY(unit.sql().write("UPDATE staff_before SET found = ?5 WHERE tenant_id = ?1 AND staff_id = ?2 AND "
                                 "what = ?3 AND turn = ?4",
                                 {unit.tenant(), staff, line.what, later->first, line.found}));
        } else if (!later && TRY(standing_before(unit, changed, line.what)) == line.stands) {
            TRY(restore_before(unit, changed, line.what, line.found));
        }
        TRY(unit.sql().write(
            "DELETE FROM staff_before WHERE tenant_id = ?1 AND staff_id = ?2 AND what = ?3 AND turn = ?4",
            {unit.tenant(), staff, line.what, turn}));
    }
    TRY(leave_to_others(unit, changed, source));
    TRY(unit.audit({.action = "staff.list_change", .object = staff.str()}));
    publish(unit, changed);
    return ok();
}

// What brought the person is gone: a later list found somebody who does not work here.
Status OrgService::found_gone(kernel::Unit& unit, const StaffId& staff) {
    const auto first = TRY(unit.sql().one(
        "SELECT turn, found FROM staff_before WHERE tenant_id = ?1 AND staff_id = ?2 AND what = ?3 "
        "ORDER BY turn LIMIT 1",
        {unit.tenant(), staff, kPersonBefore},
        [](const sql::Row& row) { return std::pair(row.i64(0), std::string(row.txt(1))); }));
    if (!first) return ok();
    json::Value found = TRY(json::Value::parse(first->second));
    found.set("active", false);
    return unit.sql().write(
        "UPDATE staff_before SET found = ?5 WHERE tenant_id = ?1 AND staff_id = ?2 AND what = ?3 AND turn = ?4",
        {unit.tenant(), staff, kPersonBefore, first->first, found.print()});
}

Status OrgService::leave_to_others(kernel::Unit& unit, StaffMember& member, std::string_view source) {
    if (member.source != source) return ok();
    if (member.posts.empty()) {
        // Whatever they did stays in the audit log under their number; the person stays as one who no longer works.
        member.active = false;
        TRY(end_sessions(unit, member.id));
        TRY(found_gone(unit, member.id));
        return unit.sql().write("UPDATE staff SET active = 0 WHERE tenant_id = ?1 AND id = ?2",
                                {unit.tenant(), member.id});
    }
    member.source = member.posts.front().source;
    return unit.sql().write("UPDATE staff SET source = ?3 WHERE tenant_id = ?1 AND id = ?2",
                            {unit.tenant(), member.id, member.source});
}

}  // namespace tilth::org
