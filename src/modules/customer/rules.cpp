#include "modules/customer/rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "base/text.h"
#include "kernel/registry/serves.h"
#include "platform/text/phone.h"

namespace tilth::customer {

namespace {

struct KindSpec {
    IdentityKind kind;
    std::string_view name;
    std::string_view zh;
    std::string_view en;
};
constexpr std::array<KindSpec, kKinds> kKindSpecs = {{
    {IdentityKind::Phone, "phone", "手机号", "Phone"},
    {IdentityKind::Email, "email", "邮箱", "E-mail"},
    {IdentityKind::Card, "card", "会员卡号", "Card number"},
    {IdentityKind::CustomId, "custom_id", "企业自有编号", "Custom id"},
    {IdentityKind::UnionId, "union_id", "UnionID", "Union id"},
    {IdentityKind::OpenId, "open_id", "OpenID", "Open id"},
    {IdentityKind::ExternalUserId, "external_user_id", "企业微信外部联系人", "WeCom external contact"},
    {IdentityKind::BuyerId, "buyer_id", "平台买家", "Platform buyer"},
    {IdentityKind::Device, "device", "设备", "Device"},
    {IdentityKind::Anonymous, "anonymous", "匿名编号", "Anonymous id"},
}};

// Values that programs send when they have none.
constexpr std::array<std::string_view, 14> kPlaceholders = {"null",  "undefined",      "none", "nil", "nan", "unknown",
                                                            "guest", "anonymous",      "n/a",  "na",  "0",   "-1",
                                                            "-",     "[object object]"};

Error refused(IdentityKind kind, std::string rule, std::string zh, std::string en) {
    return Error::invalid(std::string(name(kind)), std::move(rule), std::move(zh), std::move(en), "改正或去掉这个标识",
                          "correct or leave out this identity");
}

bool is_placeholder(std::string_view value) {
    std::string lower(value);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return std::find(kPlaceholders.begin(), kPlaceholders.end(), lower) != kPlaceholders.end();
}

}  // namespace

std::string_view name(IdentityKind kind) { return kKindSpecs[static_cast<std::size_t>(kind)].name; }

std::optional<IdentityKind> identity_kind(std::string_view text) {
    for (const KindSpec& spec : kKindSpecs) {
        if (spec.name == text) return spec.kind;
    }
    return std::nullopt;
}

bool is_strong(IdentityKind kind) { return kind <= IdentityKind::UnionId; }

bool is_kept(IdentityKind kind) { return kind != IdentityKind::Anonymous; }

Result<std::string> normalise(IdentityKind kind, std::string_view value, std::string_view region) {
    auto text = check_text(value, 1, kIdentityBytesMax);
    if (!text) return refused(kind, text.error().detail, "标识不可用", "the identity cannot be used");
    if (text->size() > kIdentityBytesMax) return refused(kind, "too_long", "标识过长", "the identity is too long");
    if (is_placeholder(*text)) return refused(kind, "placeholder", "这是占位值，不是标识", "a placeholder is no identity");
    if (kind != IdentityKind::Phone && kind != IdentityKind::Email) return std::move(*text);
    auto normal = kind == IdentityKind::Phone ? normalise_phone(*text, region) : normalise_email(*text);
    if (!normal) {
        Error error = std::move(normal.error());
        if (error.fields.empty()) {
            return refused(kind, error.detail.empty() ? "invalid" : error.detail, "标识不可用",
                           "the identity cannot be used");
        }
        error.fields.front().field = name(kind);
        return error;
    }
    return std::move(*normal);
}

std::string masked(IdentityKind kind, std::string_view clear) {
    if (kind == IdentityKind::Phone) return mask_phone(clear);
    if (kind == IdentityKind::Email) return mask_email(clear);
    return mask_tail(clear);
}

std::string vault_field(IdentityKind kind, IdentityNumber number) {
    return std::string(name(kind)) + ":" + std::to_string(number);
}

std::optional<std::pair<IdentityKind, IdentityNumber>> identity_of_field(std::string_view field) {
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto kind = identity_kind(field.substr(0, colon));
    IdentityNumber number = 0;
    const char* const end = field.data() + field.size();
    const auto [at, error] = std::from_chars(field.data() + colon + 1, end, number);
    if (!kind || error != std::errc{} || at != end) return std::nullopt;
    return std::pair(*kind, number);
}

std::string_view name(ConflictCause cause) {
    if (cause == ConflictCause::Limit) return "limit";
    return cause == ConflictCause::TwoPhones ? "two_phones" : "kept_apart";
}

// ---- A tenant's rules ----

KindRules default_rules() {
    // The kinds that join people: the rules of resolution, registered like everything else.
    static const auto joining = kernel::standing<IdentityKind>({{"CDP-02", IdentityKind::Phone},
                                                                {"CDP-02", IdentityKind::Email},
                                                                {"CDP-02", IdentityKind::Card},
                                                                {"CDP-02", IdentityKind::CustomId},
                                                                {"CDP-02", IdentityKind::UnionId}});
    KindRules rules;
    for (const IdentityKind kind : joining) rules[static_cast<std::size_t>(kind)].joins = true;
    rules[static_cast<std::size_t>(IdentityKind::Phone)].per_person = 1;
    return rules;
}

Status check_rule(IdentityKind kind, const KindRule& rule) {
    if (kind == IdentityKind::Phone && (!rule.joins || rule.per_person != 1)) {
        return Error::invalid("per_person", "phone_is_one", "一人一个手机号，不能改",
                              "a person has one phone: this cannot be changed",
                              "两个手机号由人在冲突队列里决定", "two phones are for people to decide in the conflict queue");
    }
    if (!rule.joins && rule.per_person != 0) {
        return Error::invalid("per_person", "joins_only", "只有参与合并的标识可以限制数量",
                              "only a kind that joins people has a limit", "去掉数量限制", "leave the limit out");
    }
    for (const std::string& pattern : rule.blocked) {
        if (pattern.find_first_not_of('*') == std::string::npos) {
            return Error::invalid("blocked", "matches_all", "不能屏蔽所有值", "a pattern must not match everything",
                                  "写明要屏蔽的值", "name the values to block");
        }
    }
    return ok();
}

namespace {

// "*" stands for any text, also for none. Linear in the text for each star.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool is_blocked(const KindRule& rule, std::string_view normalised) {
    return std::any_of(rule.blocked.begin(), rule.blocked.end(),
                       [&](const std::string& pattern) { return matches(pattern, normalised); });
}

bool link_holds(std::span<const IdentityKind> evidence, const KindRules& rules) {
    const auto joining = std::count_if(evidence.begin(), evidence.end(), [&](IdentityKind kind) {
        return rules[static_cast<std::size_t>(kind)].joins;
    });
    // A visitor's cookie goes with the one strong key beside it.
    const bool visitor =
        std::any_of(evidence.begin(), evidence.end(), [](IdentityKind kind) { return !is_strong(kind); });
    return joining >= 2 || (joining == 1 && visitor);
}

bool rule_joins(std::string_view rule) { return rule == "identify" || rule == "alias"; }

// ---- The profile ----

namespace {

constexpr std::array<BlockSpec, kBlocks> kBlockSpecs = {{
    {Block::Identity, "身份与人口", "Identity and demographics"},
    {Block::Place, "地域与家庭", "Place and household"},
    {Block::Channel, "渠道与社交", "Channels and social relations"},
    {Block::Behaviour, "行为与兴趣", "Behaviour and interests"},
    {Block::Value, "交易与价值", "Transactions and value"},
    {Block::Membership, "会员与服务", "Membership and service"},
}};

constexpr std::array<FieldSpec, 41> kFields = {{
    {"name", "姓名", "Name", Block::Identity, Mask::Name},
    {"first_name", "名", "First name", Block::Identity, Mask::Name},
    {"last_name", "姓", "Last name", Block::Identity, Mask::Name},
    {"gender", "性别", "Gender", Block::Identity, Mask::Clear},
    {"birthday", "生日", "Birthday", Block::Identity, Mask::Hidden},
    {"age", "年龄", "Age", Block::Identity, Mask::Clear},
    {"id_number", "证件号码", "Id number", Block::Identity, Mask::Hidden},
    {"occupation", "职业", "Occupation", Block::Identity, Mask::Clear},
    {"education", "学历", "Education", Block::Identity, Mask::Clear},
    {"company", "单位", "Company", Block::Identity, Mask::Name},
    {"title", "职务", "Job title", Block::Identity, Mask::Clear},
    {"avatar", "头像", "Picture", Block::Identity, Mask::Hidden},
    {"country", "国家或地区", "Country or region", Block::Place, Mask::Clear},
    {"province", "省份", "Province", Block::Place, Mask::Clear},
    {"city", "城市", "City", Block::Place, Mask::Clear},
    {"district", "区县", "District", Block::Place, Mask::Clear},
    {"address", "地址", "Address", Block::Place, Mask::Hidden},
    {"postcode", "邮编", "Postcode", Block::Place, Mask::Tail},
    {"marital_status", "婚姻状况", "Marital status", Block::Place, Mask::Hidden},
    {"household_size", "家庭人口", "Household size", Block::Place, Mask::Clear},
    {"children", "子女", "Children", Block::Place, Mask::Hidden},
    {"child_birth_month", "孩子出生月", "Child's birth month", Block::Place, Mask::Hidden},
    {"phone", "手机号", "Phone", Block::Channel, Mask::Phone},
    {"email", "邮箱", "E-mail", Block::Channel, Mask::Email},
    {"wechat_name", "微信昵称", "WeChat name", Block::Channel, Mask::Name},
    {"username", "用户名", "User name", Block::Channel, Mask::Name},
    {"website", "网址", "Website", Block::Channel, Mask::Hidden},
    {"acquired_from", "获客来源", "Acquired from", Block::Channel, Mask::Clear},
    {"referrer", "推荐人", "Referrer", Block::Channel, Mask::Hidden},
    {"language", "语言", "Language", Block::Behaviour, Mask::Clear},
    {"interests", "兴趣", "Interests", Block::Behaviour, Mask::Clear},
    {"preferred_category", "偏好品类", "Preferred category", Block::Behaviour, Mask::Clear},
    {"preferred_brand", "偏好品牌", "Preferred brand", Block::Behaviour, Mask::Clear},
    {"preferred_store", "偏好门店", "Preferred store", Block::Behaviour, Mask::Clear},
    {"spending_power", "消费能力", "Spending power", Block::Value, Mask::Clear},
    {"total_spent", "来源累计消费", "Total spent, as declared", Block::Value, Mask::Clear},
    {"order_count", "来源累计订单", "Orders, as declared", Block::Value, Mask::Clear},
    {"level", "来源等级", "Level, as declared", Block::Membership, Mask::Clear},
    {"member_since", "入会时间", "Member since", Block::Membership, Mask::Clear},
    {"created_at", "注册时间", "Registered at", Block::Membership, Mask::Clear},
    {"guide", "服务导购", "Guide", Block::Membership, Mask::Clear},
}};

}  // namespace

std::span<const BlockSpec> blocks() { return kBlockSpecs; }

FieldSpec field_spec(std::string_view field) {
    for (const FieldSpec& spec : kFields) {
        if (spec.name == field) return spec;
    }
    if (const auto identity = identity_of_field(field)) {
        const KindSpec& kind = kKindSpecs[static_cast<std::size_t>(identity->first)];
        const Block block = identity->first == IdentityKind::Card ? Block::Membership : Block::Channel;
        return {kind.name, kind.zh, kind.en, block, Mask::Tail};
    }
    return {field, field, field, Block::Behaviour, Mask::Hidden};
}

std::string masked(Mask mask, std::string_view clear) {
    if (clear.empty()) return {};
    switch (mask) {
        case Mask::Clear: return std::string(clear);
        case Mask::Name: return mask_name(clear);
        case Mask::Phone: return mask_phone(clear);
        case Mask::Email: return mask_email(clear);
        case Mask::Tail: return mask_tail(clear);
        case Mask::Hidden: break;
    }
    return "****";
}

std::optional<std::string> canonical_field(std::string_view field) {
    std::string out;
    bool broke = false;   // the letter before was a small one or a digit
    for (const char c : field) {
        const auto byte = static_cast<unsigned char>(c);
        const bool upper = byte >= 'A' && byte <= 'Z';
        const bool plain = upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
        if (!plain) {
            if (!out.empty() && out.back() != '_') out.push_back('_');
            broke = false;
            continue;
        }
        if (upper && broke) out.push_back('_');
        out.push_back(upper ? static_cast<char>(byte + 32) : c);
        broke = !upper;
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    if (out.empty() || out.size() > 64 || !utf8_length(out)) return std::nullopt;
    return out;
}

bool is_usable(std::string_view value) {
    return value.size() <= kTraitValueBytesMax && utf8_length(value).has_value() &&
           value.find('\0') == std::string_view::npos;
}

bool outranks(const Standing& a, const Standing& b) {
    const bool a_empty = a.value.empty();
    const bool b_empty = b.value.empty();
    return std::tie(a.confidence, a.at, a.source, a_empty, a.value) >
           std::tie(b.confidence, b.at, b.source, b_empty, b.value);
}

}  // namespace tilth::customer
