import type { Member } from './values';

/** The list with one member at another place. */
export function moved(members: readonly Member[], from: number, to: number): readonly Member[] {
  const member = members[from];
  if (!member || to < 0 || to >= members.length || from === to) return members;
  const others = members.toSpliced(from, 1);
  return others.toSpliced(to, 0, member);
}

export function added(members: readonly Member[], operator: string, at = members.length): readonly Member[] {
  if (members.some((member) => member.operator === operator)) return members;
  return members.toSpliced(at, 0, { operator, level: 1, suspended: false });
}

export function without(members: readonly Member[], operator: string): readonly Member[] {
  return members.filter((member) => member.operator !== operator);
}
