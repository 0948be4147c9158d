#include "platform/files/faulty.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/rng.h"

namespace tilth::files {

namespace {

// One change of a file that is not on the disk yet.
struct Change {
    enum class Kind : std::uint8_t { Write, Truncate } kind = Kind::Write;
    std::uint64_t offset = 0;  // for Truncate: the new length
    std::string bytes;
};

void redo(std::string& content, const Change& change) {
    if (change.kind == Change::Kind::Truncate) {
        content.resize(change.offset, '\0');
        return;
    }
    const std::uint64_t end = change.offset + change.bytes.size();
    if (content.size() < end) content.resize(end, '\0');
    content.replace(change.offset, change.bytes.size(), change.bytes);
}

struct Node {
    std::string now;
    std::string durable;
    std::vector<Change> unsynced;  // durable + these = now, unless a sync has failed
    bool sync_failed = false;
};
using NodePtr = std::shared_ptr<Node>;

// One change of names: each path now stands for the node, or for nothing.
using Renaming = std::vector<std::pair<std::string, NodePtr>>;

void redo(std::map<std::string, NodePtr>& names, const Renaming& change) {
    for (const auto& [path, node] : change) {
        if (node) {
            names[path] = node;
        } else {
            names.erase(path);
        }
    }
}

std::string plain(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

std::string parent_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// The content of a torn file: changes up to a random one, that one cut at a random byte, and perhaps zeros behind it.
std::string torn(const Node& node, Rng& rng) {
    std::string content = node.durable;
    if (node.unsynced.empty()) return content;
    const std::uint64_t whole = rng.below(node.unsynced.size() + 1);
    for (std::uint64_t i = 0; i < whole; ++i) redo(content, node.unsynced[i]);
    if (whole == node.unsynced.size()) return content;
    Change last = node.unsynced[whole];
    if (last.kind == Change::Kind::Truncate) return content;
    const std::uint64_t end = last.offset + last.bytes.size();
    last.bytes.resize(rng.below(last.bytes.size() + 1));
    redo(content, last);
    // A file system may record the new length before the bytes.
    if (content.size() < end && rng.below(2) == 1) content.resize(end, '\0');
    return content;
}

}  // namespace

struct FaultyFiles::State {
    // A call's verdict: go on; fail and do nothing; or do it and fail, because the power went while it ran.
    enum class Verdict : std::uint8_t { Go, Fail, GoThenFail };

    mutable std::mutex mutex;
    FaultPlan plan;
    std::int64_t calls = 0;
    std::uint64_t life = 0;  // counts power losses; a handle of an earlier life is dead
    bool powered = true;
    std::map<std::string, NodePtr> names;
    std::map<std::string, NodePtr> durable_names;
    std::vector<Renaming> unsynced_names;
    std::set<std::string> directories{"/", "."};

    static Error no_power() { return Error(ErrorCode::StorageFailed, "the power is off"); }
    Error planned(std::string_view call) const {
        return Error(plan.power_off ? ErrorCode::StorageFailed : plan.failure, std::string(call) + ": planned failure");
    }

    Status check_power() const { return powered ? ok() : Status(no_power()); }

    Verdict next_call() {
        const bool hit = calls++ == plan.fail_at_call;
        if (!hit) return Verdict::Go;
        if (!plan.power_off) return Verdict::Fail;
        powered = false;
        return Verdict::GoThenFail;
    }

    // Runs `act` as one state-changing call under the plan. Held: mutex.
    template <class Act>
    Status change(std::string_view call, Act act) {
        TRY(check_power());
        const Verdict verdict = next_call();
        if (verdict == Verdict::Fail) return planned(call);
        Status done = act();
        if (verdict == Verdict::GoThenFail) return planned(call);
        return done;
    }

    std::uint64_t used_bytes() const {
        std::uint64_t sum = 0;
        for (const auto& [path, node] : names) sum += node->now.size();
        return sum;
    }

