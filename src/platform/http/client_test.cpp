// The client, TLS and Unix sockets.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <future>

#include "platform/http/testing.h"

namespace tilth::http {
namespace {

using testing::RawSocket;
using testing::TestServer;

struct TempFolder {
    std::string path;
    TempFolder() {
        char name[] = "/tmp/tilth_http_XXXXXX";
        path = ::mkdtemp(name);
    }
    ~TempFolder() {
        for (const auto* file : {"/cert.pem", "/key.pem", "/server.sock"}) std::remove((path + file).c_str());
        ::rmdir(path.c_str());
    }
};

// A certificate for localhost, signed by itself, into cert.pem and key.pem.
void make_certificate(const std::string& folder) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
    X509_set_pubkey(certificate, key);
    auto* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* file = std::fopen((folder + "/cert.pem").c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen((folder + "/key.pem").c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

TEST(HttpTls, ServesAndVerifies) {
    const TempFolder folder;
    make_certificate(folder.path);
    ServerOptions options;
    options.certificate_file = folder.path + "/cert.pem";
    options.key_file = folder.path + "/key.pem";
    auto big = testing::echo();
    big.body_bytes_max = 8u << 20;
    const TestServer server(
        {big, route(Method::Get, "/secure",
                    [](Request& request) { return Response::text(200, request.secure ? "yes" : "no"); })},
        options);
    ClientRequest request;
    request.url = "https://localhost:" + std::to_string(server.server->port()) + "/secure";
    const auto unknown = http::send(request);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::Unavailable);  // nothing was sent: the certificate is nobody's
    request.verify_tls = false;
    for (int i = 0; i < 3; ++i) {
        const auto answer = http::send(request);
        ASSERT_TRUE(answer) << answer.error().detail;
        EXPECT_EQ(answer->body, "yes");
    }
    request.method = Method::Post;
    request.url = "https://127.0.0.1:" + std::to_string(server.server->port()) + "/echo";
    request.body = std::string(5u << 20, 'q');
    const auto echoed = http::send(request);
    ASSERT_TRUE(echoed) << echoed.error().detail;
    EXPECT_TRUE(echoed->body == request.body);
    request.headers = {{"Connection", "close"}};
    request.body = "x";
    EXPECT_EQ(http::send(request)->body, "x");
    // Plain text on a TLS port, and a handshake that never comes, end the connection only.
    RawSocket plain(server.server->port());
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    plain.read_to_end();
    EXPECT_TRUE(plain.closed());
}

TEST(HttpTls, UnusableFilesAreRefused) {
    ServerOptions options;
    options.port = 0;
    options.certificate_file = "/nonexistent.pem";
    EXPECT_EQ(serve(options, {testing::hello()}).error().code, ErrorCode::Invalid);
    options.key_file = "/nonexistent.pem";
    EXPECT_EQ(serve(options, {testing::hello()}).error().code, ErrorCode::Invalid);
}

TEST(HttpUnix, ServesPrivatelyAndReplacesAStaleSocket) {
    const TempFolder folder;
    const std::string path = folder.path + "/server.sock";
    const auto who =
        route(Method::Get, "/who", [](Request& request) { return Response::text(200, request.client_ip); });
    ClientRequest request;
    request.url = "unix:" + path + ":/who?x=1";
    {
        auto server = serve_unix(path, {who});
        ASSERT_TRUE(server) << server.error().detail;
        struct stat info{};
        ASSERT_EQ(::stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777, 0600u);
        EXPECT_EQ(http::send(request)->body, "unix");
        const auto second = serve_unix(path, {who});
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, ErrorCode::Conflict);
        EXPECT_EQ(http::send(request)->body, "unix");
    }
    EXPECT_EQ(http::send(request).error().code, ErrorCode::Unavailable);
    // A socket that a killed process left behind.
    const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_storage raw{};
    raw.ss_family = AF_UNIX;
    std::copy(path.begin(), path.end(), reinterpret_cast<char*>(&raw) + 2);
    ASSERT_EQ(::bind(left, reinterpret_cast<const sockaddr*>(&raw), static_cast<socklen_t>(2 + path.size() + 1)), 0);
    ::close(left);
    auto again = serve_unix(path, {who});
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(http::send(request)->body, "unix");
}

// A server that answers every connection with the same bytes, and closes.
struct Canned {
    explicit Canned(std::string bytes) : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        ::listen(socket, 8);
        socklen_t size = sizeof address;
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread = std::thread([this, bytes = std::move(bytes)] {
            while (true) {
                const int peer = ::accept(socket, nullptr, nullptr);
                if (peer < 0) return;
                char buffer[4096];
                (void)!::recv(peer, buffer, sizeof buffer, 0);
                (void)!::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
                ::close(peer);
            }
        });
    }
    ~Canned() {
        ::shutdown(socket, SHUT_RDWR);
        thread.join();
        ::close(socket);
    }
    Result<ClientResponse> get(std::size_t bytes_max = 1u << 20) const {
        ClientRequest request;
        request.url = "http://127.0.0.1:" + std::to_string(port) + "/";
        request.answer_bytes_max = bytes_max;
        request.timeout_ms = 2'000;
        return http::send(request);
    }
    int socket;
    std::uint16_t port = 0;
    std::thread thread;
};

TEST(HttpClient, ReadsEveryKindOfAnswer) {
    EXPECT_EQ(
        Canned("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").get()->body,
        "abcde");
    EXPECT_EQ(Canned("HTTP/1.1 200 OK\r\n\r\nuntil the end").get()->body, "until the end");
    EXPECT_EQ(Canned("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx").get()->status,
              201);
    EXPECT_EQ(Canned("HTTP/1.1 204 No Content\r\n\r\n").get()->status, 204);
    EXPECT_EQ(Canned("HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 0\r\n\r\n").get()->header("x-a"), "b");
}

TEST(HttpClient, RefusesBrokenAndHugeAnswers) {
    EXPECT_EQ(Canned("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").get().error().code, ErrorCode::StorageFailed);
    EXPECT_EQ(Canned("nonsense\r\n\r\n").get().error().code, ErrorCode::StorageFailed);
    EXPECT_EQ(Canned("").get().error().code, ErrorCode::StorageFailed);
    EXPECT_EQ(Canned("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890").get(10).error().code,
              ErrorCode::LimitExceeded);
    EXPECT_EQ(Canned("HTTP/1.1 200 OK\r\n\r\n01234567890").get(10).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(Canned("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")
                  .get(10)
                  .error()
                  .code,
              ErrorCode::LimitExceeded);
}

TEST(HttpClient, NamesWhatWentWrong) {
    ClientRequest request;
    request.url = "http://127.0.0.1:1/";
    EXPECT_EQ(http::send(request).error().code, ErrorCode::Unavailable);
    request.url = "nonsense";
    EXPECT_EQ(http::send(request).error().code, ErrorCode::Invalid);
    request.url = "http://127.0.0.1:1/";
    request.headers = {{"X", "a\r\nHost: b"}};
    EXPECT_EQ(http::send(request).error().code, ErrorCode::Invalid);
    const TestServer server({route(Method::Get, "/slow", [](Request&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        return Response();
    })});
    request.headers.clear();
    request.url = server.url("/slow");
    request.timeout_ms = 50;
    EXPECT_EQ(http::send(request).error().code, ErrorCode::Timeout);
}

TEST(HttpClient, AKeptConnectionThatTheServerClosedIsReplaced) {
    ServerOptions options;
    options.idle_timeout_ms = 60;
    const TestServer server({testing::echo(), testing::hello()}, options);
    EXPECT_EQ(server.post("/echo", "a")->body, "a");
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    const auto later = server.post("/echo", "b");
    ASSERT_TRUE(later) << later.error().detail;
    EXPECT_EQ(later->body, "b");
}

}  // namespace
}  // namespace tilth::http
