#include "kernel/vault/rotation.h"

#include <algorithm>
#include <array>

#include "base/money.h"
#include "base/text.h"
#include "kernel/record/upkeep.h"
#include "platform/metrics/metrics.h"

namespace tilth::kernel {

namespace {

constexpr std::string_view kTimer = "keys.look";
constexpr std::array kFamilies{KeyFamily::Data, KeyFamily::Index};

std::string title(KeyFamily family) { return family == KeyFamily::Data ? "以新密钥重新加密" : "以新密钥重写索引"; }

metrics::Counter& renewed() {
    static metrics::Counter& counter = metrics::counter(
        "tilth_keys_renewed_total", "Rows and files that a rotation of keys brought to the newest generation.");
    return counter;
}

std::string detail(KeyFamily family, std::int64_t generation, const std::vector<std::int64_t>& destroyed = {}) {
    std::string text = "{\"family\":\"" + std::string(name(family)) + "\",\"generation\":" + std::to_string(generation);
    if (!destroyed.empty()) {
        text += ",\"destroyed\":[";
        for (const std::int64_t one : destroyed) text += (text.back() == '[' ? "" : ",") + std::to_string(one);
        text += "]";
    }
    return text + "}";
}

}  // namespace

std::string_view name(KeyFamily family) { return family == KeyFamily::Data ? "data" : "index"; }
std::string_view rotation_job(KeyFamily family) { return family == KeyFamily::Data ? "keys.data" : "keys.index"; }

// Where a job stands: six numbers, then the position within the place.
struct Rotation::Place {
    std::int64_t generation = 0;
    std::int64_t began = 0;  // of this look through everything
    std::int64_t place = 0;
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::int64_t old = 0;
    std::string position = {};

