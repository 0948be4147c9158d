#pragma once
// collect: what comes in. Sources with their write keys and freshness; inlets that turn a raw batch into canonical
// sightings and events; the catalogue check; exact de-duplication; files with mappings, rejects, control totals and
// take-back. It knows no order and no metric: flows/ joins it with the modules that keep the facts.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/behaviour/event_log.h"
#include "kernel/kernel.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::collect {

// --- Inlets ---------------------------------------------------------------------------------------------------------

// A raw batch as it stands in the journal: which door, whose key, when, and the untouched body.
struct RawBatch {
    TenantId tenant;
    SourceId source;
    std::string inlet;  // "native", "segment"
    std::string path;   // "/v1/batch"
    Instant received;
    std::string client_ip;  // only where the protocol asks for it
    std::string body;       // decompressed
};
std::string encode(const RawBatch& batch);
Result<RawBatch> decode(std::string_view bytes);

// What was put right about an event that was taken; bits of Incoming::corrected.
enum class Correction : std::uint8_t {
    Clock = 1,         // the client's clock went wrong by more than kSkewNoticed
    Ahead = 2,         // a time in the future became the moment of receipt
    KeyLeftOut = 4,    // a key that cannot be one ("123" as a phone) was passed over
    PersonalTaken = 8  // personal values were taken out of the properties
};

// One event as a client sent it, checked for form. Personal values are in claims and traits, never in properties.
struct Incoming {
    Bytes16 fingerprint{};
    Instant time;  // corrected: received − (sent − original)
    std::string type;
    std::string properties = "{}";
    std::vector<customer::Claim> claims;
    std::vector<customer::Trait> traits;
    std::string_view rule = "same_record";
    bool joins = false;  // identify, alias: its claims are one person by the client's word
    std::uint8_t corrected = 0;
    bool released = false;  // from quarantine, by somebody's word: the catalogue is not asked again
    std::string capture = {};  // of a capture point: what the submission says beyond the event (JSON); else empty
    std::string store = {};  // the code in the property "node"; empty: none named
    std::optional<OrgNodeId> home_node = {};  // whose a customer without a home becomes: the capture point's node
};
struct Verdict {
    bool accepted = true;
    std::string code;    // "no_identity", "bad_time", "too_large" …
    std::string detail;  // no personal value
    std::string raw;     // of a refused row; the caller seals it
};
struct Parsed {
    std::vector<Incoming> events;
    std::vector<Verdict> refused;
    std::int64_t duplicates = 0;  // within the batch
};

// One folder inlets/<name>/ and one line in inlets.cpp. Stateless; any thread.
class Inlet {
public:
    virtual ~Inlet() = default;
    virtual std::string_view name() const = 0;
    // Routes it answers, with the promised answer of its protocol; `accept` puts the batch into the journal and calls
    // back when it is durable.
    using Accept = std::function<void(RawBatch, std::function<void(Status)>)>;
    virtual std::vector<http::Route> routes(org::Org& org, Clock& clock, Accept accept) const = 0;
    virtual Parsed parse(const RawBatch& batch, kernel::Vault& vault) const = 0;
};
const std::vector<const Inlet*>& inlets();
const Inlet* inlet(std::string_view name);

// --- What became of each event -------------------------------------------------------------------------------------

// For the live debugger: in memory only, the last few of each source. Keys are masked, properties stripped.
struct Seen {
    Instant received;
    Instant time;
    SourceId source;
    std::string type;
    std::string verdict;  // "accepted", "corrected", "duplicate", "held", "rejected"
    std::string code;     // why, of the last two
    std::uint8_t corrected = 0;
    CustomerId customer;  // zeros when nobody was resolved
    std::string keys;     // "phone +86138****8000 · custom_id *-001"
    std::string properties;
};
// What of an event the debugger shows; verdict and customer are the caller's to fill.
Seen seen_of(const SourceId& source, Instant received, const Incoming& event);