    Status change_node(Node& node, Change step) {
        std::uint64_t after = step.offset;
        if (step.kind == Change::Kind::Write)
            after = std::max<std::uint64_t>(node.now.size(), step.offset + step.bytes.size());
        if (after > node.now.size() && used_bytes() + (after - node.now.size()) > plan.capacity_bytes)
            return Error(ErrorCode::StorageFull, "the disk is full");
        redo(node.now, step);
        node.unsynced.push_back(std::move(step));
        return ok();
    }

    void change_names(Renaming change) {
        redo(names, change);
        unsynced_names.push_back(std::move(change));
    }

    Status sync_names(const std::string& directory) {
        if (!directories.contains(directory)) return Error(ErrorCode::NotFound, directory);
        const auto inside = [&](const auto& entry) { return parent_of(entry.first) == directory; };
        std::erase_if(durable_names, inside);
        for (const auto& entry : names) {
            if (inside(entry)) durable_names.insert(entry);
        }
        for (Renaming& change : unsynced_names) std::erase_if(change, inside);
        std::erase_if(unsynced_names, [](const Renaming& change) { return change.empty(); });
        return ok();
    }

    void lose_power(Unsynced fate) {
        SeededRng rng(plan.tear_seed);
        std::uint64_t kept = 0;
        if (fate == Unsynced::Keep) kept = unsynced_names.size();
        if (fate == Unsynced::Tear) kept = rng.below(unsynced_names.size() + 1);
        for (std::uint64_t i = 0; i < kept; ++i) redo(durable_names, unsynced_names[i]);
        for (auto& [path, node] : durable_names) {
            // After a failed sync nothing says what the disk holds; the worst is what was durable before it.
            if (fate == Unsynced::Tear && !node->sync_failed) node->durable = torn(*node, rng);
            if (fate == Unsynced::Keep && !node->sync_failed) node->durable = node->now;
            node->now = node->durable;
            node->unsynced.clear();
            node->sync_failed = false;
        }
        names = durable_names;
        unsynced_names.clear();
        powered = true;
        ++life;
    }
};

namespace {

class FaultyFile final : public File {
public:
    FaultyFile(std::shared_ptr<FaultyFiles::State> state, NodePtr node, Open mode)
        : state_(std::move(state)), node_(std::move(node)), mode_(mode), life_(state_->life) {}

    Result<std::uint64_t> size() override {
        const std::lock_guard lock(state_->mutex);
        TRY(alive());
        return std::uint64_t{node_->now.size()};
    }

    Status append(std::string_view bytes) override {
        const std::lock_guard lock(state_->mutex);
        return change("append", {Change::Kind::Write, node_->now.size(), std::string(bytes)});
    }

    Status write_at(std::uint64_t offset, std::string_view bytes) override {
        const std::lock_guard lock(state_->mutex);
        return change("write", {Change::Kind::Write, offset, std::string(bytes)});
    }

    Status truncate(std::uint64_t length) override {
        const std::lock_guard lock(state_->mutex);
        return change("truncate", {Change::Kind::Truncate, length, {}});
    }

    Result<std::string> read_at(std::uint64_t offset, std::size_t length) override {
        const std::lock_guard lock(state_->mutex);
        TRY(alive());
        if (offset >= node_->now.size()) return std::string();
        return node_->now.substr(offset, length);
    }

    Status sync() override {
        const std::lock_guard lock(state_->mutex);
        TRY(alive());
        const auto verdict = state_->next_call();
        if (verdict == FaultyFiles::State::Verdict::Fail) node_->sync_failed = true;
        if (verdict != FaultyFiles::State::Verdict::Go) return state_->planned("sync");
        if (node_->sync_failed) return ok();
        for (const Change& step : node_->unsynced) redo(node_->durable, step);
        node_->unsynced.clear();
        return ok();
    }

private:
    Status alive() const {
        TRY(state_->check_power());
        if (life_ != state_->life) return Error(ErrorCode::StorageFailed, "opened before the power loss");
        return ok();
    }

    Status change(std::string_view call, Change step) {
        TRY(alive());
        if (mode_ == Open::Read) return Error(ErrorCode::StorageFailed, "opened for reading");
        return state_->change(call, [&] { return state_->change_node(*node_, std::move(step)); });
    }

