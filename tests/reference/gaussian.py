"""Reference of Gaussian process regression."""

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, RationalQuadratic


def gaussian_process():
    """Predictions, leave-one-out predictions and likelihood of a process with a given kernel."""
    rng = np.random.default_rng(11)
    rows = np.round(rng.normal(2.0, 3.0, (24, 5)), 3)
    rows[:, 3] = 0.25
    labels = np.round(0.9 + 0.01 * np.sin(rows[:, 0]) + 0.004 * rows[:, 1], 4)
    new = np.round(rng.normal(2.0, 3.0, (5, 5)), 3)
    kernel = {"length": 1.5, "alpha": 0.8, "noise": 0.05}

    varying = np.array([0, 1, 2, 4])
    mean, std = rows[:, varying].mean(0), rows[:, varying].std(0)
    x, x_new = (rows[:, varying] - mean) / std, (new[:, varying] - mean) / std
    y = (labels - labels.mean()) / labels.std()
    quadratic = RationalQuadratic(kernel["length"] * np.sqrt(len(varying)), kernel["alpha"])
    scale = y @ np.linalg.solve(quadratic(x) + kernel["noise"] * np.eye(len(y)), y) / len(y)

    def process(x, y):
        noise = scale * kernel["noise"]
        regressor = GaussianProcessRegressor(
            ConstantKernel(scale) * quadratic, alpha=noise, optimizer=None
        )
        return regressor.fit(x, y)

    def observed(regressor, x):
        centre, deviation = regressor.predict(x, return_std=True)
        deviation = np.sqrt(deviation**2 + scale * kernel["noise"])
        return labels.mean() + labels.std() * centre, labels.std() * deviation

    left_out = []
    for i in range(len(y)):
        others = np.arange(len(y)) != i
        left_out.append(np.concatenate(observed(process(x[others], y[others]), x[i : i + 1])))
    whole = process(x, y)
    means, deviations = observed(whole, x_new)
    return {
        "about": "scikit-learn's GaussianProcessRegressor on columns standardised by population "
        "deviations, the constant one left out, and standardised labels y; covariance scale * "
        "(1 + |a - b|^2 / (2 alpha d length^2))^-alpha, d = 4 columns, noise scale * noise, scale = "
        "y^T (K + noise I)^-1 y / n; deviations are of a new observation, noise included; "
        "left_out is the same fitted without each row (mean, deviation), labels and columns "
        "standardised as with it",
        "kernel": kernel,
        "rows": rows,
        "labels": labels,
        "new": new,
        "mean": means,
        "deviation": deviations,
        "left_out": np.array(left_out),
        "log_likelihood": whole.log_marginal_likelihood(),
    }
