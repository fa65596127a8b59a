import type { Language } from '../../src/i18n';
import { Stage } from '../stage';
import { askedIn } from './asked';
import { bannerIn } from './banner';
import { pagesIn } from './pages';

/** Looks at every screen in a language: a file for each of them, so that two can be looked at at a time. */
export function screensIn(language: Language): void {
  const stage = Stage.forFile();
  pagesIn(stage, language);
  askedIn(stage, language);
  bannerIn(stage, language);
}
