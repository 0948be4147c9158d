// How good is what comes in, over HTTP (CDP-17): per source, per store of one source, and both as a file.

#include <algorithm>
#include <tuple>

#include "modules/collect/freshness/api.h"
#include "modules/collect/service.h"
#include "platform/text/csv.h"

namespace tilth::collect {

struct QualityQuery {
    std::optional<Day> from;  // the last seven business days, today among them
    std::optional<Day> to;
    std::optional<SourceId> source;  // its stores one by one; without it every source
};
API_STRUCT(QualityQuery, (from, to, source))

struct QualityItem {
    SourceId source;
    std::optional<OrgNodeId> node;  // of a store's line
    std::string name;
    std::string code;
    std::optional<Instant> last;
    std::int64_t events = 0;
    std::int64_t late = 0;
    std::int64_t duplicate = 0;
    std::int64_t contradictory = 0;
    std::int64_t refused = 0;
    std::optional<std::int64_t> lag_p50_min;  // at most so many minutes; 10081: longer than seven days
    std::optional<std::int64_t> lag_p99_min;
    std::int64_t days_expected = 0;  // ended business days since its first
    std::int64_t days_missing = 0;   // of them, without anything
    std::int64_t stores = 0;         // of a source's line: that it ever named
};
API_STRUCT(QualityItem, (source, node, name, code, last, events, late, duplicate, contradictory, refused, lag_p50_min,
                         lag_p99_min, days_expected, days_missing, stores))

struct QualityReply {
    Day from{};
    Day to{};
    std::vector<QualityItem> items;
};
API_STRUCT(QualityReply, (from, to, items))

}  // namespace tilth::collect

namespace tilth::collect {

namespace {

using kernel::View;
constexpr int kDaysMax = 400;

struct Span {
    Day from{};
    Day to{};
};

Result<Span> span_of(const QualityQuery& query, Day today) {
    Span span{query.from.value_or(query.to.value_or(today) + -(kIntakeDays - 1)), query.to.value_or(today)};
    if (span.to < span.from || span.to > span.from + kDaysMax) {
        return Error::invalid("to", "bad_range", "结束日须不早于开始日，且不超过 400 天",
                              "The last day is not before the first, and at most 400 days after it", "改小时间范围",
                              "Choose a shorter range");
    }
    return span;
}

void fill(QualityItem& item, const Quality& quality) {
    item.events = quality.events;
    item.late = quality.late;
    item.duplicate = quality.duplicate;
    item.contradictory = quality.contradictory;
    item.refused = quality.refused;
    item.lag_p50_min = quality.lag(0.5);
    item.lag_p99_min = quality.lag(0.99);
}

// Ended business days of the span since `first`.
std::int64_t expected(const Span& span, Day first, Day today) {
    const Day from = std::max(span.from, first);
    const Day to = std::min(span.to, today + -1);
    return from > to ? 0 : to - from + 1;
}

class Desk {
public:
    explicit Desk(CollectService& collect) : collect_(collect) {}

    Result<QualityReply> list(View& view, const QualityQuery& query) const {
        const Day today = collect_.org().calendar(view.tenant()).day_of(view.context().now);
        const Span span = TRY(span_of(query, today));
        const auto lines = TRY(quality_lines(view.sql(), view.tenant(), span.from, span.to, today));
        QualityReply reply{span.from, span.to, {}};
        if (query.source) add_stores(view, *query.source, lines, span, today, reply);
        else if (view.context().scope->all) TRY(add_sources(view, lines, span, today, reply));
        return reply;
    }

private:
    void add_stores(View& view, const SourceId& source, const std::vector<QualityLine>& lines, const Span& span,
                    Day today, QualityReply& reply) const {
        std::map<OrgNodeId, org::OrgNode> nodes;
        for (auto& node : collect_.org().nodes(view.tenant())) nodes.emplace(node.id, std::move(node));
        for (const QualityLine& line : lines) {
            const auto node = nodes.find(line.node);
            if (line.source != source || node == nodes.end() || !view.context().scope->covers(line.node)) continue;
            QualityItem item;
            item.source = source;
            item.node = line.node;
            item.name = node->second.name;
            item.code = node->second.code;
            if (line.ever > 0) item.last = line.last;
            fill(item, line.quality);
            item.days_expected = line.ever > 0 ? expected(span, line.first, today) : 0;
            item.days_missing = std::max<std::int64_t>(0, item.days_expected - line.days_ended);
            reply.items.push_back(std::move(item));
        }
        // Those that lack most first; then by code.
        std::stable_sort(reply.items.begin(), reply.items.end(), [](const QualityItem& a, const QualityItem& b) {
            return std::tie(b.days_missing, a.code) < std::tie(a.days_missing, b.code);
        });
    }

