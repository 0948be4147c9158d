#pragma once
// One registered route as the dispatcher and the document see it. Private to kernel/api.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/api/api.h"

namespace tilth::kernel {

enum class RouteKind : std::uint8_t { Query, Command, Action, Raw };

struct Entry {
    RouteKind kind = RouteKind::Query;
    Method method = Method::Get;
    std::string path;
    std::vector<std::string> captures;            // names, in order; "rest" of "{rest...}" too
    Permission permission;
    RouteDoc doc;
    std::optional<RawDoc> raw_doc;
    Api::Types types;                             // null types for raw
    Api::Held held{nullptr, [](void*) {}};
    bool keep_reply = true;
    Api::QueryFn query = nullptr;
    Api::CommandFn command = nullptr;
    Api::ActionFn action = nullptr;
    Api::RawFn raw;
    std::optional<FileData> data;                 // of a route that serves a file
    FileFn file;

    bool has_body() const { return method == Method::Post || method == Method::Put || method == Method::Patch; }
};

// Every promise that a route makes by being added (INVARIANT, naming the route): captures are fields, what comes from
// the query is flat, a command changes and a page's path is absolute.
void check_entry(const Entry& entry);
std::vector<std::string> captures_of(const std::string& path);
// Whether a decoded path fits a pattern, by segments.
bool fits(std::string_view pattern, std::string_view path);

// The document; `entries` in any order.
std::string openapi_text(const std::vector<const Entry*>& entries, const std::string& version);
// By path, then method: the order of the document and of the permission matrix.
std::vector<const Entry*> in_order(std::vector<const Entry*> entries);

}  // namespace tilth::kernel
