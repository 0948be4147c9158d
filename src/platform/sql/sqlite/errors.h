#pragma once
// SQLite's result codes as our errors; not for code outside platform/sql/sqlite.

#include <string>

#include "base/error.h"

namespace tilth::sql::internal {

// `extended`: an extended result code other than OK, ROW and DONE.
Error sqlite_error(int extended, const std::string& message);

}  // namespace tilth::sql::internal
