// 标签: the catalogue.

#include "kernel/rules/json.h"
#include "modules/audience/service.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

TagView view_of(AudienceService& service, const Definition& one, const std::vector<Definition>& all,
                const std::vector<Group>& groups, const std::map<SetId, std::int64_t>& people) {
    TagView out;
    out.id = one.id;
    out.name = one.name;
    out.description = one.description;
    out.tag_class = one.tag_class;
    out.mode = one.mode();
    out.group = one.group;
    for (const Group& group : groups) {
        if (one.group == group.id) out.group_name = group.name;
    }
    out.life_days = one.life_days;
    out.forms = service.forms(one.rule);
    const auto counted = people.find(one.id);
    out.people = counted == people.end() ? 0 : counted->second;
    out.version = one.version;
    out.created_by = one.created_by;
    out.created_at = one.created_at;
    out.changed_at = one.changed_at;
    out.archived_at = one.archived_at;
    out.used_by = users_of(all, one);
    return out;
}

Result<TagList> list_tags(AudienceService& service, const Context& context, const ListSets& asked) {
    Instant as_of;
    const auto people = people_in(service, context, as_of);
    return service.kernel().record.read<TagList>(context, [&](View& view) -> Result<TagList> {
        TagList out;
        out.as_of = as_of;
        const auto all = TRY(store::definitions(view.sql(), view.tenant()));
        const auto groups = TRY(store::groups(view.sql(), view.tenant()));
        for (const Group& group : groups) out.groups.push_back({group.id, group.name, group.exclusive, 0});
        for (const Definition& one : all) {
            if (one.family != Family::Tag || one.archived_at.has_value() != asked.archived.value_or(false)) continue;
            out.items.push_back(view_of(service, one, all, groups, people));
            for (TagGroupView& group : out.groups) group.tags += one.group == group.id ? 1 : 0;
        }
        return out;
    });
}

Status may_stand_in(Unit& unit, const Definition& one) {
    if (!one.group) return ok();
    for (const Group& group : TRY(store::groups(unit.sql(), unit.tenant()))) {
        if (group.id != *one.group) continue;
        if (!group.exclusive || one.mode() == Mode::Static) return ok();
        return Error::invalid("group", "exclusive_by_rule", "互斥组只放人工标签",
                              "an exclusive group holds tags that people set", "换一个组，或不写规则",
                              "choose another group, or leave the rule out");
    }
    return {ErrorCode::NotFound, "tag group"};
}

Result<SetKey> make_tag(AudienceService& service, Unit& unit, const NewTag& request) {
    Definition one;
    one.id = unit.new_id<SetId>();
    one.family = Family::Tag;
    one.name = request.name.str();
    if (request.description) one.description = request.description->str();
    const bool by_rule = request.text || request.rule;
    one.tag_class = request.tag_class.value_or(by_rule ? TagClass::RealTime : TagClass::Original);
    one.group = request.group;
    if (request.life_days) one.life_days = request.life_days->value();
    if (by_rule && one.life_days) {
        return Error::invalid("life_days", "by_rule", "自动标签的去留由规则决定", "a rule decides how long its tag stays",
                              "把期限写进规则", "put the span into the rule");
    }
    one.created_by = unit.context().actor.name;
    one.created_at = one.changed_at = unit.now();
    if (by_rule) {
        const auto rule = TRY(service.rule(unit.sql(), unit.tenant(), request.text, request.rule,
                                           {{rules::MemberKind::Tag, one.name}}));
        one.rule = rules::to_json(rule.node).print();
    }
    TRY(may_stand_in(unit, one));
    TRY(name_is_free(TRY(store::definitions(unit.sql(), unit.tenant())), Family::Tag, one.name, one.id));
    TRY(store::insert(unit, one));
    TRY(unit.audit({.action = "audience.create", .object = one.id.str()}));
    return SetKey{one.id};
}

