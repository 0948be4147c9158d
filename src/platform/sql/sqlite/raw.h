#pragma once
// The engine's own handle behind a connection, for what the façade has no word for. Not for code outside platform/sql.

struct sqlite3;

namespace tilth::sql::internal {

class RawDatabase {
public:
    virtual ~RawDatabase() = default;
    virtual sqlite3* database() = 0;
};

}  // namespace tilth::sql::internal
