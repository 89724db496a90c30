// Texts to start from: some well-known cells, and one of each family that the model reads.

import { computed } from '@preact/signals';

import { modelInfo } from './session';

/** A text with a name. */
export interface Example {
  title: string;
  text: string;
}

/** The first text that a visitor sees. */
export const RESIDUAL_POOL =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|';

/** Cells that people know, written in the forms of their benchmarks. */
export const KNOWN_CELLS: readonly Example[] = [
  {
    title: 'ResNet block',
    text: '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|',
  },
  {
    title: 'Inception cell',
    text: `{
  "matrix": [
    [0, 1, 1, 1, 0, 1, 0],
    [0, 0, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 1, 0, 0],
    [0, 0, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0, 0, 0]
  ],
  "ops": ["input", "conv1x1-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu",
    "conv3x3-bn-relu", "maxpool3x3", "output"]
}`,
  },
  {
    title: 'NB-201’s best',
    text: '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|',
  },
  {
    title: 'Only skips',
    text: '|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|',
  },
];

/** One text of each family; empty until the model is there. */
export const familyExamples = computed<readonly Example[]>(() =>
  (modelInfo.value?.families ?? []).map(({ title, example }) => ({ title, text: example })),
);
