export const maxTag = 50;
export const maxTags = 20;

/** A tag as it is kept: without spaces around it, or doubled inside. */
export function tidyTag(text: string): string {
  return Array.from(text.trim().replaceAll(/\s+/g, ' ')).slice(0, maxTag).join('');
}

export function sameTag(a: string, b: string): boolean {
  return a.localeCompare(b, undefined, { sensitivity: 'accent' }) === 0;
}

/** The tags with one more; the same ones when it is there already, or there are too many. */
export function withTag(tags: readonly string[], text: string): readonly string[] {
  const tag = tidyTag(text);
  if (tag === '' || tags.length >= maxTags || tags.some((other) => sameTag(other, tag))) return tags;
  return [...tags, tag];
}

/** Tags of the last calls that begin with what is typed and are not there yet: the most used first. */
export function suggestTags(
  calls: readonly { readonly tags: readonly string[] }[], chosen: readonly string[], typed: string, most = 6,
): string[] {
  const counts = new Map<string, number>();
  for (const tag of calls.flatMap((call) => call.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const start = tidyTag(typed).toLocaleLowerCase();
  return [...counts]
    .filter(([tag]) => tag.toLocaleLowerCase().startsWith(start) && !chosen.some((other) => sameTag(other, tag)))
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([tag]) => tag);
}
