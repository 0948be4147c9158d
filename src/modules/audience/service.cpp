#include "modules/audience/service.h"

#include <algorithm>

#include "kernel/rules/check.h"
#include "kernel/rules/json.h"
#include "kernel/rules/text.h"

namespace tilth::audience {

namespace {

constexpr std::size_t kSample = 20;
constexpr std::string_view kConsentPrefix = "consent.";

Error unknown_name(const rules::Node& at, std::string_view kind_zh, std::string_view kind_en) {
    return Error::invalid(at.place.at, "unknown_name", "没有名为“" + at.name + "”的" + std::string(kind_zh),
                          "there is no " + std::string(kind_en) + " named \"" + at.name + "\"", "从列表中选择",
                          "choose one of the list");
}

// What a rule names must be there, or a wrong letter would quietly select nobody.
Status names_are_there(const rules::Node& rule, const std::vector<Definition>& sets,
                       const std::vector<org::OrgNode>& nodes) {
    for (const auto& child : rule.children) TRY(names_are_there(child, sets, nodes));
    if (rule.kind != rules::Kind::Member) return ok();
    if (rule.member == rules::MemberKind::Org) {
        const bool found = std::any_of(nodes.begin(), nodes.end(), [&](const org::OrgNode& node) {
            return node.code == rule.name || node.name == rule.name;
        });
        return found ? ok() : Status(unknown_name(rule, "组织", "part of the organisation"));
    }
    const bool found = std::any_of(sets.begin(), sets.end(), [&](const Definition& set) {
        return !set.archived_at && set.name == rule.name && member_kind(set.family) == rule.member;
    });
    if (found) return ok();
    switch (rule.member) {
        case rules::MemberKind::Tag: return unknown_name(rule, "标签", "tag");
        case rules::MemberKind::Stage: return unknown_name(rule, "阶段", "stage");
        default: return unknown_name(rule, "人群", "segment");
    }
}

std::vector<std::pair<rules::MemberKind, std::string>> asked_by(const Definition& set) {
    if (set.rule.empty()) return {};
    const auto json = json::Value::parse(set.rule);
    if (!json) return {};
    const auto rule = rules::from_json(*json);
    return rule ? names_in(*rule) : std::vector<std::pair<rules::MemberKind, std::string>>{};
}

// Whether the rule comes back to `own`, over any number of sets.
bool comes_back(const std::vector<Definition>& sets, const rules::Node& rule,
                const std::vector<std::pair<rules::MemberKind, std::string>>& own) {
    std::vector<std::pair<rules::MemberKind, std::string>> open = names_in(rule);
    std::set<std::pair<rules::MemberKind, std::string>> seen;
    while (!open.empty()) {
        const auto one = open.back();
        open.pop_back();
        if (std::find(own.begin(), own.end(), one) != own.end()) return true;
        if (one.first == rules::MemberKind::Org || !seen.insert(one).second) continue;
        for (const Definition& set : sets) {
            if (set.archived_at || set.name != one.second || member_kind(set.family) != one.first) continue;
            for (auto& further : asked_by(set)) open.push_back(std::move(further));
        }
    }
    return false;
}

}  // namespace

// ---- Rules ----

Result<rules::Node> AudienceService::read_rule(const std::optional<Text<1, 20'000>>& text,
                                               const std::optional<json::Raw>& json) {
    if (text.has_value() == json.has_value()) {
        return Error::invalid("rule", "one_form", "规则以文字或 JSON 之一给出", "give the rule as text or as JSON",
                              "填写 text 或 rule", "fill in text or rule");
    }
    if (text) return rules::parse(text->str(), engine_.registry());
    return rules::from_json(TRY(json::Value::parse(json->text)));
}

Result<AudienceService::Rule> AudienceService::rule(sql::Connection& sql, const TenantId& tenant,
                                                    const std::optional<Text<1, 20'000>>& text,
                                                    const std::optional<json::Raw>& json,
                                                    const std::vector<std::pair<rules::MemberKind, std::string>>& own) {
    Rule out;
    out.node = TRY(read_rule(text, json));
    out.cost = TRY(rules::check(out.node, engine_.registry()));
    const auto sets = TRY(store::definitions(sql, tenant));
    TRY(names_are_there(out.node, sets, org_.nodes(tenant)));
    if (comes_back(sets, out.node, own)) {
        return Error::invalid("rule", "circle", "规则绕回到自己", "the rule comes back to itself", "去掉对自己的引用",
                              "take the reference to itself away");
    }
    return out;
}

RuleForms AudienceService::forms(const rules::Node& rule) const {
    return {{rules::to_json(rule).print()},
            rules::print(rule, engine_.registry(), rules::Language::Zh),
            rules::print(rule, engine_.registry(), rules::Language::En)};
}

std::optional<RuleForms> AudienceService::forms(const std::string& rule) const {
    if (rule.empty()) return std::nullopt;
    const auto json = json::Value::parse(rule);
    if (!json) return std::nullopt;
    const auto node = rules::from_json(*json);
    return node ? std::optional(forms(*node)) : std::nullopt;
}

// ---- People ----

Result<std::vector<AudiencePerson>> AudienceService::faces(sql::Connection& sql, const TenantId& tenant,
                                                           const std::vector<CustomerId>& people) {
    std::vector<AudiencePerson> out;
    const auto faces = TRY(customers_.faces(sql, tenant, people));
    for (std::size_t i = 0; i < people.size(); ++i) {
        AudiencePerson& one = out.emplace_back();
        one.id = people[i];
        const auto person = customers_.person_of(tenant, people[i]);
        one.known = person && person->known;
        one.name_masked = faces[i].name_masked;
        for (const auto& key : faces[i].keys)
            one.identities.push_back({std::string(customer::name(key.kind)), key.masked});
        one.home_node = faces[i].home_node;
        if (one.home_node) {
            if (const auto node = org_.node(tenant, *one.home_node)) one.home_node_name = node->name;
        }
    }
    return out;
}

Result<Preview> AudienceService::preview(const kernel::Context& context, const rules::Node& rule) {
    const std::int64_t begun = kernel_.clock.steady_ns();
    Preview out;
    out.forms = forms(rule);
    out.at = kernel_.clock.now();
    const bool list = rule.kind == rules::Kind::All || rule.kind == rules::Kind::Any;
    const std::vector<rules::Node> parts = list ? rule.children : std::vector{rule};
    std::optional<rules::Plan> plan;
    std::vector<rules::Plan> plans;
    TRY(engine_.use(context.tenant, [&](Memory& memory, Instant) -> Status {
        plan = TRY(memory.compile(rule));
        memory.prepare(*plan);
        for (const auto& part : parts) plans.push_back(TRY(memory.compile(part)));
        return ok();
    }));
    std::vector<CustomerId> sample;
    std::vector<std::vector<Condition>> reasons;
    TRY(engine_.read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        sets::Bitmap found = memory.people_of(*plan, out.at);
        const sets::Bitmap visible = memory.visible(*context.scope);
        if (!context.scope->all) found &= visible;
        out.people = static_cast<std::int64_t>(found.size());
        out.of_people = static_cast<std::int64_t>(visible.size());
        sets::Bitmap known = memory.flagged(kKnown);
        known &= found;
        out.known = static_cast<std::int64_t>(known.size());
        const auto& attributes = engine_.registry().attributes();
        for (std::size_t column = 0; column < attributes.size(); ++column) {
            if (!attributes[column].key.starts_with(kConsentPrefix)) continue;
            sets::Bitmap reachable = memory.flagged(column);
            reachable &= found;
            const auto people = static_cast<std::int64_t>(reachable.size());
            Reach reach{attributes[column].key.substr(kConsentPrefix.size()), attributes[column].zh,
                        attributes[column].en, people, {}};
            if (people < out.people)
                reach.why_not.push_back({"no_consent", "没有营销同意，或已撤回", "No consent to marketing, or withdrawn",
                                         out.people - people});
            out.reachable.push_back(std::move(reach));
        }
        for (const std::uint32_t person : found.first(kSample)) {
            sample.push_back(memory.customer_of(person));
            auto& why = reasons.emplace_back();
            for (std::size_t i = 0; i < parts.size(); ++i) {
                why.push_back({rules::print(parts[i], engine_.registry(), rules::Language::Zh),
                               rules::print(parts[i], engine_.registry(), rules::Language::En),
                               memory.holds(plans[i], person, out.at)});
            }
        }
        return ok();
    }));
    out.sample = TRY(kernel_.record.read<std::vector<AudiencePerson>>(
        context, [&](kernel::View& view) { return faces(view.sql(), context.tenant, sample); }));
    for (std::size_t i = 0; i < out.sample.size(); ++i) out.sample[i].reasons = std::move(reasons[i]);
    out.took_ms = (kernel_.clock.steady_ns() - begun) / 1'000'000;
    return out;
}

