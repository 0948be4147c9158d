#pragma once
// One sighting carried out: looks its keys up, lets rules decide, writes what is new. Lives for one call on the
// writer's thread.

#include <optional>
#include <string_view>
#include <vector>

#include "modules/customer/sights.h"
#include "modules/customer/store.h"

namespace tilth::customer {

// Number of a source, made at its first use.
Result<std::uint32_t> source_number(kernel::Unit& unit, TenantState& state, std::string_view name);
// Lines for the projections' feed; each customer once.
Status log_changes(kernel::Unit& unit, TenantState& state, std::vector<Place> places);
struct LinkWords {
    std::string_view rule;
    std::uint32_t source = 0;
    std::string_view reason;
    std::span<const IdentityNumber> evidence = {};   // seen together
};
// Makes two persons one, in the map, the table and the outbox; adds to `moved` whose person changed. Yields the number.
Result<std::int64_t> make_link(kernel::Unit& unit, TenantState& state, std::pair<Place, Place> ends,
                               const LinkWords& words, std::vector<Place>& moved);
enum class UndoCause : std::uint8_t { ByHand, SourceTakenBack };
// Takes a link back; adds to `moved` whose person changed.
Status undo_link(kernel::Unit& unit, TenantState& state, const LinkFact& link, UndoCause cause, std::string_view reason,
                 std::vector<Place>& moved);

class Resolver {
public:
    Resolver(kernel::Unit& unit, kernel::Vault& vault, TenantState& state, const Sighting& sighting)
        : unit_(unit), vault_(vault), state_(state), sighting_(sighting) {}
    Result<Resolution> run();

private:
    struct Key {
        const Claim* claim = nullptr;
        Bytes16 at{};                    // where it stands, or will
        KeyState found;
    };

    void look_up();
    bool one_person() const;
    void begin();
    Status add_sources();
    Result<Decision> decide_holders() const;
    Status count_kinds(Seen& seen, Place leader) const;
    Status apply(const Decision& decision);
    Status seat_parties(const Decision& decision);
    Result<Place> make_customer(const CustomerState& wanted);
    Status check_suppression(const Claim& claim, const CustomerId& customer);
    Status attach(std::size_t key, Place place, std::vector<kernel::VaultValue>& values);
    Status attach_all(const Decision& decision);
    Status note_conflicts(const Decision& decision);
    Status touch(Place place);
    NewSight new_sight(Place place) const;
    // Whose sight this is: the import's number, or 0 for every source that is never taken back.
    std::uint32_t owner() const { return is_import(sighting_.source) ? source_ : 0; }

    kernel::Unit& unit_;
    kernel::Vault& vault_;
    TenantState& state_;
    const Sighting& sighting_;
    std::vector<Key> keys_;              // strongest first, no two alike
    std::vector<Place> places_;          // of the decision's parties
    std::vector<IdentityNumber> evidence_;
    std::vector<Place> changed_;
    std::uint32_t source_ = 0;
    bool begun_ = false;
    Resolution out_;
};

}  // namespace tilth::customer
