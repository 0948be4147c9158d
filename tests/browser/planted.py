"""A folder of files as a chain's head office has them on its first day, with seven differences planted between the tills
and their day closes: 30 stores, 300 days, 9,000 store-days. Names, numbers and amounts are made up; the same seed gives
the same bytes.

    python3 tests/browser/planted.py FOLDER      writes the files and truth.json
"""

import json
import random
import sys
from datetime import date, timedelta
from pathlib import Path

STORES, DAYS, GUIDES, MEMBERS = 30, 300, 60, 400
LAST = date(2026, 2, 28)
SEED = 20260301
# The till of one store still has an old code, and one guide an old number: both are mapped in the preview.
OLD_STORE, OLD_STORE_IS = "OLD07", "S007"
OLD_GUIDE, OLD_GUIDE_IS = "旧88", "E0003"
GOODS = [("690100%02d" % i, name, price) for i, (name, price) in enumerate(
    [("婴儿湿巾", 1990), ("奶瓶", 8900), ("辅食米粉", 5680), ("纸尿裤", 12900), ("连体衣", 15900), ("绘本", 3280)])]
# Which store-day (store, days before the last) is wrong, and how.
PLANTED = {(2, 3): "net", (9, 40): "receipts", (16, 77): "refunds", (6, 120): "no close", (28, 150): "no sales",
           (11, 211): "net", (0, 299): "receipts"}


def yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def grouped(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def code(store):
    return f"S{store + 1:03}"


def phone(person):
    # A series that is kept free for fiction.
    return f"1390001{person:04}"


class Files:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, name, header, rows, encoding="utf-8"):
        text = "\r\n".join([header, *rows]) + "\r\n"
        (self.folder / name).write_bytes(text.encode(encoding))


def people(files):
    regions = ["华东", "华南", "西南"]
    files.write("门店清单.csv", "门店编码,门店名称,所属区域",
                [f"{code(s)},{s + 1}号店,{regions[s % 3]}" for s in range(STORES)])
    files.write("员工花名册.csv", "工号,姓名,门店编码,岗位,收银工号",
                [f"E{g + 1:04},导购{g + 1:02},{code(g % STORES)},导购,{g // STORES + 1:02}" for g in range(GUIDES)])
    files.write("会员主档.csv", "会员卡号,姓名,手机号,性别,等级,积分余额,注册时间,归属门店编码,归属导购",
                [f'="{800000 + m}",会员{m},{phone(m)},{"女" if m % 3 else "男"},银卡,"{m % 7},{m % 9}00",2025-01-02,'
                 f"{code(m % STORES)},E{m % GUIDES + 1:04}" for m in range(MEMBERS)], "gb18030")


class Tills:
    def __init__(self, chance):
        self.chance = chance
        self.heads, self.lines, self.payments, self.closes = [], [], [], []
        self.net = self.receipts = self.returns = 0

    def receipt(self, store, day, number, sign):
        shop = OLD_STORE if code(store) == OLD_STORE_IS else code(store)
        chance, total = self.chance, 0
        for sku, name, price in chance.sample(GOODS, chance.choice((1, 1, 2))):
            pieces = chance.choice((1, 1, 1, 2)) * sign
            total += price * pieces
            self.lines.append(f'"{shop}",{number},{sku},{name},{pieces},{yuan(price)},"{grouped(price * pieces)}"')
        member = chance.randrange(MEMBERS) if chance.random() < 0.4 else None
        guide = OLD_GUIDE if store == 2 and chance.random() < 0.5 else f"{chance.choice((1, 2)):02}"
        card = f'="{800000 + member}"' if member is not None else ""
        hidden = phone(member)[:3] + "****" + phone(member)[7:] if member is not None else ""
        at = f"{day} {9 + chance.randrange(12):02}:{chance.randrange(60):02}:00"
        self.heads.append(f"{shop},{store + 1}号店,{number},{at},{card},{hidden},{guide},{'是' if sign < 0 else '否'}")
        cash = total // 3 if total > 20000 else 0
        for way, amount in (("微信", total - cash), ("现金", cash)):
            if amount:
                self.payments.append(f"{shop},{number},{way},{yuan(amount)}")
        return total

    def store_day(self, store, back):
        day, wrong = LAST - timedelta(days=back), PLANTED.get((store, back))
        marks = len(self.heads), len(self.lines), len(self.payments)
        stem = f"{day:%y%m%d}"
        totals = [self.receipt(store, day, f"{stem}{n:02}", 1) for n in range(self.chance.choice((1, 2, 2)))]
        refund = 0
        if self.chance.random() < 0.1 or wrong == "refunds":
            refund = -self.receipt(store, day, f"{stem}90", -1)
        net, receipts = sum(totals) - refund, len(totals)
        if wrong == "no sales":
            del self.heads[marks[0]:], self.lines[marks[1]:], self.payments[marks[2]:]
        else:
            self.net, self.receipts, self.returns = self.net + net, self.receipts + receipts, self.returns + (refund > 0)
        if wrong != "no close":
            net += {"net": 1, "refunds": refund}.get(wrong, 0)
            receipts += 1 if wrong == "receipts" else 0
            refund = 0 if wrong == "refunds" else refund
            self.closes.append(f'{code(store)},{day},{receipts},"{grouped(net)}",{yuan(refund)}')


