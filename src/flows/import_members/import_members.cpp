#include "flows/import_members/import_members.h"

#include <algorithm>

#include "base/hooks.h"
#include "flows/nodes.h"
#include "modules/customer/referral/api.h"
#include "modules/customer/rights/api.h"

namespace tilth::flows {

namespace {

using collect::FieldKind;
using Kind = collect::RowOutcome::Kind;

constexpr int kFileConfidence = 60;

enum class Column : std::uint8_t {
    Card,
    Phone,
    Email,
    CustomId,
    Name,
    Gender,
    Birthday,
    RegisteredAt,
    NodeCode,
    NodeName,
    Level,
    Points,
    Growth,
    Stored,
    GuideCode,
    Tags,
    Consent,
    ConsentPurposes,
    ConsentChannels,
    ConsentText,
    ConsentAt,
    Referrer
};

const std::vector<collect::TargetField>& member_fields() {
    static const std::vector<collect::TargetField> all = {
        {"card", FieldKind::Text, false, "会员卡号", "Card number", {"会员卡号", "卡号"}, 0, true},
        {"phone", FieldKind::Phone, false, "手机号", "Phone", {"手机号", "会员手机号"}, 0, true},
        {"email", FieldKind::Email, false, "邮箱", "E-mail", {"邮箱"}, 0, true},
        {"custom_id", FieldKind::Text, false, "客户编号", "Customer code", {"客户编号", "会员编号"}, 0, true},
        {"name", FieldKind::Text, false, "姓名", "Name", {"姓名"}, 0},
        {"gender", FieldKind::Text, false, "性别", "Gender", {"性别"}, 0},
        {"birthday", FieldKind::Text, false, "生日", "Birthday", {"生日"}, 0},
        {"registered_at", FieldKind::Instant, false, "注册时间", "Registered at", {"注册时间"}, 0},
        {"node_code", FieldKind::Text, false, "归属门店编码", "Home store", {"归属门店", "归属门店编码"}, 0},
        {"node_name", FieldKind::Text, false, "归属门店名称", "Home store's name", {"归属门店名称"}, 0},
        {"level", FieldKind::Text, false, "等级", "Level", {"等级", "会员等级"}, 0},
        {"points", FieldKind::Integer, false, "积分余额", "Points", {"积分余额"}, 0},
        {"growth", FieldKind::Integer, false, "成长值", "Growth", {"成长值"}, 0},
        {"stored", FieldKind::Decimal, false, "储值余额", "Stored value", {"储值余额"}, 2},
        {"guide_code", FieldKind::Text, false, "归属导购", "Guide", {"归属导购"}, 0},
        {"tags", FieldKind::Text, false, "标签", "Tags", {"标签"}, 0},
        {"consent", FieldKind::Text, false, "同意方式", "Consent", {"同意方式"}, 0},
        {"consent_purposes", FieldKind::Text, false, "同意用途", "Consent: purposes", {"同意用途"}, 0},
        {"consent_channels", FieldKind::Text, false, "同意渠道", "Consent: channels", {"同意渠道"}, 0},
        {"consent_text", FieldKind::Text, false, "告知书版本", "Consent: version of the text", {"告知书版本"}, 0},
        {"consent_at", FieldKind::Instant, false, "同意时间", "Consent: time", {"同意时间"}, 0},
        {"referrer", FieldKind::Text, false, "推荐人", "Referrer", {"推荐人", "推荐人卡号", "推荐人手机号", "邀请人"}, 0},
    };
    return all;
}

std::string text(const collect::MappedRow& row, Column column) {
    const auto at = static_cast<std::size_t>(column);
    return at < row.values.size() ? row.values[at].value_or("") : "";
}

class ImportMembers final : public collect::ImportTarget {
public:
    ImportMembers(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers,
                  collect::MemberOpenings& openings)
        : kernel_(kernel), org_(org), customers_(customers), openings_(openings) {}

    std::string_view name() const override { return "members"; }
    const std::vector<collect::TargetField>& fields() const override { return member_fields(); }
    Status check_options(std::string_view) override { return ok(); }

