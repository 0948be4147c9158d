#pragma once
// Structured log, one JSON object a line on standard error or into a rotated file. Values are escaped. Personal values
// never reach it: callers pass ids and codes. Any thread.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace tilth::log {

enum class Level : std::uint8_t { Debug, Info, Warn, Error, Fatal };
using Value = std::variant<std::int64_t, double, bool, std::string>;
struct Field {
    std::string_view name;
    Value value;
    Field(std::string_view n, std::integral auto v) : name(n), value(static_cast<std::int64_t>(v)) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    Field(std::string_view n, bool v) : name(n), value(v) {}
    Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
    Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
};

struct Options {
    Level level = Level::Info;
    std::string file;                     // empty: standard error
    std::size_t file_bytes_max = 50u << 20;
    int files_max = 5;
};
void open(const Options& options);        // once, before threads
void write(Level level, std::string_view what, std::initializer_list<Field> fields = {});
void flush();

inline void debug(std::string_view what, std::initializer_list<Field> f = {}) { write(Level::Debug, what, f); }
inline void info(std::string_view what, std::initializer_list<Field> f = {}) { write(Level::Info, what, f); }
inline void warn(std::string_view what, std::initializer_list<Field> f = {}) { write(Level::Warn, what, f); }
inline void error(std::string_view what, std::initializer_list<Field> f = {}) { write(Level::Error, what, f); }
// Writes, flushes and ends the process with status 70 within a second: durability is broken (a failed sync).
[[noreturn]] void fatal(std::string_view what, std::initializer_list<Field> fields = {});

}  // namespace tilth::log
