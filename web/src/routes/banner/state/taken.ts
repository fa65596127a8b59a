// "Take my post" is asked once in a tab and a session; a reload goes straight back.
const place = 'bandeau-post';

export function hasTakenPost(operator: string): boolean {
  return sessionStorage.getItem(place) === operator;
}

export function takePost(operator: string): void {
  sessionStorage.setItem(place, operator);
}

export function leavePost(): void {
  sessionStorage.removeItem(place);
}
