#include "base/error.h"

#include <array>
#include <utility>

namespace tilth {

namespace {

constexpr std::array kInfos = std::to_array<ErrorInfo>({
    {"unauthenticated", 401, false, "请先登录", "Sign in first"},
    {"locked_out", 423, true, "尝试次数过多，已暂时锁定", "Too many attempts; locked for a while"},
    {"forbidden", 403, false, "没有这项权限", "You do not have this permission"},
    {"not_found", 404, false, "不存在，或不在您的数据范围内", "Not found, or outside your scope"},
    {"method_not_allowed", 405, false, "此地址不支持该方法", "This address does not take that method"},
    {"unsupported_format", 415, false, "无法识别的内容格式", "The format of the content is not recognised"},
    {"payload_too_large", 413, false, "内容过大", "The content is too large"},
    {"invalid", 422, false, "有字段不符合要求", "One or more fields break a rule"},
    {"idempotency_reused", 422, false, "同一幂等键用于不同内容", "The idempotency key was used with another body"},
    {"idempotency_in_flight", 409, true, "同一请求正在处理", "The same request is being worked on"},
    {"conflict", 409, false, "当前状态不允许此操作", "The current state does not allow this"},
    {"stale", 412, false, "内容已被他人修改，请刷新", "It has been changed since you read it; reload"},
    {"limit_exceeded", 422, false, "超过上限", "A limit is reached"},
    {"too_many_requests", 429, true, "请求过于频繁", "Too many requests"},
    {"unavailable", 503, true, "暂时不可用，请稍后重试", "Not available right now; try again"},
    {"storage_full", 507, true, "磁盘空间不足，未写入", "The disk is full; nothing was written"},
    {"storage_failed", 503, true, "存储出错，未写入", "Storage failed; nothing was written"},
    {"timeout", 504, true, "处理超时", "It took too long"},
    {"not_leader", 503, true, "本进程当前不负责写入", "This process does not hold the shard"},
    {"corrupt", 500, false, "数据校验失败", "Stored data fail their checks"},
    {"internal", 500, false, "系统内部错误", "Internal error"},
});
static_assert(kInfos.size() == static_cast<std::size_t>(ErrorCode::Internal) + 1);

}  // namespace

const ErrorInfo& info(ErrorCode code) { return kInfos[static_cast<std::size_t>(code)]; }

Error Error::invalid(FieldError field) {
    Error error(ErrorCode::Invalid, field.field + ": " + field.rule);
    error.fields.push_back(std::move(field));
    return error;
}

Error Error::invalid(std::string field, std::string rule, std::string reason_zh, std::string reason_en,
                     std::string remedy_zh, std::string remedy_en) {
    return invalid(FieldError{std::move(field), std::move(rule), std::move(reason_zh), std::move(reason_en),
                              std::move(remedy_zh), std::move(remedy_en)});
}

}  // namespace tilth
