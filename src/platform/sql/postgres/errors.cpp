#include "platform/sql/postgres/errors.h"

#include <array>

namespace tilth::sql::internal {

namespace {

struct Mapped {
    std::string_view prefix;  // A class or a whole SQLSTATE; the first that fits counts.
    ErrorCode code;
    bool keep_message;
};
constexpr std::array<Mapped, 19> kMapped{{
    {"23", ErrorCode::Conflict, true},            // integrity constraints
    {"53100", ErrorCode::StorageFull, true},      // disk_full
    {"53", ErrorCode::Unavailable, true},         // out of memory, too many connections
    {"58", ErrorCode::StorageFailed, true},       // io_error
    {"XX001", ErrorCode::StorageFailed, true},    // data_corrupted
    {"XX002", ErrorCode::StorageFailed, true},    // index_corrupted
    {"08", ErrorCode::StorageFailed, true},       // connection exceptions
    {"57P", ErrorCode::StorageFailed, true},      // the server ends the connection
    {"57014", ErrorCode::Timeout, true},          // query_canceled
    {"40", ErrorCode::Unavailable, true},         // serialisation failure, deadlock
    {"55P03", ErrorCode::Unavailable, true},      // lock_not_available
    {"22021", ErrorCode::Invalid, false},         // bytes that are not UTF-8
    {"54", ErrorCode::LimitExceeded, true},       // too big, too many columns
    {"25", ErrorCode::Internal, true},            // transaction state, read-only transaction
    {"42", ErrorCode::Internal, true},            // syntax, names, types
    {"0A", ErrorCode::Internal, true},            // not supported
    {"26", ErrorCode::Internal, true},            // unknown prepared statement
    {"3", ErrorCode::Internal, true},             // unknown schema, savepoint, database
    {"28", ErrorCode::Unavailable, true},         // sign-in refused
}};

}  // namespace

Error postgres_error(std::string_view sqlstate, std::string_view message) {
    if (sqlstate.empty()) return Error(ErrorCode::StorageFailed, "postgres: the connection is lost");
    for (const Mapped& known : kMapped) {
        if (!sqlstate.starts_with(known.prefix)) continue;
        std::string detail = "postgres " + std::string(sqlstate);
        if (known.keep_message) detail.append(": ").append(message);
        return Error(known.code, detail);
    }
    return Error(ErrorCode::Internal, "postgres " + std::string(sqlstate));
}

}  // namespace tilth::sql::internal
