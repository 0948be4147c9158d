// SEG-10: four quadrants on two metrics, and clusters of several.

#include <algorithm>
#include <cmath>

#include "kernel/rules/check.h"
#include "kernel/rules/json.h"
#include "modules/audience/splits/splits.h"
#include "modules/audience/tagkinds/publish.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;

constexpr std::size_t kPointsMax = 200'000;
constexpr std::size_t kMeasuredMax = 2'000;
constexpr std::int64_t kDayMs = 86'400'000;

struct Metric {
    std::size_t column = 0;
    rules::Attribute of;
};

Result<Metric> metric(const rules::Registry& registry, const std::string& key, std::string_view field) {
    const auto column = registry.attribute(key);
    if (column) {
        const rules::Attribute& of = registry.attributes()[*column];
        if (of.type == rules::ValueType::Number || of.type == rules::ValueType::Moment) return Metric{*column, of};
    }
    return Error::invalid(std::string(field), "no_metric", "没有这个数值或时间属性", "there is no such number or moment",
                          "从列表中选择", "choose one of the list");
}

std::int64_t plain(const rules::Column& column, std::uint32_t person) {
    const auto* at =
        static_cast<const char*>(column.data) + std::size_t{person} * static_cast<std::size_t>(column.bytes);
    const auto as = [&]<class T>(T) -> std::int64_t {
        T value{};
        std::copy_n(at, sizeof value, reinterpret_cast<char*>(&value));
        return value == std::numeric_limits<T>::min() ? rules::kMissing : std::int64_t{value};
    };
    switch (column.bytes) {
        case 1: return as(std::int8_t{});
        case 2: return as(std::int16_t{});
        case 4: return as(std::int32_t{});
        default: return as(std::int64_t{});
    }
}

// As it stands; of moments how many whole days ago.
std::int64_t value_of(const Memory& memory, const Metric& one, std::uint32_t person, Instant now) {
    const std::int64_t value = plain(memory.attribute(one.column), person);
    if (value == rules::kMissing || one.of.type != rules::ValueType::Moment) return value;
    return value > now.ms ? 0 : (now.ms - value) / kDayMs;
}

rules::Node compare(const Metric& one, bool high, std::int64_t cut) {
    rules::Node node;
    node.kind = rules::Kind::Attribute;
    node.name = one.of.key;
    const bool moment = one.of.type == rules::ValueType::Moment;
    node.op = moment ? (high ? rules::Op::WithinLast : rules::Op::OlderThan) : (high ? rules::Op::Ge : rules::Op::Lt);
    rules::Literal value{rules::LiteralKind::Number, cut, moment ? 0 : one.of.decimals, {}};
    while (value.decimals > 0 && value.number % 10 == 0) {
        value.number /= 10;
        --value.decimals;
    }
    node.values.push_back(std::move(value));
    return node;
}

// The upper median, so that at least half stand at or above it. Of moments days, at least one: a rule needs whole days.
std::int64_t median(std::vector<std::int64_t> values, bool moment) {
    if (values.empty()) return moment ? 1 : 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return moment ? std::clamp<std::int64_t>(*middle, 1, 3'660) : *middle;
}

Result<Quadrants> quadrants(AudienceService& service, const Context& context, const QuadrantAsked& asked) {
    const Metric x = TRY(metric(service.engine().registry(), asked.x.str(), "x"));
    const Metric y = TRY(metric(service.engine().registry(), asked.y.str(), "y"));
    const Instant now = service.kernel().clock.now();
    const std::int64_t cell_min = service.kernel().settings.integer(context.tenant, kCellMin);
    Quadrants out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        std::vector<std::int64_t> of_x;
        std::vector<std::int64_t> of_y;
        const auto people = visible_to(memory, context).to_vector();
        out.people = static_cast<std::int64_t>(people.size());
        for (const std::uint32_t person : people) {
            const std::int64_t a = value_of(memory, x, person, now);
            const std::int64_t b = value_of(memory, y, person, now);
            if (a == rules::kMissing || b == rules::kMissing) {
                ++out.unknown;
                continue;
            }
            of_x.push_back(a);
            of_y.push_back(b);
        }
        out.x_cut = asked.x_cut.value_or(median(std::move(of_x), x.of.type == rules::ValueType::Moment));
        out.y_cut = asked.y_cut.value_or(median(std::move(of_y), y.of.type == rules::ValueType::Moment));
        return ok();
    }));
    std::vector<rules::Node> rules;
    for (const bool high_y : {true, false}) {
        for (const bool high_x : {true, false}) {
            rules.push_back(all_of({compare(x, high_x, out.x_cut), compare(y, high_y, out.y_cut)}));
            out.items.push_back({high_x, high_y, 0, false, {rules::to_json(rules.back()).print()}});
            // A cut that no rule can hold is refused with its place.
            TRY(rules::check(rules.back(), service.engine().registry()));
        }
    }
    const auto found = TRY(found_by(service, context, rules, now));
    for (std::size_t i = 0; i < found.size(); ++i) {
        out.items[i].people = static_cast<std::int64_t>(found[i].size());
        out.items[i].small = out.items[i].people > 0 && out.items[i].people < cell_min;
    }
    return out;
}

// ---- Clusters ----

struct Population {
    std::vector<CustomerId> people;  // by id: the same order whoever came first
    std::vector<Point> values;
    std::int64_t unknown = 0;
};

