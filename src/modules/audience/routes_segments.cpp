// 人群: saved, shown, combined, exported.

#include "kernel/rules/json.h"
#include "modules/audience/service.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr std::int64_t kExportRowsMax = 50'000;

SegmentView view_of(AudienceService& service, const Definition& one, const std::vector<Definition>& all,
                    const std::map<SetId, std::int64_t>& people) {
    const auto counted = people.find(one.id);
    return {one.id,         one.name,       one.description, one.mode(), service.forms(one.rule),
            counted == people.end() ? 0 : counted->second, one.version, one.created_by,
            one.created_at, one.changed_at, one.archived_at, users_of(all, one)};
}

Result<SegmentView> find_segment(AudienceService& service, const Context& context, const SetId& id) {
    Instant as_of;
    const auto people = people_in(service, context, as_of);
    return service.kernel().record.read<SegmentView>(context, [&](View& view) -> Result<SegmentView> {
        const Definition one = TRY(need(view.sql(), view.tenant(), id, Family::Segment));
        return view_of(service, one, TRY(store::definitions(view.sql(), view.tenant())), people);
    });
}

Result<SegmentList> list_segments(AudienceService& service, const Context& context, const ListSets& asked) {
    SegmentList out;
    const auto people = people_in(service, context, out.as_of);
    out.items = TRY(service.kernel().record.read<std::vector<SegmentView>>(
        context, [&](View& view) -> Result<std::vector<SegmentView>> {
            std::vector<SegmentView> items;
            const auto all = TRY(store::definitions(view.sql(), view.tenant()));
            for (const Definition& one : all) {
                if (one.family != Family::Segment || one.archived_at.has_value() != asked.archived.value_or(false))
                    continue;
                items.push_back(view_of(service, one, all, people));
            }
            return items;
        }));
    return out;
}

Result<SetId> make_segment(AudienceService& service, Unit& unit, const NewSegment& request) {
    Definition one;
    one.id = unit.new_id<SetId>();
    one.name = request.name.str();
    if (request.description) one.description = request.description->str();
    one.created_by = unit.context().actor.name;
    one.created_at = one.changed_at = unit.now();
    if (!request.customers) {
        const auto rule = TRY(service.rule(unit.sql(), unit.tenant(), request.text, request.rule,
                                           {{rules::MemberKind::Segment, one.name}}));
        one.rule = rules::to_json(rule.node).print();
    }
    TRY(name_is_free(TRY(store::definitions(unit.sql(), unit.tenant())), Family::Segment, one.name, one.id));
    TRY(store::insert(unit, one));
    if (request.customers) {
        const std::int64_t batch = unit.next_number("audience_batch");
        std::int64_t put = 0;
        for (const CustomerId& customer : *request.customers) {
            if (!service.customers().person_of(unit.tenant(), customer)) continue;
            put += TRY(store::assign(unit, one.id, {customer, unit.now(), one.created_by, std::nullopt}, batch));
        }
        TRY(store::insert(unit, store::Batch{batch, one.id, false, unit.context().actor.id, put, std::nullopt}));
    }
    TRY(unit.audit({.action = "audience.create", .object = one.id.str()}));
    return one.id;
}

Status change_segment(AudienceService& service, Unit& unit, const ChangeSegment& request) {
    Definition one = TRY(need(unit.sql(), unit.tenant(), request.id, Family::Segment));
    const auto all = TRY(store::definitions(unit.sql(), unit.tenant()));
    if (request.name && request.name->str() != one.name) {
        if (!users_of(all, one).empty()) return {ErrorCode::Conflict, "a rule asks for it by this name"};
        one.name = request.name->str();
        TRY(name_is_free(all, Family::Segment, one.name, one.id));
    }
    if (request.description) one.description = request.description->str();
    if (request.text || request.rule) {
        if (one.mode() == Mode::Static) return {ErrorCode::Conflict, "a segment of chosen people has no rule"};
        const auto rule = TRY(service.rule(unit.sql(), unit.tenant(), request.text, request.rule,
                                           {{rules::MemberKind::Segment, one.name}}));
        const std::string printed = rules::to_json(rule.node).print();
        one.version += printed != one.rule ? 1 : 0;
        one.rule = printed;
    }
    one.changed_at = unit.now();
    TRY(store::update(unit, one));
    return unit.audit({.action = "audience.change", .object = one.id.str()});
}

// A rule over segments; what it selects is shown like any other rule's people.
Result<Preview> combine(AudienceService& service, const Context& context, const Combined& request) {
    const auto all = TRY(service.kernel().record.read<std::vector<Definition>>(
        context, [&](View& view) { return store::definitions(view.sql(), view.tenant()); }));
    std::vector<rules::Node> asked;
    for (const SetId& id : request.segments) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& one) {
            return one.id == id && one.family == Family::Segment && !one.archived_at;
        });
        if (found == all.end()) return Error(ErrorCode::NotFound, "segment");
        rules::Node node;
        node.kind = rules::Kind::Member;
        node.member = rules::MemberKind::Segment;
        node.name = found->name;
        asked.push_back(std::move(node));
    }
    if (asked.size() < 2) {
        return Error::invalid("segments", "too_few", "至少选择两个人群", "choose two segments at least", "再选一个",
                              "choose another one");
    }
    rules::Node rule;
    rule.kind = request.op == SetOperation::Or ? rules::Kind::Any : rules::Kind::All;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (request.op != SetOperation::Minus || i == 0) {
            rule.children.push_back(std::move(asked[i]));
            continue;
        }
        rules::Node without;
        without.kind = rules::Kind::Not;
        without.children.push_back(std::move(asked[i]));
        rule.children.push_back(std::move(without));
    }
    return service.preview(context, rule);
}

