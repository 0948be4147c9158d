#include "chain/parameters.h"

#include <array>
#include <cmath>

#include "platform/config/toml.h"

namespace tilth::chain {

namespace {

using json::Value;

// Reads the members of one table; remembers the first that is missing or out of its bounds.
class Table {
public:
    Table(const Value& table, std::string name, Status& status)
        : table_(table), name_(std::move(name)), status_(status) {}

    void number(std::string_view key, double& into, double least, double most) {
        const double given = table_[key].number_or(std::nan(""));
        if (given >= least && given <= most) into = given;
        else refuse(key);
    }
    void share(std::string_view key, double& into) { number(key, into, 0, 1); }
    template <class Int>
    void whole(std::string_view key, Int& into, std::int64_t least, std::int64_t most) {
        const std::int64_t given = table_[key].i64_or(least - 1);
        if (given >= least && given <= most) into = static_cast<Int>(given);
        else refuse(key);
    }
    void text(std::string_view key, std::string& into) {
        into = table_[key].str();
        if (into.empty()) refuse(key);
    }
    void texts(std::string_view key, std::vector<std::string>& into) {
        for (const Value& one : table_[key].items()) into.emplace_back(one.str());
        if (into.empty()) refuse(key);
    }
    // "name kind" each; none is fine.
    void pairs(std::string_view key, std::vector<std::pair<std::string, std::string>>& into) {
        for (const Value& one : table_[key].items()) {
            const std::string both(one.str());
            const auto space = both.find(' ');
            if (space == std::string::npos) return refuse(key);
            into.emplace_back(both.substr(0, space), both.substr(space + 1));
        }
    }
    void numbers(std::string_view key, std::vector<double>& into, std::size_t count = 0) {
        for (const Value& one : table_[key].items()) into.push_back(one.number_or(-1));
        bool good = !into.empty() && (count == 0 || into.size() == count);
        for (const double one : into) good = good && one >= 0;
        if (!good) refuse(key);
    }
    void range(std::string_view key, Range& into) {
        std::vector<double> both;
        numbers(key, both, 2);
        if (both.size() == 2 && both[0] <= both[1]) into = {both[0], both[1]};
        else refuse(key);
    }
    Table table(std::string_view key) { return {table_[key], name_ + std::string(key) + ".", status_}; }
    template <class Fn>
    void each(std::string_view key, const Fn& fn) {
        if (table_[key].items().empty()) refuse(key);
        for (const Value& one : table_[key].items()) fn(Table(one, name_ + std::string(key) + ".", status_));
    }
    void refuse(std::string_view key) {
        if (!status_) return;
        status_ = Error::invalid(name_ + std::string(key), "missing_or_out_of_bounds", "缺少或超出范围",
                                 "Missing, or out of its bounds", "对照 tools/chain/chain.toml",
                                 "Compare with tools/chain/chain.toml");
    }

private:
    const Value& table_;
    std::string name_;
    Status& status_;
};

void read_places(Table& all, Parameters& p) {
    Table size = all.table("size");
    size.whole("members", p.members, 1, 5'000'000);
    size.whole("days", p.days, 1, 3'000);
    size.whole("stores", p.stores, 1, 999);
    size.whole("guides", p.guides, 1, 100'000);
    Table chain = all.table("chain");
    chain.whole("zone_minutes", p.zone_minutes, -720, 840);
    chain.text("store_suffix", p.store_suffix);
    all.each("region", [&](Table one) {
        Region& region = p.regions.emplace_back();
        one.text("name", region.name);
        one.share("share", region.share);
        one.texts("cities", region.cities);
    });
    all.table("quarter").texts("names", p.quarters);
    all.each("governance", [&](Table one) {
        Governance& mode = p.governance.emplace_back();
        one.text("mode", mode.mode);
        one.text("ownership", mode.ownership);
        one.share("share", mode.share);
    });
    Table store = all.table("store");
    store.number("size_from", p.store_size.from, 0.01, 100);
    store.number("size_to", p.store_size.to, p.store_size.from, 100);
}

void read_people(Table& all, Parameters& p) {
    Table person = all.table("person");
    person.text("phone_prefix", p.person.phone_prefix);
    if (p.person.phone_prefix.size() > 5) person.refuse("phone_prefix");
    person.text("card_prefix", p.person.card_prefix);
    person.texts("surnames", p.person.surnames);
    person.texts("given", p.person.given);
    person.share("female", p.person.female);
    Table member = all.table("member");
    member.share("before_share", p.member.before_share);
    member.whole("before_days", p.member.before_days, 1, 10'000);
    member.share("first_purchase", p.member.first_purchase);
    member.whole("child_from", p.member.child_from, -9, 200);
    member.whole("child_to", p.member.child_to, p.member.child_from, 200);
    member.share("child_told", p.member.child_told);
    member.share("consent", p.member.consent);
    member.share("referred", p.member.referred);
    member.numbers("classes", p.member.classes);
    member.numbers("rates", p.member.rates, p.member.classes.size());
    member.share("leaving", p.member.leaving);
    Table call = all.table("follow_up");
    call.whole("good_stores", p.follow_up.good_stores, 0, 999);
    call.whole("bad_stores", p.follow_up.bad_stores, 0, 999);
    call.share("rate_good", p.follow_up.rate_good);
    call.share("rate_ordinary", p.follow_up.rate_ordinary);
    call.share("rate_bad", p.follow_up.rate_bad);
    call.whole("within_days", p.follow_up.within_days, 1, 365);
    call.share("stay", p.follow_up.stay);
    call.share("lift", p.follow_up.lift);
    call.share("strayed", p.follow_up.strayed);
}

void read_sales(Table& all, Parameters& p) {
    Table basket = all.table("basket");
    basket.number("more", p.basket_more, 0, 0.95);
    basket.numbers("pieces", p.basket_pieces);
    basket.share("member_discount", p.member_discount);
    basket.share("own_guide", p.own_guide);
    Table channel = all.table("channel");
    channel.share("mini_program", p.mini_program_share);
    channel.share("douyin_voucher", p.voucher_share);
    Table anonymous = all.table("anonymous");
    anonymous.number("till_per_day", p.anonymous_till, 0, 1'000);
    anonymous.number("voucher_per_day", p.anonymous_voucher, 0, 1'000);
    anonymous.number("visitors", p.visitors, 0, 100);
    anonymous.number("visits", p.visitor_visits, 1, 100);
    Table returns = all.table("returns");
    returns.share("share", p.returns_share);
    returns.whole("within_days", p.returns_days, 1, 365);
    Table rhythm = all.table("rhythm");
    rhythm.numbers("weekday", p.weekday, 7);
    rhythm.numbers("hours", p.hours);
    rhythm.whole("open_hour", p.open_hour, 0, 23);
    if (p.open_hour + static_cast<int>(p.hours.size()) > 24) rhythm.refuse("hours");
    Table mini = all.table("mini_program");
    mini.share("visit", p.visit);
    mini.number("pages", p.pages, 0, 0.95);
    mini.share("to_cart", p.to_cart);
    mini.share("before", p.looked_before);
    Table voucher = all.table("voucher");
    voucher.text("code", p.voucher.code);
    voucher.text("name", p.voucher.name);
    voucher.number("price", p.voucher.price, 0.01, 100'000);
    voucher.number("list", p.voucher.list, p.voucher.price, 100'000);
}

void read_calendar(Table& all, Parameters& p) {
    all.each("holiday", [&](Table one) {
        Holiday& holiday = p.holidays.emplace_back();
        one.text("name", holiday.name);
        std::vector<std::string> spans;
        one.texts("days", spans);
        for (const std::string& span : spans) {
            const auto slash = span.find('/');
            const auto from = parse_day(span.substr(0, slash));
            const auto to = slash == std::string::npos ? from : parse_day(span.substr(slash + 1));
            if (from && to && *from <= *to) holiday.days.emplace_back(*from, *to);
            else one.refuse("days");
        }
        one.number("till", holiday.till, 0, 100);
        one.number("online", holiday.online, 0, 100);
    });
    all.each("promotion", [&](Table one) {
        Promotion& promotion = p.promotions.emplace_back();
        std::string from;
        std::string to;
        one.text("name", promotion.name);
        one.text("from", from);
        one.text("to", to);
        for (const auto& [text, into] : {std::pair(&from, &promotion.from), std::pair(&to, &promotion.to)}) {
            const auto day = parse_day("2024-" + *text);
            if (!day) return one.refuse("from");
            const CivilDate date = civil_from_day(*day);
            *into = date.month * 100 + date.day;
        }
        one.number("uplift", promotion.uplift, 0, 100);
        one.number("discount", promotion.discount, 0.01, 1);
    });
    all.each("category", [&](Table one) {
        Category& category = p.categories.emplace_back();
        one.text("code", category.code);
        one.text("name", category.name);
        one.whole("from_month", category.from_month, -9, 1'200);
        one.whole("to_month", category.to_month, category.from_month + 1, 1'200);
        one.number("weight", category.weight, 0.001, 1'000);
        one.whole("items", category.items, 1, 999);
        one.range("price", category.price);
    });
}

void read_setup(Table& all, Parameters& p) {
    all.each("event_type", [&](Table one) {
        DeclaredEvent& type = p.event_types.emplace_back();
        one.text("name", type.name);
        one.text("title", type.title);
        one.pairs("fields", type.fields);
    });
    all.each("tag", [&](Table one) {
        TagRule& tag = p.tags.emplace_back();
        one.text("name", tag.name);
        one.text("class", tag.tag_class);
        one.text("description", tag.description);
        one.text("rule", tag.rule);
    });
    all.each("segment", [&](Table one) {
        SegmentRule& segment = p.segments.emplace_back();
        one.text("name", segment.name);
        one.text("description", segment.description);
        one.text("rule", segment.rule);
    });
}

}  // namespace

Result<Parameters> read_parameters(std::string_view toml, const std::string& name) {
    const Value root = TRY(config::parse_toml(toml, name));
    Parameters p;
    Status status = ok();
    Table all(root, "", status);
    all.whole("seed", p.seed, 0, INT64_MAX);
    read_places(all, p);
    read_people(all, p);
    read_sales(all, p);
    read_calendar(all, p);
    read_setup(all, p);
    if (!status) return status.error();
    return p;
}

}  // namespace tilth::chain
