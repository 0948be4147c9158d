#include "modules/collect/imports/mapping.h"

#include <gtest/gtest.h>

namespace tilth::collect {
namespace {

class Target final : public ImportTarget {
public:
    std::string_view name() const override { return "toy"; }
    const std::vector<TargetField>& fields() const override { return fields_; }
    Status check_options(std::string_view) override { return ok(); }
    Result<std::vector<RowOutcome>> check(kernel::View&, const ImportRef&, const std::vector<MappedRow>&) override {
        return std::vector<RowOutcome>{};
    }
    Result<std::vector<RowOutcome>> apply(kernel::Unit&, const ImportRef&, const std::vector<MappedRow>&) override {
        return std::vector<RowOutcome>{};
    }
    Result<std::vector<ControlTotal>> totals(sql::Connection&, const TenantId&, const ImportRef&) override {
        return std::vector<ControlTotal>{};
    }
    Result<std::int64_t> take_back(kernel::Unit&, const ImportRef&, int) override { return 0; }

private:
    std::vector<TargetField> fields_ = {
        {"number", FieldKind::Text, true, "单号", "Number", {"Invoice", "单号"}, 0},
        {"at", FieldKind::Instant, true, "时间", "Time", {"时间"}, 0},
        {"price", FieldKind::Decimal, false, "单价", "Price", {"Price"}, 4},
        {"phone", FieldKind::Phone, false, "手机", "Phone", {"手机号"}, 0},
    };
};

class MappingTest : public ::testing::Test {
protected:
    Target target_;
    std::vector<std::string> header_ = {" invoice ", "时间", "Price", "手机号"};
    static RowReader make_reader(const Target& target, const std::vector<std::string>& header) {
        return MUST(
            RowReader::make(target, suggest_mapping(target, header), header, MUST(Zone::find("Asia/Shanghai"))));
    }
    RowReader reader_ = make_reader(target_, header_);

    std::string refusal(std::vector<std::string_view> cells) {
        MappedRow row;
        const auto found = reader_.read(cells, row);
        return found ? found->cause + ":" + found->field : "";
    }
};

TEST_F(MappingTest, SuggestsByTheWordsOfTheHeader) {
    const Mapping mapping = suggest_mapping(target_, header_);
    ASSERT_EQ(mapping.columns.size(), 4u);
    EXPECT_EQ(mapping.columns[0].header, " invoice ");
    const Mapping back = MUST(parse_mapping(print_mapping(mapping)));
    EXPECT_EQ(back.columns.size(), 4u);
    EXPECT_EQ(back.target, "toy");
}

TEST_F(MappingTest, CleansCellsAndNamesWhatIsWrong) {
    MappedRow row;
    EXPECT_FALSE(reader_.read({"A1", "2026-03-01 10:00:00", " 1,234.50 ", "138 0013 8000"}, row));
    EXPECT_EQ(row.values[1], "2026-03-01T02:00:00.000Z");
    EXPECT_EQ(row.values[2], "1,234.50");
    EXPECT_EQ(row.values[3], "+8613800138000");
    EXPECT_EQ(refusal({"", "2026-03-01 10:00:00"}), "required:number");
    EXPECT_EQ(refusal({"A1", "soon"}), "bad_time:at");
    EXPECT_EQ(refusal({"A1", "2026-03-01 10:00:00", "1.23456"}), "bad_number:price");
    EXPECT_EQ(refusal({"A1", "2026-03-01 10:00:00", "", "138****8000"}), "masked:phone");
}

TEST_F(MappingTest, EqualRowsHaveEqualFingerprintsAndEmptyDiffersFromAbsent) {
    MappedRow a;
    MappedRow b;
    MappedRow c;
    EXPECT_FALSE(reader_.read({"A1", "2026-03-01 10:00:00", "1"}, a));
    EXPECT_FALSE(reader_.read({"A1", "2026-03-01T02:00:00Z", "1"}, b));
    EXPECT_FALSE(reader_.read({"A1", "2026-03-01 10:00:00", ""}, c));
    EXPECT_EQ(a.fingerprint, b.fingerprint);
    EXPECT_NE(a.fingerprint, c.fingerprint);
}

TEST_F(MappingTest, ARequiredFieldWithoutAColumnIsRefused) {
    const auto made = RowReader::make(target_, suggest_mapping(target_, {"Price"}), {"Price"}, Zone::utc());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fields.at(0).rule, "unmapped");
}

}  // namespace
}  // namespace tilth::collect
