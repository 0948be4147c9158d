#include "modules/audience/lifecycle/save.h"

#include <algorithm>

#include "kernel/rules/check.h"
#include "kernel/rules/json.h"
#include "modules/audience/lifecycle/stages.h"

namespace tilth::audience {

namespace {

using kernel::None;
using kernel::Unit;

constexpr std::size_t kLifecyclesMax = 20;

Error placed(Error error, std::size_t stage) {
    for (auto& field : error.fields) field.field = "stages/" + std::to_string(stage) + "/" + field.field;
    return error;
}

Error stage_trouble(std::size_t stage, std::string_view field, std::string_view code, std::string_view zh,
                    std::string_view en, std::string_view remedy_zh, std::string_view remedy_en) {
    return placed(Error::invalid(std::string(field), std::string(code), std::string(zh), std::string(en),
                                 std::string(remedy_zh), std::string(remedy_en)),
                  stage);
}

bool has_stage(const store::Lifecycle* of, const SetId& id) {
    return of != nullptr && std::any_of(of->stages.begin(), of->stages.end(),
                                        [&](const store::Stage& stage) { return stage.set == id; });
}

// A stage given without id is the one that has its name, unless another one takes that.
SetId same_name(const store::Lifecycle* of, const std::vector<StageInput>& asked, const std::string& name) {
    if (of == nullptr) return {};
    for (const store::Stage& stage : of->stages) {
        const bool taken =
            std::any_of(asked.begin(), asked.end(), [&](const StageInput& one) { return one.id == stage.set; });
        if (stage.name == name && !taken) return stage.set;
    }
    return {};
}

// The names by which rules of others ask for stages that shall be called otherwise, or be gone.
Status nobody_asks(const std::vector<Definition>& sets, const store::Lifecycle& of, const Draft& draft) {
    for (const store::Stage& was : of.stages) {
        const bool stays = std::any_of(draft.stages.begin(), draft.stages.end(), [&](const Draft::Stage& one) {
            return one.kept.set == was.set && one.kept.name == was.name;
        });
        if (stays) continue;
        for (const Definition& set : sets) {
            if (set.archived_at || set.rule.empty() || has_stage(&of, set.id)) continue;
            const auto rule = rules::from_json(TRY(json::Value::parse(set.rule)));
            if (!rule) continue;
            const auto asked = names_in(*rule);
            if (std::find(asked.begin(), asked.end(), std::pair(rules::MemberKind::Stage, was.name)) != asked.end())
                return {ErrorCode::Conflict, "the rule of " + set.name + " asks for the stage " + was.name};
        }
    }
    return ok();
}

// Stages become sets: from the last, for each leaves people to those after it.
Status write_sets(Unit& unit, store::Lifecycle& of, const Draft& draft, const rules::Registry& registry) {
    const auto sets = TRY(store::definitions(unit.sql(), unit.tenant()));
    const auto standing = [&](const SetId& id) -> const Definition* {
        const auto found = std::find_if(sets.begin(), sets.end(), [&](const auto& set) { return set.id == id; });
        return found == sets.end() ? nullptr : &*found;
    };
    std::vector<store::Stage> stages;
    std::vector<std::string> later;
    for (std::size_t i = draft.stages.size(); i-- > 0;) {
        const Draft::Stage& one = draft.stages[i];
        const rules::Node rule = with_later(one.own, later);
        if (auto checked = rules::check(rule, registry); !checked) return placed(checked.error(), i);
        later.insert(later.begin(), one.kept.name);
        const Definition* was = standing(one.kept.set);
        Definition set = was == nullptr ? Definition() : *was;
        const std::string printed = rules::to_json(rule).print();
        if (was != nullptr && set.rule != printed) ++set.version;
        set.family = Family::Stage;
        set.name = one.kept.name;
        set.description = one.kept.description;
        set.rule = printed;
        set.tag_class = TagClass::RealTime;
        set.changed_at = unit.now();
        set.archived_at.reset();
        if (was == nullptr) {
            set.id = unit.new_id<SetId>();
            set.created_by = unit.context().actor.name;
            set.created_at = unit.now();
            TRY(store::insert(unit, set));
        } else {
            TRY(store::update(unit, set));
        }
        store::Stage kept = one.kept;
        kept.set = set.id;
        stages.insert(stages.begin(), std::move(kept));
    }
    for (const store::Stage& was : of.stages) {
        const bool stays =
            std::any_of(stages.begin(), stages.end(), [&](const store::Stage& one) { return one.set == was.set; });
        const Definition* set = standing(was.set);
        if (stays || set == nullptr || set->archived_at) continue;
        Definition gone = *set;
        gone.archived_at = unit.now();
        gone.changed_at = unit.now();
        TRY(store::update(unit, gone));
    }
    of.stages = std::move(stages);
    return ok();
}

Status name_stands_free(const std::vector<store::Lifecycle>& all, const std::string& name, const LifecycleId& own) {
    for (const auto& one : all) {
        if (one.name == name && one.id != own && !one.archived_at)
            return Error::invalid("name", "name_taken", "已有同名的周期", "the name is taken", "换一个名称",
                                  "choose another name");
    }
    return ok();
}

Status save(AudienceService& service, Unit& unit, store::Lifecycle& one, const Draft& draft) {
    TRY(nobody_asks(TRY(store::definitions(unit.sql(), unit.tenant())), one, draft));
    TRY(write_sets(unit, one, draft, service.engine().registry()));
    ++one.version;
    one.changed_at = unit.now();
    TRY(store::update(unit, one));
    return store::write_stages(unit, one);
}

}  // namespace

Result<Draft> draft_of(AudienceService& service, sql::Connection& sql, const TenantId& tenant,
                       const std::vector<StageInput>& stages, const store::Lifecycle* of) {
    if (stages.size() < 2)
        return Error::invalid("stages", "too_few", "至少两个阶段", "two stages at least", "再加一个阶段", "add a stage");
    const auto sets = TRY(store::definitions(sql, tenant));
    std::vector<std::pair<rules::MemberKind, std::string>> own;
    for (const StageInput& one : stages) own.emplace_back(rules::MemberKind::Stage, one.name.str());
    Draft out;
    std::set<std::string> names;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const StageInput& asked = stages[i];
        const std::string& name = asked.name.str();
        if (!names.insert(name).second)
            return stage_trouble(i, "name", "name_twice", "两个阶段同名", "two stages have this name", "改一个名称",
                                 "rename one of them");
        if (asked.id && !has_stage(of, *asked.id))
            return stage_trouble(i, "id", "unknown_stage", "该周期没有这个阶段", "the lifecycle has no such stage",
                                 "不填 id 即为新阶段", "leave id out for a new stage");
        for (const Definition& set : sets) {
            if (set.family != Family::Stage || set.archived_at || set.name != name || has_stage(of, set.id)) continue;
            return stage_trouble(i, "name", "name_taken", "别的周期已有同名阶段", "a stage of another lifecycle has this name",
                                 "换一个名称，例如加上周期名", "choose another name, with the lifecycle's perhaps");
        }
        auto rule = service.rule(sql, tenant, asked.text, asked.rule, own);
        if (!rule) return placed(rule.error(), i);
        Draft::Stage& stage = out.stages.emplace_back();
        stage.kept = {asked.id.value_or(same_name(of, stages, name)), name, asked.kind,
                      asked.description ? asked.description->str() : std::string(), rules::to_json(rule->node).print()};
        stage.own = std::move(rule->node);
    }
    return out;
}

