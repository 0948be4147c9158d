// Tables over the pure parts: URLs, queries, routes, ranges, proxies, events.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "platform/http/proxies.h"
#include "platform/http/router.h"
#include "platform/http/url.h"
#include "platform/http/wire.h"

namespace tilth::http {
namespace {

TEST(Url, PercentDecoding) {
    EXPECT_EQ(percent_decode("a%20b"), "a b");
    EXPECT_EQ(percent_decode("%E7%B2%BE%e8%80%95"), "精耕");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    for (const auto* bad : {"%", "%1", "%zz", "a%2", "%00", "x%0"}) EXPECT_FALSE(percent_decode(bad)) << bad;
}

RC_GTEST_PROP(Url, EncodingIsUndone, (const std::string& text)) {
    RC_PRE(text.find('\0') == std::string::npos);
    RC_ASSERT(percent_decode(percent_encode(text)) == text);
}

TEST(Url, QueriesAreDecodedLeniently) {
    const auto query = parse_query("a=1&b=x+y%21&a=2&&flag&bad=%zz&%E5%90%8D=%E5%80%BC&e==");
    ASSERT_EQ(query.size(), 7u);
    EXPECT_EQ(query[0].value, "1");
    EXPECT_EQ(query[1].value, "x y!");
    EXPECT_EQ(query[2].value, "2");
    EXPECT_EQ(query[3].name, "flag");
    EXPECT_EQ(query[4].value, "%zz");
    EXPECT_EQ(query[5].name, "名");
    EXPECT_EQ(query[6].value, "=");
}

TEST(Url, Targets) {
    EXPECT_EQ(split_target("/a?b")->path, "/a");
    EXPECT_EQ(split_target("/a?b")->query, "b");
    EXPECT_EQ(split_target("http://host:1/a/b?c=d")->path, "/a/b");
    EXPECT_EQ(split_target("http://host?c")->path, "/");
    for (const auto* bad : {"", "a", "*", "ftp://h/a", "http:///a", "//", "/a#b"}) {
        if (std::string_view(bad) == "//") continue;
        EXPECT_FALSE(split_target(bad)) << bad;
    }
    EXPECT_TRUE(has_dot_segments("/a/../b"));
    EXPECT_TRUE(has_dot_segments("/.."));
    EXPECT_TRUE(has_dot_segments("/a/."));
    EXPECT_FALSE(has_dot_segments("/a/..b/.c"));
}

TEST(Url, UrlTable) {
    const auto plain = parse_url("http://example.com/a?b=c#frag");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->host, "example.com");
    EXPECT_EQ(plain->port, 80);
    EXPECT_EQ(plain->target, "/a?b=c");
    const auto six = parse_url("https://[::1]:8443");
    ASSERT_TRUE(six);
    EXPECT_EQ(six->host, "::1");
    EXPECT_EQ(six->port, 8443);
    EXPECT_EQ(six->host_header, "[::1]:8443");
    EXPECT_EQ(six->target, "/");
    const auto local = parse_url("unix:/run/x.sock:/v1/status?x=1");
    ASSERT_TRUE(local);
    EXPECT_EQ(local->host, "/run/x.sock");
    EXPECT_EQ(local->target, "/v1/status?x=1");
    for (const auto* bad :
         {"", "example.com", "ftp://x", "http://", "http://:80", "http://h:0", "http://h:70000", "http://h:x",
          "http://u:p@h/", "http://h/a b", "http://h/\r\nX: y", "unix:relative", "http://[::1", "http://h:"}) {
        EXPECT_FALSE(parse_url(bad)) << bad;
    }
}

std::string matched(const Router& router, Method method, std::string_view path) {
    const auto match = router.find(method, path);
    if (match.entry == nullptr) return match.allowed.empty() ? "404" : "405 " + match.allowed;
    std::string out = match.entry->route.pattern;
    for (const auto& capture : match.captures) out += " " + capture;
    return out;
}

TEST(Routes, ExactBeforeCaptureBeforeRest) {
    const auto nothing = [](Request&) { return Response(); };
    std::vector<Route> routes;
    for (const auto* pattern :
         {"/", "/a/{id}", "/a/me", "/a/{id}/x", "/a/{id}/{rest...}", "/files/{rest...}", "/b/{x}/c/{y}"}) {
        routes.push_back(route(Method::Get, pattern, nothing));
    }
    routes.push_back(route(Method::Post, "/a/{id}", nothing));
    routes.push_back(route(Method::Post, "/only", nothing));
    const Router router(std::move(routes));
    EXPECT_EQ(matched(router, Method::Get, "/"), "/");
    EXPECT_EQ(matched(router, Method::Get, "/a/me"), "/a/me");
    EXPECT_EQ(matched(router, Method::Get, "/a/7"), "/a/{id} 7");
    EXPECT_EQ(matched(router, Method::Head, "/a/7"), "/a/{id} 7");
    EXPECT_EQ(matched(router, Method::Get, "/a/me/x"), "/a/{id}/x me");  // back out of the exact branch
    EXPECT_EQ(matched(router, Method::Get, "/a/7/y/z"), "/a/{id}/{rest...} 7 y/z");
    EXPECT_EQ(matched(router, Method::Get, "/files/css/a.css"), "/files/{rest...} css/a.css");
    EXPECT_EQ(matched(router, Method::Get, "/files"), "/files/{rest...} ");
    EXPECT_EQ(matched(router, Method::Get, "/b/1/c/2"), "/b/{x}/c/{y} 1 2");
    EXPECT_EQ(matched(router, Method::Get, "/a/%E7%B2%BE"), "/a/{id} 精");
    EXPECT_EQ(matched(router, Method::Get, "/a/x%2Fy"), "/a/{id} x/y");  // an escaped slash parts nothing
    EXPECT_EQ(matched(router, Method::Post, "/a/me"), "/a/{id} me");
    EXPECT_EQ(matched(router, Method::Get, "/only"), "405 POST, OPTIONS");
    EXPECT_EQ(matched(router, Method::Put, "/a/7"), "405 GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(matched(router, Method::Get, "/none"), "404");
    EXPECT_EQ(matched(router, Method::Get, "/a/"), "404");
}

TEST(RoutesDeathTest, TheSamePatternTwice) {
    const auto nothing = [](Request&) { return Response(); };
    EXPECT_DEATH(Router({route(Method::Get, "/a/{x}", nothing), route(Method::Get, "/a/{y}", nothing)}),
                 "same pattern");
    EXPECT_DEATH(Router({route(Method::Get, "/a/{x...}/b", nothing)}), "stands last");
}

TEST(Wire, Ranges) {
    struct Case {
        const char* header;
        ByteRange::Kind kind;
        std::uint64_t first;
        std::uint64_t count;
    };
    using Kind = ByteRange::Kind;
    for (const auto& one : std::vector<Case>{{"bytes=0-9", Kind::Part, 0, 10},
                                             {"bytes=90-", Kind::Part, 90, 10},
                                             {"bytes=-5", Kind::Part, 95, 5},
                                             {"bytes=50-500", Kind::Part, 50, 50},
                                             {"bytes=-500", Kind::Part, 0, 100},
                                             {"bytes=100-", Kind::Unsatisfiable, 0, 0},
                                             {"bytes=-0", Kind::Unsatisfiable, 0, 0},
                                             {"bytes=9-3", Kind::Whole, 0, 100},
                                             {"bytes=0-1,5-6", Kind::Whole, 0, 100},
                                             {"lines=0-1", Kind::Whole, 0, 100},
                                             {"bytes=a-b", Kind::Whole, 0, 100},
                                             {"bytes=-", Kind::Whole, 0, 100},
                                             {"bytes=1-99999999999999999999999", Kind::Whole, 0, 100}}) {
        const auto range = parse_range(one.header, 100);
        EXPECT_EQ(range.kind, one.kind) << one.header;
        EXPECT_EQ(range.first, one.first) << one.header;
        EXPECT_EQ(range.count, one.count) << one.header;
    }
}

TEST(Wire, EventsKeepTheirLines) {
    EXPECT_EQ(sse_event("tick", "a\nb", "7"), "event: tick\nid: 7\ndata: a\ndata: b\n\n");
    EXPECT_EQ(sse_event("", "x\r\n", ""), "data: x \ndata: \n\n");
    EXPECT_EQ(sse_event("a\nb", "", ""), "event: a b\ndata: \n\n");
}

TEST(Wire, AHeaderCannotSmuggleAnother) {
    Response response;
    response.with("Location", "/x\r\nSet-Cookie: a=b");
    const auto out = compose(std::move(response), {});
    EXPECT_EQ(out.head.find("\r\nSet-Cookie"), std::string::npos);
}

Request forwarded(std::vector<Header> headers) {
    Request request;
    request.headers = std::move(headers);
    return request;
}

TEST(ProxyTrust, NobodyByDefault) {
    const auto nobody = Proxies::parse({});
    auto request = forwarded({{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-Proto", "https"}});
    nobody->apply(request, "127.0.0.1", false);
    EXPECT_EQ(request.client_ip, "127.0.0.1");
    EXPECT_FALSE(request.secure);
}

TEST(ProxyTrust, TheLastStrangerCounts) {
    const auto some = Proxies::parse({"10.0.0.0/8", "fd00::/8", "127.0.0.1"});
    ASSERT_TRUE(some);
    auto request = forwarded({{"X-Forwarded-For", "1.1.1.1, 9.9.9.9:4711"},
                              {"x-forwarded-for", "10.2.3.4"},
                              {"X-Forwarded-Proto", "http, https"}});
    some->apply(request, "127.0.0.1", false);
    EXPECT_EQ(request.client_ip, "9.9.9.9");
    EXPECT_TRUE(request.secure);
    auto stranger = forwarded({{"X-Forwarded-For", "1.1.1.1"}});
    some->apply(stranger, "11.0.0.1", true);
    EXPECT_EQ(stranger.client_ip, "11.0.0.1");
    EXPECT_TRUE(stranger.secure);
    auto nonsense = forwarded({{"X-Forwarded-For", "1.1.1.1, unknown"}});
    some->apply(nonsense, "10.0.0.1", false);
    EXPECT_EQ(nonsense.client_ip, "10.0.0.1");
    EXPECT_TRUE(some->trusts("fd12::1"));
    EXPECT_FALSE(some->trusts("fe80::1"));
    EXPECT_FALSE(some->trusts("not an address"));
}

TEST(ProxyTrust, BadRangesAreRefused) {
    for (const auto* bad : {"10.0.0.0/33", "10.0.0/8", "x", "::/129", "1.1.1.1/", "1.1.1.1/-1", "1.1.1.1/8x"}) {
        EXPECT_FALSE(Proxies::parse({bad})) << bad;
    }
    const auto odd = Proxies::parse({"192.168.4.0/22"});
    EXPECT_TRUE(odd->trusts("192.168.7.255"));
    EXPECT_FALSE(odd->trusts("192.168.8.0"));
}

TEST(Cookies, AreFoundByName) {
    auto request = forwarded({{"Cookie", "a=1; session=\"x y\" ;b=2"}, {"cookie", "late=3; odd"}});
    EXPECT_EQ(request.cookie("a"), "1");
    EXPECT_EQ(request.cookie("session"), "x y");
    EXPECT_EQ(request.cookie("b"), "2");
    EXPECT_EQ(request.cookie("late"), "3");
    EXPECT_EQ(request.cookie("odd"), "");
    EXPECT_EQ(request.cookie("sess"), "");
}

}  // namespace
}  // namespace tilth::http
