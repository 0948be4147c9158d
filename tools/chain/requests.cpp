#include "chain/requests.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "platform/crypto/crypto.h"

namespace tilth::chain {

namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::int64_t kSilverFen = 100'000;
constexpr std::int64_t kGoldFen = 500'000;
constexpr std::int64_t kFenAPoint = 100;

void append_padded(std::string& out, int number, int digits) {
    std::array<char, 12> text{};
    for (int i = digits - 1; i >= 0; --i, number /= 10)
        text[static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
    out.append(text.data(), static_cast<std::size_t>(digits));
}

void append_day(std::string& out, Day day) {
    const CivilDate date = civil_from_day(day);
    append_padded(out, date.year, 4);
    out += '-';
    append_padded(out, date.month, 2);
    out += '-';
    append_padded(out, date.day, 2);
}

// "2026-03-01 14:05:00", the separator as given.
void append_time(std::string& out, Day day, int second, char separator = ' ') {
    append_day(out, day);
    out += separator;
    append_padded(out, second / 3'600, 2);
    out += ':';
    append_padded(out, second / 60 % 60, 2);
    out += ':';
    append_padded(out, second % 60, 2);
}

void append_fen(std::string& out, std::int64_t fen) {
    if (fen < 0) out += '-';
    const std::int64_t whole = fen < 0 ? -fen : fen;
    out += std::to_string(whole / 100);
    out += '.';
    append_padded(out, static_cast<int>(whole % 100), 2);
}

std::string masked(const std::string& phone) { return phone.substr(0, 3) + "****" + phone.substr(7); }

json::Value column(const char* field, const char* header) {
    return json::Value::object({{"field", field}, {"header", header}});
}

class Writer {
public:
    Writer(const Parameters& parameters, const Chain& chain, Sizes sizes)
        : p_(parameters), chain_(chain), sizes_(sizes) {}

    Requests write() {
        write_stores();
        write_staff();
        write_members();
        write_tills();
        write_mini_program();
        write_vouchers();
        write_day_closes();
        write_events();
        std::set<int> buyers;
        for (const Order& order : chain_.orders) {
            if (order.member != kNobody) buyers.insert(order.member);
        }
        out_.buyers = static_cast<std::int64_t>(buyers.size());
        for (const Upload& upload : out_.orders) out_.sums.add(upload.sums);
        out_.hash = hash();
        return std::move(out_);
    }

private:
    const Store& store(int at) const { return chain_.stores[static_cast<std::size_t>(at)]; }
    const Member& member(int at) const { return chain_.members[static_cast<std::size_t>(at)]; }
    const Item& item(int at) const { return chain_.items[static_cast<std::size_t>(at)]; }
    std::string guide(int at) const {
        return at == kNobody ? std::string() : chain_.guides[static_cast<std::size_t>(at)].code;
    }
    const std::string& sku(const Line& line) const {
        return line.item == kVoucherItem ? p_.voucher.code : item(line.item).code;
    }
    const std::string& title(const Line& line) const {
        return line.item == kVoucherItem ? p_.voucher.name : item(line.item).name;
    }

    void write_stores() {
        Upload& file = out_.stores;
        file.name = "门店清单.csv";
        file.body = "门店编码,门店名称,所属区域,经营方式,治理模式\r\n";
        for (const Store& one : chain_.stores) {
            const Governance& mode = p_.governance[static_cast<std::size_t>(one.governance)];
            file.body += one.code + "," + one.name + "," + p_.regions[static_cast<std::size_t>(one.region)].name + "," +
                         mode.ownership + "," + mode.mode + "\r\n";
            ++file.rows;
        }
    }

    // A manager for every store, and its guides.
    void write_staff() {
        Upload& file = out_.staff;
        file.name = "员工名单.csv";
        file.body = "员工编号,姓名,门店编码,岗位,收银员编号\r\n";
        const auto add = [&file](const std::string& code, const std::string& name, const Store& at, const char* post) {
            file.body += code + "," + name + "," + at.code + "," + post + "," + code + "\r\n";
            ++file.rows;
        };
        for (const Store& one : chain_.stores) add("D" + one.code, one.manager, one, "店长");
        for (const Guide& one : chain_.guides) add(one.code, one.name, store(one.store), "导购");
        file.mapping = json::Value::object(
            {{"target", "staff"},
             {"columns", json::Value::Array{column("code", "员工编号"), column("name", "姓名"),
                                            column("node_code", "门店编码"), column("role", "岗位"),
                                            column("till_code", "收银员编号")}}});
    }

    void write_members() {
        std::vector<std::int64_t> spent(chain_.members.size());
        for (const Order& order : chain_.orders) {
            if (order.member != kNobody) spent[static_cast<std::size_t>(order.member)] += order.amount_fen();
        }
        Upload& file = out_.members;
        file.name = "会员主档.csv";
        file.body = "会员卡号,手机号,姓名,性别,等级,积分余额,成长值,注册时间,归属门店编码,归属导购,标签,同意方式,推荐人卡号\r\n";
        for (std::size_t i = 0; i < chain_.members.size(); ++i) {
            const Member& one = chain_.members[i];
            const std::int64_t fen = std::max<std::int64_t>(spent[i], 0);
            std::string& row = file.body;
            row += one.card + "," + one.phone + "," + one.name + "," + (one.female ? "女" : "男") + ",";
            row += fen >= kGoldFen ? "金卡" : fen >= kSilverFen ? "银卡" : "普通会员";
            row += "," + std::to_string(fen / kFenAPoint) + "," + std::to_string(fen / 100) + ",";
            append_time(row, one.registered, one.second);
            row += "," + store(one.store).code + "," + guide(one.guide) + ",";
            if (one.child_told) row += "宝宝" + month_of(one.child_born);
            row += one.consents ? ",门店签署," : ",,";
            if (one.referrer != kNobody) row += member(one.referrer).card;
            row += "\r\n";
            ++file.rows;
        }
    }

    static std::string month_of(Day day) {
        std::string text;
        append_day(text, day);
        return text.substr(0, 7);
    }

    static void count(const Order& order, Sums& sums) {
        sums.rows += static_cast<std::int64_t>(order.lines.size());
        ++sums.orders;
        if (order.is_return) ++sums.returns;
        if (order.member == kNobody) ++sums.anonymous;
        sums.net_fen += order.amount_fen();
    }

    void till_row(const Order& order, const Line& line, std::string& row) const {
        const Store& at = store(order.store);
        row += at.code + "," + at.name + ",1," + order.number + ",";
        append_time(row, order.day, order.second);
        row += ",";
        if (order.member != kNobody) row += member(order.member).card + "," + masked(member(order.member).phone);
        else row += ",";
        row += "," + sku(line) + "," + title(line) + (order.is_return ? ",-" : ",") + std::to_string(line.pieces) + ",";
        append_fen(row, line.price_fen);
        row += ",";
        append_fen(row, order.is_return ? -line.amount_fen : line.amount_fen);
        row += "," + guide(order.guide) + (order.is_return ? ",是," : ",否,");
        if (order.original != kNobody) row += chain_.orders[static_cast<std::size_t>(order.original)].number;
        row += "\r\n";
    }

    void write_tills() {
        Upload* file = nullptr;
        for (const Order& order : chain_.orders) {
            if (order.channel != Channel::Till) continue;
            if (file == nullptr || file->rows >= sizes_.rows_a_file) {
                file = &out_.orders.emplace_back();
                file->name = "收银小票_" + std::to_string(100 + out_.orders.size()).substr(1) + ".csv";
                file->body = "门店编码,门店名称,收银机号,小票号,交易时间,会员卡号,会员手机号,商品条码,商品名称,数量,单价,"
                             "实收金额,导购编号,退货标志,原小票号\r\n";
            }
            for (const Line& line : order.lines) {
                till_row(order, line, file->body);
                ++file->rows;
            }
            count(order, file->sums);
        }
    }

    static json::Value own_mapping(const char* channel, json::Value columns) {
        const json::Value options = json::Value::object({{"channel", channel}, {"node_kind", "store"}});
        json::Value key = json::Value::array();
        key.push("order_number");
        key.push("sku");
        return json::Value::object({{"target", "orders"},
                                    {"columns", std::move(columns)},
                                    {"options", options},
                                    {"key", std::move(key)},
                                    {"drop_masked", true}});
    }

    void write_mini_program() {
        Upload file;
        file.name = "小程序订单.csv";
        file.body = "订单号,支付时间,商品编码,商品名称,数量,单价,实付金额,手机号,收货人,发货门店,门店名称,分享导购\r\n";
        for (const Order& order : chain_.orders) {
            if (order.channel != Channel::MiniProgram) continue;
            const Member& buyer = member(order.member);
            for (const Line& line : order.lines) {
                std::string& row = file.body;
                row += order.number + ",";
                append_time(row, order.day, order.second);
                row += "," + sku(line) + "," + title(line) + "," + (order.is_return ? "-" : "");
                row += std::to_string(line.pieces) + ",";
                append_fen(row, line.price_fen);
                row += ",";
                append_fen(row, order.is_return ? -line.amount_fen : line.amount_fen);
                row += "," + buyer.phone + "," + buyer.name + "," + store(order.store).code + "," +
                       store(order.store).name + "," + guide(order.guide) + "\r\n";
                ++file.rows;
            }
            count(order, file.sums);
        }
        file.mapping = own_mapping("mini_program", json::Value::Array{column("order_number", "订单号"),
                                                    column("paid_at", "支付时间"),
                                                    column("sku", "商品编码"),
                                                    column("product_name", "商品名称"),
                                                    column("quantity", "数量"),
                                                    column("price", "单价"),
                                                    column("amount", "实付金额"),
                                                    column("phone", "手机号"),
                                                    column("customer_name", "收货人"),
                                                    column("node_code", "发货门店"),
                                                    column("node_name", "门店名称"),
                                                    column("guide_code", "分享导购")});
        out_.orders.push_back(std::move(file));
    }

    void write_vouchers() {
        Upload file;
        file.name = "抖音团购券核销.csv";
        file.body = "券订单号,核销时间,券商品编码,券名称,张数,券面价,实付金额,会员卡号,手机号,核销门店,门店名称,核销导购\r\n";
        for (const Order& order : chain_.orders) {
            if (order.channel != Channel::Voucher) continue;
            for (const Line& line : order.lines) {
                std::string& row = file.body;
                row += order.number + ",";
                append_time(row, order.day, order.second);
                row += "," + sku(line) + "," + title(line) + "," + std::to_string(line.pieces) + ",";
                append_fen(row, line.price_fen);
                row += ",";
                append_fen(row, line.amount_fen);
                // Douyin shows the seller a masked number only; a member is known by the card shown at the counter.
                const bool known = order.member != kNobody;
                row += known ? "," + member(order.member).card + "," + masked(member(order.member).phone)
                             : ",," + p_.person.phone_prefix.substr(0, 3) + "****0000";
                const Store& at = store(order.store);
                row += "," + at.code + "," + at.name + "," + guide(order.guide) + "\r\n";
                ++file.rows;
            }
            count(order, file.sums);
        }
        file.mapping = own_mapping("douyin_voucher", json::Value::Array{column("order_number", "券订单号"),
                                                      column("paid_at", "核销时间"),
                                                      column("sku", "券商品编码"),
                                                      column("product_name", "券名称"),
                                                      column("quantity", "张数"),
                                                      column("price", "券面价"),
                                                      column("amount", "实付金额"),
                                                      column("card", "会员卡号"),
                                                      column("phone", "手机号"),
                                                      column("node_code", "核销门店"),
                                                      column("node_name", "门店名称"),
                                                      column("guide_code", "核销导购")});
        out_.orders.push_back(std::move(file));
    }

    // What every till says at the end of its day.
    void write_day_closes() {
        struct Close {
            std::int64_t receipts = 0;
            std::int64_t net = 0;
            std::int64_t refunds = 0;
        };
        std::map<std::pair<Day, int>, Close> closes;
        for (const Order& order : chain_.orders) {
            if (order.channel != Channel::Till) continue;
            Close& close = closes[{order.day, order.store}];
            close.receipts += order.is_return ? 0 : 1;
            close.net += order.amount_fen();
            if (order.is_return) close.refunds -= order.amount_fen();
        }
        Upload& file = out_.day_closes;
        file.name = "门店日结.csv";
        file.body = "门店编码,门店名称,营业日,小票数,净销售额,退款金额\r\n";
        for (const auto& [key, close] : closes) {
            std::string& row = file.body;
            row += store(key.second).code + "," + store(key.second).name + ",";
            append_day(row, key.first);
            row += "," + std::to_string(close.receipts) + ",";
            append_fen(row, close.net);
            row += ",";
            append_fen(row, close.refunds);
            row += "\r\n";
            ++file.rows;
        }
    }

    void write_events() {
        std::string body;
        std::int64_t in_batch = 0;
        const auto close = [&] {
            if (in_batch > 0) out_.batches.push_back(body + "]}");
            body = "{\"events\":[";
            in_batch = 0;
        };
        close();
        for (std::size_t i = 0; i < chain_.events.size(); ++i) {
            if (in_batch > 0) body += ',';
            write_event(body, chain_.events[i], i);
            ++out_.events;
            if (++in_batch >= sizes_.events_a_batch) close();
        }
        close();
    }

    void write_event(std::string& out, const Event& event, std::size_t number) const {
        static constexpr std::array<const char*, 7> kTypes = {"mini_program_opened", "product_viewed", "product_added",
                                                              "checkout_started",    "member_registered",
                                                              "child_saved",         "guide_called"};
        const auto day = Day{static_cast<std::int32_t>(event.local_second / kSecondsOfDay)};
        out += "{\"id\":\"" + std::to_string(p_.seed) + "-" + std::to_string(number) + "\",\"type\":\"";
        out += kTypes[static_cast<std::size_t>(event.type)];
        out += "\",\"time\":\"";
        append_time(out, day, static_cast<int>(event.local_second % kSecondsOfDay), 'T');
        const auto minutes = static_cast<int>(p_.zone_minutes < 0 ? -p_.zone_minutes : p_.zone_minutes);
        out += p_.zone_minutes < 0 ? '-' : '+';
        append_padded(out, minutes / 60, 2);
        out += ':';
        append_padded(out, minutes % 60, 2);
        out += "\",\"identities\":{";
        const bool registering = event.type == EventType::Registered;
        if (event.anonymous) {
            out += "\"anonymous\":\"";
            out += event.member != kNobody ? "m" + std::to_string(event.member) : "v" + std::to_string(event.visitor);
            out += registering ? "\"," : "\"";
        }
        if (!event.anonymous || registering) out += "\"phone\":\"" + member(event.member).phone + "\"";
        out += '}';
        write_details(out, event);
        out += '}';
    }

    void write_details(std::string& out, const Event& event) const {
        const bool tells = event.type == EventType::Registered || event.type == EventType::ChildSaved;
        if (tells && member(event.member).child_told)
            out += ",\"traits\":{\"child_birth_month\":\"" + month_of(member(event.member).child_born) + "\"}";
        switch (event.type) {
            case EventType::Viewed:
            case EventType::Added: {
                const Item& seen = item(event.item);
                out += ",\"properties\":{\"sku\":\"" + seen.code + "\",\"category\":\"" +
                       p_.categories[static_cast<std::size_t>(seen.category)].name + "\",\"price\":";
                append_fen(out, seen.price_fen);
                out += '}';
                break;
            }
            case EventType::Registered:
            case EventType::Called:
                out += ",\"properties\":{\"store\":\"" + store(member(event.member).store).code + "\",\"guide\":\"" +
                       guide(member(event.member).guide) + "\"}";
                break;
            default: break;
        }
    }

    std::string hash() const {
        crypto::Hasher hasher;
        const auto add = [&hasher](const Upload& file) {
            hasher.add(file.name);
            hasher.add(file.mapping.print());
            hasher.add(static_cast<std::int64_t>(file.body.size()));
            hasher.add(file.body);
        };
        add(out_.stores);
        add(out_.staff);
        add(out_.members);
        for (const Upload& file : out_.orders) add(file);
        add(out_.day_closes);
        for (const std::string& body : out_.batches) hasher.add(body);
        return crypto::hex(crypto::view(hasher.finish()));
    }

    const Parameters& p_;
    const Chain& chain_;
    Sizes sizes_;
    Requests out_;
};

}  // namespace

void Sums::add(const Sums& other) {
    rows += other.rows;
    orders += other.orders;
    returns += other.returns;
    anonymous += other.anonymous;
    net_fen += other.net_fen;
}

json::Value totals_json(const Requests& requests) {
    return json::Value::object({{"hash", requests.hash},
                                {"members", requests.members.rows},
                                {"stores", requests.stores.rows},
                                {"staff", requests.staff.rows},
                                {"orders", requests.sums.orders},
                                {"rows", requests.sums.rows},
                                {"returns", requests.sums.returns},
                                {"anonymous", requests.sums.anonymous},
                                {"buyers", requests.buyers},
                                {"net_fen", requests.sums.net_fen},
                                {"store_days", requests.day_closes.rows},
                                {"events", requests.events}});
}

Requests requests_of(const Parameters& parameters, const Chain& chain, Sizes sizes) {
    return Writer(parameters, chain, sizes).write();
}

}  // namespace tilth::chain
