// Products and the people who are likely to buy them next, both ways, over HTTP (SEG-07).

#include <algorithm>

#include "modules/performance/affinity/affinity.h"
#include "modules/performance/routes/customer_items.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

enum class MatchKind : std::uint8_t { Repeat, Companion };

struct ProductsQuery {
    std::optional<Text<1, 60>> text;
};
API_STRUCT(ProductsQuery, (text))

struct ProductItem {
    std::string product;
    std::string name;
    std::int64_t buyers = 0;  // known people, of the last 90 days
};
API_STRUCT(ProductItem, (product, name, buyers))

// Of `people` who bought in the 30 days after `cut`, how many bought one of ten products proposed to them.
struct MatchTest {
    Day cut;
    std::int64_t people = 0;
    double hit_rate = 0;
    double best_sellers = 0;  // the same ten for everybody
    double habits = 0;        // what each bought most often
};
API_STRUCT(MatchTest, (cut, people, hit_rate, best_sellers, habits))

struct ProductList {
    Day as_of;
    int horizon_days = kHorizon;
    std::optional<MatchTest> back_test;
    std::vector<ProductItem> items;  // most buyers first, 50 of them
};
API_STRUCT(ProductList, (as_of, horizon_days, back_test, items))

// Of a repeat the first three figures, of a companion the others.
struct MatchReason {
    MatchKind kind = MatchKind::Repeat;
    std::optional<std::int64_t> times;       // business days on which it was bought
    std::optional<std::int64_t> every_days;  // the person's own gap, from the second time on
    Day last;                                // when it was bought last, or the other product
    std::int64_t since_days = 0;
    std::optional<std::string> with;         // the other product
    std::optional<std::string> with_name;
    std::optional<std::int64_t> with_people;    // bought the other
    std::optional<std::int64_t> with_followed;  // of them bought this one for the first time within 30 days
    std::optional<double> lift;
};
API_STRUCT(MatchReason, (kind, times, every_days, last, since_days, with, with_name, with_people, with_followed, lift))

struct MatchedPerson {
    CustomerId id;
    std::string name_masked;
    std::vector<IdentityShort> identities;
    std::optional<std::string> home_node_name;
    double chance = 0;  // of buying it within the horizon
    MatchReason reason;
};
API_STRUCT(MatchedPerson, (id, name_masked, identities, home_node_name, chance, reason))

struct MatchedPeopleQuery {
    Text<1, 120> product;
    std::optional<OrgNodeId> node;
    std::optional<MatchKind> kind;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(MatchedPeopleQuery, (product, node, kind, cursor, limit))
using MatchedPeople = kernel::Page<MatchedPerson>;

struct MatchedProduct {
    std::string product;
    std::string name;
    double chance = 0;
    MatchReason reason;
};
API_STRUCT(MatchedProduct, (product, name, chance, reason))

struct MatchedProductsQuery {
    CustomerId id;
    std::optional<Int<1, 50>> limit;
};
API_STRUCT(MatchedProductsQuery, (id, limit))

struct MatchedProducts {
    Day as_of;
    int horizon_days = kHorizon;
    std::vector<MatchedProduct> items;
};
API_STRUCT(MatchedProducts, (as_of, horizon_days, items))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::MatchKind> =
    std::to_array<tilth::json::EnumValue<tilth::performance::MatchKind>>({
        {tilth::performance::MatchKind::Repeat, "repeat", "买过", "Bought before"},
        {tilth::performance::MatchKind::Companion, "companion", "买过相关商品", "Bought what goes with it"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::MatchedPeopleQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"product", "商品编码", "The product's code"},
        {"node", "只看归属这一组织节点及其下级的人", "Only people who belong to this node or below"},
        {"kind", "只看买过的，或只看买过相关商品的", "Only those who bought it, or only the others"},
    });

namespace tilth::performance {

namespace {

constexpr std::size_t kProductsShown = 50;
constexpr std::size_t kProductsOfOne = 10;

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

class MatchRoutes {
public:
    explicit MatchRoutes(PerformanceService& service) : service_(service) {}

    Result<ProductList> list(const kernel::Context& context, const ProductsQuery& request) {
        const auto report = TRY(report_of(context));
        ProductList reply;
        reply.as_of = report->as_of;
        if (report->test) {
            const auto share = [&](std::int64_t hits) {
                return static_cast<double>(hits) / static_cast<double>(report->test->people);
            };
            reply.back_test = MatchTest{report->test->cut, report->test->people, share(report->test->hits),
                                        share(report->test->best_sellers), share(report->test->habits)};
        }
        for (const std::int32_t number : report->sellers) {
            const Product& one = report->products.at(number);
            if (request.text && !holds(one.key, request.text->str()) && !holds(one.name, request.text->str())) continue;
            reply.items.push_back({one.key, one.name, one.buyers});
            if (reply.items.size() == kProductsShown) break;
        }
        return reply;
    }

