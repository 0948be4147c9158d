#pragma once
// Models as the console sees them: what there is, runs with their figures, people with their part and the reasons,
// publication as tags.

#include "modules/audience/models/modelled.h"
#include "modules/audience/models/predict.h"
#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

struct RunKeyValue {
    std::string key;
    std::int64_t value = 0;
};
API_STRUCT(RunKeyValue, (key, value))
struct RunPart {
    std::string name;
    std::int64_t people = 0;
};
API_STRUCT(RunPart, (name, people))
struct RunWeight {
    std::string key;
    std::string zh;
    std::string en;
    double weight = 0;  // log odds for one standard deviation more
    double mean = 0;
    double deviation = 1;
};
API_STRUCT(RunWeight, (key, zh, en, weight, mean, deviation))
struct RunBin {
    std::int64_t people = 0;
    double predicted = 0;
    double observed = 0;
};
API_STRUCT(RunBin, (people, predicted, observed))
struct RunReport {
    std::int64_t train_people = 0;
    std::int64_t train_positive = 0;
    std::int64_t test_people = 0;
    std::int64_t test_positive = 0;
    double auc = 0;
    double auc_recency = 0;
    double better_by = 0;      // auc − auc_recency
    double auc_shuffled = 0;
    double brier = 0;
    double calibration_gap = 0;
    std::vector<RunBin> bins;
    std::vector<RunWeight> weights;
    double bias = 0;
};
API_STRUCT(RunReport, (train_people, train_positive, test_people, test_positive, auc, auc_recency, better_by,
                       auc_shuffled, brier, calibration_gap, bins, weights, bias))
struct RunResult {
    Instant as_of;
    std::optional<std::int64_t> horizon_days;  // of predictions
    std::vector<RunPart> parts;
    std::vector<RunKeyValue> cuts;
    std::optional<RunReport> report;           // of predictions
};
API_STRUCT(RunResult, (as_of, horizon_days, parts, cuts, report))

struct RunView {
    std::int64_t number = 0;
    std::string model;
    std::int64_t version = 1;
    Instant at;
    std::string actor;
    std::int64_t people = 0;
    std::string fingerprint;
    std::optional<Instant> published_at;
    RunResult result;
};
API_STRUCT(RunView, (number, model, version, at, actor, people, fingerprint, published_at, result))
struct RunList {
    std::vector<RunView> items;  // newest first
};
API_STRUCT(RunList, (items))

struct ModelView {
    std::string key;
    bool predictive = false;
    std::string zh;  // also the tags' group
    std::string en;
    std::string how_zh;
    std::string how_en;
    std::int64_t version = 1;
    std::optional<std::int64_t> horizon_days;
    std::optional<RunView> last;
};
API_STRUCT(ModelView, (key, predictive, zh, en, how_zh, how_en, version, horizon_days, last))
struct ModelList {
    std::vector<ModelView> items;
};
API_STRUCT(ModelList, (items))

struct RunAsked {
    Text<1, 40> model;
    std::optional<Int<7, 365>> horizon_days;
};
API_STRUCT(RunAsked, (model, horizon_days))
struct ModelKey {
    Text<1, 40> model;
};
API_STRUCT(ModelKey, (model))
struct ModelPeople {
    Text<1, 40> model;
    std::optional<Text<1, 60>> part;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ModelPeople, (model, part, cursor, limit))

struct FactorView {
    std::string zh;
    std::string en;
    double fact = 0;          // days, orders, whole money, or a share
    double contribution = 0;  // to the log odds: above 0 makes it likelier
};
API_STRUCT(FactorView, (zh, en, fact, contribution))
struct ModelPerson {
    AudiencePerson person;
    std::string part;
    std::optional<double> probability;
    std::vector<FactorView> factors;
};
API_STRUCT(ModelPerson, (person, part, probability, factors))

struct PublishedRun {
    std::int64_t number = 0;
    Published published;
};
API_STRUCT(PublishedRun, (number, published))

namespace runs {
Status insert(kernel::Unit& unit, const RunView& one);
Status set_published(kernel::Unit& unit, std::int64_t number);
// Newest first.
Result<std::vector<RunView>> of_model(sql::Connection& sql, const TenantId& tenant, std::string_view model, int limit);
}  // namespace runs

void add_model_routes(AudienceService& service, const std::shared_ptr<History>& history);

}  // namespace tilth::audience
