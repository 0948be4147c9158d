// Capture points for staff: making, printing, stopping; what came of them.

#include <algorithm>

#include "modules/collect/capture/desk.h"
#include "platform/http/url.h"
#include "platform/qr/qr.h"

namespace tilth::collect::capture {

using PointNumber = Int<1, 4'000'000'000'000>;

struct PointItem {
    std::int64_t number = 0;
    std::string code;
    PointKind kind = PointKind::Form;
    std::string name;
    std::string platform;
    std::string post;
    OrgNodeId node;
    std::string target;
    bool active = true;
    std::string created_by;
    Instant created_at;
    std::string path;  // "/c/ABCD2345": where it is opened
    std::int64_t opened = 0;
    std::int64_t submitted = 0;
    std::int64_t turned_away = 0;
};
API_STRUCT(PointItem, (number, code, kind, name, platform, post, node, target, active, created_by, created_at, path,
                       opened, submitted, turned_away))

struct PointList {
    std::vector<PointItem> items;
};
API_STRUCT(PointList, (items))

struct NamedCount {
    std::string name;
    std::int64_t count = 0;
};
API_STRUCT(NamedCount, (name, count))

struct ChoiceCount {
    std::int64_t question = 0;
    std::int64_t choice = 0;
    std::int64_t people = 0;
};
API_STRUCT(ChoiceCount, (question, choice, people))

struct PointShown {
    PointItem point;
    Definition definition;
    std::string qr_svg;  // a picture of the address
    std::vector<NamedCount> channels;
    std::vector<NamedCount> regions;
    std::vector<ChoiceCount> answers;
    std::int64_t invited = 0;
    std::int64_t answered = 0;  // of the invited
};
API_STRUCT(PointShown, (point, definition, qr_svg, channels, regions, answers, invited, answered))

struct AddPoint {
    PointKind kind = PointKind::Form;
    Text<1, 80> name;
    std::optional<OrgNodeId> node;
    std::optional<Text<1, 40>> platform;
    std::optional<Text<1, 80>> post;
    std::optional<Text<1, 500>> target;
    std::optional<Int<1, 4'000'000'000'000>> target_point;
    std::optional<Definition> definition;
};
API_STRUCT(AddPoint, (kind, name, node, platform, post, target, target_point, definition))

struct PointMade {
    std::int64_t number = 0;
    std::string code;
    std::string path;
};
API_STRUCT(PointMade, (number, code, path))

struct PointKey {
    PointNumber number;
};
API_STRUCT(PointKey, (number))

struct ShowPoint {
    PointNumber number;
    // "https://crm.example.com": under which the caller reaches this server; the picture leads there unless the
    // server's own configuration names its public address.
    std::optional<Text<8, 200>> origin;
};
API_STRUCT(ShowPoint, (number, origin))

struct SetPoint {
    PointNumber number;
    bool active = true;
};
API_STRUCT(SetPoint, (number, active))

struct ListSubmissions {
    PointNumber number;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ListSubmissions, (number, cursor, limit))

struct SubmissionItem {
    std::int64_t number = 0;
    CustomerId customer;
    std::string name_masked;
    std::string keys_masked;
    Instant at;
    std::string channel;
    std::string consent_version;
    std::string region;
};
API_STRUCT(SubmissionItem, (number, customer, name_masked, keys_masked, at, channel, consent_version, region))

struct Invite {
    PointNumber number;
    List<CustomerId, 500> customers;
};
API_STRUCT(Invite, (number, customers))

struct Invited {
    CustomerId customer;
    std::string path;
};
API_STRUCT(Invited, (customer, path))

struct InvitedList {
    std::vector<Invited> items;
};
API_STRUCT(InvitedList, (items))

struct ReadingItem {
    std::string token;
    std::string via;
    std::int64_t depth = 0;
    std::optional<CustomerId> customer;
    std::string name_masked;
    std::string made_by;
    Instant at;
    std::int64_t seconds = 0;
    std::int64_t again = 0;
};
API_STRUCT(ReadingItem, (token, via, depth, customer, name_masked, made_by, at, seconds, again))

struct ReadingList {
    std::vector<ReadingItem> items;
};
API_STRUCT(ReadingList, (items))

struct AskCodes {
    PointNumber number;
    std::optional<Int<0, 1'000'000>> from;
    std::optional<Int<1, 1'000>> count;
};
API_STRUCT(AskCodes, (number, from, count))

struct CodeItem {
    std::int64_t serial = 0;
    std::string path;
};
API_STRUCT(CodeItem, (serial, path))

struct CodeList {
    std::vector<CodeItem> items;
    std::int64_t total = 0;
};
API_STRUCT(CodeList, (items, total))

struct AskCross {
    PointNumber number;
    std::optional<Int<0, 29>> rows;     // left out: the first question
    std::optional<Int<0, 29>> columns;  // the second
};
API_STRUCT(AskCross, (number, rows, columns))

struct CrossItem {
    std::int64_t row = 0;
    std::int64_t column = 0;
    std::int64_t people = 0;
};
API_STRUCT(CrossItem, (row, column, people))

struct CrossList {
    std::vector<CrossItem> items;
};
API_STRUCT(CrossList, (items))

}  // namespace tilth::collect::capture

