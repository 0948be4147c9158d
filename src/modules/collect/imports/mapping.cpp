#include "modules/collect/imports/mapping.h"

#include <algorithm>

#include "modules/collect/imports/clean.h"
#include "platform/json/value.h"
#include "platform/text/phone.h"

namespace tilth::collect {

namespace {

bool same_word(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string> words_of(const json::Value& list) {
    std::vector<std::string> words;
    for (const json::Value& one : list.items()) words.emplace_back(one.str());
    return words;
}

json::Value list_of(const std::vector<std::string>& words) {
    json::Value list = json::Value::array();
    for (const std::string& word : words) list.push(word);
    return list;
}

}  // namespace

int column_of(const std::vector<std::string>& header, std::string_view name) {
    const std::string wanted = half_width(plain_cell(name));
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (same_word(half_width(plain_cell(header[i])), wanted)) return static_cast<int>(i);
    }
    return -1;
}

std::vector<int> columns_of(const std::vector<std::string>& header, std::string_view names) {
    if (const int whole = column_of(header, names); whole >= 0) return {whole};
    std::vector<int> found;
    for (std::string_view rest = names; !rest.empty();) {
        const auto bar = rest.find('|');
        if (const int column = column_of(header, rest.substr(0, bar)); column >= 0) found.push_back(column);
        rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    }
    return found;
}

Result<Mapping> parse_mapping(std::string_view text) {
    const json::Value given = TRY(json::Value::parse(text));
    Mapping mapping;
    mapping.target = given["target"].str_or(mapping.target);
    mapping.zone = given["zone"].str();
    for (const json::Value& column : given["columns"].items()) {
        mapping.columns.push_back({std::string(column["field"].str()), std::string(column["header"].str()),
                                   std::string(column["constant"].str())});
        for (const auto& [from, to] : column["values"].members())
            mapping.columns.back().values.emplace_back(from, std::string(to.str()));
    }
    mapping.profile = given["profile"].str();
    mapping.header_line = static_cast<int>(given["header_line"].i64_or(0));
    mapping.key = words_of(given["key"]);
    mapping.fill_down = words_of(given["fill_down"]);
    mapping.drop_masked = given["drop_masked"].bool_or(false);
    if (given["options"].is_object()) mapping.options = given["options"].print();
    return mapping;
}

std::string print_mapping(const Mapping& mapping) {
    json::Value columns = json::Value::array();
    for (const auto& column : mapping.columns) {
        json::Value one = json::Value::object({{"field", column.field}, {"header", column.header}});
        if (!column.constant.empty()) one.set("constant", column.constant);
        if (!column.values.empty()) {
            json::Value values = json::Value::object();
            for (const auto& [from, to] : column.values) values.set(from, to);
            one.set("values", std::move(values));
        }
        columns.push(std::move(one));
    }
    json::Value value =
        json::Value::object({{"target", mapping.target}, {"zone", mapping.zone}, {"columns", std::move(columns)}});
    if (auto options = json::Value::parse(mapping.options)) value.set("options", std::move(*options));
    if (!mapping.profile.empty()) value.set("profile", mapping.profile);
    if (mapping.header_line > 0) value.set("header_line", mapping.header_line);
    if (!mapping.key.empty()) value.set("key", list_of(mapping.key));
    if (!mapping.fill_down.empty()) value.set("fill_down", list_of(mapping.fill_down));
    if (mapping.drop_masked) value.set("drop_masked", true);
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
        feed.values = column.values;
        if (column.header.empty()) continue;
        feed.columns = columns_of(header, column.header);
        if (feed.columns.empty()) {
            return Error::invalid(place + "/header", "missing_column", "文件里没有列 " + column.header,
                                  "The file has no column " + column.header, "改选一列", "Choose another column");
        }
    }
    reader.drop_masked_ = mapping.drop_masked;
    for (const std::string& name : mapping.key) {
        const auto field = std::find_if(target.fields().begin(), target.fields().end(),
                                        [&](const TargetField& one) { return one.name == name; });
        if (field == target.fields().end()) {
            return Error::invalid("key", "unknown_field", "没有字段 " + name, "There is no field " + name,
                                  "从字段表里选择", "Choose from the target's fields");
        }
        reader.in_key_.resize(target.fields().size());
        reader.in_key_[static_cast<std::size_t>(field - target.fields().begin())] = true;
    }
    for (std::size_t i = 0; i < reader.feeds_.size(); ++i) {
        const TargetField& field = target.fields()[i];
        if (field.required && reader.feeds_[i].columns.empty() && reader.feeds_[i].constant.empty()) {
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
        std::string cell;
        for (const int column : feed.columns) {
            const auto at = static_cast<std::size_t>(column);
            if (at < cells.size()) cell = plain_cell(cells[at]);
            if (!cell.empty()) break;
        }
        for (const auto& [from, to] : feed.values) {
            if (cell == from) {
                cell = to;
                break;
            }
        }
        if (cell.empty()) cell = feed.constant;
        if (auto refusal = clean(i, cell, row.values[i])) return refusal;
    }
    std::string all;
    std::string key;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const auto& value = row.values[i];
        std::string piece = value.value_or(std::string());
        piece.push_back(value ? '\x1f' : '\x1e');
        all += piece;
        if (!in_key_.empty() && in_key_[i]) key += piece;
    }
    row.content = crypto::fingerprint(all);
    row.fingerprint = in_key_.empty() ? row.content : crypto::fingerprint(key);
    return std::nullopt;
}

std::optional<Refusal> RowReader::clean(std::size_t at, std::string_view cell,
                                        std::optional<std::string>& value) const {
    const TargetField& field = (*fields_)[at];
    if (cell.empty()) {
        if (field.required) return Refusal{"required", field.name};
        return std::nullopt;
    }
    if (field.names_somebody && is_masked(cell)) {
        if (drop_masked_) return std::nullopt;
        return Refusal{"masked", field.name};
    }
    switch (field.kind) {
        case FieldKind::Instant: {
            const std::string text = half_width(cell);
            auto time = parse_instant(text);
            if (!time) time = zone_.parse_local(text);
            if (!time) return Refusal{"bad_time", field.name};
            value = to_iso(*time);
            return std::nullopt;
        }
        case FieldKind::Integer:
        case FieldKind::Decimal: {
            std::string number = plain_number(cell);
            if (!parse_decimal(number, field.kind == FieldKind::Integer ? 0 : field.scale))
                return Refusal{"bad_number", field.name};
            value = std::move(number);
            return std::nullopt;
        }
        case FieldKind::Phone: {
            auto phone = normalise_phone(half_width(cell), "CN");
            if (!phone && is_masked(cell) && drop_masked_) return std::nullopt;
            if (!phone) return Refusal{is_masked(cell) ? "masked" : "bad_phone", field.name};
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
