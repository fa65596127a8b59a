import { describe } from 'vitest';

import { screensIn } from '../looks/screens';

describe('es', () => screensIn('es'));
