#pragma once
// Everybody's RFM class as of a day, from the projection, kept in memory until orders, customers or settings change.
// The scale is the tenant's: a person has one class wherever it is looked at. Any thread.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "modules/audience/api.h"
#include "modules/performance/metrics/facts.h"

namespace tilth::performance {

using audience::Cuts;
using audience::kRfmClasses;
using audience::kRfmWords;
using audience::RfmClass;
using audience::RfmMeasures;
using audience::RfmRule;
using audience::RfmScale;
using audience::RfmScores;
using audience::RfmWords;

struct RfmPerson {
    RfmMeasures measures;
    RfmScores scores;
    RfmClass rfm_class = RfmClass::GeneralRetain;
};

struct RfmTable {
    Period window;
    RfmScale scale;
    std::vector<RfmPerson> people;  // by person
    const RfmPerson* find(std::int64_t person) const;
};

class Rfm {
public:
    Result<std::shared_ptr<const RfmTable>> table(const TenantId& tenant, const Source& source, Day as_of,
                                                  const RfmRule& rule);

private:
    struct Kept {
        TenantId tenant;
        Position position;
        Day as_of;
        RfmRule rule;
        std::shared_ptr<const RfmTable> table;
    };
    std::mutex mutex_;
    std::vector<Kept> kept_;  // newest last, few
};

// A SELECT of the persons of a class: the same three comparisons that scores and means come to.
std::string rfm_people_sql(std::int32_t tenant, const RfmTable& table, RfmClass rfm_class);
// The same of a cell of the matrix: scores 1 to 5; one left out may be any.
std::string rfm_cell_sql(std::int32_t tenant, const RfmTable& table, std::optional<int> r, std::optional<int> f);

}  // namespace tilth::performance
