#include "modules/collect/feeds/problem.h"

#include <array>

#include "platform/json/value.h"

namespace tilth::collect::feeds {

namespace {

FieldError about(std::string_view field, std::string_view rule, std::string_view zh, std::string_view en,
                 std::string_view remedy_zh, std::string_view remedy_en) {
    return {std::string(field), std::string(rule),      std::string(zh),
            std::string(en),    std::string(remedy_zh), std::string(remedy_en)};
}

FieldError unreachable(std::string_view kind) {
    if (kind == "sftp") {
        return about("host", "unreachable", "SFTP 服务器连不上", "The SFTP server does not answer",
                     "检查主机、端口和防火墙；下次按时再取", "Check host, port and firewall; the next run asks again");
    }
    return about("place", "unreachable", "网址连不上", "The address does not answer",
                 "检查网址和网络；下次按时再取", "Check address and network; the next run asks again");
}

FieldError refused(std::string_view kind, const Error& error) {
    if (kind == "http") {
        return about("place", "not_allowed", "不允许访问这个网址", "This address is not allowed",
                     "换成外部可访问的网址", "Give an address that may be reached");
    }
    if (error.detail.find("key") != std::string::npos) {
        return about("host_key", "other_key", "SFTP 服务器的密钥与记录的不一致",
                     "The SFTP server shows another key than the pinned one",
                     "向对方确认是否换过服务器；确认后删除并重建此任务", "Ask whether the server changed; then make the feed anew");
    }
    return about("secret", "refused", "SFTP 登录被拒绝", "The SFTP server refuses the sign-in",
                 "核对用户名与密码或私钥", "Check user and password or private key");
}

FieldError absent(Stage stage) {
    if (stage == Stage::Fetch) {
        return about("file", "gone", "文件已不在", "The file is gone", "请对方重新放置；下次按时再取",
                     "Have it placed again; the next run asks again");
    }
    return about("place", "no_folder", "文件夹不存在", "The folder does not exist", "建好文件夹，或改正路径",
                 "Make the folder, or mend the path");
}

FieldError unreadable(const Error& error) {
    if (error.code == ErrorCode::PayloadTooLarge || error.code == ErrorCode::LimitExceeded) {
        return about("file", "too_large", "文件过大", "The file is too large", "拆成几个文件", "Split it into several files");
    }
    if (error.code == ErrorCode::NotFound) {
        return about("profile", "unknown_profile", "没有这种文件格式", "There is no such layout", "在导入页保存该格式",
                     "Save the layout on the imports page");
    }
    return about("file", "unreadable", "读不出内容：不是 CSV、TSV 或 XLSX，或已损坏",
                 "It cannot be read: no CSV, TSV or XLSX, or damaged", "请对方重新导出", "Have it exported again");
}

struct FieldName {
    std::string_view field;
    std::string_view zh;
    std::string_view en;
};
constexpr std::array<FieldName, 7> kFields = {{{"place", "位置", "Place"},
                                               {"host", "主机", "Host"},
                                               {"host_key", "服务器密钥", "Server's key"},
                                               {"secret", "密码或密钥", "Password or key"},
                                               {"profile", "文件格式", "Layout"},
                                               {"file", "文件", "File"},
                                               {"columns", "列映射", "Columns"}}};

std::string label(std::string_view field, bool zh) {
    for (const FieldName& one : kFields)
        if (one.field == field) return std::string(zh ? one.zh : one.en);
    return std::string(field);
}

}  // namespace

FieldError problem_of(std::string_view kind, Stage stage, const Error& error) {
    if (!error.fields.empty()) return error.fields.front();
    if (stage == Stage::Read) return unreadable(error);
    switch (error.code) {
        case ErrorCode::Unavailable:
        case ErrorCode::Timeout: return unreachable(kind);
        case ErrorCode::Forbidden: return refused(kind, error);
        case ErrorCode::NotFound: return absent(stage);
        case ErrorCode::PayloadTooLarge:
        case ErrorCode::LimitExceeded: return unreadable(error);
        default: break;
    }
    return about(stage == Stage::Fetch ? "file" : "place", "failed", info(error.code).zh, info(error.code).en,
                 "下次按时再取；仍不行请联系管理员", "The next run asks again; if it fails still, ask the administrator");
}

FieldError problem_of_status(int status) {
    const std::string code = std::to_string(status);
    if (status == 401 || status == 403) {
        return about("secret", "refused", "对方拒绝授权（HTTP " + code + "）", "The other side refuses (HTTP " + code + ")",
                     "核对授权密钥", "Check the key");
    }
    if (status == 404 || status == 410) {
        return about("place", "not_there", "网址上还没有文件（HTTP " + code + "）",
                     "Nothing at the address yet (HTTP " + code + ")", "核对网址；下次按时再取",
                     "Check the address; the next run asks again");
    }
    return about("place", "bad_answer", "对方返回 HTTP " + code, "The other side answers HTTP " + code,
                 "联系对方；下次按时再取", "Ask the other side; the next run asks again");
}

std::string encode(const std::string& file, const FieldError& problem) {
    return json::Value::object({{"file", file},
                                {"field", problem.field},
                                {"rule", problem.rule},
                                {"zh", problem.reason_zh},
                                {"en", problem.reason_en},
                                {"remedy_zh", problem.remedy_zh},
                                {"remedy_en", problem.remedy_en}})
        .print();
}

std::string said(const std::string& stored, bool zh) {
    if (stored.empty() || stored.front() != '{') return stored;
    const auto doc = json::Value::parse(stored);
    if (!doc) return stored;
    const auto text = [&doc](std::string_view name) { return std::string((*doc)[name].str_or("")); };
    std::string out = text("file");
    if (!out.empty()) out += zh ? "：" : ": ";
    out += label(text("field"), zh) + (zh ? "：" : ": ") + text(zh ? "zh" : "en") + (zh ? "。" : ". ");
    const std::string remedy = text(zh ? "remedy_zh" : "remedy_en");
    return remedy.empty() ? out : out + remedy + (zh ? "。" : ".");
}

}  // namespace tilth::collect::feeds
