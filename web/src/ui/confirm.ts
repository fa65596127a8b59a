import { Value } from '../live/value';

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly danger?: boolean;
}

/** A question that is being asked. */
export interface Asked extends Question {
  readonly answer: (yes: boolean) => void;
}

export const asked = new Value<Asked | null>(null);

/** Asks before something that cannot be taken back; resolves to the answer. A new question answers the one before with no. */
export function confirm(question: Question): Promise<boolean> {
  asked.get()?.answer(false);
  return new Promise((resolve) => {
    asked.set({
      ...question,
      answer: (yes) => {
        asked.set(null);
        resolve(yes);
      },
    });
  });
}