    Result<std::vector<collect::RowOutcome>> check(kernel::View& view, const collect::ImportRef&,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            const auto claims = read(view.tenant(), row);
            outcomes.push_back(claims ? TRY(compare(view.sql(), view.tenant(), row, *claims))
                                      : refused(claims.error()));
        }
        return outcomes;
    }

    Result<std::vector<collect::RowOutcome>> apply(kernel::Unit& unit, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            const auto claims = read(unit.tenant(), row);
            if (!claims) {
                outcomes.push_back(refused(claims.error()));
                continue;
            }
            outcomes.push_back(TRY(compare(unit.sql(), unit.tenant(), row, *claims)));
            if (outcomes.back().kind != Kind::Unchanged && outcomes.back().kind != Kind::Rejected)
                TRY(write(unit, import, row, *claims));
        }
        return outcomes;
    }

    Result<std::vector<collect::ControlTotal>> totals(sql::Connection& sql, const TenantId& tenant,
                                                      const collect::ImportRef& import) override {
        const auto sums = TRY(openings_.totals(sql, tenant, import.source()));
        return std::vector<collect::ControlTotal>{
            {"members", "会员", "Members", sums.members, "count", {}},
            {"points", "积分", "Points", sums.points, "count", {}},
            {"growth", "成长值", "Growth", sums.growth, "count", {}},
            {"stored", "储值", "Stored value", sums.stored_minor, "money", {}},
        };
    }

    Result<std::int64_t> take_back(kernel::Unit& unit, const collect::ImportRef& import, int limit) override {
        const std::int64_t gone = TRY(openings_.take_back(unit, import.source(), limit));
        if (gone > 0) return gone;
        const std::int64_t said = TRY(customer::take_back_consent(unit, import.source(), limit));
        if (said > 0) return said;
        const std::int64_t brought = TRY(customer::take_back_referrals(customers_, unit, import.source(), limit));
        if (brought > 0) return brought;
        const std::int64_t people = TRY(customers_.take_back(unit, import.source(), limit));
        return people > 0 ? people : take_back_nodes(org_, unit, import.source(), limit);
    }

private:
    static collect::RowOutcome refused(const Error& error) {
        if (error.fields.empty()) return {Kind::Rejected, "invalid", {}};
        return {Kind::Rejected, error.fields.front().rule, error.fields.front().field};
    }

    // Who the row is about; refused also for what it says of consent.
    Result<std::vector<customer::Claim>> read(const TenantId& tenant, const collect::MappedRow& row) const {
        TRY(customer::check_filed(consent_of(row, Instant{})));
        return claims_of(tenant, row);
    }

    static customer::FiledConsent consent_of(const collect::MappedRow& row, Instant known_since) {
        customer::FiledConsent filed;
        filed.answer = text(row, Column::Consent);
        filed.purposes = text(row, Column::ConsentPurposes);
        filed.channels = text(row, Column::ConsentChannels);
        filed.text_version = text(row, Column::ConsentText);
        if (const auto at = parse_instant(text(row, Column::ConsentAt))) filed.at = *at;
        filed.known_since = known_since;
        return filed;
    }

    Result<std::vector<customer::Claim>> claims_of(const TenantId& tenant, const collect::MappedRow& row) const {
        constexpr std::pair<customer::IdentityKind, Column> kKeys[] = {
            {customer::IdentityKind::Card, Column::Card},
            {customer::IdentityKind::Phone, Column::Phone},
            {customer::IdentityKind::Email, Column::Email},
            {customer::IdentityKind::CustomId, Column::CustomId},
        };
        std::vector<customer::Claim> claims;
        for (const auto& [kind, column] : kKeys) {
            const std::string value = text(row, column);
            if (value.empty()) continue;
            auto claim = customer::make_claim(kernel_.vault, tenant, kind, value);
            if (claim) {
                claims.push_back(std::move(*claim));
            } else if (claim.error().fields.empty() || claim.error().fields.front().rule != "placeholder") {
                return claim.error();
            }
        }
        if (claims.empty()) {
            return Error::invalid("phone", "no_identity", "没有可用的会员标识", "No key names this person",
                                  "补上卡号或手机号", "Give a card or a phone number");
        }
        return claims;
    }

