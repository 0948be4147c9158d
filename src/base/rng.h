#pragma once
// Randomness comes through Rng, so that a seed replays a run. SystemRng (platform/crypto) draws from the kernel.

#include <array>
#include <cstdint>

namespace tilth {

class Rng {
public:
    virtual ~Rng() = default;
    virtual std::uint64_t next() = 0;  // Uniform over 64 bits.
    // Uniform over [0, bound); bound > 0. Lemire's multiply with rejection: no modulo bias.
    std::uint64_t below(std::uint64_t bound);
};

// xoshiro256** (Blackman and Vigna), seeded by splitmix64. Not for secrets. One thread at a time.
class SeededRng final : public Rng {
public:
    explicit SeededRng(std::uint64_t seed);
    std::uint64_t next() override;

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace tilth
