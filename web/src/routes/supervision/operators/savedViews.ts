import { currentLanguage } from '../../../i18n';
import { columns, everybody, kinds, type Selection } from './select';

export interface SavedView {
  readonly name: string;
  readonly selection: Selection;
}

const key = 'bandeau-supervision-views';

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Reads a kept selection; what is not understood is as in the selection of everybody. */
function selectionOf(value: unknown): Selection {
  const { search, kinds: some, group, loggedOut, sort } = record(value);
  const { column, down } = record(sort);
  return {
    search: typeof search === 'string' ? search : everybody.search,
    kinds: Array.isArray(some) ? kinds.filter((kind) => some.includes(kind)) : everybody.kinds,
    group: typeof group === 'string' ? group : everybody.group,
    loggedOut: typeof loggedOut === 'boolean' ? loggedOut : everybody.loggedOut,
    sort: { column: columns.find((one) => one === column) ?? everybody.sort.column, down: down === true },
  };
}

export function parseViews(text: string | null): SavedView[] {
  if (text === null) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown) => {
    const { name, selection } = record(value);
    return typeof name === 'string' && name !== '' ? [{ name, selection: selectionOf(selection) }] : [];
  });
}

/** The views with one more; one of the same name gives way. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  return [...views.filter(({ name }) => name !== view.name), view].sort((a, b) => compare(a.name, b.name));
}

export function readViews(): SavedView[] {
  return parseViews(localStorage.getItem(key));
}

export function keepViews(views: readonly SavedView[]): void {
  localStorage.setItem(key, JSON.stringify(views));
}
