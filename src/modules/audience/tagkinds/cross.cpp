// TAG-10: how attributes, tag groups and tags relate for the same people; lists of an unsaved rule; who can be reached.

#include <algorithm>

#include "kernel/rules/json.h"
#include "kernel/rules/text.h"
#include "modules/audience/tagkinds/tagkinds.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::View;

constexpr std::size_t kValuesMax = 60;
constexpr std::string_view kConsent = "consent.";

struct Value {
    std::string zh;
    std::string en;
    rules::Node rule;
};

rules::Node attribute_is(const std::string& key, rules::Literal value) {
    rules::Node node;
    node.kind = rules::Kind::Attribute;
    node.name = key;
    node.op = rules::Op::Eq;
    node.values.push_back(std::move(value));
    return node;
}

Error no_dimension(std::string_view field) {
    return Error::invalid(std::string(field), "no_dimension", "没有这个维度，或它没有固定取值",
                          "there is no such dimension, or it has no closed list of values", "从列表中选择",
                          "choose one of the list");
}

void with_the_rest(std::vector<Value>& values) {
    std::vector<rules::Node> named;
    for (const Value& one : values) named.push_back(one.rule);
    values.push_back({"以上皆非", "None of these", none_of(std::move(named))});
}

Result<std::vector<Value>> values_of_attribute(const rules::Registry& registry, const std::string& key,
                                               std::string_view field) {
    const auto column = registry.attribute(key);
    if (!column) return no_dimension(field);
    const rules::Attribute& attribute = registry.attributes()[*column];
    std::vector<Value> out;
    if (attribute.type == rules::ValueType::Flag) {
        rules::Literal yes{rules::LiteralKind::Flag, 1, 0, {}};
        rules::Literal no{rules::LiteralKind::Flag, 0, 0, {}};
        out.push_back({"是", "Yes", attribute_is(key, yes)});
        out.push_back({"否", "No", attribute_is(key, no)});
    }
    for (const auto& choice : attribute.values) {
        rules::Literal literal{rules::LiteralKind::Text, 0, 0, choice.code};
        out.push_back({choice.zh, choice.en, attribute_is(key, literal)});
    }
    if (out.empty() || out.size() > kValuesMax) return no_dimension(field);
    return out;
}

Result<std::vector<Value>> values_of(AudienceService& service, View& view, std::string_view dimension,
                                     std::string_view field) {
    const std::size_t colon = dimension.find(':');
    const std::string_view kind = dimension.substr(0, colon);
    const std::string name(colon == std::string_view::npos ? std::string_view() : dimension.substr(colon + 1));
    std::vector<Value> out;
    if (kind == "attribute") {
        out = TRY(values_of_attribute(service.engine().registry(), name, field));
    } else if (kind == "tag" || kind == "group") {
        for (const Definition& one : TRY(store::definitions(view.sql(), view.tenant()))) {
            if (one.family != Family::Tag || one.archived_at) continue;
            if (kind == "tag" ? one.name != name : !one.group || one.group->str() != name) continue;
            out.push_back({one.name, one.name, has_tag(one.name)});
        }
        if (out.empty() || out.size() > kValuesMax) return no_dimension(field);
        std::sort(out.begin(), out.end(), [](const Value& a, const Value& b) { return a.zh < b.zh; });
    } else {
        return no_dimension(field);
    }
    with_the_rest(out);
    return out;
}

struct Asked {
    std::vector<Value> rows;
    std::vector<Value> columns;
    std::optional<rules::Node> only;
};

Result<Asked> read_asked(AudienceService& service, const Context& context, const CrossAsked& asked) {
    return service.kernel().record.read<Asked>(context, [&](View& view) -> Result<Asked> {
        Asked out;
        out.rows = TRY(values_of(service, view, asked.rows.str(), "rows"));
        out.columns = TRY(values_of(service, view, asked.columns.str(), "columns"));
        if (asked.only)
            out.only = TRY(service.rule(view.sql(), view.tenant(), std::nullopt, asked.only)).node;
        return out;
    });
}

