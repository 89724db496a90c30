// What came of an adaptation, in words.

import type { Adaptation, Figures } from 'gennape';

/** One way to judge the networks. */
export interface Judge {
  name: string;
  spearman: string;
  mae: string;
}

const UNKNOWN = '–';

/** The adapted target and what needs no adaptation. */
export function judgesOf({ adapted, unadapted, log_params, log_macs }: Adaptation): Judge[] {
  return [
    judge('Adapted', adapted),
    judge('Without adaptation', unadapted),
    judge('Counting parameters', log_params),
    judge('Counting MACs', log_macs),
  ];
}

/** Whether it helped, plainly. */
export function verdictOf({ adapted, unadapted, log_params, log_macs, networks }: Adaptation): string {
  const own = adapted.spearman ?? -1;
  const rivals = [
    { name: 'counting parameters', value: log_params.spearman },
    { name: 'counting MACs', value: log_macs.spearman },
    { name: 'the model as it was', value: unadapted.spearman },
  ];
  const best = rivals.reduce((a, b) => ((b.value ?? -1) > (a.value ?? -1) ? b : a));
  const margin = own - (best.value ?? -1);
  const basis = `Learned from ${networks} networks; each was predicted from the others.`;
  if (margin > SURE) return `It helps: it orders them better than ${best.name}, the best without it. ${basis}`;
  if (margin > 0) return `It hardly helps: ${best.name} orders them almost as well. ${basis}`;
  return `It does not help: ${best.name} orders them at least as well. ${basis}`;
}

/** A gain in rank correlation below this may be chance. */
const SURE = 0.02;

function judge(name: string, { spearman, mae }: Figures): Judge {
  return {
    name,
    spearman: spearman === null ? UNKNOWN : spearman.toFixed(3),
    mae: mae === null ? UNKNOWN : `${(mae * 100).toFixed(2)} points`,
  };
}
