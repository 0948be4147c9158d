#include "platform/http/router.h"

#include "platform/http/url.h"

namespace tilth::http {

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> exact;
    std::unique_ptr<Node> capture;
    std::map<Method, RouteEntry*> here;  // a path that ends at this node
    std::map<Method, RouteEntry*> rest;  // "{rest...}" below this node
};

// One look-up: the segments of a path, and what has been captured so far.
struct Router::Walk {
    Method method;
    std::vector<std::string> segments;
    std::vector<std::string> captures;
    const RouteEntry* found = nullptr;
    std::map<Method, bool> seen;  // methods that the path has, for Allow
    bool cors = false;

    // True when a route of the asked method is found; the others of the same path are noted.
    bool take(const std::map<Method, RouteEntry*>& routes) {
        for (const auto& [known, entry] : routes) {
            seen[known] = true;
            cors = cors || entry->route.cors;
        }
        auto hit = routes.find(method);
        if (hit == routes.end() && method == Method::Head) hit = routes.find(Method::Get);
        if (hit == routes.end()) return false;
        found = hit->second;
        return true;
    }

    std::string join_from(std::size_t index) const {
        std::string out;
        for (std::size_t i = index; i < segments.size(); ++i) {
            if (i > index) out.push_back('/');
            out += segments[i];
        }
        return out;
    }

    bool down(const Node& node, std::size_t index) {
        if (index == segments.size()) {
            if (take(node.here)) return true;
        } else {
            const auto exact = node.exact.find(segments[index]);
            if (exact != node.exact.end() && down(*exact->second, index + 1)) return true;
            if (node.capture != nullptr && !segments[index].empty()) {
                captures.push_back(segments[index]);
                if (down(*node.capture, index + 1)) return true;
                captures.pop_back();
            }
        }
        if (node.rest.empty()) return false;
        captures.push_back(join_from(index));
        if (take(node.rest)) return true;
        captures.pop_back();
        return false;
    }
};

namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> out;
    std::size_t start = 1;  // behind the leading slash
    while (start <= path.size()) {
        const auto end = std::min(path.find('/', start), path.size());
        out.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    if (out.size() == 1 && out[0].empty()) out.clear();  // "/"
    return out;
}

std::string allow_list(const std::map<Method, bool>& methods) {
    std::string out;
    const auto add = [&](Method method) {
        if (!out.empty()) out += ", ";
        out += name(method);
    };
    for (const auto& [method, unused] : methods) {
        add(method);
        if (method == Method::Get && !methods.contains(Method::Head)) add(Method::Head);
    }
    if (!out.empty()) add(Method::Options);
    return out;
}

}  // namespace

Router::Router(std::vector<Route> routes) : root_(std::make_unique<Node>()) {
    for (auto& one : routes) {
        entries_.push_back(std::make_unique<RouteEntry>());
        entries_.back()->route = std::move(one);
        add(*entries_.back());
    }
}

Router::~Router() = default;

void Router::add(RouteEntry& entry) {
    const std::string& pattern = entry.route.pattern;
    INVARIANT(pattern.starts_with('/'), "a route's pattern starts with a slash");
    INVARIANT(static_cast<bool>(entry.route.handler), "a route has a handler");
    Node* node = root_.get();
    const auto segments = split(pattern);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto segment = segments[i];
        if (segment.starts_with('{') && segment.ends_with("...}")) {
            INVARIANT(i + 1 == segments.size(), "{rest...} stands last in a route's pattern");
            INVARIANT(node->rest.emplace(entry.route.method, &entry).second, "two routes have the same pattern");
            return;
        }
        auto& next =
            segment.starts_with('{') && segment.ends_with('}') ? node->capture : node->exact[std::string(segment)];
        if (next == nullptr) next = std::make_unique<Node>();
        node = next.get();
    }
    INVARIANT(node->here.emplace(entry.route.method, &entry).second, "two routes have the same pattern");
}

Router::Match Router::find(Method method, std::string_view path) const {
    Match match;
    Walk walk;
    walk.method = method;
    for (const auto segment : split(path)) {
        auto decoded = percent_decode(segment);
        if (!decoded) return match;
        walk.segments.push_back(std::move(*decoded));
    }
    if (walk.down(*root_, 0)) {
        match.entry = walk.found;
        match.captures = std::move(walk.captures);
    } else {
        match.allowed = allow_list(walk.seen);
    }
    match.cors = walk.cors;
    return match;
}

}  // namespace tilth::http
