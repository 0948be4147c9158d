#pragma once
// The projection's tables in DuckDB. A change of their meaning raises kProjectionVersion: a file of another version is
// thrown away and derived again.
//
//   projection  one row: the version
//   tenant      a small number per tenant, the calendar its days were counted by, and how far its feeds were read
//   node        the organisation tree; orders and customers carry a node's number
//   term        a small number per channel, guide (the staff id as text) and product of a tenant, with its name
//   orders      one row an order: day is the business day, net in minor units (returns negative), items in 1/1,000
//   lines       one row an order and product: what the order holds of it, in the same units
//   customers   one row a customer: person is ordinal × 2 + known, so that joining people changes these rows alone;
//               since is the business day on which the customer was first seen; referrer is the customer who brought it
//   *_in        what a batch brings, emptied in the same transaction

#include <string_view>

namespace tilth::performance {

inline constexpr int kProjectionVersion = 3;

inline constexpr std::string_view kCreateTables =
    "CREATE TABLE projection (version INTEGER NOT NULL);"
    "CREATE TABLE tenant (no INTEGER NOT NULL, tenant BLOB NOT NULL, calendar VARCHAR NOT NULL,"
    " orders_no BIGINT NOT NULL, customers_no BIGINT NOT NULL);"
    "CREATE TABLE node (tenant INTEGER NOT NULL, no INTEGER NOT NULL, node BLOB NOT NULL, parent BLOB,"
    " kind INTEGER NOT NULL, code VARCHAR NOT NULL, name VARCHAR NOT NULL);"
    "CREATE TABLE term (tenant INTEGER NOT NULL, cut INTEGER NOT NULL, no INTEGER NOT NULL, key VARCHAR NOT NULL,"
    " name VARCHAR NOT NULL);"
    "CREATE TABLE orders (tenant INTEGER NOT NULL, order_id BLOB NOT NULL, customer BLOB, kind INTEGER NOT NULL,"
    " channel INTEGER NOT NULL, guide INTEGER, paid_at BIGINT NOT NULL, day INTEGER NOT NULL, node INTEGER,"
    " net BIGINT NOT NULL, items BIGINT NOT NULL, lines BIGINT NOT NULL, change_no BIGINT NOT NULL);"
    "CREATE TABLE lines (tenant INTEGER NOT NULL, order_id BLOB NOT NULL, product INTEGER NOT NULL,"
    " net BIGINT NOT NULL, items BIGINT NOT NULL);"
    "CREATE TABLE customers (tenant INTEGER NOT NULL, customer BLOB NOT NULL, person BIGINT NOT NULL,"
    " known BOOLEAN NOT NULL, member BOOLEAN NOT NULL, home INTEGER, first_seen BIGINT NOT NULL,"
    " since INTEGER NOT NULL, referrer BLOB, change_no BIGINT NOT NULL);"
    "CREATE TABLE orders_in AS SELECT *, false AS removed FROM orders;"
    "CREATE TABLE lines_in AS SELECT * FROM lines;"
    "CREATE TABLE customers_in AS SELECT *, false AS removed FROM customers;";

}  // namespace tilth::performance
