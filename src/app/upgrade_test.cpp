// a record of an earlier schema, full of rows, is brought up to this program's: nothing changes that stood in it,
// an interrupted upgrade goes on, and the way back is refused with a sentence.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "app/registry.h"
#include "base/rng.h"
#include "platform/crypto/crypto.h"
#include "platform/sql/testing.h"

namespace tilth::app {
namespace {

constexpr Instant kNow{1'772'330'400'000};
constexpr int kRows = 25;

struct Column {
    std::string name;
    std::string type;
};
using Tables = std::map<std::string, std::vector<Column>>;

// Tables that a later file drops, and the one that holds what stood in their columns from then on.
const std::map<std::string, std::string> kSuccessors{{"tenant_key", "key_generation"}};

// Our own dialect, one column a line: the words between CREATE TABLE … ( and ), and ALTER TABLE … ADD COLUMN.
void read_tables(std::string_view statements, Tables& tables) {
    static const std::vector<std::string> kTypes{"id16", "i64", "txt", "bin", "flag", "instant"};
    const auto take = [&](const std::string& table, std::istream& words) {
        Column column;
        words >> column.name >> column.type;
        if (!column.type.empty() && column.type.back() == ',') column.type.pop_back();
        if (!column.type.empty() && column.type.back() == ';') column.type.pop_back();
        if (std::find(kTypes.begin(), kTypes.end(), column.type) != kTypes.end()) tables[table].push_back(column);
    };
    std::istringstream lines{std::string(statements)};
    std::string table;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        std::string second;
        std::string third;
        words >> first >> second >> third;
        if (first == "CREATE" && second == "TABLE") {
            table = third;
            continue;
        }
        if (first == "DROP" && second == "TABLE") {
            if (third.ends_with(';')) third.pop_back();
            tables.erase(third);
            continue;
        }
        if (first == "ALTER" && second == "TABLE") {
            std::string add;
            std::string column;
            words >> add >> column;
            take(third, words);
        } else if (first.starts_with(")") || first.starts_with("CREATE")) {
            table.clear();
        } else if (!table.empty()) {
            std::istringstream again(line);
            take(table, again);
        }
    }
}

class UpgradeTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void SetUp() override { crypto::crypto_init(); }

    // Those that stood when every module had one file less, but at least its first.
    static std::vector<sql::Migration> earlier(bool only_first) {
        const auto all = all_migrations();
        std::map<std::string_view, int> newest;
        std::map<std::string_view, int> first;
        for (const auto& one : all) {
            newest[one.module] = std::max(newest[one.module], one.number);
            first.emplace(one.module, one.number);
        }
        std::vector<sql::Migration> some;
        for (const auto& one : all) {
            const bool is_first = one.number == first[one.module];
            if (is_first || (!only_first && one.number < newest[one.module])) some.push_back(one);
        }
        return some;
    }

