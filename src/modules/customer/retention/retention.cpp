#include "modules/customer/retention/api.h"

namespace tilth::customer {

std::vector<kernel::RetentionClass> retention_classes() {
    return {
        {.name = "closed_requests",
         .row = "PRV-03",
         .reduces = true,
         .days = 1'095,
         .days_min = 1'095,
         .days_max = 3'650,
         .zh = "已办结的个人信息请求：说明文字",
         .en = "Closed privacy requests: what was noted",
         .basis_zh = "个人信息保护法第五十六条：处理情况记录至少保存三年；编号、时限与凭证一直保留",
         .basis_en = "PIPL, article 56: records of handling are kept for three years; number, dates and receipt stay",
         .count = "SELECT count(*) FROM privacy_request WHERE tenant_id = ?1 AND closed_at < ?2 AND note <> ''",
         .take = "UPDATE privacy_request SET note = '' WHERE tenant_id = ?1 AND number IN (SELECT number "
                 "FROM privacy_request WHERE tenant_id = ?1 AND closed_at < ?2 AND note <> '' ORDER BY number "
                 "LIMIT ?3)"},
        {.name = "reveals",
         .row = "PRV-03",
         .days = 365,
         .days_min = 30,
         .days_max = 1'095,
         .zh = "查看明文的次数",
         .en = "Counts of clear values looked at",
         .basis_zh = "最短必要（个人信息保护法第十九条）；谁看了谁由审计记录保留",
         .basis_en = "The shortest that is needed (PIPL, article 19); who looked at whom stays in the audit log",
         .count = "SELECT count(*) FROM reveal_tally WHERE tenant_id = ?1 AND hour * 3600000 < ?2",
         .take = "DELETE FROM reveal_tally WHERE tenant_id = ?1 AND (actor, hour) IN (SELECT actor, hour "
                 "FROM reveal_tally WHERE tenant_id = ?1 AND hour * 3600000 < ?2 ORDER BY hour, actor LIMIT ?3)"},
    };
}

}  // namespace tilth::customer
