// The server over real sockets: what a well-behaved client sees.
#include <atomic>
#include <cstdio>
#include <fstream>
#include <future>

#include "platform/http/testing.h"
#include "platform/metrics/metrics.h"

namespace tilth::http {
namespace {

using testing::RawSocket;
using testing::TestServer;

TEST(HttpServer, AnswersWithItsDefaultHeaders) {
    const TestServer server({testing::hello()});
    const auto answer = server.get("/hello?x=1");
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello");
    EXPECT_EQ(answer->header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer->header("referrer-policy"), "same-origin");
    EXPECT_EQ(answer->header("server"), "");
    EXPECT_FALSE(answer->header("date").empty());
    EXPECT_EQ(server.get("/none")->status, 404);
    const auto wrong = server.post("/hello", "x");
    EXPECT_EQ(wrong->status, 405);
    EXPECT_EQ(wrong->header("allow"), "GET, HEAD, OPTIONS");
    EXPECT_NE(wrong->body.find("\"code\":\"method_not_allowed\""), std::string::npos);
}

TEST(HttpServer, GivesTheRequestWhole) {
    Request seen;
    const TestServer server({route(Method::Post, "/v1/{a}/of/{rest...}", [&](Request& request) {
        seen = request;
        return Response::json(201, "{}").with("Location", "/v1/x");
    })});
    const auto answer = server.post("/v1/%E7%B2%BE/of/x/y?q=a%20b&q=2", "body", {{"X-Custom", "v"}, {"Cookie", "s=t"}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->header("location"), "/v1/x");
    EXPECT_EQ(seen.method, Method::Post);
    EXPECT_EQ(seen.path, "/v1/精/of/x/y");
    EXPECT_EQ(seen.target, "/v1/%E7%B2%BE/of/x/y?q=a%20b&q=2");
    EXPECT_EQ(seen.captures, (std::vector<std::string>{"精", "x/y"}));
    EXPECT_EQ(seen.param("q"), "a b");
    EXPECT_EQ(seen.query.size(), 2u);
    EXPECT_EQ(seen.header("x-custom"), "v");
    EXPECT_EQ(seen.cookie("s"), "t");
    EXPECT_EQ(seen.body, "body");
    EXPECT_EQ(seen.client_ip, "127.0.0.1");
    EXPECT_FALSE(seen.secure);
}

TEST(HttpServer, TakesBigBodiesAndSendsThemBack) {
    auto big = testing::echo();
    big.body_bytes_max = 32u << 20;
    const TestServer server({big});
    std::string body(24u << 20, 'x');
    for (std::size_t i = 0; i < body.size(); i += 4'093) body[i] = static_cast<char>('a' + i % 26);
    const auto answer = server.post("/echo", body);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_TRUE(answer->body == body);
}

TEST(HttpServer, KeepsTheConnectionAndTheOrder) {
    const TestServer server({testing::echo(), testing::hello()});
    RawSocket socket(server.server->port());
    // Three requests sent ahead in one write; the second has a body.
    socket.send(
        "GET /hello HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto all = socket.read_to_end();
    EXPECT_EQ(testing::count_of(all, "HTTP/1.1 "), 3);
    EXPECT_LT(all.find("hello"), all.find("abc"));
    EXPECT_LT(all.find("abc"), all.find("404"));
    EXPECT_TRUE(socket.closed());
}

TEST(HttpServer, SpeaksHttp10) {
    const TestServer server({testing::hello()});
    RawSocket once(server.server->port());
    once.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_NE(once.read_to_end().find("Connection: close"), std::string::npos);
    EXPECT_TRUE(once.closed());
    RawSocket kept(server.server->port());
    kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(kept.read_until("hello").find("Connection: keep-alive"), std::string::npos);
    kept.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_NE(kept.read_until("hello").find("200 OK"), std::string::npos);
}

TEST(HttpServer, ChunkedBodiesInPieces) {
    const TestServer server({testing::echo()});
    RawSocket socket(server.server->port());
    const std::string request =
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\nHost: smuggled\r\nX-Trailer: 1\r\n\r\n";
    for (const char c : request) {
        ASSERT_TRUE(socket.send({&c, 1}));
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    EXPECT_NE(socket.read_until("hello world").find("200 OK"), std::string::npos);
    socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    EXPECT_NE(socket.read_until("\r\n\r\n").find("Content-Length: 0"), std::string::npos);
}

TEST(HttpServer, SaysContinueWhenAsked) {
    const TestServer server({testing::echo()});
    RawSocket socket(server.server->port());
    socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    socket.send("data");
    EXPECT_NE(socket.read_until("data").find("200 OK"), std::string::npos);
    // Too long a body is refused before it is sent.
    socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_TRUE(socket.read_until("\r\n\r\n").starts_with("HTTP/1.1 413"));
}

TEST(HttpServer, HeadHasTheLengthWithoutTheBody) {
    const TestServer server({testing::hello()});
    RawSocket socket(server.server->port());
    socket.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto all = socket.read_to_end();
    EXPECT_NE(all.find("Content-Length: 5\r\n"), std::string::npos);
    EXPECT_TRUE(all.ends_with("\r\n\r\n"));
    EXPECT_EQ(server.ask(Method::Head, "/hello")->status, 200);
}

TEST(HttpServer, PreflightsByRule) {
    auto open = testing::echo("/track");
    open.cors = true;
    const TestServer server({open, testing::echo()});
    const std::vector<Header> asked = {{"Origin", "https://shop.example"},
                                       {"Access-Control-Request-Method", "POST"},
                                       {"Access-Control-Request-Headers", "authorization,content-type,x-retry-count"}};
    const auto yes = server.ask(Method::Options, "/track", asked);
    EXPECT_EQ(yes->status, 204);
    EXPECT_EQ(yes->header("access-control-allow-origin"), "https://shop.example");
    EXPECT_EQ(yes->header("access-control-allow-headers"), "authorization,content-type,x-retry-count");
    EXPECT_EQ(yes->header("access-control-allow-methods"), "GET, POST, OPTIONS");
    EXPECT_EQ(yes->header("access-control-max-age"), "86400");
    EXPECT_EQ(yes->header("vary"), "Origin");
    const auto no = server.ask(Method::Options, "/echo", asked);
    EXPECT_EQ(no->status, 204);
    EXPECT_EQ(no->header("access-control-allow-origin"), "");
    EXPECT_EQ(no->header("allow"), "POST, OPTIONS");
    const auto answer = server.post("/track", "x", {{"Origin", "https://shop.example"}});
    EXPECT_EQ(answer->header("access-control-allow-origin"), "https://shop.example");
    EXPECT_EQ(server.post("/echo", "x", {{"Origin", "https://shop.example"}})->header("access-control-allow-origin"),
              "");
    EXPECT_EQ(server.ask(Method::Options, "/none", asked)->status, 404);
}

TEST(HttpServer, AnswersLaterFromAnotherThread) {
    std::thread later;
    std::promise<std::thread::id> io_thread;
    Route route;
    route.method = Method::Post;
    route.pattern = "/later";
    route.inline_on_io = true;
    route.handler = [&](Request& request, std::shared_ptr<Responder> responder) {
        io_thread.set_value(std::this_thread::get_id());
        later = std::thread([&request, responder = std::move(responder)] {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            responder->answer(
                Response::text(200, "later: " + request.body));  // the request lives as long as its answer is due
            responder->answer(Response::text(500, "twice"));
        });
    };
    const TestServer server({route, testing::hello()});
    const auto answer = server.post("/later", "x");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "later: x");
    EXPECT_NE(io_thread.get_future().get(), std::this_thread::get_id());
    later.join();
    EXPECT_EQ(server.get("/hello")->body, "hello");  // on the same connection: the second answer went nowhere
}

TEST(HttpServer, ADroppedOrThrowingHandlerAnswers500) {
    Route dropped;
    dropped.pattern = "/dropped";
    dropped.handler = [](Request&, std::shared_ptr<Responder>) {};
    const TestServer server(
        {dropped, route(Method::Get, "/throws", [](Request&) -> Response { throw std::runtime_error("x"); })});
    EXPECT_EQ(server.get("/dropped")->status, 500);
    EXPECT_EQ(server.get("/throws")->status, 500);
    EXPECT_EQ(server.get("/dropped")->status, 500);
}

struct TempFile {
    std::string path;
    explicit TempFile(const std::string& content) {
        char name[] = "/tmp/tilth_http_XXXXXX";
        ::close(::mkstemp(name));
        path = name;
        std::ofstream(path, std::ios::binary) << content;
    }
    ~TempFile() { std::remove(path.c_str()); }
};

TEST(HttpServer, SendsFilesWholeAndInRanges) {
    std::string content(1'000'000, ' ');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 23);
    const TempFile file(content);
    const auto send_file = [&](Request&) {
        Response response;
        response.content_type = "application/octet-stream";
        response.file = file.path;
        return response;
    };
    const TestServer server({route(Method::Get, "/file", send_file), route(Method::Get, "/missing", [](Request&) {
                                 Response response;
                                 response.file = "/nonexistent";
                                 return response;
                             })});
    const auto whole = server.get("/file");
    EXPECT_TRUE(whole->body == content);
    EXPECT_EQ(whole->header("accept-ranges"), "bytes");
    const auto part = server.get("/file", {{"Range", "bytes=10-19"}});
    EXPECT_EQ(part->status, 206);
    EXPECT_EQ(part->body, content.substr(10, 10));
    EXPECT_EQ(part->header("content-range"), "bytes 10-19/1000000");
    const auto tail = server.get("/file", {{"Range", "bytes=300000-"}});
    EXPECT_TRUE(tail->body == content.substr(300'000));
    const auto beyond = server.get("/file", {{"Range", "bytes=1000000-"}});
    EXPECT_EQ(beyond->status, 416);
    EXPECT_EQ(beyond->header("content-range"), "bytes */1000000");
    EXPECT_EQ(server.get("/file", {{"If-None-Match", std::string(whole->header("etag"))}})->status, 304);
    EXPECT_EQ(server.get("/file", {{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}})->status, 200);
    EXPECT_EQ(server.ask(Method::Head, "/file")->header("content-length"), "1000000");
    EXPECT_EQ(server.get("/missing")->status, 404);
}

TEST(HttpServer, StreamsEvents) {
    std::promise<std::shared_ptr<Responder::Stream>> made;
    Route events;
    events.pattern = "/events";
    events.handler = [&](Request&, std::shared_ptr<Responder> responder) { made.set_value(responder->stream()); };
    const TestServer server({events});
    RawSocket socket(server.server->port());
    socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    auto stream = made.get_future().get();
    const auto head = socket.read_until("\r\n\r\n");
    EXPECT_NE(head.find("Content-Type: text/event-stream"), std::string::npos);
    EXPECT_EQ(head.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(stream->send("tick", "{\"n\":1}", "1"));
    EXPECT_EQ(socket.read_until("\n\n"), "event: tick\nid: 1\ndata: {\"n\":1}\n\n");
    std::string wanted;
    for (int i = 0; i < 500; ++i) {
        ASSERT_TRUE(stream->send("", std::to_string(i)));
        wanted += "data: " + std::to_string(i) + "\n\n";
    }
    stream.reset();  // ends the stream after what is pending
    EXPECT_EQ(socket.read_to_end(), wanted);
    EXPECT_TRUE(socket.closed());
}

TEST(HttpServer, AStreamNoticesThatItsClientIsGone) {
    std::promise<std::shared_ptr<Responder::Stream>> made;
    Route events;
    events.pattern = "/events";
    events.handler = [&](Request&, std::shared_ptr<Responder> responder) { made.set_value(responder->stream()); };
    const TestServer server({events});
    std::shared_ptr<Responder::Stream> stream;
    {
        RawSocket socket(server.server->port());
        socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        stream = made.get_future().get();
        socket.read_until("\r\n\r\n");
    }
    for (int i = 0; i < 200 && stream->open(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_FALSE(stream->open());
    EXPECT_FALSE(stream->send("x", "y"));
}

TEST(HttpServer, ForgedForwardingIsIgnoredUnlessTrusted) {
    const auto who = route(Method::Get, "/who", [](Request& request) {
        return Response::text(200, request.client_ip + (request.secure ? " secure" : ""));
    });
    const std::vector<Header> forged = {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-Proto", "https"}};
    EXPECT_EQ(TestServer({who}).get("/who", forged)->body, "127.0.0.1");
    ServerOptions options;
    options.trusted_proxies = {"127.0.0.0/8"};
    EXPECT_EQ(TestServer({who}, options).get("/who", forged)->body, "6.6.6.6 secure");
}

TEST(HttpServer, StopsInOrder) {
    std::promise<void> entered;
    std::atomic<bool> go{false};
    TestServer server({route(Method::Get, "/slow", [&](Request&) {
        entered.set_value();
        while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return Response::text(200, "done");
    })});
    auto slow = std::async(std::launch::async, [&] { return server.get("/slow"); });
    RawSocket idle(server.server->port());
    entered.get_future().wait();
    auto stopping = std::async(std::launch::async, [&] { server.server->stop(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    go = true;
    const auto answer = slow.get();
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->body, "done");
    stopping.get();
    EXPECT_FALSE(RawSocket(server.server->port()).connected());
}

TEST(HttpServer, APortThatIsTakenIsRefused) {
    const TestServer first({testing::hello()});
    ServerOptions options;
    options.port = first.server->port();
    const auto second = serve(options, {testing::hello()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Unavailable);
    options.port = 0;
    options.listen = "not an address";
    EXPECT_EQ(serve(options, {testing::hello()}).error().code, ErrorCode::Invalid);
}

TEST(HttpServer, CountsWhatItAnswers) {
    const TestServer server({testing::hello("/counted")});
    auto& ok = metrics::counter("tilth_http_requests_total", "", {{"class", "2xx"}});
    const auto before = ok.value();
    EXPECT_TRUE(server.get("/counted"));
    EXPECT_TRUE(server.get("/counted"));
    EXPECT_EQ(ok.value(), before + 2);
    EXPECT_NE(metrics::text().find("route=\"/counted\""), std::string::npos);
}

}  // namespace
}  // namespace tilth::http
