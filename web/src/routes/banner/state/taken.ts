import { keep, kept } from './kept';

// "Take my post" is asked once in a tab and a session; a reload goes straight back.
const place = 'bandeau-post';

export function hasTakenPost(operator: string): boolean {
  return kept('sessionStorage', place) === operator;
}

export function takePost(operator: string): void {
  keep('sessionStorage', place, operator);
}

export function leavePost(): void {
  keep('sessionStorage', place, null);
}
