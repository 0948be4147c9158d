#pragma once
// Decisions about orders as pure functions: no I/O, no clock, no randomness.

#include <vector>

#include "modules/commerce/api.h"

namespace tilth::commerce {

// What a line is worth: the source's amount if given, else price × quantity rounded half-even once (DESIGN §4).
Result<std::int64_t> amount_of(const OrderLine& line, Currency currency);
// Pieces in thousandths: whole quantities count themselves, a weighed or measured line counts one (M-08).
std::int64_t items_of(const OrderLine& line);

struct Sums {
    std::int64_t lines = 0;
    std::int64_t net_minor = 0;
    std::int64_t items_milli = 0;
};
// LimitExceeded when a sum would leave int64.
Result<Sums> sum_lines(const std::vector<OrderLine>& lines, Currency currency, Sums start = {});

// Names the field and the remedy: number, currency, quantity of the wrong sign for the kind, …
Status check_order(const OrderInput& input);

}  // namespace tilth::commerce
