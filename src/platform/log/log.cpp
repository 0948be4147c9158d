// The only file that knows spdlog. The line itself comes from line.cpp; spdlog carries it out and rotates files.

#include "platform/log/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

#include "base/clock.h"
#include "platform/log/line.h"

namespace tilth::log {

namespace {

constexpr int kFatalStatus = 70;  // EX_SOFTWARE
constexpr auto kFatalPatience = std::chrono::milliseconds(900);

struct Door {
    std::shared_ptr<spdlog::logger> logger;
    std::atomic<Level> level{Level::Info};
    SystemClock clock;
};

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
    auto logger = std::make_shared<spdlog::logger>("tilth", std::move(sink));
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    // A log that cannot be written must not stop the process, nor print a second kind of line.
    logger->set_error_handler([](const std::string&) {});
    return logger;
}

std::shared_ptr<spdlog::logger> stderr_logger() {
    return make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

Door& door() {
    // Never destroyed: other threads and late destructors may still write while the process ends.
    static Door& only = *new Door{stderr_logger(), {}, {}};
    return only;
}

spdlog::sink_ptr file_sink(const Options& options) {
    spdlog::file_event_handlers handlers;
    handlers.after_open = [](const spdlog::filename_t&, std::FILE* file) { ::fchmod(::fileno(file), 0600); };
    const auto older = static_cast<std::size_t>(options.files_max > 1 ? options.files_max - 1 : 1);
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file, options.file_bytes_max, older, false,
                                                                  handlers);
}

}  // namespace

void open(const Options& options) {
    door().level = options.level;
    if (options.file.empty()) {
        door().logger = stderr_logger();
        return;
    }
    try {
        door().logger = make_logger(file_sink(options));
    } catch (const std::exception& failure) {
        door().logger = stderr_logger();
        write(Level::Error, "log.file_unusable", {{"file", options.file}, {"why", failure.what()}});
    }
}

void write(Level level, std::string_view what, std::initializer_list<Field> fields) {
    Door& to = door();
    if (level < to.level) return;
    const std::string line = json_line(to.clock.now(), level, what, fields);
    to.logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

void flush() { door().logger->flush(); }

void fatal(std::string_view what, std::initializer_list<Field> fields) {
    // The log's reader may have stopped reading, or another thread may hold the sink: the end must not wait for it.
    try {
        std::thread([] {
            std::this_thread::sleep_for(kFatalPatience);
            ::_exit(kFatalStatus);
        }).detach();
    } catch (const std::system_error&) {
        // No thread to be had: then the write below is all there is.
    }
    write(Level::Fatal, what, fields);
    flush();
    ::_exit(kFatalStatus);
}

}  // namespace tilth::log
