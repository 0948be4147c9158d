#include "modules/collect/imports/joined.h"

#include "modules/collect/imports/clean.h"
#include "modules/collect/imports/mapping.h"
#include "platform/json/value.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kHeadBytesMax = 512u << 20;

std::vector<std::string> words_of(const Mapping& mapping, std::string_view option) {
    std::vector<std::string> words;
    const auto options = json::Value::parse(mapping.options);
    if (!options) return words;
    for (const json::Value& word : (*options)[option].items()) words.emplace_back(word.str());
    return words;
}

const std::string& cell_of(const RawRow& row, int column) {
    static const std::string none;
    const auto at = static_cast<std::size_t>(column);
    return column >= 0 && at < row.cells.size() ? row.cells[at] : none;
}

char separator_of(const ImportRow& import) { return import.encoding == "XLSX" ? ',' : '\0'; }

}  // namespace

JoinedRows::JoinedRows(kernel::Kernel& kernel, const TenantId& tenant, const ImportRow& import, const Mapping& mapping)
    : stream_(kernel, tenant, import.id, import.chunks, mapping.header_line, separator_of(import)) {}

Result<std::unique_ptr<JoinedRows>> JoinedRows::open(kernel::Kernel& kernel, const TenantId& tenant,
                                                     const ImportRow& import, const Mapping& mapping,
                                                     const std::vector<store::Part>& parts) {
    std::unique_ptr<JoinedRows> rows(new JoinedRows(kernel, tenant, import, mapping));
    rows->header_ = TRY(rows->stream_.header());
    rows->own_columns_ = rows->header_.size();
    for (const std::string& word : mapping.fill_down) {
        if (const int column = column_of(rows->header_, word); column >= 0) rows->fill_.push_back(column);
    }
    const auto by = words_of(mapping, "join");
    if (by.empty()) return rows;
    for (const store::Part& part : parts) {
        if (part.role == kHeadsPart) TRY(rows->load_heads(kernel, tenant, part, by));
    }
    for (const store::Part& part : parts) {
        if (part.role == kTendersPart) TRY(rows->load_tenders(kernel, tenant, part, mapping, by));
    }
    return rows;
}

std::string JoinedRows::key_of(const std::vector<std::string>& cells, const std::vector<int>& columns) {
    std::string key;
    for (const int column : columns) {
        const auto at = static_cast<std::size_t>(column);
        key.append(at < cells.size() ? plain_cell(cells[at]) : std::string()).push_back('\x1f');
    }
    return key;
}

Result<std::vector<int>> JoinedRows::join_columns(const std::vector<std::string>& header,
                                                  const std::vector<std::string>& by, std::vector<int>& own) const {
    std::vector<int> theirs;
    for (const std::string& word : by) {
        own.push_back(column_of(header_, word));
        theirs.push_back(column_of(header, word));
        if (own.back() < 0 || theirs.back() < 0) {
            return Error::invalid("options/join", "missing_column", "两份文件都要有列 " + word,
                                  "Both files must have the column " + word, "改选连接列", "Choose other columns");
        }
    }
    return theirs;
}

Status JoinedRows::load_tenders(kernel::Kernel& kernel, const TenantId& tenant, const store::Part& part,
                                const Mapping& mapping, const std::vector<std::string>& by) {
    RowStream stream(kernel, tenant, part.file, part.chunks, 0, part.encoding == "XLSX" ? ',' : '\0');
    const auto header = TRY(stream.header());
    const auto theirs = TRY(join_columns(header, by, tender_join_));
    const auto named = words_of(mapping, "tenders");
    const auto method = columns_of(header, named.empty() ? "支付方式|付款方式" : named[0]);
    const auto amount = columns_of(header, named.size() < 2 ? "支付金额|付款金额|金额" : named[1]);
    if (method.empty() || amount.empty()) {
        return Error::invalid("options/tenders", "missing_column", "支付文件要有支付方式与支付金额两列",
                              "The file of payments needs a way of paying and an amount", "改选列",
                              "Choose other columns");
    }
    std::size_t bytes = 0;
    while (auto row = TRY(stream.next())) {
        std::string name = plain_cell(cell_of(*row, method[0]));
        for (char& one : name)
            if (one == ';' || one == '=') one = ' ';
        std::string& cell = tenders_[key_of(row->cells, theirs)];
        const std::size_t before = cell.size();
        if (!cell.empty()) cell.push_back(';');
        cell.append(name).append("=").append(plain_number(plain_cell(cell_of(*row, amount[0]))));
        bytes += cell.size() - before + (before == 0 ? sizeof(std::string) : 0);
        if (bytes > kHeadBytesMax) return Error(ErrorCode::PayloadTooLarge, "the file of payments");
    }
    header_.emplace_back(kTendersColumn);
    return ok();
}

Status JoinedRows::load_heads(kernel::Kernel& kernel, const TenantId& tenant, const store::Part& part,
                              const std::vector<std::string>& by) {
    RowStream stream(kernel, tenant, part.file, part.chunks, 0, part.encoding == "XLSX" ? ',' : '\0');
    const auto header = TRY(stream.header());
    const auto theirs = TRY(join_columns(header, by, join_));
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (column_of(header_, header[i]) >= 0) continue;
        head_columns_.push_back(static_cast<int>(i));
        header_.push_back(header[i]);
    }
    std::size_t bytes = 0;
    while (auto row = TRY(stream.next())) {
        std::vector<std::string> kept;
        for (const int column : head_columns_) {
            const auto at = static_cast<std::size_t>(column);
            kept.push_back(at < row->cells.size() ? row->cells[at] : std::string());
            bytes += kept.back().size() + sizeof(std::string);
        }
        heads_.try_emplace(key_of(row->cells, theirs), std::move(kept));
        if (bytes > kHeadBytesMax) return Error(ErrorCode::PayloadTooLarge, "the file of heads");
    }
    return ok();
}

Result<std::optional<RawRow>> JoinedRows::next() {
    auto row = TRY(stream_.next());
    if (!row) return row;
    for (const int column : fill_) {
        const auto at = static_cast<std::size_t>(column);
        if (row->cells.size() <= at) row->cells.resize(at + 1);
        if (plain_cell(row->cells[at]).empty() && at < above_.size()) row->cells[at] = above_[at];
    }
    if (!fill_.empty()) above_ = row->cells;
    if (join_.empty() && tender_join_.empty()) return row;
    const auto head = join_.empty() ? heads_.end() : heads_.find(key_of(row->cells, join_));
    const auto paid = tender_join_.empty() ? tenders_.end() : tenders_.find(key_of(row->cells, tender_join_));
    row->cells.resize(own_columns_);
    if (head != heads_.end()) row->cells.insert(row->cells.end(), head->second.begin(), head->second.end());
    if (paid != tenders_.end()) {
        row->cells.resize(header_.size() - 1);
        row->cells.push_back(paid->second);
    }
    return row;
}

}  // namespace tilth::collect
