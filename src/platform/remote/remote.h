#pragma once
// Folders of files that somebody else fills: on this machine, or on an SFTP server. Reading only. One thread; blocking,
// with a bound on time and on bytes. Errors: NotFound, Forbidden (the server refuses who asks, or is not the one that
// was pinned), Unavailable (no connection), Timeout, PayloadTooLarge, StorageFailed.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace tilth::remote {

struct Entry {
    std::string name;
    std::uint64_t bytes = 0;
    std::int64_t modified_s = 0;  // by the clock of whoever keeps the folder
};

class Folder {
public:
    virtual ~Folder() = default;
    virtual Result<std::vector<Entry>> list() = 0;  // files alone, sorted by name
    virtual Result<std::string> fetch(const std::string& name, std::uint64_t bytes_max) = 0;
};

// NotFound when it is asked and does not exist.
std::unique_ptr<Folder> local_folder(std::string path);

struct SftpLogin {
    std::string host;
    int port = 22;
    std::string user;
    std::string password;     // or
    std::string private_key;  // PEM or OpenSSH text
    std::string host_key;     // SHA-256 of the server's key, 64 hexadecimal digits; empty: any server (see found_key)
    std::string folder = ".";
    std::int64_t timeout_ms = 15'000;
};
class SftpFolder : public Folder {
public:
    // SHA-256 of the key that the server has shown, 64 hexadecimal digits.
    virtual const std::string& found_key() const = 0;
};
Result<std::unique_ptr<SftpFolder>> open_sftp(const SftpLogin& login);

}  // namespace tilth::remote
