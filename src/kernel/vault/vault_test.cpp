#include "kernel/vault/vault.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

CustomerId customer(std::uint8_t number) {
    CustomerId id;
    id.bytes.back() = number;
    return id;
}

class VaultTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void SetUp() override {
        for (const auto number : {std::uint8_t{1}, std::uint8_t{2}})
            ASSERT_TRUE(record_.write([&](Unit& unit) { return vault_->ensure_tenant(unit, unit.tenant()); }, number));
    }
    Status put(const CustomerId& who, const std::string& field, const std::string& value, std::uint8_t tenant = 1) {
        return record_.write(
            [&](Unit& unit) { return vault_->put(unit, who, {{field, value, "import", unit.now(), 80}}); }, tenant);
    }
    Result<std::vector<VaultValue>> open(const CustomerId& who, std::uint8_t tenant = 1) {
        auto loan = MUST(record_->readers().borrow());
        return vault_->open(*loan, testing::tenant(tenant), who);
    }
    std::string bytes(std::string_view statement) {
        auto loan = MUST(record_->readers().borrow());
        return MUST(loan->one(statement, {}, [](const sql::Row& row) { return std::string(row.bin(0)); })).value_or("");
    }
    void tamper(std::string_view statement) {
        ASSERT_TRUE(record_.write([&](Unit& unit) { return unit.sql().write(statement, {}); }));
    }

    testing::TestRecord record_{GetParam()};
    crypto::Key master_ = crypto::Key::random();
    std::unique_ptr<Vault> vault_ = make_vault(master_, *record_);
};

TEST_P(VaultTest, ValuesComeBackAndAreReplaced) {
    ASSERT_TRUE(put(customer(1), "name", "王小明"));
    ASSERT_TRUE(put(customer(1), "phone:3", "+8613800001000"));
    ASSERT_TRUE(put(customer(1), "name", "王大明"));
    const auto values = MUST(open(customer(1)));
    ASSERT_EQ(values.size(), 2u);
    EXPECT_EQ(values[0].value, "王大明");
    EXPECT_EQ(values[1].value, "+8613800001000");
    EXPECT_EQ(values[1].source, "import");
    EXPECT_EQ(values[1].confidence, 80);
    EXPECT_EQ(values[1].at, record_.clock().now());
    ASSERT_TRUE(record_.write([&](Unit& unit) { return vault_->remove(unit, customer(1), "name"); }));
    EXPECT_EQ(MUST(open(customer(1))).size(), 1u);
    auto loan = MUST(record_->readers().borrow());
    const auto many = MUST(vault_->open_many(*loan, testing::tenant(1), {customer(2), customer(1)}));
    EXPECT_TRUE(many[0].empty());
    EXPECT_EQ(many[1].size(), 1u);
    EXPECT_TRUE(MUST(open(customer(1), 2)).empty());
}

TEST_P(VaultTest, AnotherProcessWithTheSameMasterOpensThem) {
    ASSERT_TRUE(put(customer(1), "name", "王小明"));
    const auto index = MUST(vault_->index_of(testing::tenant(1), "phone", "+8613800001000"));
    vault_.reset();
    record_.reopen();
    vault_ = make_vault(master_, *record_);
    EXPECT_EQ(MUST(open(customer(1)))[0].value, "王小明");
    EXPECT_EQ(MUST(vault_->index_of(testing::tenant(1), "phone", "+8613800001000")), index);
    vault_ = make_vault(crypto::Key::random(), *record_);
    EXPECT_EQ(open(customer(1)).error().code, ErrorCode::Corrupt);
}

TEST_P(VaultTest, AnIndexIsOneTenantsAndOneKinds) {
    const auto of = [&](std::uint8_t tenant, std::string_view kind, std::string_view value) {
        return MUST(vault_->index_of(testing::tenant(tenant), kind, value));
    };
    EXPECT_EQ(of(1, "phone", "a"), of(1, "phone", "a"));
    EXPECT_NE(of(1, "phone", "a"), of(1, "phone", "b"));
    EXPECT_NE(of(1, "phone", "a"), of(1, "email", "a"));
    EXPECT_NE(of(1, "phone", "a"), of(2, "phone", "a"));
    EXPECT_EQ(vault_->index_of(testing::tenant(9), "phone", "a").error().code, ErrorCode::NotFound);
}

