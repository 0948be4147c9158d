#include "modules/collect/capture/page.h"

namespace tilth::collect::capture {

namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.6 -apple-system,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:0;"
    "background:#f5f6f4;color:#1f2a24}main{max-width:34rem;margin:0 auto;padding:1.25rem 1rem 3rem}"
    "h1{font-size:1.35rem;margin:.5rem 0 1rem}form,article{background:#fff;border:1px solid #e2e6e1;border-radius:10px;"
    "padding:1rem}label,fieldset{display:block;margin:0 0 1rem;border:0;padding:0}legend,.l{font-weight:600;padding:0}"
    "input[type=text],input[type=tel],input[type=email],input[type=date],select,textarea{width:100%;box-sizing:"
    "border-box;font:inherit;padding:.6rem;border:1px solid #b9c3bc;border-radius:8px;background:#fff}"
    ".o{font-weight:400;display:block;padding:.35rem "
    "0}button,.b{font:inherit;font-weight:600;width:100%;padding:.75rem;"
    "border:0;border-radius:8px;background:#1d6b45;color:#fff;display:block;text-align:center;text-decoration:none;"
    "box-sizing:border-box}.c{font-size:.875rem;color:#4b5a51;white-space:pre-line}.e{color:#a12622;margin:0 0 1rem}"
    ".h{position:absolute;left:-9999px}.t{white-space:pre-line}";

http::Response page(int status, std::string_view title, const std::string& body, std::string_view nonce = {}) {
    std::string html =
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>";
    html += escaped(title) + "</title><style>" + std::string(kStyle) + "</style></head><body><main>" + body +
            "</main></body></html>";
    http::Response response = http::Response::text(status, std::move(html));
    response.content_type = "text/html; charset=utf-8";
    std::string policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    if (!nonce.empty()) policy += "; script-src 'nonce-" + std::string(nonce) + "'; connect-src 'self'";
    response.with("Content-Security-Policy", policy);
    response.with("Cache-Control", "no-store");
    response.with("Referrer-Policy", "no-referrer");
    response.with("X-Content-Type-Options", "nosniff");
    return response;
}

std::string hidden(std::string_view name, std::string_view value) {
    return "<input type=\"hidden\" name=\"" + std::string(name) + "\" value=\"" + escaped(value) + "\">";
}

std::string field_of(const CaptureField& field) {
    const std::string& name = field.name.str();
    const bool required = field.required.value_or(false);
    std::string_view type = "text";
    std::string_view complete = "off";
    if (name == "phone") type = complete = "tel";
    if (name == "email") type = complete = "email";
    if (name == "name") complete = "name";
    if (name == "birthday") type = "date";
    return "<label><span class=\"l\">" + escaped(field.label.str()) + (required ? " *" : "") + "</span><input type=\"" +
           std::string(type) + "\" name=\"f_" + name + "\" maxlength=\"200\" autocomplete=\"" + std::string(complete) +
           "\"" + (required ? " required" : "") + "></label>";
}

std::string option_of(std::string_view type, const std::string& name, std::size_t value, std::string_view label,
                      bool required) {
    return "<label class=\"o\"><input type=\"" + std::string(type) + "\" name=\"" + name + "\" value=\"" +
           std::to_string(value) + "\"" + (required ? " required" : "") + "> " + escaped(label) + "</label>";
}

std::string question_of(const Question& question, std::size_t number) {
    const std::string name = "q_" + std::to_string(number);
    const bool required = question.required.value_or(false);
    std::string html = "<fieldset><legend>" + std::to_string(number + 1) + ". " + escaped(question.text.str()) +
                       (required ? " *" : "") + "</legend>";
    switch (question.kind) {
        case QuestionKind::Single:
            for (std::size_t i = 0; i < question.options.size(); ++i)
                html += option_of("radio", name, i, question.options[i].str(), required);
            break;
        case QuestionKind::Multi:
            for (std::size_t i = 0; i < question.options.size(); ++i)
                html += option_of("checkbox", name, i, question.options[i].str(), false);
            break;
        case QuestionKind::Scale:
            for (std::size_t i = 1; i <= static_cast<std::size_t>(kScaleMax); ++i)
                html += option_of("radio", name, i, std::to_string(i), required);
            break;
        case QuestionKind::Text:
            html += "<textarea name=\"" + name + "\" rows=\"3\" maxlength=\"1000\" aria-label=\"" +
                    escaped(question.text.str()) + "\"" + (required ? " required" : "") + "></textarea>";
            break;
    }
    return html + "</fieldset>";
}

constexpr std::string_view kReadingScript =
    "(function(){var s=sessionStorage,p=location.pathname,again=s.getItem('own')===p,t=Date.now(),mine=p;"
    "fetch(p+'/open',{method:'POST',body:again?'again':'first'}).then(function(r){return r.json()}).then(function(j){"
    "mine=j.path;s.setItem('own',mine);history.replaceState(null,'',mine)}).catch(function(){});"
    "addEventListener('pagehide',function(){navigator.sendBeacon(mine+'/stay',String(Date.now()-t))})})();";

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out.push_back(c);
        }
    }
    return out;
}

