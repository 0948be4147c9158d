#pragma once
// Which route a request goes to. Patterns are matched segment by segment: exact before capture before rest, with
// backtracking, so "/a/{id}/x" is found although "/a/me" stands beside it. Immutable after it is made; any thread.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http/server.h"

namespace tilth::metrics {
class Histogram;
}

namespace tilth::http {

struct RouteEntry {
    Route route;
    metrics::Histogram* duration = nullptr;  // filled by the server
};

class Router {
public:
    // INVARIANT: patterns start with '/', "{rest...}" stands last, and no two routes share method and pattern shape.
    explicit Router(std::vector<Route> routes);
    ~Router();

    struct Match {
        const RouteEntry* entry = nullptr;
        std::vector<std::string> captures;   // decoded
        std::string allowed;                 // when entry is empty and the path exists: "GET, HEAD, POST"
        bool cors = false;                   // some route of this path takes requests of other origins
    };
    // `path` is still percent-encoded: an escaped slash stays inside its segment. HEAD falls back to GET.
    Match find(Method method, std::string_view path) const;
    std::vector<std::unique_ptr<RouteEntry>>& entries() { return entries_; }

private:
    struct Node;
    struct Walk;
    void add(RouteEntry& entry);
    std::vector<std::unique_ptr<RouteEntry>> entries_;
    std::unique_ptr<Node> root_;
};

}  // namespace tilth::http
