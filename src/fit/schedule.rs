//! One cycle: a linear warm-up, then a cosine to zero.

/// The learning rate over the steps of a training stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycle {
    /// The highest rate.
    pub peak: f64,
    /// The share of steps that warm up.
    pub warm_up: f64,
    /// All steps of the stage.
    pub n_steps: usize,
}

impl OneCycle {
    /// The rate at `step` (from 0); zero after the last one.
    ///
    /// ```
    /// # use gennape::fit::schedule::OneCycle;
    /// let cycle = OneCycle { peak: 2e-3, warm_up: 0.25, n_steps: 8 };
    /// assert_eq!(cycle.rate(1), 2e-3);
    /// assert!((cycle.rate(5) - 1e-3).abs() < 1e-12);
    /// ```
    pub fn rate(&self, step: usize) -> f64 {
        let (step, n_steps) = (step as f64, self.n_steps as f64);
        let warm = self.warm_up * n_steps;
        if step < warm {
            return self.peak * ((step + 1.0) / warm).min(1.0);
        }
        let share = ((step - warm) / (n_steps - warm).max(1.0)).min(1.0);
        self.peak * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_rise_to_the_peak_and_fall_from_it() {
        for (warm_up, n_steps) in [(0.15, 40), (0.15, 7), (0.5, 9), (0.0, 5), (0.15, 1)] {
            let cycle = OneCycle { peak: 2e-3, warm_up, n_steps };
            let rates: Vec<f64> = (0..n_steps).map(|step| cycle.rate(step)).collect();
            let top = rates.iter().position(|rate| *rate == 2e-3).unwrap();
            assert!(rates[..=top].is_sorted(), "{rates:?}");
            assert!(rates[top..].is_sorted_by(|a, b| a >= b), "{rates:?}");
            assert!(rates.iter().all(|rate| *rate > 0.0), "{rates:?}");
            assert_eq!(cycle.rate(2 * n_steps), 0.0, "a stage that goes on learns nothing");
        }
    }
}
