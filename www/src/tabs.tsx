// The things to do on this page, each a folder with one view. Predict comes with the page, the others
// when they are first opened. A further tab is a line here and its name in state/tab.ts.

import type { ComponentType } from 'preact';

import { Predict } from './predict/predict';
import { lazily } from './shell/lazy';
import type { TabName } from './state/tab';

/** One thing to do. */
export interface Tab {
  title: string;
  View: ComponentType;
}

/** Title and view of each tab. */
export const TABS: Record<TabName, Tab> = {
  predict: { title: 'Predict', View: Predict },
  map: { title: 'Map', View: lazily(async () => (await import('./map/map')).Map) },
  compare: {
    title: 'Compare',
    View: lazily(async () => (await import('./compare/compare')).Compare),
  },
  adapt: { title: 'Adapt', View: lazily(async () => (await import('./adapt/adapt')).Adapt) },
  model: { title: 'Model', View: lazily(async () => (await import('./model/model')).Model) },
};
