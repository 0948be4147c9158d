#pragma once
// The right to erasure crosses customer (who is forgotten) and commerce (whose books stay): hence a flow.

#include "kernel/vault/residue.h"
#include "modules/collect/forget/api.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"

namespace tilth::flows {

// POST /api/v1/privacy-requests/{number}/erase, GET …/erasure: what is done and by when the rest. The parts outlive the
// API.
struct ErasureParts {
    kernel::Kernel& kernel;
    customer::Customers& customers;
    commerce::Orders& orders;
    collect::Forgetting& forgetting;
    kernel::Residue& residue;
};
void add_erase_person(const ErasureParts& parts);

// The tables that hold a person's sealed values, secrets and blind indexes.
std::vector<std::string_view> tables_of_persons();

// Erases again whom the register outside names and the record does not know as erased: the record is older than the
// register, so it was restored. Once at start, before anything else runs. Yields how many customers were erased.
Result<std::int64_t> replay_erasures(const ErasureParts& parts, kernel::ErasureRegister& outside);

}  // namespace tilth::flows
