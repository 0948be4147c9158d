#include "modules/collect/inlets/released/released.h"

#include "modules/collect/catalogue/rules.h"
#include "platform/json/reader.h"

namespace tilth::collect {

namespace {

class Released final : public Inlet {
public:
    std::string_view name() const override { return "released"; }
    std::vector<http::Route> routes(org::Org&, Clock&, Accept) const override { return {}; }

    Parsed parse(const RawBatch& batch, kernel::Vault& vault) const override {
        Parsed parsed;
        const auto doc = json::read(batch.body);
        if (!doc) return parsed;
        for (const auto& [none, one] : doc->root().elements()) {
            auto event = catalogue::parse_event(one, batch.tenant, vault);
            if (event) parsed.events.push_back(std::move(*event));
            else parsed.refused.push_back({false, "not_readable", {}, one.raw_json()});
        }
        return parsed;
    }
};

}  // namespace

const Inlet& released_inlet() {
    static const Released inlet;
    return inlet;
}

}  // namespace tilth::collect
