// Five conditions over all people (tag, number, count in a window, absence, organisation scope), and event conditions
// over all events, beside DuckDB's SQL on the same data in the same run. Results are compared, not only timed.
//
//   bench_segment [--people N] [--events N]

#include <algorithm>
#include <cstdio>
#include <string>

#include "kernel/behaviour/index/index.h"
#include "kernel/rules/plan.h"
#include "kernel/rules/text.h"
#include "platform/columns/columns.h"
#include "support.h"

namespace {

using namespace tilth;
using kernel::BehaviourIndex;
using kernel::IndexedEvent;
namespace rules = kernel::rules;

constexpr std::int64_t kStart = 1'767'225'600'000;  // 2026-01-01
constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kDays = 90;
constexpr Instant kNow{kStart + kDays * kDay};
constexpr int kRuns = 5;
constexpr std::size_t kBuildEvents = 16'000'000;  // at a time

class Crowd final : public rules::People {
public:
    Crowd(std::uint32_t people, Rng& rng) : levels_(people) {
        std::vector<std::uint64_t> vip((people + 63) / 64);
        std::vector<std::uint64_t> org((people + 63) / 64);
        for (std::uint32_t i = 0; i < people; ++i) {
            levels_[i] = static_cast<std::int32_t>(rng.below(10));
            if (rng.below(5) == 0) vip[i / 64] |= std::uint64_t{1} << (i % 64);
            if (rng.below(4) == 0) org[i / 64] |= std::uint64_t{1} << (i % 64);
        }
        vip_ = sets::Bitmap::from_words(vip);
        org_ = sets::Bitmap::from_words(org);
    }
    std::uint32_t size() const override { return static_cast<std::uint32_t>(levels_.size()); }
    void persons(std::size_t block, rules::BlockSet out) const override {
        const std::size_t people = std::min(rules::kBlockPeople, levels_.size() - block * rules::kBlockPeople);
        for (std::size_t i = 0; i < people; ++i) out[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    rules::Column attribute(std::size_t) const override { return {levels_.data(), 4}; }
    const sets::Bitmap* members(rules::MemberKind kind, const std::string&) const override {
        return kind == rules::MemberKind::Tag ? &vip_ : &org_;
    }
    const rules::EventSource& events() const override { return index; }

    BehaviourIndex index;

private:
    std::vector<std::int32_t> levels_;
    sets::Bitmap vip_;
    sets::Bitmap org_;
};

// The n-th event is the same for both engines: made from its number alone.
class Stream {
public:
    Stream(std::uint64_t seed, std::uint32_t people) : rng_(seed), zipf_(people, 1.1), people_(people) {}
    IndexedEvent next(std::int64_t number, std::int64_t all) {
        IndexedEvent out;
        // Ranks are spread over ordinals: who acts most does not stand first.
        out.slot = static_cast<std::uint32_t>(zipf_(rng_) * 2'654'435'761ULL % people_);
        out.event.time = kStart + static_cast<std::int64_t>(static_cast<double>(number) / static_cast<double>(all) *
                                                            static_cast<double>(kDays * kDay));
        out.event.type = static_cast<std::uint32_t>(rng_.below(8));
        return out;
    }

private:
    SeededRng rng_;
    bench::Zipf zipf_;
    std::uint32_t people_;
};

template <class Fn>
double best_ms(const Fn& fn) {
    SystemClock clock;
    double best = 1e18;
    for (int run = 0; run < kRuns; ++run) {
        const std::int64_t before = clock.steady_ns();
        fn();
        best = std::min(best, static_cast<double>(clock.steady_ns() - before) / 1e6);
    }
    return best;
}

struct Question {
    const char* what;
    const char* rule;
    const char* sql;
};
// 30 days before kNow is day 60; the tables hold milliseconds.
constexpr Question kQuestions[] = {
    {"five conditions",
     "has tag \"VIP\" and level >= 5 and under organisation \"east\" and "
     "count of event \"t1\" in the last 30 days >= 3 and no event \"t2\" in the last 30 days",
     "SELECT count(*) FROM person p WHERE vip AND level >= 5 AND org "
     "AND (SELECT count(*) FROM event e WHERE e.person = p.id AND e.type = 1 AND e.ms > ?1) >= 3 "
     "AND NOT EXISTS (SELECT 1 FROM event e WHERE e.person = p.id AND e.type = 2 AND e.ms > ?1)"},
    {"count in a window, everybody", "count of event \"t1\" in the last 30 days >= 3",
     "SELECT count(*) FROM (SELECT person FROM event WHERE type = 1 AND ms > ?1 GROUP BY person HAVING count(*) >= 3)"},
    {"absence, everybody", "no event \"t2\" in the last 30 days",
     "SELECT (SELECT count(*) FROM person) - (SELECT count(DISTINCT person) FROM event WHERE type = 2 AND ms > ?1)"},
    {"count over all time, everybody", "any event of count >= 20",
     "SELECT count(*) FROM (SELECT person FROM event WHERE ms > 0 * ?1 GROUP BY person HAVING count(*) >= 20)"},
};

void fill(columns::Columns& duck, const Crowd& crowd, std::uint64_t seed, std::int64_t events) {
    const auto good = [](const Status& status) {
        if (!status) bench::give_up(status.error().detail);
    };
    good(duck.run("CREATE TABLE person (id INTEGER, level INTEGER, vip BOOLEAN, org BOOLEAN)"));
    good(duck.run("CREATE TABLE event (person INTEGER, ms BIGINT, type TINYINT)"));
    auto people = MUST(duck.append_to("person"));
    const auto* levels = static_cast<const std::int32_t*>(crowd.attribute(0).data);
    std::vector<std::uint64_t> vip((crowd.size() + 63) / 64);
    std::vector<std::uint64_t> org(vip.size());
    crowd.members(rules::MemberKind::Tag, {})->or_into(0, vip);
    crowd.members(rules::MemberKind::Org, {})->or_into(0, org);
    for (std::uint32_t i = 0; i < crowd.size(); ++i) {
        people->i32(static_cast<std::int32_t>(i));
        people->i32(levels[i]);
        people->flag((vip[i / 64] >> (i % 64) & 1) != 0);
        people->flag((org[i / 64] >> (i % 64) & 1) != 0);
        good(people->end_row());
    }
    good(people->flush());
    auto rows = MUST(duck.append_to("event"));
    Stream stream(seed, crowd.size());
    for (std::int64_t n = 0; n < events; ++n) {
        const IndexedEvent one = stream.next(n, events);
        rows->i32(static_cast<std::int32_t>(one.slot));
        rows->i64(one.event.time);
        rows->i32(static_cast<std::int32_t>(one.event.type));
        good(rows->end_row());
    }
    good(rows->flush());
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Spec spec = bench::Spec::read(argc, argv);
    const auto people = static_cast<std::uint32_t>(spec.number("segment.people"));
    const std::int64_t events = spec.number("segment.events");
    const auto seed = static_cast<std::uint64_t>(spec.number("segment.seed"));
    bench::print_machine();
    SystemClock clock;
    SeededRng rng(seed);
    Crowd crowd(people, rng);
    Stream stream(seed, people);
    double build_s = 0;
    std::vector<IndexedEvent> some;
    for (std::int64_t n = 0; n < events; ++n) {
        some.push_back(stream.next(n, events));
        if (some.size() < kBuildEvents && n + 1 < events) continue;
        const std::int64_t before = clock.steady_ns();
        crowd.index.build(some);
        build_s += static_cast<double>(clock.steady_ns() - before) / 1e9;
        some.clear();
    }
    std::printf("%u people, %lld events: built at %.1f M events/s (one thread), %.1f bytes an event\n", people,
                static_cast<long long>(events), static_cast<double>(events) / build_s / 1e6,
                static_cast<double>(crowd.index.bytes()) / static_cast<double>(events));
    auto duck = MUST(columns::open({.path = {}, .temp_directory = ".", .memory_limit = "6GB", .threads = 2}));
    fill(*duck, crowd, seed, events);

    rules::Registry registry;
    MUST(registry.add_attribute({"customer.level", "等级", "level", rules::ValueType::Number, 0, {}}));
    rules::Codes codes;
    for (int type = 0; type < 8; ++type) codes.types.code("t" + std::to_string(type));
    std::printf("%-32s %10s %10s %8s %12s\n", "condition", "Tilth ms", "DuckDB ms", "ratio", "people");
    bool same = true;
    for (const Question& question : kQuestions) {
        const auto plan = MUST(rules::Plan::compile(MUST(rules::parse(question.rule, registry)), registry, codes, {}));
        std::uint64_t found = 0;
        const double ours = best_ms([&] { found = plan.all(crowd, kNow, 2).size(); });
        const columns::Cell since = kNow.ms - 30 * kDay;
        std::int64_t theirs_found = -1;
        const double theirs = best_ms([&] {
            const auto table = MUST(duck->query(question.sql, std::span(&since, 1), 10, 120'000));
            theirs_found = std::get<std::int64_t>(table.rows.at(0).at(0));
        });
        same = same && theirs_found == static_cast<std::int64_t>(found);
        std::printf("%-32s %10.1f %10.1f %7.1fx %12llu%s\n", question.what, ours, theirs, theirs / ours,
                    static_cast<unsigned long long>(found),
                    theirs_found == static_cast<std::int64_t>(found) ? "" : "  DIFFERS");
        std::fflush(stdout);
    }
    return same ? 0 : 1;
}
