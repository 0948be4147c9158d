#include "modules/audience/engine.h"

#include <chrono>

#include "base/hooks.h"
#include "platform/json/value.h"
#include "platform/log/log.h"

namespace tilth::audience {

namespace {

constexpr std::chrono::milliseconds kPoll{50};
constexpr std::chrono::milliseconds kPauseAfterFailure{1'000};
constexpr int kRows = 5'000;
constexpr std::size_t kEvents = 60'000;             // who is behind looks at each person once for more events
constexpr std::size_t kUnitsInFlight = 2;           // while one commits, what came meanwhile is evaluated
constexpr std::size_t kTransitionsAUnit = 2'000;  // three rows each
constexpr std::int64_t kScoringShare = 20;         // scoring everybody takes a twentieth of the time at most

using rules::Attribute;
using rules::Combine;
using rules::ValueType;

// Whoever was in when a set was made, or its rule was changed, did nothing to enter: nobody is told.
bool is_told(Cause cause) { return cause != Cause::Created && cause != Cause::RuleChanged && cause != Cause::Archived; }

}  // namespace

Engine::Engine(kernel::Kernel& kernel, const kernel::Activity& activity, org::Org& org,
               customer::Customers& customers, commerce::Orders& orders)
    : kernel_(kernel), activity_(activity), org_(org), customers_(customers), orders_(orders) {
    const auto add = [this](std::string_view key, std::string_view zh, std::string_view en, ValueType type,
                            int decimals, Combine combine) {
        MUST(registry_.add_attribute(
            {std::string(key), std::string(zh), std::string(en), type, decimals, {}}));
        combine_.push_back(combine);
    };
    // In the order of Column.
    add("customer.known", "已识别", "identified", ValueType::Flag, 0, Combine::Max);
    add("customer.member", "会员", "member", ValueType::Flag, 0, Combine::Max);
    add("customer.first_seen", "首次出现", "first seen", ValueType::Moment, 0, Combine::Min);
    add("order.count", "订单数", "orders", ValueType::Number, 0, Combine::Sum);
    add("order.net", "净消费", "net spend", ValueType::Number, 2, Combine::Sum);
    add("order.last_paid", "最近购买", "last purchase", ValueType::Moment, 0, Combine::Max);
    add("order.first_paid", "首次购买", "first purchase", ValueType::Moment, 0, Combine::Min);
    add("order.gap_days", "末次购买间隔天数", "days before last purchase", ValueType::Number, 0, Combine::Max);
    add("order.interval_days", "复购间隔天数", "own repurchase days", ValueType::Number, 0, Combine::Max);
    add("order.due", "预计下次购买", "next purchase due", ValueType::Moment, 0, Combine::Max);
    std::vector<rules::Choice> classes;
    for (const RfmWords& one : kRfmWords)
        classes.push_back({std::string(one.name), std::string(one.zh), std::string(one.en)});
    MUST(registry_.add_attribute({"rfm.class", "RFM类别", "RFM class", ValueType::Text, 0, std::move(classes)}));
    combine_.push_back(Combine::Max);
    add("rfm.r", "R得分", "R score", ValueType::Number, 0, Combine::Max);
    add("rfm.f", "F得分", "F score", ValueType::Number, 0, Combine::Max);
    add("rfm.m", "M得分", "M score", ValueType::Number, 0, Combine::Max);
    INVARIANT(combine_.size() == kOwnColumns, "the columns of memory.h");
    MUST(registry_.add_property({"amount", "金额", "amount", ValueType::Number, 2, {}}));
    MUST(registry_.add_property({"channel", "渠道", "channel", ValueType::Text, 0, {}}));
    MUST(registry_.add_property({"sku", "商品编码", "sku", ValueType::Text, 0, {}}));
    MUST(registry_.add_property({"name", "名称", "name", ValueType::Text, 0, {}}));
}

Status Engine::add_feed(rules::AttributeFeed& feed) {
    const auto attributes = feed.attributes();
    Feed one{&feed, combine_.size(), attributes.size()};
    for (const auto& fed : attributes) {
        TRY(registry_.add_attribute(fed.attribute));
        combine_.push_back(fed.combine);
    }
    feeds_.push_back(one);
    return ok();
}

// ---- Following ----

void Engine::run() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable()) return;
    stopping_ = false;
    thread_ = std::thread([this] { follow(); });
}

void Engine::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Engine::poke() {
    {
        const std::lock_guard lock(mutex_);
        poked_ = true;
    }
    wake_.notify_all();
}