Result<None> change_tag(AudienceService& service, Unit& unit, const ChangeTag& request) {
    Definition one = TRY(need(unit.sql(), unit.tenant(), request.id, Family::Tag));
    const auto all = TRY(store::definitions(unit.sql(), unit.tenant()));
    if (request.name && request.name->str() != one.name) {
        if (!users_of(all, one).empty()) return Error(ErrorCode::Conflict, "a rule asks for it by this name");
        one.name = request.name->str();
        TRY(name_is_free(all, Family::Tag, one.name, one.id));
    }
    if (request.description) one.description = request.description->str();
    if (request.life_days) {
        if (one.mode() == Mode::Live) return Error(ErrorCode::Conflict, "a rule decides how long its tag stays");
        one.life_days = request.life_days->value();
    }
    if (request.text || request.rule) {
        if (one.mode() == Mode::Static) return Error(ErrorCode::Conflict, "a tag that people set has no rule");
        const auto rule = TRY(service.rule(unit.sql(), unit.tenant(), request.text, request.rule,
                                           {{rules::MemberKind::Tag, one.name}}));
        const std::string printed = rules::to_json(rule.node).print();
        one.version += printed != one.rule ? 1 : 0;
        one.rule = printed;
    }
    one.changed_at = unit.now();
    TRY(store::update(unit, one));
    TRY(unit.audit({.action = "audience.change", .object = one.id.str()}));
    return None{};
}

Result<GroupKey> make_group(Unit& unit, const NewTagGroup& request) {
    for (const Group& group : TRY(store::groups(unit.sql(), unit.tenant()))) {
        if (group.name == request.name.str()) {
            return Error::invalid("name", "name_taken", "已有同名的", "the name is taken", "换一个名称",
                                  "choose another name");
        }
    }
    const Group group{unit.new_id<GroupId>(), request.name.str(), request.exclusive};
    TRY(store::insert(unit, group));
    TRY(unit.audit({.action = "audience.tag_group", .object = group.id.str()}));
    return GroupKey{group.id};
}

void add_catalogue(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<ListSets, TagList>(
        Method::Get, "/api/v1/tags", kRead,
        [&service](const Context& context, const ListSets& asked) { return list_tags(service, context, asked); },
        {.zh = "标签列表", .en = "Tags", .rows = {"TAG-01"}, .tag = "audience"});
    api.command<NewTag, SetKey>(
        Method::Post, "/api/v1/tags", kWrite,
        [&service](Unit& unit, const NewTag& request) { return make_tag(service, unit, request); },
        {.zh = "新建标签", .en = "Make a tag", .rows = {"TAG-01"}, .tag = "audience"});
    api.command<ChangeTag, None>(
        Method::Put, "/api/v1/tags/{id}", kWrite,
        [&service](Unit& unit, const ChangeTag& request) { return change_tag(service, unit, request); },
        {.zh = "修改标签", .en = "Change a tag", .rows = {"TAG-01"}, .tag = "audience"});
    api.command<SetKey, None>(
        Method::Delete, "/api/v1/tags/{id}", kWrite,
        [](Unit& unit, const SetKey& key) { return archive(unit, key, Family::Tag); },
        {.zh = "归档标签", .en = "Archive a tag", .rows = {"TAG-01"}, .tag = "audience"});
    api.command<SetKey, None>(
        Method::Post, "/api/v1/tags/{id}/restore", kWrite,
        [](Unit& unit, const SetKey& key) { return restore(unit, key, Family::Tag); },
        {.zh = "恢复标签", .en = "Restore a tag", .rows = {"TAG-01"}, .tag = "audience"});
    api.command<NewTagGroup, GroupKey>(
        Method::Post, "/api/v1/tag-groups", kWrite, make_group,
        {.zh = "新建标签组", .en = "Make a group of tags", .rows = {"TAG-01"}, .tag = "audience"});
}

}  // namespace

void add_tag_routes(AudienceService& service) {
    add_catalogue(service);
    kernel::Api& api = service.kernel().api;
    api.query<PageOfSet, PeoplePage>(
        Method::Get, "/api/v1/tags/{id}/people", kRead,
        [&service](View& view, const PageOfSet& asked) { return people_page(service, view, asked, Family::Tag); },
        {.zh = "带标签的客户", .en = "People with a tag", .rows = {"TAG-01"}, .tag = "audience"});
    api.query<PageOfSet, ChangePage>(
        Method::Get, "/api/v1/tags/{id}/changes", kRead,
        [&service](View& view, const PageOfSet& asked) { return change_page(service, view, asked, Family::Tag); },
        {.zh = "打上与去掉", .en = "Who got and lost a tag", .rows = {"TAG-02"}, .tag = "audience"});
    api.query<SetKey, SetSizes>(
        Method::Get, "/api/v1/tags/{id}/sizes", kRead,
        [](View& view, const SetKey& key) { return sizes_of(view, key, Family::Tag); },
        {.zh = "人数变化", .en = "A tag's size over time", .rows = {"TAG-01"}, .tag = "audience"});
}

}  // namespace tilth::audience
