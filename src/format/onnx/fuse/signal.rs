//! What an operator computes of eight numbers: a decomposed function is recognised by its values.
//!
//! Exporters spell GELU, h-swish or a layer norm in dozens of ways, with factors in any order. So a
//! group of operators is not compared with patterns: it is run on a few numbers, and its results
//! are compared with those of the functions it may be.

use super::super::call::Call;
use super::super::shapes::reduced_axes;

/// How many numbers a group is tried on.
pub(super) const N: usize = 8;

/// A row of numbers along the axis that norms reduce.
pub(super) type Signal = [f64; N];

/// Numbers on both sides of each bend of the known functions.
pub(super) const PROBE: Signal = [-9.0, -3.3, -1.7, -0.6, 0.4, 1.3, 2.9, 8.0];

/// A function of one number.
type Function = fn(f64) -> f64;

/// Relative difference up to which constants count as equal.
const TOLERANCE: f64 = 0.01;

/// The result of one operator, or none if it is not one of those that make up functions.
pub(super) fn apply(call: &Call, inputs: &[Option<Signal>]) -> Option<Signal> {
    let first = inputs.first().copied().flatten()?;
    let map = |function: Function| Some(first.map(function));
    match call.op {
        "Identity" | "Cast" | "Expand" => Some(first),
        "Relu" => map(|x| x.max(0.0)),
        "Sigmoid" => map(sigmoid),
        "Tanh" => map(f64::tanh),
        "Erf" => map(libm::erf),
        "Exp" => map(f64::exp),
        "Log" => map(f64::ln),
        "Sqrt" => map(f64::sqrt),
        "Reciprocal" => map(f64::recip),
        "Neg" => map(|x| -x),
        "Abs" => map(f64::abs),
        "Softplus" => map(softplus),
        "HardSigmoid" => {
            let alpha = call.attributes.float("alpha").unwrap_or(0.2);
            let beta = call.attributes.float("beta").unwrap_or(0.5);
            Some(first.map(|x| (alpha * x + beta).clamp(0.0, 1.0)))
        }
        "Clip" => {
            let bound = |idx: usize, name, open| match inputs.get(idx).copied().flatten() {
                Some(signal) => signal[0],
                None => call.attributes.float(name).unwrap_or(open),
            };
            let low = bound(1, "min", f64::NEG_INFINITY);
            let high = bound(2, "max", f64::INFINITY);
            Some(first.map(|x| x.max(low).min(high)))
        }
        "ReduceMean" => Some([mean(&first); N]),
        "ReduceSum" => Some([mean(&first) * reduced_len(call)?; N]),
        "ReduceL2" => Some([(mean(&first.map(|x| x * x)) * reduced_len(call)?).sqrt(); N]),
        _ => {
            let combine: fn(f64, f64) -> f64 = match call.op {
                "Add" | "Sum" => |a, b| a + b,
                "Sub" => |a, b| a - b,
                "Mul" => |a, b| a * b,
                "Div" => |a, b| a / b,
                "Pow" => f64::powf,
                "Max" => f64::max,
                "Min" => f64::min,
                _ => return None,
            };
            let second = inputs.get(1).copied().flatten().filter(|_| inputs.len() == 2)?;
            Some(std::array::from_fn(|idx| combine(first[idx], second[idx])))
        }
    }
}

/// Whether an operator reduces axes.
pub(super) fn reduces(op: &str) -> bool {
    matches!(op, "ReduceMean" | "ReduceSum" | "ReduceL2")
}

fn reduced_len(call: &Call) -> Option<f64> {
    let dims = call.dims(0)?;
    let axes = reduced_axes(call).ok()??;
    Some(axes.iter().map(|&axis| dims[axis] as f64).product())
}

