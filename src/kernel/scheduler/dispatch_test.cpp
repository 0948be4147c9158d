#include "kernel/scheduler/dispatch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "kernel/record/faulty_connection.h"
#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

using Seen = std::vector<std::string>;

constexpr std::string_view kSeenTable =
    "CREATE TABLE seen (tenant_id id16 NOT NULL, handler txt NOT NULL, event txt NOT NULL, "
    "PRIMARY KEY (tenant_id, handler, event))";

// The effect of a delivery is a row whose key stands once: a second delivery of the same event would be a Conflict.
Status note(Unit& unit, std::string_view handler, std::string_view event) {
    return unit.sql().write("INSERT INTO seen (tenant_id, handler, event) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), handler, event});
}

class DispatchTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void make() {
        dispatch_ = make_dispatch(*record_);
        for (const char* handler : {"one", "two"}) {
            dispatch_->on_event("a", handler, [this, handler](Unit& unit, const OutboxEvent& event) -> Status {
                TRY(note(unit, handler, event.key));
                auto& left = failures_[std::string(handler) + ":" + event.key];
                if (left > 0) return --left, Error(ErrorCode::Conflict, "not yet");
                unit.on_commit([this, text = std::string(handler) + ":" + event.key] { order_.push_back(text); });
                return ok();
            });
        }
        dispatch_->on_event("b", "two", [this](Unit& unit, const OutboxEvent& event) -> Status {
            unit.on_commit([this, text = "two:" + event.key] { order_.push_back(text); });
            return note(unit, "two", event.key);
        });
        dispatch_->on_timer("wake", [this](Unit& unit, const Timer& timer) -> Status {
            auto& left = failures_["wake:" + timer.key];
            if (left > 0) return --left, Error(ErrorCode::Conflict, "not yet");
            unit.on_commit([this, text = timer.key + "=" + timer.payload] { order_.push_back(text); });
            if (timer.payload == "again") return unit.set_timer("wake", timer.key, unit.now() + hours(1), "last");
            return ok();
        });
    }
    void crash() {
        dispatch_.reset();
        record_.reopen();
        make();
    }
    void emit(const std::string& type, const std::string& key, std::uint8_t tenant = 1) {
        ASSERT_TRUE(record_.write([&](Unit& unit) { return unit.emit(type, key, R"({"n":1})"); }, tenant));
    }
    void timer(const std::string& key, Duration in, const std::string& payload = "p") {
        ASSERT_TRUE(record_.write([&](Unit& unit) { return unit.set_timer("wake", key, unit.now() + in, payload); }));
    }
    Seen settled() {
        order_.clear();
        const Status status = dispatch_->settle();
        EXPECT_TRUE(status) << status.error().detail;
        return order_;
    }
    std::vector<Parked> parked() {
        auto loan = MUST(record_->readers().borrow());
        return MUST(dispatch_->parked(*loan, testing::tenant(1)));
    }
    std::int64_t position(std::string_view handler) {
        return record_.number("SELECT position FROM outbox_position WHERE handler = ?1", {handler});
    }

    testing::TestRecord record_{GetParam(), {{"test", 1, "seen", kSeenTable}}};
    // The writer's thread only, while it works; the test reads after settle().
    std::map<std::string, int> failures_;
    Seen order_;
    std::unique_ptr<Dispatch> dispatch_;
};

TEST_P(DispatchTest, EachHandlerSeesItsEventsOnceAndInOrder) {
    make();
    emit("a", "1"), emit("b", "2"), emit("nobody", "3"), emit("a", "4", 2);
    Seen one;
    Seen two;
    for (const auto& text : settled()) (text.starts_with("one") ? one : two).push_back(text);
    EXPECT_EQ(one, (Seen{"one:1", "one:4"}));
    EXPECT_EQ(two, (Seen{"two:1", "two:2", "two:4"}));
    EXPECT_TRUE(settled().empty());
    crash();
    EXPECT_TRUE(settled().empty());
    EXPECT_EQ(position("two"), 4);
}

TEST_P(DispatchTest, EventsFromBeforeTheStartComeFromTheRecord) {
    for (int i = 0; i < 600; ++i) emit("a", std::to_string(i));
    make();
    const auto seen = settled();
    ASSERT_EQ(seen.size(), 1200u);
    std::vector<int> one;
    for (const auto& text : seen)
        if (text.starts_with("one:")) one.push_back(std::stoi(text.substr(4)));
    for (int i = 0; i < 600; ++i) EXPECT_EQ(one[static_cast<std::size_t>(i)], i);
}

TEST_P(DispatchTest, TwoFailuresDelayButDoNotDouble) {
    make();
    failures_["one:2"] = 2;
    emit("a", "1"), emit("a", "2"), emit("a", "3");
    Seen one;
    for (const auto& text : settled())
        if (text.starts_with("one")) one.push_back(text);
    EXPECT_EQ(one, (Seen{"one:1", "one:2", "one:3"}));
    EXPECT_TRUE(parked().empty());
    EXPECT_EQ(record_.number("SELECT count(*) FROM seen"), 6);
}

