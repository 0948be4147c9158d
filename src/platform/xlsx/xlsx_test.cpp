#include "platform/xlsx/xlsx.h"

#include <gtest/gtest.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <rapidcheck/gtest.h>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tilth {
namespace {

using Rows = std::vector<std::pair<std::uint64_t, std::vector<std::string>>>;

std::string slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Xlsx : public ::testing::Test {
protected:
    Xlsx()
        : path_((std::filesystem::temp_directory_path() / ("tilth_" + std::to_string(::getpid()) + ".xlsx")).string()) {
    }
    ~Xlsx() override { std::filesystem::remove(path_); }

    std::string made(const std::function<void(lxw_workbook*, lxw_worksheet*)>& fill) {
        lxw_workbook* book = workbook_new(path_.c_str());
        fill(book, workbook_add_worksheet(book, nullptr));
        EXPECT_EQ(workbook_close(book), LXW_NO_ERROR);
        return slurp(path_);
    }
    // A bare archive of the given parts.
    std::string archive(const std::vector<std::pair<std::string, std::string>>& parts) {
        std::filesystem::remove(path_);
        int error = 0;
        zip_t* zip = zip_open(path_.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
        for (const auto& [name, text] : parts) {
            zip_source_t* source = zip_source_buffer(zip, text.data(), text.size(), 0);
            EXPECT_GE(zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0);
        }
        EXPECT_EQ(zip_close(zip), 0);
        return slurp(path_);
    }
    static Result<Rows> read(std::string_view bytes, const XlsxLimits& limits = {}) {
        Rows rows;
        TRY(read_xlsx(
            bytes,
            [&](std::uint64_t number, const std::vector<std::string>& cells) {
                rows.emplace_back(number, cells);
                return true;
            },
            limits));
        return rows;
    }
    std::string path_;
};

TEST_F(Xlsx, CellsComeAsAPersonSeesThem) {
    const std::string bytes = made([](lxw_workbook* book, lxw_worksheet* sheet) {
        lxw_format* date = workbook_add_format(book);
        format_set_num_format(date, "yyyy-mm-dd hh:mm");
        worksheet_write_string(sheet, 0, 0, "订单号", nullptr);
        worksheet_write_string(sheet, 2, 0, "E202602010001", nullptr);
        worksheet_write_number(sheet, 2, 1, 49.9, nullptr);
        worksheet_write_number(sheet, 2, 3, 123456789012345, nullptr);
        lxw_datetime when{2026, 2, 1, 10, 30, 0};
        worksheet_write_datetime(sheet, 2, 4, &when, date);
        worksheet_write_boolean(sheet, 2, 5, 1, nullptr);
        worksheet_write_formula_num(sheet, 2, 6, "=1+1", nullptr, 2);
    });
    const Rows rows = MUST(read(bytes));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0], (Rows::value_type{1, {"订单号"}}));
    EXPECT_EQ(rows[1], (Rows::value_type{
                           3, {"E202602010001", "49.9", "", "123456789012345", "2026-02-01 10:30:00", "TRUE", "2"}}));
}

TEST_F(Xlsx, NumbersAndDates) {
    EXPECT_EQ(xlsx_number("49.899999999999999"), "49.9");
    EXPECT_EQ(xlsx_number("1.1000000000000001"), "1.1");
    EXPECT_EQ(xlsx_number("1.2E+18"), "1200000000000000000");
    EXPECT_EQ(xlsx_number("-3"), "-3");
    EXPECT_EQ(xlsx_number("1234567890123456789"), "1234567890123456789");
    EXPECT_EQ(xlsx_number("-0.0"), "-0");
    EXPECT_EQ(xlsx_number("x"), "x");
    EXPECT_EQ(xlsx_date(1, false), "1900-01-01 00:00:00");
    EXPECT_EQ(xlsx_date(61, false), "1900-03-01 00:00:00");
    EXPECT_EQ(xlsx_date(46054.4375, false), "2026-02-01 10:30:00");
    EXPECT_EQ(xlsx_date(0, true), "1904-01-01 00:00:00");
    EXPECT_EQ(xlsx_date(-1, false), "");
    EXPECT_EQ(xlsx_date(9e9, false), "");
    for (const char* code : {"yyyy-mm-dd", "m/d/yy h:mm", "[h]:mm:ss", "yyyy\"年\"m\"月\""})
        EXPECT_TRUE(is_xlsx_date_format(code)) << code;
    for (const char* code : {"General", "0.00", "#,##0.00_);[Red](#,##0.00)", "\"d\"0", "0\\d", "[$-804]0"})
        EXPECT_FALSE(is_xlsx_date_format(code)) << code;
}