// The catalogue's word on one event.
struct Ruling {
    std::string held;                       // why it goes to quarantine; empty: it passes
    std::optional<std::string> properties;  // in place of the event's own: personal members are taken out
};

// --- De-duplication -------------------------------------------------------------------------------------------------

// 128-bit fingerprints per source in hourly sorted runs with a filter each; exact within limits::kDedupWindowMs and
// limits::kDedupIdsMax. Memory derived from the event log; writer's thread.
class Dedup {
public:
    virtual ~Dedup() = default;
    // result[i]: fingerprints[i] is new (also within the list). Remembered at once for later units of the group, taken
    // back when the unit is undone.
    virtual std::vector<bool> remember(kernel::Unit& unit, const SourceId& source,
                                       const std::vector<Bytes16>& fingerprints, Instant received) = 0;
    virtual Status load(sql::Connection& sql, const std::vector<TenantId>& tenants, Instant now) = 0;
    virtual std::int64_t remembered() const = 0;
    virtual Duration window() const = 0;  // shorter than the bound when the id limit bites; a metric says so
};

// --- Files ----------------------------------------------------------------------------------------------------------

enum class FieldKind : std::uint8_t { Text, Integer, Decimal, Instant, Phone, Email, Choice };
struct TargetField {
    std::string name;  // "order_number"
    FieldKind kind = FieldKind::Text;
    bool required = false;
    std::string zh;
    std::string en;
    std::vector<std::string> header_words;  // for the suggested mapping: "Invoice", "订单号" …
    int scale = 0;                          // of Decimal
    bool names_somebody = false;            // a key of a person: a masked value is none
};

struct MappedRow {
    std::uint64_t line = 0;                          // 1-based in the file
    std::uint32_t occurrence = 1;                    // k-th line of the file with this fingerprint
    Bytes16 fingerprint{};                           // of the mapping's key fields; without such, of all values
    Bytes16 content{};                               // of all values
    std::vector<std::optional<std::string>> values;  // by target field; clean text
};
struct RowOutcome {
    enum class Kind : std::uint8_t { New, Updated, Unchanged, Rejected } kind = Kind::New;
    std::string cause;  // stable code when rejected: "unknown_store"
    std::string field;
    // The field in which the row says otherwise than what stands, although it cannot have become otherwise since: an
    // order's time, store or goods; keys of two known people in one row. Of a row that is taken; empty: none.
    std::string contradicts = {};
    std::string subject = {};  // then: what it is about, an order's number; nothing personal
};
struct ControlTotal {
    std::string name;  // "net_sales", "orders"
    std::string zh;
    std::string en;
    std::int64_t value = 0;
    std::string unit;   // "money", "count"
    std::string exact;  // sum before rounding as decimal text, where rounding took place
};

struct ImportRef {
    ImportId id;
    std::string options = "{}";  // of the target: shift_days, currency, default store …
    // The mapping has key fields: a row with a known key is a newer state of what stands, and replaces it.
    bool keyed = false;
    std::string source() const { return "import:" + id.str(); }
};

// What a file can become: implemented by a flow, registered once. apply() runs in units of ≤ 1,000 rows.
class ImportTarget {
public:
    virtual ~ImportTarget() = default;
    virtual std::string_view name() const = 0;  // "orders"
    virtual const std::vector<TargetField>& fields() const = 0;
    // Names the option that cannot be.
    virtual Status check_options(std::string_view options) = 0;
    // What apply() would answer for these rows, without writing: the dry run and the run give the same numbers.
    virtual Result<std::vector<RowOutcome>> check(kernel::View& view, const ImportRef& import,
                                                  const std::vector<MappedRow>& rows) = 0;
    virtual Result<std::vector<RowOutcome>> apply(kernel::Unit& unit, const ImportRef& import,
                                                  const std::vector<MappedRow>& rows) = 0;
    virtual Result<std::vector<ControlTotal>> totals(sql::Connection& sql, const TenantId& tenant,
                                                     const ImportRef& import) = 0;
    // Removes what the import brought, ≤ limit facts a call; 0 when nothing is left.
    virtual Result<std::int64_t> take_back(kernel::Unit& unit, const ImportRef& import, int limit) = 0;
};

