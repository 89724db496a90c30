// The target asked for: a name of the model's, or the target of the input's own family.

import { signal } from '@preact/signals';

/** Leaves the choice to the network's family. */
export const AUTO = 'auto';

/** The name asked for. */
export const target = signal(AUTO);
