#include "modules/collect/imports/profiles.h"

#include <algorithm>

#include "modules/collect/imports/clean.h"
#include "modules/collect/imports/mapping.h"
#include "platform/json/value.h"

namespace tilth::collect {

namespace {

// One JSON document a layout. Columns as the platforms' own exports name them; '|' parts headers of several editions,
// the first cell with something in it counts. Status words become paid, done, unpaid, closed or return; an order that
// was never paid is no sale, and one that was closed after it was paid is worth nothing.
constexpr std::string_view kReady[] = {
    R"P({"name":"taobao_orders","zh":"淘宝/天猫订单","en":"Taobao orders",
"signature":["订单编号","买家会员名","买家应付货款","订单状态"],
"mapping":{"target":"orders","key":["order_number"],"drop_masked":true,
"options":{"channel":"taobao","node_kind":"online","amount_is":"order_total"},"columns":[
{"field":"order_number","header":"订单编号"},
{"field":"paid_at","header":"订单付款时间|买家付款时间|订单创建时间|买家下单时间"},
{"field":"sku","header":"","constant":"-"},{"field":"product_name","header":"宝贝标题"},
{"field":"quantity","header":"宝贝总数量","constant":"1"},{"field":"price","header":"","constant":"0"},
{"field":"amount","header":"买家实际支付金额|买家实付金额"},{"field":"phone","header":"联系手机"},
{"field":"customer_name","header":"收货人姓名"},
{"field":"node_code","header":"","constant":"taobao"},{"field":"node_name","header":"店铺名称","constant":"淘宝店"},
{"field":"status","header":"订单状态","values":{"等待买家付款":"unpaid","买家已付款，等待卖家发货":"paid",
"卖家已发货，等待买家确认":"paid","交易成功":"done","交易关闭":"closed"}}]}})P",
    R"P({"name":"taobao_items","zh":"淘宝/天猫子订单","en":"Taobao order items",
"signature":["子订单编号","主订单编号","标题","购买数量"],
"mapping":{"target":"orders","key":["order_number","sub_order"],"drop_masked":true,
"options":{"channel":"taobao","node_kind":"online"},"columns":[
{"field":"order_number","header":"主订单编号"},{"field":"sub_order","header":"子订单编号"},
{"field":"paid_at","header":"订单付款时间|订单创建时间"},{"field":"sku","header":"商家编码|外部系统编号","constant":"-"},
{"field":"product_name","header":"标题"},{"field":"quantity","header":"购买数量"},{"field":"price","header":"价格"},
{"field":"amount","header":"买家实际支付金额"},{"field":"refund","header":"退款金额"},
{"field":"node_code","header":"","constant":"taobao"},{"field":"node_name","header":"","constant":"淘宝店"},
{"field":"status","header":"订单状态","values":{"等待买家付款":"unpaid","买家已付款，等待卖家发货":"paid",
"卖家已发货，等待买家确认":"paid","交易成功":"done","交易关闭":"closed"}}]}})P",
    R"P({"name":"jd_orders","zh":"京东订单","en":"JD orders",
"signature":["订单号","商品ID","订购数量","京东价"],
"mapping":{"target":"orders","key":["order_number"],"drop_masked":true,
"options":{"channel":"jd","node_kind":"online","amount_is":"order_total"},"columns":[
{"field":"order_number","header":"订单号"},{"field":"paid_at","header":"付款确认时间|下单时间"},
{"field":"sku","header":"货号|商品ID"},{"field":"product_name","header":"商品名称"},
{"field":"quantity","header":"订购数量"},{"field":"price","header":"京东价"},
{"field":"amount","header":"应付金额|结算金额|商家应收"},{"field":"phone","header":"联系电话"},
{"field":"customer_name","header":"客户姓名"},
{"field":"node_code","header":"","constant":"jd"},{"field":"node_name","header":"","constant":"京东店"},
{"field":"status","header":"订单状态","values":{"等待付款":"unpaid","等待出库":"paid","等待确认收货":"paid","完成":"done",
"(锁定)等待确认收货":"paid","(删除)等待出库":"closed","已取消":"closed"}}]}})P",
    R"P({"name":"douyin_orders","zh":"抖音订单","en":"Douyin orders",
