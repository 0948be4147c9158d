#pragma once
// What rules ask about everybody of one tenant, in memory: people as columns, events, orders, sets with their members.
// Feeds change it; settle() says who entered and left. One thread writes while nobody reads; const calls: any thread.

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "kernel/behaviour/index/from_log.h"
#include "kernel/rules/feed.h"
#include "kernel/rules/plan.h"
#include "modules/audience/definition.h"
#include "modules/audience/purchases.h"
#include "modules/audience/rfm/rules.h"

namespace tilth::audience {

namespace rules = kernel::rules;

// The columns that this module fills itself; those of feeds come behind. From kOrders on they are of the person as a
// whole, not combined from its customers.
enum Column : std::size_t {
    kKnown, kMember, kFirstSeen,
    kOrders, kNet, kLastPaid, kFirstPaid, kGapDays, kIntervalDays, kDue,
    kRfmClass, kRfmR, kRfmF, kRfmM,
    kOwnColumns,
};
inline constexpr std::size_t kOfOrders = kDue - kOrders + 1;
inline constexpr std::size_t kOfRfm = kRfmM - kRfmClass + 1;
inline constexpr std::string_view kOrderPaid = "order.paid";
inline constexpr std::string_view kOrderReturned = "order.returned";

struct Assignment {
    SetId set;
    CustomerId customer;
    std::optional<Instant> expires_at;
    bool removed = false;
};

class Memory final : public rules::People, public rules::EventSource {
public:
    Memory(const rules::Registry& registry, std::vector<rules::Combine> combine, BusinessCalendar calendar);

    // ---- Facts; each notes whose rules to look at ----
    void customer(const customer::Customers::Dimension& one);
    void event(const kernel::Event& event);
    void order(const commerce::Orders::Change& change);
    void values(const CustomerId& customer, std::size_t first_column, const std::vector<std::int64_t>& values);
    void clear_values(std::size_t first_column, std::size_t columns);
    void assign(const Assignment& one);
    void tree(const std::vector<org::OrgNode>& nodes);
    // Sets that are new, or whose rule is, are filled at the next settle(). Corrupt: a rule that no longer compiles.
    Status define(const std::vector<Definition>& sets);
    // Membership as the record has it, at start, before the first settle().
    void load_member(const SetId& set, const CustomerId& customer);

    // How the tenant scores; another rule than before is applied at the next settle().
    void rfm_rule(const RfmRule& rule);
    // True when scores are behind what happened to orders of earlier days: settle() may be asked to leave them so for a
    // moment, for scoring looks at everybody.
    bool rfm_behind() const { return rfm_behind_; }

    // Brings every membership to `now`: moments that have come first, in their order, then what the facts touched.
    // At the start (`whole`) everything is compared.
    std::vector<Transition> settle(Instant now, bool whole, bool scores = true);
    Instant next_wake() const;

    // ---- Questions ----
    Result<rules::Plan> compile(const rules::Node& rule);  // writes: new names get codes
    // Before all() of a rule that names parts of the organisation.
    void prepare(const rules::Plan& plan);
    sets::Bitmap people_of(const rules::Plan& plan, Instant now) const { return plan.all(*this, now); }
    bool holds(const rules::Plan& plan, std::uint32_t person, Instant now) const;
    std::vector<Condition> conditions(const SetId& set, std::uint32_t person, Instant now) const;
    const sets::Bitmap* members_of(const SetId& set) const;
    sets::Bitmap visible(const kernel::Scope& scope) const;  // people whose home the scope covers
    bool sees(const kernel::Scope& scope, std::uint32_t person) const;
    sets::Bitmap flagged(std::size_t column) const;  // people whose flag is 1
    std::optional<std::uint32_t> person_of(const CustomerId& customer) const;
    Purchases purchases(std::uint32_t person, Instant until) const;
    std::int64_t value(std::size_t column, std::uint32_t person) const { return person_values_[column][person]; }
    // Known people with a sale in the window that ends with this day, by ordinal, and the scale that they make.
    struct Scored {
        std::vector<RfmMeasures> people;
        RfmScale scale;
    };
    Scored rfm_at(Day as_of) const;
    const CustomerId& customer_of(std::uint32_t slot) const { return customers_[slot]; }
    std::vector<CustomerId> customers_of(std::uint32_t person) const;
    std::vector<std::string> event_types() const;
    std::string hash() const;
    // The sets whose members are not what their rules say at `now`.
    std::vector<SetId> differing(Instant now);

