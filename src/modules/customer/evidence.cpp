#include "modules/customer/evidence.h"

#include <algorithm>
#include <unordered_set>

namespace tilth::customer {

// ---- Links ----

void LinkGraph::add(const LinkFact& link) {
    const auto at = static_cast<std::uint32_t>(links_.size());
    links_.push_back(link);
    by_number_.emplace(link.number, at);
    of_[link.a].push_back(at);
    of_[link.b].push_back(at);
    map_.on_undo([this] {
        const LinkFact& last = links_.back();
        by_number_.erase(last.number);
        for (const Place end : {last.a, last.b}) {
            const auto entry = of_.find(end);
            entry->second.pop_back();
            if (entry->second.empty()) of_.erase(entry);
        }
        links_.pop_back();
    });
}

void LinkGraph::set_state(std::int64_t number, LinkState state) {
    const std::uint32_t at = by_number_.at(number);
    map_.on_undo([this, at, before = links_[at].state] { links_[at].state = before; });
    links_[at].state = state;
}

const LinkFact* LinkGraph::find(std::int64_t number) const {
    const auto at = by_number_.find(number);
    return at == by_number_.end() ? nullptr : &links_[at->second];
}

std::vector<Place> LinkGraph::reach(Place start) const {
    std::vector<Place> found{start};
    std::unordered_set<Place> seen{start};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto links = of_.find(found[i]);
        if (links == of_.end()) continue;
        for (const std::uint32_t at : links->second) {
            if (links_[at].state != LinkState::Active) continue;
            const Place other = links_[at].a == found[i] ? links_[at].b : links_[at].a;
            if (seen.insert(other).second) found.push_back(other);
        }
    }
    return found;
}

bool LinkGraph::has_active(Place place) const {
    const auto links = of_.find(place);
    return links != of_.end() && std::any_of(links->second.begin(), links->second.end(), [&](std::uint32_t at) {
               return links_[at].state == LinkState::Active;
           });
}

std::vector<LinkFact> LinkGraph::active_among(const std::vector<Place>& places) const {
    std::map<std::int64_t, LinkFact> found;
    for (const Place place : places) {
        const auto links = of_.find(place);
        if (links == of_.end()) continue;
        for (const std::uint32_t at : links->second) {
            if (links_[at].state == LinkState::Active) found.emplace(links_[at].number, links_[at]);
        }
    }
    std::vector<LinkFact> all;
    for (const auto& [_, link] : found) all.push_back(link);
    return all;
}

bool LinkGraph::separated(Place person_a, Place person_b) const {
    if (of_.empty()) return false;
    const Place other = map_.state(person_b).leader;
    for (const Place member : map_.members(person_a)) {
        const auto links = of_.find(member);
        if (links == of_.end()) continue;
        for (const std::uint32_t at : links->second) {
            if (links_[at].state != LinkState::Separated) continue;
            const Place far = links_[at].a == member ? links_[at].b : links_[at].a;
            if (map_.state(far).leader == other) return true;
        }
    }
    return false;
}

std::vector<LinkFact> LinkGraph::active_of(std::uint32_t source, std::size_t limit) const {
    std::vector<LinkFact> found;
    for (const LinkFact& link : links_) {
        if (found.size() == limit) break;
        if (link.state == LinkState::Active && link.source == source) found.push_back(link);
    }
    return found;
}

// ---- Conflicts ----

void Conflicts::add(Place a, Place b) {
    const std::pair<Place, Place> pair = std::minmax(a, b);
    if (!pairs_.insert(pair).second) return;
    map_.on_undo([this, pair] { pairs_.erase(pair); });
}

void Conflicts::set_apart(Place a, Place b, bool apart) {
    for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
        if (apart) {
            apart_[from].insert(to);
        } else {
            apart_[from].erase(to);
            if (apart_[from].empty()) apart_.erase(from);
        }
    }
}

void Conflicts::keep_apart(Place a, Place b, bool apart) {
    const auto entry = apart_.find(a);
    const bool before = entry != apart_.end() && entry->second.contains(b);
    if (before == apart) return;
    set_apart(a, b, apart);
    map_.on_undo([this, a, b, before] { set_apart(a, b, before); });
}

bool Conflicts::kept_apart(Place person_a, Place person_b) const {
    if (apart_.empty()) return false;
    const Place other = map_.state(person_b).leader;
    for (const Place member : map_.members(person_a)) {
        const auto far = apart_.find(member);
        if (far == apart_.end()) continue;
        if (std::any_of(far->second.begin(), far->second.end(),
                        [&](Place place) { return map_.state(place).leader == other; }))
            return true;
    }
    return false;
}

// ---- Sources ----

std::uint32_t SourceSets::source(std::string_view name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? 0 : found->second;
}

void SourceSets::add_source(std::uint32_t number, std::string name) {
    names_.emplace(number, name);
    numbers_.emplace(std::move(name), number);
    map_.on_undo([this, number] {
        numbers_.erase(names_.at(number));
        names_.erase(number);
    });
}

const std::string& SourceSets::name(std::uint32_t number) const {
    static const std::string none;
    const auto found = names_.find(number);
    return found == names_.end() ? none : found->second;
}

bool SourceSets::contains(std::uint32_t set, std::uint32_t source) const {
    if (set == kEverybody) return true;
    const Set& sources = sets_[set];
    return std::find(sources.begin(), sources.end(), source) != sources.end();
}

std::size_t SourceSets::count(std::uint32_t set) const {
    if (set == kEverybody) return SIZE_MAX;
    return static_cast<std::size_t>(
        std::count_if(sets_[set].begin(), sets_[set].end(), [](auto source) { return source != 0; }));
}

std::uint32_t SourceSets::number_of(Set set) {
    std::sort(set.begin(), set.end(), [](std::uint32_t a, std::uint32_t b) { return a != 0 && (b == 0 || a < b); });
    const auto [entry, fresh] = set_numbers_.try_emplace(set, static_cast<std::uint32_t>(sets_.size()));
    if (fresh) sets_.push_back(set);
    return entry->second;
}

std::uint32_t SourceSets::with(std::uint32_t set, std::uint32_t source) {
    if (contains(set, source)) return set;
    if (count(set) == kSourcesPerIdentityMax) return kEverybody;
    Set more = sets_[set];
    more.back() = source;
    return number_of(more);
}

std::uint32_t SourceSets::without(std::uint32_t set, std::uint32_t source) {
    if (set == kEverybody) return set;
    Set fewer = sets_[set];
    std::replace(fewer.begin(), fewer.end(), source, 0u);
    return number_of(fewer);
}

}  // namespace tilth::customer