Result<Population> population(AudienceService& service, const Context& context, const std::vector<Metric>& metrics) {
    Population out;
    const Instant now = service.kernel().clock.now();
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        std::vector<std::pair<CustomerId, std::uint32_t>> all;
        for (const std::uint32_t person : visible_to(memory, context).to_vector())
            all.emplace_back(memory.customer_of(person), person);
        std::sort(all.begin(), all.end());
        for (const auto& [customer, person] : all) {
            Point point;
            for (const Metric& one : metrics) {
                const std::int64_t value = value_of(memory, one, person, now);
                if (value == rules::kMissing) break;
                const int decimals = one.of.type == rules::ValueType::Moment ? 0 : one.of.decimals;
                point.push_back(static_cast<double>(value) / std::pow(10.0, decimals));
            }
            if (point.size() < metrics.size()) {
                ++out.unknown;
                continue;
            }
            if (out.people.size() == kPointsMax) return {ErrorCode::LimitExceeded, "at most 200,000 people"};
            out.people.push_back(customer);
            out.values.push_back(std::move(point));
        }
        return ok();
    }));
    return out;
}

// Money and counts have long tails: nearness is judged by their magnitude, log(1 + |v|) with the sign kept.
std::vector<Point> scaled(std::vector<Point> points) {
    for (Point& point : points) {
        for (double& value : point) value = std::copysign(std::log1p(std::abs(value)), value);
    }
    standardize(points);
    return points;
}

std::vector<ClusterView> shown(const Population& of, const std::vector<Point>& points, const Clustering& clusters,
                               std::int64_t cell_min) {
    std::vector<ClusterView> out(clusters.centres.size());
    std::vector<std::vector<std::pair<double, std::size_t>>> near(out.size());
    for (ClusterView& one : out) one.centre.assign(of.values.front().size(), 0.0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        ClusterView& one = out[clusters.of[i]];
        ++one.people;
        double far = 0;
        for (std::size_t d = 0; d < points[i].size(); ++d) {
            one.centre[d] += of.values[i][d];
            far += std::pow(points[i][d] - clusters.centres[clusters.of[i]][d], 2);
        }
        near[clusters.of[i]].emplace_back(far, i);
    }
    for (std::size_t c = 0; c < out.size(); ++c) {
        for (double& value : out[c].centre) value /= static_cast<double>(out[c].people);
        out[c].small = out[c].people < cell_min;
        std::sort(near[c].begin(), near[c].end());
        for (std::size_t i = 0; i < std::min<std::size_t>(3, near[c].size()); ++i)
            out[c].nearest.push_back(of.people[near[c][i].second]);
    }
    return out;
}

Result<Clusters> clusters(AudienceService& service, const Context& context, const ClustersAsked& asked) {
    std::vector<Metric> metrics;
    for (const std::string& key : asked.attributes)
        metrics.push_back(TRY(metric(service.engine().registry(), key, "attributes")));
    if (metrics.size() < 2)
        return Error::invalid("attributes", "too_few", "至少两个", "two at least", "再选一个", "choose another one");
    // Tags are everybody's: who sees a part of the people only would take them from the others.
    if (asked.publish && (!context.may(kWrite) || !context.scope->all))
        return Error(ErrorCode::Forbidden, "publishing needs audience.write over everybody");
    const Population of = TRY(population(service, context, metrics));
    Clusters out;
    out.people = static_cast<std::int64_t>(of.people.size());
    out.unknown = of.unknown;
    out.seed = asked.seed ? asked.seed->value() : 1;
    if (of.people.empty()) return out;
    const auto points = scaled(of.values);
    const Clustering found =
        kmeans(points, static_cast<std::size_t>(asked.k.value()), static_cast<std::uint64_t>(out.seed));
    out.rounds = found.rounds;
    const Silhouette measured = silhouette(points, found, kMeasuredMax);
    out.silhouette = measured.mean;
    out.measured = measured.measured;
    out.items = shown(of, points, found, service.kernel().settings.integer(context.tenant, kCellMin));
    std::vector<Part> parts(found.centres.size());
    for (std::size_t c = 0; c < parts.size(); ++c) parts[c].name = std::to_string(c + 1);
    for (std::size_t i = 0; i < of.people.size(); ++i) parts[found.of[i]].people.push_back(of.people[i]);
    out.fingerprint = fingerprint_of(parts);
    if (!asked.publish) return out;
    const auto tags = TRY(publish(service, context,
                                  {asked.publish->str(), "k-means seed " + std::to_string(out.seed),
                                   TagClass::Modelled, std::nullopt, std::move(parts)}));
    for (std::size_t c = 0; c < out.items.size(); ++c) out.items[c].tag = tags.items[c].id;
    return out;
}

}  // namespace

void add_split_routes(AudienceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<QuadrantAsked, Quadrants>(
        Method::Post, "/api/v1/splits/quadrants", kRead,
        [&service](const Context& context, const QuadrantAsked& asked) { return quadrants(service, context, asked); },
        {.zh = "两个指标的四象限", .en = "Four quadrants on two metrics", .rows = {"SEG-10"}, .tag = "audience"});
    api.action<ClustersAsked, Clusters>(
        Method::Post, "/api/v1/splits/clusters", kRead,
        [&service](const Context& context, const ClustersAsked& asked) { return clusters(service, context, asked); },
        {.zh = "聚类分群（固定种子可复现，含轮廓系数）",
         .en = "Clusters by k-means: reproducible, with the silhouette",
         .rows = {"SEG-10"},
         .tag = "audience"});
}

}  // namespace tilth::audience
