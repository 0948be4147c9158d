#include "modules/customer/portrait.h"

#include "modules/customer/privacy.h"

namespace tilth::customer {

Status check_scope(sql::Connection& sql, const kernel::Context& context, const std::vector<CustomerId>& person) {
    if (person.empty() || TRY(store::is_erased(sql, context.tenant, person.front())))
        return Error(ErrorCode::NotFound, "customer");
    if (context.scope->all) return ok();
    for (const CustomerId& customer : person) {
        const auto row = TRY(store::customer(sql, context.tenant, customer));
        if (row && row->home_node && context.scope->covers(*row->home_node)) return ok();
    }
    return Error(ErrorCode::NotFound, "customer");
}

Result<Portrait> look_at(CustomersService& customers, kernel::View& view, const CustomerId& customer) {
    Portrait portrait{customers.whole_person(view.tenant(), customer), {}};
    TRY(check_scope(view.sql(), view.context(), portrait.customers));
    const auto values = TRY(customers.kernel().vault.open_many(view.sql(), view.tenant(), portrait.customers));
    for (std::size_t i = 0; i < portrait.customers.size(); ++i) {
        TRY(portrait.face.add(view.sql(), view.tenant(), portrait.customers[i], values[i]));
    }
    return portrait;
}

std::vector<IdentityView> identity_views(const FaceBuilder& face) {
    std::vector<IdentityView> items;
    for (const store::IdentityRow& row : face.identities()) {
        IdentityView item{static_cast<std::int64_t>(row.number), row.kind, face.masked_identity(row), std::nullopt,
                          row.customer, row.first_seen, row.source};
        if (is_kept(row.kind)) item.field = vault_field(row.kind, row.number);
        items.push_back(std::move(item));
    }
    return items;
}

Match match_view(const Portrait& portrait) {
    Customers::Face face;
    portrait.face.fill(face);
    return {portrait.customers.front(), face.name_masked, identity_views(portrait.face), face.home_node,
            face.first_seen};
}

}  // namespace tilth::customer
