#include "platform/text/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace tilth {
namespace {

struct Row {
    std::uint64_t line;
    std::vector<std::string> fields;
    bool operator==(const Row&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
    out << row.line << ':';
    for (const std::string& field : row.fields) out << '[' << field << ']';
    return out;
}

struct Outcome {
    std::vector<Row> rows;
    Status status;
    char separator = 0;
};

Outcome read(std::string_view text, CsvOptions options = {}, std::size_t piece_bytes = 1 << 20) {
    Outcome outcome;
    CsvReader reader(options);
    const auto row = [&](std::uint64_t line, const std::vector<std::string_view>& fields) {
        outcome.rows.push_back({line, {fields.begin(), fields.end()}});
        return true;
    };
    while (!text.empty() && outcome.status) {
        outcome.status = reader.feed(text.substr(0, piece_bytes), row);
        text.remove_prefix(std::min(text.size(), piece_bytes));
    }
    if (outcome.status) outcome.status = reader.finish(row);
    outcome.separator = reader.separator();
    return outcome;
}

std::vector<Row> rows(std::string_view text, CsvOptions options = {}) {
    const Outcome whole = read(text, options);
    EXPECT_TRUE(whole.status) << whole.status.error().fields.at(0).reason_en;
    EXPECT_EQ(read(text, options, 1).rows, whole.rows) << "byte by byte";
    return whole.rows;
}

using Rows = std::vector<Row>;

TEST(CsvReader, ReadsLinesOfEveryKind) {
    EXPECT_EQ(rows("a,b\n1,2\n"), (Rows{{1, {"a", "b"}}, {2, {"1", "2"}}}));
    EXPECT_EQ(rows("a,b\r\n1,2\r\n"), (Rows{{1, {"a", "b"}}, {2, {"1", "2"}}}));
    EXPECT_EQ(rows("a,b\r1,2"), (Rows{{1, {"a", "b"}}, {2, {"1", "2"}}}));
    EXPECT_EQ(rows("\xEF\xBB\xBFid,name"), (Rows{{1, {"id", "name"}}}));
    EXPECT_EQ(rows("a,,\n,,"), (Rows{{1, {"a", "", ""}}, {2, {"", "", ""}}}));
    EXPECT_EQ(rows("a,b\n\n\r\nc,d\n\n"), (Rows{{1, {"a", "b"}}, {4, {"c", "d"}}}));
    EXPECT_EQ(rows(""), Rows{});
    EXPECT_EQ(rows("\n\n"), Rows{});
    EXPECT_EQ(rows("one"), (Rows{{1, {"one"}}}));
}

TEST(CsvReader, Quotes) {
    EXPECT_EQ(rows("\"a,1\",\"b \"\"x\"\"\",\"\"\n"), (Rows{{1, {"a,1", "b \"x\"", ""}}}));
    EXPECT_EQ(rows("\"two\nlines\",x\n\"\r\n\",y\n"), (Rows{{1, {"two\nlines", "x"}}, {3, {"\r\n", "y"}}}));
    EXPECT_EQ(rows("\"\"\n"), (Rows{{1, {""}}}));
    EXPECT_EQ(rows("12\" ruler,5'6\"\n"), (Rows{{1, {"12\" ruler", "5'6\""}}}));
    EXPECT_EQ(rows("\"a\"b,\"c\" \"d\"\n"), (Rows{{1, {"ab", "c \"d\""}}}));
    EXPECT_EQ(rows("\"\"\"\",\"\"\"\"\"\"\n"), (Rows{{1, {"\"", "\"\""}}}));
}

TEST(CsvReader, IdsThatASpreadsheetKeptAsText) {
    EXPECT_EQ(rows("=\"00123\",=\"a,b\"\n"), (Rows{{1, {"00123", "a,b"}}}));
    EXPECT_EQ(rows("=1+2,==,=\n"), (Rows{{1, {"=1+2", "==", "="}}}));
    EXPECT_EQ(rows("=\"\"\"q\"\n"), (Rows{{1, {"\"q"}}}));
}

TEST(CsvReader, FindsTheSeparatorByConsistency) {
    EXPECT_EQ(read("a;b;c\n1,5;2;3\n4,5;5;6\n").separator, ';');
    EXPECT_EQ(read("a\tb\n1,2\t3\n").separator, '\t');
    EXPECT_EQ(read("a|b|c\n1|2|3\n").separator, '|');
    EXPECT_EQ(read("name,note\nx,a;b;c\ny,d\nz,e;f\n").separator, ',');
    EXPECT_EQ(read("\"a;b\";\"c,d,e\"\n\"f\";\"g\"\n").separator, ';');
    EXPECT_EQ(read("id\n1\n2\n").separator, ',');
    EXPECT_EQ(read("").separator, ',');
    EXPECT_EQ(read("sep=|\na|b,c\n").rows, (Rows{{2, {"a", "b,c"}}}));
    EXPECT_EQ(read("sep=;\r\na;b,c\r\n").rows, (Rows{{2, {"a", "b,c"}}}));
    EXPECT_EQ(read("a;b,c\n", {.separator = ','}).rows, (Rows{{1, {"a;b", "c"}}}));
    // A title line above the table does not decide.
    EXPECT_EQ(read("Orders of May, all stores\na;b;c\n1;2;3\n4;5;6\n").separator, ';');
}

TEST(CsvReader, NamesTheLineOfAnUnterminatedQuote) {
    const Outcome outcome = read("a,b\n1,2\n3,\"open\nstill\nopen");
    ASSERT_FALSE(outcome.status);
    EXPECT_EQ(outcome.status.error().code, ErrorCode::Invalid);
    EXPECT_EQ(outcome.status.error().fields.at(0).field, "line/3");
    EXPECT_EQ(outcome.status.error().fields.at(0).rule, "unterminated_quote");
    EXPECT_EQ(outcome.rows.size(), 2u);
}

TEST(CsvReader, KeepsItsBounds) {
    const CsvOptions small{.separator = ',', .field_bytes_max = 10, .columns_max = 3};
    EXPECT_TRUE(read("0123456789,\"012345678\"\"\"\n", small).status);
    EXPECT_EQ(read("a\n01234567890\n", small).status.error().fields.at(0).rule, "field_too_long");
    EXPECT_EQ(read("a\n01234567890\n", small).status.error().fields.at(0).field, "line/2");
    EXPECT_EQ(read("a\n\"" + std::string(1000, 'x'), small, 7).status.error().fields.at(0).field, "line/2");
    EXPECT_EQ(read("a,b,c\na,b,c,d\n", small).status.error().fields.at(0).rule, "too_many_columns");
    EXPECT_EQ(read("a\n01234567890\n", small, 1).status.error().fields.at(0).rule, "field_too_long");
}

TEST(CsvReader, StopsWhenTold) {
    int seen = 0;
    CsvReader reader({.separator = ','});
    const auto once = [&](std::uint64_t, const std::vector<std::string_view>&) { return ++seen < 2; };
    EXPECT_TRUE(reader.feed("a\nb\nc\n", once));
    EXPECT_TRUE(reader.feed("d\n\"e", once));
    EXPECT_TRUE(reader.finish(once));
    EXPECT_EQ(seen, 2);
}

TEST(CsvLine, QuotesWhereNeeded) {
    EXPECT_EQ(csv_line({"a", "", "b c"}), "a,,b c\r\n");
    EXPECT_EQ(csv_line({"a,b", "x\"y", "two\nlines", " space"}), "\"a,b\",\"x\"\"y\",\"two\nlines\",\" space\"\r\n");
    EXPECT_EQ(csv_line({""}), "\"\"\r\n");
    EXPECT_EQ(csv_line({"", ""}), ",\r\n");
}

TEST(CsvLine, DisarmsFormulas) {
    const std::vector<std::string> cells{"=1+2", "+cmd|x", "-2+3", "@sum", "\tx", "＝1",
                                         "＠x",  "-",      "  =1", {"\0=1", 3}};
    for (const std::string& cell : cells) {
        const std::string line = csv_line({cell});
        EXPECT_TRUE(line.starts_with("'") || line.starts_with("\"'")) << line;
    }
    EXPECT_EQ(csv_line({"-12.50", "+8613800138000", "0.5", "-3"}), "-12.50,+8613800138000,0.5,-3\r\n");
}

// Texts made of what CSV finds hard.
rc::Gen<std::string> any_cell() {
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "a", "耕", "\"", "\"\"", ",", ";", "\t", "|", "\r", "\n", "\r\n", " ", "=", "=\"", "'", "1", "-", "+", "@")),
        [](const std::vector<std::string>& parts) {
            std::string cell;
            for (const std::string& part : parts) cell += part;
            return cell;
        });
}

