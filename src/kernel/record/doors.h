#pragma once
// Opening a record whose readers, too, are of the caller's making: tests run it on a disk in memory, where the record
// has one connection in all.

#include <functional>
#include <memory>
#include <span>

#include "kernel/record/open.h"

namespace tilth::kernel {

struct Doors {
    OpenWriter writer;
    std::function<Result<std::unique_ptr<sql::ReaderPool>>(const sql::Location&, int count)> readers;
};
Result<std::unique_ptr<Record>> open_record_through(const RecordOptions& options, Clock& clock,
                                                    std::span<const sql::Migration> migrations, const Doors& doors);

}  // namespace tilth::kernel