TEST_P(VaultTest, ASealedValueMovedElsewhereDoesNotOpen) {
    ASSERT_TRUE(put(customer(1), "name", "王小明"));
    ASSERT_TRUE(put(customer(2), "name", "李小红"));
    tamper(
        "UPDATE vault_value SET field = 'nick' WHERE customer_id IN (SELECT customer_id FROM person_secret ORDER BY "
        "customer_id LIMIT 1)");
    EXPECT_EQ(open(customer(1)).error().code, ErrorCode::Corrupt);
    EXPECT_TRUE(open(customer(2)));
    const auto sealed = MUST(vault_->seal_for_tenant(testing::tenant(1), "rejects", "行"));
    EXPECT_EQ(MUST(vault_->open_for_tenant(testing::tenant(1), "rejects", sealed)), "行");
    EXPECT_FALSE(vault_->open_for_tenant(testing::tenant(1), "bodies", sealed));
    EXPECT_FALSE(vault_->open_for_tenant(testing::tenant(2), "rejects", sealed));
}

TEST_P(VaultTest, ShreddingLeavesNoise) {
    ASSERT_TRUE(put(customer(1), "name", "王小明"));
    ASSERT_TRUE(put(customer(1), "birthday", "1990-01-01"));
    ASSERT_TRUE(put(customer(2), "name", "李小红"));
    const std::string kept = bytes("SELECT sealed FROM vault_value WHERE field = 'birthday'");
    const auto gone =
        record_->write<std::int64_t>(record_.context(), [&](Unit& unit) { return vault_->shred(unit, customer(1)); });
    EXPECT_EQ(MUST(gone), 2);
    EXPECT_TRUE(MUST(open(customer(1))).empty());
    EXPECT_EQ(MUST(open(customer(2))).size(), 1u);
    EXPECT_EQ(record_.number("SELECT count(*) FROM person_secret"), 1);
    // A copy of the row from a backup: no key opens it, also not the one of a customer made anew under the same id.
    ASSERT_TRUE(put(customer(1), "name", "新"));
    ASSERT_TRUE(record_.write([&](Unit& unit) {
        return unit.sql().write(
            "INSERT INTO vault_value (tenant_id, customer_id, field, sealed, source, at, confidence) "
            "VALUES (?1, ?2, 'birthday', ?3, 'backup', 0, 1)",
            {unit.tenant(), customer(1), sql::Blob{kept}});
    }));
    EXPECT_EQ(open(customer(1)).error().code, ErrorCode::Corrupt);
}

TEST_P(VaultTest, AnUndoneTenantHasNoKey) {
    EXPECT_FALSE(record_.write(
        [&](Unit& unit) -> Status {
            TRY(vault_->ensure_tenant(unit, unit.tenant()));
            TRY(vault_->put(unit, customer(1), {{"name", "x", "s", unit.now(), 1}}));
            return Error(ErrorCode::Conflict);
        },
        3));
    EXPECT_EQ(vault_->seal_for_tenant(testing::tenant(3), "p", "x").error().code, ErrorCode::NotFound);
    ASSERT_TRUE(record_.write(
        [&](Unit& unit) -> Status {
            TRY(vault_->ensure_tenant(unit, unit.tenant()));
            return vault_->put(unit, customer(1), {{"name", "x", "s", unit.now(), 1}});
        },
        3));
    EXPECT_EQ(MUST(open(customer(1), 3)).size(), 1u);
}

// ---- Generations ----

