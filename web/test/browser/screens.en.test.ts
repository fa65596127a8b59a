import { describe } from 'vitest';

import { screensIn } from '../looks/screens';

describe('en', () => screensIn('en'));
