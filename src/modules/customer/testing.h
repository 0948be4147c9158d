#pragma once
// For *_test.cpp files of this module only: the service on a kernel of its own, with short words for what tests do.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernel/testing/fixture.h"
#include "modules/customer/api.h"

namespace tilth::customer::testing {

using kernel::Unit;
using Keys = std::vector<std::pair<IdentityKind, std::string>>;

struct Seeing {
    Keys keys;
    std::string source = "src_one";
    std::string rule = "same_record";
    std::optional<Instant> at = std::nullopt;
    std::optional<OrgNodeId> home = std::nullopt;
    bool declares_home = false;
};

class CustomersTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    Claim claim(IdentityKind kind, const std::string& value) {
        return MUST(make_claim(kernel_->vault, kernel_.tenant_id(), kind, value));
    }
    Result<Resolution> see(Unit& unit, const Seeing& seeing) {
        Sighting sighting;
        for (const auto& [kind, value] : seeing.keys) sighting.claims.push_back(claim(kind, value));
        sighting.at = seeing.at.value_or(unit.now());
        sighting.source = seeing.source;
        sighting.rule = seeing.rule;
        sighting.home_node = seeing.home;
        sighting.declares_home = seeing.declares_home;
        return customers_->resolve(unit, sighting);
    }
    Resolution see(const Seeing& seeing) {
        return kernel_.made<Resolution>([&](Unit& unit) { return see(unit, seeing); });
    }
    Resolution see(Keys keys) { return see(Seeing{.keys = std::move(keys)}); }

    std::optional<CustomerId> holder(IdentityKind kind, const std::string& value) {
        return customers_->find(kernel_.tenant_id(), claim(kind, value));
    }
    // The person's oldest customer: two keys are one person's when this is equal.
    CustomerId person(const CustomerId& customer) {
        return customers_->person_of(kernel_.tenant_id(), customer).value().first;
    }
    CustomerId person(IdentityKind kind, const std::string& value) { return person(holder(kind, value).value()); }
    std::vector<CustomerId> everything_of(const CustomerId& customer) {
        const auto found = customers_->person_of(kernel_.tenant_id(), customer).value();
        return customers_->customers_of(kernel_.tenant_id(), found.ordinal, found.known);
    }

    std::int64_t merge(const CustomerId& a, const CustomerId& b) {
        return kernel_.made<std::int64_t>(
            [&](Unit& unit) { return customers_->merge(unit, a, b, "same family card"); });
    }
    Status unmerge(std::int64_t link) {
        return kernel_.write([&](Unit& unit) { return customers_->unmerge(unit, link, "not the same person"); });
    }
    Status declare(const CustomerId& customer, std::vector<Trait> traits, std::string source = "src_one",
                   int confidence = 50) {
        return kernel_.write(
            [&](Unit& unit) { return customers_->declare(unit, customer, traits, source, confidence); });
    }
    std::string standing(const CustomerId& customer, const std::string& field) {
        auto reader = kernel_.reader();
        for (const auto& value : MUST(kernel_->vault.open(*reader, kernel_.tenant_id(), customer))) {
            if (value.field == field) return value.value + "|" + value.source;
        }
        return {};
    }

    std::int64_t rows() {   // of all tables of the module
        return kernel_.number("SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM identity)"
                              " + (SELECT count(*) FROM identity_index) + (SELECT count(*) FROM identity_source)"
                              " + (SELECT count(*) FROM customer_source) + (SELECT count(*) FROM link)"
                              " + (SELECT count(*) FROM link_undo) + (SELECT count(*) FROM identity_conflict)"
                              " + (SELECT count(*) FROM customer_change)");
    }
    std::int64_t conflicts() { return kernel_.number("SELECT count(*) FROM identity_conflict"); }
    std::string hash() {
        auto reader = kernel_.reader();
        return MUST(customers_->state_hash(*reader, kernel_.tenant_id()));
    }
    // Memory equals the tables.
    void expect_proven() {
        auto reader = kernel_.reader();
        const auto proof = customers_->verify(*reader, kernel_.tenant_id());
        EXPECT_TRUE(proof) << (proof ? "" : proof.error().detail);
    }
    void restart() {
        customers_.reset();
        kernel_.reopen();
        customers_ = make_customers(*kernel_);
    }

    kernel::testing::TestKernel kernel_{GetParam(), customer_module().migrations};
    std::unique_ptr<Customers> customers_ = make_customers(*kernel_);
};

}  // namespace tilth::customer::testing
