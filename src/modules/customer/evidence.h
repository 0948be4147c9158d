#pragma once
// What the writer alone remembers beside the map: links between customers, pairs that are in conflict, and which
// sources brought a key. The writer's thread only; every change says to the map how it is taken back.

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "modules/customer/identity_map.h"
#include "modules/customer/rules.h"

namespace tilth::customer {

enum class LinkState : std::uint8_t { Active, Separated, TakenBack };   // Separated: by hand, to stay apart

struct LinkFact {
    std::int64_t number = 0;
    Place a = kNobody;
    Place b = kNobody;
    std::uint32_t source = 0;
    LinkState state = LinkState::Active;
};

// The links form a forest: one is made only between two persons.
class LinkGraph {
public:
    explicit LinkGraph(IdentityMap& map) : map_(map) {}
    void add(const LinkFact& link);
    void set_state(std::int64_t number, LinkState state);
    const LinkFact* find(std::int64_t number) const;
    // The customers that active links reach from `start`.
    std::vector<Place> reach(Place start) const;
    bool has_active(Place place) const;
    // Active ones with an end at one of these, each once.
    std::vector<LinkFact> active_among(const std::vector<Place>& places) const;
    // Whether a hand has separated these two persons.
    bool separated(Place person_a, Place person_b) const;
    // Active ones that a source brought, at most `limit`.
    std::vector<LinkFact> active_of(std::uint32_t source, std::size_t limit) const;
    std::size_t size() const { return links_.size(); }

private:
    IdentityMap& map_;
    std::vector<LinkFact> links_;
    std::unordered_map<std::int64_t, std::uint32_t> by_number_;
    std::unordered_map<Place, std::vector<std::uint32_t>> of_;
};

class Conflicts {
public:
    explicit Conflicts(IdentityMap& map) : map_(map) {}
    bool has(Place a, Place b) const { return pairs_.contains(std::minmax(a, b)); }
    void add(Place a, Place b);
    // People have decided that these two are not one, or take that back.
    void keep_apart(Place a, Place b, bool apart);
    bool kept_apart(Place person_a, Place person_b) const;

private:
    void set_apart(Place a, Place b, bool apart);

    IdentityMap& map_;
    std::set<std::pair<Place, Place>> pairs_;
    std::map<Place, std::set<Place>> apart_;   // both ways
};

// Sources by number, and sets of them: a key holds the number of its set. Sets are few, because most keys come by one
// of a few sources, and never go.
class SourceSets {
public:
    static constexpr std::uint32_t kEverybody = 0xFFFF'FFFF;   // more than kSourcesPerIdentityMax: not remembered
    explicit SourceSets(IdentityMap& map) : map_(map) {}
    std::uint32_t source(std::string_view name) const;         // 0 when unknown
    void add_source(std::uint32_t number, std::string name);
    const std::string& name(std::uint32_t number) const;       // empty when unknown
    bool contains(std::uint32_t set, std::uint32_t source) const;
    // The set with one more, kEverybody when it is full; 0 is the empty set.
    std::uint32_t with(std::uint32_t set, std::uint32_t source);
    std::uint32_t without(std::uint32_t set, std::uint32_t source);
    std::size_t count(std::uint32_t set) const;                // SIZE_MAX for everybody

private:
    using Set = std::array<std::uint32_t, kSourcesPerIdentityMax>;   // sorted, then zeros
    std::uint32_t number_of(Set set);

    IdentityMap& map_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
    std::unordered_map<std::uint32_t, std::string> names_;
    std::vector<Set> sets_{Set{}};
    std::map<Set, std::uint32_t> set_numbers_{{Set{}, 0}};
};

}  // namespace tilth::customer