Result<LifecycleKey> make_lifecycle(AudienceService& service, Unit& unit, const NewLifecycle& request) {
    const auto all = TRY(store::lifecycles(unit.sql(), unit.tenant()));
    if (all.size() >= kLifecyclesMax) return Error(ErrorCode::LimitExceeded, "at most 20 lifecycles");
    store::Lifecycle one;
    one.id = unit.new_id<LifecycleId>();
    one.name = request.name.str();
    one.scale = request.scale;
    if (request.description) one.description = request.description->str();
    one.created_by = unit.context().actor.name;
    one.created_at = one.changed_at = unit.now();
    TRY(name_stands_free(all, one.name, one.id));
    const Draft draft = TRY(draft_of(service, unit.sql(), unit.tenant(), {request.stages.begin(), request.stages.end()},
                                     nullptr));
    TRY(write_sets(unit, one, draft, service.engine().registry()));
    TRY(store::insert(unit, one));
    TRY(unit.audit({.action = "audience.lifecycle", .object = one.id.str()}));
    return LifecycleKey{one.id};
}

Result<None> change_lifecycle(AudienceService& service, Unit& unit, const ChangeLifecycle& request) {
    const auto all = TRY(store::lifecycles(unit.sql(), unit.tenant()));
    auto one = TRY(store::lifecycle(unit.sql(), unit.tenant(), request.id));
    if (one.archived_at) return Error(ErrorCode::Conflict, "the lifecycle is archived");
    if (request.version && request.version->value() != one.version)
        return Error(ErrorCode::Conflict, "somebody else has saved it since: read it again");
    one.name = request.name.str();
    one.description = request.description ? request.description->str() : one.description;
    TRY(name_stands_free(all, one.name, one.id));
    const Draft draft =
        TRY(draft_of(service, unit.sql(), unit.tenant(), {request.stages.begin(), request.stages.end()}, &one));
    TRY(save(service, unit, one, draft));
    TRY(unit.audit({.action = "audience.lifecycle_change", .object = one.id.str()}));
    return None{};
}