"signature":["主订单编号","子订单编号","选购商品","商品数量"],
"mapping":{"target":"orders","key":["order_number","sub_order"],"drop_masked":true,
"options":{"channel":"douyin","node_kind":"online"},"columns":[
{"field":"order_number","header":"主订单编号"},{"field":"sub_order","header":"子订单编号"},
{"field":"paid_at","header":"支付完成时间|订单提交时间"},{"field":"sku","header":"商家编码|商品ID","constant":"-"},
{"field":"product_name","header":"选购商品"},{"field":"quantity","header":"商品数量"},
{"field":"price","header":"","constant":"0"},{"field":"amount","header":"订单应付金额"},
{"field":"phone","header":"收件人手机号"},{"field":"customer_name","header":"收件人"},
{"field":"node_code","header":"","constant":"douyin"},{"field":"node_name","header":"","constant":"抖音店"},
{"field":"after_sale","header":"售后状态","values":{"退款成功":"refunded","售后完成":"refunded"}},
{"field":"status","header":"订单状态","values":{"待支付":"unpaid","待发货":"paid","备货中":"paid","已发货":"paid",
"已支付":"paid","已完成":"done","已关闭":"closed","已取消":"closed"}}]}})P",
    R"P({"name":"pdd_orders","zh":"拼多多订单","en":"Pinduoduo orders",
"signature":["订单号","商品总价(元)","用户实付金额(元)","商品数量(件)"],
"mapping":{"target":"orders","key":["order_number"],"drop_masked":true,
"options":{"channel":"pdd","node_kind":"online"},"columns":[
{"field":"order_number","header":"订单号"},{"field":"paid_at","header":"订单成交时间|支付时间"},
{"field":"sku","header":"商家编码-规格维度|商家编码-商品维度|样式ID","constant":"-"},{"field":"product_name","header":"商品"},
{"field":"quantity","header":"商品数量(件)"},{"field":"price","header":"","constant":"0"},
{"field":"amount","header":"用户实付金额(元)"},
{"field":"node_code","header":"","constant":"pdd"},{"field":"node_name","header":"","constant":"拼多多店"},
{"field":"after_sale","header":"售后状态","values":{"退款成功":"refunded"}},
{"field":"status","header":"订单状态","values":{"待支付":"unpaid","待发货":"paid","已发货":"paid","已收货":"done",
"已取消":"closed","已发货，退款成功":"closed","未发货，退款成功":"closed"}}]}})P",
    R"P({"name":"youzan_orders","zh":"有赞订单","en":"Youzan orders",
"signature":["订单号","订单状态","全部商品名称","订单实付金额"],
"mapping":{"target":"orders","key":["order_number"],"drop_masked":true,
"options":{"channel":"youzan","node_kind":"online","amount_is":"order_total"},"columns":[
{"field":"order_number","header":"订单号"},{"field":"paid_at","header":"买家付款时间|订单创建时间"},
{"field":"sku","header":"","constant":"-"},{"field":"product_name","header":"全部商品名称"},
{"field":"quantity","header":"商品种类数","constant":"1"},{"field":"price","header":"","constant":"0"},
{"field":"amount","header":"订单实付金额"},{"field":"phone","header":"买家手机号|收货人手机号/提货人手机号"},
{"field":"customer_name","header":"收货人/提货人"},
{"field":"node_code","header":"归属店铺编码","constant":"youzan"},{"field":"node_name","header":"归属店铺","constant":"有赞店"},
{"field":"status","header":"订单状态","values":{"待付款":"unpaid","等待买家付款":"unpaid","待发货":"paid","已发货":"paid",
"交易完成":"done","已完成":"done","交易关闭":"closed","已关闭":"closed"}}]}})P",
    R"P({"name":"alibaba_orders","zh":"1688 订单","en":"1688 orders",
"signature":["订单号","货品标题","单品金额","实付款"],
"mapping":{"target":"orders","key":["order_number"],"drop_masked":true,"fill_down":["订单号","下单时间","买家","订单状态"],
"options":{"channel":"1688","node_kind":"online","amount_is":"order_total"},"columns":[
{"field":"order_number","header":"订单号"},{"field":"paid_at","header":"付款时间|下单时间"},
{"field":"sku","header":"规格","constant":"-"},{"field":"product_name","header":"货品标题"},
{"field":"quantity","header":"数量","constant":"1"},{"field":"price","header":"","constant":"0"},
{"field":"amount","header":"实付款"},{"field":"node_code","header":"","constant":"1688"},
{"field":"node_name","header":"","constant":"1688 店"},
{"field":"status","header":"订单状态","values":{"等待买家付款":"unpaid","等待卖家发货":"paid","等待买家收货":"paid",
"交易成功":"done","交易关闭":"closed"}}]}})P",
    R"P({"name":"xiaohongshu_orders","zh":"小红书订单","en":"Xiaohongshu orders",
