#include "modules/performance/service.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "modules/org/names/api.h"
#include "platform/log/log.h"

namespace tilth::performance {

namespace {

constexpr std::chrono::milliseconds kPoll{200};
constexpr std::chrono::milliseconds kPauseAfterFailure{2'000};
constexpr std::int32_t kDefaultDays = 30;
constexpr std::int32_t kPeriodDaysMax = 3'660;

std::string path_in(const std::string& directory) {
    return directory.empty() ? std::string() : directory + "/projection.duckdb";
}

void define_settings(kernel::Settings& settings) {
    const auto days = [&](std::string name, std::string value, std::int64_t most, std::string zh, std::string en) {
        settings.define({.name = std::move(name),
                         .kind = kernel::SettingKind::Integer,
                         .default_value = std::move(value),
                         .min = 1,
                         .max = most,
                         .choices = {},
                         .zh = std::move(zh),
                         .en = std::move(en)});
    };
    days("metric.active_days", "365", kYearDays, "活跃会员：近多少天内有购买",
         "Active member: a purchase within so many days");
    days("metric.sleeping_days", "180", 3'660, "沉睡会员：买过、但多少天没有再买",
         "Sleeping member: has bought, but not for so many days");
    const auto choice = [&](std::string name, std::vector<std::string> choices, std::string zh, std::string en) {
        settings.define({.name = std::move(name),
                         .kind = kernel::SettingKind::Choice,
                         .default_value = choices.front(),
                         .choices = choices,
                         .zh = std::move(zh),
                         .en = std::move(en)});
    };
    choice("metric.new_customer", {"anywhere", "here"}, "新客：首次购买在哪里", "New customer: where the first purchase was");
    settings.define({.name = std::string(kLinesSampled),
                     .kind = kernel::SettingKind::Flag,
                     .default_value = "false",
                     .choices = {},
                     .zh = "订单是小票行抽样：含金额与件数的指标带标记",
                     .en = "Orders are a sample of receipt lines: figures of money and pieces carry a mark"});
    choice("metric.net_sales", {"net_of_refunds", "received"}, "净销售额是否扣减退款", "Whether net sales are net of refunds");
    days("metric.receipts_per_day", "4", 100, "同一会员每天最多计几笔，超出为可疑",
         "Receipts of one member that count a day; more are suspect");
}

}  // namespace

PerformanceService::PerformanceService(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers,
                                       commerce::Orders& orders)
    : kernel_(kernel),
      org_(org),
      customers_(customers),
      projection_({kernel.record, org, customers, orders}, kernel.files, path_in(kernel.data_directory)) {
    define_settings(kernel.settings);
}

// ---- Following the record ----

void PerformanceService::run() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable()) return;
    stopping_ = false;
    thread_ = std::thread([this] { follow(); });
}

void PerformanceService::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stopping_changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void PerformanceService::follow() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const auto status = catch_up();
        if (!status)
            log::warn("performance.behind",
                      {{"code", info(status.error().code).name}, {"detail", status.error().detail}});
        lock.lock();
        stopping_changed_.wait_for(lock, status ? kPoll : kPauseAfterFailure, [this] { return stopping_; });
    }
}

// ---- Questions ----

Meanings PerformanceService::meanings(const TenantId& tenant) const {
    Meanings meanings;
    meanings.active_days = kernel_.settings.integer(tenant, "metric.active_days");
    meanings.sleeping_days = kernel_.settings.integer(tenant, "metric.sleeping_days");
    meanings.receipts_per_day = kernel_.settings.integer(tenant, "metric.receipts_per_day");
    meanings.rfm = audience::rfm_rule(kernel_.settings, tenant);
    meanings.new_at_nodes = kernel_.settings.text(tenant, "metric.new_customer") == "here";
    meanings.refunds_deducted = kernel_.settings.text(tenant, "metric.net_sales") == "net_of_refunds";
    meanings.lines_sampled = kernel_.settings.integer(tenant, kLinesSampled) != 0;
    return meanings;
}

Currency PerformanceService::currency(const TenantId& tenant) const {
    const auto found = org_.tenant(tenant);
    return found ? found->currency : Currency{};
}

Day PerformanceService::today(const kernel::Context& context) const {
    return org_.calendar(context.tenant).day_of(context.now);
}

