#pragma once
// Files fetched by themselves (CDP-19): a watched folder, SFTP, or HTTP. A timer starts the job "feed.pull", which
// lists what is there, takes what it has not seen, oldest first, and hands each file to an import of its own. Days that
// were missed are caught up by the same rule: whatever has not been seen is taken. A file that is taken twice changes
// nothing, because a file is known by its content, and a row by its key or fingerprint.

#include <map>
#include <memory>
#include <mutex>

#include "modules/collect/feeds/feed.h"
#include "modules/collect/service.h"

namespace tilth::collect {

inline constexpr std::string_view kPullJob = "feed.pull";

class Feeds {
public:
    Feeds(kernel::Kernel& kernel, CollectService& collect);

    // `secret` is sealed. Invalid names the field.
    Result<std::int64_t> add(kernel::Unit& unit, Feed feed, std::string_view secret);
    Status pause(kernel::Unit& unit, std::int64_t number, bool paused);
    Status remove(kernel::Unit& unit, std::int64_t number);
    Result<JobId> run(kernel::Unit& unit, std::int64_t number);
    // Where the tenant's watched folders stand on the server.
    std::string inbox(const TenantId& tenant) const;

private:
    // What a run has before it, kept between the steps of its job; made anew after a restart.
    struct Pull;
    struct Wanted {
        std::string name;
        std::string version;
    };
    Result<std::shared_ptr<Pull>> pull_of(kernel::JobStep& step);
    Result<std::shared_ptr<Pull>> begin(kernel::JobStep& step, std::int64_t number);
    Status open(const TenantId& tenant, Pull& pull) const;
    Result<std::vector<Wanted>> wanted(const TenantId& tenant, Pull& pull, Instant now) const;
    Result<kernel::StepOutcome> step(kernel::JobStep& step);
    Status take(kernel::JobStep& step, Pull& pull, const Wanted& file);
    Result<kernel::StepOutcome> end(kernel::JobStep& step, Pull& pull);
    Status wake(kernel::Unit& unit, const Feed& feed, Instant after);

    kernel::Kernel& kernel_;
    CollectService& collect_;
    std::mutex mutex_;
    std::map<JobId, std::shared_ptr<Pull>> pulls_;
};

void add_feed_routes(kernel::Kernel& kernel, std::shared_ptr<Feeds> feeds);

}  // namespace tilth::collect
