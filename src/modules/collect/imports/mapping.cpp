#include "modules/collect/imports/mapping.h"

#include <algorithm>

#include "platform/json/value.h"
#include "platform/text/phone.h"

namespace tilth::collect {

namespace {

std::string_view trim(std::string_view text) {
    const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

bool same_word(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

int column_of(const std::vector<std::string>& header, std::string_view name) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (same_word(trim(header[i]), trim(name))) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view text) {
    const json::Value given = TRY(json::Value::parse(text));
    Mapping mapping;
    mapping.target = given["target"].str_or(mapping.target);
    mapping.zone = given["zone"].str();
    for (const json::Value& column : given["columns"].items()) {
        mapping.columns.push_back({std::string(column["field"].str()), std::string(column["header"].str()),
                                   std::string(column["constant"].str())});
    }
    if (given["options"].is_object()) mapping.options = given["options"].print();
    return mapping;
}

std::string print_mapping(const Mapping& mapping) {
    json::Value columns = json::Value::array();
    for (const auto& column : mapping.columns) {
        json::Value one = json::Value::object({{"field", column.field}, {"header", column.header}});
        if (!column.constant.empty()) one.set("constant", column.constant);
        columns.push(std::move(one));
    }
    json::Value value =
        json::Value::object({{"target", mapping.target}, {"zone", mapping.zone}, {"columns", std::move(columns)}});
    if (auto options = json::Value::parse(mapping.options)) value.set("options", std::move(*options));
    return value.print();
}

Mapping suggest_mapping(const ImportTarget& target, const std::vector<std::string>& header) {
    Mapping mapping;
    mapping.target = target.name();
    for (const TargetField& field : target.fields()) {
        const auto word = std::find_if(field.header_words.begin(), field.header_words.end(),
                                       [&](const std::string& one) { return column_of(header, one) >= 0; });
        if (word == field.header_words.end()) continue;
        mapping.columns.push_back({field.name, header[static_cast<std::size_t>(column_of(header, *word))], {}});
    }
    return mapping;
}

Result<RowReader> RowReader::make(const ImportTarget& target, const Mapping& mapping,
                                  const std::vector<std::string>& header, Zone zone) {
    RowReader reader(std::move(zone));
    reader.fields_ = &target.fields();
    reader.feeds_.resize(target.fields().size());
    for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
        const auto& column = mapping.columns[i];
        const std::string place = "columns/" + std::to_string(i);
        const auto field = std::find_if(target.fields().begin(), target.fields().end(),
                                        [&](const TargetField& one) { return one.name == column.field; });
        if (field == target.fields().end()) {
            return Error::invalid(place + "/field", "unknown_field", "没有字段 " + column.field,
                                  "There is no field " + column.field, "从字段表里选择",
                                  "Choose from the target's fields");
        }
        Feed& feed = reader.feeds_[static_cast<std::size_t>(field - target.fields().begin())];
        feed.constant = column.constant;
        if (column.header.empty()) continue;
        feed.column = column_of(header, column.header);
        if (feed.column < 0) {
            return Error::invalid(place + "/header", "missing_column", "文件里没有列 " + column.header,
                                  "The file has no column " + column.header, "改选一列", "Choose another column");
        }
    }
    for (std::size_t i = 0; i < reader.feeds_.size(); ++i) {
        const TargetField& field = target.fields()[i];
        if (field.required && reader.feeds_[i].column < 0 && reader.feeds_[i].constant.empty()) {
            return Error::invalid("columns", "unmapped", "必填字段“" + field.zh + "”没有对应列",
                                  "The required field " + field.en + " has no column", "为它选一列",
                                  "Choose a column for it");
        }
    }
    return reader;
}

std::optional<Refusal> RowReader::read(const std::vector<std::string_view>& cells, MappedRow& row) const {
    row.values.assign(feeds_.size(), std::nullopt);
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
        const Feed& feed = feeds_[i];
        const auto column = static_cast<std::size_t>(feed.column);
        const std::string_view cell =
            feed.column >= 0 && column < cells.size() ? trim(cells[column]) : std::string_view{};
        if (auto refusal = clean(i, cell.empty() ? std::string_view(feed.constant) : cell, row.values[i]))
            return refusal;
    }
    std::string key;
    for (const auto& value : row.values) {
        key.append(value ? *value : std::string_view{}).push_back(value ? '\x1f' : '\x1e');
    }
    row.fingerprint = crypto::fingerprint(key);
    return std::nullopt;
}

std::optional<Refusal> RowReader::clean(std::size_t at, std::string_view cell,
                                        std::optional<std::string>& value) const {
    const TargetField& field = (*fields_)[at];
    if (cell.empty()) {
        if (field.required) return Refusal{"required", field.name};
        return std::nullopt;
    }
    switch (field.kind) {
        case FieldKind::Instant: {
            auto time = parse_instant(cell);
            if (!time) time = zone_.parse_local(cell);
            if (!time) return Refusal{"bad_time", field.name};
            value = to_iso(*time);
            return std::nullopt;
        }
        case FieldKind::Integer:
        case FieldKind::Decimal: {
            if (!parse_decimal(cell, field.kind == FieldKind::Integer ? 0 : field.scale))
                return Refusal{"bad_number", field.name};
            break;
        }
        case FieldKind::Phone: {
            auto phone = normalise_phone(cell, "CN");
            const bool is_masked = cell.find('*') != std::string_view::npos;
            if (!phone) return Refusal{is_masked ? "masked" : "bad_phone", field.name};
            value = std::move(*phone);
            return std::nullopt;
        }
        case FieldKind::Email: {
            auto email = normalise_email(cell);
            if (!email) return Refusal{"bad_email", field.name};
            value = std::move(*email);
            return std::nullopt;
        }
        case FieldKind::Text:
        case FieldKind::Choice: break;
    }
    value = std::string(cell);
    return std::nullopt;
}

}  // namespace tilth::collect