template <>
inline constexpr auto tilth::json::field_docs<tilth::collect::capture::AddPoint> =
    std::to_array<tilth::json::FieldDoc>({
        {"platform", "平台", "Platform", "douyin"},
        {"post", "内容编号", "Post", "spring-01"},
        {"target", "跳转地址", "Target", "https://shop.example.com/spring"},
    });

namespace tilth::collect::capture {

namespace {

using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr const char* kTag = "collect";
constexpr int kReadingsShown = 2'000;

std::string path_of(const Point& point) { return "/c/" + point.code; }

PointItem item_of(const Point& point, const Counts& counts) {
    return {point.number,     point.code,     point.kind,    point.name,       point.platform,
            point.post,       point.node,     point.target,  point.active,     point.created_by,
            point.created_at, path_of(point), counts.opened, counts.submitted, counts.turned_away};
}

Result<PointList> list(Desk& desk, View& view) {
    auto counts = TRY(desk.counts(view.sql(), view.tenant()));
    PointList reply;
    for (const Point& point : TRY(desk.list(view.sql(), view.context())))
        reply.items.push_back(item_of(point, counts[point.number]));
    return reply;
}

Result<PointMade> add(Desk& desk, Unit& unit, const AddPoint& request) {
    NewPoint point;
    point.kind = request.kind;
    point.name = request.name.str();
    if (request.node) point.node = *request.node;
    else if (unit.context().scope->all) point.node = desk.org().root(unit.tenant());
    else if (const auto tops = desk.org().tops(unit.context()); !tops.empty()) point.node = tops.front();
    if (request.platform) point.platform = request.platform->str();
    if (request.post) point.post = request.post->str();
    if (request.target) {
        const auto url = http::parse_url(request.target->str());
        if (!url || url->scheme == http::Url::Scheme::Unix) {
            return Error::invalid("target", "not_a_web_address", "不是 http 或 https 地址",
                                  "Not an http or https address", "例如 https://shop.example.com",
                                  "For example https://shop.example.com");
        }
        point.target = request.target->str();
    }
    if (request.target_point) {
        TRY(desk.find(unit.sql(), unit.context(), request.target_point->value()));
        point.target = "point:" + std::to_string(request.target_point->value());
    }
    if (point.kind == PointKind::Link && point.target.empty()) {
        return Error::invalid("target", "required", "短链须有去处", "A link leads somewhere", "填写地址或选择采集点",
                              "Give an address or a capture point");
    }
    if (request.definition) point.definition = *request.definition;
    const Point made = TRY(desk.add(unit, point));
    return PointMade{made.number, made.code, path_of(made)};
}

// Where the pages are reached: by the server's own configuration, else as the caller reaches it.
Result<std::string> origin_of(Desk& desk, const ShowPoint& key) {
    if (!desk.public_url().empty()) return desk.public_url();
    if (!key.origin) return std::string("http://localhost");
    const auto url = http::parse_url(key.origin->str());
    if (!url || url->scheme == http::Url::Scheme::Unix || url->target != "/" || key.origin->str().ends_with('/')) {
        return Error::invalid("origin", "not_an_origin", "不是网址的来源部分", "Not the origin of an address",
                              "例如 https://crm.example.com", "For example https://crm.example.com");
    }
    return key.origin->str();
}

Result<PointShown> show(Desk& desk, View& view, const ShowPoint& key) {
    const Point point = TRY(desk.find(view.sql(), view.context(), key.number.value()));
    auto counts = TRY(desk.counts(view.sql(), view.tenant()));
    PointShown shown;
    shown.point = item_of(point, counts[point.number]);
    shown.definition = point.definition;
    shown.qr_svg = TRY(qr::svg(TRY(origin_of(desk, key)) + path_of(point)));
    for (const auto& [name, count] : TRY(desk.by_channel(view.sql(), view.tenant(), point.number)))
        shown.channels.push_back({name, count});
    for (const RegionCount& one : TRY(desk.heat(view.sql(), view.tenant(), point.number)))
        shown.regions.push_back({one.region, one.scans});
    for (const AnswerCount& one : TRY(desk.answers(view.sql(), view.tenant(), point.number)))
        shown.answers.push_back({one.question, one.choice, one.people});
    const auto people = TRY(desk.invited(view.sql(), view.tenant(), point.number));
    shown.invited = people.first;
    shown.answered = people.second;
    return shown;
}

std::string keys_of(const customer::Customers::Face& face) {
    std::string text;
    for (const auto& key : face.keys) {
        if (!customer::is_strong(key.kind)) continue;
        text.append(text.empty() ? "" : " · ").append(key.masked);
    }
    return text;
}

Result<kernel::Page<SubmissionItem>> submissions(Desk& desk, View& view, const ListSubmissions& request) {
    const Point point = TRY(desk.find(view.sql(), view.context(), request.number.value()));
    std::int64_t before = INT64_MAX;
    if (request.cursor)
        before = std::strtoll(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0].c_str(), nullptr, 10);
    const std::int64_t limit = kernel::page_rows(request.limit);
    auto found = TRY(desk.submissions(view.sql(), view.tenant(), point.number, before, limit + 1));
    kernel::Page<SubmissionItem> page;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        page.next = kernel::encode_cursor({std::to_string(found.back().number)});
    }
    std::vector<CustomerId> customers;
    for (const Submission& one : found) customers.push_back(one.customer);
    const auto faces = TRY(desk.customers().faces(view.sql(), view.tenant(), customers));
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Submission& one = found[i];
        page.items.push_back({one.number, one.customer, faces[i].name_masked, keys_of(faces[i]), one.at, one.channel,
                              one.version, one.region});
    }
    page.total = {static_cast<std::int64_t>(page.items.size()),
                  page.next ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
    return page;
}

