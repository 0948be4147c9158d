#pragma once
// For *_test.cpp files of flows only: collect, org and customer on a kernel of their own, a journal in memory, and
// customers that refuse when they are told to.

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "flows/collect_batch/group.h"
#include "flows/collect_batch/pipeline.h"
#include "kernel/testing/fixture.h"
#include "modules/collect/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::flows::testing {

// Keeps entries as a journal does; `unreadable` reads fail first.
class MemoryJournal final : public kernel::Journal {
public:
    using Journal::append;
    void append(std::string bytes, std::function<void(Result<std::uint64_t>)> done) override {
        std::uint64_t sequence = 0;
        {
            const std::lock_guard lock(mutex_);
            sequence = ++last_;
            entries_[sequence] = std::move(bytes);
        }
        arrived_.notify_all();
        done(sequence);
    }
    Result<std::vector<kernel::JournalEntry>> read(std::uint64_t after, std::size_t max_bytes,
                                                   std::int64_t wait_ms) override {
        std::unique_lock lock(mutex_);
        if (unreadable > 0) return --unreadable, Error(ErrorCode::StorageFailed, "a fault of the test");
        const auto there = [&] { return last_ > after && !held; };
        if (!arrived_.wait_for(lock, std::chrono::milliseconds(wait_ms), there))
            return std::vector<kernel::JournalEntry>{};
        std::vector<kernel::JournalEntry> found;
        std::size_t bytes = 0;
        for (auto at = entries_.upper_bound(after); at != entries_.end(); ++at) {
            if (!found.empty() && bytes + at->second.size() > max_bytes) break;
            bytes += at->second.size();
            found.push_back({at->first, at->second});
        }
        return found;
    }
    Status drop_up_to(std::uint64_t sequence) override {
        const std::lock_guard lock(mutex_);
        entries_.erase(entries_.begin(), entries_.upper_bound(sequence));
        return ok();
    }
    std::uint64_t last() const override {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    // While held, readers find nothing: what is appended meanwhile comes to them as one group.
    void hold(bool on) {
        {
            const std::lock_guard lock(mutex_);
            held = on;
        }
        arrived_.notify_all();
    }
    std::size_t kept() const {
        const std::lock_guard lock(mutex_);
        return entries_.size();
    }
    int unreadable = 0;  // set before the pipeline runs

private:
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::map<std::uint64_t, std::string> entries_;
    std::uint64_t last_ = 0;
    bool held = false;
};

// The customers of the module, who refuse sightings of some sources: always, or a number of times.
class PickyCustomers final : public customer::Customers {
public:
    explicit PickyCustomers(customer::Customers& real) : real_(real) {}
    void refuse(const SourceId& source, int times, ErrorCode code = ErrorCode::Internal) {
        const std::lock_guard lock(mutex_);
        refusals_[source.str()] = {times, code};
    }
    Result<customer::Resolution> resolve(kernel::Unit& unit, const customer::Sighting& sighting) override {
        {
            const std::lock_guard lock(mutex_);
            const auto found = refusals_.find(std::string(sighting.source));
            if (found != refusals_.end() && found->second.first > 0) {
                --found->second.first;
                return Error(found->second.second, "a fault of the test");
            }
        }
        return real_.resolve(unit, sighting);
    }
    Status declare(kernel::Unit& unit, const CustomerId& customer, const std::vector<customer::Trait>& traits,
                   std::string_view source, int confidence) override {
        return real_.declare(unit, customer, traits, source, confidence);
    }
    Result<std::int64_t> merge(kernel::Unit& unit, const CustomerId& a, const CustomerId& b,
                               std::string_view reason) override {
        return real_.merge(unit, a, b, reason);
    }
    Status unmerge(kernel::Unit& unit, std::int64_t link, std::string_view reason) override {
        return real_.unmerge(unit, link, reason);
    }
    Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) override {
        return real_.take_back(unit, source, limit);
    }
    std::optional<customer::Person> person_of(const TenantId& tenant, const CustomerId& customer) const override {
        return real_.person_of(tenant, customer);
    }
    std::vector<CustomerId> customers_of(const TenantId& tenant, std::uint32_t ordinal, bool known) const override {
        return real_.customers_of(tenant, ordinal, known);
    }
    std::optional<CustomerId> find(const TenantId& tenant, const customer::Claim& claim) const override {
        return real_.find(tenant, claim);
    }
    std::int64_t people(const TenantId& tenant, bool known) const override { return real_.people(tenant, known); }
    Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant) override {
        return real_.state_hash(sql, tenant);
    }
    Status verify(sql::Connection& sql, const TenantId& tenant) override { return real_.verify(sql, tenant); }
    Result<std::vector<Dimension>> changed_since(sql::Connection& sql, const TenantId& tenant, std::int64_t change_no,
                                                 int limit) override {
        return real_.changed_since(sql, tenant, change_no, limit);
    }
    Result<std::vector<Face>> faces(sql::Connection& sql, const TenantId& tenant,
                                    const std::vector<CustomerId>& customers) override {
        return real_.faces(sql, tenant, customers);
    }
    std::vector<CustomerId> search(const TenantId& tenant, std::string_view text) override {
        return real_.search(tenant, text);
    }