    Result<collect::RowOutcome> compare(sql::Connection& sql, const TenantId& tenant, const collect::MappedRow& row,
                                        const std::vector<customer::Claim>& claims) const {
        if (row.occurrence > 1) return collect::RowOutcome{Kind::Unchanged, {}, {}};
        std::optional<CustomerId> known;
        bool all_known = true;
        std::string_view contradicts;
        for (const auto& claim : claims) {
            const auto found = customers_.find(tenant, claim);
            all_known = all_known && found.has_value();
            if (found && known && !same_person(tenant, *found, *known)) contradicts = column_of(claim.kind);
            if (!known) known = found;
        }
        if (!known) {
            collect::RowOutcome fresh{Kind::New, {}, {}};
            if (!referrer(tenant, row)) fresh.contradicts = "referrer";
            return fresh;
        }
        const auto opening = TRY(openings_.find(sql, tenant, *known));
        const auto bringer = referrer(tenant, row);
        if (!bringer) contradicts = "referrer";
        bool same = all_known && opening && opening->content == row.content;
        // Whoever was not there when the row came first may be by now.
        if (same && bringer && *bringer) same = TRY(customer::referrer_of(sql, tenant, *known)).has_value();
        collect::RowOutcome outcome{same ? Kind::Unchanged : Kind::Updated, {}, {}};
        outcome.contradicts = contradicts;
        return outcome;
    }

    // Whom the row names by card, phone or code; none inside: it names nobody. Nothing: nobody by that key is known.
    std::optional<std::optional<CustomerId>> referrer(const TenantId& tenant, const collect::MappedRow& row) const {
        const std::string value = text(row, Column::Referrer);
        if (value.empty()) return std::optional<CustomerId>();
        for (const auto kind :
             {customer::IdentityKind::Card, customer::IdentityKind::Phone, customer::IdentityKind::CustomId}) {
            const auto claim = customer::make_claim(kernel_.vault, tenant, kind, value);
            if (!claim) continue;
            if (const auto found = customers_.find(tenant, *claim)) return std::optional(*found);
        }
        return std::nullopt;
    }

    bool same_person(const TenantId& tenant, const CustomerId& a, const CustomerId& b) const {
        const auto one = customers_.person_of(tenant, a);
        const auto other = customers_.person_of(tenant, b);
        return one && other && one->first == other->first;
    }
    static std::string_view column_of(customer::IdentityKind kind) {
        switch (kind) {
            case customer::IdentityKind::Phone: return "phone";
            case customer::IdentityKind::Email: return "email";
            case customer::IdentityKind::Card: return "card";
            default: return "custom_id";
        }
    }

