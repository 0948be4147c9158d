#pragma once
// An imported file at rest: UTF-8 text in sealed pieces of at most a MiB, so that no personal value of it lies in clear
// in the data directory. Written once, read in order, removed with the import.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "modules/collect/api.h"
#include "platform/text/encoding.h"

namespace tilth::collect {

struct Spooled {
    Encoding encoding = Encoding::Utf8;
    std::int64_t chunks = 0;
    std::int64_t bytes = 0;      // of the text
    bool sheet = false;          // a spreadsheet, kept as comma-separated text
    std::uint64_t replaced = 0;  // bytes that did not belong to the encoding
};

std::string_view encoding_name(Encoding encoding);  // "GB18030"

class Spool {
public:
    Spool(kernel::Kernel& kernel, TenantId tenant, ImportId import);
    // From the file's bytes as they came (gzip and .xlsx allowed). PayloadTooLarge, UnsupportedFormat, Corrupt.
    Result<Spooled> write(std::string_view bytes);
    Status remove();
    Result<bool> exists() const;
    // Writes the file anew, in as many pieces: fn yields what takes the place of each. The old file stands until the
    // new one is whole.
    Status rewrite(std::int64_t chunks, const std::function<std::string(std::string_view piece, bool last)>& fn);
    // Writes the file anew when a piece of it stands under a former generation of the tenant's key; whether it did.
    Result<bool> renew(std::int64_t chunks);

    // The text in order, piece by piece; nothing after the last.
    class Reader {
    public:
        Reader(Spool& spool, std::int64_t chunks) : spool_(spool), chunks_(chunks) {}
        Result<std::optional<std::string>> next();
        std::int64_t chunk() const { return chunk_; }
        std::int64_t chunks() const { return chunks_; }

    private:
        Spool& spool_;
        std::int64_t chunks_;
        std::int64_t chunk_ = 0;
        std::uint64_t at_ = 0;
        std::unique_ptr<files::File> file_;
    };

private:
    Status rewrite_alone(std::int64_t chunks, const std::function<std::string(std::string_view, bool)>& fn);
    Result<bool> is_newest(std::int64_t chunks);
    Result<Spooled> write_sheet(std::string_view bytes);
    std::string path() const;
    std::string purpose(std::int64_t chunk) const;
    kernel::Kernel& kernel_;
    TenantId tenant_;
    ImportId import_;
};

}  // namespace tilth::collect