    // ---- rules::People ----
    std::uint32_t size() const override { return static_cast<std::uint32_t>(customers_.size()); }
    void persons(std::size_t block, rules::BlockSet out) const override;
    rules::Column attribute(std::size_t column) const override { return {person_values_[column].data(), 8}; }
    const sets::Bitmap* members(rules::MemberKind kind, const std::string& name) const override;
    const rules::EventSource& events() const override { return *this; }
    // ---- rules::EventSource: the log and the orders ----
    void count(std::size_t block, rules::ConstBlockSet domain, const rules::EventRange& range,
               std::span<std::uint32_t> counts) const override;
    void gather(std::size_t block, rules::ConstBlockSet domain, const rules::EventRange& range,
                const PersonFn& fn) const override;

private:
    struct Touch {
        Cause cause = Cause::Event;
        bool all = false;
        std::vector<std::uint32_t> types = {};
        std::vector<std::size_t> columns = {};
        std::vector<std::pair<rules::MemberKind, std::string>> members = {};
    };
    struct Part {
        std::string zh;
        std::string en;
        rules::Plan plan;
    };
    struct Set {
        Definition of;
        rules::MemberKind kind = rules::MemberKind::Segment;
        std::optional<rules::Plan> plan;
        rules::Plan::Touches touches;
        rules::Plan::Trend trend = rules::Plan::Trend::Either;
        std::vector<Part> parts;
        std::unordered_map<std::uint32_t, std::int64_t> assigned;  // by slot: until when
        sets::Bitmap members;
        bool fresh = true;
        Cause fresh_cause = Cause::Created;
    };
    class View;
    friend class View;
    // All events of a person who did much, by time, and by type: gathering them at every event would cost too much.
    struct Kept {
        std::vector<rules::PlainEvent> all;
        std::vector<std::pair<std::uint32_t, std::vector<rules::PlainEvent>>> by_type;  // few types
        std::vector<rules::PlainEvent>& of(std::uint32_t type);
        void add(const rules::PlainEvent& one);
    };
    static constexpr std::size_t kKeptFrom = 256;
    static constexpr std::size_t kKeptMax = 2'000'000;  // events of all together, 96 bytes each; then begun anew
    // A bit for each of sets_, in their order.
    using SetMask = std::vector<std::uint64_t>;
    // Which rules ask for a fact.
    struct Asking {
        SetMask all;
        SetMask any_type;
        std::vector<SetMask> needing;  // of those with fewer than 2^i events
        std::unordered_map<std::uint32_t, SetMask> types;
        std::unordered_map<std::size_t, SetMask> columns;
        std::map<std::pair<rules::MemberKind, std::string>, SetMask> members;
    };

