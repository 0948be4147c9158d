// The only file that knows prometheus-cpp.

#include "platform/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/result.h"

namespace tilth::metrics {

namespace {

class PrometheusCounter final : public Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& inner) : inner_(inner) {}
    void add(double amount) override { inner_.Increment(amount); }
    double value() const override { return inner_.Value(); }

private:
    prometheus::Counter& inner_;
};

class PrometheusGauge final : public Gauge {
public:
    explicit PrometheusGauge(prometheus::Gauge& inner) : inner_(inner) {}
    void set(double value) override { inner_.Set(value); }
    double value() const override { return inner_.Value(); }

private:
    prometheus::Gauge& inner_;
};

class PrometheusHistogram final : public Histogram {
public:
    explicit PrometheusHistogram(prometheus::Histogram& inner) : inner_(inner) {}
    void observe(double value) override { inner_.Observe(value); }

private:
    prometheus::Histogram& inner_;
};

using Labels = prometheus::Labels;
using Series = std::pair<std::string, Labels>;

struct Store {
    std::mutex mutex;
    prometheus::Registry registry;
    std::map<Series, std::unique_ptr<Counter>> counters;
    std::map<Series, std::unique_ptr<Gauge>> gauges;
    std::map<Series, std::unique_ptr<Histogram>> histograms;
};

Store& store() {
    // Never destroyed: metrics are counted until the last thread ends.
    static Store& only = *new Store;
    return only;
}

const std::vector<double>& default_buckets() {
    static const std::vector<double> buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,    0.25,  0.5,    1,     2.5,  5,     10};
    return buckets;
}

Labels labels_of(const std::vector<Label>& labels) {
    Labels map;
    for (const Label& label : labels) map.emplace(label.name, label.value);
    return map;
}

// Finds the series or makes it; the library throws when the same name is already of another kind.
template <class Wrapper, class Interface, class Builder, class... Rest>
Interface& find_or_make(std::map<Series, std::unique_ptr<Interface>>& known, Builder builder, Series series,
                        std::string_view help, Rest&&... rest) {
    const std::lock_guard lock(store().mutex);
    auto& slot = known[series];
    if (slot) return *slot;
    try {
        auto& family = builder.Name(series.first).Help(std::string(help)).Register(store().registry);
        slot = std::make_unique<Wrapper>(family.Add(series.second, std::forward<Rest>(rest)...));
    } catch (const std::exception& failure) {
        INVARIANT(false, failure.what());
    }
    return *slot;
}

}  // namespace

Counter& counter(std::string_view name, std::string_view help, const std::vector<Label>& labels) {
    return find_or_make<PrometheusCounter>(store().counters, prometheus::BuildCounter(),
                                           {std::string(name), labels_of(labels)}, help);
}

Gauge& gauge(std::string_view name, std::string_view help, const std::vector<Label>& labels) {
    return find_or_make<PrometheusGauge>(store().gauges, prometheus::BuildGauge(),
                                         {std::string(name), labels_of(labels)}, help);
}

Histogram& histogram(std::string_view name, std::string_view help, const std::vector<Label>& labels,
                     const std::vector<double>& buckets) {
    const prometheus::Histogram::BucketBoundaries& bounds = buckets.empty() ? default_buckets() : buckets;
    return find_or_make<PrometheusHistogram>(store().histograms, prometheus::BuildHistogram(),
                                             {std::string(name), labels_of(labels)}, help, bounds);
}

std::string text() { return prometheus::TextSerializer().Serialize(store().registry.Collect()); }

}  // namespace tilth::metrics