// ---- What segments and tags share ----

Result<Definition> need(sql::Connection& sql, const TenantId& tenant, const SetId& id, Family family) {
    auto found = TRY(store::definition(sql, tenant, id));
    if (!found || found->family != family)
        return Error(ErrorCode::NotFound, std::string(name_of(family)));
    return std::move(*found);
}

std::vector<std::string> users_of(const std::vector<Definition>& all, const Definition& one) {
    const auto kind = member_kind(one.family);
    std::vector<std::string> out;
    for (const Definition& set : all) {
        if (set.archived_at) continue;
        const auto asked = asked_by(set);
        if (std::find(asked.begin(), asked.end(), std::pair(kind, one.name)) != asked.end()) out.push_back(set.name);
    }
    return out;
}

Status name_is_free(const std::vector<Definition>& all, Family family, const std::string& name, const SetId& own) {
    for (const Definition& set : all) {
        if (set.family == family && set.name == name && !set.archived_at && set.id != own) {
            return Error::invalid("name", "name_taken", "已有同名的", "the name is taken", "换一个名称",
                                  "choose another name");
        }
    }
    return ok();
}

std::map<SetId, std::int64_t> people_in(AudienceService& service, const kernel::Context& context, Instant& as_of) {
    std::map<SetId, std::int64_t> out;
    const auto definitions = service.kernel().record.read<std::vector<Definition>>(
        context, [&](kernel::View& view) { return store::definitions(view.sql(), context.tenant); });
    if (!definitions) return out;
    const auto counted = service.engine().read(context.tenant, [&](const Memory& memory, Instant at) -> Status {
        as_of = at;
        const sets::Bitmap visible = context.scope->all ? sets::Bitmap() : memory.visible(*context.scope);
        for (const Definition& set : *definitions) {
            const sets::Bitmap* members = memory.members_of(set.id);
            if (members == nullptr) continue;
            if (context.scope->all) {
                out[set.id] = static_cast<std::int64_t>(members->size());
                continue;
            }
            sets::Bitmap seen = *members;
            seen &= visible;
            out[set.id] = static_cast<std::int64_t>(seen.size());
        }
        return ok();
    });
    if (!counted) out.clear();
    return out;
}

Result<kernel::None> archive(kernel::Unit& unit, const SetKey& key, Family family) {
    Definition one = TRY(need(unit.sql(), unit.tenant(), key.id, family));
    if (one.archived_at) return kernel::None{};
    const auto users = users_of(TRY(store::definitions(unit.sql(), unit.tenant())), one);
    if (!users.empty()) return Error(ErrorCode::Conflict, "the rule of " + users.front() + " asks for it");
    one.archived_at = unit.now();
    one.changed_at = unit.now();
    TRY(store::update(unit, one));
    TRY(unit.audit({.action = "audience.archive", .object = one.id.str()}));
    return kernel::None{};
}

Result<kernel::None> restore(kernel::Unit& unit, const SetKey& key, Family family) {
    Definition one = TRY(need(unit.sql(), unit.tenant(), key.id, family));
    if (!one.archived_at) return kernel::None{};
    TRY(name_is_free(TRY(store::definitions(unit.sql(), unit.tenant())), family, one.name, one.id));
    one.archived_at.reset();
    one.changed_at = unit.now();
    TRY(store::update(unit, one));
    TRY(unit.audit({.action = "audience.restore", .object = one.id.str()}));
    return kernel::None{};
}

}  // namespace tilth::audience
