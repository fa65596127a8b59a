import { describe } from 'vitest';

import { screensIn } from '../looks/screens';

describe('fr', () => screensIn('fr'));
