// Spreadsheets through the spool: made here byte by byte, so that no binary lies in the repository.

#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"
#include "modules/collect/imports/row_stream.h"

namespace tilth::collect {
namespace {

std::uint32_t crc32_of(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFu;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
    }
    return ~crc;
}

std::string little(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFFu);
    return out;
}

// An archive of stored parts (APPNOTE.TXT 4.3).
std::string archive(const std::vector<std::pair<std::string, std::string>>& parts) {
    std::string out;
    std::string directory;
    for (const auto& [name, text] : parts) {
        const std::string common = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                                   little(crc32_of(text), 4) + little(text.size(), 4) + little(text.size(), 4) +
                                   little(name.size(), 2) + little(0, 2);
        directory += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                     little(out.size(), 4) + name;
        out += "PK\x03\x04" + common + name + text;
    }
    const std::size_t begin = out.size();
    return out + directory + "PK\x05\x06" + little(0, 4) + little(parts.size(), 2) + little(parts.size(), 2) +
           little(directory.size(), 4) + little(begin, 4) + little(0, 2);
}

std::string sheet(const std::string& rows) {
    return archive({{"xl/workbook.xml", "<workbook><sheets><sheet name=\"a\"/></sheets></workbook>"},
                    {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}});
}

std::string cell(const std::string& text) { return "<c t=\"inlineStr\"><is><t>" + text + "</t></is></c>"; }

TEST(Sheets, ASpreadsheetIsReadLikeAFileOfText) {
    kernel::testing::TestKernel kernel{sql::Engine::Sqlite, collect_module().migrations};
    const ImportId id =
        kernel.made<ImportId>([](kernel::Unit& unit) -> Result<ImportId> { return unit.new_id<ImportId>(); });
    std::string rows = "<row r=\"1\">" + cell("订单导出") + "</row><row r=\"3\">" + cell("订单号") +
                       cell("备注, \"引号\"") + cell("金额") + "</row>";
    for (int i = 0; i < 3'000; ++i) {
        rows += "<row r=\"" + std::to_string(i + 5) + "\">" + cell("D" + std::to_string(i)) +
                cell("一行\n两行, \"x\"") + "<c><v>49.899999999999999</v></c></row>";
    }
    Spool spool(*kernel, kernel.tenant_id(), id);
    const Spooled spooled = MUST(spool.write(sheet(rows)));
    EXPECT_TRUE(spooled.sheet);
    RowStream stream(*kernel, kernel.tenant_id(), id, spooled.chunks, 0, ',');
    EXPECT_EQ(MUST(stream.header()), (std::vector<std::string>{"订单号", "备注, \"引号\"", "金额"}));
    std::size_t read = 0;
    while (const auto row = MUST(stream.next())) {
        EXPECT_EQ(row->line, read + 5) << "the number of the row in the sheet";
        EXPECT_EQ(row->cells, (std::vector<std::string>{"D" + std::to_string(read), "一行 两行, \"x\"", "49.9"}));
        ++read;
    }
    EXPECT_EQ(read, 3'000u);
    EXPECT_EQ(spool.write(archive({{"a.txt", "x"}})).error().code, ErrorCode::UnsupportedFormat);
    EXPECT_TRUE(spool.remove());
}

TEST(Sheets, TheHeaderIsTheFirstRowThatIsNearlyAsWideAsTheWidest) {
    kernel::testing::TestKernel kernel{sql::Engine::Sqlite, collect_module().migrations};
    const auto header_of = [&](std::string_view text, int line) {
        const ImportId id =
            kernel.made<ImportId>([](kernel::Unit& unit) -> Result<ImportId> { return unit.new_id<ImportId>(); });
        const Spooled spooled = MUST(Spool(*kernel, kernel.tenant_id(), id).write(text));
        RowStream stream(*kernel, kernel.tenant_id(), id, spooled.chunks, line);
        return MUST(stream.header());
    };
    const std::string_view text = "门店销售表,,,\n导出时间,2026-02-01,,\n\n单号,时间,,金额\nA1,2026-02-01,x,3\n";
    EXPECT_EQ(header_of(text, 0), (std::vector<std::string>{"单号", "时间", "", "金额"}));
    EXPECT_EQ(header_of(text, 5), (std::vector<std::string>{"A1", "2026-02-01", "x", "3"}));
    EXPECT_EQ(header_of("a\n1\n", 0), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace tilth::collect
