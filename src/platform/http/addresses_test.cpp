#include "platform/http/addresses.h"

#include <gtest/gtest.h>

#include "platform/http/testing.h"

namespace tilth::http {

TEST(Addresses, OnlyThePublicInternetIsPublic) {
    for (const char* ip : {"8.8.8.8", "1.1.1.1", "223.5.5.5", "172.32.0.1", "2606:4700::1111", "2400:3200::1"})
        EXPECT_TRUE(is_public_address(ip)) << ip;
    for (const char* ip :
         {"127.0.0.1",   "10.1.2.3",        "172.16.0.1",      "172.31.255.255",  "192.168.1.1",      "169.254.169.254",
          "100.64.0.1",  "0.0.0.0",         "224.0.0.1",       "255.255.255.255", "::1",              "::",
          "fe80::1",     "fc00::1",         "fd12::1",         "ff02::1",         "::ffff:127.0.0.1", "::ffff:10.0.0.1",
          "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",  "fe80::1%lo",      "",                 "localhost",
          "127.1",       "0x7f000001",      "2130706433"})
        EXPECT_FALSE(is_public_address(ip)) << ip;
}

TEST(Addresses, TheServersOwnConfigurationAllowsMore) {
    const Reachable some(MUST(Proxies::parse({"10.2.0.0/16"})));  // a fixed range
    EXPECT_TRUE(some("10.2.3.4"));
    EXPECT_FALSE(some("10.3.3.4"));
    EXPECT_TRUE(some("8.8.8.8"));
}

TEST(Addresses, ARefusedAddressIsNotConnectedTo) {
    const testing::TestServer server({testing::hello()});
    ClientRequest request;
    request.url = server.url("/hello");
    request.may_connect = Reachable();
    const auto refused = send(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
    request.url = "http://localhost:" + std::to_string(server.server->port()) + "/hello";
    EXPECT_EQ(send(request).error().code, ErrorCode::Forbidden);
    request.url = "unix:/nowhere.sock:/hello";
    EXPECT_EQ(send(request).error().code, ErrorCode::Forbidden);
    request.url = server.url("/hello");
    request.may_connect = Reachable(MUST(Proxies::parse({"127.0.0.0/8"})));  // a fixed range
    const auto allowed = send(request);
    ASSERT_TRUE(allowed);
    EXPECT_EQ(allowed->body, "hello");
}

}  // namespace tilth::http
