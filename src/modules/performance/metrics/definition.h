#pragma once
// What a metric is, as data. A definition stands in one file, metrics/<name>.cpp, and has one line in list.cpp; every
// page, export and report computes from it alone.
//
// Numerators, denominators and people are SQL over `facts`: one row per person and window (and one, without a person,
// for what nobody is known to have bought). Its columns:
//
//   person      key of a known person; NULL for orders without one
//   member      holds a membership;      home    belongs to the nodes asked for
//   since       business day from which the person is known: first seen or first paid, whichever is earlier
//   first_day   business day of the first-ever paid sale, anywhere;   first_here   the same, at the nodes asked for
//   entries     sales and returns in the window;      orders   paid sales in the window
//   days        business days with a paid sale (daily);  last_day the last of them
//   counted     paid sales without suspect ones (ranked): at most `metric.receipts_per_day` a person and business day
//   items       pieces on paid sales, in 1/1,000; a weighed line is one piece
//   sold        money received in the window;  refunded  money paid back (≤ 0)
//   net         sold + refunded, or sold alone (`metric.net_sales`)
//   bought      person is known and has a paid sale in the window
//   is_new      has entries, and first_day (or first_here: `metric.new_customer`) lies in the window
//   is_old      has entries and is not new
//   member_days days of the window on which a member of these nodes was one; 0 for others
//   active      a member of these nodes who paid within `metric.active_days` before the window's end
//   asleep      a member of these nodes who has paid, but for `metric.sleeping_days` no more (lapsed)
//   referred    how many people, first met in the window, this person brought (referral)
//   d0, d1      the window's first and last business day
//
// Adjustments are in none of them. Money is int64 minor units.

#include <cstdint>
#include <span>
#include <string_view>

namespace tilth::performance {

enum class Unit : std::uint8_t { Money, Ratio, Count, Number, Days };
enum class Direction : std::uint8_t { Up, Down, Neutral };  // which way is good
// Period: the days asked for. Year: the 365 days that end with them. Rfm: the window of the RFM scores, likewise.
enum class Window : std::uint8_t { Period, Year, Rfm };
// What tells that a value stands on too few: the people behind its denominator, or the denominator itself.
enum class Base : std::uint8_t { None, People, Denominator };

inline constexpr int kYearDays = 365;
inline constexpr std::int64_t kSmallBase = 30;

// One way to compute a metric; the first one is the default. value = numerator × scale ÷ denominator, computed once.
struct Variant {
    std::string_view id;       // "per_order"; "" when there is one only
    std::string_view name_zh;  // added to the metric's in brackets
    std::string_view name_en;
    std::string_view formula_zh;
    std::string_view formula_en;
    Unit unit = Unit::Count;
    std::string_view numerator;         // summed over facts
    std::string_view denominator = {};  // empty: the value is the numerator
    std::string_view people_numerator;  // the persons behind it
    std::string_view people_denominator = {};
    std::int64_t scale = 1;
    Base base = Base::None;
    bool stock = false;   // counts people who did nothing in the window, too
    bool ranked = false;  // needs `counted`
    bool daily = false;   // needs `days`
    bool lapsed = false;  // needs `asleep`
    bool referral = false;  // needs `referred`; with stock
};

struct Definition {
    std::string_view id;  // "M-07", "net_sales"
    std::string_view name_zh;
    std::string_view name_en;
    std::span<const std::string_view> inputs;
    std::string_view owner;
    int version = 1;
    Direction direction = Direction::Up;
    Window window = Window::Period;
    bool everywhere = false;  // orders count wherever paid; people count where they belong
    std::span<const Variant> variants;
};

}  // namespace tilth::performance
