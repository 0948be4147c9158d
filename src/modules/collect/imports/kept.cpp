#include "modules/collect/imports/kept.h"

#include "modules/collect/imports/import.h"
#include "modules/collect/imports/spool.h"

namespace tilth::collect {

namespace {

// An imported file and the parts that it came in.
struct Files {
    ImportId import;
    std::vector<std::pair<ImportId, std::int64_t>> pieces;
};

Result<std::optional<Files>> files_after(kernel::View& view, const std::string& position) {
    const ImportId before = position.empty() ? ImportId{} : TRY(ImportId::parse(position));
    const auto found = TRY(view.sql().one(
        "SELECT id, chunks FROM import_file WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT 1",
        {view.tenant(), before}, [](const sql::Row& row) { return std::pair(row.id<ImportId>(0), row.i64(1)); }));
    if (!found) return std::optional<Files>();
    Files files{found->first, {*found}};
    for (const store::Part& part : TRY(store::parts(view.sql(), view.tenant(), found->first)))
        files.pieces.emplace_back(part.file, part.chunks);
    return std::optional(std::move(files));
}

// One file a look; it is written while nothing else writes it, and its content stays.
Result<kernel::KeptPlace::Look> look_at_files(kernel::Kernel& kernel, const kernel::Context& context,
                                              const std::string& position) {
    const auto files = TRY(kernel.record.read<std::optional<Files>>(
        context, [&](kernel::View& view) { return files_after(view, position); }));
    kernel::KeptPlace::Look look;
    if (!files) return look;
    look.next = files->import.str();
    look.seen = 1;
    for (const auto& [file, chunks] : files->pieces)
        if (TRY(Spool(kernel, context.tenant, file).renew(chunks))) look.old = 1;
    return look;
}

}  // namespace

void keep_places(kernel::Kernel& kernel) {
    for (const kernel::KeptColumn& column : std::initializer_list<kernel::KeptColumn>{
             {.table = "held_event", .column = "sealed", .number = "number", .purpose = "held_event"},
             {.table = "refused_event", .column = "sealed", .number = "number", .purpose = "refused_event"},
             {.table = "import_reject",
             .column = "sealed",
             .number = "line",
             .owner = "import_id",
             .purpose = "import_reject"},
             {.table = "forget_ticket", .column = "sealed", .number = "number", .purpose = "forget_ticket"},
             {.table = "feed", .column = "sealed", .number = "number", .purpose = "feed_secret"},
             {.table = "webhook", .column = "secret", .number = "number", .purpose = "webhook_secret"},
             {.table = "partner_secret",
             .column = "sealed",
             .number = "number",
             .owner = "key_id",
             .purpose = "partner_secret"}})
        kernel.vault.keep(column);
    kernel::KeptPlace files;
    files.name = "imported_files";
    files.size = [&kernel](const kernel::Context& context) {
        return kernel.record.read<std::int64_t>(context, [](kernel::View& view) -> Result<std::int64_t> {
            return TRY(view.sql().one("SELECT count(*) FROM import_file WHERE tenant_id = ?1", {view.tenant()},
                                      [](const sql::Row& row) { return row.i64(0); }))
            .value_or(0);
        });
    };
    files.look = [&kernel](const kernel::Context& context, const std::string& position) {
        return look_at_files(kernel, context, position);
    };
    kernel.vault.keep(std::move(files));
}

}  // namespace tilth::collect
