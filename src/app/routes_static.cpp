// The console's files, health and metrics. A path with a dot is a file; every other one is a page of the console.

#include "app/routes.h"
#include "app/world.h"
#include "platform/metrics/metrics.h"

namespace tilth::app {

namespace {

constexpr std::string_view kPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

std::string_view media_type(std::string_view path) {
    static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".html", "text/html; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".webmanifest", "application/manifest+json"},
    };
    for (const auto& [ending, type] : kTypes) {
        if (path.ends_with(ending)) return type;
    }
    return "application/octet-stream";
}

bool safe(std::string_view path) {
    return path.find("..") == std::string_view::npos && path.find('\0') == std::string_view::npos &&
           path.find('\\') == std::string_view::npos;
}

// The prebuilt compressed form when the browser takes it.
void choose_encoding(const http::Request& request, http::Response& response) {
    auto& files = files::real_files();
    const std::string_view accepted = request.header("Accept-Encoding");
    for (const auto& [word, ending] : {std::pair("br", ".br"), std::pair("gzip", ".gz")}) {
        if (accepted.find(word) == std::string_view::npos) continue;
        if (!files.exists(response.file + ending).value_or(false)) continue;
        response.file += ending;
        response.with("Content-Encoding", word);
        break;
    }
    response.with("Vary", "Accept-Encoding");
}

http::Response serve_file(const std::string& directory, const http::Request& request) {
    const bool is_file =
        request.path.rfind('.') != std::string::npos && request.path.rfind('.') > request.path.rfind('/');
    const std::string wanted = directory + (is_file ? request.path : "/index.html");
    if (!safe(request.path) || !files::real_files().exists(wanted).value_or(false)) {
        return http::Response::text(404, "Not found.\n");
    }
    http::Response response;
    response.content_type = media_type(wanted);
    response.file = wanted;
    // Names of assets carry a hash of their content; the page that names them must be asked for each time.
    const bool immutable = request.path.starts_with("/assets/");
    response.with("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.with("Content-Security-Policy", std::string(kPolicy));
    choose_encoding(request, response);
    return response;
}

}  // namespace

std::vector<http::Route> console_routes(const std::string& directory) {
    if (directory.empty()) return {};
    const auto handler = [directory](http::Request& request) { return serve_file(directory, request); };
    return {http::route(http::Method::Get, "/", handler), http::route(http::Method::Get, "/{rest...}", handler)};
}

std::vector<http::Route> plain_routes(World& world) {
    return {
        http::route(http::Method::Get, "/healthz",
                    [&world](http::Request&) {
                        const auto state = world.pipeline().state();
                        return http::Response::json(
                            200, "{\"status\":\"ok\",\"acknowledged\":" + std::to_string(state.acknowledged) +
                                     ",\"applied\":" + std::to_string(state.applied) + "}");
                    }),
        http::route(http::Method::Get, "/metrics",
                    [](http::Request& request) {
                        // Figures about the business stay on the machine unless a proxy is told otherwise.
                        if (request.client_ip != "127.0.0.1" && request.client_ip != "::1")
                            return http::Response::text(404, "Not found.\n");
                        http::Response response = http::Response::text(200, metrics::text());
                        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                        return response;
                    }),
    };
}

std::vector<http::Route> World::routes() {
    std::vector<http::Route> all = api_->routes();
    const auto add = [&all](std::vector<http::Route> more) {
        for (auto& route : more) all.push_back(std::move(route));
    };
    const collect::Inlet::Accept accept = [this](collect::RawBatch batch, std::function<void(Status)> done) {
        pipeline_->accept(std::move(batch), std::move(done));
    };
    for (const collect::Inlet* inlet : collect::inlets()) add(inlet->routes(*org_, *clock_, accept));
    add(open_->doors(accept));
    add(capture_->doors(accept));
    add(plain_routes(*this));
    add(console_routes(options_.console_directory));
    return all;
}

}  // namespace tilth::app