Result<InvitedList> invite(Desk& desk, Unit& unit, const Invite& request) {
    const Point point = TRY(desk.find(unit.sql(), unit.context(), request.number.value()));
    const bool personal = point.kind == PointKind::Radar || point.kind == PointKind::Survey;
    if (!personal) return Error(ErrorCode::Conflict, "only radar links and surveys have personal addresses");
    const std::vector<CustomerId> customers(request.customers.begin(), request.customers.end());
    for (const CustomerId& one : customers)
        if (!desk.customers().person_of(unit.tenant(), one)) return Error(ErrorCode::NotFound, "customer");
    const auto tokens = TRY(desk.invite(unit, point, customers));
    InvitedList reply;
    for (std::size_t i = 0; i < tokens.size(); ++i)
        reply.items.push_back({customers[i], path_of(point) + "/" + tokens[i]});
    return reply;
}

Result<ReadingList> readings(Desk& desk, View& view, const PointKey& key) {
    const Point point = TRY(desk.find(view.sql(), view.context(), key.number.value()));
    const auto found = TRY(desk.readings(view.sql(), view.tenant(), point.number, kReadingsShown));
    std::vector<CustomerId> customers;
    for (const Reading& one : found)
        if (one.customer) customers.push_back(*one.customer);
    const auto faces = TRY(desk.customers().faces(view.sql(), view.tenant(), customers));
    ReadingList reply;
    std::size_t face = 0;
    for (const Reading& one : found) {
        ReadingItem item{one.token,   one.via,     one.depth,          one.customer, {},
                         one.made_by, one.made_at, one.stay_ms / 1000, one.again};
        if (one.customer) {
            item.name_masked = faces[face].name_masked.empty() ? keys_of(faces[face]) : faces[face].name_masked;
            ++face;
        }
        reply.items.push_back(std::move(item));
    }
    return reply;
}

Result<CodeList> codes(Desk& desk, View& view, const AskCodes& request) {
    const Point point = TRY(desk.find(view.sql(), view.context(), request.number.value()));
    CodeList reply;
    reply.total = point.definition.codes ? point.definition.codes->value() : 0;
    const auto key = desk.item_key(view.tenant());
    const std::int64_t from = request.from ? request.from->value() : 0;
    const std::int64_t until = std::min(reply.total, from + (request.count ? request.count->value() : 100));
    for (std::int64_t serial = from; serial < until; ++serial)
        reply.items.push_back({serial, path_of(point) + "/" + item_code(key, point.number, serial)});
    return reply;
}

