#include "kernel/api/api.h"

#include <algorithm>
#include <mutex>

#include "base/hooks.h"
#include "kernel/api/entry.h"
#include "kernel/api/idempotency.h"
#include "kernel/authz/lock.h"
#include "platform/http/url.h"

namespace tilth::kernel {

namespace {

bool same(const Permission& a, const Permission& b) { return a.name == b.name; }
bool unsafe_method(Method method) {
    return method == Method::Post || method == Method::Put || method == Method::Patch || method == Method::Delete;
}

// A page of another site can make a browser send a request with its cookie, but not with a header of our own, nor can
// it hide its origin.
bool forged(const http::Request& request, const std::string& public_origin) {
    if (request.header("X-Requested-By") != "tilth") return true;
    const std::string_view origin = request.header("Origin");
    if (origin.empty() || (!public_origin.empty() && origin == public_origin)) return false;
    const std::string own = (request.secure ? "https://" : "http://") + std::string(request.header("Host"));
    return origin != own;
}

// A request of the route's type, default-made.
std::shared_ptr<void> make_request(const Entry& entry) {
    void* at = ::operator new(entry.types.request_bytes);
    entry.types.make(at);
    return {at, [drop = entry.types.drop](void* value) {
                drop(value);
                ::operator delete(value);
            }};
}

Result<std::shared_ptr<void>> request_of(const Entry& entry, const http::Request& request) {
    std::vector<json::FlatField> flat;
    for (std::size_t i = 0; i < entry.captures.size() && i < request.captures.size(); ++i)
        flat.push_back({entry.captures[i], request.captures[i]});
    for (const http::Header& parameter : request.query)
        if (parameter.name != "lang") flat.push_back({parameter.name, parameter.value});
    std::shared_ptr<void> value = make_request(entry);
    if (entry.has_body()) TRY(json::parse_request(flat, request.body, *entry.types.request, value.get()));
    else TRY(json::parse_flat(flat, *entry.types.request, value.get()));
    return value;
}

// The same question has the same text, whichever way round it was asked.
std::string query_of(const http::Request& request) {
    std::vector<std::string> parts;
    for (const http::Header& one : request.query)
        if (one.name != "lang") parts.push_back(http::percent_encode(one.name) + "=" + http::percent_encode(one.value));
    std::sort(parts.begin(), parts.end());
    std::string out;
    for (const std::string& part : parts) out.append(out.empty() ? "" : "&").append(part);
    return out;
}

http::Response reply_of(std::string body, const Context& context) {
    http::Response response = http::Response::json(200, std::move(body));
    response.with("X-Request-Id", context.request.str()).with("Cache-Control", "no-store");
    return response;
}

}  // namespace

struct Api::Impl {
    Record* record;
    Clock& clock;
    Rng& rng;
    ApiOptions options;
    Authenticator* authenticator = nullptr;
    DataGate* gate = nullptr;
    std::vector<std::unique_ptr<Entry>> entries;
    std::once_flag document_once;
    std::string document;

    Impl(Record* record_given, Clock& clock_given, Rng& rng_given, ApiOptions options_given)
        : record(record_given), clock(clock_given), rng(rng_given), options(std::move(options_given)) {}

    void add(std::unique_ptr<Entry> entry) {
        entry->captures = captures_of(entry->path);
        check_entry(*entry);
        for (const auto& other : entries)
            INVARIANT(other->method != entry->method || other->path != entry->path, "a route is added once");
        entries.push_back(std::move(entry));
    }
    static std::unique_ptr<Entry> from(RouteKind kind, Registration route) {
        auto entry = std::make_unique<Entry>();
        entry->kind = kind;
        entry->method = route.method;
        entry->path = route.path;
        entry->permission = route.permission;
        entry->doc = route.doc;
        entry->types = route.types;
        entry->held = std::move(route.held);
        entry->keep_reply = json::privacy_of(*route.types.reply) == json::Privacy::None;
        return entry;
    }
    std::vector<const Entry*> all() const {
        std::vector<const Entry*> out;
        for (const auto& entry : entries) out.push_back(entry.get());
        return in_order(std::move(out));
    }

    Context bare(const http::Request& request) const {
        Context context;
        stamp(context, request);
        return context;
    }
    void stamp(Context& context, const http::Request& request) const {
        context.now = clock.now();
        context.request = RequestId::make(context.now, rng);
        context.language = language_of(request);
        context.client_ip = request.client_ip;
    }

