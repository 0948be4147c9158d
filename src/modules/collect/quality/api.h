#pragma once
// How good is what comes in, per source and per store (CDP-17): late, sent twice, contradictory, missing; the lag.
//
// Counted in the record, within the unit of a group of batches, beside the journal position: a kill at any moment
// counts nothing twice and loses nothing, for the group is applied with its counts or not at all. That is one row per
// source, store and business day of a group, never one per event. A day is the business day of receipt.
//
//   late           taken, but more than a day after it happened
//   duplicate      sent again under the same id within the de-duplication's window
//   contradictory  the clock of its sender cannot be; or the catalogue holds it back; or its id came before with
//                  another type or other properties (known of the last kKnown ids of this process)
//   refused        not readable as an event
//   missing        ended business days since the first one on which nothing came
// The store is the organisation node whose code stands in the property "node"; events without one count for the source
// alone. Lag: received − happened of what was taken; p50 and p99 are upper bounds of kLagBounds, in minutes.

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

inline constexpr std::array<std::int64_t, 8> kLagBounds = {1, 5, 15, 60, 360, 1'440, 4'320, 10'080};  // minutes
inline constexpr std::int64_t kLagBeyond = 10'081;  // longer than the last bound
inline constexpr Duration kLateAfter = hours(24);

enum class Fault : std::uint8_t { Duplicate, Held, Contradictory };

// Sums; adding two of them is adding their members, the latest `last` stands.
struct Quality {
    std::int64_t events = 0;  // taken
    std::int64_t late = 0;
    std::int64_t duplicate = 0;
    std::int64_t contradictory = 0;
    std::int64_t refused = 0;
    std::array<std::int64_t, kLagBounds.size() + 1> lags{};

    void add(Fault fault) { ++(fault == Fault::Duplicate ? duplicate : contradictory); }
    void take(const Incoming& event, Instant received);
    Quality& operator+=(const Quality& other);
    bool empty() const { return events + duplicate + contradictory + refused == 0; }
    // Minutes; none without events; kLagBeyond past the last bound. `share` of 0 … 1.
    std::optional<std::int64_t> lag(double share) const;
};

struct Judged {
    SourceId source;
    std::string store;  // its code; empty: none named
    Instant received;
    Quality quality;
};

// Tells an id that comes again with another content. Memory, bounded, lost with the process; the writer's thread.
class Saying {
public:
    static constexpr std::size_t kKnown = 100'000;  // at least; at most twice as many
    // True: the id came before with another type or other properties.
    bool contradicts(const SourceId& source, const Incoming& event);

private:
    // What was said under each id, by open addressing: no more than kKnown of kSlots are taken.
    class Said {
    public:
        const std::uint64_t* find(std::uint64_t id) const;
        void put(std::uint64_t id, std::uint64_t content);
        bool full() const { return size_ == kKnown; }

    private:
        struct One {
            std::uint64_t id = 0;  // 0: free
            std::uint64_t content = 0;
        };
        static constexpr std::size_t kSlots = 262'144;
        std::size_t size_ = 0;
        std::vector<One> slots_;
    };
    Said young_;
    Said old_;
};

Status add_quality(kernel::Unit& unit, const org::Org& org, const std::vector<Judged>& judged);

struct QualityLine {
    SourceId source;
    OrgNodeId node;  // zeros: no store named
    Day first{};     // since when it is expected
    Instant last{};  // when something was taken last, ever
    std::int64_t ever = 0;
    std::int64_t days_ended = 0;  // of the span, ended, with something taken
    Quality quality;        // of the span
};
// Every source and store that ever said something, with the sums of [from, to]; by source and node. A day has ended
// when it is before `today`.
Result<std::vector<QualityLine>> quality_lines(sql::Connection& sql, const TenantId& tenant, Day from, Day to,
                                               Day today);
// Of each source, all stores together: what was taken ever, and when last.
struct Ever {
    std::int64_t events = 0;
    Instant last{};
};
Result<std::map<SourceId, Ever>> quality_ever(sql::Connection& sql, const TenantId& tenant);
// Of each source on how many days of [from, to] something was taken.
Result<std::map<SourceId, std::int64_t>> days_with_anything(sql::Connection& sql, const TenantId& tenant, Day from,
                                                            Day to);

}  // namespace tilth::collect
