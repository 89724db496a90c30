//! The rank transform against SciPy's normal quantiles of mean ranks.

use gennape::graph::Cost;
use gennape::model::config::LabelKind;
use gennape::model::label::LabelTransform;

use crate::support::{numbers, reference};

/// The rank table has an entry every .05 standard deviations; a label is exact to half of that.
const TOLERANCE: f64 = 0.025;

#[test]
fn rank_labels_agree_with_scipy_to_half_a_step_of_the_table() {
    let ranks = &reference("labels")["rank_gauss"];
    let values = numbers(&ranks["values"]);
    let networks: Vec<_> = values.iter().map(|value| (*value, Cost::default())).collect();
    let transform = LabelTransform::fit(LabelKind::RankGauss, &networks);
    for ((value, rank), gauss) in
        values.into_iter().zip(numbers(&ranks["ranks"])).zip(numbers(&ranks["gauss"]))
    {
        let label = transform.forward(value, Cost::default());
        assert!(
            (label - gauss).abs() < TOLERANCE,
            "rank {rank}, {value}: {label} instead of {gauss}"
        );
    }
}
