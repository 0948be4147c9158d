#pragma once
// Requests and replies of the module's routes. What is shown is masked; only Revealed holds a clear value.

#include <optional>
#include <string>
#include <vector>

#include "kernel/api/api.h"
#include "modules/customer/api.h"
#include "modules/customer/kinds/api.h"
#include "modules/customer/rules.h"

namespace tilth::customer {

struct FieldView {
    std::string key;                 // "birthday"; of an identity "phone:3": what reveal takes
    std::string label_zh;
    std::string label_en;
    std::string value_masked;
    std::string source;
    std::optional<Instant> at;
    std::int64_t confidence = 0;
    bool revealable = false;         // more is kept than is shown
};
API_STRUCT(FieldView, (key, label_zh, label_en, value_masked, source, at, confidence, revealable))

struct BlockView {
    Block block = Block::Identity;
    std::string label_zh;
    std::string label_en;
    std::vector<FieldView> fields;
};
API_STRUCT(BlockView, (block, label_zh, label_en, fields))

struct IdentityView {
    std::int64_t number = 0;
    IdentityKind kind = IdentityKind::Anonymous;
    std::string masked;
    std::optional<std::string> field;   // for reveal; absent where no clear value is kept
    CustomerId customer;
    Instant first_seen_at;
    std::string source;
};
API_STRUCT(IdentityView, (number, kind, masked, field, customer, first_seen_at, source))

struct CustomerOfPerson {
    CustomerId id;
    std::optional<OrgNodeId> home_node;
    Instant first_seen_at;
    bool member = false;
    std::string source;
};
API_STRUCT(CustomerOfPerson, (id, home_node, first_seen_at, member, source))

struct CustomerView {
    CustomerId id;                          // as asked
    std::optional<CustomerId> merged_into;  // the person's oldest customer, when that is another one
    std::string name_masked;
    bool known = false;
    bool member = false;
    std::optional<OrgNodeId> home_node;
    Instant first_seen_at;
    std::vector<BlockView> profile;         // the six blocks, always
    std::vector<IdentityView> identities;
    std::vector<CustomerOfPerson> customers;
};
API_STRUCT(CustomerView,
           (id, merged_into, name_masked, known, member, home_node, first_seen_at, profile, identities, customers))

struct CustomerKey {
    CustomerId id;
};
API_STRUCT(CustomerKey, (id))

struct LinkView {
    std::int64_t number = 0;
    CustomerId a;
    CustomerId b;
    std::string rule;
    std::string source;
    std::string reason;
    Instant at;
    bool undone = false;
    std::optional<Instant> undone_at;
    std::vector<std::int64_t> evidence;     // numbers of the identities that were seen together
};
API_STRUCT(LinkView, (number, a, b, rule, source, reason, at, undone, undone_at, evidence))
struct LinksView {
    std::vector<LinkView> items;            // oldest first
};
API_STRUCT(LinksView, (items))

using Reason = Text<2, 200>;
struct Reveal {
    CustomerId id;
    Text<1, 100> field;
    Reason reason;
};
API_STRUCT(Reveal, (id, field, reason))
struct Revealed {
    std::string field;
    std::string value;
    std::string source;
    Instant at;
};
API_STRUCT(Revealed, (field, value, source, at))

struct Merge {
    CustomerId a;
    CustomerId b;
    Reason reason;
};
API_STRUCT(Merge, (a, b, reason))
struct MergeDone {
    std::int64_t link = 0;
    CustomerId person;                      // its oldest customer
};
API_STRUCT(MergeDone, (link, person))
struct Unmerge {
    Int<1, INT64_MAX> number;
    Reason reason;
};
API_STRUCT(Unmerge, (number, reason))

struct Search {
    Text<1, 200> text;
};
API_STRUCT(Search, (text))
struct Match {
    CustomerId id;                          // the person's oldest customer
    std::string name_masked;
    std::vector<IdentityView> identities;
    std::optional<OrgNodeId> home_node;
    Instant first_seen_at;
};
API_STRUCT(Match, (id, name_masked, identities, home_node, first_seen_at))
struct Matches {
    std::vector<Match> items;
};
API_STRUCT(Matches, (items))

struct IdentityInput {
    IdentityKind kind = IdentityKind::Phone;
    Text<1, 256> value;
};
API_STRUCT(IdentityInput, (kind, value))
struct TraitInput {
    Text<1, 64> field;
    Text<0, 500> value;                     // empty: taken away
};
API_STRUCT(TraitInput, (field, value))
struct Upsert {
    List<IdentityInput, 20> identities;
    std::optional<List<TraitInput, 100>> traits;
    std::optional<OrgNodeId> home_node;
};
API_STRUCT(Upsert, (identities, traits, home_node))
struct Upserted {
    CustomerId id;
    bool created = false;
    bool linked = false;
};
API_STRUCT(Upserted, (id, created, linked))

}  // namespace tilth::customer

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::Block> =
    std::to_array<tilth::json::EnumValue<tilth::customer::Block>>({
        {tilth::customer::Block::Identity, "identity", "身份与人口", "Identity and demographics"},
        {tilth::customer::Block::Place, "place", "地域与家庭", "Place and household"},
        {tilth::customer::Block::Channel, "channel", "渠道与社交", "Channels and social relations"},
        {tilth::customer::Block::Behaviour, "behaviour", "行为与兴趣", "Behaviour and interests"},
        {tilth::customer::Block::Value, "value", "交易与价值", "Transactions and value"},
        {tilth::customer::Block::Membership, "membership", "会员与服务", "Membership and service"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::Revealed> = std::to_array<tilth::json::FieldDoc>(
    {{"value", "明文", "Clear value", "", tilth::json::Privacy::Sensitive}});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::Reveal> = std::to_array<tilth::json::FieldDoc>(
    {{"field", "字段", "Field", "phone:3"}, {"reason", "原因", "Why it must be seen", "电话回访"}});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::Search> = std::to_array<tilth::json::FieldDoc>(
    {{"text", "手机号、邮箱、卡号、编号", "Phone, e-mail, card or id", "13800138000", tilth::json::Privacy::Personal}});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::IdentityInput> = std::to_array<tilth::json::FieldDoc>(
    {{"value", "标识的值", "The identity's value", "13800138000", tilth::json::Privacy::Personal}});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::TraitInput> = std::to_array<tilth::json::FieldDoc>(
    {{"field", "字段", "Field", "name"}, {"value", "值", "Value", "张三", tilth::json::Privacy::Personal}});
