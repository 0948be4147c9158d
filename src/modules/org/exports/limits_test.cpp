#include "modules/org/exports/limits.h"

#include <gtest/gtest.h>

namespace tilth::org {
namespace {

TEST(ExportLimits, HeadquartersTakesMuchAStoreLittleAndAGuideNothing) {
    const ExportLimit operations = default_export_limit("operations");
    const ExportLimit store = default_export_limit("store_manager");
    EXPECT_GT(operations.people, store.people);
    EXPECT_GT(store.people, 0);
    EXPECT_EQ(default_export_limit("own:rol_1"), store);
    Allowance guide;
    add(guide, default_export_limit("guide"));
    EXPECT_EQ(verdict(guide, 0, 0), ExportVerdict::Closed);
    EXPECT_FALSE(guide.may_ask);
}

TEST(ExportLimits, TheLimitItselfIsAllowed) {
    const Allowance allowance{.people = 200, .files_a_day = 2, .may_ask = true};
    EXPECT_EQ(verdict(allowance, 0, 200), ExportVerdict::Free);
    EXPECT_EQ(verdict(allowance, 0, 201), ExportVerdict::TooMany);
    EXPECT_EQ(verdict(allowance, 1, 200), ExportVerdict::Free);
    EXPECT_EQ(verdict(allowance, 2, 200), ExportVerdict::TooOften);
    EXPECT_EQ(verdict(allowance, 2, 201), ExportVerdict::TooMany);
}

TEST(ExportLimits, ManyRolesGiveTheMostGenerousOfEach) {
    Allowance allowance;
    add(allowance, {10, 5, ExportApproval::Refused, 0});
    EXPECT_FALSE(allowance.may_ask);
    add(allowance, {9'999, 1, ExportApproval::Always, 0});
    EXPECT_EQ(allowance.people, 10) << "a role whose every file is approved lets none go by itself";
    EXPECT_TRUE(allowance.may_ask);
    add(allowance, {7'777, 0, ExportApproval::OverLimit, 0});
    EXPECT_EQ(allowance.people, 10) << "a role that takes no files gives nothing";
    EXPECT_EQ(allowance.files_a_day, 5);
    EXPECT_EQ(verdict(allowance, 0, 11), ExportVerdict::TooMany);
}

TEST(ExportLimits, AnApprovedFileGrowsByATenthAtMost) {
    EXPECT_EQ(people_approved(1'000), 1'100);
    EXPECT_EQ(people_approved(9), 9);
}

}  // namespace
}  // namespace tilth::org
