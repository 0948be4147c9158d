#pragma once
#include "modules/customer/service.h"

namespace tilth::customer {

inline constexpr kernel::Permission kRead{"customer.read", "查看客户", "See customers"};
inline constexpr kernel::Permission kReveal{"customer.reveal", "查看客户明文", "Reveal personal values"};
inline constexpr kernel::Permission kMerge{"customer.merge", "合并与拆分客户", "Merge and unmerge customers"};
inline constexpr kernel::Permission kConsent{"customer.consent", "记录同意", "Record consent"};
inline constexpr kernel::Permission kPrivacy{"customer.privacy", "办理个人信息请求", "Handle privacy requests"};
inline constexpr kernel::Permission kRules{"customer.rules", "修改身份规则", "Change identity rules"};
inline constexpr kernel::Permission kWrite{"customer.write", "新建与修改客户", "Make and change customers"};

// The service outlives the API.
void add_customer_routes(CustomersService& customers);
void add_identity_routes(CustomersService& customers);   // rules and conflicts
void add_privacy_routes(CustomersService& customers);    // consent and requests
void add_referral_routes(CustomersService& customers);
void add_household_routes(CustomersService& customers);  // households and milestones
void add_touch_routes(CustomersService& customers);      // digitised and online

}  // namespace tilth::customer