"signature":["订单号","交易类型","商品数量","商品实付/实退"],
"mapping":{"target":"orders","key":["order_number","status","sku"],"drop_masked":true,
"options":{"channel":"xiaohongshu","node_kind":"online"},"columns":[
{"field":"order_number","header":"订单号"},{"field":"paid_at","header":"支付时间|结算时间|订单创建时间|交易时间"},
{"field":"sku","header":"商家编码|规格ID|SKU编码","constant":"-"},{"field":"product_name","header":"商品名称|商品标题"},
{"field":"quantity","header":"商品数量"},{"field":"price","header":"","constant":"0"},
{"field":"amount","header":"商家应收金额(元)(支付金额)|商品实付/实退"},
{"field":"node_code","header":"","constant":"xiaohongshu"},{"field":"node_name","header":"","constant":"小红书店"},
{"field":"status","header":"交易类型","values":{"订单":"paid","支付":"paid","退款":"return","退货":"return"}}]}})P",
    R"P({"name":"till_receipts","zh":"收银小票","en":"Till receipts",
"signature":["门店编码","小票号","交易时间","实收金额"],
"mapping":{"target":"orders","drop_masked":true,"key":["node_code","order_number","sku","status"],
"options":{"channel":"till","node_kind":"store","number":"store","join":["门店编码","小票号"]},"columns":[
{"field":"order_number","header":"小票号"},{"field":"paid_at","header":"交易时间"},
{"field":"sku","header":"商品条码|商品编码|货号"},{"field":"product_name","header":"商品名称|品名"},
{"field":"quantity","header":"数量"},{"field":"price","header":"单价","constant":"0"},
{"field":"amount","header":"实收金额"},{"field":"card","header":"会员卡号"},{"field":"phone","header":"会员手机号"},
{"field":"node_code","header":"门店编码"},{"field":"node_name","header":"门店名称"},
{"field":"guide_code","header":"导购编号|导购工号|导购"},{"field":"tenders","header":"支付明细|支付方式"},
{"field":"status","header":"退货标志","values":{"是":"return","1":"return","Y":"return","退货":"return",
"否":"paid","0":"paid","N":"paid","销售":"paid"}}]}})P",
    R"P({"name":"till_lines","zh":"收银明细（与小票头一起）","en":"Till lines, with their heads",
"signature":["门店编码","小票号","商品条码","数量","金额"],
"mapping":{"target":"orders","drop_masked":true,"key":["node_code","order_number","sku","status"],
"options":{"channel":"till","node_kind":"store","number":"store","join":["门店编码","小票号"]},"columns":[
{"field":"order_number","header":"小票号"},{"field":"paid_at","header":"交易时间"},
{"field":"sku","header":"商品条码"},{"field":"product_name","header":"商品名称"},
{"field":"quantity","header":"数量"},{"field":"price","header":"单价","constant":"0"},
{"field":"amount","header":"金额"},{"field":"card","header":"会员卡号"},{"field":"phone","header":"会员手机号"},
{"field":"node_code","header":"门店编码"},{"field":"node_name","header":"门店名称"},
{"field":"guide_code","header":"导购编号|导购工号|导购"},{"field":"tenders","header":"支付明细|支付方式"},
{"field":"status","header":"退货标志","values":{"是":"return","1":"return","Y":"return","退货":"return",
"否":"paid","0":"paid","N":"paid","销售":"paid"}}]}})P",
    R"P({"name":"day_close","zh":"门店日结","en":"Day close of stores",
"signature":["门店编码","营业日","小票数","净销售额"],
"mapping":{"target":"store_days","key":["node_code","day"],"options":{"channel":"till"},"columns":[
{"field":"node_code","header":"门店编码"},{"field":"node_name","header":"门店名称"},{"field":"day","header":"营业日|日期"},
{"field":"receipts","header":"小票数|单数"},{"field":"net","header":"净销售额"},
{"field":"refunds","header":"退款金额","constant":"0"}]}})P",
    R"P({"name":"receipt_list","zh":"收银小票清单","en":"The till's list of receipts",
"signature":["门店编码","营业日","小票号","小票金额"],
"mapping":{"target":"receipt_list","key":["node_code","day","receipt"],"columns":[
{"field":"node_code","header":"门店编码"},{"field":"day","header":"营业日|日期"},{"field":"receipt","header":"小票号"},
{"field":"net","header":"小票金额"}]}})P",
    R"P({"name":"member_master","zh":"会员主档","en":"Member master",
