// How long which class of personal data is kept: the tab 保留 of the page 个人信息请求.

#include "app/registry.h"
#include "app/routes.h"
#include "app/world.h"
#include "kernel/retention/retention.h"

namespace tilth::app {

struct RetentionItem {
    std::string name;
    std::string zh;
    std::string en;
    bool reduces = false;            // the row stays, what is personal in it goes
    std::int64_t days = 0;
    std::int64_t days_default = 0;
    std::int64_t days_min = 0;
    std::int64_t days_max = 0;
    std::string basis_zh;
    std::string basis_en;
    std::int64_t due = 0;            // rows that the next look takes, as it is now
    std::int64_t taken = 0;          // by the newest receipts
    std::optional<Instant> taken_at;
};
API_STRUCT(RetentionItem,
           (name, zh, en, reduces, days, days_default, days_min, days_max, basis_zh, basis_en, due, taken, taken_at))

struct RetentionReceiptItem {
    std::int64_t number = 0;
    std::string name;
    std::int64_t days = 0;
    Instant before;
    std::int64_t rows = 0;
    Instant at;
};
API_STRUCT(RetentionReceiptItem, (number, name, days, before, rows, at))

struct RetentionReply {
    std::vector<RetentionItem> items;
    std::vector<RetentionReceiptItem> receipts;   // newest first
    std::optional<Instant> next_look;
};
API_STRUCT(RetentionReply, (items, receipts, next_look))

struct RetentionQuery {
    Text<1, 40> name;
    std::int64_t days = 0;
};
API_STRUCT(RetentionQuery, (name, days))

struct RetentionPreview {
    std::int64_t rows = 0;
    std::int64_t rows_now = 0;       // with the days that hold now
};
API_STRUCT(RetentionPreview, (rows, rows_now))

namespace {

constexpr int kReceiptsShown = 50;

Result<const kernel::RetentionClass*> class_of(World& world, const std::string& name) {
    for (const kernel::RetentionClass& one : world.retention().classes())
        if (one.name == name) return &one;
    return Error(ErrorCode::NotFound, "class");
}

Status check_days(const kernel::RetentionClass& one, std::int64_t days) {
    if (days >= one.days_min && days <= one.days_max) return ok();
    const std::string bounds = std::to_string(one.days_min) + " – " + std::to_string(one.days_max);
    return Error::invalid("days", "bounds", "天数须在 " + bounds + " 之间：" + std::string(one.basis_zh),
                          "Days must be within " + bounds + ": " + std::string(one.basis_en), "改为范围内的天数",
                          "Give a number within");
}

Result<RetentionReply> retention(World& world, kernel::View& view) {
    RetentionReply reply;
    for (auto& one : TRY(kernel::Retention::receipts(view.sql(), view.tenant(), kReceiptsShown)))
        reply.receipts.push_back({one.number, one.name, one.days, one.before, one.rows, one.at});
    for (const kernel::RetentionClass& one : world.retention().classes()) {
        RetentionItem item;
        item.name = one.name;
        item.zh = one.zh;
        item.en = one.en;
        item.reduces = one.reduces;
        item.days = world.retention().days(view.tenant(), one);
        item.days_default = one.days;
        item.days_min = one.days_min;
        item.days_max = one.days_max;
        item.basis_zh = one.basis_zh;
        item.basis_en = one.basis_en;
        item.due = TRY(kernel::Retention::due(view, one, item.days));
        for (const RetentionReceiptItem& receipt : reply.receipts) {
            if (receipt.name != one.name) continue;
            item.taken += receipt.rows;
            if (!item.taken_at) item.taken_at = receipt.at;
        }
        reply.items.push_back(std::move(item));
    }
    reply.next_look = TRY(kernel::Retention::next_look(view.sql(), view.tenant()));
    return reply;
}

}  // namespace

void add_retention_routes(World& world) {
    auto& api = world.kernel().api;
    api.query<kernel::None, RetentionReply>(
        http::Method::Get, "/api/v1/retention", kSystemRead,
        [&world](kernel::View& view, const kernel::None&) { return retention(world, view); },
        {.zh = "各类个人信息的保留期", .en = "How long each class of personal data is kept", .rows = {"PRV-03"},
         .tag = "privacy"});
    api.query<RetentionQuery, RetentionPreview>(
        http::Method::Get, "/api/v1/retention/{name}/preview", kSystemRead,
        [&world](kernel::View& view, const RetentionQuery& query) -> Result<RetentionPreview> {
            const kernel::RetentionClass* const one = TRY(class_of(world, query.name.str()));
            TRY(check_days(*one, query.days));
            return RetentionPreview{
                TRY(kernel::Retention::due(view, *one, query.days)),
                TRY(kernel::Retention::due(view, *one, world.retention().days(view.tenant(), *one)))};
        },
        {.zh = "预览：改为这么多天后会清理多少", .en = "Preview: what would go with so many days", .rows = {"PRV-03"},
         .tag = "privacy"});
    api.command<RetentionQuery, kernel::None>(
        http::Method::Put, "/api/v1/retention/{name}", kSettingWrite,
        [&world](kernel::Unit& unit, const RetentionQuery& request) -> Result<kernel::None> {
            const kernel::RetentionClass* const one = TRY(class_of(world, request.name.str()));
            TRY(check_days(*one, request.days));
            TRY(world.kernel().settings.set(unit, kernel::retention_setting(*one), std::to_string(request.days)));
            return kernel::None{};
        },
        {.zh = "修改保留期", .en = "Change how long a class is kept", .rows = {"PRV-03"}, .tag = "privacy"});
}

}  // namespace tilth::app
