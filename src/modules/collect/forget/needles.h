#pragma once
// Whether a text names a person who is to be forgotten. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tilth::collect {

// What the person was known by, normalised ("+8613800138000", "a@b.cn", "C-10086"). A key of fewer than five
// characters, or of fewer than seven digits and nothing else, is no needle: an amount in somebody else's row would look
// the same.
class Needles {
public:
    explicit Needles(const std::vector<std::string>& keys);
    bool none() const { return phones_.empty() && words_.empty(); }
    // Phones as people write them ("138 0013 8000", "0086-138…"), the rest whole and without regard to case.
    bool in(std::string_view text) const;

private:
    std::vector<std::string> phones_;  // national digits
    std::vector<std::string> words_;   // lower case
};

// Cuts records out of a text that comes in pieces; every line keeps its number. A record is a line, or several when a
// cell in quotes runs over its end.
class LineCutter {
public:
    explicit LineCutter(const Needles& needles) : needles_(needles) {}
    // What takes the piece's place. The last piece also yields what was kept back of those before.
    std::string feed(std::string_view piece, bool last);
    std::int64_t cut() const { return cut_; }

private:
    void settle(std::string& out);
    const Needles& needles_;
    std::string line_;    // not ended yet
    std::string record_;  // whole lines of a record that is not ended yet
    int lines_ = 0;       // in record_
    bool quoted_ = false;
    std::int64_t cut_ = 0;
};

}  // namespace tilth::collect