    std::string print() const {
        std::string text;
        for (const std::int64_t one : {generation, began, place, done, total, old}) text += std::to_string(one) + " ";
        return text + position;
    }
    static Result<Place> parse(std::string_view text) {
        Place place;
        for (std::int64_t* const one :
             {&place.generation, &place.began, &place.place, &place.done, &place.total, &place.old}) {
            const std::size_t end = text.find(' ');
            if (end == std::string_view::npos) return Error(ErrorCode::Corrupt, "position of a rotation");
            *one = TRY(parse_decimal(text.substr(0, end), 0));
            text.remove_prefix(end + 1);
        }
        place.position = std::string(text);
        return place;
    }
};

Rotation::Rotation(Record& record, Vault& vault, Jobs& jobs, Dispatch& dispatch)
    : record_(record), vault_(vault), jobs_(jobs) {
    for (const KeyFamily family : kFamilies) {
        jobs_.define(std::string(rotation_job(family)),
                     [this, family](JobStep& step) { return carry_out(step, family); });
    }
    dispatch.on_timer(std::string(kTimer), [this](Unit& unit, const Timer& timer) { return look_again(unit, timer); });
}

Result<Rotation::Started> Rotation::start(Unit& unit, KeyFamily family, std::string_view reason) {
    const auto why = check_text(reason, 2, 500);
    if (!why) {
        return Error::invalid("reason", why.error().detail, "需要写明原因", "A reason is required", "写一句为什么轮换",
                              "Say in a sentence why it is rotated");
    }
    auto generation = vault_.advance(unit, family);
    if (!generation && generation.error().code == ErrorCode::Conflict) {
        Error error = Error::invalid("family", "rotating", "索引密钥正在轮换", "The index key is being rotated",
                                     "等这次轮换完成", "Wait until this rotation is through");
        error.code = ErrorCode::Conflict;
        return error;
    }
    Started started {
        TRY(std::move(generation))
        , {}
    };
    started.job = TRY(jobs_.start(unit, rotation_job(family), title(family), "{}"));
    TRY(unit.set_timer(kTimer, name(family), unit.now() + kOnTheWay));
    TRY(unit.audit({.action = "keys.rotate",
                    .object = "keys/" + std::string(name(family)),
                    .detail = detail(family, started.generation),
                    .reason = *why}));
    return started;
}

// The newest generation, while not everything stands under it.
Result<std::optional<KeyGeneration>> Rotation::unsettled(sql::Connection& sql, const TenantId& tenant,
                                                         KeyFamily family) const {
    std::optional<KeyGeneration> newest;
    for (const KeyGeneration& one : TRY(vault_.generations(sql, tenant)))
        if (one.family == family) newest = one;
    if (newest && newest->settled_at) newest.reset();
    return newest;
}

Result<StepOutcome> Rotation::carry_out(JobStep& step, KeyFamily family) {
    std::vector<const KeptPlace*> places;
    for (const KeptPlace& one : vault_.places())
        if (one.family == family) places.push_back(&one);
    if (step.job().cursor.empty()) return begin(step, family, places);
    Place place = TRY(Place::parse(step.job().cursor));
    if (place.place >= static_cast<std::int64_t>(places.size())) return finish(step, family, place);
    const KeptPlace& here = *places[static_cast<std::size_t>(place.place)];
    const auto look = TRY(here.look(step.context(), place.position));
    place.done += look.seen;
    place.old += look.old;
    place.position = look.next.value_or("");
    if (!look.next) ++place.place;
    step.progress(std::string(here.name), std::min(place.done, place.total), place.total);
    step.cursor(place.print());
    TRY(step.write([&](Unit& unit) { return look.renew ? look.renew(unit) : ok(); }));
    renewed().add(static_cast<double>(look.old));
    return StepOutcome::More;
}

Result<StepOutcome> Rotation::begin(JobStep& step, KeyFamily family, const std::vector<const KeptPlace*>& places) {
    const auto newest = TRY(record_.read<std::optional<KeyGeneration>>(
        step.context(), [&](View& view) { return unsettled(view.sql(), view.tenant(), family); }));
    if (!newest) return StepOutcome::Done;
    Place place{.generation = newest->generation, .began = step.context().now.ms};
    for (const KeptPlace* const one : places) place.total += TRY(one->size(step.context()));
    step.progress(places.empty() ? "" : std::string(places.front()->name), 0, place.total);
    step.cursor(place.print());
    TRY(step.write([](Unit&) { return ok(); }));
    return StepOutcome::More;
}

Result<StepOutcome> Rotation::finish(JobStep& step, KeyFamily family, const Place& place) {
    const auto newest = TRY(record_.read<std::optional<KeyGeneration>>(
        step.context(), [&](View& view) { return unsettled(view.sql(), view.tenant(), family); }));
    const bool data = family == KeyFamily::Data;
    const bool ours = newest && newest->generation == place.generation;
    const bool settles = ours && place.old == 0 && (!data || Instant{place.began} >= newest->created_at + kOnTheWay);
    step.progress("", place.total, place.total);
    step.result("{\"generation\":" + std::to_string(place.generation) + ",\"renewed\":" + std::to_string(place.old) +
                ",\"settled\":" + (settles ? "true" : "false") + "}");
    if (!settles) {
        // An index is looked through again at once: nothing can come under the former one any more.
        if (ours && !data) {
            step.cursor("");
            TRY(step.write([](Unit&) { return ok(); }));
            return StepOutcome::More;
        }
        TRY(step.write([](Unit&) { return ok(); }));
        return StepOutcome::Done;
    }
    TRY(step.write([&](Unit& unit) -> Status {
        const auto destroyed = TRY(vault_.settle(unit, family, place.generation));
        return unit.audit({.action = "keys.settle",
                           .object = "keys/" + std::string(name(family)),
                           .detail = detail(family, place.generation, destroyed)});
    }));
    static constexpr std::array<std::string_view, 1> kTables{"key_generation"};
    if (data) TRY(force_residue(record_, kTables));
    return StepOutcome::Done;
}

Result<std::optional<Instant>> Rotation::next_look(sql::Connection& sql, const TenantId& tenant, KeyFamily family) {
    return sql.one("SELECT due FROM timer WHERE tenant_id = ?1 AND kind = ?2 AND key = ?3",
                   {tenant, kTimer, name(family)}, [](const sql::Row& row) { return row.instant(0); });
}

Status Rotation::look_again(Unit& unit, const Timer& timer) {
    const KeyFamily family = timer.key == name(KeyFamily::Index) ? KeyFamily::Index : KeyFamily::Data;
    const auto newest = TRY(unsettled(unit.sql(), unit.tenant(), family));
    if (!newest) return ok();
    TRY(jobs_.start(unit, rotation_job(family), title(family), "{}"));
    return unit.set_timer(kTimer, name(family), unit.now() + kOnTheWay);
}

}  // namespace tilth::kernel
