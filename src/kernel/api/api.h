#pragma once
// The API: every route with its typed request and reply, its permission and the requirement rows that it serves. Routes
// are added at start by modules (module.cpp), then the list is fixed: adding is for one thread, all else for any.
//
//   api.query<CustomerKey, CustomerView>(Method::Get, "/api/v1/customers/{id}", kCustomerRead,
//       [](View& view, const CustomerKey& key) -> Result<CustomerView> { … },
//       {.zh = "客户详情", .en = "One customer", .rows = {"CDP-12"}, .tag = "customer"});
//
// Captures of the path and parameters of the query fill the request's fields by name; for POST, PUT and PATCH the body,
// a JSON object, fills the rest. Repeated list parameters repeat their name. The query parameter `lang` (zh, en) is
// taken by the dispatcher. A reply is answered with 200 and its JSON; None is {}.
//
// Order of refusals: switched-off row (404) → authentication (401) → anti-forgery (403) → permission (403) → fields
// (422) → the handler's own. Refusals are application/problem+json, Chinese unless the caller asks for English.

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "kernel/api/file.h"
#include "kernel/api/page.h"
#include "kernel/authz/permission.h"
#include "kernel/context.h"
#include "kernel/record/record.h"
#include "platform/http/server.h"
#include "platform/json/interpreter.h"

namespace tilth::kernel {

using http::Method;

// A request without fields, or a reply without content.
struct None {};
API_STRUCT(None, ())

// For actions whose reply carries headers (sign-in sets a cookie): action<SignIn, WithHeaders<Me>>. The document has T.
template <class T>
struct WithHeaders {
    T body;
    std::vector<http::Header> headers;
};

// Requirement ids, at most eight; static text.
class Rows {
public:
    Rows() = default;
    Rows(std::initializer_list<std::string_view> ids) : count_(ids.size()) {  // NOLINT: written as {"CDP-12"}
        INVARIANT(ids.size() <= ids_.size(), "a route serves at most eight rows");
        std::copy(ids.begin(), ids.end(), ids_.begin());
    }
    const std::string_view* begin() const { return ids_.data(); }
    const std::string_view* end() const { return ids_.data() + count_; }

private:
    std::array<std::string_view, 8> ids_{};
    std::size_t count_ = 0;
};

// Views of static text: a registration makes no copy, which keeps rooms with many routes quick to compile.
struct RouteDoc {
    std::string_view zh;                       // one line: what it does
    std::string_view en;
    Rows rows = {};                            // any switched off: the route answers 404
    std::string_view tag = {};                 // the module
    std::size_t body_bytes_max = 1u << 20;
    bool about_person = false;                 // whom the first capture names: DataGate::seen() counts
};

struct RawParameter {
    std::string_view name;                     // captures of the path are documented by themselves
    std::string_view zh;
    std::string_view en;
    bool required = false;
};
struct RawDoc {
    std::string_view zh;
    std::string_view en;
    Rows rows = {};
    std::string_view tag = {};
    std::string_view request_type = {};        // media type of the body; empty: no body
    std::string_view reply_type = "application/json";
    std::vector<RawParameter> query = {};
    std::size_t body_bytes_max = 1u << 20;
    bool inline_on_io = false;                 // see http::Route
    bool cors = false;
};

// Says who asks. Implemented by org (session cookie, or Authorization: Bearer sk_…). No credentials at all: a context
// of kind Public. Credentials that do not hold: Unauthenticated. Sets tenant, actor, permissions, scope and by_cookie;
// the dispatcher sets now, request, language and client_ip. Called on any worker thread at once.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    virtual Result<Context> authenticate(const http::Request& request) = 0;
};

struct RouteInfo {
    Method method = Method::Get;
    std::string path;
    Permission permission;
    std::vector<std::string_view> rows;
    std::optional<FileData> file = std::nullopt;  // serves a file of that class
};

struct ApiOptions {
    std::string public_origin;                 // "https://crm.example.com", for the anti-forgery check behind a proxy
    std::string version = "0.1.0";             // of the document
};

class Api {
public:
    // `record` may be null when only the document is asked for.
    Api(Record* record, Clock& clock, Rng& rng, ApiOptions options = {});
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    // In all three `fn` is any callable of the shape named; its result converts to Result<Rep>.

