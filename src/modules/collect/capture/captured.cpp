// What a submission leaves beside its event, in the pipeline's own unit: consent, answers, the lead, the claim.

#include "modules/collect/capture/desk.h"
#include "modules/customer/said/api.h"
#include "platform/json/reader.h"
#include "platform/json/value.h"

namespace tilth::collect::capture {

namespace {
constexpr int kFormConfidence = 70;  // somebody said it themselves
}

Status Desk::captured(kernel::Unit& unit, const Incoming& event, const CustomerId& customer) {
    const auto doc = TRY(json::read(event.capture));
    const json::Node said = doc.root();
    const std::string_view token = said.get("reading").str();
    if (token.empty()) return submitted(unit, event, customer, said);
    return unit.sql().write("UPDATE capture_token SET customer_id = ?3 WHERE tenant_id = ?1 AND token = ?2",
                            {unit.tenant(), token, customer});
}

Status Desk::submitted(kernel::Unit& unit, const Incoming& event, const CustomerId& customer, json::Node said) {
    const std::int64_t number = said.get("point").i64().value_or(0);
    const auto point = find(unit.sql(), kernel::Context::system(unit.tenant(), unit.now()), number);
    if (!point) return ok();
    const std::int64_t submission = unit.next_number("capture_submission");
    const std::string_view token = said.get("token").str();
    TRY(unit.sql().write(
        "INSERT INTO capture_submission (tenant_id, number, point, customer_id, at, channel, version, region, token) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        {unit.tenant(), submission, number, customer, event.time, said.get("channel").str(), said.get("version").str(),
         said.get("region").str(), token}));
    TRY(bump(unit, unit.tenant(), number, Happened::Submitted));
    if (!token.empty()) {
        TRY(unit.sql().write("UPDATE capture_token SET customer_id = ?3 WHERE tenant_id = ?1 AND token = ?2",
                             {unit.tenant(), token, customer}));
    }
    TRY(consent(unit, *point, event, customer, said));
    TRY(answer(unit, *point, submission, customer, said.get("answers")));
    if (point->definition.lead.value_or(false)) {
        customer::NewLead lead;
        lead.node = point->node;
        lead.source = "capture:" + std::to_string(number);
        TRY(parts_.leads.add_for(unit, customer, lead));
    }
    const std::string_view key = said.get("claim").str();
    if (!key.empty()) {
        TRY(unit.sql().write(
            "UPDATE capture_claim SET customer_id = ?4 WHERE tenant_id = ?1 AND point = ?2 AND key = ?3",
            {unit.tenant(), number, key, customer}));
        const std::string grant = point->definition.grant ? point->definition.grant->str() : std::string();
        // Once per code: the submission's event is new once, and the claim before it was the first.
        TRY(unit.emit("capture.code_claimed", customer.str(),
                      json::Value::object({{"point", number}, {"grant", grant}, {"submission", submission}}).print()));
    }
    return unit.emit(
        "capture.submitted", customer.str(),
        json::Value::object({{"point", number}, {"submission", submission}, {"channel", said.get("channel").str()}})
            .print());
}

Status Desk::consent(kernel::Unit& unit, const Point& point, const Incoming& event, const CustomerId& customer,
                     json::Node said) {
    if (!point.definition.consent || !said.get("consent").boolean().value_or(false)) return ok();
    for (const auto& channel : point.definition.consent->channels) {
        const auto known = customer::consent_channel(channel.str());
        if (!known) continue;
        TRY(customer::record_consent(
            parts_.customers, unit,
            {customer, customer::Purpose::Marketing, *known, true, std::string(said.get("version").str()),
             "capture:" + std::to_string(point.number), point.definition.consent->text.str(), event.time}));
    }
    return ok();
}

Status Desk::answer(kernel::Unit& unit, const Point& point, std::int64_t submission, const CustomerId& customer,
                    json::Node answers) {
    for (const auto& [none, one] : answers.elements()) {
        const auto question = one.get("q").i64();
        if (!question) continue;
        if (const auto choice = one.get("c").i64()) {
            TRY(unit.sql().write(
                "INSERT INTO capture_answer (tenant_id, point, submission, question, choice) VALUES (?1, ?2, ?3, ?4, "
                "?5) ON CONFLICT (tenant_id, point, submission, question, choice) DO NOTHING",
                {unit.tenant(), point.number, submission, *question, *choice}));
        } else if (!one.get("t").str().empty()) {
            TRY(parts_.kernel.vault.put(unit, customer,
                                        {{"capture:" + std::to_string(submission) + ":" + std::to_string(*question),
                                          std::string(one.get("t").str()), "capture:" + std::to_string(point.number),
                                          unit.now(), kFormConfidence}}));
        }
    }
    return ok();
}

}  // namespace tilth::collect::capture
