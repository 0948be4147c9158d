#pragma once
// How Sensors Data's libraries wrap their records: form fields (in a body or a query) with base64, perhaps gzip, and a
// check sum. Pure; any thread. README.md of this folder has the sources.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tilth::collect::sensors {

struct Field {
    std::string name;
    std::string value;  // percent-decoded; '+' stays '+', as base64 needs it
};
// At most 32 fields; one whose escapes are broken keeps its bytes.
std::vector<Field> form_fields(std::string_view body);

struct Opened {
    std::string json;   // one record or an array of them, when fault is empty
    std::string fault;  // "bad_body", "bad_crc", "encrypted", "too_large": why nothing can be read
};
// From the fields `data` or `data_list`, with `ext` or `crc` and `gzip`. What lies in the base64 decides, not the flag.
Opened open(const std::vector<Field>& fields, std::size_t bytes_max);

// Java's String.hashCode over ASCII text, as the libraries compute it over the base64.
std::int32_t check_sum(std::string_view text);

}  // namespace tilth::collect::sensors
