#pragma once
// The one list of everything that exists: modules in the order of the arrows, with their migrations and permissions.

#include <vector>

#include "kernel/kernel.h"
#include "kernel/retention/retention.h"

namespace tilth::app {

const std::vector<kernel::ModuleInfo>& modules();
std::vector<sql::Migration> all_migrations();  // the kernel's first, then the modules' in order
std::vector<kernel::Permission> all_permissions();
std::vector<kernel::RetentionClass> all_retention_classes();

inline constexpr kernel::Permission kJobRead{"job.read", "查看后台作业", "See jobs"};
inline constexpr kernel::Permission kJobCancel{"job.cancel", "取消后台作业", "Cancel jobs"};
inline constexpr kernel::Permission kAuditRead{"audit.read", "查看审计", "See the audit log"};
inline constexpr kernel::Permission kAuditExport{"audit.export", "导出审计", "Take the audit log out"};
inline constexpr kernel::Permission kSystemRead{"system.read", "查看系统状态", "See the system's state"};
inline constexpr kernel::Permission kSystemWrite{"system.write", "维护系统", "Maintain the system"};
inline constexpr kernel::Permission kSettingWrite{"setting.write", "修改业务口径", "Change business settings"};

}  // namespace tilth::app
