// Facts: what the feeds bring, and whose rules to look at because of it.

#include "modules/audience/memory.h"

#include <algorithm>

#include "kernel/rules/json.h"
#include "kernel/rules/text.h"

namespace tilth::audience {

using kernel::rules::kMissing;

Memory::Memory(const rules::Registry& registry, std::vector<rules::Combine> combine, BusinessCalendar calendar)
    : registry_(registry), combine_(std::move(combine)), calendar_(std::move(calendar)) {
    INVARIANT(combine_.size() == registry_.attributes().size(), "every attribute says how customers make a person");
    own_values_.resize(combine_.size());
    person_values_.resize(combine_.size());
    order_codes_ = {codes_.types.code(kOrderPaid), codes_.types.code(kOrderReturned),
                    registry_.property("amount").value_or(0)};
}

std::uint32_t Memory::slot_of(const CustomerId& customer) {
    const auto [at, fresh] = slots_.try_emplace(customer, static_cast<std::uint32_t>(customers_.size()));
    if (!fresh) return at->second;
    customers_.push_back(customer);
    keys_.push_back(-1);
    rep_.push_back(at->second);
    groups_.push_back(nullptr);
    homes_.push_back(-1);
    logged_.push_back(0);
    due_.push_back(Instant::never().ms);
    for (auto& column : own_values_) column.push_back(kMissing);
    for (auto& column : person_values_) column.push_back(kMissing);
    return at->second;
}

Memory::Touch& Memory::touch(std::uint32_t slot, Cause cause) {
    const auto [at, fresh] = touched_.try_emplace(rep_[slot], Touch{.cause = cause});
    // Who is who explains more than what came along with it.
    if (cause == Cause::Merge || cause == Cause::Unmerge) at->second.cause = cause;
    return at->second;
}

// ---- Who is who ----

void Memory::customer(const customer::Customers::Dimension& one) {
    const std::uint32_t slot = slot_of(one.customer);
    const std::int64_t before = keys_[slot];
    const std::uint32_t rep_before = rep_[slot];
    const std::int64_t key = one.removed ? -1 : std::int64_t{one.person_ordinal} * 2 + (one.known ? 1 : 0);
    own_values_[kKnown][slot] = one.removed ? kMissing : std::int64_t{one.known};
    own_values_[kMember][slot] = one.removed ? kMissing : std::int64_t{one.member};
    own_values_[kFirstSeen][slot] = one.removed ? kMissing : one.first_seen.ms;
    homes_[slot] = -1;
    if (one.home_node && !one.removed) {
        const auto [at, fresh] = node_numbers_.try_emplace(*one.home_node, static_cast<std::int32_t>(node_ids_.size()));
        if (fresh) node_ids_.push_back(*one.home_node);
        homes_[slot] = at->second;
    }
    const std::uint32_t old_rep = rep_[slot];
    if (before != key && before >= 0) {
        auto& left = by_key_[before];
        std::erase(left, slot);
        groups_[slot] = nullptr;
        rep_[slot] = slot;
        regroup(before);
        if (!by_key_.at(before).empty()) touch(by_key_.at(before).front(), Cause::Unmerge).all = true;
        touch(old_rep, Cause::Merge).all = true;
    }
    keys_[slot] = key;
    if (key >= 0) {
        auto& group = by_key_[key];
        if (before != key) group.push_back(slot);
        regroup(key);
    } else {
        groups_[slot] = nullptr;
    }
    const bool moved = before >= 0 && before != key;
    // Whose orders are whose, and which slot stands for the person, is what scores hang on.
    if ((before != key || rep_[slot] != rep_before) && (has_orders(before) || has_orders(key))) rfm_behind_ = true;
    touch(slot, moved ? (key >= 0 && groups_[slot]->size() == 1 ? Cause::Unmerge : Cause::Merge) : Cause::Profile).all =
        true;
    if (rep_[slot] != slot) {
        touched_.try_emplace(slot, Touch{.cause = Cause::Merge}).first->second.all = true;
    }
}

// The person's slot is that of its oldest customer; the others are nobody while they belong to it.
void Memory::regroup(std::int64_t key) {
    auto& group = by_key_[key];
    std::vector<std::uint32_t> before;
    for (const std::uint32_t slot : group) {
        if (groups_[slot] == &group && rep_[slot] == slot) before.push_back(slot);
    }
    std::sort(group.begin(), group.end(), [this](std::uint32_t a, std::uint32_t b) {
        return std::pair(own_values_[kFirstSeen][a], customers_[a]) <
               std::pair(own_values_[kFirstSeen][b], customers_[b]);
    });
    for (const std::uint32_t slot : before) index_.link(slot, {});
    if (group.empty()) return;
    const std::uint32_t first = group.front();
    for (const std::uint32_t slot : group) {
        if (rep_[slot] == slot && slot != first && groups_[slot] == &group)
            touched_.try_emplace(slot, Touch{.cause = Cause::Merge}).first->second.all = true;
        rep_[slot] = first;
        groups_[slot] = &group;
        if (slot != first) {
            for (auto& column : person_values_) column[slot] = kMissing;
        }
    }
    if (group.size() > 1) index_.link(first, group);
    combine(first);
}

void Memory::combine(std::uint32_t person) {
    if (!is_person(person)) return;
    uncounted_.insert(person);
    for (std::size_t column = 0; column < combine_.size(); ++column) {
        if (column >= kOrders && column < kOwnColumns) continue;  // of the person as a whole
        std::int64_t made = kMissing;
        for (const std::uint32_t slot : slots_of(person)) {
            const std::int64_t value = own_values_[column][slot];
            if (value == kMissing) continue;
            if (made == kMissing) made = value;
            else if (combine_[column] == rules::Combine::Sum) made += value;
            else made = combine_[column] == rules::Combine::Max ? std::max(made, value) : std::min(made, value);
        }
        person_values_[column][person] = made;
    }
}

// ---- What they did ----

void Memory::event(const kernel::Event& event) {
    const std::uint32_t slot = slot_of(event.customer);
    const kernel::IndexedEvent one = kernel::to_indexed(event, registry_, codes_, slot);
    index_.append(std::span(&one, 1));
    ++logged_[slot];
    if (const auto kept = kept_.find(rep_[slot]); kept != kept_.end()) {
        kept->second.add(one.event);
        ++kept_events_;
    }
    auto& types = touch(slot, Cause::Event).types;
    if (std::find(types.begin(), types.end(), one.event.type) == types.end()) types.push_back(one.event.type);
    if (index_.tail_events() > kernel::BehaviourIndex::kTailMax) index_.seal();
}

void Memory::order(const commerce::Orders::Change& change) {
    const commerce::OrderView& order = change.order;
    std::vector<std::uint32_t> slots;
    const auto scored_before = [this](std::int64_t time) {
        return scored_as_of_ && calendar_.day_of({time}) <= *scored_as_of_;
    };
    if (const auto was = sales_.find(order.id); was != sales_.end()) {
        rfm_behind_ = rfm_behind_ || scored_before(was->second.event.time);
        slots.push_back(was->second.slot);
        sales_of_[was->second.slot].erase(order.id);
        sales_.erase(was);
    }
    if (!change.removed && order.customer && order.kind != commerce::OrderKind::Adjustment) {
        Sale sale;
        sale.slot = slot_of(*order.customer);
        sale.event.time = order.paid_at.ms;
        sale.event.type = order.kind == commerce::OrderKind::Sale ? order_codes_.paid : order_codes_.returned;
        sale.event.properties[order_codes_.amount] = order.net_minor;
        if (const auto channel = registry_.property("channel"))
            sale.event.properties[*channel] = codes_.texts.code(order.channel);
        slots.push_back(sale.slot);
        rfm_behind_ = rfm_behind_ || scored_before(sale.event.time);
        sales_of_[sale.slot][order.id] = sale.event;
        sales_.emplace(order.id, sale);
    }
    for (const std::uint32_t slot : slots) {
        uncounted_.insert(rep_[slot]);
        Touch& touched = touch(slot, Cause::Order);
        touched.types.insert(touched.types.end(), {order_codes_.paid, order_codes_.returned});
        for (std::size_t column = kOrders; column <= kDue; ++column) touched.columns.push_back(column);
    }
}

bool Memory::has_orders(std::int64_t key) const {
    const auto group = by_key_.find(key);
    if (group == by_key_.end()) return false;
    return std::any_of(group->second.begin(), group->second.end(), [this](std::uint32_t slot) {
        const auto sales = sales_of_.find(slot);
        return sales != sales_of_.end() && !sales->second.empty();
    });
}

void Memory::count_orders(std::uint32_t person) {
    if (!is_person(person)) return;
    const Purchases of = purchases(person, Instant::never());
    const std::int64_t values[kOfOrders] = {of.orders,   of.net,           of.last, of.first,
                                            of.gap_days, of.interval_days, of.due};
    for (std::size_t i = 0; i < kOfOrders; ++i) person_values_[kOrders + i][person] = values[i];
}

void Memory::values(const CustomerId& customer, std::size_t first_column, const std::vector<std::int64_t>& values) {
    const std::uint32_t slot = slot_of(customer);
    Touch* touched = nullptr;
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::int64_t value = values[i];
        const rules::Attribute& attribute = registry_.attributes()[first_column + i];
        if (attribute.type == rules::ValueType::Text && value != kMissing)
            value = codes_.texts.code(attribute.values.at(static_cast<std::size_t>(value)).code);
        if (own_values_[first_column + i][slot] == value) continue;
        own_values_[first_column + i][slot] = value;
        if (touched == nullptr) touched = &touch(slot, Cause::Profile);
        touched->columns.push_back(first_column + i);
    }
    if (touched != nullptr) combine(rep_[slot]);
}

