#include "platform/config/nearest.h"

#include <algorithm>

namespace tilth::config {

namespace {

// Damerau's distance of neighbours: insertions, deletions, replacements and swapped letters count one each.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = last;
        last = row;
        row[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const std::size_t replaced = last[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
            row[k] = std::min({last[k] + 1, row[k - 1] + 1, replaced});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[k] = std::min(row[k], before_last[k - 2] + 1);
        }
    }
    return row[b.size()];
}

std::string_view last_part(std::string_view name) {
    const auto dot = name.find_last_of('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t kWordBytesMax = 100;
    if (word.size() > kWordBytesMax) return {};
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
    for (const std::string& name : known) {
        const std::size_t found = last_part(word) == last_part(name) ? 1 : distance(word, name);
        if (found >= best_distance) continue;
        best = name;
        best_distance = found;
    }
    return best;
}

}  // namespace tilth::config
