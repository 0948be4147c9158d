#pragma once
// TAG-05: modelled tags from a tenant's own orders, as pure functions: the same version over the same orders gives the
// same parts. Each model puts every buyer into exactly one part; "未知" stands where the orders do not tell.

#include <span>
#include <string_view>

#include "modules/audience/splits/history.h"
#include "modules/audience/tagkinds/publish.h"

namespace tilth::audience {

enum class Modelled : std::uint8_t { PriceBand, Channel, Motive, Value, Daytype };

struct ModelledWords {
    Modelled model = Modelled::PriceBand;
    std::string_view key;
    std::string_view zh;  // the tags' group
    std::string_view en;
    std::string_view how_zh;
    std::string_view how_en;
    std::int64_t version = 1;
};
std::span<const ModelledWords> modelled_words();

struct ModelledResult {
    std::vector<Part> parts;
    std::vector<std::pair<std::string, std::int64_t>> cuts;  // minor units where the tenant's own orders drew a line
};
// channels: names by code.
ModelledResult assign(Modelled model, const std::vector<Buyer>& buyers, const std::vector<std::string>& channels,
                      const BusinessCalendar& calendar);

}  // namespace tilth::audience
