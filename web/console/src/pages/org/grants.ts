// A role holds names and patterns: "customer.read", "customer.*", "*".

export function grants(patterns: readonly string[], permission: string): boolean {
  return patterns.some((one) => one === '*' || one === permission || (one.endsWith('.*') && permission.startsWith(one.slice(0, -1))));
}

// The patterns with one permission turned over. Taking away from a pattern writes out what else it granted.
export function toggled(patterns: readonly string[], permission: string, all: readonly string[]): string[] {
  if (!grants(patterns, permission)) return [...patterns, permission];
  return patterns.flatMap((one) => {
    if (!grants([one], permission)) return [one];
    return all.filter((name) => name !== permission && grants([one], name));
  });
}
