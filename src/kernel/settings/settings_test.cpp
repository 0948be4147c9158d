#include "kernel/settings/settings.h"

#include <gtest/gtest.h>

#include "kernel/audit.h"
#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

class SettingsTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    static std::unique_ptr<Settings> make() {
        auto settings = make_settings();
        settings->define({"active_days", SettingKind::Integer, "30", 1, 365, {}, "活跃天数", "Active days"});
        settings->define({"masked", SettingKind::Flag, "true", 0, 0, {}, "脱敏", "Masked"});
        settings->define({"brand", SettingKind::Text, "示例", 1, 4, {}, "品牌", "Brand"});
        settings->define({"week", SettingKind::Choice, "monday", 0, 0, {"monday", "sunday"}, "周起", "Week starts"});
        return settings;
    }
    Status set(std::string_view name, std::string_view value, std::uint8_t tenant = 1) {
        return record_.write([&](Unit& unit) { return settings_->set(unit, name, value); }, tenant);
    }
    std::string rule(std::string_view name, std::string_view value) {
        const Status status = set(name, value);
        if (status || status.error().fields.size() != 1) return "?";
        return status.error().fields.front().rule;
    }

    testing::TestRecord record_{GetParam()};
    std::unique_ptr<Settings> settings_ = make();
    TenantId one_ = testing::tenant(1);
    TenantId two_ = testing::tenant(2);
};

TEST_P(SettingsTest, DefaultsThenTheTenantsOwn) {
    EXPECT_EQ(settings_->integer(one_, "active_days"), 30);
    EXPECT_EQ(settings_->integer(one_, "masked"), 1);
    ASSERT_TRUE(set("active_days", "365"));
    ASSERT_TRUE(set("masked", "false"));
    ASSERT_TRUE(set("brand", "精耕细作"));
    ASSERT_TRUE(set("week", "sunday"));
    EXPECT_EQ(settings_->integer(one_, "active_days"), 365);
    EXPECT_EQ(settings_->integer(two_, "active_days"), 30);
    EXPECT_EQ(settings_->integer(one_, "masked"), 0);
    settings_ = make();
    auto loan = MUST(record_->readers().borrow());
    ASSERT_TRUE(settings_->load(*loan));
    EXPECT_EQ(settings_->text(one_, "brand"), "精耕细作");
    EXPECT_EQ(settings_->text(two_, "brand"), "示例");
    const auto list = settings_->list(one_);
    ASSERT_EQ(list.size(), 4u);
    EXPECT_EQ(list[3].spec.name, "week");
    EXPECT_EQ(list[3].value, "sunday");
    EXPECT_FALSE(list[3].is_default);
    EXPECT_TRUE(settings_->list(two_)[3].is_default);
}

TEST_P(SettingsTest, BoundsAreNamedAndNothingChanges) {
    EXPECT_EQ(rule("active_days", "0"), "too_small");
    EXPECT_EQ(rule("active_days", "366"), "too_large");
    EXPECT_EQ(rule("active_days", "3.5"), "not_an_integer");
    EXPECT_EQ(rule("active_days", "99999999999999999999"), "not_an_integer");
    EXPECT_EQ(rule("masked", "1"), "not_a_choice");
    EXPECT_EQ(rule("brand", ""), "required");
    EXPECT_EQ(rule("brand", "一二三四五"), "too_long");
    EXPECT_EQ(rule("week", "friday"), "not_a_choice");
    EXPECT_NE(set("active_days", "366").error().fields[0].reason_zh.find("365"), std::string::npos);
    EXPECT_EQ(set("nothing", "1").error().code, ErrorCode::NotFound);
    EXPECT_EQ(settings_->integer(one_, "active_days"), 30);
    EXPECT_EQ(record_.number("SELECT count(*) FROM setting"), 0);
}

TEST_P(SettingsTest, EachChangeIsAuditedAndAnUndoneOneIsNotSeen) {
    ASSERT_TRUE(set("brand", "a\"b"));
    EXPECT_FALSE(record_.write([&](Unit& unit) -> Status {
        TRY(settings_->set(unit, "brand", "no"));
        return Error(ErrorCode::Conflict);
    }));
    EXPECT_EQ(settings_->text(one_, "brand"), "a\"b");
    auto loan = MUST(record_->readers().borrow());
    const auto lines = MUST(audit_lines(*loan, one_, {}));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].action, "setting.change");
    EXPECT_EQ(lines[0].object, "brand");
    EXPECT_EQ(lines[0].detail, R"({"from":"示例","to":"a\"b"})");
}

INSTANTIATE_TEST_SUITE_P(Engines, SettingsTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
