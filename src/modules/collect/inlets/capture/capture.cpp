#include "modules/collect/inlets/capture/capture.h"

#include "modules/collect/inlets/builder.h"

namespace tilth::collect {

namespace {

class CaptureInlet final : public Inlet {
public:
    std::string_view name() const override { return "capture"; }
    std::vector<http::Route> routes(org::Org&, Clock&, Accept) const override { return {}; }

    Parsed parse(const RawBatch& batch, kernel::Vault& vault) const override {
        Parsed parsed;
        const auto doc = json::read(batch.body);
        if (!doc) return parsed;
        const json::Node event = doc->root();
        Builder builder(batch, vault);
        for (const auto& [kind_name, value] : event.get("identities").members()) {
            if (const auto kind = customer::identity_kind(kind_name)) builder.claim(*kind, value);
        }
        builder.traits(event.get("traits"));
        builder.traits_once(event.get("once"));
        builder.time({}, {});
        builder.fingerprint(event.get("id").str(), event);
        builder.finish(parsed, std::string(event.get("type").str()), builder.properties(event.get("properties")),
                       "same_record", true, event);
        if (parsed.events.empty()) return parsed;
        parsed.events.back().capture = event.get("capture").raw_json();
        // Batches journalled before points told their node have none.
        if (const auto node = OrgNodeId::parse(event.get("node").str())) parsed.events.back().home_node = *node;
        return parsed;
    }
};

}  // namespace

const Inlet& capture_inlet() {
    static const CaptureInlet inlet;
    return inlet;
}

}  // namespace tilth::collect