/// The operator that computes `values` of [`PROBE`], if there is one.
pub(super) fn activation(values: &Signal) -> Option<&'static str> {
    let known: [(&str, Function); 12] = [
        ("Relu", |x| x.max(0.0)),
        ("Relu6", |x| x.clamp(0.0, 6.0)),
        ("Sigmoid", sigmoid),
        ("Swish", |x| x * sigmoid(x)),
        ("Gelu", |x| 0.5 * x * (1.0 + libm::erf(x / 2_f64.sqrt()))),
        ("Gelu", |x| 0.5 * x * (1.0 + (0.797_884_56 * (x + 0.044_715 * x.powi(3))).tanh())),
        ("Gelu", |x| x * sigmoid(1.702 * x)),
        ("HardSwish", |x| x * (x + 3.0).clamp(0.0, 6.0) / 6.0),
        ("HardSigmoid", |x| (x + 3.0).clamp(0.0, 6.0) / 6.0),
        ("Mish", |x| x * softplus(x).tanh()),
        ("Softplus", softplus),
        ("Softsign", |x| x / (1.0 + x.abs())),
    ];
    let found = known.iter().find(|(_, function)| close(values, &PROBE.map(function)));
    found.map(|&(op, _)| op)
}

/// What a norm does with its mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Norm {
    /// Subtracts it.
    Centred,
    /// Keeps it (RMS and L2 norms).
    Plain,
}

/// Which norm `function` is: its result does not depend on the scale of what it reads, turns with
/// its sign, and is proportional to it or to its distance from the mean.
pub(super) fn norm(function: impl Fn(&Signal) -> Option<Signal>) -> Option<Norm> {
    let x = PROBE.map(|x| 5.0 * x + 3.0);
    let values = function(&x)?;
    let scaled = function(&x.map(|x| 4.0 * x))?;
    let turned = function(&x.map(|x| -x))?;
    if !close(&scaled, &values) || !close(&turned.map(|y| -y), &values) {
        return None;
    }
    let centred = x.map(|one| one - mean(&x));
    [(Norm::Plain, x), (Norm::Centred, centred)].into_iter().find_map(|(norm, direction)| {
        let factor = values[0] / direction[0];
        let is_sane = factor.is_finite() && factor.abs() > 1e-9;
        (is_sane && close(&values, &direction.map(|one| factor * one))).then_some(norm)
    })
}

fn close(values: &Signal, expected: &Signal) -> bool {
    let scale = expected.iter().fold(0.0_f64, |scale, x| scale.max(x.abs()));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= TOLERANCE * (b.abs() + 0.02 * scale);
    values.iter().zip(expected).all(near)
}

fn mean(signal: &Signal) -> f64 {
    signal.iter().sum::<f64>() / N as f64
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_is_known_by_its_values_and_by_no_other_name() {
        let cases: [(&str, Function); 6] = [
            ("Relu6", |x| x.clamp(0.0, 6.0)),
            ("Gelu", |x| x * 0.5 * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2))),
            ("Gelu", |x| x / (1.0 + (-1.702 * x).exp())),
            ("HardSwish", |x| x * 0.166_67 * (x + 3.0).clamp(0.0, 6.0)),
            ("HardSwish", |x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
            ("Mish", |x| x * (1.0 + x.exp()).ln().tanh()),
        ];
        for (op, function) in cases {
            assert_eq!(activation(&PROBE.map(function)), Some(op));
        }
        let others: [Function; 4] = [|x| x, |x| x * x, f64::tanh, |x| 2.0 * x.max(0.0)];
        for function in others {
            assert_eq!(activation(&PROBE.map(function)), None);
        }
    }

    #[test]
    fn norms_ignore_scale_and_a_division_by_the_sum_is_none() {
        let rms = |x: &Signal| (mean(&x.map(|x| x * x)) + 1e-6).sqrt();
        let plain = norm(|x| Some(x.map(|one| 1.1 * one / rms(x))));
        assert_eq!(plain, Some(Norm::Plain));
        let centred = norm(|x| {
            let moved = x.map(|one| one - mean(x));
            Some(moved.map(|one| one / rms(&moved)))
        });
        assert_eq!(centred, Some(Norm::Centred));
        assert_eq!(norm(|x| Some(x.map(|one| one / x.iter().sum::<f64>()))), None);
        assert_eq!(norm(|x| Some(*x)), None);
    }
}