http::Response form_page(const Point& point, const FormState& state) {
    const Definition& asked = point.definition;
    std::string html = "<h1>" + escaped(point.name) + "</h1>";
    html += "<form method=\"post\" action=\"" + escaped(state.action) + "\">";
    if (!state.error.empty()) html += "<p class=\"e\" role=\"alert\">" + escaped(state.error) + "</p>";
    if (asked.intro) html += "<p class=\"t\">" + escaped(asked.intro->str()) + "</p>";
    html += hidden("seal", state.seal);
    if (!state.via.empty()) html += hidden("via", state.via);
    if (!state.receipt.empty()) html += hidden("receipt", state.receipt);
    // People do not see it; programs fill in everything.
    html +=
        "<div class=\"h\" aria-hidden=\"true\"><label>website<input type=\"text\" name=\"website\" tabindex=\"-1\" "
        "autocomplete=\"off\"></label></div>";
    for (const CaptureField& field : asked.fields) html += field_of(field);
    for (std::size_t i = 0; i < asked.questions.size(); ++i) html += question_of(asked.questions[i], i);
    if (asked.ask_region.value_or(false)) {
        html += "<label><span class=\"l\">所在地区</span><select name=\"region\"><option value=\"\">请选择</option>";
        for (const std::string_view region : regions()) html += "<option>" + std::string(region) + "</option>";
        html += "</select></label>";
    }
    if (asked.consent) {
        html += "<label class=\"o\"><input type=\"checkbox\" name=\"consent\" value=\"" +
                escaped(asked.consent->version.str()) + "\"> 我已阅读并同意以下内容（版本 " +
                escaped(asked.consent->version.str()) + "）</label><p class=\"c\">" +
                escaped(asked.consent->text.str()) + "</p>";
    }
    return page(state.error.empty() ? 200 : 422, point.name, html + "<button type=\"submit\">提交</button></form>");
}

http::Response reading_page(const Point& point, std::string_view path, std::string_view nonce) {
    std::string html = "<h1>" + escaped(point.name) + "</h1><article>";
    if (point.definition.body) html += "<div class=\"t\">" + escaped(point.definition.body->str()) + "</div>";
    if (!point.target.empty())
        html += "<p><a class=\"b\" rel=\"noreferrer\" href=\"" + escaped(path) + "/go\">查看详情</a></p>";
    html += "</article><script nonce=\"" + std::string(nonce) + "\">" + std::string(kReadingScript) + "</script>";
    return page(200, point.name, html, nonce);
}

http::Response message_page(int status, std::string_view title, std::string_view text) {
    return page(status, title,
                "<h1>" + escaped(title) + "</h1><article><p class=\"t\">" + escaped(text) + "</p></article>");
}

}  // namespace tilth::collect::capture
