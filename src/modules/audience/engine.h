#pragma once
// Follows the record and keeps every tenant's memory and membership true.

#include <condition_variable>
#include <shared_mutex>
#include <thread>

#include "kernel/behaviour/activity.h"
#include "modules/audience/store.h"

namespace tilth::audience {

class Engine {
public:
    Engine(kernel::Kernel& kernel, const kernel::Activity& activity, org::Org& org, customer::Customers& customers,
           commerce::Orders& orders);
    ~Engine() { stop(); }

    Status add_feed(rules::AttributeFeed& feed);
    const rules::Registry& registry() const { return registry_; }
    void run();
    void stop();
    void poke();
    Status catch_up();
    Status rebuild();
    std::string state_hash(const TenantId& tenant);
    Status verify(const TenantId& tenant);

    // The tenant's memory while nobody writes it, or to compile a rule into it. Unavailable before the first pass.
    Status read(const TenantId& tenant, const std::function<Status(const Memory&, Instant as_of)>& fn) const;
    Status use(const TenantId& tenant, const std::function<Status(Memory&, Instant as_of)>& fn);

private:
    // Units on their way to the record; memory goes on meanwhile.
    struct Writing {
        std::mutex mutex;
        std::condition_variable landed;
        std::size_t open = 0;
        std::optional<Error> failed;  // units behind it refuse
    };
    struct Tenant {
        mutable std::shared_mutex mutex;  // over memory; positions belong to the follower
        std::unique_ptr<Memory> memory;
        store::Position position;
        std::vector<std::int64_t> feeds;
        Instant as_of;
        bool fresh = true;  // nothing settled since it was loaded
        std::shared_ptr<Writing> writing = std::make_shared<Writing>();
        std::int64_t score_from = 0;  // steady ns: scores that are behind wait until then, but for catch_up()
    };
    struct Read {
        std::vector<Definition> sets;
        bool new_sets = false;
        std::vector<customer::Customers::Dimension> customers;
        std::vector<commerce::Orders::Change> orders;
        std::vector<kernel::Activity::Run> events;  // those up to position.events
        std::int64_t events_after = 0;
        std::vector<Assignment> assigned;
        std::vector<std::pair<std::size_t, rules::FeedBatch>> fed;
        store::Position position;
        std::vector<std::int64_t> feeds;
        bool more = false;
        bool any() const;
    };

    void follow();
    Status follow_all(bool patient);
    // True when there may be more to do.
    Result<bool> step(const TenantId& tenant, Tenant& at);
    Status load(const TenantId& tenant, Tenant& at);
    Result<Read> read_feeds(kernel::View& view, const store::Position& from, const std::vector<std::int64_t>& feeds);
    Status read_events(kernel::View& view, std::int64_t after, Read& read);
    Status apply(const TenantId& tenant, Tenant& at, Read& read);
    void write(const TenantId& tenant, Tenant& at, std::vector<Transition> transitions);
    // Until at most so many units are on their way. When one has failed, memory is ahead of the record: it is dropped,
    // to be derived again and compared with what is stored, and the error is passed on.
    Status wait_written(Tenant& at, std::size_t most);
    Tenant& tenant(const TenantId& id);
    const Tenant* find(const TenantId& id) const;

    kernel::Kernel& kernel_;
    const kernel::Activity& activity_;
    org::Org& org_;
    customer::Customers& customers_;
    commerce::Orders& orders_;
    rules::Registry registry_;
    std::vector<rules::Combine> combine_;
    struct Feed {
        rules::AttributeFeed* feed = nullptr;
        std::size_t first = 0;
        std::size_t columns = 0;
    };
    std::vector<Feed> feeds_;

    std::mutex working_;  // one pass at a time
    bool patient_ = false;  // of this pass: everything is settled, however long it takes
    mutable std::mutex tenants_mutex_;
    std::map<TenantId, std::unique_ptr<Tenant>> tenants_;

    std::mutex mutex_;
    std::condition_variable wake_;
    bool poked_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tilth::audience
