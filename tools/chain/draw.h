#pragma once
// Chance for the simulator: a stream of its own for every purpose and every one it is about, so that one more member
// changes nothing about the others. One thread a stream.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/rng.h"

namespace tilth::chain {

class Draw {
public:
    Draw(std::int64_t seed, std::string_view purpose, std::int64_t index = 0) : rng_(mix(seed, purpose, index)) {}

    double unit() { return static_cast<double>(rng_.next() >> 11) * 0x1.0p-53; }  // [0, 1)
    bool chance(double share) { return unit() < share; }
    int below(int bound) { return static_cast<int>(rng_.below(static_cast<std::uint64_t>(bound))); }
    int between(int from, int to) { return from + below(to - from + 1); }  // both included
    double between(double from, double to) { return from + unit() * (to - from); }
    // A count with this mean: its whole part, spread by coins, and the rest by chance. Never far from the mean.
    int count(double mean) {
        const int coins = static_cast<int>(2 * mean);
        int sum = 0;
        for (int i = 0; i < coins; ++i) sum += chance(0.5) ? 1 : 0;
        return sum + (chance(mean - 0.5 * coins) ? 1 : 0);
    }
    // An index by its weight; the weights need no sum of 1.
    std::size_t pick(const std::vector<double>& weights) {
        double sum = 0;
        for (const double one : weights) sum += one;
        double at = unit() * sum;
        for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
            if (at < weights[i]) return i;
            at -= weights[i];
        }
        return weights.size() - 1;
    }
    // Yes again and again: 0 … most.
    int streak(double share, int most) {
        int length = 0;
        while (length < most && chance(share)) ++length;
        return length;
    }
    std::uint64_t next() { return rng_.next(); }

private:
    // FNV-1a over the words of the stream; SeededRng spreads it by splitmix64.
    static std::uint64_t mix(std::int64_t seed, std::string_view purpose, std::int64_t index) {
        std::uint64_t hash = 14'695'981'039'346'656'037ULL;
        const auto add = [&hash](std::uint64_t byte) { hash = (hash ^ byte) * 1'099'511'628'211ULL; };
        for (const std::int64_t number : {seed, index}) {
            for (int shift = 0; shift < 64; shift += 8) add((static_cast<std::uint64_t>(number) >> shift) & 0xff);
        }
        for (const char c : purpose) add(static_cast<unsigned char>(c));
        return hash;
    }
    SeededRng rng_;
};

}  // namespace tilth::chain
