// The public pages of capture points: /c/CODE, and /c/CODE/TOKEN for a personal address or an item's code. Nobody signs
// in and no cookie is set; what comes is bounded per address, sealed pages keep programs out, and links lead only to
// where staff said beforehand.

#include <map>
#include <mutex>
#include <set>

#include "base/hooks.h"
#include "modules/collect/capture/desk.h"
#include "modules/collect/capture/page.h"
#include "modules/collect/inlets/door.h"
#include "platform/http/url.h"
#include "platform/json/value.h"
#include "platform/metrics/metrics.h"
#include "platform/text/phone.h"

namespace tilth::collect::capture {

namespace {

using json::Value;
constexpr std::size_t kBodyMax = 32u << 10;

// So many requests of one address in a while; in memory, bounded.
class Bound {
public:
    Bound(std::int64_t most, Duration window) : most_(most), window_(window) {}
    bool lets(const std::string& who, Instant now) {
        static constexpr std::size_t kKnownMax = 100'000;
        const std::lock_guard lock(mutex_);
        if (known_.size() >= kKnownMax) known_.clear();
        Use& use = known_[who];
        if (now - use.since >= window_ || now < use.since) use = {now, 0};
        return ++use.count <= most_;
    }

private:
    struct Use {
        Instant since;
        std::int64_t count = 0;
    };
    std::int64_t most_;
    Duration window_;
    std::mutex mutex_;
    std::map<std::string, Use> known_;
};

http::Response not_here() { return message_page(404, "页面不存在", "链接有误，或活动已经结束。"); }
http::Response too_many() {
    http::Response response = message_page(429, "请稍后再试", "提交过于频繁。");
    return response.with("Retry-After", "600");
}
http::Response redirect(const std::string& where) {
    http::Response response = http::Response::text(302, "");
    response.with("Location", where);
    response.with("Cache-Control", "no-store");
    return response.with("Referrer-Policy", "no-referrer");
}

using Fields = std::vector<http::Header>;
std::string_view value(const Fields& fields, std::string_view name) {
    for (const auto& field : fields)
        if (field.name == name) return field.value;
    return {};
}

// What of the kinds of points is switched on, by the rows that they serve.
bool is_served(PointKind kind) {
    switch (kind) {
        case PointKind::Link: return !hooks::is_off("CDP-11");
        case PointKind::Survey: return !hooks::is_off("CDP-15");
        case PointKind::Item: return !hooks::is_off("CDP-16");
        default: return true;
    }
}

class Doors : public std::enable_shared_from_this<Doors> {
public:
    Doors(Desk& desk, Inlet::Accept accept) : desk_(desk), accept_(std::move(accept)) {}
    using Responder = std::shared_ptr<http::Responder>;

    // GET /c/{code}
    void open(http::Request& request, const Responder& responder) {
        const auto point = point_of(request);
        if (!point) return responder->answer(not_here());
        if (!views_.lets(request.client_ip, now())) return responder->answer(too_many());
        if (point->kind == PointKind::Radar || point->kind == PointKind::Item) return responder->answer(not_here());
        desk_.count(*point, Happened::Opened);
        if (point->kind == PointKind::Link) return responder->answer(follow(*point));
        responder->answer(form(*point, request, {}, 0));
    }

    // GET /c/{code}/{token}
    void open_personal(http::Request& request, const Responder& responder) {
        const auto point = point_of(request);
        if (!point) return responder->answer(not_here());
        if (!views_.lets(request.client_ip, now())) return responder->answer(too_many());
        const std::string& token = request.captures.at(1);
        if (point->kind == PointKind::Item) return responder->answer(open_item(*point, request, token));
        const auto reading = desk_.token(*point, token);
        if (!reading || !*reading) return responder->answer(not_here());
        desk_.count(*point, Happened::Opened);
        if (point->kind != PointKind::Radar) return responder->answer(form(*point, request, {}, 0));
        const std::string nonce = crypto::random_token();
        responder->answer(reading_page(*point, request.path, nonce));
    }

