#pragma once
// Opening a record over a connection of the caller's making: tests put one that fails where they want it between.

#include <functional>
#include <memory>
#include <span>

#include "kernel/record/record.h"

namespace tilth::kernel {

using OpenWriter = std::function<Result<std::unique_ptr<sql::Connection>>(const sql::Location&)>;
Result<std::unique_ptr<Record>> open_record_on(const RecordOptions& options, Clock& clock,
                                               std::span<const sql::Migration> migrations,
                                               const OpenWriter& open_writer);

}  // namespace tilth::kernel
