// The routes of a small module: what docs/guides/add_a_route.md explains, compiled and run.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include "kernel/api/toy_routes.h"
#include "kernel/testing/source.h"
#include "platform/text/phone.h"

// [types]
namespace tilth::toy {

enum class NoteKind : std::uint8_t { Idea, Promise };

struct NoteTag { static constexpr std::string_view kPrefix = "not"; };
using NoteId = Id<NoteTag>;

struct NewNote {                           // what the caller sends; types are the rules
    Text<1, 80> title;
    NoteKind kind = NoteKind::Idea;
    std::optional<Money> price;
};
API_STRUCT(NewNote, (title, kind, price))
Status check(const NewNote& note) {        // a rule over several fields
    if (note.kind == NoteKind::Promise && !note.price)
        return Error::invalid("price", "required_for_promise", "承诺须写明金额", "A promise names its price",
                              "填写金额", "Fill in the price");
    return ok();
}

struct NoteKey { NoteId id; };             // {id} of the path fills the field of that name
API_STRUCT(NoteKey, (id))

struct Note {
    NoteId id;
    std::string title;
    NoteKind kind = NoteKind::Idea;
    std::optional<Money> price;
};
API_STRUCT(Note, (id, title, kind, price))

}  // namespace tilth::toy

template <>
inline constexpr auto tilth::json::enum_values<tilth::toy::NoteKind> =
    std::to_array<tilth::json::EnumValue<tilth::toy::NoteKind>>({
        {tilth::toy::NoteKind::Idea, "idea", "想法", "Idea"},
        {tilth::toy::NoteKind::Promise, "promise", "承诺", "Promise"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::toy::NewNote> = std::to_array<tilth::json::FieldDoc>({
    {"title", "标题", "Title", "雨天借伞"},
    {"price", "金额", "Price"},
});
// [/types]

namespace tilth::toy {
namespace {

using kernel::Context;
using kernel::Method;
using kernel::Page;
using kernel::Unit;
using kernel::View;

struct ListNotes {
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
    std::vector<NoteKind> kind;
};
struct RenameNote {
    NoteId id;
    Text<1, 80> title;
};
struct SignIn {
    Text<1, 40> login;
    Secret password;
};
struct Me {
    std::string name;
    std::string permission;
};
struct Revealed {
    Phone phone;
};
API_STRUCT(ListNotes, (cursor, limit, kind))
API_STRUCT(RenameNote, (id, title))
API_STRUCT(SignIn, (login, password))
API_STRUCT(Me, (name, permission))
API_STRUCT(Revealed, (phone))

// [permissions]
constexpr kernel::Permission kNoteRead{"note.read", "查看便签", "Read notes"};
constexpr kernel::Permission kNoteWrite{"note.write", "编辑便签", "Edit notes"};
// [/permissions]

Note note_of(const sql::Row& row) {
    Note note{row.id<NoteId>(0), std::string(row.txt(1)), static_cast<NoteKind>(row.i64(2)), std::nullopt};
    if (!row.null(3)) note.price = Money{row.i64(3), MUST(Currency::parse(row.txt(4)))};
    return note;
}

Result<Note> find_note(View& view, const NoteKey& key) {
    auto note = TRY(view.sql().one("SELECT id, title, kind, minor, currency FROM toy_note "
                                   "WHERE tenant_id = ?1 AND id = ?2",
                                   {view.tenant(), key.id}, note_of));
    if (!note) return ErrorCode::NotFound;
    return *note;
}

Result<NoteKey> add_note(Unit& unit, const NewNote& note) {
    const NoteKey key{unit.new_id<NoteId>()};
    std::optional<std::int64_t> minor;
    std::optional<std::string> currency;
    if (note.price) minor = note.price->minor, currency = note.price->currency.str();
    TRY(unit.sql().write("INSERT INTO toy_note (tenant_id, id, title, kind, minor, currency) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         {unit.tenant(), key.id, note.title.str(), static_cast<int>(note.kind), minor, currency}));
    return key;
}

Result<Page<Note>> list_notes(View& view, const ListNotes& request) {
    NoteId after;
    if (request.cursor) after = NoteId::from_raw(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0]);
    const std::int64_t limit = kernel::page_rows(request.limit);
    Page<Note> page;
    page.items = TRY(view.sql().all("SELECT id, title, kind, minor, currency FROM toy_note "
                                    "WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                                    {view.tenant(), after, limit + 1}, note_of));
    if (page.items.size() > static_cast<std::size_t>(limit)) {
        page.items.pop_back();
        page.next = kernel::encode_cursor({page.items.back().id.raw()});
    }
    auto total = TRY(view.sql().one("SELECT count(*) FROM toy_note WHERE tenant_id = ?1", {view.tenant()},
                                    [](const sql::Row& row) { return row.i64(0); }));
    page.total = {total.value_or(0), kernel::TotalRelation::Eq};
    return page;
}

Result<kernel::None> rename_note(Unit& unit, const RenameNote& request) {
    const auto changed = TRY(unit.sql().change("UPDATE toy_note SET title = ?3 WHERE tenant_id = ?1 AND id = ?2",
                                               {unit.tenant(), request.id, request.title.str()}));
    if (changed == 0) return ErrorCode::NotFound;
    return kernel::None{};
}

Result<kernel::WithHeaders<Me>> sign_in(const Context&, const SignIn& request) {
    if (request.password.reveal() != "open sesame") return ErrorCode::Unauthenticated;
    return kernel::WithHeaders<Me>{{request.login.str(), "note.read"}, {{"Set-Cookie", "tilth=token; HttpOnly"}}};
}

}  // namespace

// [routes]
void add_note_routes(kernel::Api& api, std::atomic<int>& runs) {
    api.query<NoteKey, Note>(Method::Get, "/api/v1/notes/{id}", kNoteRead, find_note,
                             {.zh = "一张便签", .en = "One note", .rows = {"TOY-01"}, .tag = "toy"});
    api.query<ListNotes, Page<Note>>(Method::Get, "/api/v1/notes", kNoteRead, list_notes,
                                     {.zh = "便签列表", .en = "Notes", .rows = {"TOY-01"}, .tag = "toy"});
    api.command<NewNote, NoteKey>(
        Method::Post, "/api/v1/notes", kNoteWrite,
        [&runs](Unit& unit, const NewNote& note) -> Result<NoteKey> { return ++runs, add_note(unit, note); },
        {.zh = "新建便签", .en = "Write a note", .rows = {"TOY-01", "TOY-02"}, .tag = "toy"});
    // [/routes]
    api.command<RenameNote, kernel::None>(Method::Put, "/api/v1/notes/{id}", kNoteWrite, rename_note,
                                          {.zh = "改标题", .en = "Rename a note", .rows = {"TOY-02"}, .tag = "toy"});
    api.command<kernel::None, Revealed>(
        Method::Post, "/api/v1/reveal", kNoteWrite,
        [&runs](Unit&, const kernel::None&) -> Result<Revealed> {
            ++runs;
            return Revealed{TRY(Phone::parse("13800138000"))};
        },
        {.zh = "查看号码", .en = "Reveal", .tag = "toy"});
    api.action<SignIn, kernel::WithHeaders<Me>>(Method::Post, "/api/v1/sign_in", kernel::kPublic, sign_in,
                                                {.zh = "登录", .en = "Sign in", .tag = "session"});
    api.query<kernel::None, Me>(
        Method::Get, "/api/v1/me", kernel::kSignedIn,
        [](View& view, const kernel::None&) -> Result<Me> { return Me{view.context().actor.name, {}}; },
        {.zh = "我", .en = "Me", .tag = "session"});
    api.action<kernel::None, kernel::None>(
        Method::Post, "/api/v1/broken", kernel::kPublic,
        [](const Context&, const kernel::None&) -> Result<kernel::None> {
            return Error(ErrorCode::Internal, "a secret place");
        },
        {.zh = "坏掉", .en = "Broken"});
    api.raw(Method::Post, "/api/v1/files/{name...}", kNoteWrite,
            [](const Context&, http::Request& request, std::shared_ptr<http::Responder> responder) {
                responder->answer(http::Response::text(200, request.captures.at(0) + ":" + request.body));
            },
            {.zh = "上传", .en = "Upload", .rows = {"TOY-03"}, .tag = "toy", .request_type = "text/csv",
             .reply_type = "text/plain", .query = {{"dry_run", "试运行", "Dry run"}}});
    api.raw(Method::Post, "/api/v1/track", kernel::kWriteKey,
            [](const Context& context, http::Request&, std::shared_ptr<http::Responder> responder) {
                responder->answer(http::Response::text(200, context.tenant.empty() ? "no tenant" : "tenant"));
            },
            {.zh = "上报", .en = "Track", .tag = "toy", .request_type = "application/json", .cors = true});
}

namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return (std::stringstream() << file.rdbuf()).str();
}
std::string between(const std::string& text, const std::string& mark) {
    const std::string open = "// [" + mark + "]\n";
    const auto from = text.find(open) + open.size();
    const auto to = text.rfind('\n', text.find("// [/" + mark + "]"));
    return text.substr(from, to - from);
}

TEST(Guide, QuotesThisFile) {
    const auto root = kernel::testing::source_root();
    const std::string here = root / "src/kernel/api/toy_routes_test.cpp";
    const std::string guide = text_of(root / "docs/guides/add_a_route.md");
    for (const char* mark : {"types", "permissions", "routes"})
        EXPECT_NE(guide.find(between(text_of(here), mark)), std::string::npos)
            << "docs/guides/add_a_route.md does not quote [" << mark << "] as it stands in " << here;
}

}  // namespace
}  // namespace tilth::toy
