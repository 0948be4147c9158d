#pragma once
// One person with everything that may be shown of it, for the module's routes. One thread.

#include <vector>

#include "modules/customer/faces.h"
#include "modules/customer/service.h"
#include "modules/customer/views.h"

namespace tilth::customer {

struct Portrait {
    std::vector<CustomerId> customers;   // the oldest first
    FaceBuilder face;
};

// NotFound when the person is absent or no customer of it has its home in the caller's scope.
Status check_scope(sql::Connection& sql, const kernel::Context& context, const std::vector<CustomerId>& person);
// The person of `customer`, within the caller's scope.
Result<Portrait> look_at(CustomersService& customers, kernel::View& view, const CustomerId& customer);
std::vector<IdentityView> identity_views(const FaceBuilder& face);
Match match_view(const Portrait& portrait);

}  // namespace tilth::customer
