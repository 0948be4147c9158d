// TAG-05 and TAG-06: running models, looking at what they say and why, publishing it as tags.

#include <algorithm>

#include "base/hooks.h"
#include "modules/audience/models/models.h"
#include "platform/json/value.h"

namespace tilth::audience {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr std::int64_t kPredictionVersion = 1;
constexpr std::int64_t kLifeDays = 30;  // of a predictive tag: a prediction ages
constexpr int kRunsShown = 20;
constexpr std::size_t kHighShare = 20;  // per cent of the people scored
constexpr std::size_t kMiddleShare = 50;

struct Predicted {
    Prediction what;
    std::string_view key;
    std::string_view zh;
    std::string_view en;
    std::string_view how_zh;
    std::string_view how_en;
    std::int64_t horizon_days;
};
constexpr std::array<Predicted, 2> kPredicted{{
    {Prediction::Churn, "churn", "流失倾向", "Churn",
     "近两个周期内买过的人，下一周期不再购买的概率；高：前 20%，中：其后 30%",
     "Of those who bought in the last two horizons: not buying in the next; high: the top 20 %, middle: the next 30 %",
     90},
    {Prediction::Repurchase, "repurchase", "复购倾向", "Repurchase",
     "买过的人在下一周期内再买的概率；高：前 20%，中：其后 30%",
     "Of everybody who bought: buying in the next horizon; high: the top 20 %, middle: the next 30 %", 30},
}};

const Predicted* predicted(std::string_view key) {
    const auto found =
        std::find_if(kPredicted.begin(), kPredicted.end(), [&](const auto& one) { return one.key == key; });
    return found == kPredicted.end() || hooks::is_off("TAG-06") ? nullptr : &*found;
}
const ModelledWords* modelled(std::string_view key) {
    const auto all = modelled_words();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.key == key; });
    const bool off = hooks::is_off("TAG-05") || (key == "motive" && hooks::is_off("SEG-03"));
    return found == all.end() || off ? nullptr : &*found;
}

Status stands(std::string_view key) {
    const bool known = predicted(key) != nullptr || modelled(key) != nullptr;
    return known ? ok() : Status(ErrorCode::NotFound, "model");
}

struct Data {
    std::vector<Buyer> buyers;
    std::vector<std::string> channels;
};
Result<Data> data_of(AudienceService& service, History& history, const Context& context) {
    TRY(history.follow(context));
    Data out;
    TRY(service.engine().read(context.tenant, [&](const Memory& memory, Instant) -> Status {
        out.buyers = history.buyers(context.tenant, memory, visible_to(memory, context));
        return ok();
    }));
    out.channels = history.channels(context.tenant);
    return out;
}

std::vector<Part> bands(const std::vector<Scored>& people) {
    std::vector<Part> parts{{"高", {}}, {"中", {}}, {"低", {}}};
    for (std::size_t i = 0; i < people.size(); ++i) {
        const std::size_t place = i * 100 / people.size();
        parts[place < kHighShare ? 0 : place < kMiddleShare ? 1 : 2].people.push_back(people[i].customer);
    }
    return parts;
}

RunReport report_of(const Evaluation& of) {
    RunReport out;
    out.train_people = of.train_people;
    out.train_positive = of.train_positive;
    out.test_people = of.test_people;
    out.test_positive = of.test_positive;
    out.auc = of.auc;
    out.auc_recency = of.auc_recency;
    out.better_by = of.auc - of.auc_recency;
    out.auc_shuffled = of.auc_shuffled;
    out.brier = of.brier;
    out.calibration_gap = of.gap;
    for (const auto& bin : of.bins) out.bins.push_back({bin.people, bin.predicted, bin.observed});
    for (std::size_t i = 0; i < kFeatures.size(); ++i) {
        const FeatureWords& words = kFeatures[i];
        out.weights.push_back({std::string(words.key), std::string(words.zh), std::string(words.en),
                               of.model.weights[i], of.model.mean[i], of.model.deviation[i]});
    }
    out.bias = of.model.bias;
    return out;
}

Logistic model_of(const RunReport& report) {
    Logistic out;
    out.bias = report.bias;
    for (const RunWeight& one : report.weights) {
        out.weights.push_back(one.weight);
        out.mean.push_back(one.mean);
        out.deviation.push_back(one.deviation);
    }
    return out;
}

struct Computed {
    RunView run;
    std::vector<Part> parts;
    std::vector<Scored> scored;  // of predictions, by falling probability
};

