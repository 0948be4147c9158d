// The only file that knows libzip and expat.

#include "platform/xlsx/xlsx.h"

#include <expat.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

namespace tilth {

namespace {

constexpr std::size_t kPieceBytes = 64u << 10;

Error too_large(std::string_view what) {
    return Error(ErrorCode::PayloadTooLarge, "spreadsheet: " + std::string(what));
}

// The archive, and its parts piece by piece.
class Archive {
public:
    static Result<std::unique_ptr<Archive>> open(std::string_view bytes, const XlsxLimits& limits) {
        std::unique_ptr<Archive> archive(new Archive(limits));
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
        if (source != nullptr) archive->zip_ = zip_open_from_source(source, ZIP_RDONLY, &error);
        if (archive->zip_ == nullptr && source != nullptr) zip_source_free(source);
        zip_error_fini(&error);
        if (archive->zip_ == nullptr) return Error(ErrorCode::Corrupt, "the spreadsheet's archive is damaged");
        const auto parts = zip_get_num_entries(archive->zip_, 0);
        if (parts < 0 || static_cast<std::uint64_t>(parts) > limits.parts_max) return too_large("too many parts");
        return archive;
    }
    ~Archive() {
        if (zip_ != nullptr) zip_discard(zip_);
    }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    bool has(const std::string& name) const { return zip_name_locate(zip_, name.c_str(), 0) >= 0; }

    // A false from `take` ends the reading early.
    Status read(const std::string& name, const std::function<Result<bool>(std::string_view, bool last)>& take) {
        const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen(zip_, name.c_str(), 0), &zip_fclose);
        if (!file) return Error(ErrorCode::Corrupt, "the spreadsheet has no part " + name);
        std::string piece(kPieceBytes, '\0');
        std::uint64_t all = 0;
        for (bool more = true; more;) {
            const auto got = zip_fread(file.get(), piece.data(), piece.size());
            if (got < 0) return Error(ErrorCode::Corrupt, "the spreadsheet's part " + name + " is damaged");
            all += static_cast<std::uint64_t>(got);
            if (all > limits_.part_bytes_max) return too_large("a part is too long when unpacked");
            const std::string_view bytes = std::string_view(piece).substr(0, static_cast<std::size_t>(got));
            more = TRY(take(bytes, got == 0))
            &&got > 0;
        }
        return ok();
    }

private:
    explicit Archive(const XlsxLimits& limits) : limits_(limits) {}
    const XlsxLimits& limits_;
    zip_t* zip_ = nullptr;
};

using Attributes = const XML_Char**;

std::string_view attribute(Attributes attributes, std::string_view name) {
    for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2) {
        if (std::string_view(attributes[0]) == name) return attributes[1];
    }
    return {};
}