    std::uint32_t slot_of(const CustomerId& customer);
    void regroup(std::int64_t key);
    void combine(std::uint32_t person);
    void count_orders(std::uint32_t person);
    bool has_orders(std::int64_t key) const;
    // Scores everybody as of the day before; who has another score or class than before.
    std::vector<std::uint32_t> score(Day as_of);
    void begin_day(Day day, std::vector<Transition>& out);
    Touch& touch(std::uint32_t slot, Cause cause);
    bool is_person(std::uint32_t slot) const { return groups_[slot] != nullptr && rep_[slot] == slot; }
    const std::vector<std::uint32_t>& slots_of(std::uint32_t person) const { return *groups_[person]; }
    std::vector<rules::PlainEvent> orders_of(std::uint32_t person) const;
    std::vector<rules::PlainEvent> latest(std::uint32_t person, std::size_t count) const;  // events and orders
    bool is_order_type(std::uint32_t type) const { return type == order_codes_.paid || type == order_codes_.returned; }
    bool in_org(std::uint32_t person, const std::string& name) const;
    std::set<std::int32_t> named_nodes(const std::string& name) const;
    std::int32_t home_of(std::uint32_t person) const;
    void index_sets();
    SetMask asking(const Touch& touch) const;
    std::size_t most_events(std::uint32_t person) const;
    void keep(std::uint32_t person);
    void forget_kept(std::uint32_t person);
    rules::Plan::Verdict judge(const Set& set, const View& view, Instant now) const;
    void evaluate(std::uint32_t slot, Instant now, const Touch& touch, std::vector<Transition>& out);
    void fill(Set& set, Instant now, std::vector<Transition>& out);
    sets::Bitmap all(const Set& set, Instant now);
    void flip(Set& set, std::uint32_t slot, bool entered, Instant now, Cause cause, std::vector<Transition>& out);
    void wake_at(std::uint32_t slot, Instant due, bool replace);
    Status compile(Set& set);

    const rules::Registry& registry_;
    std::vector<rules::Combine> combine_;
    BusinessCalendar calendar_;
    rules::Codes codes_;
    OrderCodes order_codes_;
    kernel::BehaviourIndex index_;

    std::vector<CustomerId> customers_;  // by slot
    std::unordered_map<CustomerId, std::uint32_t> slots_;
    std::vector<std::int64_t> keys_;                       // of the person; -1: none yet, or removed
    std::vector<std::uint32_t> rep_;                       // the slot of the person's oldest customer
    std::vector<std::vector<std::uint32_t>*> groups_;      // the person's slots; null: nobody
    std::unordered_map<std::int64_t, std::vector<std::uint32_t>> by_key_;
    std::vector<std::int32_t> homes_;                      // by slot; -1: none
    std::vector<std::uint32_t> logged_;                    // by slot: not fewer than it has events in the index
    std::vector<std::vector<std::int64_t>> own_values_;    // by column, then slot
    std::vector<std::vector<std::int64_t>> person_values_;
    std::unordered_map<OrgNodeId, std::int32_t> node_numbers_;
    std::vector<OrgNodeId> node_ids_;
    std::vector<org::OrgNode> nodes_;
    std::map<std::string, std::set<std::int32_t>, std::less<>> nodes_named_;  // of the rules compiled
    std::map<std::string, sets::Bitmap, std::less<>> org_members_;

    std::unordered_map<std::uint32_t, Kept> kept_;  // by person
    std::size_t kept_events_ = 0;

    struct Sale {
        std::uint32_t slot = 0;
        rules::PlainEvent event;
    };
    std::unordered_map<OrderId, Sale> sales_;
    std::unordered_map<std::uint32_t, std::map<OrderId, rules::PlainEvent>> sales_of_;  // by slot
    RfmRule rfm_rule_;
    std::optional<Day> scored_as_of_;
    bool rfm_behind_ = true;
    std::set<std::uint32_t> uncounted_;  // persons whose columns of orders are behind; settle() begins with them

    std::vector<std::unique_ptr<Set>> sets_;  // what a rule asks for stands before it
    std::map<std::pair<rules::MemberKind, std::string>, Set*> named_;
    std::map<SetId, Set*> by_id_;
    Asking asking_;
    std::unordered_map<std::uint32_t, Touch> touched_;  // settled in the order of slots
    std::vector<std::int64_t> due_;           // by slot
    std::set<std::pair<std::int64_t, std::uint32_t>> wakes_;
};

}  // namespace tilth::audience
