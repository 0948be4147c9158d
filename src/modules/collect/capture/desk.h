#pragma once
// Capture points in the record: making and stopping them, what was submitted and read, first scans. Thread-safe.

#include <map>
#include <mutex>
#include <optional>

#include "modules/collect/capture/codes.h"
#include "modules/collect/capture/definition.h"
#include "modules/collect/module.h"
#include "platform/json/reader.h"

namespace tilth::collect::capture {

enum class Happened : std::uint8_t { Opened, Submitted, TurnedAway };

struct Counts {
    std::int64_t opened = 0;
    std::int64_t submitted = 0;
    std::int64_t turned_away = 0;
};
struct NewPoint {
    PointKind kind = PointKind::Form;
    std::string name;
    std::string platform;
    std::string post;
    OrgNodeId node;
    std::string target;
    Definition definition;
};
struct Submission {
    std::int64_t number = 0;
    CustomerId customer;
    Instant at;
    std::string channel;
    std::string version;
    std::string region;
};
struct Reading {
    std::string token;
    std::string via;
    std::int64_t depth = 0;
    std::optional<CustomerId> customer;
    std::string made_by;
    Instant made_at;
    std::int64_t stay_ms = 0;
    std::int64_t again = 0;
};
struct Claimed {
    bool first = false;  // now, by this request
    Instant at;          // when it was taken, if before
};
struct RegionCount {
    std::string region;
    std::int64_t scans = 0;
};
struct AnswerCount {
    std::int64_t question = 0;
    std::int64_t choice = 0;
    std::int64_t people = 0;
};
struct Cross {
    std::int64_t row = 0;
    std::int64_t column = 0;
    std::int64_t people = 0;
};

class Desk {
public:
    explicit Desk(CaptureParts parts) : parts_(parts) {}
    kernel::Kernel& kernel() { return parts_.kernel; }
    org::Org& org() { return parts_.org; }
    customer::Customers& customers() { return parts_.customers; }
    const std::string& public_url() const { return parts_.public_url; }

    Result<Point> add(kernel::Unit& unit, const NewPoint& point);
    Status set_active(kernel::Unit& unit, std::int64_t number, bool active);
    // NotFound outside the caller's scope.
    Result<Point> find(sql::Connection& sql, const kernel::Context& context, std::int64_t number) const;
    Result<std::vector<Point>> list(sql::Connection& sql, const kernel::Context& context) const;
    // For the public door: by the code in its address, of any tenant.
    Result<std::optional<Point>> by_code(std::string_view code) const;
    Result<std::map<std::int64_t, Counts>> counts(sql::Connection& sql, const TenantId& tenant) const;
    Result<std::vector<Submission>> submissions(sql::Connection& sql, const TenantId& tenant, std::int64_t point,
                                                std::int64_t before, std::int64_t limit) const;
    Result<std::map<std::string, std::int64_t>> by_channel(sql::Connection& sql, const TenantId& tenant,
                                                           std::int64_t point) const;
    Result<std::vector<RegionCount>> heat(sql::Connection& sql, const TenantId& tenant, std::int64_t point) const;
    Result<std::vector<Reading>> readings(sql::Connection& sql, const TenantId& tenant, std::int64_t point,
                                          int limit) const;
    Result<std::vector<AnswerCount>> answers(sql::Connection& sql, const TenantId& tenant, std::int64_t point) const;
    Result<std::vector<Cross>> cross(sql::Connection& sql, const TenantId& tenant, std::int64_t point,
                                     std::int64_t rows, std::int64_t columns) const;

    // How many were invited, and how many of them have submitted.
    Result<std::pair<std::int64_t, std::int64_t>> invited(sql::Connection& sql, const TenantId& tenant,
                                                          std::int64_t point) const;

    // A personal address for each; those that the vault holds no key of get one that is nobody's. As given, in order.
    Result<std::vector<std::string>> invite(kernel::Unit& unit, const Point& point,
                                            const std::vector<CustomerId>& customers);
    Result<std::optional<Reading>> token(const Point& point, const std::string& token) const;
    // A reading of the address `opened`: its own token, by which it is known from now on.
    Result<Reading> begin_reading(const Point& point, const Reading& opened, bool again);
    Status stay(const Point& point, const std::string& token, std::int64_t ms);

    void count(const Point& point, Happened what);
    // The first scan wins, in one unit; the same request asked again is told the same.
    Result<Claimed> claim(const Point& point, const std::string& key, const Bytes16& proof, const std::string& region);
    Result<std::optional<Instant>> claimed(const Point& point, const std::string& key) const;

    crypto::Key item_key(const TenantId& tenant) const {
        return parts_.kernel.master.derive("capture_item", tenant.raw());
    }
    crypto::Key page_key(const TenantId& tenant) const {
        return parts_.kernel.master.derive("capture_page", tenant.raw());
    }

    // From the pipeline, with the customer found; within its unit.
    Status captured(kernel::Unit& unit, const Incoming& event, const CustomerId& customer);

private:
    Status submitted(kernel::Unit& unit, const Incoming& event, const CustomerId& customer, json::Node said);
    Status consent(kernel::Unit& unit, const Point& point, const Incoming& event, const CustomerId& customer,
                   json::Node said);
    Status answer(kernel::Unit& unit, const Point& point, std::int64_t submission, const CustomerId& customer,
                  json::Node answers);
    Status bump(kernel::Unit& unit, const TenantId& tenant, std::int64_t point, Happened what);

    CaptureParts parts_;
};

void add_capture_routes(Desk& desk);
std::vector<http::Route> capture_doors(Desk& desk, Inlet::Accept accept);

inline constexpr kernel::Permission kCaptureRead{"capture.read", "查看采集点", "See capture points"};
inline constexpr kernel::Permission kCaptureWrite{"capture.write", "管理采集点", "Manage capture points"};

}  // namespace tilth::collect::capture
