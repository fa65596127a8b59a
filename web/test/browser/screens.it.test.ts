import { describe } from 'vitest';

import { screensIn } from '../looks/screens';

describe('it', () => screensIn('it'));
