#include "platform/http/pool.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace tilth::http {
namespace {

// Shared with the threads, so that one that never ends does not read freed memory.
struct State {
    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable ended;
    std::deque<std::function<void()>> jobs;
    std::size_t waiting_max = 0;
    int running = 0;
    bool stopping = false;
};

void work(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    while (true) {
        state->work.wait(lock, [&] { return state->stopping || !state->jobs.empty(); });
        if (state->stopping) break;
        auto job = std::move(state->jobs.front());
        state->jobs.pop_front();
        lock.unlock();
        job();
        job = nullptr;  // What it holds goes before the lock is taken.
        lock.lock();
    }
    --state->running;
    state->ended.notify_all();
}

class ThreadPool final : public Pool {
public:
    ThreadPool(int threads, std::size_t waiting_max) : state_(std::make_shared<State>()) {
        state_->waiting_max = waiting_max;
        state_->running = std::max(1, threads);
        for (int i = 0; i < state_->running; ++i) {
            threads_.emplace_back([state = state_] { work(state); });
        }
    }
    ~ThreadPool() override { stop(10'000); }

    bool push(std::function<void()> job) override {
        {
            const std::lock_guard lock(state_->mutex);
            if (state_->stopping || state_->jobs.size() >= state_->waiting_max) return false;
            state_->jobs.push_back(std::move(job));
        }
        state_->work.notify_one();
        return true;
    }
    std::size_t waiting() const override {
        const std::lock_guard lock(state_->mutex);
        return state_->jobs.size();
    }
    bool stop(std::int64_t timeout_ms) override {
        std::deque<std::function<void()>> dropped;
        bool all = false;
        {
            std::unique_lock lock(state_->mutex);
            state_->stopping = true;
            dropped.swap(state_->jobs);
            state_->work.notify_all();
            all = state_->ended.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                                         [&] { return state_->running == 0; });
        }
        for (auto& thread : threads_) {
            if (all) {
                thread.join();
            } else {
                thread.detach();
            }
        }
        threads_.clear();
        return all;
    }

private:
    std::shared_ptr<State> state_;
    std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int threads, std::size_t waiting_max) {
    return std::make_unique<ThreadPool>(threads, waiting_max);
}

}  // namespace tilth::http
