// The server against clients that are broken, slow, greedy or hostile.
#include <atomic>
#include <future>

#include "platform/http/testing.h"

namespace tilth::http {
namespace {

using testing::RawSocket;
using testing::TestServer;

int status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

TEST(HttpLimits, MalformedRequestsTable) {
    const TestServer server({testing::echo(), testing::hello()});
    const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    struct Case {
        std::string bytes;
        int status;
    };
    const std::vector<Case> cases = {
        {"\r\n\r\n", 400},
        {"GARBAGE\r\n\r\n", 400},
        {"GET /hello\r\n\r\n", 400},
        {"GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /hello HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"GET /hello HTTP/1.1\r\n\r\n", 400},  // no Host
        {"GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\nHost: x\n\n", 505},  // the line end is read as part of the version
        {"GET /hello\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a/..%2fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"CONNECT h:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {post + "Content-Length: 3, 3\r\n\r\nabc", 400},
        {post + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc", 400},
        {post + "Content-Length: -1\r\n\r\n", 400},
        {post + "Content-Length: 1x\r\n\r\na", 400},
        {post + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
        {post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        {"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400},
        {post + "Expect: tea\r\nContent-Length: 1\r\n\r\na", 417},
        {"GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
        {"GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
        {post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(40'000, 'a') + "\r\n", 400},
    };
    for (const auto& one : cases) {
        RawSocket socket(server.server->port());
        socket.send(one.bytes);
        const auto answer = socket.read_to_end();
        EXPECT_EQ(status_of(answer), one.status) << one.bytes.substr(0, 120);
        if (one.status != 405) {
            EXPECT_TRUE(socket.closed()) << one.bytes.substr(0, 120);
            EXPECT_EQ(testing::count_of(answer, "HTTP/1.1 "), 1) << "nothing after a broken request is read as one";
        }
    }
    EXPECT_EQ(server.get("/hello")->body, "hello");
}

// The same request cut at every place, and with every byte damaged: never a crash, never two answers for one.
TEST(HttpLimits, CutAndDamagedRequests) {
    const TestServer server({testing::echo(), testing::hello()});
    const std::string good =
        "POST /echo?a=%20 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n";
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        RawSocket socket(server.server->port());
        socket.send(good.substr(0, cut));
        socket.half_close();
        EXPECT_EQ(socket.read_to_end(), "") << cut;
    }
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x15);
        RawSocket socket(server.server->port());
        socket.send(bad);
        socket.half_close();
        EXPECT_LE(testing::count_of(socket.read_to_end(), "HTTP/1.1 "), 2) << at;
    }
    EXPECT_EQ(server.get("/hello")->body, "hello");
}

TEST(HttpLimits, ManySmallHeadersAreBoundedToo) {
    const TestServer server({testing::hello()});
    RawSocket socket(server.server->port());
    socket.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
    bool open = true;
    for (int i = 0; i < 2'000 && open; ++i) open = socket.send("X-" + std::to_string(i) + ": 0123456789\r\n");
    EXPECT_EQ(status_of(socket.read_to_end()), 431);
}

TEST(HttpLimits, BodiesAreBoundedPerRouteBeforeTheyAreRead) {
    auto small = testing::echo("/small");
    small.body_bytes_max = 10;
    const TestServer server({small, testing::echo("/big")});
    EXPECT_EQ(server.post("/small", "0123456789")->status, 200);
    EXPECT_EQ(server.post("/small", "0123456789a")->status, 413);
    EXPECT_EQ(server.post("/big", std::string(1'000, 'x'))->status, 200);
    // Announced: refused by the head alone. Chunked: as soon as it is over.
    RawSocket announced(server.server->port());
    announced.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
    EXPECT_EQ(status_of(announced.read_to_end()), 413);
    RawSocket chunked(server.server->port());
    chunked.send("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n");
    EXPECT_EQ(status_of(chunked.read_to_end()), 413);
    // A client that sends it all regardless still sees the answer.
    const auto whole = server.post("/small", std::string(8u << 20, 'x'));
    ASSERT_TRUE(whole) << whole.error().detail;
    EXPECT_EQ(whole->status, 413);
    EXPECT_EQ(server.post("/none", std::string(500'000, 'x'))->status, 404);
}

ServerOptions quick() {
    ServerOptions options;
    options.idle_timeout_ms = 120;
    options.read_timeout_ms = 120;
    return options;
}

std::int64_t closed_after_ms(RawSocket& socket, std::string_view drip, int drip_every_ms) {
    const auto start = std::chrono::steady_clock::now();
    while (!socket.closed()) {
        if (!drip.empty() && !socket.send(drip)) break;
        socket.read_some(drip_every_ms);
        if (std::chrono::steady_clock::now() - start > std::chrono::seconds(4)) break;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

TEST(HttpLimits, SlowAndSilentClientsAreLetGo) {
    const TestServer server({testing::echo(), testing::hello()}, quick());
    RawSocket silent(server.server->port());
    EXPECT_LT(closed_after_ms(silent, "", 50), 2'000);
    RawSocket slow_head(server.server->port());
    slow_head.send("GET /hello HTTP/1.1\r\n");
    EXPECT_LT(closed_after_ms(slow_head, "a", 20), 2'000);
    RawSocket slow_body(server.server->port());
    slow_body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    EXPECT_LT(closed_after_ms(slow_body, "a", 20), 2'000);
    EXPECT_EQ(server.get("/hello")->status, 200);
}

TEST(HttpLimits, ASlowHandlerIsNotASlowClient) {
    const TestServer server({route(Method::Get, "/work",
                                   [](Request&) {
                                       std::this_thread::sleep_for(std::chrono::milliseconds(400));
                                       return Response::text(200, "done");
                                   })},
                            quick());
    EXPECT_EQ(server.get("/work")->body, "done");
}

TEST(HttpLimits, AFastUploadMayTakeLongerThanTheTimeout) {
    auto big = testing::echo();
    big.body_bytes_max = 8u << 20;
    const TestServer server({big}, quick());
    RawSocket socket(server.server->port());
    socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 400000\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(socket.send(std::string(20'000, 'x')));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_GT(socket.read_to_end().size(), 400'000u);
}

TEST(HttpLimits, TheWaitingQueueIsBounded) {
    std::atomic<bool> go{false};
    ServerOptions options;
    options.worker_threads = 1;
    options.waiting_max = 1;
    std::atomic<int> entered{0};
    const TestServer server({route(Method::Get, "/work",
                                   [&](Request&) {
                                       ++entered;
                                       while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                                       return Response::text(200, "done");
                                   })},
                            options);
    const auto ask = [&] { return std::async(std::launch::async, [&] { return server.get("/work"); }); };
    auto running = ask();
    while (entered == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto waiting = ask();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto refused = server.get("/work");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->header("retry-after"), "1");
    go = true;
    EXPECT_EQ(running.get()->status, 200);
    EXPECT_EQ(waiting.get()->status, 200);
}

TEST(HttpLimits, ConnectionsAreBounded) {
    ServerOptions options;
    options.connections_max = 3;
    const TestServer server({testing::hello()}, options);
    std::vector<std::unique_ptr<RawSocket>> held;
    for (int i = 0; i < 3; ++i) {
        held.push_back(std::make_unique<RawSocket>(server.server->port()));
        held.back()->send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(status_of(held.back()->read_until("hello")), 200);
    }
    RawSocket one_more(server.server->port());
    const auto answer = one_more.read_to_end();
    EXPECT_EQ(status_of(answer), 503);
    EXPECT_NE(answer.find("Retry-After: 1"), std::string::npos);
    held.clear();
    for (int i = 0; i < 100 && server.get("/hello")->status != 200; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(server.get("/hello")->status, 200);
}

TEST(HttpLimits, AStreamWhoseClientDoesNotReadIsLetGo) {
    std::promise<std::shared_ptr<Responder::Stream>> made;
    Route events;
    events.pattern = "/events";
    events.handler = [&](Request&, std::shared_ptr<Responder> responder) { made.set_value(responder->stream()); };
    const TestServer server({events}, quick());
    RawSocket socket(server.server->port());
    socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    auto stream = made.get_future().get();
    const std::string block(200'000, 'x');
    bool open = true;
    for (int i = 0; i < 500 && open; ++i) {
        open = stream->send("", block);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_FALSE(open);
}

TEST(HttpLimits, ManyConnectionsAtOnce) {
    const TestServer server({testing::echo()});
    std::vector<std::future<int>> workers;
    for (int t = 0; t < 16; ++t) {
        workers.push_back(std::async(std::launch::async, [&server, t] {
            int good = 0;
            for (int i = 0; i < 200; ++i) {
                const auto body = std::to_string(t) + ":" + std::to_string(i);
                const auto answer = server.post("/echo", body);
                if (answer && answer->body == body) ++good;
            }
            return good;
        }));
    }
    for (auto& worker : workers) EXPECT_EQ(worker.get(), 200);
}

}  // namespace
}  // namespace tilth::http
