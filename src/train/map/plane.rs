//! The plane of the two largest principal components: where t-SNE starts, and what it must beat.

use faer::{Mat, Side};

use crate::error::{Error, ErrorKind, Result};

/// Mean and principal axes of some points.
#[derive(Debug, Clone)]
pub(super) struct Axes {
    mean: Vec<f64>,
    axes: [Vec<f64>; 2],
}

impl Axes {
    /// The axes of `points`, which are of one width.
    ///
    /// # Errors
    /// Where the eigenvectors of their covariance do not converge.
    pub(super) fn of(points: &[Vec<f64>]) -> Result<Self> {
        let width = points.first().map_or(0, Vec::len);
        let count = points.len().max(1) as f64;
        let mean: Vec<f64> =
            (0..width).map(|idx| points.iter().map(|z| z[idx]).sum::<f64>() / count).collect();
        let covariance = Mat::<f64>::from_fn(width, width, |row, column| {
            let product = |z: &Vec<f64>| (z[row] - mean[row]) * (z[column] - mean[column]);
            points.iter().map(product).sum::<f64>() / count
        });
        let eigen = covariance
            .self_adjoint_eigen(Side::Lower)
            .map_err(|_| Error::new(ErrorKind::Internal, "the principal axes do not converge"))?;
        let axis = |nth: usize| -> Vec<f64> {
            let column = width.saturating_sub(nth);
            let axis: Vec<f64> = (0..width).map(|row| eigen.U()[(row, column)]).collect();
            // the sign of an eigenvector is arbitrary: its largest entry is made positive
            let largest =
                axis.iter().fold(0.0_f64, |most, x| if x.abs() > most.abs() { *x } else { most });
            axis.iter().map(|x| x * largest.signum()).collect()
        };
        Ok(Self { axes: [axis(1), axis(2)], mean })
    }

    /// A point's coordinates along the two axes.
    pub(super) fn project(&self, point: &[f64]) -> [f64; 2] {
        let along = |axis: &Vec<f64>| {
            let centred = point.iter().zip(&self.mean).map(|(x, mean)| x - mean);
            centred.zip(axis).map(|(x, a)| x * a).sum()
        };
        [along(&self.axes[0]), along(&self.axes[1])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_are_those_along_which_points_spread_most() {
        // an ellipse with half-axes 5 along (3, 4) / 5 and 1 across, in the first two of three columns
        let point = |t: f64| {
            let (along, across) = (5.0 * t.cos(), t.sin());
            vec![(3.0 * along - 4.0 * across) / 5.0, (4.0 * along + 3.0 * across) / 5.0, 7.0]
        };
        let points: Vec<_> = (0..360).map(|degree| point(f64::from(degree).to_radians())).collect();
        let axes = Axes::of(&points).unwrap();
        let end = axes.project(&point(0.0));
        let side = axes.project(&point(90_f64.to_radians()));
        assert!((end[0].abs() - 5.0).abs() < 1e-9 && end[1].abs() < 1e-9, "{end:?}");
        assert!(side[0].abs() < 1e-9 && (side[1].abs() - 1.0).abs() < 1e-9, "{side:?}");
    }
}
