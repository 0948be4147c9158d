#pragma once
// From the journal to the record: parse → check → de-duplicate → resolve → append, in groups. One transaction holds the
// group's event blocks, new identities and links, declared traits, refused rows and the journal position, so that
// nothing acknowledged is lost and nothing is applied twice.
//
// Parsing runs on the pipeline's own thread while the record's writer commits the group before. A batch in flight at
// two crashes, or refused three times, is parked: sealed, counted, shown, retried by hand.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernel/behaviour/activity.h"
#include "kernel/journal/journal.h"
#include "modules/collect/api.h"
#include "modules/customer/api.h"

namespace tilth::flows {

struct PipelineState {
    std::uint64_t acknowledged = 0;  // last sequence in the journal
    std::uint64_t applied = 0;
    std::int64_t events = 0;  // since start
    std::int64_t duplicates = 0;
    std::int64_t refused = 0;
    std::int64_t parked = 0;
};

class Pipeline {
public:
    virtual ~Pipeline() = default;
    // Puts a batch into the journal; `done` runs when it is durable (or refused). Any thread.
    virtual void accept(collect::RawBatch batch, std::function<void(Status)> done) = 0;
    virtual void run() = 0;
    virtual void stop() = 0;
    // Returns when everything acknowledged before the call is applied. Any thread but the writer's.
    virtual Status settle() = 0;
    virtual PipelineState state() const = 0;
    virtual Status retry_parked(const kernel::Context& context, std::int64_t sequence) = 0;
};

struct PipelineParts {
    kernel::Kernel& kernel;
    kernel::Journal& journal;
    customer::Customers& customers;
    collect::Collect& collect;
    kernel::Activity& activity;
};
Result<std::unique_ptr<Pipeline>> make_pipeline(PipelineParts parts);

}  // namespace tilth::flows