void Engine::follow() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        poked_ = false;
        lock.unlock();
        const auto status = hooks::is_off("CDP-07") ? ok() : follow_all(false);
        if (!status)
            log::warn("audience.behind",
                      {{"code", info(status.error().code).name}, {"detail", status.error().detail}});
        lock.lock();
        wake_.wait_for(lock, status ? kPoll : kPauseAfterFailure, [&] { return stopping_ || (status && poked_); });
    }
}

Status Engine::catch_up() { return follow_all(true); }

Status Engine::follow_all(bool patient) {
    const std::lock_guard working(working_);
    patient_ = patient;
    for (const auto& one : org_.tenants()) {
        Tenant& at = tenant(one.id);
        while (TRY(step(one.id, at))) {
        }
        if (patient) TRY(wait_written(at, 0));
    }
    return ok();
}

Engine::Tenant& Engine::tenant(const TenantId& id) {
    const std::lock_guard lock(tenants_mutex_);
    auto& found = tenants_[id];
    if (!found) found = std::make_unique<Tenant>();
    return *found;
}

const Engine::Tenant* Engine::find(const TenantId& id) const {
    const std::lock_guard lock(tenants_mutex_);
    const auto found = tenants_.find(id);
    return found == tenants_.end() ? nullptr : found->second.get();
}

bool Engine::Read::any() const {
    return new_sets || !customers.empty() || !orders.empty() || !events.empty() || !assigned.empty() || !fed.empty();
}

// Of one snapshot: who is who first, then what they did.
Result<Engine::Read> Engine::read_feeds(kernel::View& view, const store::Position& from,
                                        const std::vector<std::int64_t>& feeds) {
    Read read;
    read.position = from;
    read.feeds = feeds;
    read.position.sets = TRY(store::sets_change(view.sql(), view.tenant()));
    read.new_sets = read.position.sets != from.sets;
    if (read.new_sets) read.sets = TRY(store::definitions(view.sql(), view.tenant()));
    read.customers = TRY(customers_.changed_since(view.sql(), view.tenant(), from.customers, kRows));
    if (!read.customers.empty()) read.position.customers = read.customers.back().change_no;
    read.more = read.customers.size() >= kRows;
    if (read.more) return read;
    read.orders = TRY(orders_.changed_since(view.sql(), view.tenant(), from.orders, kRows));
    if (!read.orders.empty()) read.position.orders = read.orders.back().change_no;
    TRY(read_events(view, from.events, read));
    auto assigned = TRY(store::assigned_since(view.sql(), view.tenant(), from.assigned, kRows));
    read.assigned = std::move(assigned.rows);
    read.position.assigned = assigned.position;
    read.more = read.more || read.orders.size() >= kRows || assigned.more;
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
        auto batch = TRY(feeds_[i].feed->changed_since(view.sql(), view.tenant(), feeds[i], kRows));
        const bool moved = batch.position != feeds[i];
        read.feeds[i] = batch.position;
        read.more = read.more || batch.more;
        if (moved) read.fed.emplace_back(i, std::move(batch));
    }
    return read;
}

// Up to what this snapshot holds, kEvents or a little more at a time: from memory, or else from the log.
Status Engine::read_events(kernel::View& view, std::int64_t after, Read& read) {
    read.events_after = after;
    const std::int64_t last = TRY(kernel::event_count(view.sql(), view.tenant()));
    if (last <= after) return ok();
    std::size_t taken = 0;
    for (auto& run : activity_.recent(view.tenant(), after)) {
        if (run.first > last || taken >= kEvents) break;
        taken += run.events->size();
        read.position.events = std::min(last, run.first + static_cast<std::int64_t>(run.events->size()) - 1);
        read.events.push_back(std::move(run));
    }
    if (taken == 0) {
        const auto logged = std::make_shared<std::vector<kernel::Event>>();
        std::int64_t first = 0;
        TRY(kernel::scan_events(view.sql(), view.tenant(), after,
                                [&](std::int64_t position, const kernel::Event& event) {
                                    if (logged->empty()) first = position;
                                    logged->push_back(event);
                                    read.position.events = position;
                                    return logged->size() < kEvents;
                                }));
        if (!logged->empty()) read.events.push_back({first, logged});
    }
    read.more = read.position.events < last;
    return ok();
}

