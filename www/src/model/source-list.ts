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
  {
    title: 'NAS-Bench-Macro (Su et al., 2021)',
    networks: 'Chains of 8 layers on CIFAR-10: 50 epochs from scratch, test accuracy, mean of 3 runs.',
    bias: 'Drawn from the whole space. An identity may stand at many places, so that texts differ and networks do not.',
    licence: 'Apache-2.0',
  },
  {
    title: 'Once-for-All, measured by DyNAS-T (Cai et al., 2020; Cummings et al., 2022)',
    networks: 'Subnets on ImageNet with the supernet’s weights, without training of their own.',
    bias: 'Nearly all were picked by searches for accuracy, MACs or parameters; few poor ones are among them.',
    licence: 'Apache-2.0',
  },
  {
    title: 'Once-for-All, CompOFA and MOOFA at several image sides (Girard et al.)',
    networks: 'Subnets of three supernets on ImageNet, with the supernets’ weights.',
    bias: 'Drawn at random, balanced over peak memory. The image’s side decides much of the accuracy.',
    licence: 'Published without a licence file',
  },
  {
    title: 'Accel-NASBench (Ahmad et al., 2024)',
    networks: 'Networks of the MnasNet kind on ImageNet by a shortened recipe, validation accuracy, 1 run.',
    bias: 'Drawn at random. Labels lie far below what full training would reach.',
    licence: 'Apache-2.0',
  },
  {
    title: 'NAS evaluation is frustratingly hard (Yang et al., 2020)',
    networks: 'Random DARTS cells on CIFAR-10: 600 epochs, the best test accuracy over the epochs, 1 run.',
    bias: 'Fewer than 150 networks within 1.4 points of each other: much of their order is chance.',
    licence: 'GPL-3.0',
  },
  {
    title: 'timm’s table of ImageNet results (Wightman)',
    networks: 'Networks that people designed, by the best published weights from ImageNet-1k alone.',
    bias: 'Each by its own recipe, and well-loved ones by better recipes; there are no bad ones among them.',
    licence: 'Apache-2.0',
  },
];
