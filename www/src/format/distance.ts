// How far networks lie from each other, by what the encoder makes of them.

/** A network that others are compared with. */
export interface Known {
  /** Its name, where it has one. */
  title?: string;
  family: string;
  text: string;
  accuracy: number;
  target: string;
  params: number;
  macs: number;
  embedding: number[];
}

/** The distance to each network, every number of the embedding weighed by how much it varies. */
export function distancesTo(embedding: number[], networks: readonly Known[]): { network: Known; distance: number }[] {
  const variances = embedding.map((_, column) => varianceOf(networks.map((network) => network.embedding[column] ?? 0)));
  return networks.map((network) => {
    const squares = embedding.map((value, column) => {
      const variance = variances[column]!;
      return variance > 0 ? (value - (network.embedding[column] ?? 0)) ** 2 / variance : 0;
    });
    return { network, distance: Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) };
  });
}

function varianceOf(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
