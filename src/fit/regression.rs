//! The heads' loss: squared errors over the labels that are there.

use candle_core::{Device, Tensor};

use crate::error::{Error, ErrorKind, Result};

/// Labels of several graphs, some missing: values and a 0/1 mask, both `[n_graphs, n_targets]`.
#[derive(Debug, Clone)]
pub struct Labels {
    values: Tensor,
    mask: Tensor,
    n_present: usize,
}

impl Labels {
    /// Labels row by row; `None` where a graph has none for a target.
    ///
    /// # Errors
    /// Where rows differ in length.
    pub fn new(rows: &[Vec<Option<f32>>]) -> Result<Self> {
        let shape = (rows.len(), rows.first().map_or(0, Vec::len));
        if rows.iter().any(|row| row.len() != shape.1) {
            let message = "rows of labels differ in length; each needs one entry a target";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        let flat = || rows.iter().flatten();
        let values: Vec<f32> = flat().map(|label| label.unwrap_or(0.0)).collect();
        let mask: Vec<f32> = flat().map(|label| f32::from(label.is_some())).collect();
        let n_present = flat().filter(|label| label.is_some()).count();
        Ok(Self {
            values: Tensor::from_vec(values, shape, &Device::Cpu)?,
            mask: Tensor::from_vec(mask, shape, &Device::Cpu)?,
            n_present,
        })
    }

    /// How many labels are there.
    pub fn n_present(&self) -> usize {
        self.n_present
    }

    /// The mean squared error over the labels that are there; 0 where there are none.
    ///
    /// # Shapes
    /// `predicted: [n_graphs, n_targets]` to a scalar.
    ///
    /// # Errors
    /// Where `predicted` has another shape.
    pub fn mean_squared_error(&self, predicted: &Tensor) -> Result<Tensor> {
        let errors = ((predicted - &self.values)? * &self.mask)?; // [n_graphs, n_targets]
        Ok((errors.sqr()?.sum_all()? / self.n_present.max(1) as f64)?)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Var;

    use super::*;

    fn labels(rows: &[&[Option<f32>]]) -> Labels {
        Labels::new(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_missing_label_has_no_influence() {
        let labels = labels(&[&[Some(1.0), None], &[None, Some(3.0)], &[None, None]]);
        assert_eq!(labels.n_present(), 2);
        let mut losses = Vec::new();
        for other in [0.0, -7.0, 1e6] {
            let predicted = [[2f32, other], [other, 6.0], [other, other]];
            let predicted = Var::new(&predicted, &Device::Cpu).unwrap();
            let loss = labels.mean_squared_error(&predicted).unwrap();
            let gradients = loss.backward().unwrap();
            let gradient = gradients.get(&predicted).unwrap().to_vec2::<f32>().unwrap();
            assert_eq!(gradient, [[1.0, 0.0], [0.0, 3.0], [0.0, 0.0]]); // 2 error / 2 labels
            losses.push(loss.to_scalar::<f32>().unwrap());
        }
        assert_eq!(losses, [5.0; 3]); // (1 + 9) / 2
    }

    #[test]
    fn rows_of_different_length_are_refused_even_if_their_sum_fits() {
        let rows = [vec![Some(1.0); 2], vec![Some(2.0); 3], vec![None]];
        assert!(Labels::new(&rows).unwrap_err().message().contains("differ in length"));
    }

    #[test]
    fn without_any_label_the_loss_is_zero() {
        let predicted = Tensor::new(&[[5f32], [-5.0]], &Device::Cpu).unwrap();
        let loss = labels(&[&[None], &[None]]).mean_squared_error(&predicted).unwrap();
        assert_eq!(loss.to_scalar::<f32>().unwrap(), 0.0);
    }
}