TEST_P(DispatchTest, ThreeFailuresParkThatEventForThatHandler) {
    make();
    failures_["one:2"] = 3;
    emit("a", "1"), emit("a", "2"), emit("a", "3");
    Seen one;
    for (const auto& text : settled())
        if (text.starts_with("one")) one.push_back(text);
    EXPECT_EQ(one, (Seen{"one:1", "one:3"}));
    ASSERT_EQ(parked().size(), 1u);
    const auto event = parked().front();
    EXPECT_EQ(event.handler, "one");
    EXPECT_EQ(event.sequence, 2);
    EXPECT_EQ(event.key, "2");
    EXPECT_EQ(event.attempts, 3);
    EXPECT_EQ(event.error, "conflict: not yet");
    crash();
    EXPECT_TRUE(settled().empty());

    failures_["one:2"] = 1;
    EXPECT_FALSE(record_.write([&](Unit& unit) { return dispatch_->retry(unit, event.id); }));
    EXPECT_EQ(parked().size(), 1u);
    EXPECT_EQ(record_.write([&](Unit& unit) { return dispatch_->retry(unit, event.id); }, 2).error().code,
              ErrorCode::NotFound);
    EXPECT_TRUE(record_.write([&](Unit& unit) { return dispatch_->retry(unit, event.id); }));
    EXPECT_TRUE(parked().empty());
    EXPECT_EQ(record_.number("SELECT count(*) FROM seen"), 6);
}

TEST_P(DispatchTest, AnEffectWithoutItsPositionIsUndoneTogether) {
    // The deliveries run, and COMMIT fails: neither row nor position stands, and the next start delivers.
    Faults faults;
    record_.reopen_with(faulty_writer(faults));
    make();
    emit("a", "1");
    ASSERT_TRUE(record_.write([](Unit&) { return ok(); }));
    faults.error = ErrorCode::StorageFull;
    faults.fail_param = "1";
    EXPECT_FALSE(dispatch_->settle());
    faults.fail_param.clear();
    faults.commits_to_fail = 100;  // together or one by one, as it comes
    EXPECT_FALSE(dispatch_->settle());
    EXPECT_LT(faults.commits_to_fail, 100);
    EXPECT_EQ(position("two"), -1);
    EXPECT_EQ(record_.number("SELECT count(*) FROM seen"), 0);
    crash();
    EXPECT_EQ(settled(), (Seen{"one:1", "two:1"}));
    EXPECT_EQ(position("two"), 1);
    EXPECT_EQ(record_.number("SELECT count(*) FROM seen"), 2);
    EXPECT_TRUE(parked().empty());
}

TEST_P(DispatchTest, TimersFollowTheClock) {
    make();
    timer("late", hours(2));
    timer("soon", minutes(1), "again");
    timer("never", minutes(5));
    ASSERT_TRUE(record_.write([](Unit& unit) { return unit.clear_timer("wake", "never"); }));
    timer("moved", minutes(1));
    timer("moved", hours(3), "new");
    EXPECT_TRUE(settled().empty());
    record_.clock().advance(minutes(1));
    EXPECT_EQ(settled(), (Seen{"soon=again"}));
    crash();
    EXPECT_TRUE(settled().empty());
    record_.clock().advance(hours(5));
    EXPECT_EQ(settled(), (Seen{"soon=last", "late=p", "moved=new"}));
    EXPECT_EQ(record_.number("SELECT count(*) FROM timer"), 0);
}

TEST_P(DispatchTest, AMovedTimerFiresAtItsNewTimeOnly) {
    make();
    EXPECT_TRUE(settled().empty());
    timer("later", minutes(1));
    timer("later", hours(1), "new");
    timer("sooner", hours(2));
    timer("sooner", minutes(5), "new");
    timer("cleared", minutes(5));
    ASSERT_TRUE(record_.write([](Unit& unit) { return unit.clear_timer("wake", "cleared"); }));
    record_.clock().advance(minutes(1));
    EXPECT_TRUE(settled().empty());
    record_.clock().advance(minutes(4));
    EXPECT_EQ(settled(), (Seen{"sooner=new"}));
    record_.clock().advance(hours(3));
    EXPECT_EQ(settled(), (Seen{"later=new"}));
}

TEST_P(DispatchTest, AnUndoneUnitLeavesNoTimer) {
    make();
    EXPECT_FALSE(record_.write([](Unit& unit) -> Status {
        TRY(unit.set_timer("wake", "k", unit.now(), "p"));
        return Error(ErrorCode::Conflict);
    }));
    EXPECT_TRUE(settled().empty());
}

TEST_P(DispatchTest, ATimerThatFailsThreeTimesIsParked) {
    make();
    failures_["wake:x"] = 3;
    timer("x", seconds(1));
    record_.clock().advance(seconds(1));
    EXPECT_TRUE(settled().empty());
    ASSERT_EQ(parked().size(), 1u);
    EXPECT_EQ(parked().front().handler, "timer:wake");
    EXPECT_TRUE(record_.write([&](Unit& unit) { return dispatch_->retry(unit, parked().front().id); }));
    EXPECT_EQ(order_, (Seen{"x=p"}));
}

TEST_P(DispatchTest, ByItselfAndWhenPoked) {
    make();
    std::atomic<int> seen{0};
    dispatch_->on_event("a", "counter", [&seen](Unit& unit, const OutboxEvent&) {
        unit.on_commit([&seen] { ++seen; });
        return ok();
    });
    dispatch_->on_timer("bell", [&seen](Unit& unit, const Timer&) {
        unit.on_commit([&seen] { seen += 10; });
        return ok();
    });
    dispatch_->run();
    emit("a", "1");
    ASSERT_TRUE(record_.write([](Unit& unit) { return unit.set_timer("bell", "k", unit.now() + hours(1), {}); }));
    record_.clock().advance(hours(1));
    dispatch_->poke();
    for (int i = 0; i < 1000 && seen < 11; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(seen.load(), 11);
    dispatch_->stop();
}

INSTANTIATE_TEST_SUITE_P(Engines, DispatchTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