// A mapping in words: which column (by header) feeds which field, constants, value maps, and how rows are read.
struct Mapping {
    std::string target = "orders";
    std::string zone;  // for times without an offset; empty: the tenant's
    struct Column {
        std::string field;
        std::string header;
        std::string constant = {};  // where the cell is empty or there is no column
        // From what the file says to what the field knows: {"已完成", "paid"}. What is not listed stays.
        std::vector<std::pair<std::string, std::string>> values = {};
    };
    std::vector<Column> columns;
    std::string options = "{}";
    std::string profile;                 // by which it was suggested; empty: by the header's words
    int header_line = 0;                 // 1-based row of the header; 0: found by itself
    std::vector<std::string> key;        // fields that tell whether a row of a later file is the same row
    std::vector<std::string> fill_down;  // headers whose empty cells repeat the one above
    bool drop_masked = false;            // a masked key of a person is passed over; otherwise it refuses the row
};

// One file layout by name: ready ones come with the program, own ones are saved per tenant.
struct Profile {
    std::string name;  // "youzan_orders"
    std::string zh;
    std::string en;
    std::vector<std::string> signature;  // headers that a file of this layout has
    Mapping mapping;                     // headers may name several, parted by '|': the first that the file has
    bool own = false;
};

// What the till said at its day close, against which what came in is held.
struct StoreDay {
    OrgNodeId node;
    Day day{};
    std::int64_t receipts = 0;      // sales, without returns
    std::int64_t net_minor = 0;     // after refunds
    std::int64_t refund_minor = 0;  // ≥ 0
    std::string channel;            // of the orders it is about; empty: all
    std::string source;             // "import:imp_…" or "manual"
    Instant at{};                   // when it came
};
struct StoreDayDecision {
    OrgNodeId node;
    Day day{};
    std::string state;   // "explained", "accepted"
    std::string reason;  // no personal value
    std::string figures;  // both sides as they were then: a later change makes the decision void
    std::string by;
    Instant at;
};
// Stateless; functions take a unit's or a view's connection.
class StoreDays {
public:
    virtual ~StoreDays() = default;
    enum class Put : std::uint8_t { New, Updated, Unchanged };
    virtual Result<Put> put(kernel::Unit& unit, const StoreDay& day) = 0;
    virtual Result<Put> compare(sql::Connection& sql, const TenantId& tenant, const StoreDay& day) = 0;
    // Those of [from, to], by day and node.
    virtual Result<std::vector<StoreDay>> between(sql::Connection& sql, const TenantId& tenant, Day from, Day to) = 0;
    virtual Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) = 0;
    struct Totals {
        std::int64_t days = 0;
        std::int64_t receipts = 0;
        std::int64_t net_minor = 0;
        std::int64_t refund_minor = 0;
    };
    virtual Result<Totals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) = 0;
    virtual Status decide(kernel::Unit& unit, const StoreDayDecision& decision) = 0;
    virtual Result<std::vector<StoreDayDecision>> decisions(sql::Connection& sql, const TenantId& tenant, Day from,
                                                            Day to) = 0;
};
std::unique_ptr<StoreDays> make_store_days();
// Whether any day close names this node.
Result<bool> names_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node);
inline constexpr kernel::Permission kReconcileRead{"reconcile.read", "查看对账", "See the reconciliation"};
inline constexpr kernel::Permission kReconcileWrite{"reconcile.write", "处理对账差异", "Settle differences"};

