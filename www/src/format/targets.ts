// The targets to choose from.

import type { ModelInfo } from 'gennape';

/** An entry of the list of targets. */
export interface TargetOption {
  value: string;
  title: string;
}

/** The model's targets; one that a link asks for but the model lacks stays visible by its name. */
export function optionsOf(info: ModelInfo | null, asked: string): TargetOption[] {
  const known = (info?.targets ?? []).map(({ name, title }) => ({ value: name, title }));
  const isListed = asked === 'auto' || known.some(({ value }) => value === asked);
  return isListed ? known : [...known, { value: asked, title: asked }];
}
