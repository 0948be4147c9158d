#include "modules/performance/affinity/affinity.h"

#include <algorithm>
#include <set>

namespace tilth::performance {

namespace {

constexpr std::size_t kKeptMax = 8;
constexpr std::size_t kRowsMax = 5'000'000;
constexpr std::int64_t kTimeoutMs = 30'000;
constexpr std::size_t kRulesOfOne = 50;
constexpr std::size_t kProposed = 10;
constexpr std::int64_t kTriedOn = 5'000;  // people of a back-test, at most twice as many

std::string number(std::int64_t value) { return std::to_string(value); }
std::int64_t whole(const columns::Cell& cell) {
    const auto* value = std::get_if<std::int64_t>(&cell);
    return value == nullptr ? 0 : *value;
}
std::int32_t small(const columns::Cell& cell) { return static_cast<std::int32_t>(whole(cell)); }
Day day(const columns::Cell& cell) { return Day{small(cell)}; }

// "p …, h …, w …": p what was bought, h what stood between a person and a product at the end of `as_of`, w who bought
// what in the kHorizon days after it.
std::string base_sql(std::int32_t tenant, Day as_of) {
    const std::string own = number(tenant);
    const std::string at = number(as_of.number);
    const std::string since = "(" + at + " - last)";
    return "WITH p AS (SELECT c.person, l.product, o.day, o.kind, l.items FROM lines l JOIN orders o ON o.tenant = "
           "l.tenant AND o.order_id = l.order_id JOIN customers c ON c.tenant = o.tenant AND c.customer = o.customer "
           "WHERE l.tenant = " + own + " AND o.tenant = " + own + " AND c.tenant = " + own +
           " AND c.known AND o.kind < 2 AND o.day <= " + at + " + " + number(kHorizon) +
           "), g AS (SELECT person, product, COUNT(DISTINCT day) FILTER (kind = 0) AS n, "
           "MIN(day) FILTER (kind = 0) AS first, MAX(day) FILTER (kind = 0) AS last FROM p WHERE day <= " + at +
           " GROUP BY person, product HAVING SUM(items) > 0 AND COUNT(*) FILTER (kind = 0) > 0), h AS (SELECT *, "
           "CASE WHEN n = 1 THEN CASE WHEN " + since + " < 15 THEN 0 WHEN " + since + " < 30 THEN 1 WHEN " + since +
           " < 60 THEN 2 WHEN " + since + " < 90 THEN 3 WHEN " + since + " < 180 THEN 4 ELSE 5 END ELSE 6 + CASE WHEN "
           "n = 2 THEN 0 WHEN n < 5 THEN 5 ELSE 10 END + CASE WHEN " + since + " * (n - 1) * 2 < last - first THEN 0 "
           "WHEN " + since + " * (n - 1) < last - first THEN 1 WHEN " + since + " * (n - 1) * 2 < (last - first) * 3 "
           "THEN 2 WHEN " + since + " * (n - 1) * 2 < (last - first) * 5 THEN 3 ELSE 4 END END AS class FROM g), "
           "w AS (SELECT DISTINCT person, product FROM p WHERE kind = 0 AND items > 0 AND day > " + at + ") ";
}

// People who belong to the nodes.
std::string home_sql(const Frame& frame) {
    return "SELECT person FROM customers WHERE tenant = " + number(frame.source.tenant) +
           " GROUP BY person HAVING BOOL_OR(" + node_condition("home", frame.nodes) + ")";
}

Result<columns::Table> ask(const Source& source, const std::string& text) {
    return source.columns->query(text, {}, kRowsMax, kTimeoutMs);
}

// As of a day whose horizon is over.
Result<AffinityModel> learn_at(const Source& source, Day as_of) {
    const std::string base = base_sql(source.tenant, as_of);
    std::array<ByProduct, kClasses> classes;
    const auto stood = TRY(ask(source, base + "SELECT CAST(h.class AS BIGINT), CAST(h.product AS BIGINT), COUNT(*), "
                                              "COUNT(w.person) FROM h LEFT JOIN w ON w.person = h.person AND w.product "
                                              "= h.product GROUP BY 1, 2"));
    std::unordered_map<std::int32_t, std::int64_t> owners;
    for (const auto& row : stood.rows) {
        classes[static_cast<std::size_t>(whole(row[0]))][small(row[1])] = {whole(row[2]), whole(row[3])};
        owners[small(row[1])] += whole(row[2]);
    }
    const auto everybody = TRY(ask(source, base + "SELECT COUNT(DISTINCT person) FROM h"));
    const std::int64_t people = everybody.rows.empty() ? 0 : whole(everybody.rows[0][0]);
    ByProduct fresh;
    const auto came = TRY(ask(source, base + "SELECT CAST(w.product AS BIGINT), COUNT(*) FROM w LEFT JOIN h ON "
                                             "h.person = w.person AND h.product = w.product WHERE h.person IS NULL AND "
                                             "w.person IN (SELECT person FROM h) GROUP BY 1"));
    for (const auto& row : came.rows) {
        const auto owned = owners.find(small(row[0]));
        fresh[small(row[0])] = {people - (owned == owners.end() ? 0 : owned->second), whole(row[1])};
    }
    const std::string recent = "SELECT person, product FROM h WHERE last > " + number(as_of.number - kRecent);
    std::unordered_map<std::int32_t, std::int64_t> bought;
    const auto counted = TRY(ask(source, base + "SELECT CAST(product AS BIGINT), COUNT(*) FROM (" + recent +
                                             ") GROUP BY 1"));
    for (const auto& row : counted.rows) bought[small(row[0])] = whole(row[1]);
    std::vector<Pair> pairs;
    const auto followed = TRY(ask(source, base + "SELECT CAST(r.product AS BIGINT), CAST(n.product AS BIGINT), "
                                                 "COUNT(*) FROM (" + recent + ") r JOIN "
                                                 "(SELECT w.person, w.product FROM w LEFT "
                                                 "JOIN h ON h.person = w.person AND h.product = w.product WHERE "
                                                 "h.person IS NULL) n ON n.person = r.person GROUP BY 1, 2 HAVING "
                                                 "COUNT(*) >= " + number(kSupport)));
    for (const auto& row : followed.rows) pairs.push_back({small(row[0]), small(row[1]), whole(row[2])});
    return learn(classes, pairs, bought, fresh);
}

Result<std::unordered_map<std::int32_t, Product>> products_at(const Source& source, Day as_of, bool named) {
    const auto rows = TRY(ask(source, base_sql(source.tenant, as_of) +
                                          "SELECT CAST(h.product AS BIGINT), COUNT(*)" +
                                          (named ? ", ANY_VALUE(t.key), ANY_VALUE(t.name)" : "") + " FROM h" +
                                          (named ? " JOIN term t ON t.tenant = " + number(source.tenant) +
                                                       " AND t.cut = " + number(static_cast<int>(Cut::Product)) +
                                                       " AND t.no = h.product"
                                                 : "") +
                                          " WHERE h.last > " + number(as_of.number - kRecent) + " GROUP BY 1"));
    std::unordered_map<std::int32_t, Product> found;
    for (const auto& row : rows.rows) {
        Product& one = found[small(row[0])];
        one.buyers = whole(row[1]);
        if (!named) continue;
        one.key = std::get<std::string>(row[2]);
        one.name = std::get<std::string>(row[3]);
    }
    return found;
}

std::vector<std::int32_t> sellers_of(const std::unordered_map<std::int32_t, Product>& products) {
    std::vector<std::int32_t> all;
    for (const auto& [product, one] : products) all.push_back(product);
    std::sort(all.begin(), all.end(), [&](std::int32_t a, std::int32_t b) {
        const std::int64_t x = products.at(a).buyers;
        const std::int64_t y = products.at(b).buyers;
        return x != y ? x > y : a < b;
    });
    return all;
}

// What stands between one person and one product.
struct Stood {
    std::int32_t product = 0;
    std::int64_t times = 0;
    Day first{};
    Day last{};
    int cls = 0;
};

bool better(const Match& a, const Match& b) {
    if (a.chance != b.chance) return a.chance > b.chance;
    if (a.last.number != b.last.number) return a.last.number > b.last.number;
    return a.person != b.person ? a.person < b.person : a.product < b.product;
}

// Everything that may be proposed to one person, best first.
std::vector<Match> match(const AffinityModel& model, const std::unordered_map<std::int32_t, Product>& products,
                         std::int64_t person, const std::vector<Stood>& history, Day as_of) {
    std::unordered_map<std::int32_t, Match> found;
    std::set<std::int32_t> own;
    for (const Stood& one : history) own.insert(one.product);
    for (const Stood& one : history) {
        if (products.contains(one.product)) {
            found[one.product] = {person, one.product, model.repeat(one.product, one.cls),
                                  one.times, one.first, one.last, {}};
        }
        const auto rules = model.out_of.find(one.product);
        if (rules == model.out_of.end() || one.last.number <= as_of.number - kRecent) continue;
        for (const Rule& rule : rules->second) {
            if (own.contains(rule.product) || !products.contains(rule.product)) continue;
            Match& now = found[rule.product];
            if (now.chance >= rule.chance) continue;
            now = {person, rule.product, rule.chance, 0, {}, one.last, rule};
            now.rule.product = one.product;
        }
    }
    std::vector<Match> all;
    for (auto& [product, one] : found) all.push_back(std::move(one));
    std::sort(all.begin(), all.end(), better);
    return all;
}

Stood stood_of(const std::vector<columns::Cell>& row, std::size_t from) {
    return {small(row[from]), whole(row[from + 1]), day(row[from + 2]), day(row[from + 3]),
            static_cast<int>(whole(row[from + 4]))};
}
constexpr std::string_view kStood =
    "CAST(h.product AS BIGINT), h.n, CAST(h.first AS BIGINT), CAST(h.last AS BIGINT), CAST(h.class AS BIGINT)";

template <class Ranked>
bool hits(const Ranked& ranked, const std::set<std::int32_t>& bought) {
    std::size_t place = 0;
    for (const std::int32_t product : ranked) {
        if (place++ == kProposed) return false;
        if (bought.contains(product)) return true;
    }
    return false;
}

// Learnt one horizon earlier, tried on the last one.
Result<std::optional<AffinityTest>> try_out(const Source& source, Day as_of) {
    const Day cut = as_of + -kHorizon;
    const AffinityModel model = TRY(learn_at(source, cut + -kHorizon));
    const auto products = TRY(products_at(source, cut, false));
    const auto sellers = sellers_of(products);
    const std::string base = base_sql(source.tenant, cut);
    const std::string both = "person IN (SELECT person FROM h) ";
    const auto count = TRY(ask(source, base + "SELECT COUNT(DISTINCT person) FROM w WHERE " + both));
    const std::int64_t people = count.rows.empty() ? 0 : whole(count.rows[0][0]);
    if (people == 0) return std::optional<AffinityTest>();
    const std::string chosen =
        "SELECT DISTINCT person FROM w WHERE " + both + "AND (person // 2) % " +
        number(std::max<std::int64_t>(1, people / kTriedOn)) + " = 0";
    std::map<std::int64_t, std::set<std::int32_t>> bought;
    for (const auto& row : TRY(ask(source, base + "SELECT person, CAST(product AS BIGINT) FROM w WHERE person IN (" +
                                              chosen + ")")).rows)
        bought[whole(row[0])].insert(small(row[1]));
    std::map<std::int64_t, std::vector<Stood>> histories;
    for (const auto& row : TRY(ask(source, base + "SELECT h.person, " + std::string(kStood) +
                                              " FROM h WHERE h.person IN (" + chosen + ")")).rows)
        histories[whole(row[0])].push_back(stood_of(row, 1));
    AffinityTest test{cut, 0, 0, 0, 0};
    for (auto& [person, history] : histories) {
        const auto& then = bought[person];
        if (then.empty()) continue;
        ++test.people;
        std::vector<std::int32_t> ranked;
        for (const Match& one : match(model, products, person, history, cut)) ranked.push_back(one.product);
        for (const std::int32_t product : sellers) {
            if (ranked.size() >= kProposed) break;
            if (std::find(ranked.begin(), ranked.end(), product) == ranked.end()) ranked.push_back(product);
        }
        test.hits += hits(ranked, then) ? 1 : 0;
        test.best_sellers += hits(sellers, then) ? 1 : 0;
        std::sort(history.begin(), history.end(), [](const Stood& a, const Stood& b) {
            return a.times != b.times ? a.times > b.times : a.last.number > b.last.number;
        });
        std::vector<std::int32_t> habit;
        for (const Stood& one : history) habit.push_back(one.product);
        for (const std::int32_t product : sellers) {
            if (habit.size() >= kProposed) break;
            if (std::find(habit.begin(), habit.end(), product) == habit.end()) habit.push_back(product);
        }
        test.habits += hits(habit, then) ? 1 : 0;
    }
    return test.people == 0 ? std::optional<AffinityTest>() : std::optional(test);
}

void strongest_first(std::unordered_map<std::int32_t, std::vector<Rule>>& rules) {
    for (auto& [product, list] : rules) {
        std::sort(list.begin(), list.end(), [](const Rule& a, const Rule& b) {
            return a.chance != b.chance ? a.chance > b.chance : a.product < b.product;
        });
        if (list.size() > kRulesOfOne) list.resize(kRulesOfOne);
    }
}

}  // namespace

double AffinityModel::repeat(std::int32_t product, int cls) const {
    const auto factor = factors.find(product);
    const double rate = rates.at(static_cast<std::size_t>(cls));
    return std::min(kChanceMax, rate * (factor == factors.end() ? 1 : factor->second));
}

AffinityModel learn(const std::array<ByProduct, kClasses>& classes, const std::vector<Pair>& pairs,
                    const std::unordered_map<std::int32_t, std::int64_t>& recent, const ByProduct& fresh) {
    AffinityModel model;
    std::array<Tally, kClasses> sums{};
    Tally all;
    for (std::size_t cls = 0; cls < kClasses; ++cls) {
        for (const auto& [product, one] : classes[cls]) {
            sums[cls].people += one.people;
            sums[cls].bought += one.bought;
        }
        all.people += sums[cls].people;
        all.bought += sums[cls].bought;
    }
    const double mean = all.people == 0 ? 0 : static_cast<double>(all.bought) / static_cast<double>(all.people);
    for (std::size_t cls = 0; cls < kClasses; ++cls) {
        model.rates[cls] = (static_cast<double>(sums[cls].bought) + kClassPrior * mean) /
                           (static_cast<double>(sums[cls].people) + kClassPrior);
    }
    std::unordered_map<std::int32_t, std::pair<double, double>> came;  // bought, expected
    for (std::size_t cls = 0; cls < kClasses; ++cls) {
        for (const auto& [product, one] : classes[cls]) {
            came[product].first += static_cast<double>(one.bought);
            came[product].second += static_cast<double>(one.people) * model.rates[cls];
        }
    }
    for (const auto& [product, one] : came)
        model.factors[product] = (one.first + kProductPrior) / (one.second + kProductPrior);
    for (const Pair& pair : pairs) {
        const auto from = recent.find(pair.from);
        const auto to = fresh.find(pair.to);
        if (pair.followed < kSupport || from == recent.end() || to == fresh.end() || to->second.people <= 0) continue;
        const double base = static_cast<double>(to->second.bought) / static_cast<double>(to->second.people);
        Rule rule{pair.to, from->second, pair.followed, 0, 0};
        rule.chance = (static_cast<double>(pair.followed) + kRulePrior * base) /
                      (static_cast<double>(from->second) + kRulePrior);
        rule.lift = rule.chance / base;
        if (rule.lift <= 1) continue;
        model.out_of[pair.from].push_back(rule);
        rule.product = pair.from;
        model.into[pair.to].push_back(rule);
    }
    strongest_first(model.into);
    strongest_first(model.out_of);
    return model;
}

Result<std::shared_ptr<const AffinityReport>> Affinity::report(const Frame& frame, Day today) {
    const Source& source = frame.source;
    const Day as_of = today + -1;
    {
        const std::lock_guard lock(mutex_);
        for (const Kept& kept : kept_) {
            if (kept.tenant != source.tenant || kept.as_of != as_of) continue;
            const bool lately = !kept.report->products.empty() && source.as_of < kept.at + kKept;
            if (kept.position == source.position || lately) return kept.report;
        }
    }
    auto made = std::make_shared<AffinityReport>();
    made->as_of = as_of;
    made->model = TRY(learn_at(source, as_of + -kHorizon));
    made->products = TRY(products_at(source, as_of, true));
    made->sellers = sellers_of(made->products);
    made->test = TRY(try_out(source, as_of));
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const Kept& kept) { return kept.tenant == source.tenant; });
    if (kept_.size() >= kKeptMax) kept_.erase(kept_.begin());
    kept_.push_back({source.tenant, source.position, as_of, source.as_of, made});
    return std::shared_ptr<const AffinityReport>(made);
}

