"""References of fuzzy C-means: a few lines of NumPy that must agree with scikit-fuzzy."""

import numpy as np
import skfuzzy

from rounding import plain


def memberships_of(x, centroids, m):
    """u_ic = 1 / sum_k (|x_i - v_c| / |x_i - v_k|)^(2 / (m - 1)); 1 for a point on its centroid."""
    distance = np.linalg.norm(x[:, None] - centroids[None], axis=2)  # [n_points, n_clusters]
    u = np.zeros_like(distance)
    for i, row in enumerate(distance):
        if (row == 0.0).any():
            u[i] = row == 0.0
        else:
            u[i] = 1.0 / ((row[:, None] / row[None]) ** (2.0 / (m - 1.0))).sum(1)
    return u, distance


def assert_scikit_fuzzy_agrees(x, start, m, centroids, u):
    """Runs scikit-fuzzy from the same start and compares, whatever order its clusters have."""
    first_u, _ = memberships_of(x, start, m)
    n = len(start)
    theirs, their_u, *_ = skfuzzy.cmeans(x.T, n, m, error=1e-13, maxiter=10_000, init=first_u.T)
    order = [int(np.linalg.norm(theirs - c, axis=1).argmin()) for c in centroids]
    assert sorted(order) == list(range(n))
    assert np.abs(theirs[order] - centroids).max() < 1e-6
    assert np.abs(their_u[order].T - u).max() < 1e-6


def case(x, start, fresh, m):
    """Fuzzy C-means with one fuzzifier from given centroids until they rest; then new points."""
    centroids, objective, change = start, [], np.inf
    while change > 1e-10:
        u, distance = memberships_of(x, centroids, m)
        objective.append((u**m * distance**2).sum())
        moved = (u**m).T @ x / (u**m).sum(0)[:, None]
        change, centroids = np.abs(moved - centroids).max(), moved
    u, _ = memberships_of(x, centroids, m)
    assert (np.diff(objective) < 1e-12).all(), "the objective rose"
    assert_scikit_fuzzy_agrees(x, start, m, centroids, u)

    # New points meet the centroids as the file holds them, so that one can lie exactly on one.
    frozen = np.array(plain(centroids))
    new_x = np.vstack([fresh, frozen[1]])
    new_u, _ = memberships_of(new_x, frozen, m)
    assert new_u[-1].tolist() == [0.0, 1.0, 0.0]
    return {
        "m": m,
        "n_iterations": len(objective),
        "objective": objective,
        "centroids": frozen,
        "memberships": u,
        "new_x": new_x,
        "new_memberships": new_u,
    }


def fcm():
    """Fuzzy C-means on three blobs of 16 points and 12 points of noise, with two fuzzifiers."""
    rng = np.random.default_rng(4)
    blobs = [rng.normal(rng.normal(0.0, 2.0, 5), 0.6, (16, 5)) for _ in range(3)]
    x = np.round(np.vstack([*blobs, rng.uniform(-4.0, 4.0, (12, 5))]), 3)
    start = np.round(x[[3, 20, 40]] + 0.1, 3)
    fresh = np.round(rng.normal(0.0, 2.0, (9, 5)), 3)
    return {
        "about": "u_ic = 1 / sum over k of (|x_i - v_c| / |x_i - v_k|)^(2 / (m - 1)), v_c = "
        "sum u^m x / sum u^m; an iteration takes u from the centroids, notes objective = sum u^m "
        "|x - v|^2 of that u and those centroids, moves the centroids; the last one moved no "
        "coordinate by more than 1e-10; memberships belong to the final centroids; new_x has "
        "frozen centroids, its last point lies on centroid 1",
        "x": x,
        "initial_centroids": start,
        "cases": [case(x, start, fresh, m) for m in (1.5, 2.0)],
    }
