#pragma once
// The module's registration beside api.h: what app/ wires and serves.

#include <memory>
#include <string>
#include <vector>

#include "modules/collect/api.h"
#include "modules/customer/leads/api.h"

namespace tilth::collect {

// At start: what the log still has of the last events, for the live debugger. Their keys and corrections were kept by
// memory alone and are not shown again.
Status recall(Collect& collect, sql::Connection& sql, const TenantId& tenant);

struct OpenOptions {
    std::vector<std::string> webhook_allow;  // CIDR; beyond the public internet
};

// The open interface (partners, webhooks). Registers its routes; run() starts sending.
class OpenInterface {
public:
    virtual ~OpenInterface() = default;
    virtual void run() = 0;
    virtual void stop() = 0;
    // What partners call: signed, not part of the console's API.
    virtual std::vector<http::Route> doors(Inlet::Accept accept) = 0;
};
struct OpenParts {
    kernel::Kernel& kernel;
    org::Org& org;
    customer::Customers& customers;
    customer::Leads& leads;
    Collect& collect;
};
// Invalid when the options name what is no address range.
Result<std::unique_ptr<OpenInterface>> make_open_interface(OpenParts parts, const OpenOptions& options);

// Capture points: forms, links, radar links, surveys, receipt and item codes. Registers its routes, and takes what the
// pipeline finds in their submissions.
class CapturePoints {
public:
    virtual ~CapturePoints() = default;
    // Public pages under /c/.
    virtual std::vector<http::Route> doors(Inlet::Accept accept) = 0;
};
struct CaptureParts {
    kernel::Kernel& kernel;
    org::Org& org;
    customer::Customers& customers;
    customer::Leads& leads;
    Collect& collect;
    std::string public_url;  // under which people reach the pages; empty: as the request says
};
std::unique_ptr<CapturePoints> make_capture_points(CaptureParts parts);

}  // namespace tilth::collect
