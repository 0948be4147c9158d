#pragma once
// Who holds which key and which customers are one person, of one tenant, in memory; the tables are its record.
//
// Two layers. The base is what is committed: any thread reads it, under a shared lock. The overlay is what units of the
// running group have changed: the writer's thread alone sees it. A unit remembers mark() and, when it is undone, gives
// it to undo_to(); after COMMIT publish() moves the overlay into the base. Customers have dense places, given in order
// and not kept over a restart.

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "modules/customer/api.h"
#include "modules/customer/key_table.h"
#include "modules/customer/rules.h"

namespace tilth::customer {

using Place = std::uint32_t;   // of a customer; kNobody: none

struct CustomerState {
    CustomerId id;
    Instant first_seen;
    std::uint32_t ordinal = 0;       // its own, in the space of `known`
    Place leader = kNobody;          // the person: its oldest known customer, else its oldest
    Place next = kNobody;            // the next customer of the same person, in a circle
    bool known = false;              // holds a strong key
    bool phone = false;
    bool member = false;             // holds a card
    bool homed = false;              // has a home node
    bool imported = false;           // an import brought or met it: it has rows in customer_sight
    bool alive = true;
    bool operator==(const CustomerState&) const = default;
};

enum class Sight : std::uint8_t { Published, Writer };

class IdentityMap {
public:
    // ---- Published: any thread. Writer: the writer's thread, which sees the overlay too. ----
    KeyState key(const Bytes16& key, Sight sight) const;
    // Who holds the key, and under which of the two it stands while the index key is rotated (now, when nobody does).
    struct Holder {
        Bytes16 at{};
        KeyState state;
    };
    Holder holder(const kernel::BlindIndex& index, Sight sight) const;
    Place place_of(const CustomerId& id, Sight sight) const;           // kNobody when absent or gone
    std::optional<CustomerId> id_of(Place place, Sight sight) const;
    std::optional<Person> person_of(const CustomerId& id, Sight sight) const;
    // The whole person that a customer's ordinal leads to, oldest first.
    std::vector<CustomerId> customers_of(std::uint32_t ordinal, bool known, Sight sight) const;
    std::vector<CustomerId> customers_of(const CustomerId& id, Sight sight) const;
    std::int64_t people(bool known) const;
    std::int64_t change_no() const;                                    // the last one published
    std::size_t keys() const;
    std::size_t bytes() const;
    std::vector<std::pair<Place, CustomerState>> all() const;          // published and alive; for proofs

    // ---- The writer's thread ----
    CustomerState state(Place place) const;
    std::vector<Place> members(Place place) const;                     // of its person
    bool same_person(Place a, Place b) const { return at(a, Sight::Writer).leader == at(b, Sight::Writer).leader; }
    bool person_has_phone(Place place) const;
    Place add(CustomerState state);
    // Changes what is the customer's own (known with its new ordinal, phone, member, homed, imported, first_seen).
    // Yields whose person changed by it.
    std::vector<Place> change(Place place, const CustomerState& state);
    void remove(Place place);                                          // a person of its own; holds no key
    void set_key(const Bytes16& key, const KeyState& state);           // number 0 removes
    // Makes two persons one; yields the customers whose person changed.
    std::vector<Place> join(Place a, Place b);
    // Makes a person two: `part` (some of its customers) and the rest.
    std::vector<Place> split(const std::vector<Place>& part);
    void set_change_no(std::int64_t number);

    std::size_t mark() const { return undo_.size(); }
    void on_undo(std::function<void()> undo) {
        undo_.push_back(std::move(undo));
    }  // for what belongs to the map's owner
    void undo_to(std::size_t mark);
    void publish();

    // ---- Loading: before anybody else knows the map; straight into the base ----
    void reserve(std::size_t keys);
    Place load(CustomerState state);
    void load_key(const Bytes16& key, const KeyState& state) { keys_.put(key, state); }
    void load_phone(Place place) { (*chunks_[place / kChunk])[place % kChunk].phone = true; }
    void load_imported(Place place) { (*chunks_[place / kChunk])[place % kChunk].imported = true; }
    void load_change_no(std::int64_t number) { change_no_ = new_change_no_ = number; }

private:
    static constexpr std::size_t kChunk = 1u << 14;
    using Chunk = std::array<CustomerState, kChunk>;

    class Guard;   // a shared lock for readers, nothing for the writer's thread
    const CustomerState& at(Place place, Sight sight) const;
    KeyState find_key(const Bytes16& key, Sight sight) const;
    const CustomerState& base(Place place) const { return (*chunks_[place / kChunk])[place % kChunk]; }
    Place find_place(const CustomerId& id, Sight sight) const;
    std::vector<CustomerId> ids_of_person(Place place, Sight sight) const;
    void set(Place place, const CustomerState& state);
    bool leads_before(const CustomerState& a, const CustomerState& b) const;
    // Writes a circle over `members` and its leader; yields those whose leader changed.
    std::vector<Place> seat(const std::vector<Place>& members);
    void append(const CustomerId& id);
    void apply(Place place, const CustomerState& state);
    void index_place(const CustomerId& id, Place place);
    void grow_index();
    std::vector<Place>& by_ordinal(bool known) { return known ? known_ : anonymous_; }

    mutable std::shared_mutex mutex_;
    KeyTable keys_;
    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::size_t count_ = 0;
    std::vector<Place> index_;                 // open addressing by id, a power of two
    std::vector<Place> known_;                 // place by ordinal
    std::vector<Place> anonymous_;
    std::int64_t people_[2] = {0, 0};
    std::int64_t change_no_ = 0;

    struct KeyHash {
        std::size_t operator()(const Bytes16& key) const {
            std::uint64_t low = 0;
            std::memcpy(&low, key.data(), sizeof low);
            return low;
        }
    };
    std::unordered_map<Bytes16, KeyState, KeyHash> new_keys_;
    std::unordered_map<Place, CustomerState> changed_;
    std::unordered_map<CustomerId, Place> new_ids_;
    std::size_t new_count_ = 0;                // customers of base and overlay
    std::int64_t new_change_no_ = 0;
    std::vector<std::function<void()>> undo_;
};

}  // namespace tilth::customer
