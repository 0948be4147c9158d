#include "modules/collect/dedup/run.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tilth::collect {

namespace {

constexpr std::size_t kBitsPerKey = 12;
constexpr std::array<std::uint32_t, 8> kSalts = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                                                 0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};

}  // namespace

std::uint64_t hash_of(const Bytes16& key) {
    std::uint64_t hash = 0;
    std::memcpy(&hash, key.data(), 8);
    return hash;
}

BlockFilter::BlockFilter(std::size_t keys) : blocks_(std::max<std::size_t>(1, keys * kBitsPerKey / 256 + 1)) {}

void BlockFilter::add(std::uint64_t hash) {
    Block& block = blocks_[block_of(hash)];
    const auto low = static_cast<std::uint32_t>(hash);
    for (std::size_t i = 0; i < kSalts.size(); ++i) block.words[i] |= 1U << ((low * kSalts[i]) >> 27);
}

bool BlockFilter::may_have(std::uint64_t hash) const {
    const Block& block = blocks_[block_of(hash)];
    const auto low = static_cast<std::uint32_t>(hash);
    for (std::size_t i = 0; i < kSalts.size(); ++i) {
        if ((block.words[i] & (1U << ((low * kSalts[i]) >> 27))) == 0) return false;
    }
    return true;
}

Run::Run(std::vector<Bytes16> keys) : keys_(std::move(keys)), filter_(keys_.size()) {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    keys_.shrink_to_fit();
    for (const Bytes16& key : keys_) filter_.add(hash_of(key));
}

bool Run::has(const Bytes16& key) const {
    return filter_.may_have(hash_of(key)) && std::binary_search(keys_.begin(), keys_.end(), key);
}

}  // namespace tilth::collect