void Memory::clear_values(std::size_t first_column, std::size_t columns) {
    const std::vector<std::int64_t> none(columns, kMissing);
    for (std::uint32_t slot = 0; slot < size(); ++slot) values(customers_[slot], first_column, none);
}

void Memory::assign(const Assignment& one) {
    const std::uint32_t slot = slot_of(one.customer);
    const auto found = by_id_.find(one.set);
    if (found == by_id_.end()) return;
    Set& set = *found->second;
    if (one.removed) set.assigned.erase(slot);
    else set.assigned[slot] = one.expires_at.value_or(Instant::never()).ms;
    touch(slot, Cause::ByHand).members.emplace_back(set.kind, set.of.name);
}

// ---- The organisation ----

void Memory::tree(const std::vector<org::OrgNode>& nodes) {
    for (const org::OrgNode& node : nodes) {
        const auto [at, fresh] = node_numbers_.try_emplace(node.id, static_cast<std::int32_t>(node_ids_.size()));
        if (fresh) node_ids_.push_back(node.id);
    }
    const auto plain = [](const std::vector<org::OrgNode>& of) {
        std::vector<std::tuple<OrgNodeId, std::optional<OrgNodeId>, std::string, std::string>> out;
        for (const auto& node : of) out.emplace_back(node.id, node.parent, node.code, node.name);
        return out;
    };
    if (plain(nodes) == plain(nodes_)) return;
    nodes_ = nodes;
    for (auto& [name, found] : nodes_named_) found = named_nodes(name);
    for (const auto& set : sets_) {
        const auto& asked = set->touches.members;
        if (std::any_of(asked.begin(), asked.end(),
                        [](const auto& one) { return one.first == rules::MemberKind::Org; })) {
            set->fresh = true;
            set->fresh_cause = Cause::Profile;
        }
    }
}

