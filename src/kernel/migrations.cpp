#include "kernel/migrations.h"

namespace tilth {

std::vector<sql::Migration> migrations_of_kernel();  // generated: cmake/embed_sql.cmake

namespace kernel {

std::vector<sql::Migration> kernel_migrations() { return migrations_of_kernel(); }

}  // namespace kernel
}  // namespace tilth
