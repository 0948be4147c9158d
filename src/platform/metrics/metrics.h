#pragma once
// Counters, gauges and histograms in Prometheus' text form. Made once (usually as a static reference) and used from
// any thread. Names follow Prometheus: tilth_<room>_<what>_<unit>[_total].

#include <string>
#include <string_view>
#include <vector>

namespace tilth::metrics {

class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(double amount = 1) = 0;
    virtual double value() const = 0;
};
class Gauge {
public:
    virtual ~Gauge() = default;
    virtual void set(double value) = 0;
    virtual double value() const = 0;
};
class Histogram {
public:
    virtual ~Histogram() = default;
    virtual void observe(double value) = 0;
};

struct Label {
    std::string name;
    std::string value;
};
// The same name and labels yield the same object.
Counter& counter(std::string_view name, std::string_view help, const std::vector<Label>& labels = {});
Gauge& gauge(std::string_view name, std::string_view help, const std::vector<Label>& labels = {});
// Buckets in seconds unless given: 0.5 ms … 10 s.
Histogram& histogram(std::string_view name, std::string_view help, const std::vector<Label>& labels = {},
                     const std::vector<double>& buckets = {});
std::string text();  // the whole registry, for GET /metrics

}  // namespace tilth::metrics
