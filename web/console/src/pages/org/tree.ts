import type { NodeItem } from 'api/contract.ts';

export interface Branch { node: NodeItem; depth: number; children: number; staff: number }

// The tree as rows, parents before children, names in order. A node whose parent is outside the scope is a top.
export function rowsOf(nodes: NodeItem[], folded: ReadonlySet<string>, staffAt: ReadonlyMap<string, number>): Branch[] {
  const known = new Set(nodes.map((node) => node.id));
  const below = new Map<string, NodeItem[]>();
  for (const node of nodes) {
    const parent = node.parent && known.has(node.parent) ? node.parent : '';
    below.set(parent, [...(below.get(parent) ?? []), node]);
  }
  const rows: Branch[] = [];
  const walk = (parent: string, depth: number) => {
    const children = (below.get(parent) ?? []).toSorted((a, b) => a.name.localeCompare(b.name, 'zh-Hans-CN'));
    for (const node of children) {
      rows.push({ node, depth, children: below.get(node.id)?.length ?? 0, staff: staffAt.get(node.id) ?? 0 });
      if (!folded.has(node.id)) walk(node.id, depth + 1);
    }
  };
  walk('', 0);
  return rows;
}
