#pragma once
// What the module's routes stand on.

#include "modules/audience/engine.h"

namespace tilth::audience {

inline constexpr kernel::Permission kRead{"audience.read", "查看人群与标签", "See segments and tags"};
inline constexpr kernel::Permission kWrite{"audience.write", "维护人群与标签", "Make and change segments and tags"};
inline constexpr kernel::Permission kTag{"audience.tag", "给客户打标签", "Tag customers"};
inline constexpr kernel::Permission kExport{"audience.export", "导出人群", "Export segments"};
// Declared by the module customer.
inline constexpr kernel::Permission kCustomerRead{"customer.read", "查看客户", "See customers"};

class AudienceService final : public Audience {
public:
    AudienceService(kernel::Kernel& kernel, const kernel::Activity& activity, org::Org& org,
                    customer::Customers& customers, commerce::Orders& orders)
        : kernel_(kernel), org_(org), customers_(customers), engine_(kernel, activity, org, customers, orders) {
        define_rfm_settings(kernel.settings);
    }

    void add_feed(rules::AttributeFeed& feed) override { MUST(engine_.add_feed(feed)); }
    void run() override { engine_.run(); }
    void stop() override { engine_.stop(); }
    void poke() override { engine_.poke(); }
    Status catch_up() override { return engine_.catch_up(); }
    Status rebuild() override { return engine_.rebuild(); }
    std::string state_hash(const TenantId& tenant) override { return engine_.state_hash(tenant); }
    Status verify(const TenantId& tenant) override { return engine_.verify(tenant); }

    // ---- For routes ----
    kernel::Kernel& kernel() { return kernel_; }
    org::Org& org() { return org_; }
    customer::Customers& customers() { return customers_; }
    Engine& engine() { return engine_; }

    // The rule as a tree, checked against registry and names, and that it does not come back to any of `own`. Invalid:
    // each part with its place.
    struct Rule {
        rules::Node node;
        std::int64_t cost = 0;
    };
    Result<Rule> rule(sql::Connection& sql, const TenantId& tenant, const std::optional<Text<1, 20'000>>& text,
                      const std::optional<json::Raw>& json,
                      const std::vector<std::pair<rules::MemberKind, std::string>>& own = {});
    Result<rules::Node> read_rule(const std::optional<Text<1, 20'000>>& text, const std::optional<json::Raw>& json);
    RuleForms forms(const rules::Node& rule) const;
    std::optional<RuleForms> forms(const std::string& rule) const;

    Result<Preview> preview(const kernel::Context& context, const rules::Node& rule);
    // Faces of people, in that order; those whom memory no longer knows are left out.
    Result<std::vector<AudiencePerson>> faces(sql::Connection& sql, const TenantId& tenant,
                                              const std::vector<CustomerId>& people);

private:
    kernel::Kernel& kernel_;
    org::Org& org_;
    customer::Customers& customers_;
    Engine engine_;
};

// The definition, NotFound unless it is of the family.
Result<Definition> need(sql::Connection& sql, const TenantId& tenant, const SetId& id, Family family);
// Names of unarchived sets whose rule asks for this one.
std::vector<std::string> users_of(const std::vector<Definition>& all, const Definition& one);
// Conflict: the name is taken.
Status name_is_free(const std::vector<Definition>& all, Family family, const std::string& name, const SetId& own);
// People and changes of a set, whom the caller may see.
Result<PeoplePage> people_page(AudienceService& service, kernel::View& view, const PageOfSet& asked, Family family);
Result<ChangePage> change_page(AudienceService& service, kernel::View& view, const PageOfSet& asked, Family family);
Result<SetSizes> sizes_of(kernel::View& view, const SetKey& key, Family family);
// How many of each set the caller may see.
std::map<SetId, std::int64_t> people_in(AudienceService& service, const kernel::Context& context, Instant& as_of);
Result<kernel::None> archive(kernel::Unit& unit, const SetKey& key, Family family);
Result<kernel::None> restore(kernel::Unit& unit, const SetKey& key, Family family);

void add_rule_routes(AudienceService& service);
void add_segment_routes(AudienceService& service);
void add_tag_routes(AudienceService& service);
void add_tagging_routes(AudienceService& service);

}  // namespace tilth::audience
