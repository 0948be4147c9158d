// Small preferences of this browser (theme, language, columns). Never anything about a customer. Storage may be closed.
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(`tilth.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`tilth.${key}`);
    else localStorage.setItem(`tilth.${key}`, value);
  } catch {
    // A browser that forbids storage still works, it only forgets.
  }
}
