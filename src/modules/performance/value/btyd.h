#pragma once
// What people are worth from now on, by two models that are fitted to the tenant's own purchases:
//   BG/NBD  how often a person buys while active, and when it stops. Fader, Hardie, Lee, "Counting Your Customers the
//           Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science 24(2), 2005: equations 6 (likelihood)
//           and 10 (expected purchases).
//   Gamma-Gamma  what a purchase is worth. Fader, Hardie, "The Gamma-Gamma Model of Monetary Value", 2013.
// A purchase is a business day with a paid sale. Time is in weeks. Pure; any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tilth::performance {

// People with the same history. `repeats` are purchases after the first; `last` and `age` in weeks since the first.
struct Purchases {
    double repeats = 0;
    double last = 0;
    double age = 0;
    double people = 1;
};
struct BgNbd {
    double r = 1;
    double alpha = 1;
    double a = 1;
    double b = 1;

    double alive(const Purchases& one) const;
    // Purchases that a person of this history makes in the next `weeks`.
    double expected(const Purchases& one, double weeks) const;
};
// Nothing when no maximum is found, or nobody bought again.
std::optional<BgNbd> fit_bg_nbd(std::span<const Purchases> groups);

struct Spend {
    double purchases = 0;
    double mean = 0;  // > 0
};
struct GammaGamma {
    double p = 1;
    double q = 1;
    double v = 1;

    // Sum over `people` people with `purchases` each, who spent `total` between them: the sum of their expected values
    // of a purchase.
    double expected(double people, double purchases, double total) const;
};
// Of people who bought more than once.
std::optional<GammaGamma> fit_gamma_gamma(std::span<const Spend> people);

}  // namespace tilth::performance
