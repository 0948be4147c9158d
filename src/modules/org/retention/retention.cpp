#include "modules/org/retention/api.h"

namespace tilth::org {

std::vector<kernel::RetentionClass> retention_classes() {
    return {
        {.name = "sign_ins",
         .row = "PRV-03",
         .days = 180,
         .days_min = 180,
         .days_max = 1'095,
         .zh = "登录会话与 IP",
         .en = "Sessions and their IP addresses",
         .basis_zh = "网络安全法第二十一条：网络日志留存不少于六个月",
         .basis_en = "Cybersecurity Law, article 21: network logs are kept for six months at least",
         .count = "SELECT count(*) FROM session WHERE tenant_id = ?1 AND expires_at < ?2",
         .take = "DELETE FROM session WHERE tenant_id = ?1 AND token_hash IN (SELECT token_hash FROM session "
                 "WHERE tenant_id = ?1 AND expires_at < ?2 ORDER BY token_hash LIMIT ?3)"},
    };
}

}  // namespace tilth::org
