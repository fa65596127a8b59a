import { useValue } from '../live/value';
import { asked } from './confirm';
import { optional } from './Optional';

// Its code comes with the first question; where it does not arrive the answer is no.
const ConfirmDialog = optional(async () => (await import('./ConfirmDialog')).ConfirmDialog);

/** The place of questions (confirm), on every page. */
export function ConfirmPlace() {
  const question = useValue(asked);
  return question && <ConfirmDialog question={question} close={() => question.answer(false)} />;
}