Status Engine::apply(const TenantId& tenant, Tenant& at, Read& read) {
    Memory& memory = *at.memory;
    memory.tree(org_.nodes(tenant));
    memory.rfm_rule(audience::rfm_rule(kernel_.settings, tenant));
    if (read.new_sets) TRY(memory.define(read.sets));
    for (const auto& one : read.customers) memory.customer(one);
    for (const auto& one : read.orders) memory.order(one);
    for (const auto& run : read.events) {
        for (std::size_t i = 0; i < run.events->size(); ++i) {
            const std::int64_t position = run.first + static_cast<std::int64_t>(i);
            if (position > read.events_after && position <= read.position.events) memory.event((*run.events)[i]);
        }
    }
    for (const auto& one : read.assigned) memory.assign(one);
    for (const auto& [i, batch] : read.fed) {
        if (batch.whole) memory.clear_values(feeds_[i].first, feeds_[i].columns);
        for (const auto& row : batch.rows) memory.values(row.customer, feeds_[i].first, row.values);
    }
    at.position = read.position;
    at.feeds = read.feeds;
    return ok();
}

// At start: everything there is, then the members as the record has them; the first settle() compares.
Status Engine::load(const TenantId& tenant, Tenant& at) {
    at.position = {};
    at.feeds.assign(feeds_.size(), -1);
    at.memory = std::make_unique<Memory>(registry_, combine_, org_.calendar(tenant));
    at.fresh = true;
    return ok();
}

Result<bool> Engine::step(const TenantId& id, Tenant& at) {
    const Instant now = kernel_.clock.now();
    const auto context = kernel::Context::system(id, now);
    std::vector<std::pair<SetId, CustomerId>> members;
    Read read;
    TRY(wait_written(at, kUnitsInFlight));
    {
        if (!at.memory) {
            const std::unique_lock lock(at.mutex);
            TRY(load(id, at));
        }
        read = TRY(kernel_.record.read<Read>(context, [&](kernel::View& view) -> Result<Read> {
            Read found = TRY(read_feeds(view, at.position, at.feeds));
            if (at.fresh && !found.more) {
                members.clear();
                TRY(store::members(view.sql(), id,
                                   [&](const SetId& set, const CustomerId& one) { members.emplace_back(set, one); }));
            }
            return found;
        }));
    }
    std::vector<Transition> transitions;
    const bool any = read.any();
    {
        const std::unique_lock lock(at.mutex);
        const Status applied = apply(id, at, read);
        if (!applied) {
            at.memory.reset();
            return applied.error();
        }
        if (read.more && at.fresh) return true;
        for (const auto& [set, one] : members) at.memory->load_member(set, one);
        const std::int64_t begun = kernel_.clock.steady_ns();
        const bool scores = !at.memory->rfm_behind() || (!read.more && (patient_ || begun >= at.score_from));
        const bool scored = scores && at.memory->rfm_behind();
        transitions = at.memory->settle(now, at.fresh, scores);
        if (scored) {
            const std::int64_t end = kernel_.clock.steady_ns();
            at.score_from = end + kScoringShare * (end - begun);
        }
        at.fresh = false;
        at.as_of = now;
    }
    if (transitions.empty()) return read.more;
    write(id, at, std::move(transitions));
    return read.more || any;
}

Status Engine::wait_written(Tenant& at, std::size_t most) {
    std::unique_lock lock(at.writing->mutex);
    at.writing->landed.wait(lock, [&] { return at.writing->open <= (at.writing->failed ? 0 : most); });
    if (!at.writing->failed) return ok();
    const Error error = *std::exchange(at.writing->failed, std::nullopt);
    const std::unique_lock memory(at.mutex);
    at.memory.reset();
    return error;
}

namespace {

struct Portion {
    std::vector<Transition> transitions;
    std::map<std::pair<SetId, Day>, store::SizeChange> sizes;
    std::optional<store::Position> position;  // with the last portion of a pass
};

Status write_portion(kernel::Unit& unit, const Portion& portion, const BusinessCalendar& calendar) {
    for (const Transition& one : portion.transitions) {
        TRY(store::write(unit, one, calendar.day_of(one.at)));
        if (!is_told(one.cause)) continue;
        const std::string type = std::string(name_of(one.family)) + (one.entered ? ".entered" : ".left");
        TRY(unit.emit(type, one.customer.str(),
                      json::Value::object({{"set", one.set.str()},
                                           {"customer", one.customer.str()},
                                           {"at", to_iso(one.at)}})
                          .print()));
    }
    for (const auto& [key, size] : portion.sizes) TRY(store::write(unit, size));
    if (portion.position) TRY(store::write(unit, *portion.position));
    return ok();
}

}  // namespace

