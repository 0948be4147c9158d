// TAG-07 and TAG-09: how far tags reach, how they overlap, and which ones to tidy up.

#include <algorithm>

#include "modules/audience/tagkinds/tagkinds.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::View;

constexpr std::size_t kTagsMax = 200;  // of a matrix: a table of 40,000 cells

struct Known {
    Definition tag;
    std::optional<std::string> group_name;
    sets::Bitmap people;
};
struct Tags {
    std::vector<Known> items;
    std::vector<Definition> all;  // sets of both families
    std::vector<Group> groups;
    sets::Bitmap visible;
    Instant as_of;
};

Result<Tags> tags_of(AudienceService& service, const Context& context) {
    Tags out = TRY(service.kernel().record.read<Tags>(context, [&](View& view) -> Result<Tags> {
        Tags found;
        found.all = TRY(store::definitions(view.sql(), view.tenant()));
        found.groups = TRY(store::groups(view.sql(), view.tenant()));
        return found;
    }));
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant at) -> Status {
        out.as_of = at;
        out.visible = visible_to(memory, context);
        for (const Definition& one : out.all) {
            if (one.family != Family::Tag || one.archived_at || out.items.size() >= kTagsMax) continue;
            Known& item = out.items.emplace_back();
            item.tag = one;
            for (const Group& group : out.groups) {
                if (one.group == group.id) item.group_name = group.name;
            }
            if (const sets::Bitmap* members = memory.members_of(one.id)) item.people = *members;
            item.people &= out.visible;
        }
        return ok();
    }));
    // Group by group, those without one last; within it by name: the table reads the same every time.
    std::sort(out.items.begin(), out.items.end(), [](const Known& a, const Known& b) {
        const auto key = [](const Known& one) {
            return std::tuple(!one.group_name.has_value(), one.group_name.value_or(""), one.tag.name, one.tag.id);
        };
        return key(a) < key(b);
    });
    return out;
}

std::int64_t both(const sets::Bitmap& a, const sets::Bitmap& b) {
    sets::Bitmap in = a;
    in &= b;
    return static_cast<std::int64_t>(in.size());
}

Result<TagCoverage> coverage(AudienceService& service, const Context& context) {
    const Tags tags = TRY(tags_of(service, context));
    TagCoverage out;
    out.as_of = tags.as_of;
    out.of_people = static_cast<std::int64_t>(tags.visible.size());
    sets::Bitmap any;
    for (const Known& one : tags.items) {
        any |= one.people;
        TagCover& item = out.items.emplace_back();
        item.id = one.tag.id;
        item.name = one.tag.name;
        item.group_name = one.group_name;
        item.tag_class = one.tag.tag_class;
        item.people = static_cast<std::int64_t>(one.people.size());
        for (const Known& other : tags.items) item.overlap.push_back(both(one.people, other.people));
    }
    out.tagged = static_cast<std::int64_t>(any.size());
    return out;
}

Result<kernel::File> coverage_file(AudienceService& service, const Context& context) {
    const TagCoverage matrix = TRY(coverage(service, context));
    const bool zh = context.language == kernel::Language::Zh;
    std::vector<std::string> line{zh ? "标签" : "Tag", zh ? "标签组" : "Group", zh ? "人数" : "People",
                                  zh ? "覆盖率" : "Coverage"};
    for (const TagCover& one : matrix.items) line.push_back(one.name);
    std::string text = "\xEF\xBB\xBF" + csv_line(line);
    for (const TagCover& one : matrix.items) {
        // Ten thousandths, so that no floating point is printed.
        const std::int64_t share = matrix.of_people == 0 ? 0 : one.people * 10'000 / matrix.of_people;
        const std::string tail = std::to_string(share % 100);
        line = {one.name, one.group_name.value_or(""), std::to_string(one.people),
                std::to_string(share / 100) + (tail.size() < 2 ? ".0" : ".") + tail + "%"};
        for (const std::int64_t people : one.overlap) line.push_back(std::to_string(people));
        text += csv_line(line);
    }
    const auto rows = static_cast<std::int64_t>(matrix.items.size());
    return kernel::File{.name = "tags.csv",
                        .text = std::move(text),
                        .rows = rows,
                        .action = "audience.export",
                        .object = "tags",
                        .detail = json::Value::object({{"count", rows}}).print()};
}

// A file of everything has no parameters but the language of its words.
bool asks_nothing(const http::Request& request) {
    return std::all_of(request.query.begin(), request.query.end(), [](const auto& one) { return one.name == "lang"; });
}