Result<NodeSet> PerformanceService::nodes(const kernel::Context& context, const std::optional<OrgNodeId>& node,
                                          Reading reading) const {
    const kernel::Scope& scope = *context.scope;
    if (node && (!org_.node(context.tenant, *node) || !scope.covers(*node))) return Error(ErrorCode::NotFound, "node");
    // The root holds what belongs to no node, too.
    if (scope.all && (!node || *node == org_.root(context.tenant))) return NodeSet{};
    std::vector<OrgNodeId> wanted = node ? org_.subtree(context.tenant, *node) : scope.nodes;
    std::erase_if(wanted, [&scope](const OrgNodeId& one) { return !scope.covers(one); });
    NodeSet set = projection_.node_set(context.tenant, wanted);
    if (reading == Reading::Event)
        set.spans = spans(context.tenant, node ? std::vector{*node} : org_.tops(context), reading);
    return set;
}

std::vector<NodeSpan> PerformanceService::spans(const TenantId& tenant, const std::vector<OrgNodeId>& parts,
                                                Reading reading) const {
    constexpr Day kFirst{-1'000'000};
    constexpr Day kLast{10'000'000};
    std::vector<NodeSpan> found;
    const auto add = [&](const OrgNodeId& node, Day from, Day to, std::size_t part) {
        if (const auto number = projection_.number_of(tenant, node))
            found.push_back({*number, from, to, static_cast<std::int32_t>(part)});
    };
    if (reading == Reading::Today) {
        for (std::size_t i = 0; i < parts.size(); ++i)
            for (const OrgNodeId& below : org_.subtree(tenant, parts[i])) add(below, kFirst, kLast, i);
        return found;
    }
    std::map<OrgNodeId, std::size_t> place;
    for (std::size_t i = 0; i < parts.size(); ++i) place.emplace(parts[i], i);
    for (const org::Placed& one : org_.placed(tenant, parts)) add(one.node, one.from, one.to, place.at(one.top));
    return found;
}

Result<Frame> PerformanceService::frame(const kernel::Context& context, const std::optional<OrgNodeId>& node,
                                        Reading reading) const {
    return Frame {
        TRY(projection_.source(context.tenant))
        , meanings(context.tenant), TRY(nodes(context, node, reading))
    };
}

Result<std::optional<Slice>> PerformanceService::slice(const kernel::Context& context,
                                                       const std::optional<StaffId>& guide,
                                                       const std::optional<Text<1, 40>>& channel,
                                                       const std::optional<Text<1, 120>>& product) const {
    if (int{guide.has_value()} + int{channel.has_value()} + int{product.has_value()} > 1) {
        return Error::invalid(guide ? "guide" : "channel", "one_slice", "导购、渠道、商品只能选一种",
                              "Only one of guide, channel and product can be asked for", "去掉其余的",
                              "Leave the others out");
    }
    const auto term = [&](Cut cut, std::string_view key) {
        return std::optional(Slice{cut, projection_.term_of(context.tenant, cut, key)});
    };
    if (guide) {
        if (!org::staff_name(org_, context.tenant, *guide)) return Error(ErrorCode::NotFound, "guide");
        return term(Cut::Guide, guide->str());
    }
    if (channel) return term(Cut::Channel, channel->str());
    if (product) return term(Cut::Product, product->str());
    return std::optional<Slice>();
}

Result<Period> PerformanceService::period(const kernel::Context& context, const std::optional<Day>& from,
                                          const std::optional<Day>& to) const {
    const Day last = to.value_or(today(context) + -1);
    const Day first = from.value_or(last + (1 - kDefaultDays));
    if (first > last) {
        return Error::invalid("to", "before_from", "结束日早于开始日", "The period ends before it begins",
                              "交换两个日期", "Swap the two days");
    }
    if (last - first >= kPeriodDaysMax) {
        return Error::invalid("to", "too_long", "时间范围超过十年", "The period is longer than ten years",
                              "缩短时间范围", "Choose a shorter period");
    }
    return Period{first, last};
}

Result<std::shared_ptr<const RfmTable>> PerformanceService::rfm(const kernel::Context& context, const Source& source,
                                                                const std::optional<Day>& as_of,
                                                                const std::optional<RfmRule>& rule) {
    return rfm_.table(context.tenant, source, as_of.value_or(today(context) + -1),
                      rule.value_or(meanings(context.tenant).rfm));
}

}  // namespace tilth::performance
