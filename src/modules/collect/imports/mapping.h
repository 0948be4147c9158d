#pragma once
// Which column feeds which field, and how a cell becomes a clean value. Pure, but for the zone's table.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/collect/api.h"
#include "platform/time/zone.h"

namespace tilth::collect {

Result<Mapping> parse_mapping(std::string_view json);
std::string print_mapping(const Mapping& mapping);
// By the headers' words: the first column that a field knows.
Mapping suggest_mapping(const ImportTarget& target, const std::vector<std::string>& header);

// Why a row cannot be read: the cause is stable ("bad_time", "required", "bad_phone", "masked"), the field the
// target's.
struct Refusal {
    std::string cause;
    std::string field;
};

// The place of a header in a file, by its words; -1: none.
int column_of(const std::vector<std::string>& header, std::string_view name);
// Those of "付款时间|下单时间" that the file has, in this order.
std::vector<int> columns_of(const std::vector<std::string>& header, std::string_view names);

// A mapping held against a header: made once per file. Invalid names the column that is missing.
class RowReader {
public:
    static Result<RowReader> make(const ImportTarget& target, const Mapping& mapping,
                                  const std::vector<std::string>& header, Zone zone);
    // Values by target field, clean: times ISO with offset, decimals plain, phones E.164. The fingerprint is of these.
    std::optional<Refusal> read(const std::vector<std::string_view>& cells, MappedRow& row) const;

private:
    struct Feed {
        std::vector<int> columns;  // the first that is not empty; none: the constant, or nothing
        std::string constant;
        std::vector<std::pair<std::string, std::string>> values;
    };
    explicit RowReader(Zone zone) : zone_(std::move(zone)) {}
    std::optional<Refusal> clean(std::size_t field, std::string_view cell, std::optional<std::string>& value) const;
    const std::vector<TargetField>* fields_ = nullptr;
    std::vector<Feed> feeds_;  // one per target field
    std::vector<bool> in_key_;  // one per target field; none: all are
    bool drop_masked_ = false;
    Zone zone_;
};

}  // namespace tilth::collect
