#pragma once
// The SQL projection: orders and customers of the record as columns, derived by following their change numbers. The
// file may be deleted at any time: it comes back the same. Rows are written by one caller at a time, in transactions
// that also hold the position, so that a stop at any moment repeats or loses nothing. Any thread.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "modules/performance/api.h"
#include "platform/columns/columns.h"
#include "platform/files/files.h"

namespace tilth::performance {

// Where an order counts: below what its node stands below today, or stood below on its own business day.
enum class Reading : std::uint8_t { Today, Event };

// Which organisation nodes count: all (and what has no node), or these numbers of the projection.
// With `spans` (the organisation as of the event) orders count by them; where people belong stays with the numbers.
struct NodeSpan {
    std::int32_t number = 0;
    Day from;
    Day to;
    std::int32_t group = 0;
};
struct NodeSet {
    bool all = true;
    std::vector<std::int32_t> numbers = {};
    std::optional<std::vector<NodeSpan>> spans = std::nullopt;
};

// Along what an order is cut besides its node: how it came, who sold it, what is in it. By product an order counts with
// its lines of that product alone.
enum class Cut : std::uint8_t { Channel, Guide, Product };
struct Slice {
    Cut cut = Cut::Channel;
    std::int32_t number = 0;  // of the projection; kNoTerm for what no order ever had
};
inline constexpr std::int32_t kNoTerm = -1;
struct Term {
    std::int32_t number = 0;
    std::string key;  // channel as the source says it; printed staff id; product code
    std::string name;
};

// A person in the projection: known people are odd.
constexpr std::int64_t person_key(std::uint32_t ordinal, bool known) {
    return std::int64_t{ordinal} * 2 + (known ? 1 : 0);
}
constexpr std::uint32_t ordinal_of(std::int64_t key) { return static_cast<std::uint32_t>(key / 2); }
constexpr bool is_known(std::int64_t key) { return key % 2 != 0; }

// How far the feeds of a tenant have been read.
struct Position {
    std::int64_t orders = 0;
    std::int64_t customers = 0;
    auto operator<=>(const Position&) const = default;
};

// What a question needs: the columns, the tenant's number in them, and what they hold.
struct Source {
    std::shared_ptr<columns::Columns> columns;
    std::int32_t tenant = 0;
    Position position;
    Instant as_of;  // everything committed by then is in the columns
};

struct Feeds {
    kernel::Record& record;
    org::Org& org;
    customer::Customers& customers;
    commerce::Orders& orders;
};

class Projection {
public:
    // `path` empty: in memory. The file is opened, or made anew, at the first catch_up().
    Projection(Feeds feeds, files::FileSystem& files, std::string path);

    // Returns when everything committed before the call is projected.
    Status catch_up();
    // Throws every row away and derives them again; questions are answered Unavailable meanwhile.
    Status rebuild();
    Result<ProjectionState> state(const TenantId& tenant);

    // Unavailable until the tenant's rows have been derived for the first time.
    Result<Source> source(const TenantId& tenant) const;
    // Nodes that no row ever named are left out: they hold nothing.
    NodeSet node_set(const TenantId& tenant, const std::vector<OrgNodeId>& nodes) const;
    std::optional<std::int32_t> number_of(const TenantId& tenant, const OrgNodeId& node) const;
    // kNoTerm when no order ever had it.
    std::int32_t term_of(const TenantId& tenant, Cut cut, std::string_view key) const;

private:
    struct TermHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Terms = std::array<std::unordered_map<std::string, std::int32_t, TermHash, std::equal_to<>>, 3>;
    struct Follower {
        std::int32_t number = 0;
        std::string calendar;
        Position position;
        Instant as_of;
        bool checked = false;  // its position was held against the record since the file was opened
        bool ready = false;
        std::unordered_map<OrgNodeId, std::int32_t> nodes;
        std::shared_ptr<const Terms> terms = std::make_shared<const Terms>();  // by cut; replaced, never changed
        std::vector<org::OrgNode> tree;  // as last written
    };
    struct Batch {
        std::vector<customer::Customers::Dimension> customers;
        std::vector<commerce::Orders::Change> orders;
        std::vector<commerce::Orders::Sold> sold;  // of those orders
    };

    using Appender = columns::Appender;
    using Node = std::optional<OrgNodeId>;

    // All with writing_ held.
    Status open();
    Status make();
    Result<bool> load();
    void close(const Error& why);
    Status follow_all();
    Status follow(const TenantId& tenant);
    Result<Follower> follower(const TenantId& tenant);
    Result<Follower> new_follower(const TenantId& tenant);
    Status check(const TenantId& tenant, Follower& follower);
    Result<bool> is_ahead(const TenantId& tenant, const Position& position);
    Result<Batch> read(const TenantId& tenant, const Position& position);
    Status in_transaction(const std::function<Status()>& work);
    Status write_batch(const TenantId& tenant, Follower& follower, const Batch& batch);
    Status write_customers(Follower& follower, const BusinessCalendar& calendar, const Batch& batch);
    Status write_orders(Follower& follower, const BusinessCalendar& calendar, const Batch& batch);
    Status write_lines(const Follower& follower, const Batch& batch);
    Status write_terms(Follower& follower, const Batch& batch);
    Status merge_in(std::string_view table, std::string_view key);
    Status write_tree(const TenantId& tenant, Follower& follower);
    Status write_position(const Follower& follower);
    Status forget(Follower& follower);
    Status append_node(Appender& to, Follower& follower, const Node& node);
    Result<std::int32_t> ensure_node(Follower& follower, const OrgNodeId& node);
    Result<std::string> hash_of(const Follower& follower);
    void publish(const TenantId& tenant, const Follower& follower);

    Feeds feeds_;
    files::FileSystem& files_;
    std::string path_;
    std::mutex writing_;                       // one writer at a time
    std::weak_ptr<columns::Columns> closing_;  // an engine that questions still hold; the file waits for it
    mutable std::mutex mutex_;                 // guards what follows against questions; only writers change it
    std::shared_ptr<columns::Columns> columns_;
    std::map<TenantId, Follower> followers_;
};

}  // namespace tilth::performance