Result<Computed> compute(AudienceService& service, History& history, const Context& context, const std::string& key,
                         std::optional<std::int64_t> horizon) {
    const Data data = TRY(data_of(service, history, context));
    Computed out;
    out.run.model = key;
    out.run.at = service.kernel().clock.now();
    out.run.actor = context.actor.name;
    out.run.result.as_of = out.run.at;
    if (const Predicted* one = predicted(key)) {
        const std::int64_t days_ahead = horizon.value_or(one->horizon_days);
        const Evaluation found = TRY(train(data.buyers, one->what, days_ahead, out.run.at));
        out.run.version = kPredictionVersion;
        out.run.result.as_of = Instant{found.as_of};
        out.run.result.horizon_days = days_ahead;
        out.run.result.report = report_of(found);
        out.scored = score(data.buyers, found.model, one->what, days_ahead, found.as_of);
        out.parts = bands(out.scored);
    } else if (const ModelledWords* words = modelled(key)) {
        auto found = assign(words->model, data.buyers, data.channels, service.org().calendar(context.tenant));
        out.run.version = words->version;
        for (const auto& [name, value] : found.cuts) out.run.result.cuts.push_back({name, value});
        out.parts = std::move(found.parts);
    } else {
        return Error(ErrorCode::NotFound, "model");
    }
    for (const Part& part : out.parts) {
        out.run.result.parts.push_back({part.name, static_cast<std::int64_t>(part.people.size())});
        out.run.people += static_cast<std::int64_t>(part.people.size());
    }
    out.run.fingerprint = fingerprint_of(out.parts);
    return out;
}

// A model speaks of everybody: who sees a part of the people only would train on a part of the truth.
Status whole_scope(const Context& context) {
    return context.scope->all ? ok() : Status(ErrorCode::Forbidden, "models need everybody in scope");
}

Result<RunView> run_model(AudienceService& service, History& history, const Context& context, const RunAsked& asked) {
    TRY(whole_scope(context));
    std::optional<std::int64_t> horizon;
    if (asked.horizon_days) horizon = asked.horizon_days->value();
    Computed done = TRY(compute(service, history, context, asked.model.str(), horizon));
    done.run.number = TRY(service.kernel().record.write<std::int64_t>(context, [&](Unit& unit) -> Result<std::int64_t> {
        RunView one = done.run;
        one.number = unit.next_number("audience_model_run");
        TRY(runs::insert(unit, one));
        TRY(unit.audit({.action = "audience.model_run",
                        .object = one.model,
                        .detail = json::Value::object({{"run", one.number}, {"version", one.version}}).print()}));
        return one.number;
    }));
    return std::move(done.run);
}

Result<std::vector<RunView>> runs_of(AudienceService& service, const Context& context, const std::string& model,
                                     int limit) {
    return service.kernel().record.read<std::vector<RunView>>(
        context, [&](View& view) { return runs::of_model(view.sql(), view.tenant(), model, limit); });
}

// Computed again as the last run was: of the same orders the same people.
Result<Computed> last_again(AudienceService& service, History& history, const Context& context,
                            const std::string& model) {
    const auto last = TRY(runs_of(service, context, model, 1));
    if (last.empty()) return Error(ErrorCode::NotFound, "a run of this model");
    const RunResult& result = last.front().result;
    if (!result.report) return compute(service, history, context, model, std::nullopt);
    const Predicted* one = predicted(model);
    if (one == nullptr) return Error(ErrorCode::NotFound, "model");
    const Data data = TRY(data_of(service, history, context));
    Computed out;
    out.run = last.front();
    out.scored = score(data.buyers, model_of(*result.report), one->what, result.horizon_days.value_or(0),
                       result.as_of.ms);
    out.parts = bands(out.scored);
    return out;
}

Result<PublishedRun> publish_model(AudienceService& service, History& history, const Context& context,
                                   const ModelKey& asked) {
    TRY(whole_scope(context));
    const std::string key = asked.model.str();
    TRY(stands(key));
    const auto last = TRY(runs_of(service, context, key, 1));
    if (last.empty()) return Error(ErrorCode::Conflict, "run the model first");
    Computed found = TRY(last_again(service, history, context, key));
    Publication what;
    const Predicted* one = predicted(key);
    what.group = std::string(one != nullptr ? one->zh : modelled(key)->zh);
    what.source = "model:" + key + " v" + std::to_string(last.front().version);
    what.tag_class = one != nullptr ? TagClass::Predictive : TagClass::Modelled;
    if (one != nullptr) what.life_days = kLifeDays;
    what.parts = std::move(found.parts);
    if (what.parts.empty()) return Error(ErrorCode::Conflict, "nobody has an order yet");
    PublishedRun out;
    out.number = last.front().number;
    out.published = TRY(publish(service, context, what));
    TRY(service.kernel().record.write<void>(
        context, [&](Unit& unit) -> Status { return runs::set_published(unit, out.number); }));
    return out;
}