Result<CrossTable> cross(AudienceService& service, const Context& context, const CrossAsked& request) {
    const Asked asked = TRY(read_asked(service, context, request));
    std::vector<rules::Node> wanted;
    for (const Value& one : asked.rows) wanted.push_back(one.rule);
    for (const Value& one : asked.columns) wanted.push_back(one.rule);
    if (asked.only) wanted.push_back(*asked.only);
    CrossTable out;
    out.as_of = service.kernel().clock.now();
    out.cell_min = service.kernel().settings.integer(context.tenant, kCellMin);
    auto found = TRY(found_by(service, context, wanted, out.as_of));
    if (asked.only) {
        for (std::size_t i = 0; i + 1 < found.size(); ++i) found[i] &= found.back();
    }
    sets::Bitmap everybody;
    const std::size_t rows = asked.rows.size();
    for (std::size_t i = 0; i < rows; ++i) everybody |= found[i];
    out.people = static_cast<std::int64_t>(everybody.size());
    for (std::size_t c = 0; c < asked.columns.size(); ++c) {
        const auto people = static_cast<std::int64_t>(found[rows + c].size());
        out.columns.push_back({asked.columns[c].zh, asked.columns[c].en, people});
    }
    for (std::size_t r = 0; r < rows; ++r) {
        out.rows.push_back({asked.rows[r].zh, asked.rows[r].en, static_cast<std::int64_t>(found[r].size())});
        CrossRow& row = out.table.emplace_back();
        for (std::size_t c = 0; c < asked.columns.size(); ++c) {
            sets::Bitmap both = found[r];
            both &= found[rows + c];
            std::vector<rules::Node> parts{asked.rows[r].rule, asked.columns[c].rule};
            if (asked.only) parts.push_back(*asked.only);
            CrossCell& cell = row.cells.emplace_back();
            cell.people = static_cast<std::int64_t>(both.size());
            cell.small = cell.people > 0 && cell.people < out.cell_min;
            cell.rule.text = rules::to_json(all_of(std::move(parts))).print();
        }
    }
    return out;
}

Result<CrossDimensions> dimensions(AudienceService& service, View& view) {
    CrossDimensions out;
    for (const auto& one : service.engine().registry().attributes()) {
        const bool closed = one.type == rules::ValueType::Flag || !one.values.empty();
        if (closed && one.values.size() <= kValuesMax) out.items.push_back({"attribute:" + one.key, one.zh, one.en});
    }
    const auto all = TRY(store::definitions(view.sql(), view.tenant()));
    for (const Group& group : TRY(store::groups(view.sql(), view.tenant()))) {
        const bool used = std::any_of(all.begin(), all.end(), [&](const Definition& one) {
            return one.family == Family::Tag && !one.archived_at && one.group == group.id;
        });
        if (used) out.items.push_back({"group:" + group.id.str(), group.name, group.name});
    }
    for (const Definition& one : all) {
        if (one.family == Family::Tag && !one.archived_at) out.items.push_back({"tag:" + one.name, one.name, one.name});
    }
    return out;
}

// ---- Lists of an unsaved rule ----

Result<PeoplePage> rule_people(AudienceService& service, const Context& context, const RulePeople& asked) {
    const auto rule = TRY(service.kernel().record.read<AudienceService::Rule>(
        context, [&](View& view) { return service.rule(view.sql(), view.tenant(), asked.text, asked.rule); }));
    const auto found = TRY(found_by(service, context, {rule.node}, service.kernel().clock.now()));
    return people_of_bitmap(service, context, found.front(), asked.cursor, asked.limit);
}

Result<Reached> reached(AudienceService& service, const Context& context, const ReachAsked& asked) {
    if (asked.set.has_value() == asked.customers.has_value()) {
        return Error::invalid("set", "one_of", "指定一个人群或标签，或一些客户", "name a set or customers",
                              "填写 set 或 customers", "fill in set or customers");
    }
    Reached out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        sets::Bitmap people;
        if (asked.set) {
            const sets::Bitmap* members = memory.members_of(*asked.set);
            if (members == nullptr) return {ErrorCode::NotFound, "set"};
            people = *members;
        } else {
            for (const CustomerId& one : *asked.customers) {
                if (const auto person = memory.person_of(one)) people.add(*person);
            }
        }
        people &= visible_to(memory, context);
        out.people = static_cast<std::int64_t>(people.size());
        out.reachable = reach_of(memory, service.engine().registry(), people);
        return ok();
    }));
    return out;
}

}  // namespace

Result<std::vector<sets::Bitmap>> found_by(AudienceService& service, const Context& context,
                                           const std::vector<rules::Node>& rules, Instant now) {
    std::vector<rules::Plan> plans;
    TRY(service.engine().use(context.tenant, [&](Memory& memory, Instant) -> Status {
        for (const auto& rule : rules) {
            plans.push_back(TRY(memory.compile(rule)));
            memory.prepare(plans.back());
        }
        return ok();
    }));
    std::vector<sets::Bitmap> out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        const sets::Bitmap visible = visible_to(memory, context);
        for (const auto& plan : plans) {
            out.push_back(memory.people_of(plan, now));
            out.back() &= visible;
        }
        return ok();
    }));
    return out;
}