Error unknown_parameter(const http::Request& request) {
    return Error::invalid(request.query.front().name, "unknown_field", "没有这个参数", "there is no such parameter", "去掉它",
                          "leave it out");
}

// Case and blanks apart.
std::string plain_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == ' ' || c == '_' || c == '-') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

void warn_of_pairs(const Tags& tags, TagWarnings& out) {
    for (std::size_t i = 0; i < tags.items.size(); ++i) {
        const Known& one = tags.items[i];
        const auto people = static_cast<std::int64_t>(one.people.size());
        for (std::size_t j = 0; j < i; ++j) {
            const Known& other = tags.items[j];
            if (plain_name(one.tag.name) == plain_name(other.tag.name))
                out.items.push_back({TagTrouble::SimilarName, one.tag.id, one.tag.name, other.tag.name, people});
            const std::int64_t shared = both(one.people, other.people);
            const std::int64_t either = people + static_cast<std::int64_t>(other.people.size()) - shared;
            if (either >= out.cell_min && shared * 20 >= either * 19)
                out.items.push_back({TagTrouble::SamePeople, one.tag.id, one.tag.name, other.tag.name, people});
        }
    }
}

// A group most of whose tags are too small to treat apart: the focus of operations is lost in it.
void warn_of_groups(const Tags& tags, TagWarnings& out) {
    for (const Group& group : tags.groups) {
        std::int64_t all = 0;
        std::int64_t small = 0;
        std::int64_t people = 0;
        for (const Known& one : tags.items) {
            if (one.tag.group != group.id) continue;
            ++all;
            const auto has = static_cast<std::int64_t>(one.people.size());
            small += has < out.cell_min ? 1 : 0;
            people += has;
        }
        if (all >= 3 && small * 2 > all)
            out.items.push_back({TagTrouble::Fragmented, std::nullopt, group.name, std::nullopt, people});
    }
}

Result<TagWarnings> warnings(AudienceService& service, const Context& context) {
    const Tags tags = TRY(tags_of(service, context));
    TagWarnings out;
    out.as_of = tags.as_of;
    out.cell_min = service.kernel().settings.integer(context.tenant, kCellMin);
    for (const Known& one : tags.items) {
        const auto people = static_cast<std::int64_t>(one.people.size());
        if (users_of(tags.all, one.tag).empty())
            out.items.push_back({TagTrouble::Unused, one.tag.id, one.tag.name, std::nullopt, people});
        if (people == 0) out.items.push_back({TagTrouble::Empty, one.tag.id, one.tag.name, std::nullopt, 0});
        else if (people < out.cell_min)
            out.items.push_back({TagTrouble::TooSmall, one.tag.id, one.tag.name, std::nullopt, people});
    }
    warn_of_pairs(tags, out);
    warn_of_groups(tags, out);
    return out;
}

}  // namespace

sets::Bitmap visible_to(const Memory& memory, const Context& context) { return memory.visible(*context.scope); }

void add_tag_report_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    service.kernel().settings.define({.name = std::string(kCellMin),
                                      .default_value = "30",
                                      .min = 2,
                                      .max = 100'000,
                                      .choices = {},
                                      .zh = "值得单独运营的最少人数",
                                      .en = "Fewest people worth treating apart"});
    api.action<None, TagCoverage>(
        Method::Get, "/api/v1/tags/coverage", kRead,
        [&service](const Context& context, const None&) { return coverage(service, context); },
        {.zh = "标签覆盖与重叠", .en = "How far tags reach and overlap", .rows = {"TAG-07"}, .tag = "audience"});
    api.file(
        "/api/v1/tags/coverage.csv", kExport, kernel::FileData::Figures,
        [&service](const Context& context, const http::Request& request) {
            return asks_nothing(request) ? coverage_file(service, context)
                                         : Result<kernel::File>(unknown_parameter(request));
        },
        {.zh = "导出标签覆盖与重叠矩阵（记入审计）",
         .en = "The matrix of coverage and overlap as CSV; audited",
         .rows = {"TAG-07"},
         .tag = "audience"});
    api.action<None, TagWarnings>(
        Method::Get, "/api/v1/tags/warnings", kRead,
        [&service](const Context& context, const None&) { return warnings(service, context); },
        {.zh = "标签治理：未使用、过细、重名", .en = "Tags to tidy up", .rows = {"TAG-09"}, .tag = "audience"});
}

}  // namespace tilth::audience