    void fill(const Tables& tables) {
        MUST(writer_->begin());
        for (const auto& [table, columns] : tables) {
            std::string names;
            std::string places;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                names += (i == 0 ? "" : ", ") + columns[i].name;
                places += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
            }
            const std::string statement = "INSERT INTO " + table + " (" + names + ") VALUES (" + places + ")";
            for (int row = 1; row <= kRows; ++row) insert(statement, columns, row);
        }
        MUST(writer_->commit());
    }
    void insert(const std::string& statement, const std::vector<Column>& columns, int row) {
        std::vector<std::string> texts(columns.size());
        std::vector<sql::Param> params;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string& type = columns[i].type;
            if (type == "id16" || type == "bin") {
                while (texts[i].size() < 16) {
                    const std::uint64_t word = rng_.next();
                    texts[i].append(reinterpret_cast<const char*>(&word), sizeof word);
                }
                params.emplace_back(sql::Blob{texts[i]});
            } else if (type == "txt") {
                texts[i] = "第" + std::to_string(row) + "行 " + std::to_string(i);
                params.emplace_back(std::string_view(texts[i]));
            } else if (type == "flag") {
                params.emplace_back(row % 2 == 0);
            } else {
                params.emplace_back(std::int64_t{row} * 1'000 + static_cast<std::int64_t>(i));
            }
        }
        const Status done = writer_->write(statement, params);
        ASSERT_TRUE(done) << statement << ": " << done.error().detail;
    }

    // Every value of every row in the columns that stood then, as one hash per table. `dropped`: looked up where they
    // went.
    std::map<std::string, std::string> hashes(const Tables& tables, const std::vector<std::string>& dropped = {}) {
        std::map<std::string, std::string> found;
        for (const auto& [table, columns] : tables) {
            std::vector<std::string> rows;
            std::string names;
            for (const auto& column : columns) names += (names.empty() ? "" : ", ") + column.name;
            const bool gone = std::find(dropped.begin(), dropped.end(), table) != dropped.end();
            const std::string statement = "SELECT " + names + " FROM " + (gone ? kSuccessors.at(table) : table);
            MUST(writer_->query(statement, {}, [&](const sql::Row& row) {
                std::string text;
                for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
                    const std::string& type = columns[static_cast<std::size_t>(i)].type;
                    text += type == "id16" || type == "bin" ? std::string(row.bin(i))
                            : type == "txt"                 ? std::string(row.txt(i))
                                                            : std::to_string(row.i64(i));
                    text += '\x1f';
                }
                rows.push_back(std::move(text));
                return true;
            }));
            std::sort(rows.begin(), rows.end());
            EXPECT_EQ(rows.size(), static_cast<std::size_t>(kRows)) << table;
            crypto::Hasher hasher;
            for (const auto& row : rows) hasher.add(row);
            found[table] = crypto::hex(crypto::view(hasher.finish()));
        }
        return found;
    }

    void upgrade_from(bool only_first) {
        const auto before = earlier(only_first);
        const auto all = all_migrations();
        ASSERT_LT(before.size(), all.size());
        MUST(sql::migrate(*writer_, before, kNow));
        Tables tables;
        for (const auto& one : before) read_tables(one.statements, tables);
        ASSERT_GE(tables.size(), 20u);
        fill(tables);
        const auto stood = hashes(tables);
        Tables later;
        for (const auto& one : all) read_tables(one.statements, later);
        std::vector<std::string> dropped;
        for (const auto& [table, columns] : tables) {
            if (!later.contains(table)) dropped.push_back(table);
        }
        interrupt_each(before, all);
        const int missing = static_cast<int>(all.size() - before.size());
        EXPECT_LE(MUST(sql::migrate(*writer_, all, kNow)), missing);
        EXPECT_EQ(hashes(tables, dropped), stood);
        EXPECT_EQ(MUST(sql::migrate(*writer_, all, kNow)), 0);

        const auto back = sql::migrate(*writer_, before, kNow);
        ASSERT_FALSE(back);
        EXPECT_EQ(back.error().code, ErrorCode::Conflict);
        EXPECT_NE(back.error().detail.find("newer"), std::string::npos) << back.error().detail;
        EXPECT_EQ(hashes(tables, dropped), stood) << "a refusal changes nothing";
    }

    // The process ends within each file that is missing: after its last statement, before its commit.
    void interrupt_each(const std::vector<sql::Migration>& before, const std::vector<sql::Migration>& all) {
        std::vector<sql::Migration> so_far = before;
        for (const auto& one : all) {
            const auto same = [&](const sql::Migration& other) {
                return other.module == one.module && other.number == one.number;
            };
            if (std::any_of(before.begin(), before.end(), same)) continue;
            MUST(writer_->begin());
            // A file builds on those of its module before it.
            for (const auto& two : all) {
                const bool stands = std::any_of(so_far.begin(), so_far.end(), [&](const sql::Migration& other) {
                    return other.module == two.module && other.number == two.number;
                });
                if (two.module != one.module || two.number >= one.number || stands) continue;
                MUST(writer_->script(sql::expand_dialect(two.statements, GetParam())));
            }
            MUST(writer_->script(sql::expand_dialect(one.statements, GetParam())));
            writer_.reset();
            writer_ = record_.open();
            // Half of them are then applied alone, so that an upgrade is also found half done.
            if (so_far.size() % 2 == 0) continue;
            std::vector<sql::Migration> some;
            for (const auto& two : all) {
                const auto known = [&](const sql::Migration& other) {
                    return other.module == two.module && other.number == two.number;
                };
                if (same(two) || std::any_of(so_far.begin(), so_far.end(), known)) some.push_back(two);
            }
            if (sql::migrate(*writer_, some, kNow)) so_far = some;
        }
    }

    sql::testing::FreshRecord record_{GetParam()};
    std::unique_ptr<sql::Connection> writer_ = record_.open();
    SeededRng rng_{17};
};
INSTANTIATE_TEST_SUITE_P(Engines, UpgradeTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST_P(UpgradeTest, FromTheSchemaBeforeThis) { upgrade_from(false); }
TEST_P(UpgradeTest, FromTheFirstSchema) { upgrade_from(true); }

}  // namespace
}  // namespace tilth::app
