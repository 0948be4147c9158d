#pragma once
// A rule over one person at one moment, and how long it stays so. Internal to this folder.

#include "kernel/rules/part.h"

namespace tilth::kernel::rules {

// How a part comes out, and until when at least it does if nothing but time passes.
struct Outlook {
    static constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
    bool holds = false;
    std::int64_t until = kEver;  // ms, later than the moment looked at
};

class Live {
public:
    Live(const PersonFacts& person, const BusinessCalendar& calendar) : person_(person), calendar_(calendar) {}
    Outlook look(const Plan::Part& part, Instant now) const;

private:
    Outlook all(const Plan::Part& part, Instant now) const;
    Outlook any(const Plan::Part& part, Instant now) const;
    Outlook attribute(const Plan::Part& part, Instant now) const;
    Outlook rhythm(const Plan::Part& part, Instant now) const;
    Outlook at_least(const Plan::Part& part, const Range& range, Instant now) const;
    Outlook sequence(const Plan::Part& part, const Range& range, Instant now) const;
    Outlook of_events(const Plan::Part& part, const Range& range, Instant now) const;
    // From the newest event backwards while `fn` says true, gathering more only as they are needed.
    template <class Fn>
    void backwards(const Fn& fn) const;

    const PersonFacts& person_;
    const BusinessCalendar& calendar_;
};

}  // namespace tilth::kernel::rules
