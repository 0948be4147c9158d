// What a typed text may mean, as pure functions.

export function matches(wanted: string, words: string[]): boolean {
  const needle = wanted.toLowerCase();
  return needle === '' || words.some((word) => word.toLowerCase().split('|').some((one) => one.includes(needle)));
}

const addresses: Record<string, string> = { cus: '/customers/', ord: '/orders/', imp: '/imports/' };

// The page of a whole printed id: cus_…, ord_…, imp_….
export function objectAddress(text: string): string | undefined {
  const found = /^([a-z]{3})_[0-9A-Za-z]{10,40}$/.exec(text);
  const address = found?.[1] ? addresses[found[1]] : undefined;
  return address ? address + text : undefined;
}

// Looks like the number of an order, and not like a mainland phone number.
export function orderNumber(text: string): boolean {
  return /^[A-Za-z]{0,3}-?\d{4,24}$/.test(text) && !/^(86)?1\d{10}$/.test(text);
}
