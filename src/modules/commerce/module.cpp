#include "modules/commerce/api.h"
#include "modules/commerce/orders/routes.h"
#include "modules/commerce/orders/service.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_commerce();
}

namespace tilth::commerce {

std::unique_ptr<Orders> make_orders(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers) {
    add_order_routes(kernel, org, customers);
    return std::make_unique<OrdersService>();
}

kernel::ModuleInfo commerce_module() {
    return {.name = "commerce", .migrations = migrations_of_module_commerce(), .permissions = {kOrderRead}};
}

}  // namespace tilth::commerce
