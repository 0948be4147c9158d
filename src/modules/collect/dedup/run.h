#pragma once
// One sorted run of fingerprints with a filter in front. Built once, then immutable. Plain value.

#include <cstdint>
#include <vector>

#include "base/id.h"

namespace tilth::collect {

// Split-block Bloom filter: one cache line a key, eight bits set (Putze, Sanders and Singler 2007; the constants are
// those of Apache Parquet's specification). About 12 bits a key: 1 in 300 look-ups passes wrongly.
class BlockFilter {
public:
    explicit BlockFilter(std::size_t keys);
    void add(std::uint64_t hash);
    bool may_have(std::uint64_t hash) const;
    std::size_t bytes() const { return blocks_.size() * sizeof(Block); }

private:
    struct alignas(32) Block {
        std::uint32_t words[8] = {};
    };
    std::size_t block_of(std::uint64_t hash) const {
        return static_cast<std::size_t>(((hash >> 32) * blocks_.size()) >> 32);
    }
    std::vector<Block> blocks_;
};

class Run {
public:
    explicit Run(std::vector<Bytes16> keys);  // sorts, drops repeats
    bool has(const Bytes16& key) const;
    std::size_t size() const { return keys_.size(); }
    const std::vector<Bytes16>& keys() const { return keys_; }
    std::size_t bytes() const { return keys_.size() * sizeof(Bytes16) + filter_.bytes(); }

private:
    std::vector<Bytes16> keys_;
    BlockFilter filter_;
};

// 64 bits of a fingerprint, which is a hash already.
std::uint64_t hash_of(const Bytes16& key);

}  // namespace tilth::collect
