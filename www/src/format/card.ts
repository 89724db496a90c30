// The model card's figures in words.

import type { ModelInfo } from 'gennape';

import { bytes, grouped, share } from './number';
import { familyTitle } from './targets';

const UNKNOWN = '–';

/** One target's figures. */
export interface TargetRow {
  name: string;
  title: string;
  family: string;
  networks: string;
  heldOut: string;
  spearman: string;
  mae: string;
  coverage: string;
}

/** One row a target, in the model's order. */
export function targetRows(info: ModelInfo | null): TargetRow[] {
  return (info?.targets ?? []).map((target) => ({
    name: target.name,
    title: target.title,
    family: familyTitle(info, target.family),
    networks: grouped(target.networks),
    heldOut: target.held_out === 0 ? UNKNOWN : grouped(target.held_out),
    spearman: target.spearman?.toFixed(3) ?? UNKNOWN,
    mae: target.mae === null ? UNKNOWN : `${(target.mae * 100).toFixed(2)} points`,
    coverage: target.coverage === null ? UNKNOWN : share(target.coverage),
  }));
}

/** What the weights' file says of itself, as pairs of name and value. */
export function weightFacts(info: ModelInfo | null): { name: string; value: string }[] {
  if (info === null) return [];
  return [
    { name: 'Networks in the ensemble', value: grouped(info.members) },
    { name: 'Clusters, with a head each', value: grouped(info.clusters) },
    { name: 'Seeds', value: info.seeds.join(', ') },
    { name: 'Size', value: bytes(info.bytes) },
    { name: 'Made by commit', value: info.commit.slice(0, 12) },
    { name: 'Format and feature layout', value: `${info.format_version}, ${info.layout_version}` },
  ];
}
