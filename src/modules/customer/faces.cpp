#include "modules/customer/faces.h"

#include "modules/customer/rules.h"

namespace tilth::customer {

Standing standing(const kernel::VaultValue& value) {
    return {value.at, value.confidence, value.source, value.value};
}

Status FaceBuilder::add(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer,
                        const std::vector<kernel::VaultValue>& values) {
    const auto row = TRY(store::customer(sql, tenant, customer));
    if (!row) return ok();   // Gone between the look into memory and this snapshot.
    customers_.push_back(*row);
    for (store::IdentityRow& identity : TRY(store::identities(sql, tenant, customer))) {
        identities_.push_back(std::move(identity));
    }
    for (const kernel::VaultValue& value : values) {
        if (identity_of_field(value.field)) {
            keys_[value.field] = value.value;
            continue;
        }
        if (value.field.find(':') != std::string::npos) continue;   // a consent's proof
        const auto [shown, fresh] = traits_.try_emplace(value.field, value);
        if (!fresh && outranks(standing(value), standing(shown->second))) shown->second = value;
    }
    return ok();
}

std::string FaceBuilder::masked_identity(const store::IdentityRow& identity) const {
    const auto clear = keys_.find(vault_field(identity.kind, identity.number));
    if (clear != keys_.end()) return masked(identity.kind, clear->second);
    return "#" + std::to_string(identity.number);
}

std::string FaceBuilder::name_masked() const {
    for (const char* field : {"name", "last_name", "first_name", "wechat_name"}) {
        const auto value = traits_.find(field);
        if (value != traits_.end() && !value->second.value.empty()) return masked(Mask::Name, value->second.value);
    }
    return {};
}

void FaceBuilder::fill(Customers::Face& face) const {
    face.name_masked = name_masked();
    for (const store::IdentityRow& identity : identities_) {
        face.keys.push_back({identity.number, identity.kind, masked_identity(identity)});
    }
    bool first = true;
    for (const store::CustomerRow& row : customers_) {
        if (!face.home_node) face.home_node = row.home_node;
        if (first || row.first_seen < face.first_seen) face.first_seen = row.first_seen;
        first = false;
    }
}

}  // namespace tilth::customer
