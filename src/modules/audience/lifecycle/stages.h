#pragma once
// What a lifecycle is made of: pure over rules, and who is where at a moment.

#include "modules/audience/lifecycle/lifecycle.h"

namespace tilth::audience {

// A stage's rule in the record: its own, and in none of these.
rules::Node with_later(const rules::Node& own, const std::vector<std::string>& later);

// People as they were at a moment: events and orders up to it, with the attributes that follow from orders; who was not
// seen yet is nobody. Tags, segments, organisation and all other attributes are as they stand now. While nobody writes
// the memory. About 56 bytes a person.
class AsOf final : public rules::People {
public:
    AsOf(const Memory& memory, Instant at);
    std::uint32_t size() const override { return memory_.size(); }
    void persons(std::size_t block, rules::BlockSet out) const override;
    rules::Column attribute(std::size_t column) const override;
    const sets::Bitmap* members(rules::MemberKind kind, const std::string& name) const override {
        return memory_.members(kind, name);
    }
    const rules::EventSource& events() const override { return memory_.events(); }
    // True when a rule that asks this attribute is answered by the past itself.
    static bool has_history(std::size_t column) { return column >= kFirstSeen && column <= kDue; }

private:
    const Memory& memory_;
    Instant at_;
    std::vector<std::vector<std::int64_t>> of_orders_;
};

// Who is in which stage at the moment: the last whose own rule holds.
std::vector<sets::Bitmap> stages_at(const rules::People& people, const std::vector<rules::Plan>& own, Instant at);

struct Standing {
    std::vector<FlowStage> stages;
    std::vector<sets::Bitmap> people;  // of each
    sets::Bitmap there;                // everybody who is somebody by then
};
// Rows and columns of the table add up to those who are there after.
Flow flow_between(const Standing& before, const Standing& after);
sets::Bitmap cell_between(const Standing& before, const Standing& after, std::int64_t from, std::int64_t to);

}  // namespace tilth::audience