class GenerationsTest : public VaultTest {
protected:
    std::int64_t advance(KeyFamily family) {
        return MUST(record_->write<std::int64_t>(record_.context(),
                                                 [&](Unit& unit) { return vault_->advance(unit, family); }));
    }
    std::vector<std::int64_t> settle(KeyFamily family, std::int64_t generation) {
        return MUST(record_->write<std::vector<std::int64_t>>(
            record_.context(), [&](Unit& unit) { return vault_->settle(unit, family, generation); }));
    }
    // Looks through a place once; yields how much was not under the newest generation.
    std::int64_t renew(std::string_view name) {
        for (const KeptPlace& place : vault_->places()) {
            if (place.name != name) continue;
            std::int64_t old = 0;
            for (std::string position;;) {
                const auto look = MUST(place.look(record_.context(), position));
                old += look.old;
                if (look.renew) {
                    EXPECT_TRUE(record_.write([&](Unit& unit) { return look.renew(unit); }));
                }
                if (!look.next) return old;
                position = *look.next;
            }
        }
        return -1;
    }
    BlindIndex index(std::string_view value) { return MUST(vault_->index_of(testing::tenant(1), "phone", value)); }
    void reopen() {
        vault_.reset();
        record_.reopen();
        vault_ = make_vault(master_, *record_);
    }
    // The tenant as a program before generations left it: one root for both families, bare sealed bytes.
    crypto::Key make_legacy() {
        const crypto::Key root = crypto::Key::random();
        const std::string wrapped = crypto::seal(master_.derive("tenant keys"), root.bytes(),
                                                 "tenant key|16|" + std::string(testing::tenant(1).raw()));
        EXPECT_TRUE(record_.write([&](Unit& unit) -> Status {
            TRY(unit.sql().write("DELETE FROM key_generation WHERE tenant_id = ?1 AND family = 2", {unit.tenant()}));
            return unit.sql().write("UPDATE key_generation SET wrapped = ?2 WHERE tenant_id = ?1",
                                    {unit.tenant(), sql::Blob{wrapped}});
        }));
        reopen();
        return root;
    }
};

TEST_P(GenerationsTest, WritesTakeTheNewestAndTheRestIsBroughtToIt) {
    for (std::uint8_t n = 1; n <= 250; ++n) ASSERT_TRUE(put(customer(n), "name", "王" + std::to_string(n)));
    const auto sealed = MUST(vault_->seal_for_tenant(testing::tenant(1), "rejects", "行"));
    EXPECT_EQ(advance(KeyFamily::Data), 2);
    EXPECT_EQ(MUST(open(customer(7)))[0].value, "王7");
    ASSERT_TRUE(put(customer(7), "nick", "七"));
    EXPECT_FALSE(MUST(vault_->is_newest(testing::tenant(1), sealed)));
    const auto anew = MUST(vault_->seal_anew(testing::tenant(1), "rejects", sealed));
    ASSERT_TRUE(anew);
    EXPECT_FALSE(MUST(vault_->seal_anew(testing::tenant(1), "rejects", *anew)));
    EXPECT_EQ(renew("vault"), 250);
    EXPECT_EQ(renew("vault"), 0);
    EXPECT_EQ(settle(KeyFamily::Data, 2), std::vector<std::int64_t>{1});
    EXPECT_EQ(record_.number("SELECT count(*) FROM key_generation WHERE tenant_id = ?1 AND family = 1 AND wrapped = ?2",
                             {testing::tenant(1), sql::Blob{""}}), 1);
    reopen();
    EXPECT_EQ(MUST(open(customer(7))).size(), 2u);
    EXPECT_EQ(MUST(open(customer(250)))[0].value, "王250");
    EXPECT_EQ(MUST(vault_->open_for_tenant(testing::tenant(1), "rejects", *anew)), "行");
    EXPECT_EQ(vault_->open_for_tenant(testing::tenant(1), "rejects", sealed).error().code, ErrorCode::Corrupt);
}

TEST_P(GenerationsTest, WhatChangesOrGoesMeanwhileIsLeftAlone) {
    for (std::uint8_t n = 1; n <= 3; ++n) ASSERT_TRUE(put(customer(n), "name", "王"));
    advance(KeyFamily::Data);
    const auto look = MUST(vault_->places().front().look(record_.context(), ""));
    EXPECT_EQ(look.old, 3);
    ASSERT_TRUE(put(customer(1), "name", "李"));
    ASSERT_TRUE(record_->write<std::int64_t>(record_.context(),
                                             [&](Unit& unit) { return vault_->shred(unit, customer(2)); }));
    ASSERT_TRUE(record_.write([&](Unit& unit) { return look.renew(unit); }));
    EXPECT_EQ(MUST(open(customer(1)))[0].value, "李");
    EXPECT_TRUE(MUST(open(customer(2))).empty());
    EXPECT_EQ(MUST(open(customer(3)))[0].value, "王");
    EXPECT_EQ(record_.number("SELECT count(*) FROM vault_value"), 2);
}

