#include "kernel/rules/registry.h"

#include <algorithm>

#include "kernel/rules/words.h"

namespace tilth::kernel::rules {
namespace {

bool is_word(std::string_view name) {
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](const WordRow& row) { return row.zh == name || row.en == name; });
}

// A name is read back from the text only when it starts with a letter and holds no sign of the language.
bool readable(std::string_view name) {
    if (name.empty() || name.size() > 60 || name.front() == ' ' || name.back() == ' ') return false;
    if (name.front() >= '0' && name.front() <= '9') return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const bool letter = byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                            (byte >= 'a' && byte <= 'z') || byte == '_' || byte == '.' || byte == ' ' || byte == '-';
        if (!letter || (byte == ' ' && name[i + 1] == ' ')) return false;
    }
    return name.find("　") == std::string_view::npos;
}

}  // namespace

std::uint32_t Dictionary::code(std::string_view text) {
    if (const auto known = find(text)) return *known;
    const auto next = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    codes_.emplace(texts_.back(), next);
    return next;
}

std::optional<std::uint32_t> Dictionary::find(std::string_view text) const {
    const auto at = codes_.find(text);
    if (at == codes_.end()) return std::nullopt;
    return at->second;
}

std::optional<std::size_t> Registry::find(const std::vector<Attribute>& in, std::string_view key) {
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (in[i].key == key) return i;
    }
    return std::nullopt;
}

Status Registry::acceptable(const std::vector<Attribute>& among, const Attribute& one) const {
    if (one.key.empty() || one.decimals < 0 || one.decimals > 6)
        return {ErrorCode::Conflict, "attribute without sense"};
    for (const std::string_view name : {std::string_view(one.zh), std::string_view(one.en)}) {
        if (!readable(name) || is_word(name)) return {ErrorCode::Conflict, "name cannot be read: " + std::string(name)};
    }
    for (const Attribute& other : among) {
        if (other.key == one.key || other.zh == one.zh || other.en == one.en || other.zh == one.en ||
            other.en == one.zh)
            return {ErrorCode::Conflict, "declared twice: " + one.key};
    }
    return ok();
}

Status Registry::add_attribute(Attribute attribute) {
    TRY(acceptable(attributes_, attribute));
    attributes_.push_back(std::move(attribute));
    return ok();
}

Status Registry::add_property(Attribute property) {
    if (properties_.size() >= kPropertiesMax) return ErrorCode::LimitExceeded;
    TRY(acceptable(properties_, property));
    properties_.push_back(std::move(property));
    return ok();
}

void Registry::add_event_type(std::string type) {
    if (std::find(types_.begin(), types_.end(), type) == types_.end()) types_.push_back(std::move(type));
}

bool Registry::event_type_allowed(std::string_view type) const {
    return type.empty() || types_.empty() || std::find(types_.begin(), types_.end(), type) != types_.end();
}

}  // namespace tilth::kernel::rules
