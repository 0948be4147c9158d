#include "kernel/api/entry.h"

#include <algorithm>
#include <tuple>

namespace tilth::kernel {

namespace {

void require(bool holds, const Entry& entry, std::string_view why) {
    if (holds) return;
    const std::string words = std::string(http::name(entry.method)) + " " + entry.path + ": " + std::string(why);
    invariant_failed("a route keeps its promises", words.c_str(), __FILE__, __LINE__);
}

std::string_view next_segment(std::string_view& path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    const auto slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
    return segment;
}

}  // namespace

std::vector<std::string> captures_of(const std::string& path) {
    std::vector<std::string> names;
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
        std::string name = path.substr(at + 1, path.find('}', at) - at - 1);
        if (name.ends_with("...")) name.resize(name.size() - 3);
        names.push_back(std::move(name));
    }
    return names;
}

bool fits(std::string_view pattern, std::string_view path) {
    while (!pattern.empty() && !path.empty()) {
        const std::string_view want = next_segment(pattern);
        if (want.starts_with('{') && want.ends_with("...}")) return true;
        const std::string_view have = next_segment(path);
        if (want.starts_with('{') ? have.empty() : want != have) return false;
    }
    return pattern.empty() && path.empty();
}

void check_entry(const Entry& entry) {
    require(entry.path.starts_with('/'), entry, "a path begins with a slash");
    require(!entry.permission.name.empty(), entry, "every route names a permission");
    require(!entry.doc.zh.empty() && !entry.doc.en.empty(), entry, "every route says what it does in both languages");
    require(entry.kind != RouteKind::Command || entry.method != Method::Get, entry, "a command is no GET");
    require(!entry.raw_doc || entry.raw_doc->reply_type != "text/csv" || entry.data, entry,
            "a file leaves by Api::file(), which names its class of data");
    require(!entry.doc.about_person || !entry.captures.empty(), entry, "a route about a person names it in its path");
    if (entry.types.request == nullptr) return;
    require(entry.types.request->kind == json::Kind::Object, entry, "a request is a struct");
    require(entry.types.reply->kind == json::Kind::Object, entry, "a reply is a struct");
    for (const std::string& capture : entry.captures) {
        const auto is_capture = [&](const json::Field& field) { return field.name == capture; };
        const auto fields = entry.types.request->fields;
        const auto at = std::find_if(fields.begin(), fields.end(), is_capture);
        require(at != fields.end(), entry, "a capture is a field of the request: " + capture);
        require(json::is_flat(at->type()), entry, "a capture's field reads from text: " + capture);
    }
    for (const json::Field& field : entry.types.request->fields)
        require(entry.has_body() || json::is_flat(field.type()), entry,
                "without a body every field reads from text: " + std::string(field.name));
}

std::vector<const Entry*> in_order(std::vector<const Entry*> entries) {
    std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) {
        return std::tie(a->path, a->method) < std::tie(b->path, b->method);
    });
    return entries;
}

}  // namespace tilth::kernel