    // POST /c/{code} and /c/{code}/{token}
    void submit(http::Request& request, const Responder& responder) {
        const auto point = point_of(request);
        if (!point || point->kind == PointKind::Link || point->kind == PointKind::Radar)
            return responder->answer(not_here());
        if (!submissions_.lets(request.client_ip, now())) return responder->answer(too_many());
        const Fields fields = http::parse_query(request.body);
        const std::string token = request.captures.size() > 1 ? request.captures.at(1) : std::string();
        const std::string_view seal = value(fields, "seal");
        const SealCheck sealed = check_seal(desk_.page_key(point->tenant), point->number, seal, now());
        if (!value(fields, "website").empty() || sealed == SealCheck::Forged || sealed == SealCheck::TooQuick) {
            desk_.count(*point, Happened::TurnedAway);
            return responder->answer(form(*point, request, "没有收到，请重新填写后提交。", 422));
        }
        if (sealed == SealCheck::TooOld)
            return responder->answer(form(*point, request, "页面打开太久了，请重新填写。", 422));
        Value body = Value::object({{"id", seal}, {"type", std::string("form_submitted")}});
        const std::string wrong = fill(*point, fields, token, body);
        if (!wrong.empty()) return responder->answer(form(*point, request, wrong, 422));
        if (!take_claim(*point, fields, token, seal, body, responder)) return;
        const std::string thanks =
            point->definition.thanks ? point->definition.thanks->str() : std::string("感谢您的参与。");
        accept_and_answer(accept_, batch(*point, body), responder, message_page(200, "已提交", thanks));
    }

    // POST /c/{code}/{token}/open: somebody reads it; answers under which address this reading goes on.
    void read(http::Request& request, const Responder& responder) {
        const auto point = point_of(request);
        const auto opened = point && point->kind == PointKind::Radar
                                ? desk_.token(*point, request.captures.at(1))
                                : Result<std::optional<Reading>>(ErrorCode::NotFound);
        if (!opened || !*opened) return responder->answer(http::Response::json(404, "{}"));
        if (!views_.lets(request.client_ip, now())) return responder->answer(too_many());
        const bool again = request.body == "again";
        const auto reading = desk_.begin_reading(*point, **opened, again);
        if (!reading) return responder->answer(http::Response::json(503, "{}"));
        const auto answer =
            http::Response::json(200, Value::object({{"path", "/c/" + point->code + "/" + reading->token}}).print());
        if (again || reading->token == (*opened)->token) return responder->answer(answer);
        // The invited person reads under the invitation's key, everybody else under a key of the reading's own.
        const bool invited = (*opened)->via.empty() && (*opened)->customer.has_value();
        const std::string key = "cap:" + (invited ? (*opened)->token : reading->token);
        const Value body = Value::object(
            {{"id", "reading:" + reading->token},
             {"type", "radar_opened"},
             {"identities", Value::object({{"anonymous", key}})},
             {"properties",
              Value::object({{"point", point->number}, {"title", point->name}, {"depth", reading->depth}})},
             {"capture", Value::object({{"reading", reading->token}})}});
        accept_and_answer(accept_, batch(*point, body), responder, answer);
    }

    // POST /c/{code}/{token}/stay: how many milliseconds it was open.
    void stayed(http::Request& request, const Responder& responder) {
        const auto point = point_of(request);
        if (!point || !views_.lets(request.client_ip, now())) return responder->answer(http::Response::json(404, "{}"));
        const auto done =
            desk_.stay(*point, request.captures.at(1), std::strtoll(request.body.substr(0, 12).c_str(), nullptr, 10));
        responder->answer(http::Response::json(done ? 200 : 503, "{}"));
    }

    // GET /c/{code}/{token}/go: on from a radar link's page to what staff chose.
    void go(http::Request& request, const Responder& responder) {
        const auto point = point_of(request);
        if (!point || point->kind != PointKind::Radar || point->target.empty()) return responder->answer(not_here());
        responder->answer(follow(*point));
    }

private:
    Instant now() const { return desk_.kernel().clock.now(); }

    std::optional<Point> point_of(const http::Request& request) {
        const auto found = desk_.by_code(request.captures.at(0));
        if (!found || !*found || !(*found)->active || !is_served((*found)->kind)) return std::nullopt;
        return **found;
    }

    // Only to what is stored with the point; nothing of the request decides where it leads.
    http::Response follow(const Point& point) {
        if (!point.target.starts_with("point:")) return point.target.empty() ? not_here() : redirect(point.target);
        const auto context = kernel::Context::system(point.tenant, now());
        const std::int64_t number = std::strtoll(point.target.c_str() + 6, nullptr, 10);
        const auto target = desk_.kernel().record.read<Point>(
            context, [&](kernel::View& view) { return desk_.find(view.sql(), context, number); });
        if (!target || !target->active) return not_here();
        return redirect("/c/" + target->code + "?via=" + point.code);
    }

