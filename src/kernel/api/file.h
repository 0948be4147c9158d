#pragma once
// Files that leave: what kind of data a route's file holds, what was made, and the gate that lets it out. Every file
// goes by Api::file(), which takes its class of data as an argument: a file that declares none does not compile, and a
// raw route that answers text/csv ends the program at its start (check_entry).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "kernel/context.h"
#include "platform/http/server.h"

namespace tilth::kernel {

// What a file tells about people. Figures: counts and sums. Staff: names of those who work here, audit lines.
// People: one line a customer, or values of customers; limited by role (org/exports).
enum class FileData : std::uint8_t { Figures, Staff, People };
std::string_view name(FileData data);  // "figures" …; as in /openapi.json

// A file as a route made it, not yet let out.
struct File {
    std::string name;                      // "customers.csv"; ASCII
    std::string text;                      // CSV, UTF-8 with its mark
    std::int64_t rows = 0;
    std::int64_t people = 0;               // of a file of class People
    std::string action = "export.file";    // of its line in the audit log
    std::string object = {};
    std::string detail = "{}";             // a JSON object without personal values: filters
    bool mark = true;                      // a last line says who took it and when, if it holds people
};
using FileFn = std::function<Result<File>(const Context&, const http::Request&)>;

struct FileAsked {
    std::string path;                      // "/api/v1/customers.csv"
    std::string query;                     // its parameters by name and value, percent-encoded, without `lang`
    std::string_view zh;                   // what the route does
    std::string_view en;
    std::string_view permission;
    FileData data = FileData::Figures;
    const File& file;
};
struct FileStamp {
    std::string id;                        // of the export, for the header X-Tilth-Export
    std::string mark;                      // a last line for files of people: who took it and when
};

// Who may take what out, and how much of people one looks at. Implemented by org; called on any worker thread at once.
class DataGate {
public:
    virtual ~DataGate() = default;
    // Writes down that the file leaves, or refuses: LimitExceeded naming the limit and the remedy.
    virtual Result<FileStamp> admit(const Context& context, const FileAsked& asked) = 0;
    // A route that shows one person (RouteDoc::about_person) has answered for `person`, a printed id.
    virtual void seen(const Context& context, std::string_view person) = 0;
};

}  // namespace tilth::kernel
