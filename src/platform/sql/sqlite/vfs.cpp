#include "platform/sql/sqlite/vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>

namespace tilth::sql {

namespace {

// Who holds what on one path; SQLite's five levels. Handles of a power-lost machine are simply closed.
struct Locks {
    int shared = 0;
    const void* reserved = nullptr;
    const void* pending = nullptr;
};

struct Shim {
    std::string name;
    std::atomic<files::FileSystem*> files{nullptr};
    std::mutex mutex;
    std::map<std::string, Locks> locks;
    sqlite3_vfs vfs{};
};

struct OpenFile {
    Shim* shim = nullptr;
    files::FileSystem* files = nullptr;
    std::unique_ptr<files::File> file;
    std::string path;
    bool new_entry = false;  // The directory does not yet name it for good.
    bool delete_on_close = false;
    int lock = SQLITE_LOCK_NONE;
};

// SQLite allocates szOsFile bytes for this.
struct Handle {
    sqlite3_file base;
    OpenFile* open;
};

OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }
Shim& shim_of(sqlite3_vfs* vfs) { return *static_cast<Shim*>(vfs->pAppData); }

int code_of(const Error& error, int io_error) { return error.code == ErrorCode::StorageFull ? SQLITE_FULL : io_error; }
int code_of(const Status& status, int io_error) { return status ? SQLITE_OK : code_of(status.error(), io_error); }

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

int lock_to(sqlite3_file* file, int level) {
    OpenFile& open = opened(file);
    if (open.lock >= level) return SQLITE_OK;
    const std::lock_guard guard(open.shim->mutex);
    Locks& locks = open.shim->locks[open.path];
    if (open.lock == SQLITE_LOCK_NONE) {
        if (locks.pending != nullptr) return SQLITE_BUSY;
        ++locks.shared;
        open.lock = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED) {
        if (locks.reserved != nullptr && locks.reserved != &open) return SQLITE_BUSY;
        locks.reserved = &open;
        open.lock = std::max(open.lock, SQLITE_LOCK_RESERVED);
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        locks.pending = &open;
        open.lock = SQLITE_LOCK_PENDING;
        if (locks.shared > 1) return SQLITE_BUSY;
        open.lock = SQLITE_LOCK_EXCLUSIVE;
    }
    return SQLITE_OK;
}

int unlock_to(sqlite3_file* file, int level) {
    OpenFile& open = opened(file);
    if (open.lock <= level) return SQLITE_OK;
    const std::lock_guard guard(open.shim->mutex);
    Locks& locks = open.shim->locks[open.path];
    if (locks.pending == &open) locks.pending = nullptr;
    if (locks.reserved == &open) locks.reserved = nullptr;
    if (level == SQLITE_LOCK_NONE) --locks.shared;
    open.lock = level;
    return SQLITE_OK;
}

int is_reserved(sqlite3_file* file, int* out) {
    OpenFile& open = opened(file);
    const std::lock_guard guard(open.shim->mutex);
    *out = open.shim->locks[open.path].reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
}

int close_file(sqlite3_file* file) {
    unlock_to(file, SQLITE_LOCK_NONE);
    const std::unique_ptr<OpenFile> open(&opened(file));
    open->file.reset();
    if (open->delete_on_close) (void)open->files->remove(open->path);
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    const auto wanted = static_cast<std::size_t>(amount);
    const auto bytes = opened(file).file->read_at(static_cast<std::uint64_t>(offset), wanted);
    if (!bytes) return SQLITE_IOERR_READ;
    std::memcpy(into, bytes->data(), bytes->size());
    if (bytes->size() == wanted) return SQLITE_OK;
    // SQLite requires the rest to be zeros.
    std::memset(static_cast<char*>(into) + bytes->size(), 0, wanted - bytes->size());
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(amount));
    return code_of(opened(file).file->write_at(static_cast<std::uint64_t>(offset), bytes), SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return code_of(opened(file).file->truncate(static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

// A file that is new in its directory is only safe when the directory is, too.
int sync_file(sqlite3_file* file, int) {
    OpenFile& open = opened(file);
    if (auto synced = open.file->sync(); !synced) return code_of(synced, SQLITE_IOERR_FSYNC);
    if (!open.new_entry) return SQLITE_OK;
    auto synced = open.files->sync_directory(directory_of(open.path));
    if (synced) open.new_entry = false;
    return code_of(synced, SQLITE_IOERR_DIR_FSYNC);
}

int size_file(sqlite3_file* file, sqlite3_int64* size) {
    const auto length = opened(file).file->size();
    if (!length) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(*length);
    return SQLITE_OK;
}

int no_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
// The same promise that SQLite assumes of real disks: a write does not harm the bytes beside it.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods only = [] {
        sqlite3_io_methods m{};
        m.iVersion = 1;
        m.xClose = close_file;
        m.xRead = read_file;
        m.xWrite = write_file;
        m.xTruncate = truncate_file;
        m.xSync = sync_file;
        m.xFileSize = size_file;
        m.xLock = lock_to;
        m.xUnlock = unlock_to;
        m.xCheckReservedLock = is_reserved;
        m.xFileControl = no_control;
        m.xSectorSize = sector_size;
        m.xDeviceCharacteristics = characteristics;
        return m;
    }();
    return &only;
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    if (path == nullptr) return SQLITE_CANTOPEN;  // Temporary files stay in memory.
    Shim& shim = shim_of(vfs);
    auto open = std::make_unique<OpenFile>();
    open->shim = &shim;
    open->files = shim.files;
    open->path = path;
    open->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    const auto there = open->files->exists(open->path);
    if (!there) return code_of(there.error(), SQLITE_CANTOPEN);
    open->new_entry = !*there;
    if (!*there && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    files::Open mode = (flags & SQLITE_OPEN_READWRITE) != 0 ? files::Open::ReadWrite : files::Open::Read;
    if ((flags & SQLITE_OPEN_CREATE) != 0) mode = files::Open::Create;
    auto made = open->files->open(open->path, mode);
    if (!made) return code_of(made.error(), SQLITE_CANTOPEN);
    open->file = std::move(*made);
    if (out_flags != nullptr) *out_flags = flags;
    reinterpret_cast<Handle*>(file)->open = open.release();
    file->pMethods = methods();
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    files::FileSystem& files = *shim_of(vfs).files;
    const auto there = files.exists(path);
    if (there && !*there) return SQLITE_IOERR_DELETE_NOENT;
    if (auto removed = files.remove(path); !removed) return code_of(removed, SQLITE_IOERR_DELETE);
    if (sync_directory == 0) return SQLITE_OK;
    return code_of(files.sync_directory(directory_of(path)), SQLITE_IOERR_DIR_FSYNC);
}

int access_file(sqlite3_vfs* vfs, const char* path, int, int* out) {
    const auto there = shim_of(vfs).files.load()->exists(path);
    if (!there) return SQLITE_IOERR_ACCESS;
    *out = *there ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    const std::size_t length = std::strlen(path);
    if (path[0] != '/' || length + 1 > static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::memcpy(out, path, length + 1);
    return SQLITE_OK;
}

// Randomness, sleep and time are the machine's.
sqlite3_vfs* machine() { return sqlite3_vfs_find("unix"); }
int randomness(sqlite3_vfs*, int size, char* out) { return machine()->xRandomness(machine(), size, out); }
int sleep_us(sqlite3_vfs*, int us) { return machine()->xSleep(machine(), us); }
int time_now(sqlite3_vfs*, double* out) { return machine()->xCurrentTime(machine(), out); }
int time_now_ms(sqlite3_vfs*, sqlite3_int64* out) { return machine()->xCurrentTimeInt64(machine(), out); }
int last_error(sqlite3_vfs*, int, char*) { return 0; }

void fill(Shim& shim) {
    sqlite3_vfs& vfs = shim.vfs;
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(Handle);
    vfs.mxPathname = 1024;
    vfs.zName = shim.name.c_str();
    vfs.pAppData = &shim;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep_us;
    vfs.xCurrentTime = time_now;
    vfs.xCurrentTimeInt64 = time_now_ms;
    vfs.xGetLastError = last_error;
}

}  // namespace

Status register_vfs(const std::string& name, files::FileSystem& files) {
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<Shim>> shims;
    const std::lock_guard guard(mutex);
    std::unique_ptr<Shim>& shim = shims[name];
    if (shim != nullptr) {
        shim->files = &files;
        return ok();
    }
    shim = std::make_unique<Shim>();
    shim->name = name;
    shim->files = &files;
    fill(*shim);
    if (sqlite3_vfs_register(&shim->vfs, 0) != SQLITE_OK) {
        return Error(ErrorCode::Internal, "the vfs cannot be registered: " + name);
    }
    return ok();
}

}  // namespace tilth::sql