TEST_P(GenerationsTest, AnIndexIsFoundUnderBothUntilItIsSettled) {
    const BlindIndex first = index("+8613800001000");
    EXPECT_EQ(first.now, first.before);
    EXPECT_EQ(advance(KeyFamily::Index), 2);
    const BlindIndex second = index("+8613800001000");
    EXPECT_EQ(second.before, first.now);
    EXPECT_NE(second.now, first.now);
    EXPECT_EQ(MUST(vault_->index_anew(testing::tenant(1), first.now, 1)), second.now);
    const auto again = record_->write<std::int64_t>(
        record_.context(), [&](Unit& unit) { return vault_->advance(unit, KeyFamily::Index); });
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
    reopen();
    EXPECT_EQ(index("+8613800001000"), second);
    EXPECT_TRUE(settle(KeyFamily::Index, 2).empty());
    EXPECT_EQ(index("+8613800001000").before, second.now);
    EXPECT_EQ(advance(KeyFamily::Index), 3);
    EXPECT_EQ(index("+8613800001000").before, second.now);
    EXPECT_EQ(MUST(vault_->index_anew(testing::tenant(1), first.now, 1)), index("+8613800001000").now);
}

TEST_P(GenerationsTest, AnUndoneGenerationIsNotThere) {
    const BlindIndex first = index("a");
    for (const KeyFamily family : {KeyFamily::Data, KeyFamily::Index}) {
        EXPECT_FALSE(record_.write([&](Unit& unit) -> Status {
            TRY(vault_->advance(unit, family));
            return Error(ErrorCode::Conflict);
        }));
    }
    EXPECT_EQ(index("a"), first);
    ASSERT_TRUE(put(customer(1), "name", "王"));
    reopen();
    EXPECT_EQ(MUST(open(customer(1)))[0].value, "王");
    EXPECT_EQ(index("a"), first);
}

TEST_P(GenerationsTest, ARecordFromBeforeGenerationsGoesOn) {
    const crypto::Key root = make_legacy();
    ASSERT_TRUE(put(customer(1), "phone", "x"));
    const std::string secret = bytes("SELECT secret FROM person_secret");
    const std::string bare =
        crypto::seal(root.derive("customers").derive("customer", secret), "王",
                     "value|16|" + std::string(testing::tenant(1).raw()) + "|16|" + std::string(customer(1).raw()) +
                         "|4|name");
    ASSERT_TRUE(record_.write([&](Unit& unit) {
        return unit.sql().write(
            "INSERT INTO vault_value (tenant_id, customer_id, field, sealed, source, at, confidence) "
            "VALUES (?1, ?2, 'name', ?3, 'import', 0, 1)",
            {unit.tenant(), customer(1), sql::Blob{bare}});
    }));
    EXPECT_EQ(MUST(open(customer(1)))[0].value, "王");
    const Bytes16 found = index("a").now;
    EXPECT_EQ(found, crypto::blind_index(root.derive("index").derive("kind", "phone"), "phone", "a"));
    advance(KeyFamily::Data);
    EXPECT_EQ(renew("vault"), 2);
    settle(KeyFamily::Data, 2);
    reopen();
    EXPECT_EQ(MUST(open(customer(1)))[0].value, "王");
    EXPECT_EQ(index("a").now, found);
}

INSTANTIATE_TEST_SUITE_P(Engines, GenerationsTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

// On SQLite alone: a server's files are not the test's to read.
class VaultOnDiskTest : public VaultTest {};

TEST_P(VaultOnDiskTest, NoClearValueReachesTheDisk) {
    ASSERT_TRUE(put(customer(1), "phone:3", "+8613800001000"));
    const std::string path = record_.location().uri.substr(7);
    std::string all;
    for (const char* suffix : {"", "-wal"}) {
        std::ostringstream text;
        text << std::ifstream(path + suffix, std::ios::binary).rdbuf();
        all += text.str();
    }
    EXPECT_NE(all.find("phone:3"), std::string::npos);
    EXPECT_EQ(all.find("13800001000"), std::string::npos);
    EXPECT_EQ(all.find(std::string(master_.bytes())), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Engines, VaultTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, VaultOnDiskTest, ::testing::Values(sql::Engine::Sqlite), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
