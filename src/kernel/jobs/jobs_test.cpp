#include "kernel/jobs/jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "kernel/record/faulty_connection.h"
#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

constexpr std::string_view kWorkTable =
    "CREATE TABLE work (tenant_id id16 NOT NULL, item i64 NOT NULL, PRIMARY KEY (tenant_id, item))";

bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return holds();
}

class JobsTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    // A job of `total` items, one a step; an item done twice would be a Conflict.
    Result<StepOutcome> count(JobStep& step, std::int64_t total) {
        const std::int64_t at = step.job().cursor.empty() ? 0 : std::stoll(step.job().cursor);
        if (at == total) {
            step.result(R"({"items":)" + std::to_string(at) + "}");
            return StepOutcome::Done;
        }
        if (at == hold_at_) {
            ++held_;
            while (hold_at_ == at) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        if (at == fail_at_) return Error(fail_with_, "told to");
        step.cursor(std::to_string(at + 1));
        step.progress("counting", at + 1, total);
        TRY(step.write([&](Unit& unit) {
            return unit.sql().write("INSERT INTO work (tenant_id, item) VALUES (?1, ?2)", {unit.tenant(), at});
        }));
        return StepOutcome::More;
    }
    void make(bool run = true) {
        jobs_ = make_jobs(*record_);
        jobs_->define("count", [this](JobStep& step) { return count(step, std::stoll(step.job().params)); });
        jobs_->define("other", [](JobStep&) -> Result<StepOutcome> { return StepOutcome::Partial; });
        jobs_->define("throws", [](JobStep&) -> Result<StepOutcome> { throw std::runtime_error("no"); });
        jobs_->on_change([this](const Job& job) {
            const std::lock_guard lock(mutex_);
            changes_.push_back(job);
        });
        if (run) jobs_->run();
    }
    void crash() {
        hold_at_ = -1;
        jobs_.reset();
        record_.reopen();
    }
    JobId start(std::string_view kind, const std::string& params, std::uint8_t tenant = 1) {
        return MUST(record_->write<JobId>(record_.context(tenant),
                                          [&](Unit& unit) { return jobs_->start(unit, kind, "数一数", params); }));
    }
    Job find(const JobId& id) {
        auto loan = MUST(record_->readers().borrow());
        return MUST(jobs_->find(*loan, testing::tenant(1), id));
    }
    Job ended(const JobId& id) {
        EXPECT_TRUE(eventually([&] { return jobs_->idle(); }));
        return find(id);
    }

    testing::TestRecord record_{GetParam(), {{"test", 1, "work", kWorkTable}}};
    std::atomic<std::int64_t> hold_at_{-1};
    std::atomic<int> held_{0};
    std::atomic<std::int64_t> fail_at_{-1};
    std::atomic<ErrorCode> fail_with_{ErrorCode::Conflict};
    std::mutex mutex_;
    std::vector<Job> changes_;
    std::unique_ptr<Jobs> jobs_;
};

TEST_P(JobsTest, StepsRunToTheEndAndAreTold) {
    make();
    const Job job = ended(start("count", "3"));
    EXPECT_EQ(job.state, JobState::Done);
    EXPECT_EQ(job.result, R"({"items":3})");
    EXPECT_EQ(job.phase, "counting");
    EXPECT_EQ(job.done, 3);
    EXPECT_EQ(job.title, "数一数");
    EXPECT_EQ(job.started_by, "system");
    std::vector<JobState> states;
    std::vector<std::int64_t> done;
    for (const auto& change : changes_) states.push_back(change.state), done.push_back(change.done);
    using enum JobState;
    EXPECT_EQ(states, (std::vector{Queued, Running, Running, Running, Running, Done}));
    EXPECT_EQ(done, (std::vector<std::int64_t>{0, 0, 1, 2, 3, 3}));
    EXPECT_EQ(ended(start("other", "")).state, JobState::Partial);
    auto loan = MUST(record_->readers().borrow());
    EXPECT_EQ(MUST(jobs_->recent(*loan, testing::tenant(1), 10)).size(), 2u);
    EXPECT_EQ(MUST(jobs_->recent(*loan, testing::tenant(1), 1)).size(), 1u);
    EXPECT_TRUE(MUST(jobs_->recent(*loan, testing::tenant(2), 10)).empty());
}

