//! Functions that a model spells out in arithmetic: h-swish as add 3, ReLU 6, times x, times 1/6.
//!
//! Each step of such a calculation turns a [`Form`] of some tensor into another; the last one is an
//! operator of the graph. What is in between is written too, and vanishes as nothing reads it.

use crate::graph::{Op, Tensor};

/// What a tensor is of another one, x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// Nothing special: itself is x.
    Plain,
    /// A part of the calculation of a function of the tensor.
    Part(Part, Tensor),
}

/// Parts of functions. `PlusThree` is x + 3, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    PlusThree,
    ClippedPlusThree,
    TimesClippedPlusThree,
    HSigmoid,
    Sixth,
    Sigmoid,
    Times1702,
    SigmoidTimes1702,
    Softplus,
    TanhSoftplus,
    OverRootTwo,
    Erf,
    OnePlusErf,
    HalfOnePlusErf,
    TimesOnePlusErf,
    Half,
    Cube,
    CubeTimes044715,
    WithCube,
    WithCubeTimes79788,
    Tanh,
}

/// One step of a calculation with one tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Add(f64),
    Times(f64),
    Power(f64),
    Op(Op),
    Erf,
}

/// What a step or product leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reached {
    /// Another part.
    Part(Part),
    /// All of an operator.
    Op(Op),
}

/// What `step` makes of a part; `None` is x itself.
pub(super) fn after(part: Option<Part>, step: Step) -> Option<Reached> {
    use Part::*;
    let part = match (part, step) {
        (None, Step::Add(n)) if near(n, 3.0) => PlusThree,
        (None, Step::Times(n)) if near(n, 1.0 / 6.0) => Sixth,
        (None, Step::Times(n)) if near(n, 1.702) => Times1702,
        (None, Step::Times(n)) if near(n, 0.5_f64.sqrt()) => OverRootTwo,
        (None, Step::Times(n)) if near(n, 0.5) => Half,
        (None, Step::Power(n)) if near(n, 3.0) => Cube,
        (None, Step::Op(Op::Sigmoid)) => Sigmoid,
        (None, Step::Op(Op::HSigmoid)) => HSigmoid,
        (None, Step::Op(Op::Softplus)) => Softplus,
        (Some(PlusThree), Step::Op(Op::Relu6)) => ClippedPlusThree,
        (Some(ClippedPlusThree), Step::Times(n)) if near(n, 1.0 / 6.0) => {
            return Some(Reached::Op(Op::HSigmoid));
        }
        (Some(TimesClippedPlusThree), Step::Times(n)) if near(n, 1.0 / 6.0) => {
            return Some(Reached::Op(Op::HSwish));
        }
        (Some(Times1702), Step::Op(Op::Sigmoid)) => SigmoidTimes1702,
        (Some(Softplus), Step::Op(Op::Tanh)) => TanhSoftplus,
        (Some(OverRootTwo), Step::Erf) => Erf,
        (Some(Erf | Tanh), Step::Add(n)) if near(n, 1.0) => OnePlusErf,
        (Some(OnePlusErf), Step::Times(n)) if near(n, 0.5) => HalfOnePlusErf,
        (Some(TimesOnePlusErf), Step::Times(n)) if near(n, 0.5) => {
            return Some(Reached::Op(Op::Gelu));
        }
        (Some(Cube), Step::Times(n)) if near(n, 0.044_715) => CubeTimes044715,
        (Some(WithCube), Step::Times(n)) if near(n, 0.797_885) => WithCubeTimes79788,
        (Some(WithCubeTimes79788), Step::Op(Op::Tanh)) => Tanh,
        _ => return None,
    };
    Some(Reached::Part(part))
}

/// What the product of two parts of one x is, in either order.
pub(super) fn product(one: Option<Part>, other: Option<Part>) -> Option<Reached> {
    use Part::*;
    match (one, other) {
        (None, Some(ClippedPlusThree)) => Some(Reached::Part(TimesClippedPlusThree)),
        (None, Some(OnePlusErf)) => Some(Reached::Part(TimesOnePlusErf)),
        (Some(Sixth), Some(ClippedPlusThree)) | (None, Some(HSigmoid)) => {
            Some(Reached::Op(Op::HSwish))
        }
        (None, Some(Sigmoid)) => Some(Reached::Op(Op::Swish)),
        (None, Some(TanhSoftplus)) => Some(Reached::Op(Op::Mish)),
        (None, Some(SigmoidTimes1702 | HalfOnePlusErf)) | (Some(Half), Some(OnePlusErf)) => {
            Some(Reached::Op(Op::Gelu))
        }
        _ => None,
    }
}

/// What the sum of two parts of one x is, in either order.
pub(super) fn sum(one: Option<Part>, other: Option<Part>) -> Option<Reached> {
    let is_with_cube = (one, other) == (None, Some(Part::CubeTimes044715));
    is_with_cube.then_some(Reached::Part(Part::WithCube))
}

/// Whether a constant of a file is `expected`, to 1 %.
fn near(n: f64, expected: f64) -> bool {
    (n - expected).abs() <= 0.01 * expected.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows `steps` from x and multiplies the result by x in the end.
    fn times_x(steps: &[Step]) -> Option<Reached> {
        let mut part = None;
        for &step in steps {
            match after(part, step)? {
                Reached::Part(next) => part = Some(next),
                reached => return Some(reached),
            }
        }
        product(None, part)
    }

    #[test]
    fn spelled_out_functions_are_recognised() {
        let clipped = [Step::Add(3.0), Step::Op(Op::Relu6)];
        let sixth = Step::Times(0.166_666_67);
        let erf = [Step::Times(std::f64::consts::FRAC_1_SQRT_2), Step::Erf, Step::Add(1.0)];
        let cases: &[(&[Step], Option<Reached>)] = &[
            (&[clipped[0], clipped[1], sixth], Some(Reached::Op(Op::HSigmoid))),
            (&clipped, Some(Reached::Part(Part::TimesClippedPlusThree))),
            (&[Step::Op(Op::HSigmoid)], Some(Reached::Op(Op::HSwish))),
            (&[Step::Op(Op::Sigmoid)], Some(Reached::Op(Op::Swish))),
            (&[Step::Op(Op::Softplus), Step::Op(Op::Tanh)], Some(Reached::Op(Op::Mish))),
            (&[Step::Times(1.702), Step::Op(Op::Sigmoid)], Some(Reached::Op(Op::Gelu))),
            (&[erf[0], erf[1], erf[2], Step::Times(0.5)], Some(Reached::Op(Op::Gelu))),
            (&erf, Some(Reached::Part(Part::TimesOnePlusErf))),
            (&[Step::Add(2.0)], None),
            (&[Step::Op(Op::Relu)], None),
        ];
        for (steps, expected) in cases {
            assert_eq!(times_x(steps), *expected, "{steps:?}");
        }
        let half = Step::Times(0.5);
        assert_eq!(after(Some(Part::TimesOnePlusErf), half), Some(Reached::Op(Op::Gelu)));
        assert_eq!(after(Some(Part::TimesClippedPlusThree), sixth), Some(Reached::Op(Op::HSwish)));
        let with_cube = Some(Reached::Part(Part::WithCube));
        assert_eq!(sum(None, Some(Part::CubeTimes044715)), with_cube);
    }
}