std::string_view local(const char* name) {
    const std::string_view whole(name);
    const auto colon = whole.rfind(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

// One document of the archive, told element by element. stop() ends it; fail() with an error.
class Document {
public:
    explicit Document(const XlsxLimits& limits) : limits_(limits), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
        INVARIANT(parser_ != nullptr, "a parser can be made");
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(
            parser_.get(),
            [](void* self, const XML_Char* name, Attributes attributes) {
                auto& document = *static_cast<Document*>(self);
                if (++document.depth_ > document.limits_.depth_max) return document.fail(too_large("nested too deep"));
                document.begin(local(name), attributes);
            },
            [](void* self, const XML_Char* name) {
                auto& document = *static_cast<Document*>(self);
                --document.depth_;
                document.end(local(name));
            });
        XML_SetCharacterDataHandler(parser_.get(), [](void* self, const XML_Char* text, int length) {
            static_cast<Document*>(self)->text({text, static_cast<std::size_t>(length)});
        });
        XML_SetStartDoctypeDeclHandler(
            parser_.get(), [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
                static_cast<Document*>(self)->fail(Error(ErrorCode::UnsupportedFormat, "a spreadsheet with a DOCTYPE"));
            });
    }
    virtual ~Document() = default;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    Status parse(Archive& archive, const std::string& part) {
        return archive.read(part, [&](std::string_view piece, bool last) -> Result<bool> {
            const auto said = XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
            if (error_) return *error_;
            if (stopped_) return false;
            if (said != XML_STATUS_OK) return Error(ErrorCode::Corrupt, "the spreadsheet's " + part + " is damaged");
            return true;
        });
    }

protected:
    virtual void begin(std::string_view name, Attributes attributes) = 0;
    virtual void end(std::string_view) {}
    virtual void text(std::string_view) {}
    void fail(Error error) {
        if (!error_) error_ = std::move(error);
        stop();
    }
    void stop() {
        stopped_ = true;
        XML_StopParser(parser_.get(), XML_FALSE);
    }
    bool stopped() const { return stopped_; }
    const XlsxLimits& limits_;

private:
    std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser_;
    std::size_t depth_ = 0;
    bool stopped_ = false;
    std::optional<Error> error_;
};

// The first sheet's relation, and the epoch.
class Workbook final : public Document {
public:
    using Document::Document;
    std::string relation;
    bool since_1904 = false;

private:
    void begin(std::string_view name, Attributes attributes) override {
        if (name == "workbookPr") {
            const auto value = attribute(attributes, "date1904");
            since_1904 = value == "1" || value == "true";
        }
        if (name == "sheet" && relation.empty()) relation = attribute(attributes, "r:id");
    }
};

class Relations final : public Document {
public:
    using Document::Document;
    std::map<std::string, std::string, std::less<>> targets;

private:
    void begin(std::string_view name, Attributes attributes) override {
        if (name == "Relationship" && targets.size() < limits_.parts_max)
            targets[std::string(attribute(attributes, "Id"))] = attribute(attributes, "Target");
    }
};

// Which cell styles show a date.
class Styles final : public Document {
public:
    using Document::Document;
    std::vector<bool> dates;  // by cell style

private:
    static bool built_in(int id) {
        return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    }
    static int number(std::string_view text) {
        int value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    void begin(std::string_view name, Attributes attributes) override {
        if (name == "cellXfs") in_cells_ = true;
        if (name == "numFmt" && is_xlsx_date_format(attribute(attributes, "formatCode")))
            own_[number(attribute(attributes, "numFmtId"))] = true;
        if (name == "xf" && in_cells_ && dates.size() < kStylesMax) {
            const int id = number(attribute(attributes, "numFmtId"));
            dates.push_back(built_in(id) || own_.contains(id));
        }
    }
    void end(std::string_view name) override {
        if (name == "cellXfs") in_cells_ = false;
    }
    static constexpr std::size_t kStylesMax = 100'000;
    std::map<int, bool> own_;
    bool in_cells_ = false;
};

class Strings final : public Document {
public:
    using Document::Document;
    std::vector<std::string> all;

private:
    void begin(std::string_view name, Attributes) override {
        if (name == "si") all.emplace_back();
        if (name == "rPh") ++phonetic_;
        in_text_ = name == "t" && phonetic_ == 0;
    }
    void end(std::string_view name) override {
        if (name == "t") in_text_ = false;
        if (name == "rPh") --phonetic_;
        if (name == "si") add(sizeof(std::string));
    }
    void text(std::string_view piece) override {
        if (!in_text_ || all.empty() || stopped()) return;
        all.back() += piece;
        add(piece.size());
    }
    void add(std::size_t bytes) {
        bytes_ += bytes;
        if (bytes_ > limits_.strings_bytes_max) fail(too_large("too much text"));
    }
    std::uint64_t bytes_ = 0;
    int phonetic_ = 0;
    bool in_text_ = false;
};

class Sheet final : public Document {
public:
    Sheet(const XlsxLimits& limits, const Strings& strings, const Styles& styles, bool since_1904, const XlsxRowFn& row)
        : Document(limits), strings_(strings), styles_(styles), since_1904_(since_1904), row_(row) {}

private:
    void begin(std::string_view name, Attributes attributes) override {
        if (name == "row") {
            cells_.clear();
            column_ = 0;
            const auto given = number(attribute(attributes, "r"));
            number_ = std::max(number_ + 1, given);
        } else if (name == "c") {
            begin_cell(attributes);
        } else if (name == "v" || name == "t") {
            in_value_ = true;
        } else if (name == "rPh") {
            ++phonetic_;
        }
    }
    void begin_cell(Attributes attributes) {
        if (const auto place = column_of(attribute(attributes, "r"))) column_ = *place;
        if (column_ >= limits_.columns_max) return fail(too_large("too many columns"));
        type_ = attribute(attributes, "t");
        style_ = number(attribute(attributes, "s"));
        value_.clear();
    }
    void end(std::string_view name) override {
        if (name == "v" || name == "t") in_value_ = false;
        if (name == "rPh") --phonetic_;
        if (name == "c" && !stopped()) {
            if (cells_.size() <= column_) cells_.resize(column_ + 1);
            cells_[column_++] = shown();
        }
        if (name == "row" && !stopped() && !cells_.empty() && !row_(number_, cells_)) stop();
        if (name == "sheetData") stop();
    }
    void text(std::string_view piece) override {
        if (!in_value_ || phonetic_ > 0 || stopped()) return;
        value_ += piece;
        if (value_.size() > limits_.field_bytes_max) fail(too_large("a cell is too long"));
    }
    std::string shown() const {
        if (type_ == "s") {
            const auto at = number(value_);
            return !value_.empty() && at < strings_.all.size() ? strings_.all[at] : std::string();
        }
        if (type_ == "b") return value_ == "1" ? "TRUE" : "FALSE";
        if (type_ == "e") return {};
        if (type_ == "d") return value_.size() > 10 && value_[10] == 'T' ? iso_text() : value_;
        if (!type_.empty() && type_ != "n") return value_;
        if (value_.empty() || style_ >= styles_.dates.size() || !styles_.dates[style_]) return xlsx_number(value_);
        double serial = 0;
        const auto read = std::from_chars(value_.data(), value_.data() + value_.size(), serial);
        return read.ec == std::errc{} ? xlsx_date(serial, since_1904_) : value_;
    }
    std::string iso_text() const {
        std::string text = value_;
        text[10] = ' ';
        return text;
    }
    static std::uint64_t number(std::string_view text) {
        std::uint64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    // "AB12" is column 27, counted from 0.
    static std::optional<std::size_t> column_of(std::string_view place) {
        std::size_t column = 0;
        for (const char c : place) {
            if (c < 'A' || c > 'Z') break;
            column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
            if (column > 1'000'000) break;
        }
        return column == 0 ? std::nullopt : std::optional(column - 1);
    }

    const Strings& strings_;
    const Styles& styles_;
    bool since_1904_;
    const XlsxRowFn& row_;
    std::vector<std::string> cells_;
    std::uint64_t number_ = 0;
    std::size_t column_ = 0;
    std::string type_;
    std::uint64_t style_ = 0;
    std::string value_;
    int phonetic_ = 0;
    bool in_value_ = false;
};

std::string part_of(std::string_view target) {
    if (target.starts_with('/')) return std::string(target.substr(1));
    return "xl/" + std::string(target);
}

}  // namespace

bool is_xlsx_date_format(std::string_view code) {
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == ';') return false;  // the format of positive numbers decides
        if (c == '"' || c == '[') {
            const auto close = code.find(c == '"' ? '"' : ']', i + 1);
            if (close == std::string_view::npos) return false;
            // [h]:mm is a length of time; [Red], [$-804] are not.
            const auto inner = code.substr(i + 1, close - i - 1);
            if (c == '[' && !inner.empty() && inner.find_first_not_of("hHmMsS") == std::string_view::npos) return true;
            i = close;
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (std::string_view("yYmMdDhHsS").find(c) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

std::string xlsx_date(double serial, bool since_1904) {
    constexpr double kDay = 86'400;
    constexpr double kLast = 2'958'466;  // 10000-01-01
    if (!(serial >= 0) || serial >= kLast) return {};
    auto seconds = static_cast<std::int64_t>(std::llround(serial * kDay));
    std::int64_t day = seconds / 86'400;
    seconds %= 86'400;
    if (since_1904) {
        day += 1'462;
    } else if (day < 60) {
        day += 1;  // the sheet counts a 29 February 1900 that never was
    }
    // Days since 1899-12-30 to a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    const std::int64_t z = day - 25'569 + 719'468;
    const std::int64_t era = z / 146'097;
    const std::int64_t doe = z - era * 146'097;
    const std::int64_t yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t mp = (5 * doy + 2) / 153;
    const std::int64_t month = mp < 10 ? mp + 3 : mp - 9;
    const std::int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    std::array<char, 64> out{};
    const int length = std::snprintf(out.data(), out.size(), "%04d-%02d-%02d %02d:%02d:%02d", static_cast<int>(year),
                                     static_cast<int>(month), static_cast<int>(doy - (153 * mp + 2) / 5 + 1),
                                     static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                                     static_cast<int>(seconds % 60));
    return {out.data(), static_cast<std::size_t>(length)};
}

std::string xlsx_number(std::string_view stored) {
    double value = 0;
    const auto read = std::from_chars(stored.data(), stored.data() + stored.size(), value);
    if (read.ec != std::errc{} || read.ptr != stored.data() + stored.size() || !std::isfinite(value))
        return std::string(stored);
    if (std::fabs(value) >= 1e21 || (value != 0 && std::fabs(value) < 1e-9)) return std::string(stored);
    // Short whole numbers stand as they are written: an id of 16 to 19 digits is not rounded a second time.
    if (stored.find_first_not_of("-0123456789") == std::string_view::npos) return std::string(stored);
    std::array<char, 64> out{};
    auto end = std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::scientific, 14).ptr;
    double rounded = 0;
    std::from_chars(out.data(), end, rounded);
    end = std::to_chars(out.data(), out.data() + out.size(), rounded, std::chars_format::fixed).ptr;
    return {out.data(), end};
}

Status read_xlsx(std::string_view bytes, const XlsxRowFn& row, const XlsxLimits& limits) {
    if (!bytes.starts_with("PK\x03\x04")) return Error(ErrorCode::UnsupportedFormat, "no spreadsheet");
    const auto archive = TRY(Archive::open(bytes, limits));
    if (!archive->has("xl/workbook.xml")) return Error(ErrorCode::UnsupportedFormat, "an archive, but no spreadsheet");
    Workbook workbook(limits);
    TRY(workbook.parse(*archive, "xl/workbook.xml"));
    std::string sheet_part = "xl/worksheets/sheet1.xml";
    if (archive->has("xl/_rels/workbook.xml.rels")) {
        Relations relations(limits);
        TRY(relations.parse(*archive, "xl/_rels/workbook.xml.rels"));
        const auto found = relations.targets.find(workbook.relation);
        if (found != relations.targets.end()) sheet_part = part_of(found->second);
    }
    Strings strings(limits);
    if (archive->has("xl/sharedStrings.xml")) TRY(strings.parse(*archive, "xl/sharedStrings.xml"));
    Styles styles(limits);
    if (archive->has("xl/styles.xml")) TRY(styles.parse(*archive, "xl/styles.xml"));
    Sheet sheet(limits, strings, styles, workbook.since_1904, row);
    return sheet.parse(*archive, sheet_part);
}

}  // namespace tilth
