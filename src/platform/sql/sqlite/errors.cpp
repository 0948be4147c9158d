#include "platform/sql/sqlite/errors.h"

#include <sqlite3.h>

namespace tilth::sql::internal {

namespace {

ErrorCode code_of(int extended) {
    // A value of the wrong type for a STRICT column is a fault of the statement, as on PostgreSQL.
    if (extended == SQLITE_CONSTRAINT_DATATYPE) return ErrorCode::Internal;
    switch (extended & 0xff) {
        case SQLITE_CONSTRAINT: return ErrorCode::Conflict;
        case SQLITE_FULL: return ErrorCode::StorageFull;
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL: return ErrorCode::StorageFailed;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM: return ErrorCode::Unavailable;
        case SQLITE_TOOBIG: return ErrorCode::LimitExceeded;
        case SQLITE_INTERRUPT: return ErrorCode::Timeout;
        default: return ErrorCode::Internal;
    }
}

}  // namespace

Error sqlite_error(int extended, const std::string& message) {
    return Error(code_of(extended), "sqlite " + std::to_string(extended) + ": " + message);
}

}  // namespace tilth::sql::internal
