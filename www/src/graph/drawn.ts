// The newest drawing of the shown network.

import { computed, signal } from '@preact/signals';

import type { Drawing } from './layout';
import type { Outline } from './outline';

/** The newest drawing, and of what. */
export const drawn = signal<{ of: Outline; drawing: Drawing } | null>(null);

/** Boxes and lines; null before the first drawing. */
export const drawing = computed<Drawing | null>(() => drawn.value?.drawing ?? null);

/** The tree that the drawing is of. */
export const drawnOutline = computed<Outline | null>(() => drawn.value?.of ?? null);
