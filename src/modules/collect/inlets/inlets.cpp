// The inlets that exist. Adding one: a folder beside this file and a line here, with the row that it serves.

#include <algorithm>

#include "kernel/registry/serves.h"
#include "modules/collect/inlets/capture/capture.h"
#include "modules/collect/inlets/native/native.h"
#include "modules/collect/inlets/posthog/posthog.h"
#include "modules/collect/inlets/released/released.h"
#include "modules/collect/inlets/segment/segment.h"
#include "modules/collect/inlets/sensors/sensors.h"

namespace tilth::collect {

const std::vector<const Inlet*>& inlets() {
    static const auto all = kernel::standing<const Inlet*>({
        {"CDP-01", &native_inlet()},
        {"CDP-01", &segment_inlet()},
        {"CDP-01", &sensors_inlet()},
        {"CDP-01", &posthog_inlet()},
        {"CDP-01", &released_inlet()},
        {"CDP-13", &capture_inlet()},
    });
    return all;
}

const Inlet* inlet(std::string_view name) {
    const auto found =
        std::find_if(inlets().begin(), inlets().end(), [&](const Inlet* one) { return one->name() == name; });
    return found == inlets().end() ? nullptr : *found;
}

}  // namespace tilth::collect