RC_GTEST_PROP(Csv, WhatIsWrittenReadsBack, ()) {
    const auto table = *rc::gen::container<std::vector<std::vector<std::string>>>(
        rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(any_cell())));
    std::string text;
    for (const auto& row : table) text += csv_line(row);
    const Outcome outcome = read(text, {.separator = ','}, *rc::gen::inRange<std::size_t>(1, 50));
    RC_ASSERT(outcome.status.has_value());
    RC_ASSERT(outcome.rows.size() == table.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
        RC_ASSERT(outcome.rows[i].fields.size() == table[i].size());
        for (std::size_t k = 0; k < table[i].size(); ++k) {
            const std::string& back = outcome.rows[i].fields[k];
            RC_ASSERT(back == table[i][k] || back == "'" + table[i][k]);
        }
    }
}

RC_GTEST_PROP(Csv, AnyBytesInAnyPiecesReadTheSame, ()) {
    std::string text;
    for (const std::string& cell : *rc::gen::container<std::vector<std::string>>(any_cell())) text += cell;
    const Outcome whole = read(text);
    const Outcome pieces = read(text, {}, *rc::gen::inRange<std::size_t>(1, 20));
    RC_ASSERT(whole.rows == pieces.rows);
    RC_ASSERT(whole.status.has_value() == pieces.status.has_value());
}

}  // namespace
}  // namespace tilth
