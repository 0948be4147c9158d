// A small till's month, made here: 24 made-up people, 60 sales, a return, an anonymous sale and two bad rows. The numbers
// below are computed from the same rows and held against what the pages say.
export interface Line { order: string; paid: string; sku: string; quantity: number; price: string; phone: string; store: string }

const day = (index: number): string => `2026-02-${String(1 + (index % 27)).padStart(2, '0')}`;
// Numbers of a series that is kept free for fiction.
export const phone = (person: number): string => `1390000${String(1000 + person)}`;

export const lines: Line[] = Array.from({ length: 60 }, (_, index) => ({
  order: `S${5000 + index}`,
  paid: `${day(index)} ${String(9 + (index % 11)).padStart(2, '0')}:30:00`,
  sku: `SKU${index % 7}`,
  quantity: 1 + (index % 3),
  price: `${20 + (index % 9)}.50`,
  phone: phone(index % 24),
  store: index % 3 === 0 ? '城东店' : '城西店',
}));
lines.push({ order: 'C5000', paid: '2026-02-20 10:00:00', sku: 'SKU0', quantity: -1, price: '20.50', phone: phone(0), store: '城东店' });
lines.push({ order: 'S6000', paid: '2026-02-21 10:00:00', sku: 'SKU1', quantity: 2, price: '10.00', phone: '', store: '城西店' });

export const bad = ['S7000,not a time,SKU1,1,10.00,13900001001,城西店', 'S7001,2026-02-11 10:00:00,SKU1,1,10.00,12,城西店'];

export const people = new Set(lines.map((line) => line.phone).filter(Boolean)).size;
export const netMinor = lines.reduce((sum, line) => sum + Math.round(Number(line.price) * 100) * line.quantity, 0);
export const sales = lines.filter((line) => line.quantity > 0).length;

export const csv = [
  '订单号,支付时间,商品编码,数量,单价,手机号,门店',
  ...lines.map((line) => [line.order, line.paid, line.sku, line.quantity, line.price, line.phone, line.store].join(',')),
  ...bad,
  '',
].join('\n');