    Status write(kernel::Unit& unit, const collect::ImportRef& import, const collect::MappedRow& row,
                 const std::vector<customer::Claim>& claims) {
        const std::string source = import.source();
        customer::Sighting sighting;
        const auto registered = parse_instant(text(row, Column::RegisteredAt));
        sighting.at = registered && *registered < unit.now() ? *registered : unit.now();
        sighting.source = source;
        sighting.claims = claims;
        if (const std::string code = text(row, Column::NodeCode); !code.empty()) {
            const std::string title = text(row, Column::NodeName);
            sighting.home_node = TRY(org_.ensure_node(unit, org::NodeKind::Store, code, title.empty() ? code : title,
                                                      org_.root(unit.tenant()), source));
            sighting.declares_home = true;
        }
        const auto found = TRY(customers_.resolve(unit, sighting));
        std::vector<customer::Trait> traits;
        for (const auto& [field, column] :
             {std::pair{"name", Column::Name}, {"gender", Column::Gender}, {"birthday", Column::Birthday}}) {
            if (std::string value = text(row, column); !value.empty()) traits.push_back({field, std::move(value), {}});
        }
        if (!traits.empty()) TRY(customers_.declare(unit, found.customer, traits, source, kFileConfidence));
        if (!hooks::is_off("PRV-01")) {
            TRY(customer::file_consent(customers_, unit, found.customer, consent_of(row, sighting.at), source));
        }
        const auto bringer = referrer(unit.tenant(), row);
        if (bringer && *bringer && !same_person(unit.tenant(), **bringer, found.customer))
            TRY(customer::refer(customers_, unit, found.customer, **bringer, source));
        collect::MemberOpening opening;
        opening.customer = found.customer;
        opening.content = row.content;
        opening.level = text(row, Column::Level);
        opening.points = parse_decimal(text(row, Column::Points), 0).value_or(0);
        opening.growth = parse_decimal(text(row, Column::Growth), 0).value_or(0);
        opening.stored_minor = parse_decimal(text(row, Column::Stored), 2).value_or(0);
        opening.guide_code = text(row, Column::GuideCode);
        opening.tags = text(row, Column::Tags);
        opening.consent = text(row, Column::Consent);
        opening.source = source;
        return openings_.put(unit, opening);
    }

    kernel::Kernel& kernel_;
    org::Org& org_;
    customer::Customers& customers_;
    collect::MemberOpenings& openings_;
};

class ImportStores final : public collect::ImportTarget {
public:
    explicit ImportStores(org::Org& org) : org_(org) {}
    std::string_view name() const override { return "stores"; }
    const std::vector<collect::TargetField>& fields() const override {
        static const std::vector<collect::TargetField> all = {
            {"code", FieldKind::Text, true, "门店编码", "Store code", {"门店编码"}, 0},
            {"name", FieldKind::Text, true, "门店名称", "Store name", {"门店名称"}, 0},
            {"region", FieldKind::Text, false, "所属区域", "Region", {"所属区域", "区域"}, 0},
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
        const std::string source = import.source();
        for (const auto& row : rows) {
            outcomes.push_back(compare(unit.tenant(), row));
            OrgNodeId parent = org_.root(unit.tenant());
            if (const auto& region = row.values[2]) {
                const std::string code = region_code(*region);
                parent = TRY(org_.ensure_node(unit, org::NodeKind::Region, code, *region, parent, source));
            }
            TRY(org_.ensure_node(unit, org::NodeKind::Store, *row.values[0], *row.values[1], parent, source));
        }
        return outcomes;
    }
    Result<std::vector<collect::ControlTotal>> totals(sql::Connection&, const TenantId& tenant,
                                                      const collect::ImportRef&) override {
        const auto nodes = org_.nodes(tenant);
        const auto stores = std::count_if(nodes.begin(), nodes.end(),
                                          [](const org::OrgNode& node) { return node.kind == org::NodeKind::Store; });
        return std::vector<collect::ControlTotal>{{"stores", "门店", "Stores", stores, "count", {}}};
    }
    // A store that orders or people name by now stays.
    Result<std::int64_t> take_back(kernel::Unit& unit, const collect::ImportRef& import, int limit) override {
        return take_back_nodes(org_, unit, import.source(), limit);
    }

private:
    static std::string region_code(const std::string& name) { return "R:" + name; }
    collect::RowOutcome compare(const TenantId& tenant, const collect::MappedRow& row) const {
        const bool known = org_.node_by_code(tenant, *row.values[0]).has_value() || row.occurrence > 1;
        return {known ? Kind::Unchanged : Kind::New, {}, {}};
    }
    org::Org& org_;
};

}  // namespace

std::unique_ptr<collect::ImportTarget> make_import_members(kernel::Kernel& kernel, org::Org& org,
                                                           customer::Customers& customers,
                                                           collect::MemberOpenings& openings) {
    return std::make_unique<ImportMembers>(kernel, org, customers, openings);
}

std::unique_ptr<collect::ImportTarget> make_import_stores(org::Org& org) { return std::make_unique<ImportStores>(org); }

}  // namespace tilth::flows
