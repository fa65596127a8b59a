/** How many groups stand on a page: as few as are there, six at most. */
export function gridOf(groups: number, portrait: boolean): { readonly columns: number; readonly rows: number } {
  if (portrait) return { columns: 1, rows: Math.min(Math.max(groups, 1), 4) };
  if (groups <= 1) return { columns: 1, rows: 1 };
  if (groups === 2) return { columns: 2, rows: 1 };
  return groups <= 4 ? { columns: 2, rows: 2 } : { columns: 3, rows: 2 };
}

export function pagesOf(ids: readonly string[], size: number): string[][] {
  const pages: string[][] = [];
  for (let at = 0; at < ids.length; at += size) pages.push(ids.slice(at, at + size));
  return pages.length === 0 ? [[]] : pages;
}

/** The page some steps further, around the end. */
export function turn(page: number, by: number, pages: number): number {
  return (((page + by) % pages) + pages) % pages;
}
