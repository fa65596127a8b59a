import { remember, remembered } from '../../../kept';

// "Take my post" is asked once in a tab and a session; a reload goes straight back.
const place = 'bandeau-post';

export function hasTakenPost(operator: string): boolean {
  return remembered('sessionStorage', place) === operator;
}

export function takePost(operator: string): void {
  remember('sessionStorage', place, operator);
}

export function leavePost(): void {
  remember('sessionStorage', place, null);
}