Result<None> undo_lifecycle(AudienceService& service, Unit& unit, const LifecycleKey& key) {
    auto one = TRY(store::lifecycle(unit.sql(), unit.tenant(), key.id));
    const auto before = TRY(store::version_before(unit.sql(), unit.tenant(), one.id, one.version));
    if (!before) return Error(ErrorCode::Conflict, "it has not been changed yet");
    Draft draft;
    for (const store::Stage& stage : before->stages)
        draft.stages.push_back({stage, TRY(rules::from_json(TRY(json::Value::parse(stage.rule))))});
    one.name = before->name;
    one.description = before->description;
    TRY(name_stands_free(TRY(store::lifecycles(unit.sql(), unit.tenant())), one.name, one.id));
    TRY(save(service, unit, one, draft));
    TRY(unit.audit({.action = "audience.lifecycle_undo", .object = one.id.str()}));
    return None{};
}

Result<None> archive_lifecycle(Unit& unit, const LifecycleKey& key) {
    auto one = TRY(store::lifecycle(unit.sql(), unit.tenant(), key.id));
    if (one.archived_at) return None{};
    TRY(nobody_asks(TRY(store::definitions(unit.sql(), unit.tenant())), one, {}));
    for (const store::Stage& stage : one.stages) {
        Definition set = TRY(need(unit.sql(), unit.tenant(), stage.set, Family::Stage));
        set.archived_at = set.changed_at = unit.now();
        TRY(store::update(unit, set));
    }
    one.archived_at = one.changed_at = unit.now();
    TRY(store::update(unit, one));
    TRY(unit.audit({.action = "audience.lifecycle_archive", .object = one.id.str()}));
    return None{};
}

Result<None> restore_lifecycle(Unit& unit, const LifecycleKey& key) {
    auto one = TRY(store::lifecycle(unit.sql(), unit.tenant(), key.id));
    if (!one.archived_at) return None{};
    TRY(name_stands_free(TRY(store::lifecycles(unit.sql(), unit.tenant())), one.name, one.id));
    const auto sets = TRY(store::definitions(unit.sql(), unit.tenant()));
    for (const store::Stage& stage : one.stages) {
        TRY(name_is_free(sets, Family::Stage, stage.name, stage.set));
        Definition set = TRY(need(unit.sql(), unit.tenant(), stage.set, Family::Stage));
        set.archived_at.reset();
        set.changed_at = unit.now();
        TRY(store::update(unit, set));
    }
    one.archived_at.reset();
    one.changed_at = unit.now();
    TRY(store::update(unit, one));
    TRY(unit.audit({.action = "audience.lifecycle_restore", .object = one.id.str()}));
    return None{};
}

}  // namespace tilth::audience