    Result<MatchedPeople> people(kernel::View& view, const MatchedPeopleQuery& request) {
        const Frame frame = TRY(service_.frame(view.context(), request.node));
        const auto report = TRY(report_of(view.context()));
        const auto slice = TRY(service_.slice(view.context(), std::nullopt, std::nullopt, request.product));
        if (!report->products.contains(slice->number)) return MatchedPeople{};
        auto all = TRY(kept_.people(frame, *report, slice->number));
        if (request.kind) {
            const bool repeat = *request.kind == MatchKind::Repeat;
            std::erase_if(all, [&](const Match& one) { return (one.times > 0) != repeat; });
        }
        std::size_t from = 0;
        if (request.cursor) {
            const auto given = TRY(parse_decimal(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0], 0));
            from = std::min(all.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, given)));
        }
        const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
        const std::size_t until = std::min(all.size(), from + rows);
        MatchedPeople page;
        page.total = {static_cast<std::int64_t>(all.size()), kernel::TotalRelation::Eq};
        if (until < all.size()) page.next = kernel::encode_cursor({std::to_string(until)});
        TRY(add_faces(view, *report, {all.begin() + static_cast<std::ptrdiff_t>(from),
                                      all.begin() + static_cast<std::ptrdiff_t>(until)}, page));
        return page;
    }

    Result<MatchedProducts> products(const kernel::Context& context, const MatchedProductsQuery& request) {
        const auto person = service_.customers().person_of(context.tenant, request.id);
        if (!person) return Error(ErrorCode::NotFound, "customer");
        const Frame frame = TRY(service_.frame(context, std::nullopt));
        const std::int64_t key = person_key(person->ordinal, person->known);
        if (!TRY(find_person(frame.source, frame.nodes, key))) return Error(ErrorCode::NotFound, "customer");
        const auto report = TRY(report_of(context));
        MatchedProducts reply;
        reply.as_of = report->as_of;
        const auto most = request.limit ? static_cast<std::size_t>(request.limit->value()) : kProductsOfOne;
        for (const Match& one : TRY(kept_.products(frame, *report, key))) {
            if (reply.items.size() == most) break;
            const Product& product = report->products.at(one.product);
            reply.items.push_back({product.key, product.name, one.chance, reason_of(one, *report)});
        }
        return reply;
    }

private:
    Result<std::shared_ptr<const AffinityReport>> report_of(const kernel::Context& context) {
        return kept_.report(TRY(service_.frame(context, std::nullopt)), service_.today(context));
    }

    static MatchReason reason_of(const Match& one, const AffinityReport& report) {
        MatchReason reason;
        reason.last = one.last;
        reason.since_days = report.as_of - one.last;
        if (one.times > 0) {
            reason.times = one.times;
            if (one.times > 1) reason.every_days = (one.last - one.first + (one.times - 1) / 2) / (one.times - 1);
            return reason;
        }
        reason.kind = MatchKind::Companion;
        if (const auto with = report.products.find(one.rule.product); with != report.products.end()) {
            reason.with = with->second.key;
            reason.with_name = with->second.name;
        }
        reason.with_people = one.rule.people;
        reason.with_followed = one.rule.followed;
        reason.lift = one.rule.lift;
        return reason;
    }

    // Whom memory no longer knows under this number (joined meanwhile) is left out.
    Status add_faces(kernel::View& view, const AffinityReport& report, const std::vector<Match>& matches,
                     MatchedPeople& page) {
        std::vector<CustomerId> firsts;
        std::vector<const Match*> shown;
        for (const Match& one : matches) {
            const auto customers =
                service_.customers().customers_of(view.tenant(), ordinal_of(one.person), is_known(one.person));
            if (customers.empty()) continue;
            firsts.push_back(customers.front());
            shown.push_back(&one);
        }
        const auto faces = TRY(service_.customers().faces(view.sql(), view.tenant(), firsts));
        for (std::size_t i = 0; i < shown.size(); ++i) {
            MatchedPerson person;
            person.id = firsts[i];
            person.name_masked = faces[i].name_masked;
            for (const auto& key : faces[i].keys)
                person.identities.push_back({std::string(customer::name(key.kind)), key.masked});
            if (faces[i].home_node) {
                if (const auto node = service_.org().node(view.tenant(), *faces[i].home_node))
                    person.home_node_name = node->name;
            }
            person.chance = shown[i]->chance;
            person.reason = reason_of(*shown[i], report);
            page.items.push_back(std::move(person));
        }
        return ok();
    }

    PerformanceService& service_;
    Affinity kept_;
};

}  // namespace

void add_match_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    const auto routes = std::make_shared<MatchRoutes>(service);
    api.action<ProductsQuery, ProductList>(
        kernel::Method::Get, "/api/v1/product-matches/products", kMetricRead,
        [routes](const kernel::Context& context, const ProductsQuery& request) {
            return routes->list(context, request);
        },
        {.zh = "可以找人的商品，及推荐的回测", .en = "Products that people can be found for, and how well it foretells",
         .rows = {"SEG-07"}, .tag = "performance"});
    api.query<MatchedPeopleQuery, MatchedPeople>(
        kernel::Method::Get, "/api/v1/product-matches", kCustomerRead,
        [routes](kernel::View& view, const MatchedPeopleQuery& request) { return routes->people(view, request); },
        {.zh = "商品找人：最可能购买的客户与理由", .en = "People most likely to buy a product next, with the reason",
         .rows = {"SEG-07"}, .tag = "performance"});
    api.action<MatchedProductsQuery, MatchedProducts>(
        kernel::Method::Get, "/api/v1/customers/{id}/product-matches", kCustomerRead,
        [routes](const kernel::Context& context, const MatchedProductsQuery& request) {
            return routes->products(context, request);
        },
        {.zh = "人找商品：客户最可能购买的商品与理由", .en = "Products a person is most likely to buy next, with the reason",
         .rows = {"SEG-07"}, .tag = "performance"});
}

}  // namespace tilth::performance