// ---- The file ----

Result<kernel::File> export_file(AudienceService& service, const Context& context, const http::Request& request) {
    const auto id = TRY(SetId::parse(request.captures.at(0)));
    const Zone zone = service.org().calendar(context.tenant).zone;
    const bool zh = context.language == kernel::Language::Zh;
    std::string text = "\xEF\xBB\xBF" +
                       csv_line(zh ? std::vector<std::string>{"客户", "姓名", "身份标识", "归属组织", "进入时间"}
                                   : std::vector<std::string>{"Customer", "Name", "Identities", "Home node", "Since"});
    std::int64_t rows = 0;
    PageOfSet asked{id, std::nullopt, kernel::PageLimit(200)};
    do {
        const auto page = TRY(service.kernel().record.read<PeoplePage>(
            context, [&](View& view) { return people_page(service, view, asked, Family::Segment); }));
        if (page.total.value > kExportRowsMax)
            return Error(ErrorCode::LimitExceeded, "an export has at most 50,000 people: narrow the rule");
        for (const AudiencePerson& one : page.items) {
            std::string keys;
            for (const auto& key : one.identities)
                keys.append(keys.empty() ? "" : " ").append(key.kind).append(":").append(key.masked);
            text += csv_line({one.id.str(), one.name_masked, keys, one.home_node_name.value_or(""),
                              one.since ? zone.format(*one.since) : std::string()});
            ++rows;
        }
        asked.cursor.reset();
        if (page.next) asked.cursor = TRY(kernel::CursorText::parse(*page.next));
    } while (asked.cursor);
    return kernel::File{.name = "segment.csv",
                        .text = std::move(text),
                        .rows = rows,
                        .people = rows,
                        .action = "audience.export",
                        .object = id.str(),
                        .detail = json::Value::object({{"count", rows}}).print()};
}

void add_lists(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.query<PageOfSet, PeoplePage>(
        Method::Get, "/api/v1/segments/{id}/people", kRead,
        [&service](View& view, const PageOfSet& asked) { return people_page(service, view, asked, Family::Segment); },
        {.zh = "人群中的客户", .en = "People of a segment", .rows = {"SEG-05"}, .tag = "audience"});
    api.query<PageOfSet, ChangePage>(
        Method::Get, "/api/v1/segments/{id}/changes", kRead,
        [&service](View& view, const PageOfSet& asked) { return change_page(service, view, asked, Family::Segment); },
        {.zh = "进入与离开", .en = "Who entered and left", .rows = {"SEG-06"}, .tag = "audience"});
    api.query<SetKey, SetSizes>(
        Method::Get, "/api/v1/segments/{id}/sizes", kRead,
        [](View& view, const SetKey& key) { return sizes_of(view, key, Family::Segment); },
        {.zh = "人数变化", .en = "The size over time", .rows = {"SEG-14"}, .tag = "audience"});
    api.file(
        "/api/v1/segments/{id}/export.csv", kExport, kernel::FileData::People,
        [&service](const Context& context, const http::Request& request) {
            return export_file(service, context, request);
        },
        {.zh = "导出人群（脱敏，记入审计）",
         .en = "A segment as CSV: masked, audited",
         .rows = {"SEG-14"},
         .tag = "audience"});
}

}  // namespace

void add_segment_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<ListSets, SegmentList>(
        Method::Get, "/api/v1/segments", kRead,
        [&service](const Context& context, const ListSets& asked) { return list_segments(service, context, asked); },
        {.zh = "人群列表", .en = "Segments", .rows = {"SEG-05"}, .tag = "audience"});
    api.command<NewSegment, SetKey>(
        Method::Post, "/api/v1/segments", kWrite,
        [&service](Unit& unit, const NewSegment& request) -> Result<SetKey> {
            return SetKey{TRY(make_segment(service, unit, request))};
        },
        {.zh = "新建人群", .en = "Make a segment", .rows = {"SEG-05"}, .tag = "audience"});
    api.action<SetKey, SegmentView>(
        Method::Get, "/api/v1/segments/{id}", kRead,
        [&service](const Context& context, const SetKey& key) { return find_segment(service, context, key.id); },
        {.zh = "一个人群", .en = "One segment", .rows = {"SEG-05"}, .tag = "audience"});
    api.command<ChangeSegment, None>(
        Method::Put, "/api/v1/segments/{id}", kWrite,
        [&service](Unit& unit, const ChangeSegment& request) -> Result<None> {
            TRY(change_segment(service, unit, request));
            return None{};
        },
        {.zh = "修改人群", .en = "Change a segment", .rows = {"SEG-05"}, .tag = "audience"});
    api.command<SetKey, None>(
        Method::Delete, "/api/v1/segments/{id}", kWrite,
        [](Unit& unit, const SetKey& key) { return archive(unit, key, Family::Segment); },
        {.zh = "归档人群", .en = "Archive a segment", .rows = {"SEG-05"}, .tag = "audience"});
    api.command<SetKey, None>(
        Method::Post, "/api/v1/segments/{id}/restore", kWrite,
        [](Unit& unit, const SetKey& key) { return restore(unit, key, Family::Segment); },
        {.zh = "恢复人群", .en = "Restore a segment", .rows = {"SEG-05"}, .tag = "audience"});
    api.action<Combined, Preview>(
        Method::Post, "/api/v1/segments/combine", kRead,
        [&service](const Context& context, const Combined& request) { return combine(service, context, request); },
        {.zh = "人群的交并差", .en = "Segments combined", .rows = {"SEG-14"}, .tag = "audience"});
    add_lists(service);
}

}  // namespace tilth::audience
