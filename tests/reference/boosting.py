"""The reference of boosted trees, from scikit-learn."""

import numpy as np
import sklearn.ensemble


def case(x, y, new_x=None):
    """200 trees of depth 3, rate .05, squared error; new rows only where no two splits tie."""
    x, y = np.round(x, 3), np.round(y, 3)
    model = sklearn.ensemble.GradientBoostingRegressor(
        n_estimators=200, max_depth=3, learning_rate=0.05, random_state=0
    ).fit(x, y)
    found = {"x": x, "y": y, "fitted": model.predict(x)}
    if new_x is not None:
        new_x = np.round(new_x, 3)
        found |= {"new_x": new_x, "new": model.predict(new_x)}
    return found


def trees():
    """Boosted trees on several columns and on one."""
    rng = np.random.default_rng(11)
    x = rng.normal(0.0, 1.0, (60, 5))
    x[:, 3] = np.round(x[:, 3])  # many equal values
    x[:, 4] = 7.0
    y = x[:, 0] * x[:, 1] + np.sin(2.0 * x[:, 2]) + 0.5 * x[:, 3] + rng.normal(0.0, 0.1, 60)
    one = rng.uniform(-2.0, 2.0, (30, 1))
    return {
        "about": "fitted, new: scikit-learn's GradientBoostingRegressor (squared error, 200 trees, "
        "depth 3, rate .05) fitted to x and y, on x and on new_x. Columns that part the rows of a "
        "node alike tie, and which is taken is scikit-learn's draw: the fitted values are the same "
        "whichever it is, those of new rows are not, so they are here for a single column only",
        "cases": [case(x, y), case(one, np.cos(one[:, 0]), rng.uniform(-3.0, 3.0, (25, 1)))],
    }
