#include "kernel/behaviour/index/from_log.h"

#include <cmath>

#include "platform/json/reader.h"

namespace tilth::kernel {
namespace {

constexpr std::size_t kBuildEvents = 4'000'000;  // at a time

std::int64_t promoted(const rules::Attribute& property, json::Node value, rules::Codes& codes) {
    if (property.type == rules::ValueType::Text)
        return value.is_string() ? codes.texts.code(value.str()) : rules::kMissing;
    if (property.type == rules::ValueType::Flag) {
        const auto flag = value.boolean();
        return flag ? std::int64_t{*flag} : rules::kMissing;
    }
    if (property.type != rules::ValueType::Number || !value.is_number()) return rules::kMissing;
    double scaled = value.number().value_or(0);
    for (int i = 0; i < property.decimals; ++i) scaled *= 10;
    if (!(std::abs(scaled) <= 9e15)) return rules::kMissing;
    return std::llround(scaled);
}

}  // namespace

IndexedEvent to_indexed(const Event& event, const rules::Registry& registry, rules::Codes& codes, std::uint32_t slot) {
    IndexedEvent out;
    out.slot = slot;
    out.event.time = event.time.ms;
    out.event.type = codes.types.code(event.type);
    if (registry.properties().empty() || event.properties.size() <= 2) return out;
    const auto json = json::read(event.properties);
    if (!json) return out;
    const json::Node root = json->root();
    for (std::size_t i = 0; i < registry.properties().size(); ++i)
        out.event.properties[i] = promoted(registry.properties()[i], root.get(registry.properties()[i].key), codes);
    return out;
}

Result<std::int64_t> build_index(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                 const rules::Registry& registry, rules::Codes& codes, const SlotFn& slot_of,
                                 BehaviourIndex& index) {
    std::vector<IndexedEvent> some;
    std::int64_t position = after;
    TRY(scan_events(sql, tenant, after, [&](std::int64_t at, const Event& event) {
        some.push_back(to_indexed(event, registry, codes, slot_of(event.customer)));
        position = at;
        if (some.size() >= kBuildEvents) {
            index.build(some);
            some.clear();
        }
        return true;
    }));
    index.build(some);
    index.compact();
    return position;
}

}  // namespace tilth::kernel