void add_points(Desk& desk) {
    kernel::Api& api = desk.kernel().api;
    api.query<None, PointList>(Method::Get, "/api/v1/capture-points", kCaptureRead,
                               [&desk](View& view, const None&) { return list(desk, view); },
                               {.zh = "采集点", .en = "Capture points", .rows = {"CDP-13"}, .tag = kTag});
    api.command<AddPoint, PointMade>(
        Method::Post, "/api/v1/capture-points", kCaptureWrite,
        [&desk](Unit& unit, const AddPoint& request) { return add(desk, unit, request); },
        {.zh = "新建采集点", .en = "Make a capture point", .rows = {"CDP-13"}, .tag = kTag});
    api.query<ShowPoint, PointShown>(
        Method::Get, "/api/v1/capture-points/{number}", kCaptureRead,
        [&desk](View& view, const ShowPoint& key) { return show(desk, view, key); },
        {.zh = "一个采集点及其结果", .en = "One capture point and what came of it", .rows = {"CDP-13"}, .tag = kTag});
    api.command<SetPoint, None>(
        Method::Put, "/api/v1/capture-points/{number}", kCaptureWrite,
        [&desk](Unit& unit, const SetPoint& request) -> Result<None> {
            TRY(desk.set_active(unit, request.number.value(), request.active));
            return None{};
        },
        {.zh = "停用或启用采集点", .en = "Stop or start a capture point", .rows = {"CDP-13"}, .tag = kTag});
    api.query<ListSubmissions, kernel::Page<SubmissionItem>>(
        Method::Get, "/api/v1/capture-points/{number}/submissions", kCaptureRead,
        [&desk](View& view, const ListSubmissions& request) { return submissions(desk, view, request); },
        {.zh = "提交记录", .en = "What was submitted", .rows = {"CDP-13"}, .tag = kTag});
}

void add_personal(Desk& desk) {
    kernel::Api& api = desk.kernel().api;
    api.command<Invite, InvitedList>(
        Method::Post, "/api/v1/capture-points/{number}/invitations", kCaptureWrite,
        [&desk](Unit& unit, const Invite& request) { return invite(desk, unit, request); },
        {.zh = "为客户生成专属链接", .en = "Personal addresses for customers", .rows = {"CDP-13"}, .tag = kTag});
    api.query<PointKey, ReadingList>(Method::Get, "/api/v1/capture-points/{number}/readings", kCaptureRead,
                                     [&desk](View& view, const PointKey& key) { return readings(desk, view, key); },
                                     {.zh = "谁打开、看了多久、转给了谁",
                                      .en = "Who opened it, for how long, and to whom it was passed on",
                                      .rows = {"CDP-13"},
                                      .tag = kTag});
    api.query<AskCodes, CodeList>(
        Method::Get, "/api/v1/capture-points/{number}/codes", kCaptureRead,
        [&desk](View& view, const AskCodes& request) { return codes(desk, view, request); },
        {.zh = "一物一码清单", .en = "The item codes of a batch", .rows = {"CDP-16"}, .tag = kTag});
    api.query<AskCross, CrossList>(
        Method::Get, "/api/v1/capture-points/{number}/cross", kCaptureRead,
        [&desk](View& view, const AskCross& request) -> Result<CrossList> {
            const Point point = TRY(desk.find(view.sql(), view.context(), request.number.value()));
            CrossList reply;
            for (const Cross& one :
                 TRY(desk.cross(view.sql(), view.tenant(), point.number, request.rows ? request.rows->value() : 0,
                                request.columns ? request.columns->value() : 1)))
                reply.items.push_back({one.row, one.column, one.people});
            return reply;
        },
        {.zh = "两题交叉", .en = "Two questions crossed", .rows = {"CDP-15"}, .tag = kTag});
}

class Capture final : public CapturePoints {
public:
    explicit Capture(const CaptureParts& parts) : desk_(parts) {}
    std::vector<http::Route> doors(Inlet::Accept accept) override { return capture_doors(desk_, std::move(accept)); }
    Desk& desk() { return desk_; }

private:
    Desk desk_;
};

}  // namespace

void add_capture_routes(Desk& desk) {
    add_points(desk);
    add_personal(desk);
}

std::unique_ptr<CapturePoints> make(const CaptureParts& parts) {
    auto capture = std::make_unique<Capture>(parts);
    Desk& desk = capture->desk();
    add_capture_routes(desk);
    parts.collect.capture_into([&desk](kernel::Unit& unit, const Incoming& event, const CustomerId& customer) {
        return desk.captured(unit, event, customer);
    });
    return capture;
}

}  // namespace tilth::collect::capture

namespace tilth::collect {

std::unique_ptr<CapturePoints> make_capture_points(CaptureParts parts) { return capture::make(parts); }

}  // namespace tilth::collect
