// The benchmarks whose labels the shipped weights were trained on; docs/model-card.md has the whole.

/** A benchmark in words. */
export interface Source {
  title: string;
  /** Which networks, trained how. */
  networks: string;
  /** What its choice of networks means for the model. */
  bias: string;
  licence: string;
}

/** One entry a benchmark, in the order of the targets. */
export const SOURCES: readonly Source[] = [
  {
    title: 'NAS-Bench-101 (Ying et al., 2019)',
    networks: 'Cells of up to 7 nodes on CIFAR-10: 108 epochs, test accuracy, mean of 3 runs.',
    bias: 'A public sample, of which 98 % have 5 or 6 nodes; nearly half were picked by searches for good or small networks.',
    licence: 'Labels Apache-2.0',
  },
  {
    title: 'NAS-Bench-201 (Dong and Yang, 2020)',
    networks:
      'Cells of 4 nodes on CIFAR-10, CIFAR-100 and ImageNet16-120: 200 epochs, test accuracy, mean over seeds.',
    bias: 'Drawn from the whole space. Many texts make the same cell; those were trained apart, so their labels differ by chance.',
    licence: 'Labels MIT',
  },
];
