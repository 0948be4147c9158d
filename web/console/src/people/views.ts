// What is kept of a saved view, and how one is known again.
export interface SavedView { name: string; filters: Record<string, string> }

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 200;

export function parseViews(text: string | undefined): SavedView[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((one: Partial<SavedView> | null) => {
      const filters = one?.filters;
      if (!isText(one?.name) || typeof filters !== 'object' || filters === null || !Object.values(filters).every(isText)) return [];
      return [{ name: one.name, filters }];
    });
  } catch {
    return [];
  }
}

// A filter left empty is the same as none.
export function sameFilters(a: Record<string, string>, b: Record<string, string>): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => (a[key] ?? '') === (b[key] ?? ''));
}
