#pragma once
// The open interface behind module.h.

#include "modules/collect/module.h"
#include "modules/collect/open/keys.h"
#include "modules/collect/open/webhooks.h"

namespace tilth::collect::open {

inline constexpr kernel::Permission kOpenRead{"open.read", "查看开放接口", "See the open interface"};
inline constexpr kernel::Permission kOpenWrite{"open.write", "管理开放接口", "Manage the open interface"};

class OpenService final : public OpenInterface {
public:
    OpenService(OpenParts parts, http::Reachable reachable)
        : parts_(parts),
          keys_(parts.kernel, parts.org, parts.collect),
          webhooks_(parts.kernel, parts.org, std::move(reachable)) {}

    void run() override { webhooks_.run(); }
    void stop() override { webhooks_.stop(); }
    std::vector<http::Route> doors(Inlet::Accept accept) override;

    OpenParts& parts() { return parts_; }
    KeyDesk& keys() { return keys_; }
    WebhookDesk& webhooks() { return webhooks_; }

private:
    OpenParts parts_;
    KeyDesk keys_;
    WebhookDesk webhooks_;
};

void add_open_routes(OpenService& open);

}  // namespace tilth::collect::open
