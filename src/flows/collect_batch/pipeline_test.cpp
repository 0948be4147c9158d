#include "flows/collect_batch/pipeline.h"

#include "flows/collect_batch/in_flight.h"
#include "flows/testing.h"

namespace tilth::flows {
namespace {

using testing::CollectRoom;
using testing::MemoryJournal;

constexpr const char* kPhone = "13800138000";

class PipelineTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    ~PipelineTest() override { stop(); }
    void run() {
        pipeline_ = MUST(make_pipeline(room_.parts(journal_)));
        pipeline_->run();
    }
    void stop() { pipeline_.reset(); }
    // Sends one event of this type as a batch of its own.
    void send(const std::string& type, std::uint8_t source = 1, std::uint8_t tenant = 1) {
        const std::string id = "e" + std::to_string(++sent_);
        append(room_.batch(tenant, source, CollectRoom::event(id, kPhone, type)));
    }
    void append(const collect::RawBatch& batch) { MUST(journal_.append(collect::encode(batch))); }
    std::int64_t parked() { return room_.kernel_.number("SELECT count(*) FROM parked_batch"); }
    std::int64_t position() { return room_.kernel_.number("SELECT sequence FROM journal_position"); }
    using Types = std::vector<std::string>;

    CollectRoom room_{GetParam()};
    MemoryJournal journal_;
    std::unique_ptr<Pipeline> pipeline_;
    int sent_ = 0;
};

TEST_P(PipelineTest, WhatIsAcknowledgedIsAppliedInOrder) {
    run();
    bool answered = false;
    pipeline_->accept(room_.batch(1, 1, CollectRoom::event("a", kPhone, "first")),
                      [&](const Status& status) { answered = status.has_value(); });
    EXPECT_TRUE(answered);
    send("second");
    send("other", 2, 2);
    send("third");
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), (Types{"first", "second", "third"}));
    EXPECT_EQ(room_.log(2), Types{"other"});
    EXPECT_EQ(position(), 4);
    const PipelineState state = pipeline_->state();
    EXPECT_EQ(state.acknowledged, 4u);
    EXPECT_EQ(state.applied, 4u);
    EXPECT_EQ(state.events, 4);
    EXPECT_EQ(room_.activity_->position(kernel::testing::tenant(1)), 3);
}

TEST_P(PipelineTest, ARepeatedBatchCountsOnceAlsoAfterARestart) {
    run();
    const auto batch = room_.batch(1, 1, CollectRoom::event("a", kPhone) + "," + CollectRoom::event("b", kPhone));
    append(batch);
    append(batch);
    ASSERT_TRUE(pipeline_->settle());
    stop();
    room_.reopen();
    run();
    append(batch);
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1).size(), 2u);
    EXPECT_EQ(pipeline_->state().duplicates, 2);
}

TEST_P(PipelineTest, ABatchThatIsRefusedThreeTimesIsParkedAndTheOthersGoOn) {
    room_.picky_->refuse(CollectRoom::source(9), 1'000);
    run();
    journal_.hold(true);  // All of them are one group.
    for (const char* type : {"a", "b"}) send(type);
    send("bad", 9);
    for (const char* type : {"c", "d"}) send(type);
    journal_.hold(false);
    ASSERT_TRUE(pipeline_->settle());  // Although nothing comes after them.
    EXPECT_EQ(room_.log(1), (Types{"a", "b", "c", "d"}));
    EXPECT_EQ(parked(), 1);
    EXPECT_EQ(pipeline_->state().parked, 1);
    EXPECT_EQ(position(), 5);

    room_.picky_->refuse(CollectRoom::source(9), 0);
    ASSERT_TRUE(pipeline_->retry_parked(room_.context(1), 3));
    EXPECT_EQ(room_.log(1).back(), "bad");
    EXPECT_EQ(parked(), 0);
    EXPECT_EQ(pipeline_->retry_parked(room_.context(1), 3).error().code, ErrorCode::NotFound);
    EXPECT_EQ(room_.kernel_.number("SELECT count(*) FROM audit_line WHERE action = 'pipeline.retry'"), 1);
}

TEST_P(PipelineTest, ARefusalThatPassesLosesNothingAndKeepsTheOrder) {
    room_.picky_->refuse(CollectRoom::source(9), 2);
    run();
    Types expected;
    for (int i = 0; i < 40; ++i) {
        expected.push_back("t" + std::to_string(i));
        send(expected.back(), i == 7 ? 9 : 1);
    }
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), expected);
    EXPECT_EQ(parked(), 0);
}

