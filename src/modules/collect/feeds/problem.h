#pragma once
// What went wrong with a feed, as every other refusal: which field of the feed (or of the file) it is about, why and
// what to do, in Chinese and in English. It stands as JSON in the record; a row of before was plain English and stays.

#include <string>

#include "base/error.h"
#include "modules/collect/feeds/feed.h"

namespace tilth::collect::feeds {

enum class Stage : std::uint8_t { Open, List, Fetch, Read };  // Read: the bytes are here, but are no file for an import

// `kind`: of the feed. An error that names its field itself keeps its words.
FieldError problem_of(std::string_view kind, Stage stage, const Error& error);
// An answer other than 200.
FieldError problem_of_status(int status);

// `file` may be empty. A text for the record, and what of it somebody reads who speaks Chinese (or English):
// "odd.csv: 缺少必填列「门店编码」。在导入页选择列映射。"
std::string encode(const std::string& file, const FieldError& problem);
std::string said(const std::string& stored, bool zh);

}  // namespace tilth::collect::feeds