Result<std::vector<Match>> Affinity::people(const Frame& frame, const AffinityReport& report,
                                            std::int32_t product) const {
    std::vector<Match> all;
    const std::string base = base_sql(frame.source.tenant, report.as_of);
    const std::string own = "SELECT person FROM h WHERE product = " + number(product);
    for (const auto& row : TRY(ask(frame.source, base + "SELECT h.person, " + std::string(kStood) +
                                                     " FROM h WHERE h.product = " + number(product) +
                                                     " AND h.person IN (" + home_sql(frame) + ")")).rows) {
        const Stood stood = stood_of(row, 1);
        all.push_back({whole(row[0]), product, report.model.repeat(product, stood.cls), stood.times, stood.first,
                       stood.last, {}});
    }
    if (const auto rules = report.model.into.find(product); rules != report.model.into.end()) {
        std::string from;
        for (const Rule& rule : rules->second) from += (from.empty() ? "" : ", ") + number(rule.product);
        std::unordered_map<std::int64_t, Match> best;
        for (const auto& row : TRY(ask(frame.source, base + "SELECT h.person, CAST(h.product AS BIGINT), "
                                                     "CAST(h.last AS BIGINT) FROM h WHERE h.product IN (" + from +
                                                     ") AND h.last > " +
                                                     number(report.as_of.number - kRecent) +
                                                     " AND h.person NOT IN (" + own + ") AND h.person IN (" +
                                                     home_sql(frame) + ")")).rows) {
            const auto rule = std::find_if(rules->second.begin(), rules->second.end(),
                                           [&](const Rule& one) { return one.product == small(row[1]); });
            Match& now = best[whole(row[0])];
            if (now.chance >= rule->chance) continue;
            now = {whole(row[0]), product, rule->chance, 0, {}, day(row[2]), *rule};
        }
        for (auto& [person, one] : best) all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(), better);
    return all;
}

Result<std::vector<Match>> Affinity::products(const Frame& frame, const AffinityReport& report,
                                              std::int64_t person) const {
    std::vector<Stood> history;
    for (const auto& row : TRY(ask(frame.source, base_sql(frame.source.tenant, report.as_of) + "SELECT " +
                                                     std::string(kStood) + " FROM h WHERE h.person = " +
                                                     number(person))).rows)
        history.push_back(stood_of(row, 0));
    return match(report.model, report.products, person, history, report.as_of);
}

}  // namespace tilth::performance