// By code, else by name, with everything below.
std::set<std::int32_t> Memory::named_nodes(const std::string& name) const {
    std::vector<OrgNodeId> open;
    for (const auto& node : nodes_) {
        if (node.code == name || node.name == name) open.push_back(node.id);
    }
    std::set<std::int32_t> found;
    while (!open.empty()) {
        const OrgNodeId at = open.back();
        open.pop_back();
        if (!found.insert(node_numbers_.at(at)).second) continue;
        for (const auto& node : nodes_) {
            if (node.parent == at) open.push_back(node.id);
        }
    }
    return found;
}

// ---- Definitions ----

std::vector<std::pair<rules::MemberKind, std::string>> names_in(const rules::Node& rule) {
    std::vector<std::pair<rules::MemberKind, std::string>> found;
    if (rule.kind == rules::Kind::Member) found.emplace_back(rule.member, rule.name);
    for (const auto& child : rule.children) {
        auto below = names_in(child);
        found.insert(found.end(), std::make_move_iterator(below.begin()), std::make_move_iterator(below.end()));
    }
    return found;
}

Result<rules::Plan> Memory::compile(const rules::Node& rule) {
    for (const auto& [kind, name] : names_in(rule)) {
        if (kind == rules::MemberKind::Org && !nodes_named_.contains(name)) nodes_named_[name] = named_nodes(name);
    }
    return rules::Plan::compile(rule, registry_, codes_, calendar_);
}