"signature":["会员卡号","手机号","注册时间"],
"mapping":{"target":"members","key":["card","phone"],"drop_masked":true,"columns":[
{"field":"card","header":"会员卡号"},{"field":"phone","header":"手机号"},{"field":"name","header":"姓名|会员姓名"},
{"field":"gender","header":"性别","values":{"男":"male","女":"female","未知":""}},{"field":"birthday","header":"生日"},
{"field":"level","header":"等级|会员等级"},{"field":"points","header":"积分余额|积分"},{"field":"growth","header":"成长值"},
{"field":"stored","header":"储值余额|余额"},{"field":"registered_at","header":"注册时间"},
{"field":"node_code","header":"归属门店编码|归属门店"},{"field":"guide_code","header":"归属导购|归属导购编号"},
{"field":"tags","header":"标签"},{"field":"consent","header":"同意方式|授权方式"},
{"field":"consent_purposes","header":"同意用途"},{"field":"consent_channels","header":"同意渠道"},
{"field":"consent_text","header":"告知书版本|同意文本版本"},{"field":"consent_at","header":"同意时间"},
{"field":"referrer","header":"推荐人卡号|推荐人手机号|推荐人|邀请人"}]}})P",
    R"P({"name":"store_list","zh":"门店清单","en":"Store list",
"signature":["门店编码","门店名称","所属区域"],
"mapping":{"target":"stores","key":["code"],"columns":[
{"field":"code","header":"门店编码"},{"field":"name","header":"门店名称"},{"field":"region","header":"所属区域"}]}})P",
    R"P({"name":"staff_list","zh":"员工花名册","en":"Staff list",
"signature":["工号","姓名","门店编码","岗位"],
"mapping":{"target":"staff","columns":[
{"field":"code","header":"工号"},{"field":"name","header":"姓名"},{"field":"login","header":"登录名"},
{"field":"node_code","header":"门店编码"},{"field":"role","header":"岗位"},{"field":"till_code","header":"收银工号"},
{"field":"from","header":"入职日期"},{"field":"until","header":"任职截止"},{"field":"primary","header":"主岗"},
{"field":"state","header":"在职状态|状态"}]}})P",
};

bool has_all(const Profile& profile, const std::vector<std::string>& header) {
    return std::all_of(profile.signature.begin(), profile.signature.end(),
                       [&](const std::string& word) { return column_of(header, word) >= 0; });
}

}  // namespace

Result<Profile> parse_profile(std::string_view text) {
    const json::Value given = TRY(json::Value::parse(text));
    Profile profile;
    profile.name = given["name"].str();
    profile.zh = given["zh"].str();
    profile.en = given["en"].str();
    for (const json::Value& word : given["signature"].items()) profile.signature.emplace_back(word.str());
    profile.mapping = TRY(parse_mapping(given["mapping"].print()));
    profile.mapping.profile = profile.name;
    return profile;
}

const std::vector<Profile>& ready_profiles() {
    static const std::vector<Profile> all = [] {
        std::vector<Profile> made;
        for (const std::string_view text : kReady) {
            auto profile = parse_profile(text);
            INVARIANT(profile.has_value(), "the ready layouts are written right");
            made.push_back(std::move(*profile));
        }
        return made;
    }();
    return all;
}

const Profile* profile_for(const std::vector<Profile>& own, const std::vector<std::string>& header) {
    const Profile* best = nullptr;
    for (const auto* list : {&own, &ready_profiles()}) {
        for (const Profile& one : *list) {
            const bool longer = best == nullptr || one.signature.size() > best->signature.size();
            if (!one.signature.empty() && longer && has_all(one, header)) best = &one;
        }
    }
    return best;
}

Mapping lay(const Profile& profile, const std::vector<std::string>& header) {
    Mapping mapping = profile.mapping;
    mapping.columns.clear();
    for (Mapping::Column column : profile.mapping.columns) {
        std::string found;
        for (const int place : columns_of(header, column.header)) {
            found += (found.empty() ? "" : "|") + plain_cell(header[static_cast<std::size_t>(place)]);
        }
        column.header = found;
        if (!found.empty() || !column.constant.empty()) mapping.columns.push_back(std::move(column));
    }
    std::erase_if(mapping.fill_down, [&](const std::string& word) { return column_of(header, word) < 0; });
    return mapping;
}

}  // namespace tilth::collect
