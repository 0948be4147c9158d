#pragma once
// The parameter file (chain.toml) as values: every rate by which the consumers of the demonstration chain behave. The
// comments there say what each one means. Plain values; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tilth::chain {

struct Range {
    double from = 0;
    double to = 0;
};

struct Region {
    std::string name;
    double share = 0;
    std::vector<std::string> cities;
};
struct Governance {
    std::string mode;
    std::string ownership;
    double share = 0;
};
struct Holiday {
    std::string name;
    std::vector<std::pair<Day, Day>> days;  // both included
    double till = 1;
    double online = 1;
};
struct Promotion {
    std::string name;
    int from = 0;  // month × 100 + day
    int to = 0;
    double uplift = 1;
    double discount = 1;
};
struct Category {
    std::string code;
    std::string name;
    int from_month = 0;  // of the child's age, included
    int to_month = 0;    // excluded
    double weight = 1;
    int items = 1;
    Range price;  // yuan
};
// The cause that the stores differ by: who is called on within seven days stays more often.
struct FollowUp {
    int good_stores = 0;
    int bad_stores = 0;
    double rate_good = 0;
    double rate_ordinary = 0;
    double rate_bad = 0;
    int within_days = 7;
    double stay = 0;
    double lift = 0;
    double strayed = 0;
};
struct Members {
    double before_share = 0;
    int before_days = 0;
    double first_purchase = 0;
    int child_from = 0;
    int child_to = 0;
    double child_told = 0;
    double consent = 0;
    double referred = 0;
    std::vector<double> classes;
    std::vector<double> rates;
    double leaving = 0;
};
struct Persons {
    std::string phone_prefix;
    std::string card_prefix;
    std::vector<std::string> surnames;
    std::vector<std::string> given;
    double female = 0;
};
struct Voucher {
    std::string code;
    std::string name;
    double price = 0;
    double list = 0;
};

// What is set up in Tilth beside the data; the rule in the language's Chinese text form.
struct DeclaredEvent {
    std::string name;
    std::string title;
    std::vector<std::pair<std::string, std::string>> fields;  // name, kind
};
struct TagRule {
    std::string name;
    std::string tag_class;
    std::string description;
    std::string rule;
};
struct SegmentRule {
    std::string name;
    std::string description;
    std::string rule;
};

struct Parameters {
    std::int64_t seed = 0;
    int members = 0;
    int days = 0;
    int stores = 0;
    int guides = 0;
    std::int64_t zone_minutes = 0;
    std::string store_suffix;
    std::vector<Region> regions;
    std::vector<std::string> quarters;
    std::vector<Governance> governance;
    Range store_size;
    Persons person;
    Members member;
    FollowUp follow_up;
    double basket_more = 0;
    std::vector<double> basket_pieces;
    double member_discount = 1;
    double own_guide = 0;
    double mini_program_share = 0;
    double voucher_share = 0;
    double anonymous_till = 0;
    double anonymous_voucher = 0;
    double visitors = 0;
    double visitor_visits = 0;
    double returns_share = 0;
    int returns_days = 1;
    std::vector<double> weekday;
    std::vector<double> hours;
    int open_hour = 0;
    double visit = 0;
    double pages = 0;
    double to_cart = 0;
    double looked_before = 0;
    Voucher voucher;
    std::vector<Holiday> holidays;
    std::vector<Promotion> promotions;
    std::vector<Category> categories;
    std::vector<DeclaredEvent> event_types;
    std::vector<TagRule> tags;
    std::vector<SegmentRule> segments;
};

// Invalid names the parameter that is missing or out of its bounds.
Result<Parameters> read_parameters(std::string_view toml, const std::string& name);

}  // namespace tilth::chain
