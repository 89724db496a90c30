"""References of metrics and of label transforms."""

import warnings

import numpy as np
import scipy.stats
import sklearn.metrics


def metrics_case(name, truth, prediction):
    """Rank correlations, NDCG@10 in both forms and the mean absolute error of two vectors."""
    truth, prediction = np.round(truth, 4), np.round(prediction, 4)
    relevance = 20.0 * (truth - truth.min()) / (truth.max() - truth.min())
    gain = 2.0**relevance - 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scipy.stats.ConstantInputWarning)
        spearman = scipy.stats.spearmanr(truth, prediction).statistic
    return {
        "name": name,
        "truth": truth,
        "prediction": prediction,
        "spearman": spearman,
        "kendall_tau_b": scipy.stats.kendalltau(truth, prediction, variant="b").statistic,
        "ndcg10_linear": sklearn.metrics.ndcg_score([relevance], [prediction], k=10),
        "ndcg10_exponential": sklearn.metrics.ndcg_score([gain], [prediction], k=10),
        "mae": sklearn.metrics.mean_absolute_error(truth, prediction),
    }


def metrics():
    """Ranking and error metrics, with and without ties."""
    rng = np.random.default_rng(7)
    truth = rng.uniform(0.85, 0.945, 30)
    near, far = truth + rng.normal(0.0, 0.01, 30), truth + rng.normal(0.0, 0.05, 30)
    assert all(len(set(np.round(v, 4))) == 30 for v in (truth, near, far)), "ties by chance"
    cases = [
        ("no ties", truth, near),
        ("no ties, a weak predictor", truth, far),
        ("ties in the truth", np.round(truth, 2), far),
        ("ties in the prediction, one of them across place 10", truth, np.round(near, 2)),
        ("ties in both", np.round(truth, 2), np.round(far, 2)),
        ("perfect order", truth, np.round(truth, 4) - 0.01),
        ("reversed order", truth, 1.0 - np.round(truth, 4)),
        ("fewer than ten", truth[:6], far[:6]),
        ("a constant prediction", truth[:12], np.full(12, 0.9)),
    ]
    return {
        "about": "spearman and kendall_tau_b of SciPy (null: undefined), mae of scikit-learn; "
        "NDCG@10 of scikit-learn = DCG in the order of the prediction, largest first, / DCG in "
        "the order of the truth; DCG = sum over places p = 1..10 of gain / log2(p + 1); "
        "relevance = 20 (truth - min) / (max - min) over the vector; gain = relevance "
        "(ndcg10_linear) or 2^relevance - 1 (ndcg10_exponential); networks of equal prediction "
        "each count with the mean gain of their group, also where it reaches beyond place 10",
        "cases": [metrics_case(*case) for case in cases],
    }


def normal_distribution():
    """Quantile and distribution function of the standard normal at 40 points each."""
    tails = np.array([1e-6, 1e-5, 1e-4, 1e-3, 0.005, 0.01, 0.02, 0.02425, 0.025, 0.05])
    p = np.sort(np.round(np.concatenate([tails, np.linspace(0.1, 0.9, 20), 1.0 - tails]), 6))
    x = np.round(np.linspace(-4.8, 4.8, 40), 3)
    quantile, cdf = scipy.stats.norm.ppf(p), scipy.stats.norm.cdf(x)
    return {"p": p, "quantile": quantile, "x": x, "cdf": cdf}


def paper_labels():
    """The paper's label transform of six networks, the first three those of its specification."""
    accuracy = np.array([0.9446, 0.75962, 0.9, 0.9137, 0.4731, 0.1])
    macs = np.array([402_002_944, 255_502_624, 0, 37_062_784, 219_950_720, 7_781_888])
    gflops = 2.0 * macs / 1e9
    divisor = np.log10(gflops + 1.0) + 1.0
    divided = accuracy / divisor
    assert np.allclose(divided[:3], [0.751927610, 0.644146459, 0.9], atol=1e-9)
    mean, std = divided.mean(), divided.std()  # the population's std: divided by n
    label = (divided - mean) / std
    assert np.allclose((label * std + mean) * divisor, accuracy)
    columns = {"accuracy": accuracy, "macs": macs, "gflops": gflops, "divisor": divisor}
    return {**columns, "divided": divided, "mean": mean, "std": std, "label": label}


def labels():
    """The normal distribution, rank-Gauss of a vector with ties, and the paper's label."""
    values = np.array([0.91, 0.87, 0.93, 0.91, 0.5, 0.87, 0.91, 0.94, 0.1, 0.9])
    ranks = scipy.stats.rankdata(values, method="average")
    gauss = scipy.stats.norm.ppf((ranks - 0.5) / len(values))
    return {
        "about": "normal: quantile of p and cdf of x under the standard normal distribution "
        "(SciPy); rank_gauss: gauss = quantile((rank - .5) / n), ties have their mean rank; "
        "paper: gflops F = 2 macs / 1e9, divisor = log10(F + 1) + 1, divided = accuracy / "
        "divisor, label = (divided - mean) / std, std divided by n",
        "normal": normal_distribution(),
        "rank_gauss": {"values": values, "ranks": ranks, "gauss": gauss},
        "paper": paper_labels(),
    }
