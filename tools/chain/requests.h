#pragma once
// What the chain sends: files as its till, mini-program and platforms export them, and batches of behaviour events.
// Pure: the bodies depend on the chain alone, never on an answer.

#include <cstdint>
#include <string>
#include <vector>

#include "chain/chain.h"
#include "platform/json/value.h"

namespace tilth::chain {

// Control totals as Tilth's import reports them, computed from the chain.
struct Sums {
    std::int64_t rows = 0;
    std::int64_t orders = 0;     // sales and returns
    std::int64_t returns = 0;
    std::int64_t anonymous = 0;  // orders without a customer
    std::int64_t net_fen = 0;
    void add(const Sums& other);
    bool operator==(const Sums&) const = default;
};

struct Upload {
    std::string name;      // "小票_01.csv"
    std::string body;      // UTF-8 CSV
    std::int64_t rows = 0;
    json::Value mapping;   // null: a layout that Tilth knows by its headers
    Sums sums;             // of a file of orders
};

struct Requests {
    Upload stores;
    Upload staff;
    Upload members;
    std::vector<Upload> orders;        // tills in parts, then mini-program, then vouchers
    Upload day_closes;
    std::vector<std::string> batches;  // bodies of POST /api/v1/events
    std::int64_t events = 0;
    Sums sums;                         // of all orders
    std::int64_t buyers = 0;           // members who bought
    std::string hash;                  // of all bodies in this order, hexadecimal
};

// `rows_a_file` bounds a till file, `events_a_batch` a batch (the API takes 2,500).
struct Sizes {
    std::int64_t rows_a_file = 200'000;
    std::int64_t events_a_batch = 2'000;
};
Requests requests_of(const Parameters& parameters, const Chain& chain, Sizes sizes = {});
// What was sent, as one object: "orders", "net_fen", "members", "hash" …
json::Value totals_json(const Requests& requests);

}  // namespace tilth::chain