    // Sets `context` to who asks, or says why they may not.
    Status admit(const Entry& entry, const http::Request& request, Context& context) const {
        for (const std::string_view row : entry.doc.rows)
            if (hooks::is_off(row)) return ErrorCode::NotFound;
        if (same(entry.permission, kWriteKey)) return ok();
        const bool open = same(entry.permission, kPublic);
        if (authenticator == nullptr) return open ? ok() : Status(ErrorCode::Unauthenticated);
        auto who = authenticator->authenticate(request);
        if (who) {
            const Context before = std::move(context);
            context = std::move(*who);
            context.now = before.now;
            context.request = before.request;
            context.language = before.language;
            context.client_ip = before.client_ip;
        } else if (!open) {
            return who.error();
        }
        if (context.by_cookie && unsafe_method(entry.method) && forged(request, options.public_origin))
            return Error(ErrorCode::Forbidden, "a browser session sends X-Requested-By: tilth from our own origin");
        if (open) return ok();
        if (context.actor.kind == ActorKind::Public) return ErrorCode::Unauthenticated;
        if (same(entry.permission, kSignedIn))
            return context.actor.kind == ActorKind::Staff ? ok() : Status(ErrorCode::Forbidden, "for staff sessions");
        if (context.may(entry.permission)) return ok();
        if (context.permissions->has(locked_name(entry.permission.name))) {
            Error locked(ErrorCode::Forbidden, "locked by governance: " + std::string(entry.permission.name));
            locked.fields = Error::invalid("governance", "locked", "此操作由总部按治理模式锁定",
                                           "The governance mode of your branch locks this", "请总部在「角色与治理」中调整",
                                           "Ask headquarters to change it under Roles and governance")
                                .fields;
            return locked;
        }
        return Error(ErrorCode::Forbidden, "needs " + std::string(entry.permission.name));
    }

    void handle(const Entry& entry, http::Request& request, std::shared_ptr<http::Responder> responder) const {
        Context context = bare(request);
        if (auto admitted = admit(entry, request, context); !admitted)
            return responder->answer(problem(admitted.error(), context));
        if (entry.file) return responder->answer(file_of(entry, context, request));
        if (entry.kind == RouteKind::Raw) return entry.raw(context, request, std::move(responder));
        if (entry.doc.about_person && watch() != nullptr) watch()->seen(context, request.captures.at(0));
        auto value = request_of(entry, request);
        if (!value) return responder->answer(problem(value.error(), context));
        switch (entry.kind) {
            case RouteKind::Query: return run_query(entry, context, *value, *responder);
            case RouteKind::Command: {
                auto claim = claim_of(request, context.actor);
                if (!claim) return responder->answer(problem(claim.error(), context));
                return run_command(entry, context, std::move(*value), std::move(*claim), std::move(responder));
            }
            case RouteKind::Action: return run_action(entry, context, *value, *responder);
            case RouteKind::Raw: return;
        }
    }

    DataGate* watch() const { return hooks::is_off("PRV-03") ? nullptr : gate; }

    http::Response file_of(const Entry& entry, const Context& context, const http::Request& request) const {
        auto file = entry.file(context, request);
        if (!file) return problem(file.error(), context);
        const auto stamp = let_out(entry, context, request, *file);
        if (!stamp) return problem(stamp.error(), context);
        http::Response response;
        response.content_type = "text/csv; charset=utf-8";
        response.body = std::move(file->text) + (file->mark ? stamp->mark : std::string());
        response.with("Content-Disposition", "attachment; filename=\"" + file->name + "\"")
            .with("Cache-Control", "no-store")
            .with("X-Request-Id", context.request.str());
        if (!stamp->id.empty()) response.with("X-Tilth-Export", stamp->id);
        return response;
    }
    Result<FileStamp> let_out(const Entry& entry, const Context& context, const http::Request& request,
                              const File& file) const {
        if (DataGate* const asked = watch(); asked != nullptr) {
            return asked->admit(context, {request.path, query_of(request), entry.doc.zh, entry.doc.en,
                                          entry.permission.name, *entry.data, file});
        }
        INVARIANT(record != nullptr, "serving needs a record");
        TRY(record->write<void>(context, [&](Unit& unit) {
            return unit.audit({.action = file.action, .object = file.object, .detail = file.detail});
        }));
        return FileStamp{};
    }

    void run_query(const Entry& entry, const Context& context, const std::shared_ptr<void>& value,
                   http::Responder& responder) const {
        INVARIANT(record != nullptr, "serving needs a record");
        const auto ask = [&](View& view) { return entry.query(entry.held.get(), view, value.get()); };
        auto reply = record->read<std::string>(context, ask);
        responder.answer(reply ? reply_of(std::move(*reply), context) : problem(reply.error(), context));
    }
    void run_action(const Entry& entry, const Context& context, const std::shared_ptr<void>& value,
                    http::Responder& responder) const {
        auto answer = entry.action(entry.held.get(), context, value.get());
        if (!answer) return responder.answer(problem(answer.error(), context));
        http::Response response = reply_of(std::move(answer->body), context);
        for (http::Header& header : answer->headers) response.with(std::move(header.name), std::move(header.value));
        responder.answer(std::move(response));
    }
    // The worker goes on to the next request; the writer's thread answers after the sync.
    void run_command(const Entry& entry, const Context& context, std::shared_ptr<void> value,
                     std::optional<IdempotencyClaim> claim, std::shared_ptr<http::Responder> responder) const {
        INVARIANT(record != nullptr, "serving needs a record");
        if (claim) claim->keep_reply = entry.keep_reply;
        auto reply = std::make_shared<std::string>();
        record->submit(
            context,
            [&entry, value = std::move(value), claim = std::move(claim), reply](Unit& unit) -> Status {
                const auto command = [&] { return entry.command(entry.held.get(), unit, value.get()); };
                *reply = TRY(claim ? once(unit, *claim, command) : command());
                return ok();
            },
            [context, reply, responder = std::move(responder)](Status status) {
                responder->answer(status ? reply_of(*reply, context) : problem(status.error(), context));
            });
    }

