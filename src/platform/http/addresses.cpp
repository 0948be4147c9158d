#include "platform/http/addresses.h"

namespace tilth::http {

namespace {

// Proxies hold ranges of addresses; here they are the ranges that nobody outside may choose. IPv4 stands in its mapped
// form in them, so a mapped IPv6 address is judged as the IPv4 address that it is.
const Proxies& special() {
    static const Proxies ranges = MUST(Proxies::parse(  // The list is fixed: each line is a range.
        {"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",  "127.0.0.0/8",   "169.254.0.0/16", "172.16.0.0/12",
         "192.0.0.0/24",   "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
         "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",    "::/96",         "64:ff9b::/96",   "64:ff9b:1::/48",
         "100::/64",       "2001::/23",      "2001:db8::/32",  "2002::/16",     "fc00::/7",       "fe80::/10",
         "fec0::/10",      "ff00::/8"}));
    return ranges;
}

}  // namespace

bool is_public_address(std::string_view ip) {
    // "fe80::1%eth0" names a link, and what cannot be read as an address is none.
    if (ip.empty() || ip.find('%') != std::string_view::npos) return false;
    static const Proxies all = MUST(Proxies::parse({"0.0.0.0/0", "::/0"}));  // A fixed list.
    return all.trusts(ip) && !special().trusts(ip);
}

}  // namespace tilth::http