    http::Response form(const Point& point, const http::Request& request, const std::string& error, int status) {
        const auto kept = [&](std::string_view name) {
            const Fields posted = request.method == http::Method::Post ? http::parse_query(request.body) : Fields{};
            const std::string_view given =
                request.method == http::Method::Post ? value(posted, name) : value(request.query, name);
            return check_text(given, 1, 64).value_or(std::string());
        };
        FormState state;
        state.action = request.path;
        state.seal = page_seal(desk_.page_key(point.tenant), point.number, now(), desk_.kernel().rng);
        state.via = kept("via");
        state.receipt = kept("receipt");
        if (state.receipt.empty()) state.receipt = kept("r");
        state.error = error;
        http::Response page = form_page(point, state);
        if (status != 0) page.status = status;
        return page;
    }

    http::Response open_item(const Point& point, const http::Request& request, const std::string& token) {
        const auto serial = item_serial(desk_.item_key(point.tenant), point.number, token);
        const std::int64_t codes = point.definition.codes ? point.definition.codes->value() : 0;
        if (!serial || *serial >= codes) return message_page(404, "查无此码", "这个码不是我们发出的，请留意真伪。");
        desk_.count(point, Happened::Opened);
        const auto taken = desk_.claimed(point, std::to_string(*serial));
        if (taken && *taken) return already();
        return form(point, request, {}, 0);
    }

    static http::Response already() {
        return message_page(409, "此码已被使用", "这个码已经领取过。如不是您本人，请留意商品真伪。");
    }

    // False when it has been answered: an item's code or a receipt was taken before.
    bool take_claim(const Point& point, const Fields& fields, const std::string& token, std::string_view seal,
                    Value& body, const Responder& responder) {
        std::string key;
        if (point.kind == PointKind::Item) {
            const auto serial = item_serial(desk_.item_key(point.tenant), point.number, token);
            const std::int64_t codes = point.definition.codes ? point.definition.codes->value() : 0;
            if (!serial || *serial >= codes) return responder->answer(not_here()), false;
            key = std::to_string(*serial);
        } else if (point.kind == PointKind::Receipt) {
            key = check_text(value(fields, "receipt"), 1, 64).value_or(std::string());
            if (key.empty()) {
                responder->answer(message_page(422, "缺少小票号", "请扫描小票上的二维码进入。"));
                return false;
            }
        } else {
            return true;
        }
        const auto taken = desk_.claim(point, key, crypto::fingerprint(seal), region_of(fields));
        if (!taken) return responder->answer(message_page(503, "请稍后再试", "暂时无法处理。")), false;
        if (!taken->first) {
            desk_.count(point, Happened::TurnedAway);
            return responder->answer(already()), false;
        }
        Value capture = body.get("capture");
        capture.set("claim", key);
        body.set("capture", capture);
        return true;
    }

    static std::string region_of(const Fields& fields) {
        const std::string_view given = value(fields, "region");
        for (const std::string_view region : regions())
            if (region == given) return std::string(region);
        return {};
    }

    // Where it came from: the link that led here, when it is one of this tenant, else the point itself.
    std::pair<std::string, std::int64_t> channel_of(const Point& point, std::string_view via) {
        if (!via.empty()) {
            const auto link = desk_.by_code(via);
            if (link && *link && (*link)->tenant == point.tenant && !(*link)->channel().empty())
                return {(*link)->channel(), (*link)->number};
        }
        return {point.channel(), point.number};
    }

    // The event of a submission; yields what is wrong with it, for whoever filled it in.
    std::string fill(const Point& point, const Fields& fields, const std::string& token, Value& body) {
        Value identities = Value::object();
        Value traits = Value::object();
        for (const CaptureField& field : point.definition.fields) {
            const std::string name = field.name.str();
            const auto given = check_text(value(fields, "f_" + name), 1, 200);
            if (!given && field.required.value_or(false)) return "请填写" + field.label.str() + "。";
            if (!given) continue;
            if (name == "phone" && !Phone::parse(*given)) return "手机号有误，请检查。";
            if (name == "email" && !Email::parse(*given)) return "邮箱有误，请检查。";
            (name == "phone" || name == "email" ? identities : traits).set(name, *given);
        }
        Value answers = Value::array();
        if (std::string wrong = answer(point, fields, answers, traits); !wrong.empty()) return wrong;
        // A personal address knows whose it is; without any key the submission is somebody's of whom nothing is known.
        if (!token.empty() && point.kind != PointKind::Item) identities.set("anonymous", "cap:" + token);
        else if (identities.members().empty())
            identities.set("anonymous", "cap:" + crypto::hex(crypto::view(crypto::sha256(body.get("id").str()))));
        const auto [channel, via] = channel_of(point, value(fields, "via"));
        const bool agreed = point.definition.consent && !value(fields, "consent").empty();
        body.set("identities", identities).set("traits", traits);
        // The root is no home: the first store that sees the customer shall be.
        if (point.node != desk_.org().root(point.tenant)) body.set("node", point.node.str());
        if (!channel.empty()) body.set("once", Value::object({{"acquired_from", channel}}));
        body.set("properties", Value::object({{"point", point.number},
                                              {"via", via},
                                              {"channel", channel},
                                              {"region", region_of(fields)},
                                              {"form", point.name}}));
        body.set("capture",
                 Value::object(
                     {{"point", point.number},
                      {"channel", channel},
                      {"region", region_of(fields)},
                      {"token", point.kind == PointKind::Item ? std::string() : token},
                      {"consent", agreed},
                      {"version", point.definition.consent ? point.definition.consent->version.str() : std::string()},
                      {"answers", answers}}));
        return {};
    }

