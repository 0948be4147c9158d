#include <gtest/gtest.h>

#include "platform/sql/internal.h"
#include "platform/sql/lexer.h"
#include "platform/sql/sql.h"

namespace tilth::sql {
namespace {

std::string sqlite(std::string_view text) { return expand_dialect(text, Engine::Sqlite); }
std::string postgres(std::string_view text) { return expand_dialect(text, Engine::Postgres); }

TEST(Dialect, EveryColumnWordOnBothEngines) {
    constexpr std::string_view kText = "CREATE TABLE t (a id16, b i64, c txt, d bin, e flag, f instant);";
    EXPECT_EQ(sqlite(kText), "CREATE TABLE t (a BLOB, b INTEGER, c TEXT, d BLOB, e INTEGER, f INTEGER) STRICT;");
    EXPECT_EQ(postgres(kText),
              "CREATE TABLE t (a BYTEA, b BIGINT, c TEXT COLLATE \"C\", d BYTEA, e BIGINT, f BIGINT);");
}

TEST(Dialect, OnlyTypesAreReplaced) {
    constexpr std::string_view kText =
        "CREATE TABLE flag (flag flag NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)), \"bin\" bin,"
        " txt txt DEFAULT 'txt, i64', PRIMARY KEY (flag, txt)); CREATE INDEX txt ON flag (txt);";
    EXPECT_EQ(postgres(kText),
              "CREATE TABLE flag (flag BIGINT NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)), \"bin\" BYTEA,"
              " txt TEXT COLLATE \"C\" DEFAULT 'txt, i64', PRIMARY KEY (flag, txt)); CREATE INDEX txt ON flag (txt);");
}

TEST(Dialect, CommentsAndQuotesAreLeftAlone) {
    constexpr std::string_view kText =
        "-- a; i64 b\nCREATE TABLE t ( -- the key; txt\n a /* i64 */ i64,"
        " b txt DEFAULT 'it''s; CREATE TABLE u (x i64)');";
    EXPECT_EQ(sqlite(kText),
              "-- a; i64 b\nCREATE TABLE t ( -- the key; txt\n a /* i64 */ INTEGER,"
              " b TEXT DEFAULT 'it''s; CREATE TABLE u (x i64)') STRICT;");
}

TEST(Dialect, WithoutRowidIsForSqlite) {
    constexpr std::string_view kText = "create table if not exists t (a i64 primary key)WITHOUT/* x */ROWID; SELECT 1;";
    EXPECT_EQ(sqlite(kText),
              "create table if not exists t (a INTEGER primary key) STRICT, WITHOUT ROWID/* x */; SELECT 1;");
    EXPECT_EQ(postgres(kText).find("ROWID"), std::string::npos);
    EXPECT_TRUE(postgres(kText).ends_with("; SELECT 1;"));
}

TEST(Dialect, AddColumn) {
    EXPECT_EQ(sqlite("ALTER TABLE t ADD COLUMN txt txt NOT NULL DEFAULT '';"),
              "ALTER TABLE t ADD COLUMN txt TEXT NOT NULL DEFAULT '';");
    EXPECT_EQ(postgres("ALTER TABLE t ADD at instant"), "ALTER TABLE t ADD at BIGINT");
    EXPECT_EQ(postgres("ALTER TABLE i64 RENAME TO txt"), "ALTER TABLE i64 RENAME TO txt");
}

TEST(Dialect, TheLastStatementNeedsNoSemicolon) {
    EXPECT_EQ(sqlite("CREATE TABLE t (a i64)"), "CREATE TABLE t (a INTEGER) STRICT");
    EXPECT_EQ(sqlite(""), "");
    EXPECT_EQ(sqlite("CREATE TABLE t (a i64"), "CREATE TABLE t (a INTEGER STRICT");  // Broken text stays broken.
}

TEST(Lexer, TokensJoinToTheText) {
    constexpr std::string_view kText = "SELECT '?1', \"a\"\"b\", ?12 -- ?3\n/* ?4 */ FROM 数据 WHERE a>=?2 '";
    std::string joined;
    for (const auto& token : internal::tokens(kText)) joined += token.text;
    EXPECT_EQ(joined, kText);
}

TEST(Lexer, ParametersAreNumberedOutsideQuotesAndComments) {
    const auto numbered = internal::dollar_params("SELECT '?1', ?12, ?2 -- ?3\n/* ?4 */");
    EXPECT_EQ(numbered.text, "SELECT '?1', $12, $2 -- ?3\n/* ?4 */");
    EXPECT_EQ(numbered.params, 12);
}

}  // namespace
}  // namespace tilth::sql
