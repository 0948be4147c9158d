#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"
#include "modules/collect/forget/api.h"
#include "modules/collect/imports/import.h"
#include "modules/collect/imports/spool.h"

namespace tilth::collect {
namespace {

using kernel::Unit;

constexpr const char* kGone = "13800138001";
constexpr const char* kStays = "13900139002";

class ForgetTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void SetUp() override {
        source_ = kernel_.made<SourceId>([&](Unit& unit) { return collect_->create_source(unit, "till", "native"); });
    }
    void hold(const std::string& phone, std::uint8_t number) {
        Incoming event;
        event.fingerprint.back() = number;
        event.type = "unheard_of";
        event.claims.push_back(
            MUST(customer::make_claim(kernel_->vault, kernel_.tenant_id(), customer::IdentityKind::Phone, phone)));
        MUST(kernel_.write([&](Unit& unit) -> Status {
            TRY(collect_->hold(unit, source_, event, "unknown_type"));
            Verdict verdict;
            verdict.accepted = false;
            verdict.code = "bad_time";
            verdict.raw = "{\"phone\":\"" + phone + "\"}";
            return collect_->refuse(unit, source_, {verdict}, unit.now());
        }));
    }
    ImportId file(const std::string& text) {
        ImportRow row;
        row.id = kernel_.made<ImportId>([](Unit& unit) -> Result<ImportId> { return unit.new_id<ImportId>(); });
        row.name = "members.csv";
        row.chunks = MUST(Spool(*kernel_, kernel_.tenant_id(), row.id).write(text)).chunks;
        MUST(kernel_.write([&](Unit& unit) -> Status {
            TRY(store::insert(unit, row));
            for (const auto& [line, phone] : {std::pair{2, kGone}, {3, kStays}}) {
                const std::string sealed = TRY(
                    kernel_->vault.seal_for_tenant(unit.tenant(), "import_reject", "[\"" + std::string(phone) + "\"]"));
                TRY(store::add_reject(unit, row.id, {line, "bad", "phone", sealed}));
            }
            return ok();
        }));
        chunks_ = row.chunks;
        return row.id;
    }
    std::string text_of(const ImportId& id) {
        Spool spool(*kernel_, kernel_.tenant_id(), id);
        Spool::Reader reader(spool, chunks_);
        std::string text;
        for (auto piece = MUST(reader.next()); piece; piece = MUST(reader.next())) text += *piece;
        return text;
    }
    // As the job does it; yields the number of steps.
    int sweep() {
        std::string position;
        for (int steps = 1; steps < 100; ++steps) {
            const auto look = MUST(forgetting_->sweep(kernel_.context(), position));
            if (look.strike) MUST(kernel_.write(look.strike));
            if (!look.next) return steps;
            position = *look.next;
        }
        ADD_FAILURE() << "the sweep does not end";
        return 0;
    }
    std::int64_t rows(const std::string& table) { return kernel_.number("SELECT count(*) FROM " + table); }
    bool going_on() { return MUST(forgetting(*kernel_.reader(), kernel_.tenant_id())); }

    static std::vector<sql::Migration> migrations() {
        std::vector<sql::Migration> all;
        for (const auto& module : {org::org_module(), customer::customer_module(), collect_module()})
            all.insert(all.end(), module.migrations.begin(), module.migrations.end());
        return all;
    }
    kernel::testing::TestKernel kernel_{GetParam(), migrations()};
    std::unique_ptr<org::Org> org_ = org::make_org(*kernel_);
    std::unique_ptr<Collect> collect_ = make_collect(*kernel_, *org_);
    std::unique_ptr<Forgetting> forgetting_ = make_forgetting(*kernel_);
    SourceId source_;
    std::int64_t chunks_ = 0;
};

TEST_P(ForgetTest, WhatNamesThePersonGoesAndTheOthersStay) {
    hold(kGone, 1);
    hold(kStays, 2);
    const ImportId id = file(std::string("phone,name\n") + kGone + ",陈\n" + kStays + ",李\n");
    EXPECT_EQ(sweep(), 1) << "nobody is being forgotten";
    EXPECT_EQ(rows("held_event"), 2);

    MUST(kernel_.write([&](Unit& unit) { return forgetting_->begin(unit, {"+8613800138001"}); }));
    EXPECT_TRUE(going_on());
    EXPECT_GT(sweep(), 4);
    EXPECT_FALSE(going_on());
    EXPECT_EQ(rows("held_event"), 1);
    EXPECT_EQ(rows("refused_event"), 1);
    EXPECT_EQ(rows("import_reject"), 1);
    EXPECT_EQ(rows("forget_ticket"), 0);
    EXPECT_EQ(text_of(id), std::string("phone,name\n\n") + kStays + ",李\n");
}

TEST_P(ForgetTest, WhoIsForgottenMeanwhileIsLookedForByTheNextSweep) {
    hold(kGone, 1);
    hold(kStays, 2);
    MUST(kernel_.write([&](Unit& unit) { return forgetting_->begin(unit, {"+8613800138001"}); }));
    const auto first = MUST(forgetting_->sweep(kernel_.context(), ""));
    MUST(kernel_.write(first.strike));
    MUST(kernel_.write([&](Unit& unit) { return forgetting_->begin(unit, {"+8613900139002"}); }));
    for (auto position = first.next; position;) {
        const auto look = MUST(forgetting_->sweep(kernel_.context(), *position));
        if (look.strike) MUST(kernel_.write(look.strike));
        position = look.next;
    }
    EXPECT_TRUE(going_on());
    EXPECT_EQ(rows("held_event"), 1);
    sweep();
    EXPECT_FALSE(going_on());
    EXPECT_EQ(rows("held_event"), 0);
    EXPECT_EQ(rows("refused_event"), 0);
}

TEST_P(ForgetTest, ManyRowsTakeManySteps) {
    for (int i = 0; i < 1'200; ++i) {
        MUST(kernel_.write([&](Unit& unit) {
            Verdict verdict;
            verdict.code = "bad_time";
            verdict.raw = i % 3 == 0 ? kGone : kStays;
            return collect_->refuse(unit, source_, {verdict}, unit.now());
        }));
    }
    MUST(kernel_.write([&](Unit& unit) { return forgetting_->begin(unit, {"+8613800138001"}); }));
    EXPECT_GE(sweep(), 6);
    EXPECT_EQ(rows("refused_event"), 800);
}

INSTANTIATE_TEST_SUITE_P(Engines, ForgetTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::collect
