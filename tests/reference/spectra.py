"""References of the normalised Laplacian's eigenvalues."""

import networkx as nx
import numpy as np

from inputs import random_dag


def laplacian():
    """All eigenvalues of the normalised Laplacian of random connected graphs."""
    rng = np.random.default_rng(8)
    graphs = []
    for n_nodes in (10, 14, 21, 30, 45, 60):
        edges = random_dag(rng, n_nodes, window=4, n_extra=n_nodes // 5)
        graph = nx.Graph()
        graph.add_nodes_from(range(n_nodes))
        graph.add_edges_from(edges)
        eigenvalues = np.sort(nx.normalized_laplacian_spectrum(graph))
        assert abs(eigenvalues[0]) < 1e-12 and abs(eigenvalues.sum() - n_nodes) < 1e-10
        graphs.append({"n_nodes": n_nodes, "edges": edges, "eigenvalues": eigenvalues})
    return {
        "about": "eigenvalues, ascending, of I - D^(-1/2) A D^(-1/2), A symmetric 0/1 of the "
        "edges without direction (networkx)",
        "graphs": graphs,
    }
