//! The Cholesky factor of a covariance with noise: K + noise I = L L^T.
//!
//! For some hundred networks, where a triangle of rows is quick enough; larger spectra are faer's,
//! in `train` alone.

use crate::error::{Error, ErrorKind, Result};

/// The lower triangle L: row i has i + 1 entries.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Factor(Vec<Vec<f64>>);

impl Factor {
    /// The factor of `lower`, a symmetric matrix's triangle, with `noise` on its diagonal.
    ///
    /// Complexity: O(n^3).
    ///
    /// # Errors
    /// Where the matrix is not positive, or not finite.
    pub(super) fn of(mut lower: Vec<Vec<f64>>, noise: f64) -> Result<Self> {
        for i in 0..lower.len() {
            let (done, rest) = lower.split_at_mut(i);
            let row = &mut rest[0];
            row[i] += noise;
            for (j, other) in done.iter().enumerate() {
                row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
            }
            let pivot = row[i] - dot(&row[..i], &row[..i]);
            if !(pivot.is_finite() && pivot > 0.0) {
                let message = "a covariance is not positive; a regressor may not be finite";
                return Err(Error::new(ErrorKind::Record, message));
            }
            row[i] = pivot.sqrt();
        }
        Ok(Self(lower))
    }

    /// L^-1 b. Complexity: O(n^2).
    pub(super) fn half_solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = Vec::with_capacity(b.len());
        for (row, b) in self.0.iter().zip(b) {
            let value = (b - dot(&row[..x.len()], &x)) / row[x.len()];
            x.push(value);
        }
        x
    }

    /// (L L^T)^-1 b. Complexity: O(n^2).
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.half_solve(b);
        for (i, row) in self.0.iter().enumerate().rev() {
            x[i] /= row[i];
            let value = x[i];
            x[..i].iter_mut().zip(row).for_each(|(x, l)| *x -= l * value);
        }
        x
    }

    /// Half the logarithm of the determinant of L L^T.
    pub(super) fn half_log_determinant(&self) -> f64 {
        self.0.iter().filter_map(|row| row.last()).map(|x| x.ln()).sum()
    }

    /// The lower triangle of (L L^T)^-1. Complexity: O(n^3).
    pub(super) fn inverse(&self) -> Vec<Vec<f64>> {
        let halves = self.half_inverse();
        let n = halves.len();
        let mut inverse: Vec<Vec<f64>> = (0..n).map(|i| vec![0.0; i + 1]).collect();
        for row in &halves {
            for (i, left) in row.iter().enumerate() {
                let sums = inverse[i].iter_mut().zip(row);
                sums.for_each(|(sum, right)| *sum += left * right);
            }
        }
        inverse
    }

    /// The diagonal of (L L^T)^-1. Complexity: O(n^3).
    pub(super) fn inverse_diagonal(&self) -> Vec<f64> {
        let mut squares = vec![0.0; self.0.len()];
        for row in self.half_inverse() {
            squares.iter_mut().zip(&row).for_each(|(sum, x)| *sum += x * x);
        }
        squares
    }

    /// L^-1, each row from those before it.
    fn half_inverse(&self) -> Vec<Vec<f64>> {
        let mut inverse: Vec<Vec<f64>> = Vec::with_capacity(self.0.len());
        for (i, row) in self.0.iter().enumerate() {
            let mut own = vec![0.0; i + 1];
            for (before, l) in inverse.iter().zip(row) {
                own.iter_mut().zip(before).for_each(|(sum, x)| *sum -= l * x);
            }
            own[i] = 1.0;
            own.iter_mut().for_each(|x| *x /= row[i]);
            inverse.push(own);
        }
        inverse
    }
}

/// The inner product of two rows.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    // by hand: [[4, 2], [2, 3]] = L L^T with L = [[2, 0], [1, sqrt 2]], determinant 8
    #[test]
    fn a_small_matrix_has_the_factor_that_a_pencil_gives() {
        let factor = Factor::of(vec![vec![3.0], vec![2.0, 2.0]], 1.0).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(factor.0[0][0], 2.0) && close(factor.0[1][1], 2.0_f64.sqrt()));
        assert!(close(factor.half_log_determinant(), 0.5 * 8.0_f64.ln()));
        let inverse = factor.inverse();
        assert!(close(inverse[0][0], 3.0 / 8.0) && close(inverse[1][0], -2.0 / 8.0));
        assert!(close(inverse[1][1], 4.0 / 8.0));
        let diagonal = factor.inverse_diagonal();
        assert!(close(diagonal[0], 3.0 / 8.0) && close(diagonal[1], 4.0 / 8.0));
        let x = factor.solve(&[8.0, 8.0]);
        assert!(close(x[0], 1.0) && close(x[1], 2.0), "{x:?}");
    }

    #[test]
    fn a_matrix_that_is_not_positive_is_refused() {
        assert!(Factor::of(vec![vec![1.0], vec![3.0, 1.0]], 0.1).is_err());
        assert!(Factor::of(vec![vec![f64::NAN]], 0.1).is_err());
    }
}