TEST_P(JobsTest, AJobGoesOnAfterACrashWhereItStood) {
    make();
    hold_at_ = 4;
    const JobId id = start("count", "8");
    ASSERT_TRUE(eventually([&] { return held_ == 1; }));
    // The process ends here: nothing more of it is written, as if it had been killed.
    record_->stop();
    crash();
    make(false);
    EXPECT_EQ(find(id).state, JobState::Running);
    EXPECT_EQ(find(id).cursor, "4");
    const JobId queued = start("count", "8", 2);
    jobs_->run();
    EXPECT_EQ(ended(id).state, JobState::Done);
    EXPECT_EQ(record_.number("SELECT count(*) FROM work"), 16);
    EXPECT_NE(queued, id);
}

TEST_P(JobsTest, CancelTakesEffectBetweenSteps) {
    make();
    hold_at_ = 2;
    const JobId id = start("count", "5");
    ASSERT_TRUE(eventually([&] { return held_ == 1; }));
    const JobId behind = start("count", "5");
    const auto cancel = [&](const JobId& job, std::uint8_t tenant = 1) {
        return record_.write([&](Unit& unit) { return jobs_->cancel(unit, job); }, tenant);
    };
    EXPECT_EQ(cancel(id, 2).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(cancel(id));
    EXPECT_TRUE(cancel(id));
    EXPECT_EQ(find(id).state, JobState::Cancelling);
    EXPECT_TRUE(cancel(behind));
    EXPECT_EQ(find(behind).state, JobState::Cancelled);
    hold_at_ = -1;
    EXPECT_EQ(ended(id).state, JobState::Cancelled);
    EXPECT_EQ(find(id).done, 3);
    EXPECT_EQ(record_.number("SELECT count(*) FROM work"), 3);
    EXPECT_EQ(cancel(id).error().code, ErrorCode::Conflict);
}

TEST_P(JobsTest, ACancelSurvivesACrash) {
    make();
    hold_at_ = 2;
    const JobId id = start("count", "5");
    ASSERT_TRUE(eventually([&] { return held_ == 1; }));
    ASSERT_TRUE(record_.write([&](Unit& unit) { return jobs_->cancel(unit, id); }));
    record_->stop();
    crash();
    make();
    EXPECT_EQ(ended(id).state, JobState::Cancelled);
    EXPECT_EQ(record_.number("SELECT count(*) FROM work"), 2);
}

TEST_P(JobsTest, OneOfAKindPerTenantAtATime) {
    make();
    hold_at_ = 1;
    start("count", "2");
    ASSERT_TRUE(eventually([&] { return held_ == 1; }));
    const JobId second = start("count", "0");
    const JobId beside = start("other", "");
    EXPECT_TRUE(eventually([&] { return find(beside).state == JobState::Partial; }));
    EXPECT_EQ(find(second).state, JobState::Queued);
    hold_at_ = -1;
    EXPECT_EQ(ended(second).state, JobState::Done);
}

TEST_P(JobsTest, AFailureEndsTheJobWithItsCode) {
    make();
    fail_at_ = 2;
    const Job job = ended(start("count", "5"));
    EXPECT_EQ(job.state, JobState::Failed);
    EXPECT_EQ(job.error, "conflict");
    EXPECT_EQ(job.done, 2);
    EXPECT_EQ(ended(start("throws", "")).error, "internal");
}

TEST_P(JobsTest, AFullDiskForAWhileDoesNotEndIt) {
    Faults faults;
    record_.reopen_with(faulty_writer(faults));
    make();
    hold_at_ = 2;
    const JobId id = start("count", "5");
    ASSERT_TRUE(eventually([&] { return held_ == 1; }));
    faults.commits_to_fail = 2;
    hold_at_ = -1;
    EXPECT_EQ(ended(id).state, JobState::Done);
    EXPECT_EQ(record_.number("SELECT count(*) FROM work"), 5);
    jobs_.reset();
    record_.close();  // The faults end before the fixture does.
}

INSTANTIATE_TEST_SUITE_P(Engines, JobsTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
