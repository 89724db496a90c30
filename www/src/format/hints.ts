// What the numbers on the page are, in a sentence each.

/** The hint to each name that is shown beside a number. */
export const HINTS = {
  Parameters: 'Numbers that training sets: weights, biases, scales of norms.',
  MACs: 'Multiply-accumulates of convolutions, linear layers and products for one image.',
  FLOPs: 'Floating-point operations: two for each multiply-accumulate.',
  Nodes: 'Operators of the graph that the model reads, without the parts that do nothing.',
  Edges: 'Connections between these operators.',
  Depth: 'Connections on the longest path from the image to the answer.',
  Membership:
    'How far the network belongs to each of the kinds that the model found among its training networks; together 100 %.',
  'Head alone': 'What the head that learned from this kind of network would predict by itself.',
  '90 % interval':
    'Nine of ten networks like this one reach an accuracy in it. It is wider the farther the network lies from what was learned.',
  'Learned from': 'Networks whose measured accuracy the model was trained on; equal graphs count once.',
  'Checked on': 'Networks that were held out: never trained on, used for these figures.',
  'Rank correlation':
    'Spearman’s: 1 where the predicted order is the measured one, 0 where they have nothing to do with each other.',
  'Mean error': 'How far predictions lie from measurements on average, in points of accuracy.',
  'In the interval': 'How many measured accuracies lie in their 90 % interval; it is right at 90 %.',
} as const;

/** A name that has one. */
export type Hinted = keyof typeof HINTS;
