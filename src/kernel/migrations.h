#pragma once
// The kernel's migrations. A module's are in the function that cmake/embed_sql.cmake makes from its sql/ folders:
// `std::vector<sql::Migration> tilth::migrations_of_module_<name>()`; its module.cpp declares it and hands it on in
// ModuleInfo. The order kernel, org, customer, … is composed in app/.

#include <vector>

#include "platform/sql/sql.h"

namespace tilth::kernel {

std::vector<sql::Migration> kernel_migrations();

}  // namespace tilth::kernel
