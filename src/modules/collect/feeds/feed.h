#pragma once
// A feed as rows: where it fetches, when, how its files are read, and what came of each. Store functions take a unit's
// or a view's connection.

#include <optional>
#include <string>
#include <vector>

#include "modules/collect/imports/import.h"

namespace tilth::collect {

struct Feed {
    std::int64_t number = 0;
    std::string name;
    std::string kind;   // "folder", "sftp", "http"
    std::string place;  // a folder below the tenant's inbox, a folder of the server, or an address
    std::string host;   // of SFTP
    int port = 22;
    std::string login;
    std::string host_key;  // pinned at the first answer; 64 hexadecimal digits
    std::string sealed;    // password, private key, or the value of the header Authorization
    std::string pattern;   // of file names; empty: all
    std::string profile;   // layout; empty: by the file's headers
    int every_min = 60;
    int at_min = 0;  // of the day, when every_min is a day
    std::optional<Day> from_day;
    bool paused = false;
    Instant next_at;
    std::optional<Instant> last_at;
    std::optional<Instant> last_ok_at;
    std::string last_error;  // of the last run; empty: it went well
    std::string created_by;
    Instant created_at;
};

struct FeedFile {
    std::string name;
    std::string version;  // what tells one state of it from another without reading it
    Bytes16 content{};
    std::int64_t bytes = 0;
    std::string state;   // "imported", "same", "failed"
    std::string detail;  // why it failed
    std::optional<ImportId> import;
    Instant at;
};

namespace store {

Status insert(kernel::Unit& unit, const Feed& feed);
Result<std::optional<Feed>> find_feed(sql::Connection& sql, const TenantId& tenant, std::int64_t number);
Result<std::vector<Feed>> feeds(sql::Connection& sql, const TenantId& tenant);
Status remove_feed(kernel::Unit& unit, std::int64_t number);
Status set_paused(kernel::Unit& unit, std::int64_t number, bool paused, Instant next_at);
Status set_next(kernel::Unit& unit, std::int64_t number, Instant next_at);
// What a run came to; an empty error is a success.
Status set_outcome(kernel::Unit& unit, std::int64_t number, std::string_view error, std::string_view host_key);
Status add_file(kernel::Unit& unit, std::int64_t feed, const FeedFile& file);
// Newest first.
Result<std::vector<FeedFile>> feed_files(sql::Connection& sql, const TenantId& tenant, std::int64_t feed, int limit);

}  // namespace store

}  // namespace tilth::collect
