#pragma once
// What may be shown of a person without the right to reveal, gathered from its customers. One thread.

#include <map>
#include <string>
#include <vector>

#include "modules/customer/store.h"

namespace tilth::customer {

Standing standing(const kernel::VaultValue& value);

class FaceBuilder {
public:
    // The person's customers, its oldest first; `values` are the customer's own.
    Status add(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer,
               const std::vector<kernel::VaultValue>& values);
    void fill(Customers::Face& face) const;

    const std::vector<store::CustomerRow>& customers() const { return customers_; }
    const std::vector<store::IdentityRow>& identities() const { return identities_; }
    // Per trait field, the value that outranks the others; an empty one: the field was taken away.
    const std::map<std::string, kernel::VaultValue>& traits() const { return traits_; }
    std::string masked_identity(const store::IdentityRow& identity) const;
    std::string name_masked() const;

private:
    std::vector<store::CustomerRow> customers_;
    std::vector<store::IdentityRow> identities_;
    std::map<std::string, kernel::VaultValue> traits_;
    std::map<std::string, std::string> keys_;   // clear, by vault field
};

}  // namespace tilth::customer