void Engine::write(const TenantId& id, Tenant& at, std::vector<Transition> transitions) {
    const BusinessCalendar calendar = org_.calendar(id);
    for (std::size_t begin = 0; begin < transitions.size(); begin += kTransitionsAUnit) {
        const std::size_t end = std::min(transitions.size(), begin + kTransitionsAUnit);
        const auto portion = std::make_shared<Portion>();
        for (std::size_t i = begin; i < end; ++i) {
            Transition& one = transitions[i];
            const Day day = calendar.day_of(one.at);
            store::SizeChange& size = portion->sizes[{one.set, day}];
            size.set = one.set;
            size.day = day;
            (one.entered ? size.entered : size.left) += 1;
            const sets::Bitmap* members = at.memory->members_of(one.set);
            size.people = members == nullptr ? 0 : static_cast<std::int64_t>(members->size());
            portion->transitions.push_back(std::move(one));
        }
        if (end == transitions.size()) portion->position = at.position;
        const auto writing = at.writing;
        {
            std::unique_lock lock(writing->mutex);
            writing->landed.wait(lock, [&] { return writing->open < kUnitsInFlight; });
            ++writing->open;
        }
        kernel_.record.submit(
            kernel::Context::system(id, kernel_.clock.now()),
            [portion, calendar, writing](kernel::Unit& unit) -> Status {
                {
                    const std::lock_guard lock(writing->mutex);
                    if (writing->failed) return *writing->failed;
                }
                return write_portion(unit, *portion, calendar);
            },
            [writing](const Status& status) {
                const std::lock_guard lock(writing->mutex);
                --writing->open;
                if (!status && !writing->failed) writing->failed = status.error();
                writing->landed.notify_all();
            });
    }
}

// ---- Questions ----

Status Engine::read(const TenantId& id, const std::function<Status(const Memory&, Instant)>& fn) const {
    const Tenant* at = find(id);
    if (at == nullptr) return {ErrorCode::Unavailable, "the audience is being read"};
    const std::shared_lock lock(at->mutex);
    if (!at->memory || at->fresh) return {ErrorCode::Unavailable, "the audience is being read"};
    return fn(*at->memory, at->as_of);
}

Status Engine::use(const TenantId& id, const std::function<Status(Memory&, Instant)>& fn) {
    Tenant& at = tenant(id);
    const std::unique_lock lock(at.mutex);
    if (!at.memory || at.fresh) return {ErrorCode::Unavailable, "the audience is being read"};
    return fn(*at.memory, at.as_of);
}

std::string Engine::state_hash(const TenantId& id) {
    std::string hash;
    const auto status = read(id, [&](const Memory& memory, Instant) {
        hash = memory.hash();
        return ok();
    });
    return status ? hash : std::string();
}

Status Engine::rebuild() {
    {
        const std::lock_guard working(working_);
        for (const auto& one : org_.tenants()) {
            Tenant& at = tenant(one.id);
            TRY(wait_written(at, 0));
            const std::unique_lock lock(at.mutex);
            at.memory.reset();
        }
    }
    return follow_all(true);
}

Status Engine::verify(const TenantId& id) {
    TRY(follow_all(true));
    const std::lock_guard working(working_);
    Tenant& at = tenant(id);
    TRY(wait_written(at, 0));
    const std::unique_lock lock(at.mutex);
    if (!at.memory) return {ErrorCode::Unavailable, "the audience is being read"};
    const auto wrong = at.memory->differing(at.as_of);
    if (!wrong.empty()) return {ErrorCode::Corrupt, "members differ from the rule of " + wrong.front().str()};
    std::map<SetId, std::uint64_t> stored;
    bool same = true;
    const auto context = kernel::Context::system(id, kernel_.clock.now());
    TRY(kernel_.record.read<bool>(context, [&](kernel::View& view) -> Result<bool> {
        TRY(store::members(view.sql(), id, [&](const SetId& set, const CustomerId& customer) {
            ++stored[set];
            const auto person = at.memory->person_of(customer);
            const sets::Bitmap* members = at.memory->members_of(set);
            same = same && person && members != nullptr && members->contains(*person) &&
                   at.memory->customer_of(*person) == customer;
        }));
        return true;
    }));
    for (const auto& [set, count] : stored) same = same && at.memory->members_of(set)->size() == count;
    return same ? ok() : Status(ErrorCode::Corrupt, "stored members differ from memory");
}

}  // namespace tilth::audience
