// Where in a text an error stands: the server counts characters, "text/12".
export interface Excerpt { line: number; before: string; word: string; after: string }

export function excerpt(text: string, field: string): Excerpt | undefined {
  const found = /^text\/(\d+)$/.exec(field);
  if (!found) return undefined;
  // Characters, not the halves of them that JavaScript counts.
  const characters = [...text];
  const at = Math.min(Number(found[1]), characters.length);
  const head = characters.slice(0, at).join('');
  const tail = characters.slice(at).join('');
  const lines = head.split('\n');
  const rest = tail.split('\n')[0] ?? '';
  const word = /^\s*("[^"]*"?|[^\s()]+|[()])?/.exec(rest)?.[0] ?? '';
  return { line: lines.length, before: lines.at(-1) ?? '', word, after: rest.slice(word.length) };
}
