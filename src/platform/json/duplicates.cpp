#include "platform/json/duplicates.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tilth::json {

bool has_duplicate_keys(Node node) {
    for (const auto element : node.elements())
        if (has_duplicate_keys(element.value)) return true;
    std::vector<std::string_view> keys;
    for (const auto member : node.members()) {
        keys.push_back(member.key);
        if (has_duplicate_keys(member.value)) return true;
    }
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

}  // namespace tilth::json