def shops(files, chance):
    rows, net, orders = [], 0, 0
    for n in range(300):
        day, person, paid = LAST - timedelta(days=n), chance.randrange(MEMBERS), 1000 + chance.randrange(30000)
        state = "待付款" if n % 20 == 19 else "交易完成"
        orders, net = orders + (state == "交易完成"), net + (paid if state == "交易完成" else 0)
        rows.append(f'="E{day:%Y%m%d}{n:05}",{state},{day} 10:00:00,{day} 10:01:00,{phone(person)},买家,绘本;奶瓶,2,'
                    f"{yuan(paid)},会员{person}")
    files.write("有赞订单.csv", "订单号,订单状态,订单创建时间,买家付款时间,买家手机号,买家昵称,全部商品名称,商品种类数,订单实付金额,"
                "收货人/提货人", rows)
    rows = []
    for n in range(200):
        day, paid = LAST - timedelta(days=n), 1000 + chance.randrange(9000)
        state, after = ("已关闭", "-") if n % 25 == 24 else ("已完成", "-")
        orders, net = orders + (state == "已完成"), net + (paid if state == "已完成" else 0)
        rows.append(f'="69{n:010}",="69{n:010}1",绘本,大,1,BOOK,{yuan(paid)},王**,138****{n:04},{day} 20:00:00,{state},{after}')
    files.write("抖音订单.csv", "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,订单应付金额,收件人,收件人手机号,"
                "订单提交时间,订单状态,售后状态", rows)
    return net, orders


def write(folder, seed=SEED):
    files, chance = Files(folder), random.Random(seed)
    people(files)
    tills = Tills(chance)
    for back in range(DAYS - 1, -1, -1):
        for store in range(STORES):
            tills.store_day(store, back)
    files.write("收银小票头.csv", "门店编码,门店名称,小票号,交易时间,会员卡号,会员手机号,导购编号,退货标志", tills.heads, "gb18030")
    files.write("收银明细.csv", "门店编码,小票号,商品条码,商品名称,数量,单价,金额", tills.lines, "gb18030")
    files.write("支付明细.csv", "门店编码,小票号,支付方式,支付金额", tills.payments, "gb18030")
    files.write("门店日结.csv", "门店编码,营业日,小票数,净销售额,退款金额", tills.closes, "gb18030")
    net, orders = shops(files, chance)
    truth = {"from": str(LAST - timedelta(days=DAYS - 1)), "to": str(LAST), "store_days": STORES * DAYS,
             "till_net": tills.net, "till_lines": len(tills.lines), "receipts": tills.receipts, "returns": tills.returns,
             "net": tills.net + net, "orders": tills.receipts + orders, "closes": len(tills.closes),
             "old_store": [OLD_STORE, OLD_STORE_IS], "old_guide": [OLD_GUIDE, OLD_GUIDE_IS],
             "planted": sorted([code(s), str(LAST - timedelta(days=b)), kind] for (s, b), kind in PLANTED.items())}
    (files.folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))
    return truth


if __name__ == "__main__":
    print(json.dumps(write(sys.argv[1]), ensure_ascii=False))
