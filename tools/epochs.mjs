// node tools/epochs.mjs: seconds an epoch over 8,500 networks, from the step times that the train
// bench has left in target/criterion.

import { readFileSync } from 'node:fs';

const NETWORKS = 8500;
const STEPS = [
  ['contrastive step of 128', 128],
  ['regression step of 64', 64],
];

for (const [bench, batch] of STEPS) {
  const file = `target/criterion/${bench}/new/estimates.json`;
  const nanoseconds = JSON.parse(readFileSync(file, 'utf8')).mean.point_estimate;
  const seconds = (nanoseconds / 1e9) * (NETWORKS / batch);
  console.log(`${bench}: ${seconds.toFixed(1)} s an epoch of ${NETWORKS} networks, one thread`);
}