    // Result<Rep>(View&, const Req&): runs on a reader's snapshot.
    template <class Req, class Rep, class F>
        requires std::is_invocable_r_v<Result<Rep>, F&, View&, const Req&>
    void query(Method method, std::string_view path, Permission permission, F fn, const RouteDoc& doc) {
        add_query({method, path, permission, doc, types<Req, Rep>(), hold(std::move(fn))},
                  [](void* held, View& view, const void* request) -> Result<std::string> {
                      const Result<Rep> reply = (*static_cast<F*>(held))(view, *static_cast<const Req*>(request));
                      if (!reply) return reply.error();
                      return json::print(json::type_of<Rep>(), &*reply);
                  });
    }
    // Result<Rep>(Unit&, const Req&): runs as one unit (see record.h for what it may do). With header Idempotency-Key
    // the reply is kept in the same transaction for 24 h: the same key and content get the same bytes, other content
    // gets IdempotencyReused. A reply with a field of class Personal or Sensitive is not kept: repeating it takes no
    // effect and answers Conflict.
    template <class Req, class Rep, class F>
        requires std::is_invocable_r_v<Result<Rep>, F&, Unit&, const Req&>
    void command(Method method, std::string_view path, Permission permission, F fn, const RouteDoc& doc) {
        add_command({method, path, permission, doc, types<Req, Rep>(), hold(std::move(fn))},
                    [](void* held, Unit& unit, const void* request) -> Result<std::string> {
                        const Result<Rep> reply = (*static_cast<F*>(held))(unit, *static_cast<const Req*>(request));
                        if (!reply) return reply.error();
                        return json::print(json::type_of<Rep>(), &*reply);
                    });
    }
    // Result<Rep>(const Context&, const Req&): neither snapshot nor unit. Sign-in, slow work, starting jobs; may use
    // Record::read and Record::write itself.
    template <class Req, class Rep, class F>
        requires std::is_invocable_r_v<Result<Rep>, F&, const Context&, const Req&>
    void action(Method method, std::string_view path, Permission permission, F fn, const RouteDoc& doc) {
        using T = typename Body<Rep>::type;
        add_action({method, path, permission, doc, types<Req, T>(), hold(std::move(fn))},
                   [](void* held, const Context& context, const void* request) -> Result<Answer> {
                       Result<Rep> reply = (*static_cast<F*>(held))(context, *static_cast<const Req*>(request));
                       if (!reply) return reply.error();
                       const json::Type& type = json::type_of<T>();
                       if constexpr (std::is_same_v<T, Rep>) return Answer{json::print(type, &*reply), {}};
                       else return Answer{json::print(type, &reply->body), std::move(reply->headers)};
                   });
    }
    using RawFn = std::function<void(const Context&, http::Request&, std::shared_ptr<http::Responder>)>;
    // Uploads, downloads, inlets, server-sent events. For kWriteKey nobody is authenticated: the context has no tenant,
    // the handler checks its own key. Refusals are answered with problem().
    void raw(Method method, std::string_view path, Permission permission, RawFn fn, const RawDoc& doc);

    // GET of a CSV file, let out by the gate; `doc.reply_type` is set here. Runs as an action does.
    void file(std::string_view path, Permission permission, FileData data, FileFn fn, RawDoc doc);

    // Before serving; without one a file is only audited. Switched off with PRV-03.
    void set_gate(DataGate* gate);
    // Before serving; without it every route but public ones answers 401.
    void set_authenticator(Authenticator& authenticator);

    // For http::serve(): every route, /openapi.json, and a problem+json 404 or 405 for the rest of /api/.
    std::vector<http::Route> routes();
    // OpenAPI 3.1 with x-permission, x-rows, x-summary in both languages; the same bytes for the same routes.
    std::string openapi() const;
    // In the document's order: by path, then method.
    std::vector<RouteInfo> permission_matrix() const;

    struct Answer {
        std::string body;
        std::vector<http::Header> headers;
    };
    using Held = std::unique_ptr<void, void (*)(void*)>;  // a callable whose type only its own functions know
    using QueryFn = Result<std::string> (*)(void* held, View&, const void* request);
    using CommandFn = Result<std::string> (*)(void* held, Unit&, const void* request);
    using ActionFn = Result<Answer> (*)(void* held, const Context&, const void* request);
    struct Types {
        const json::Type* request = nullptr;
        const json::Type* reply = nullptr;
        std::size_t request_bytes = 0;
        void (*make)(void* at) = nullptr;
        void (*drop)(void* at) = nullptr;
    };
    struct Registration {
        Method method = Method::Get;
        std::string_view path;
        Permission permission;
        const RouteDoc& doc;
        Types types;
        Held held;
    };

private:
    template <class T>
    struct Body {
        using type = T;
    };
    template <class T>
    struct Body<WithHeaders<T>> {
        using type = T;
    };

    template <class Req, class Rep>
    static Types types() {
        static_assert(alignof(Req) <= alignof(std::max_align_t));
        return {&json::type_of<Req>(), &json::type_of<Rep>(), sizeof(Req), [](void* at) { ::new (at) Req(); },
                [](void* at) { static_cast<Req*>(at)->~Req(); }};
    }
    template <class F>
    static Held hold(F fn) {
        return {new F(std::move(fn)), [](void* held) { delete static_cast<F*>(held); }};
    }

    void add_query(Registration route, QueryFn fn);
    void add_command(Registration route, CommandFn fn);
    void add_action(Registration route, ActionFn fn);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The refusal as an answer: status, problem+json body, Retry-After where a retry helps. The details of 5xx are logged,
// not answered.
http::Response problem(const Error& error, Language language, const RequestId& request);
inline http::Response problem(const Error& error, const Context& context) {
    return problem(error, context.language, context.request);
}
// `lang` of the query, else Accept-Language, else Chinese.
Language language_of(const http::Request& request);

}  // namespace tilth::kernel
