#include "modules/collect/retention/api.h"

namespace tilth::collect {

std::vector<kernel::RetentionClass> retention_classes() {
    return {
        {.name = "refused_events",
         .row = "PRV-03",
         .days = 90,
         .days_min = 7,
         .days_max = 365,
         .zh = "被拒收的上报原文",
         .en = "Events that were refused, as they came",
         .basis_zh = "最短必要（个人信息保护法第十九条）；每日数据质量里的计数保留",
         .basis_en = "The shortest that is needed (PIPL, article 19); the daily counts of data quality stay",
         .count = "SELECT count(*) FROM refused_event WHERE tenant_id = ?1 AND at < ?2",
         .take = "DELETE FROM refused_event WHERE tenant_id = ?1 AND number IN (SELECT number FROM refused_event "
                 "WHERE tenant_id = ?1 AND at < ?2 ORDER BY number LIMIT ?3)"},
        {.name = "held_events",
         .row = "PRV-03",
         .days = 180,
         .days_min = 7,
         .days_max = 365,
         .zh = "待定事件的原文",
         .en = "Events held back for a decision",
         .basis_zh = "最短必要（个人信息保护法第十九条）；到期未放行即视为不需要",
         .basis_en = "The shortest that is needed (PIPL, article 19); what nobody released by then is not needed",
         .count = "SELECT count(*) FROM held_event WHERE tenant_id = ?1 AND at < ?2",
         .take = "DELETE FROM held_event WHERE tenant_id = ?1 AND number IN (SELECT number FROM held_event "
                 "WHERE tenant_id = ?1 AND at < ?2 ORDER BY number LIMIT ?3)"},
        {.name = "import_rejects",
         .row = "PRV-03",
         .days = 180,
         .days_min = 7,
         .days_max = 365,
         .zh = "导入时被拒的行",
         .en = "Rows that imports refused",
         .basis_zh = "最短必要（个人信息保护法第十九条）；每次导入的行数统计保留",
         .basis_en = "The shortest that is needed (PIPL, article 19); each import's counts stay",
         .count = "SELECT count(*) FROM import_reject r JOIN import_file f ON f.tenant_id = r.tenant_id "
                  "AND f.id = r.import_id WHERE r.tenant_id = ?1 AND f.changed_at < ?2",
         .take = "DELETE FROM import_reject WHERE tenant_id = ?1 AND (import_id, line) IN (SELECT r.import_id, r.line "
                 "FROM import_reject r JOIN import_file f ON f.tenant_id = r.tenant_id AND f.id = r.import_id "
                 "WHERE r.tenant_id = ?1 AND f.changed_at < ?2 ORDER BY r.import_id, r.line LIMIT ?3)"},
        {.name = "webhook_deliveries",
         .row = "PRV-03",
         .days = 30,
         .days_min = 1,
         .days_max = 365,
         .zh = "已了结的事件推送",
         .en = "Webhook deliveries that are over",
         .basis_zh = "最短必要（个人信息保护法第十九条）",
         .basis_en = "The shortest that is needed (PIPL, article 19)",
         .count = "SELECT count(*) FROM webhook_delivery WHERE tenant_id = ?1 AND state <> 0 AND created_at < ?2",
         .take = "DELETE FROM webhook_delivery WHERE tenant_id = ?1 AND number IN (SELECT number FROM webhook_delivery "
                 "WHERE tenant_id = ?1 AND state <> 0 AND created_at < ?2 ORDER BY number LIMIT ?3)"},
    };
}

}  // namespace tilth::collect
