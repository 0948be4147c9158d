#pragma once
// For *_test.cpp files only: a whole kernel on a record of one's own, for tests of modules. Tenant 1 has its keys; the
// data directory is a temporary one of its own.
//
//   class PointsTest : public ::testing::TestWithParam<sql::Engine> {
//   protected:
//       kernel::testing::TestKernel kernel_{GetParam(), loyalty_module().migrations};
//       std::unique_ptr<Points> points_ = make_points(*kernel_);
//   };
//   INSTANTIATE_TEST_SUITE_P(Engines, PointsTest, ::testing::ValuesIn(sql::testing::engines()),
//   sql::testing::engine_name);
//
// Dispatch and jobs do not run by themselves: settle() delivers what is due.

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernel/api/testing.h"
#include "kernel/kernel.h"
#include "kernel/testing.h"

namespace tilth::kernel::testing {

// Who calls the API; the whole context is the test's.
class TestCaller final : public Authenticator {
public:
    Result<Context> authenticate(const http::Request&) override { return context; }
    // Staff of tenant 1 with these permissions, who sees everything or exactly these nodes.
    void as_staff(std::vector<std::string> permissions) { as(std::move(permissions), {.all = true, .nodes = {}}); }
    void as_staff_of(std::vector<OrgNodeId> nodes, std::vector<std::string> permissions) {
        std::sort(nodes.begin(), nodes.end());
        as(std::move(permissions), {.all = false, .nodes = std::move(nodes)});
    }
    Context context;

private:
    void as(std::vector<std::string> permissions, Scope scope) {
        context = {};
        context.tenant = tenant(1);
        context.actor = {ActorKind::Staff, Bytes16{7}, "tester"};
        context.permissions = std::make_shared<PermissionSet>(std::move(permissions));
        context.scope = std::make_shared<Scope>(std::move(scope));
    }
};

class TestKernel {
public:
    explicit TestKernel(sql::Engine engine, std::vector<sql::Migration> migrations = {})
        : record_(engine, std::move(migrations)) {
        open();
        MUST(write([this](Unit& unit) { return vault_->ensure_tenant(unit, unit.tenant()); }));
    }

    ~TestKernel() {
        close();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    TestKernel(const TestKernel&) = delete;
    TestKernel& operator=(const TestKernel&) = delete;

    Kernel& operator*() { return *kernel_; }
    Kernel* operator->() { return kernel_.get(); }
    Record& record() { return *record_; }
    ManualClock& clock() { return record_.clock(); }
    TestCaller& caller() { return caller_; }
    TenantId tenant_id() const { return tenant(1); }
    Context context() { return record_.context(); }

    Status write(const std::function<Status(Unit&)>& fn) { return record_.write(fn); }
    // A unit that yields a value; the test ends when it is refused.
    template <class T>
    T made(const std::function<Result<T>(Unit&)>& fn) {
        return MUST(record_->template write<T>(context(), fn));
    }
    std::int64_t number(std::string_view statement, sql::Params params = {}) {
        return record_.number(statement, params);
    }
    sql::ReaderPool::Loan reader() { return MUST(record_->readers().borrow()); }
    Status settle() { return dispatch_->settle(); }

    bool gated = false;  // whether files and pages pass org's gate, which knows its own staff alone
    // After every route was added; as the caller that the test has set.
    http::Response call(Method method, std::string target, std::string body = {}) {
        if (!routes_) {
            api_->set_authenticator(caller_);
            if (!gated) api_->set_gate(nullptr);
            routes_ = std::make_unique<Caller>(*api_);
        }
        return routes_->call(method, std::move(target), std::move(body));
    }

    // As after a stop of the process: destroy what stands on the kernel first, make it anew after.
    void reopen() {
        close();
        record_.reopen();
        open();
    }

private:
    void open() {
        vault_ = make_vault(master_, *record_);
        settings_ = make_settings();
        jobs_ = make_jobs(*record_);
        dispatch_ = make_dispatch(*record_);
        api_ = std::make_unique<Api>(&*record_, record_.clock(), rng_);
        kernel_.reset(new Kernel{record_.clock(), rng_, files::real_files(), directory_, *record_, *vault_, *settings_,
                                 *jobs_, *dispatch_, *api_, master_});
    }
    void close() {
        routes_.reset();
        kernel_.reset();
        api_.reset();
        dispatch_.reset();
        jobs_.reset();
        settings_.reset();
        vault_.reset();
    }

    static std::string temporary() {
        std::string path = (std::filesystem::temp_directory_path() / "tilth_kernel.XXXXXX").string();
        INVARIANT(::mkdtemp(path.data()) != nullptr, "a data directory for the test");
        return path;
    }

    const std::string directory_ = temporary();
    TestRecord record_;
    SeededRng rng_{20'260'301};
    crypto::Key master_ = crypto::Key::from_bytes(std::string(crypto::kKeyBytes, 'k'));
    TestCaller caller_;
    std::unique_ptr<Vault> vault_;
    std::unique_ptr<Settings> settings_;
    std::unique_ptr<Jobs> jobs_;
    std::unique_ptr<Dispatch> dispatch_;
    std::unique_ptr<Api> api_;
    std::unique_ptr<Kernel> kernel_;
    std::unique_ptr<Caller> routes_;
};

}  // namespace tilth::kernel::testing