private:
    customer::Customers& real_;
    std::mutex mutex_;
    std::map<std::string, std::pair<int, ErrorCode>> refusals_;
};

inline std::vector<sql::Migration> flow_migrations() {
    std::vector<sql::Migration> all;
    for (const auto& module : {org::org_module(), customer::customer_module(), collect::collect_module()}) {
        all.insert(all.end(), module.migrations.begin(), module.migrations.end());
    }
    return all;
}

// Everything that a pipeline stands on. Tenants 1 and 2 have keys.
class CollectRoom {
public:
    explicit CollectRoom(sql::Engine engine) : kernel_(engine, flow_migrations()) {
        directory_ = (std::filesystem::temp_directory_path() / "tilth_flows.XXXXXX").string();
        INVARIANT(::mkdtemp(directory_.data()) != nullptr, "a place for the in-flight mark");
        const auto second = kernel_.record().write<bool>(context(2), [this](kernel::Unit& unit) -> Result<bool> {
            TRY(kernel_->vault.ensure_tenant(unit, unit.tenant()));
            return true;
        });
        INVARIANT(second.has_value(), "tenant 2 has keys");
        open();
    }
    ~CollectRoom() {
        close();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    CollectRoom(const CollectRoom&) = delete;
    CollectRoom& operator=(const CollectRoom&) = delete;

    // As after a stop of the process. What was in the journal and in the mark's file is there again.
    void reopen() {
        close();
        kernel_.reopen();
        open();
    }

    static kernel::Context context(std::uint8_t number) {
        return kernel::Context::system(kernel::testing::tenant(number), Instant{1'772'330'400'000});
    }
    static SourceId source(std::uint8_t number) {
        SourceId id;
        id.bytes.back() = number;
        return id;
    }
    // A batch of the native inlet from a source of a tenant.
    collect::RawBatch batch(std::uint8_t tenant, std::uint8_t of_source, std::string events) {
        return {kernel::testing::tenant(tenant),
                source(of_source),
                "native",
                "/api/v1/events",
                kernel_.clock().now(),
                {},
                "{\"events\":[" + std::move(events) + "]}"};
    }
    static std::string event(const std::string& id, const std::string& phone, const std::string& type = "page") {
        return R"({"id":")" + id + R"(","type":")" + type + R"(","identities":{"phone":")" + phone + R"("}})";
    }
    // Types of the event log in its order.
    std::vector<std::string> log(std::uint8_t tenant) {
        std::vector<std::string> types;
        auto reader = kernel_.reader();
        MUST(kernel::scan_events(*reader, kernel::testing::tenant(tenant), 0,
                                 [&](std::int64_t, const kernel::Event& one) {
                                     types.push_back(one.type);
                                     return true;
                                 }));
        return types;
    }

    std::string directory_;
    kernel::testing::TestKernel kernel_;
    std::unique_ptr<org::Org> org_;
    std::unique_ptr<customer::Customers> customers_;
    std::unique_ptr<PickyCustomers> picky_;
    std::unique_ptr<collect::Collect> collect_;
    std::unique_ptr<kernel::Activity> activity_;

    PipelineParts parts(kernel::Journal& journal) { return {*kernel_, journal, *picky_, *collect_, *activity_}; }

private:
    void open() {
        (*kernel_).data_directory = directory_;
        org_ = org::make_org(*kernel_);
        customers_ = customer::make_customers(*kernel_);
        picky_ = std::make_unique<PickyCustomers>(*customers_);
        collect_ = collect::make_collect(*kernel_, *org_);
        activity_ = kernel::make_activity();
        auto reader = kernel_.reader();
        const std::vector<TenantId> tenants = {kernel::testing::tenant(1), kernel::testing::tenant(2)};
        MUST(collect_->dedup().load(*reader, tenants, kernel_.clock().now()));
        MUST(activity_->rebuild(*reader, tenants));
    }
    void close() {
        activity_.reset();
        collect_.reset();
        picky_.reset();
        customers_.reset();
        org_.reset();
    }
};

}  // namespace tilth::flows::testing