    static std::string answer(const Point& point, const Fields& fields, Value& answers, Value& traits) {
        for (std::size_t i = 0; i < point.definition.questions.size(); ++i) {
            const Question& question = point.definition.questions[i];
            const std::string name = "q_" + std::to_string(i);
            const std::string which = "第 " + std::to_string(i + 1) + " 题";
            std::set<std::int64_t> chosen;
            std::string text;
            for (const auto& field : fields) {
                if (field.name != name || field.value.empty()) continue;
                if (question.kind == QuestionKind::Text) {
                    text = check_text(field.value, 1, 1'000).value_or(std::string());
                    continue;
                }
                const std::int64_t choice = std::strtoll(field.value.c_str(), nullptr, 10);
                const bool scale = question.kind == QuestionKind::Scale;
                const std::int64_t most = scale ? kScaleMax : static_cast<std::int64_t>(question.options.size()) - 1;
                if (choice < (scale ? 1 : 0) || choice > most) return which + "的选项有误。";
                chosen.insert(choice);
            }
            if (question.kind != QuestionKind::Multi && chosen.size() > 1) return which + "只能选一项。";
            if (question.required.value_or(false) && chosen.empty() && text.empty()) return "请回答" + which + "。";
            std::string words = text;
            for (const std::int64_t choice : chosen) {
                answers.push(Value::object({{"q", static_cast<std::int64_t>(i)}, {"c", choice}}));
                words += words.empty() ? "" : "、";
                words += question.kind == QuestionKind::Scale
                             ? std::to_string(choice)
                             : question.options[static_cast<std::size_t>(choice)].str();
            }
            if (!text.empty()) answers.push(Value::object({{"q", static_cast<std::int64_t>(i)}, {"t", text}}));
            if (question.field && !words.empty()) traits.set(question.field->str(), words);
        }
        return {};
    }

    RawBatch batch(const Point& point, const Value& body) const {
        return {point.tenant, point.source, "capture", "/c/" + point.code, now(), {}, body.print()};
    }

    Desk& desk_;
    Inlet::Accept accept_;
    Bound views_{600, minutes(10)};
    Bound submissions_{30, minutes(10)};
};

}  // namespace

std::vector<http::Route> capture_doors(Desk& desk, Inlet::Accept accept) {
    if (hooks::is_off("CDP-13")) return {};
    const auto doors = std::make_shared<Doors>(desk, std::move(accept));
    using http::Method;
    using Handler = void (Doors::*)(http::Request&, const Doors::Responder&);
    const auto door = [&doors](Method method, std::string pattern, Handler handler) {
        http::Route route;
        route.method = method;
        route.pattern = std::move(pattern);
        route.body_bytes_max = kBodyMax;
        route.handler = [doors, handler](http::Request& request, std::shared_ptr<http::Responder> responder) {
            ((*doors).*handler)(request, responder);
        };
        return route;
    };
    return {door(Method::Get, "/c/{code}", &Doors::open),
            door(Method::Post, "/c/{code}", &Doors::submit),
            door(Method::Get, "/c/{code}/{token}", &Doors::open_personal),
            door(Method::Post, "/c/{code}/{token}", &Doors::submit),
            door(Method::Post, "/c/{code}/{token}/open", &Doors::read),
            door(Method::Post, "/c/{code}/{token}/stay", &Doors::stayed),
            door(Method::Get, "/c/{code}/{token}/go", &Doors::go)};
}

}  // namespace tilth::collect::capture
