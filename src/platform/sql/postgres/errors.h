#pragma once
// PostgreSQL's SQLSTATE as our errors; not for code outside platform/sql/postgres.

#include <string>
#include <string_view>

#include "base/error.h"

namespace tilth::sql::internal {

// The message is kept only for classes whose primary message cannot hold a value of a row or a parameter.
Error postgres_error(std::string_view sqlstate, std::string_view message);

}  // namespace tilth::sql::internal
