// Operators in words and kinds. The names are those of the library; one that it adds later is shown as
// it is called, among the rest.

/** What an operator does for the network, and so which colour it has. */
export type Kind = 'weights' | 'norm' | 'activation' | 'pool' | 'join' | 'other';

/** The kinds, in the order of the legend. */
export const KINDS: readonly { kind: Kind; title: string }[] = [
  { kind: 'weights', title: 'Weights' },
  { kind: 'norm', title: 'Normalisation' },
  { kind: 'activation', title: 'Activation' },
  { kind: 'pool', title: 'Pooling' },
  { kind: 'join', title: 'Joins' },
  { kind: 'other', title: 'Other' },
];

const OPS: Record<string, { words: string; kind: Kind }> = {
  conv: { words: 'conv', kind: 'weights' },
  depthwise: { words: 'depthwise conv', kind: 'weights' },
  groupconv: { words: 'grouped conv', kind: 'weights' },
  convtranspose: { words: 'transposed conv', kind: 'weights' },
  linear: { words: 'linear', kind: 'weights' },
  embedding: { words: 'embedding', kind: 'weights' },
  recurrent: { words: 'recurrent', kind: 'weights' },
  batchnorm: { words: 'batch norm', kind: 'norm' },
  layernorm: { words: 'layer norm', kind: 'norm' },
  groupnorm: { words: 'group norm', kind: 'norm' },
  relu: { words: 'ReLU', kind: 'activation' },
  relu6: { words: 'ReLU6', kind: 'activation' },
  sigmoid: { words: 'sigmoid', kind: 'activation' },
  tanh: { words: 'tanh', kind: 'activation' },
  swish: { words: 'swish', kind: 'activation' },
  gelu: { words: 'GELU', kind: 'activation' },
  hswish: { words: 'hard swish', kind: 'activation' },
  hsigmoid: { words: 'hard sigmoid', kind: 'activation' },
  leakyrelu: { words: 'leaky ReLU', kind: 'activation' },
  elu: { words: 'ELU', kind: 'activation' },
  mish: { words: 'Mish', kind: 'activation' },
  softplus: { words: 'softplus', kind: 'activation' },
  softmax: { words: 'softmax', kind: 'activation' },
  maxpool: { words: 'max pool', kind: 'pool' },
  avgpool: { words: 'average pool', kind: 'pool' },
  globalavgpool: { words: 'global average', kind: 'pool' },
  globalmaxpool: { words: 'global maximum', kind: 'pool' },
  add: { words: 'add', kind: 'join' },
  mul: { words: 'multiply', kind: 'join' },
  concat: { words: 'concat', kind: 'join' },
  matmul: { words: 'product', kind: 'join' },
  spacetodepth: { words: 'space to depth', kind: 'other' },
  depthtospace: { words: 'depth to space', kind: 'other' },
};

/** An operator's name in words. */
export function wordsOf(op: string): string {
  return OPS[op]?.words ?? op;
}

/** An operator's kind. */
export function kindOf(op: string): Kind {
  return OPS[op]?.kind ?? 'other';
}