    // What no route took: 405 when another method would have been taken, else 404.
    http::Response unrouted(const http::Request& request) const {
        const Context context = bare(request);
        std::string allowed;
        for (const auto& entry : entries) {
            if (!fits(entry->path, request.path) || entry->method == request.method) continue;
            if (!allowed.empty()) allowed += ", ";
            allowed += http::name(entry->method);
        }
        if (allowed.empty()) return problem(Error(ErrorCode::NotFound), context);
        return problem(Error(ErrorCode::MethodNotAllowed), context).with("Allow", allowed);
    }
};

Api::Api(Record* record, Clock& clock, Rng& rng, ApiOptions options)
    : impl_(std::make_unique<Impl>(record, clock, rng, std::move(options))) {}
Api::~Api() = default;

std::string_view name(FileData data) {
    constexpr std::string_view kNames[] = {"figures", "staff", "people"};
    return kNames[static_cast<std::size_t>(data)];
}

void Api::set_gate(DataGate* gate) { impl_->gate = gate; }
void Api::set_authenticator(Authenticator& authenticator) { impl_->authenticator = &authenticator; }

void Api::add_query(Registration route, QueryFn fn) {
    auto entry = Impl::from(RouteKind::Query, std::move(route));
    entry->query = fn;
    impl_->add(std::move(entry));
}
void Api::add_command(Registration route, CommandFn fn) {
    auto entry = Impl::from(RouteKind::Command, std::move(route));
    entry->command = fn;
    impl_->add(std::move(entry));
}
void Api::add_action(Registration route, ActionFn fn) {
    auto entry = Impl::from(RouteKind::Action, std::move(route));
    entry->action = fn;
    impl_->add(std::move(entry));
}
void Api::raw(Method method, std::string_view path, Permission permission, RawFn fn, const RawDoc& doc) {
    auto entry = std::make_unique<Entry>();
    entry->kind = RouteKind::Raw;
    entry->method = method;
    entry->path = path;
    entry->permission = permission;
    entry->doc = {doc.zh, doc.en, doc.rows, doc.tag, doc.body_bytes_max};
    entry->raw_doc = doc;
    entry->raw = std::move(fn);
    impl_->add(std::move(entry));
}

void Api::file(std::string_view path, Permission permission, FileData data, FileFn fn, RawDoc doc) {
    doc.reply_type = "text/csv";
    auto entry = std::make_unique<Entry>();
    entry->kind = RouteKind::Raw;
    entry->method = Method::Get;
    entry->path = path;
    entry->permission = permission;
    entry->doc = {doc.zh, doc.en, doc.rows, doc.tag, doc.body_bytes_max};
    entry->raw_doc = std::move(doc);
    entry->data = data;
    entry->file = std::move(fn);
    impl_->add(std::move(entry));
}

std::vector<http::Route> Api::routes() {
    std::vector<http::Route> out;
    for (const auto& owned : impl_->entries) {
        const Entry* entry = owned.get();
        http::Route route;
        route.method = entry->method;
        route.pattern = entry->path;
        route.body_bytes_max = entry->doc.body_bytes_max;
        route.inline_on_io = entry->raw_doc && entry->raw_doc->inline_on_io;
        route.cors = entry->raw_doc && entry->raw_doc->cors;
        route.handler = [impl = impl_.get(), entry](http::Request& request, std::shared_ptr<http::Responder> to) {
            impl->handle(*entry, request, std::move(to));
        };
        out.push_back(std::move(route));
    }
    out.push_back(http::route(Method::Get, "/openapi.json", [this](http::Request&) {
        std::call_once(impl_->document_once, [this] { impl_->document = openapi(); });
        return http::Response::json(200, impl_->document);
    }));
    for (const Method method : {Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete}) {
        out.push_back(http::route(method, "/api/{rest...}",
                                  [impl = impl_.get()](http::Request& request) { return impl->unrouted(request); }));
    }
    return out;
}

std::string Api::openapi() const { return openapi_text(impl_->all(), impl_->options.version); }

std::vector<RouteInfo> Api::permission_matrix() const {
    std::vector<RouteInfo> out;
    for (const Entry* entry : impl_->all()) {
        const Rows& rows = entry->doc.rows;
        out.push_back({entry->method, entry->path, entry->permission, {rows.begin(), rows.end()}, entry->data});
    }
    return out;
}

}  // namespace tilth::kernel
