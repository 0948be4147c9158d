#include "modules/audience/splits/history.h"

#include <algorithm>

namespace tilth::audience {

namespace {
constexpr int kRows = 5'000;
}

Status History::follow(const kernel::Context& context) {
    const std::lock_guard lock(mutex_);
    Tenant& at = tenants_[context.tenant];
    using Changes = std::vector<commerce::Orders::Change>;
    while (true) {
        const auto changes = TRY(kernel_.record.read<Changes>(context, [&](kernel::View& view) {
            return orders_.changed_since(view.sql(), context.tenant, at.position, kRows);
        }));
        for (const auto& one : changes) {
            at.position = one.change_no;
            const commerce::OrderView& order = one.order;
            if (one.removed || !order.customer || order.kind == commerce::OrderKind::Adjustment) {
                at.orders.erase(order.id);
                continue;
            }
            at.currency = order.currency;
            at.orders[order.id] = {*order.customer,
                                   {order.paid_at.ms, order.net_minor, at.channels.code(order.channel),
                                    order.kind == commerce::OrderKind::Sale}};
        }
        if (changes.size() < static_cast<std::size_t>(kRows)) return ok();
    }
}

std::vector<Buyer> History::buyers(const TenantId& tenant, const Memory& memory, const sets::Bitmap& visible) {
    const std::lock_guard lock(mutex_);
    std::unordered_map<std::uint32_t, Buyer> found;
    for (const auto& [id, kept] : tenants_[tenant].orders) {
        const auto person = memory.person_of(kept.customer);
        if (!person || !visible.contains(*person)) continue;
        found[*person].orders.push_back(kept.order);
    }
    std::vector<Buyer> out;
    out.reserve(found.size());
    for (auto& [person, buyer] : found) {
        buyer.person = person;
        buyer.customer = memory.customer_of(person);
        std::sort(buyer.orders.begin(), buyer.orders.end(), [](const PastOrder& a, const PastOrder& b) {
            return std::tie(a.at, a.sale, a.net, a.channel) < std::tie(b.at, b.sale, b.net, b.channel);
        });
        out.push_back(std::move(buyer));
    }
    // The same order however people came in: whatever is computed from them comes out the same.
    std::sort(out.begin(), out.end(), [](const Buyer& a, const Buyer& b) { return a.customer < b.customer; });
    return out;
}

std::vector<std::string> History::channels(const TenantId& tenant) {
    const std::lock_guard lock(mutex_);
    const rules::Dictionary& known = tenants_[tenant].channels;
    std::vector<std::string> out;
    for (std::uint32_t code = 0; code < known.size(); ++code) out.push_back(known.text(code));
    return out;
}

std::optional<Currency> History::currency(const TenantId& tenant) {
    const std::lock_guard lock(mutex_);
    return tenants_[tenant].currency;
}

}  // namespace tilth::audience