Result<ModelList> list_models(AudienceService& service, const Context& context) {
    ModelList out;
    for (const ModelledWords& one : modelled_words()) {
        if (modelled(one.key) == nullptr) continue;
        out.items.push_back({std::string(one.key), false, std::string(one.zh), std::string(one.en),
                             std::string(one.how_zh), std::string(one.how_en), one.version, std::nullopt,
                             std::nullopt});
    }
    for (const Predicted& one : kPredicted) {
        if (predicted(one.key) == nullptr) continue;
        out.items.push_back({std::string(one.key), true, std::string(one.zh), std::string(one.en),
                             std::string(one.how_zh), std::string(one.how_en), kPredictionVersion, one.horizon_days,
                             std::nullopt});
    }
    for (ModelView& one : out.items) {
        auto last = TRY(runs_of(service, context, one.key, 1));
        if (!last.empty()) one.last = std::move(last.front());
    }
    return out;
}

FactorView factor_of(const Factor& one) {
    const FeatureWords& words = kFeatures[one.feature];
    return {std::string(words.zh), std::string(words.en), one.fact, one.contribution};
}

// By falling probability, else by part and customer.
Result<kernel::Page<ModelPerson>> people(AudienceService& service, History& history, const Context& context,
                                         const ModelPeople& asked) {
    const Computed found = TRY(last_again(service, history, context, asked.model.str()));
    std::int64_t skip = 0;
    if (asked.cursor) skip = TRY(parse_decimal(TRY(kernel::decode_cursor(asked.cursor->str(), 1))[0], 0));
    const auto rows = static_cast<std::size_t>(kernel::page_rows(asked.limit));
    std::vector<std::pair<CustomerId, std::string>> all;
    std::map<CustomerId, const Scored*> scored;
    for (const Scored& one : found.scored) scored[one.customer] = &one;
    for (const Part& part : found.parts) {
        if (asked.part && asked.part->str() != part.name) continue;
        for (const CustomerId& one : part.people) all.emplace_back(one, part.name);
    }
    kernel::Page<ModelPerson> page;
    page.total.value = static_cast<std::int64_t>(all.size());
    const std::size_t begin = std::min(all.size(), static_cast<std::size_t>(std::max<std::int64_t>(skip, 0)));
    const std::size_t end = std::min(all.size(), begin + rows);
    if (end < all.size()) page.next = kernel::encode_cursor({std::to_string(end)});
    std::vector<CustomerId> shown;
    for (std::size_t i = begin; i < end; ++i) shown.push_back(all[i].first);
    auto faces = TRY(service.kernel().record.read<std::vector<AudiencePerson>>(
        context, [&](View& view) { return service.faces(view.sql(), context.tenant, shown); }));
    for (std::size_t i = begin; i < end; ++i) {
        ModelPerson& one = page.items.emplace_back();
        one.person = std::move(faces[i - begin]);
        one.part = all[i].second;
        const auto of = scored.find(all[i].first);
        if (of == scored.end()) continue;
        one.probability = of->second->probability;
        for (const Factor& factor : of->second->factors) one.factors.push_back(factor_of(factor));
    }
    return page;
}

}  // namespace

void add_model_routes(AudienceService& service, const std::shared_ptr<History>& history) {
    kernel::Api& api = service.kernel().api;
    api.action<None, ModelList>(
        Method::Get, "/api/v1/models", kRead,
        [&service](const Context& context, const None&) { return list_models(service, context); },
        {.zh = "模型与最近一次运行", .en = "Models, and the last run of each", .rows = {}, .tag = "audience"});
    api.action<RunAsked, RunView>(
        Method::Post, "/api/v1/models/runs", kWrite,
        [&service, history](const Context& context, const RunAsked& asked) {
            return run_model(service, *history, context, asked);
        },
        {.zh = "运行模型", .en = "Run a model", .rows = {}, .tag = "audience"});
    api.action<ModelKey, RunList>(
        Method::Get, "/api/v1/models/{model}/runs", kRead,
        [&service](const Context& context, const ModelKey& asked) -> Result<RunList> {
            TRY(stands(asked.model.str()));
            return RunList{TRY(runs_of(service, context, asked.model.str(), kRunsShown))};
        },
        {.zh = "模型的历次运行", .en = "The runs of a model", .rows = {}, .tag = "audience"});
    api.action<ModelPeople, kernel::Page<ModelPerson>>(
        Method::Get, "/api/v1/models/{model}/people", kRead,
        [&service, history](const Context& context, const ModelPeople& asked) {
            return people(service, *history, context, asked);
        },
        {.zh = "模型给出的人与原因", .en = "The people of a model, with the reasons", .rows = {}, .tag = "audience"});
    api.action<ModelKey, PublishedRun>(
        Method::Post, "/api/v1/models/{model}/publish", kWrite,
        [&service, history](const Context& context, const ModelKey& asked) {
            return publish_model(service, *history, context, asked);
        },
        {.zh = "把模型结果发布为标签", .en = "Publish what a model says as tags", .rows = {}, .tag = "audience"});
}

}  // namespace tilth::audience