// "not in stage …": how a stage leaves people to those that come after it (lifecycle/). No reason for anything.
static bool is_later_stage(const rules::Node& part) {
    return part.kind == rules::Kind::Not && part.children.front().kind == rules::Kind::Member &&
           part.children.front().member == rules::MemberKind::Stage;
}

Status Memory::compile(Set& set) {
    set.plan.reset();
    set.parts.clear();
    set.touches = {};
    if (set.of.mode() == Mode::Static) return ok();
    const auto json = TRY(json::Value::parse(set.of.rule));
    const rules::Node rule = TRY(rules::from_json(json));
    set.plan = TRY(compile(rule));
    set.touches = set.plan->touches();
    set.trend = set.plan->trend();
    const bool list = rule.kind == rules::Kind::All || rule.kind == rules::Kind::Any;
    const std::vector<rules::Node> parts = list ? rule.children : std::vector{rule};
    for (const auto& part : parts) {
        if (set.of.family == Family::Stage && is_later_stage(part)) continue;
        set.parts.push_back({rules::print(part, registry_, rules::Language::Zh),
                             rules::print(part, registry_, rules::Language::En), TRY(compile(part))});
    }
    return ok();
}

Status Memory::define(const std::vector<Definition>& sets) {
    std::map<SetId, std::unique_ptr<Set>> old;
    for (auto& set : sets_) old.emplace(set->of.id, std::move(set));
    std::vector<std::unique_ptr<Set>> open;
    for (const Definition& one : sets) {
        auto& was = old[one.id];
        auto set = std::move(was);
        const bool changed = !set || set->of.version != one.version || set->of.archived_at != one.archived_at;
        if (!set) set = std::make_unique<Set>();
        else if (changed) set->fresh_cause = one.archived_at ? Cause::Archived : Cause::RuleChanged;
        set->fresh = set->fresh || changed;
        set->of = one;
        set->kind = member_kind(one.family);
        if (changed) TRY(compile(*set));
        open.push_back(std::move(set));
    }
    named_.clear();
    by_id_.clear();
    for (const auto& set : open) {
        by_id_[set->of.id] = set.get();
        if (!set->of.archived_at) named_[{set->kind, set->of.name}] = set.get();
    }
    // What a rule asks for comes before it; a circle was refused when it was written.
    sets_.clear();
    std::set<Set*> placed;
    while (!open.empty()) {
        const std::size_t before = open.size();
        for (auto& set : open) {
            const auto waits = [&](const auto& asked) {
                const auto found = named_.find(asked);
                return found != named_.end() && found->second != set.get() && !placed.contains(found->second);
            };
            if (std::any_of(set->touches.members.begin(), set->touches.members.end(), waits)) continue;
            for (const auto& asked : set->touches.members) {
                const auto found = named_.find(asked);
                if (found == named_.end() || !found->second->fresh || set->fresh) continue;
                set->fresh = true;
                set->fresh_cause = asked.first == rules::MemberKind::Tag     ? Cause::Tag
                                   : asked.first == rules::MemberKind::Stage ? Cause::Stage
                                                                             : Cause::Segment;
            }
            placed.insert(set.get());
            sets_.push_back(std::move(set));
        }
        std::erase(open, nullptr);
        if (open.size() == before) return {ErrorCode::Corrupt, "rules ask for each other"};
    }
    index_sets();
    return ok();
}

void Memory::load_member(const SetId& set, const CustomerId& customer) {
    if (const auto found = by_id_.find(set); found != by_id_.end()) found->second->members.add(slot_of(customer));
}

}  // namespace tilth::audience
