// What this module lets rules speak of, beyond who is who.

#include <array>
#include <map>

#include "kernel/rules/plan.h"
#include "modules/customer/api.h"
#include "modules/customer/module.h"

namespace tilth::customer {

namespace {

namespace rules = kernel::rules;
using rules::kMissing;

struct ChannelWords {
    ConsentChannel channel;
    std::string_view key;
    std::string_view zh;
    std::string_view en;
};
constexpr std::array kChannels{
    ChannelWords{ConsentChannel::Sms, "consent.sms", "短信可触达", "sms allowed"},
    ChannelWords{ConsentChannel::Call, "consent.call", "电话可触达", "calls allowed"},
    ChannelWords{ConsentChannel::Email, "consent.email", "邮件可触达", "e-mail allowed"},
    ChannelWords{ConsentChannel::WeCom, "consent.wecom", "企业微信可触达", "WeCom allowed"},
    ChannelWords{ConsentChannel::WeChat, "consent.wechat", "微信可触达", "WeChat allowed"},
    ChannelWords{ConsentChannel::App, "consent.app", "App可触达", "app allowed"},
};
constexpr std::int64_t kEndings = std::int64_t{1} << 40;  // erasures and suppressions stand above the consent number

class ConsentFeed final : public rules::AttributeFeed {
public:
    std::vector<rules::FedAttribute> attributes() const override {
        std::vector<rules::FedAttribute> out;
        for (const ChannelWords& one : kChannels) {
            rules::Attribute flag{std::string(one.key), std::string(one.zh), std::string(one.en),
                                  rules::ValueType::Flag, 0, {}};
            out.push_back({std::move(flag), rules::Combine::Min});
        }
        return out;
    }

    // The position is the newest consent's number, and how many erasures, suppressions and words taken back there are:
    // these come without a number of their own, and when there is a new one everything is read again.
    Result<rules::FeedBatch> changed_since(sql::Connection& sql, const TenantId& tenant, std::int64_t position,
                                           int) override {
        const auto number = [&](std::string_view statement) -> Result<std::int64_t> {
            const auto found = TRY(sql.one(statement, {tenant}, [](const sql::Row& row) { return row.opt_i64(0); }));
            return found && *found ? **found : 0;
        };
        const std::int64_t last = TRY(number("SELECT max(number) FROM consent_line WHERE tenant_id = ?1"));
        const std::int64_t ended = TRY(number("SELECT count(*) FROM customer_erasure WHERE tenant_id = ?1")) +
                                   TRY(number("SELECT count(*) FROM customer_suppressed WHERE tenant_id = ?1")) +
                                   TRY(number("SELECT max(number) FROM consent_taken_back WHERE tenant_id = ?1"));
        rules::FeedBatch batch;
        batch.position = ended * kEndings + last;
        if (batch.position == position) return batch;
        batch.whole = position < 0 || position / kEndings != ended;
        const std::int64_t after = batch.whole ? 0 : position % kEndings;
        std::map<CustomerId, std::vector<std::int64_t>> values;
        std::map<std::pair<CustomerId, std::int64_t>, std::pair<std::int64_t, std::int64_t>> newest;
        // A late word with an older time does not count: all words of the customers named are looked at.
        TRY(sql.query("SELECT customer_id, channel, granted, at, number FROM consent_line WHERE tenant_id = ?1 AND "
                      "purpose = ?2 AND number IN (SELECT number FROM consent_line WHERE tenant_id = ?1 AND "
                      "customer_id IN (SELECT customer_id FROM consent_line WHERE tenant_id = ?1 AND number > ?3))",
                      {tenant, static_cast<int>(Purpose::Marketing), after}, [&](const sql::Row& row) {
                          const auto customer = row.id<CustomerId>(0);
                          const std::int64_t channel = row.i64(1);
                          const std::pair word(row.i64(3), row.i64(4));
                          auto& stands = newest[{customer, channel}];
                          if (word < stands) return true;
                          stands = word;
                          auto& row_values = values[customer];
                          row_values.resize(kChannels.size(), kMissing);
                          for (std::size_t i = 0; i < kChannels.size(); ++i) {
                              if (static_cast<std::int64_t>(kChannels[i].channel) == channel)
                                  row_values[i] = row.flag(2) ? 1 : 0;
                          }
                          return true;
                      }));
        const auto no = [&](const sql::Row& row) {
            values[row.id<CustomerId>(0)].assign(kChannels.size(), 0);
            return true;
        };
        TRY(sql.query("SELECT customer_id FROM customer_erasure WHERE tenant_id = ?1", {tenant}, no));
        TRY(sql.query("SELECT customer_id FROM customer_suppressed WHERE tenant_id = ?1", {tenant}, no));
        for (auto& [customer, row] : values) batch.rows.push_back({customer, std::move(row)});
        return batch;
    }
};

}  // namespace

std::unique_ptr<rules::AttributeFeed> make_consent_feed() { return std::make_unique<ConsentFeed>(); }

}  // namespace tilth::customer