    std::shared_ptr<FaultyFiles::State> state_;
    NodePtr node_;
    Open mode_;
    std::uint64_t life_;
};

}  // namespace

FaultyFiles::FaultyFiles() : state_(std::make_shared<State>()) {}
FaultyFiles::~FaultyFiles() = default;

void FaultyFiles::plan(FaultPlan plan) {
    const std::lock_guard lock(state_->mutex);
    state_->plan = plan;
}

std::int64_t FaultyFiles::calls() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls;
}

void FaultyFiles::power_loss(Unsynced fate) {
    const std::lock_guard lock(state_->mutex);
    state_->lose_power(fate);
}

Result<std::unique_ptr<File>> FaultyFiles::open(const std::string& path, Open mode) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    auto found = state_->names.find(path);
    if (found == state_->names.end()) {
        if (mode != Open::Create || !state_->directories.contains(parent_of(path)))
            return Error(ErrorCode::NotFound, path);
        TRY(state_->change("create", [&] {
            state_->change_names({{path, std::make_shared<Node>()}});
            return ok();
        }));
        found = state_->names.find(path);
    }
    return std::unique_ptr<File>(std::make_unique<FaultyFile>(state_, found->second, mode));
}

Result<bool> FaultyFiles::exists(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    return state_->names.contains(path) || state_->directories.contains(plain(path));
}

Result<std::vector<std::string>> FaultyFiles::list(const std::string& directory) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    const std::string folder = plain(directory);
    if (!state_->directories.contains(folder)) return Error(ErrorCode::NotFound, directory);
    std::vector<std::string> found;
    const auto take = [&](const std::string& path) {
        if (parent_of(path) == folder && path != folder) found.push_back(path.substr(path.find_last_of('/') + 1));
    };
    for (const auto& [path, node] : state_->names) take(path);
    for (const std::string& path : state_->directories) {
        if (path != ".") take(path);
    }
    std::sort(found.begin(), found.end());
    return found;
}

Status FaultyFiles::make_directories(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    const std::string wanted = plain(path);
    if (state_->directories.contains(wanted)) return ok();
    if (state_->names.contains(wanted)) return Error(ErrorCode::StorageFailed, path + " is not a directory");
    return state_->change("make directory", [&] {
        for (std::string part = wanted; !state_->directories.contains(part); part = parent_of(part))
            state_->directories.insert(part);
        return ok();
    });
}

Status FaultyFiles::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    const auto found = state_->names.find(from);
    if (found == state_->names.end() || !state_->directories.contains(parent_of(to)))
        return Error(ErrorCode::NotFound, from);
    const NodePtr node = found->second;
    return state_->change("rename", [&]() -> Status {
        if (from != to) state_->change_names({{to, node}, {from, nullptr}});
        // When the power goes within the call, the name has changed but nothing has been synced.
        if (!state_->powered) return ok();
        TRY(state_->sync_names(parent_of(to)));
        return state_->sync_names(parent_of(from));
    });
}

Status FaultyFiles::remove(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    if (state_->directories.contains(plain(path))) return Error(ErrorCode::StorageFailed, path + " is a directory");
    if (!state_->names.contains(path)) return ok();
    return state_->change("remove", [&] {
        state_->change_names({{path, nullptr}});
        return ok();
    });
}

Status FaultyFiles::sync_directory(const std::string& directory) {
    const std::lock_guard lock(state_->mutex);
    const std::string folder = plain(directory);
    return state_->change("sync directory", [&]() -> Status {
        if (!state_->powered) return ok();
        return state_->sync_names(folder);
    });
}

Result<std::uint64_t> FaultyFiles::free_bytes(const std::string& /*path*/) {
    const std::lock_guard lock(state_->mutex);
    TRY(state_->check_power());
    const std::uint64_t used = state_->used_bytes();
    return used >= state_->plan.capacity_bytes ? 0 : state_->plan.capacity_bytes - used;
}

}  // namespace tilth::files