Result<PeoplePage> people_of_bitmap(AudienceService& service, const Context& context, const sets::Bitmap& people,
                                    const std::optional<kernel::CursorText>& cursor,
                                    const std::optional<kernel::PageLimit>& limit) {
    std::int64_t after = -1;
    if (cursor) after = TRY(parse_decimal(TRY(kernel::decode_cursor(cursor->str(), 1))[0], 0));
    const auto rows = static_cast<std::size_t>(kernel::page_rows(limit));
    PeoplePage page;
    page.total.value = static_cast<std::int64_t>(people.size());
    std::vector<CustomerId> shown;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        for (const std::uint32_t person : people.to_vector()) {
            if (std::int64_t{person} <= after) continue;
            if (shown.size() == rows) {
                page.next = kernel::encode_cursor({std::to_string(after)});
                break;
            }
            shown.push_back(memory.customer_of(person));
            after = person;
        }
        return ok();
    }));
    page.items = TRY(service.kernel().record.read<std::vector<AudiencePerson>>(
        context, [&](View& view) { return service.faces(view.sql(), context.tenant, shown); }));
    return page;
}

rules::Node has_tag(const std::string& name) {
    rules::Node node;
    node.kind = rules::Kind::Member;
    node.member = rules::MemberKind::Tag;
    node.name = name;
    return node;
}

rules::Node all_of(std::vector<rules::Node> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    rules::Node node;
    node.kind = rules::Kind::All;
    node.children = std::move(parts);
    return node;
}

rules::Node none_of(std::vector<rules::Node> parts) {
    rules::Node any;
    any.kind = rules::Kind::Any;
    any.children = std::move(parts);
    rules::Node node;
    node.kind = rules::Kind::Not;
    if (any.children.size() == 1) node.children.push_back(std::move(any.children.front()));
    else node.children.push_back(std::move(any));
    return node;
}

std::vector<Reach> reach_of(const Memory& memory, const rules::Registry& registry, const sets::Bitmap& people) {
    std::vector<Reach> out;
    const auto all = static_cast<std::int64_t>(people.size());
    const auto& attributes = registry.attributes();
    for (std::size_t column = 0; column < attributes.size(); ++column) {
        if (!attributes[column].key.starts_with(kConsent)) continue;
        sets::Bitmap allowed = memory.flagged(column);
        allowed &= people;
        Reach& one = out.emplace_back();
        one.channel = attributes[column].key.substr(kConsent.size());
        one.zh = attributes[column].zh;
        one.en = attributes[column].en;
        one.people = static_cast<std::int64_t>(allowed.size());
        if (one.people < all)
            one.why_not.push_back({"no_consent", "没有营销同意，或已撤回", "No consent to marketing, or withdrawn",
                                   all - one.people});
    }
    return out;
}

void add_cross_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.query<None, CrossDimensions>(
        Method::Get, "/api/v1/audience/dimensions", kRead,
        [&service](View& view, const None&) { return dimensions(service, view); },
        {.zh = "可以交叉的维度", .en = "What can be tabulated", .rows = {"TAG-10"}, .tag = "audience"});
    api.action<CrossAsked, CrossTable>(
        Method::Post, "/api/v1/audience/cross", kRead,
        [&service](const Context& context, const CrossAsked& asked) { return cross(service, context, asked); },
        {.zh = "交叉表：属性、标签组与标签", .en = "One thing against another", .rows = {"TAG-10"}, .tag = "audience"});
    api.action<RulePeople, PeoplePage>(
        Method::Post, "/api/v1/segments/people", kRead,
        [&service](const Context& context, const RulePeople& asked) { return rule_people(service, context, asked); },
        {.zh = "规则选中的人（未保存）", .en = "The people of an unsaved rule", .rows = {"TAG-10"}, .tag = "audience"});
    api.action<ReachAsked, Reached>(
        Method::Post, "/api/v1/audience/reach", kRead,
        [&service](const Context& context, const ReachAsked& asked) { return reached(service, context, asked); },
        {.zh = "名单中可触达多少人，其余为何不可",
         .en = "How many of a list can be reached, and why not the rest",
         .rows = {"SEG-05"},
         .tag = "audience"});
}

}  // namespace tilth::audience
