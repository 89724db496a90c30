// Targets in words: the list to choose from, and what a prediction is about.

import type { ModelInfo, TargetInfo } from 'gennape';

/** The family, by name, of targets for networks of no family. */
export const GENERAL = 'general';

/** The targets of one family. */
export interface TargetGroup {
  title: string;
  options: { value: string; title: string }[];
}

/** The model's targets by family. One that a link asks for but the model lacks stays visible. */
export function groupsOf(info: ModelInfo | null, asked: string): TargetGroup[] {
  const groups = new Map<string, TargetGroup>();
  for (const { name, family, title } of info?.targets ?? []) {
    const group = groups.get(family) ?? { title: familyTitle(info, family), options: [] };
    group.options.push({ value: name, title });
    groups.set(family, group);
  }
  const isListed = asked === 'auto' || info?.targets.some(({ name }) => name === asked);
  const unknown = { title: 'Asked for by the link', options: [{ value: asked, title: asked }] };
  return isListed ? [...groups.values()] : [...groups.values(), unknown];
}

/** The data set, the recipe and whose recipe it is; a general target's title says all. */
export function aboutText(info: ModelInfo | null, target: TargetInfo): string {
  if (target.family === GENERAL) return target.title;
  return `${target.title}, as in ${familyTitle(info, target.family)}`;
}

/** A family's name in the literature. */
export function familyTitle(info: ModelInfo | null, name: string): string {
  if (name === GENERAL) return 'Networks of no family';
  return info?.families.find((family) => family.name === name)?.title ?? name;
}
