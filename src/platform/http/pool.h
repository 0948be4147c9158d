#pragma once
// Worker threads behind one bounded queue. Any thread may push.

#include <cstddef>
#include <functional>
#include <memory>

namespace tilth::http {

class Pool {
public:
    virtual ~Pool() = default;
    // False when the queue is full or the pool has stopped.
    virtual bool push(std::function<void()> job) = 0;
    virtual std::size_t waiting() const = 0;
    // Drops what waits, lets what runs end. False when some job has not ended in time; its thread is left alone then.
    virtual bool stop(std::int64_t timeout_ms) = 0;
};
std::unique_ptr<Pool> make_pool(int threads, std::size_t waiting_max);

}  // namespace tilth::http