TEST_P(PipelineTest, ARefusedGroupOfOneTenantIsNotOvertakenByAnothers) {
    room_.picky_->refuse(CollectRoom::source(9), 1);
    journal_.hold(true);
    run();
    send("refused first", 9, 1);
    send("of another tenant", 2, 2);
    send("again of the first", 1, 1);
    journal_.hold(false);
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), (Types{"refused first", "again of the first"}));
    EXPECT_EQ(room_.log(2), Types{"of another tenant"});
}

TEST_P(PipelineTest, AFullDiskIsWaitedForAndNeverParked) {
    room_.picky_->refuse(CollectRoom::source(9), 5, ErrorCode::StorageFull);
    run();
    send("a", 9);
    send("b");
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), (Types{"a", "b"}));
    EXPECT_EQ(parked(), 0);
}

TEST_P(PipelineTest, AJournalThatCannotBeReadIsTriedAgain) {
    journal_.unreadable = 2;
    send("a");
    run();
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), Types{"a"});
}

TEST_P(PipelineTest, BytesThatAreNoBatchAreNeitherDroppedNorPassedOver) {
    run();
    send("a");
    MUST(journal_.append("not a batch"));
    send("b");
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    EXPECT_EQ(room_.log(1), Types{"a"});
    EXPECT_EQ(position(), 1);
}

TEST_P(PipelineTest, WhatWasInFlightAtTwoCrashesIsParked) {
    for (const char* type : {"a", "killer", "c"}) send(type);
    // The mark that two processes left: they ended while they applied batch 2.
    const std::string path = room_.directory_ + "/pipeline.inflight";
    MUST(MUST(InFlightFile::open(files::real_files(), path)).mark(2, 2, 1));
    run();
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), (Types{"a", "c"}));
    EXPECT_EQ(parked(), 1);
    stop();
    room_.reopen();
    run();
    ASSERT_TRUE(pipeline_->retry_parked(room_.context(1), 2));
    EXPECT_EQ(room_.log(1), (Types{"a", "c", "killer"}));
}

TEST_P(PipelineTest, OneCrashWithAGroupInFlightParksNothing) {
    for (const char* type : {"a", "b", "c", "d"}) send(type);
    const std::string path = room_.directory_ + "/pipeline.inflight";
    MUST(MUST(InFlightFile::open(files::real_files(), path)).mark(1, 3, 0));
    run();
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(room_.log(1), (Types{"a", "b", "c", "d"}));
    EXPECT_EQ(parked(), 0);
    stop();
    EXPECT_EQ(MUST(InFlightFile::open(files::real_files(), path)).found().first, 0u) << "a clean end leaves no mark";
}

TEST_P(PipelineTest, RefusedRowsAreKeptWithTheirReason) {
    run();
    append(room_.batch(1, 1, R"({"id":"x","type":"page"},)" + CollectRoom::event("y", kPhone)));
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_EQ(pipeline_->state().refused, 1);
    EXPECT_EQ(room_.kernel_.number("SELECT count(*) FROM refused_event WHERE code = 'no_identity'"), 1);
    EXPECT_EQ(room_.log(1).size(), 1u);
}

TEST_P(PipelineTest, AppliedBatchesLeaveTheJournal) {
    run();
    for (int i = 0; i < 600; ++i) send("t");
    ASSERT_TRUE(pipeline_->settle());
    send("last");
    ASSERT_TRUE(pipeline_->settle());
    EXPECT_LT(journal_.kept(), 600u);
}

INSTANTIATE_TEST_SUITE_P(Engines, PipelineTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::flows