    Status add_sources(View& view, const std::vector<QualityLine>& lines, const Span& span, Day today,
                       QualityReply& reply) const {
        const auto ended = TRY(days_with_anything(view.sql(), view.tenant(), span.from, std::min(span.to, today + -1)));
        for (const Source& source : TRY(collect_.sources(view.sql(), view.tenant()))) {
            QualityItem item;
            item.source = source.id;
            item.name = source.name;
            if (source.last_received.ms != 0) item.last = source.last_received;
            Quality sum;
            std::optional<Day> first;
            for (const QualityLine& line : lines) {
                if (line.source != source.id) continue;
                sum += line.quality;
                if (line.ever > 0) first = std::min(first.value_or(line.first), line.first);
                item.stores += line.node != OrgNodeId{} && line.ever > 0 ? 1 : 0;
            }
            fill(item, sum);
            if (first) item.days_expected = expected(span, *first, today);
            const auto days = ended.find(source.id);
            item.days_missing =
                std::max<std::int64_t>(0, item.days_expected - (days == ended.end() ? 0 : days->second));
            reply.items.push_back(std::move(item));
        }
        return ok();
    }

    CollectService& collect_;
};

std::string file_of(const QualityReply& reply, const kernel::Context& context) {
    const bool zh = context.language == kernel::Language::Zh;
    const auto say = [zh](std::string_view chinese, std::string_view english) {
        return std::string(zh ? chinese : english);
    };
    std::string text = "\xEF\xBB\xBF";  // spreadsheets take UTF-8 by its mark alone
    text += csv_line({say("编码", "Code"), say("名称", "Name"), say("最近收到", "Last received"), say("事件", "Events"),
                      say("迟到", "Late"), say("重复", "Duplicates"), say("矛盾", "Contradictory"),
                      say("拒收", "Refused"), say("延迟 P50（分钟，上限）", "Lag p50 (minutes, at most)"),
                      say("延迟 P99（分钟，上限）", "Lag p99 (minutes, at most)"), say("应有天数", "Days expected"),
                      say("缺失天数", "Days missing")});
    for (const QualityItem& one : reply.items) {
        const auto lag = [](const std::optional<std::int64_t>& at) { return at ? std::to_string(*at) : std::string(); };
        text += csv_line({one.code, one.name, one.last ? to_iso(*one.last) : std::string(), std::to_string(one.events),
                          std::to_string(one.late), std::to_string(one.duplicate), std::to_string(one.contradictory),
                          std::to_string(one.refused), lag(one.lag_p50_min), lag(one.lag_p99_min),
                          std::to_string(one.days_expected), std::to_string(one.days_missing)});
    }
    return text;
}

Result<kernel::File> file(kernel::Kernel& kernel, const Desk& desk, const kernel::Context& context,
                          const http::Request& request) {
    std::vector<json::FlatField> fields;
    for (const http::Header& parameter : request.query) {
        if (parameter.name != "lang") fields.push_back({parameter.name, parameter.value});
    }
    const auto query = TRY(json::parse_flat<QualityQuery>(fields));
    const auto reply = TRY(
        kernel.record.read<QualityReply>(context, [&](View& view) { return desk.list(view, query); }));
    return kernel::File{.name = "quality.csv",
                        .text = file_of(reply, context),
                        .rows = static_cast<std::int64_t>(reply.items.size())};
}

}  // namespace

void add_quality_routes(kernel::Kernel& kernel, CollectService& collect) {
    const auto desk = std::make_shared<Desk>(collect);
    kernel.api.query<QualityQuery, QualityReply>(
        http::Method::Get, "/api/v1/quality", kSourceRead,
        [desk](View& view, const QualityQuery& query) { return desk->list(view, query); },
        {.zh = "数据质量：按数据源，或某个数据源的各门店",
         .en = "Late, duplicate, contradictory and missing data per source, or per store of one",
         .rows = {"CDP-17"},
         .tag = "collect"});
    kernel.api.file(
        "/api/v1/quality.csv", kSourceRead, kernel::FileData::Figures,
        [&kernel, desk](const kernel::Context& context, const http::Request& request) {
            return file(kernel, *desk, context, request);
        },
        {.zh = "数据质量，成文件",
         .en = "The quality of data as CSV: counts alone",
         .rows = {"CDP-17"},
         .tag = "collect",
         .query = {{"from", "开始日（含）", "First day"},
                   {"to", "结束日（含）", "Last day"},
                   {"source", "某个数据源的各门店", "The stores of one source"}}});
}

}  // namespace tilth::collect