// What a member file said about value and belonging, kept until membership takes it over. No personal value.
struct MemberOpening {
    CustomerId customer;
    Bytes16 content{};  // of the row
    std::string level;
    std::int64_t points = 0;
    std::int64_t growth = 0;
    std::int64_t stored_minor = 0;
    std::string guide_code;
    std::string tags;
    std::string consent;
    std::string source;
};
class MemberOpenings {
public:
    virtual ~MemberOpenings() = default;
    virtual Result<std::optional<MemberOpening>> find(sql::Connection& sql, const TenantId& tenant,
                                                      const CustomerId& customer) = 0;
    virtual Status put(kernel::Unit& unit, const MemberOpening& opening) = 0;
    virtual Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) = 0;
    struct Totals {
        std::int64_t members = 0;
        std::int64_t points = 0;
        std::int64_t growth = 0;
        std::int64_t stored_minor = 0;
    };
    virtual Result<Totals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) = 0;
};
std::unique_ptr<MemberOpenings> make_member_openings();

struct Judged;  // quality/api.h

struct Source {
    SourceId id;
    std::string name;
    std::string kind;  // "segment", "native", "file"
    Instant last_received;
    std::int64_t accepted = 0;
    std::int64_t refused = 0;
};

class Collect {
public:
    virtual ~Collect() = default;
    virtual void add_target(ImportTarget& target) = 0;  // at start
    virtual Result<SourceId> create_source(kernel::Unit& unit, std::string_view name, std::string_view kind) = 0;
    // Stores refused rows, sealed; counted per source and cause.
    virtual Status refuse(kernel::Unit& unit, const SourceId& source, const std::vector<Verdict>& refused,
                          Instant at) = 0;
    virtual Dedup& dedup() = 0;
    // What the catalogue says of events, one ruling each; empty when it lets all of them pass. Writer's thread.
    virtual Result<std::vector<Ruling>> rule(kernel::Unit& unit, const std::vector<Incoming>& events) = 0;
    // Keeps an event aside, sealed, until it is released or dropped; once, however often it is sent. True: it is new.
    virtual Result<bool> hold(kernel::Unit& unit, const SourceId& source, const Incoming& event,
                              std::string_view code) = 0;
    // Released events come in again as a batch; set by the pipeline while it runs.
    virtual void release_into(Inlet::Accept accept) = 0;
    virtual void show(const TenantId& tenant, std::vector<Seen> seen) = 0;  // any thread
    // Counts what a group brought, a row per type and group; within the group's unit.
    virtual Status tally(kernel::Unit& unit, const std::vector<kernel::Event>& events) = 0;
    // A submission of a capture point that was new, with whose it is; within the group's unit.
    virtual Status captured(kernel::Unit& unit, const Incoming& event, const CustomerId& customer) = 0;
    using CaptureSink =
        std::function<Status(kernel::Unit& unit, const Incoming& event, const CustomerId& customer)>;
    virtual void capture_into(CaptureSink sink) = 0;  // at start
    // A file already on this machine (CLI, sample): registers it with its mapping (columns left out: by
    // the header) and starts the job.
    virtual Result<ImportId> import_file(const kernel::Context& context, const std::string& path,
                                         const Mapping& mapping) = 0;
    // Whether its id came before with another content, as far as this process remembers. Writer's thread.
    virtual bool contradicts(const SourceId& source, const Incoming& event) = 0;
    // What was wrong with what a group brought, a row per source, store and business day; within the group's unit, so
    // that it stands or falls with the journal position. Writer's thread.
    virtual Status judge(kernel::Unit& unit, const std::vector<Judged>& judged) = 0;
    // The same, of sources alone that have no day yet: what came before days were counted.
    virtual Status judge_older(kernel::Unit& unit, const std::vector<Judged>& sums) = 0;
};

std::unique_ptr<Collect> make_collect(kernel::Kernel& kernel, org::Org& org);
kernel::ModuleInfo collect_module();

}  // namespace tilth::collect