TEST_F(Xlsx, BombsAndBrokenFilesAreRefused) {
    const std::string head =
        "<?xml version=\"1.0\"?><workbook><sheets><sheet r:id=\"x\" xmlns:r=\"r\"/></sheets></workbook>";
    const auto sheet = [&](const std::string& inner) {
        return archive({{"xl/workbook.xml", head},
                        {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + inner + "</sheetData></worksheet>"}});
    };
    EXPECT_EQ(MUST(read(sheet("<row><c t=\"inlineStr\"><is><t>x</t></is></c></row>"))), (Rows{{1, {"x"}}}));
    XlsxLimits small;
    small.part_bytes_max = 1'000'000;
    EXPECT_EQ(read(sheet(std::string(2'000'000, ' ')), small).error().code, ErrorCode::PayloadTooLarge);
    EXPECT_EQ(read(sheet("<row><c t=\"str\"><v>" + std::string(70'000, 'x') + "</v></c></row>")).error().code,
              ErrorCode::PayloadTooLarge);
    EXPECT_EQ(read(sheet("<row><c r=\"ZZZZ1\"><v>1</v></c></row>")).error().code, ErrorCode::PayloadTooLarge);
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    EXPECT_EQ(read(sheet(deep)).error().code, ErrorCode::PayloadTooLarge);
    EXPECT_EQ(read(sheet("<row>")).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(read(archive({{"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>"}})).error().code,
              ErrorCode::UnsupportedFormat);
    EXPECT_EQ(read(archive({{"readme.txt", "x"}})).error().code, ErrorCode::UnsupportedFormat);
    EXPECT_EQ(read("name,value\n").error().code, ErrorCode::UnsupportedFormat);
    EXPECT_EQ(read("PK\x03\x04 and no more").error().code, ErrorCode::Corrupt);
    small.strings_bytes_max = 100;
    EXPECT_EQ(read(archive({{"xl/workbook.xml", head},
                            {"xl/sharedStrings.xml", "<sst><si><t>" + std::string(200, 'x') + "</t></si></sst>"}}),
                   small)
                  .error()
                  .code,
              ErrorCode::PayloadTooLarge);
}

RC_GTEST_FIXTURE_PROP(Xlsx, WhatIsWrittenIsRead, ()) {
    const auto cells = *rc::gen::container<std::vector<std::string>>(
        rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange(' ', '~'))));
    RC_PRE(!cells.empty() && cells.size() < 100);
    const std::string bytes = made([&](lxw_workbook*, lxw_worksheet* sheet) {
        for (std::size_t i = 0; i < cells.size(); ++i)
            worksheet_write_string(sheet, static_cast<lxw_row_t>(i / 4), static_cast<lxw_col_t>(i % 4),
                                   cells[i].c_str(), nullptr);
    });
    std::vector<std::string> all;
    for (const auto& [number, row] : MUST(read(bytes))) all.insert(all.end(), row.begin(), row.end());
    RC_ASSERT(all == cells);
    // Damaged anywhere, it is refused or read, never worse.
    std::string broken = bytes;
    broken[*rc::gen::inRange<std::size_t>(0, broken.size())] ^= static_cast<char>(*rc::gen::inRange(1, 255));
    (void)read(broken);
}

}  // namespace
}  // namespace tilth
