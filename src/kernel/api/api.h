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

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
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

struct RouteDoc {
    std::string zh;                            // one line: what it does
    std::string en;
    std::vector<std::string_view> rows = {};   // requirement ids; any switched off: the route answers 404
    std::string_view tag = {};                 // the module
    std::size_t body_bytes_max = 1u << 20;
};

struct RawParameter {
    std::string_view name;                     // captures of the path are documented by themselves
    std::string_view zh;
    std::string_view en;
    bool required = false;
};
struct RawDoc {
    std::string zh;
    std::string en;
    std::vector<std::string_view> rows = {};
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

    // Runs on a reader's snapshot.
    template <class Req, class Rep>
    void query(Method method, std::string path, Permission permission,
               std::function<Result<Rep>(View&, const Req&)> fn, RouteDoc doc) {
        add_query(typed<Req, Rep>(method, std::move(path), permission, std::move(doc)),
                  [fn = std::move(fn)](View& view, const void* request) -> Result<std::string> {
                      return printed(fn(view, *static_cast<const Req*>(request)));
                  });
    }
    // Runs as one unit (see record.h for what it may do). With header Idempotency-Key the reply is kept in the same
    // transaction for 24 h: the same key and content get the same bytes, other content gets IdempotencyReused. A reply
    // with a field of class Personal or Sensitive is not kept: repeating it takes no effect and answers Conflict.
    template <class Req, class Rep>
    void command(Method method, std::string path, Permission permission,
                 std::function<Result<Rep>(Unit&, const Req&)> fn, RouteDoc doc) {
        add_command(typed<Req, Rep>(method, std::move(path), permission, std::move(doc)),
                    [fn = std::move(fn)](Unit& unit, const void* request) -> Result<std::string> {
                        return printed(fn(unit, *static_cast<const Req*>(request)));
                    });
    }
    // Neither snapshot nor unit: sign-in, slow work, starting jobs. May use Record::read and Record::write itself.
    template <class Req, class Rep>
    void action(Method method, std::string path, Permission permission,
                std::function<Result<Rep>(const Context&, const Req&)> fn, RouteDoc doc) {
        add_action(typed<Req, Rep>(method, std::move(path), permission, std::move(doc)),
                   [fn = std::move(fn)](const Context& context, const void* request) {
                       return answered(fn(context, *static_cast<const Req*>(request)));
                   });
    }
    using RawFn = std::function<void(const Context&, http::Request&, std::shared_ptr<http::Responder>)>;
    // Uploads, downloads, inlets, server-sent events. For kWriteKey nobody is authenticated: the context has no tenant,
    // the handler checks its own key. Refusals are answered with problem().
    void raw(Method method, std::string path, Permission permission, RawFn fn, RawDoc doc);

    // Before serving; without it every route but public ones answers 401.
    void set_authenticator(Authenticator& authenticator);

    // For http::serve(): every route, /openapi.json, and a problem+json 404 or 405 for the rest of /api/.
    std::vector<http::Route> routes();
    // OpenAPI 3.1 with x-permission, x-rows, x-summary in both languages; the same bytes for the same routes.
    std::string openapi() const;
    // In the document's order: by path, then method.
    std::vector<RouteInfo> permission_matrix() const;

private:
    struct Typed {
        Method method = Method::Get;
        std::string path;
        Permission permission;
        RouteDoc doc;
        const json::Type* request = nullptr;
        const json::Type* reply = nullptr;
        std::shared_ptr<void> (*make_request)() = nullptr;
    };
    struct Answer {
        std::string body;
        std::vector<http::Header> headers;
    };
    using QueryFn = std::function<Result<std::string>(View&, const void*)>;
    using CommandFn = std::function<Result<std::string>(Unit&, const void*)>;
    using ActionFn = std::function<Result<Answer>(const Context&, const void*)>;

    template <class T>
    struct Body {
        using type = T;
    };
    template <class T>
    struct Body<WithHeaders<T>> {
        using type = T;
    };

    template <class Req, class Rep>
    static Typed typed(Method method, std::string path, Permission permission, RouteDoc doc) {
        return {method, std::move(path), permission, std::move(doc), &json::type_of<Req>(),
                &json::type_of<typename Body<Rep>::type>(),
                []() -> std::shared_ptr<void> { return std::make_shared<Req>(); }};
    }
    template <class Rep>
    static Result<std::string> printed(const Result<Rep>& reply) {
        if (!reply) return reply.error();
        return json::print(json::type_of<Rep>(), &*reply);
    }
    template <class Rep>
    static Result<Answer> answered(Result<Rep> reply) {
        if (!reply) return reply.error();
        using T = typename Body<Rep>::type;
        if constexpr (std::is_same_v<T, Rep>) return Answer{json::print(json::type_of<T>(), &*reply), {}};
        else return Answer{json::print(json::type_of<T>(), &reply->body), std::move(reply->headers)};
    }

    void add_query(Typed route, QueryFn fn);
    void add_command(Typed route, CommandFn fn);
    void add_action(Typed route, ActionFn fn);

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
