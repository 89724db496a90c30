//! Small constant tensors with their numbers: what shape arithmetic and patterns are made of.
//!
//! Integers stay integers, all floating-point types become `f64`. Large tensors have no
//! [`Numbers`]: of weights the shape is enough.

use super::proto;

/// Elements of a constant that is kept and computed with.
pub(super) const MAX_ELEMENTS: usize = 4_096;

/// Floating-point numbers of a constant that is kept: scales, factors, bounds, no weights.
const MAX_FLOATS: usize = 64;

/// A constant tensor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    pub(super) dims: Vec<i64>,
    pub(super) data: Data,
}

/// The numbers, in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Data {
    Ints(Vec<i64>),
    Floats(Vec<f64>),
}

impl Numbers {
    /// Integers in a row.
    pub(super) fn row(ints: Vec<i64>) -> Self {
        Self { dims: vec![ints.len() as i64], data: Data::Ints(ints) }
    }

    /// One integer.
    pub(super) fn int(value: i64) -> Self {
        Self { dims: Vec::new(), data: Data::Ints(vec![value]) }
    }

    /// One floating-point number.
    pub(super) fn float(value: f64) -> Self {
        Self { dims: Vec::new(), data: Data::Floats(vec![value]) }
    }

    /// The numbers of a tensor, if they are there, few, and as many as its shape says.
    pub(super) fn of(tensor: &proto::Tensor) -> Option<Self> {
        let n = count(&tensor.dims)?;
        let is_weight = is_float(tensor.data_type) && n > MAX_FLOATS;
        if tensor.skipped || tensor.location == 1 || is_weight {
            return None;
        }
        let data = match tensor.raw.is_empty() {
            true => typed(tensor)?,
            false => raw(tensor.data_type, &tensor.raw)?,
        };
        (data.len() == n).then(|| Self { dims: tensor.dims.clone(), data })
    }

    /// Its integers; none if it holds floating-point numbers.
    pub(super) fn ints(&self) -> Option<&[i64]> {
        match &self.data {
            Data::Ints(ints) => Some(ints),
            Data::Floats(_) => None,
        }
    }

    /// Its numbers as floating-point ones.
    pub(super) fn floats(&self) -> Vec<f64> {
        match &self.data {
            Data::Ints(ints) => ints.iter().map(|&int| int as f64).collect(),
            Data::Floats(floats) => floats.clone(),
        }
    }

    /// Its one number, if it has one only.
    pub(super) fn scalar(&self) -> Option<f64> {
        match self.floats()[..] {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Data {
    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Ints(ints) => ints.len(),
            Self::Floats(floats) => floats.len(),
        }
    }

    /// The numbers at `indices`, which must lie within.
    pub(super) fn pick(&self, indices: &[usize]) -> Option<Self> {
        let pick = |idx: &usize| match self {
            Self::Ints(ints) => ints.get(*idx).map(|_| ()),
            Self::Floats(floats) => floats.get(*idx).map(|_| ()),
        };
        indices.iter().map(pick).collect::<Option<()>>()?;
        Some(match self {
            Self::Ints(ints) => Self::Ints(indices.iter().map(|&idx| ints[idx]).collect()),
            Self::Floats(floats) => Self::Floats(indices.iter().map(|&idx| floats[idx]).collect()),
        })
    }
}

/// The product of `dims`; none on overflow or where a side is negative.
pub(super) fn elements(dims: &[i64]) -> Option<u64> {
    dims.iter().try_fold(1_u64, |n, &dim| n.checked_mul(u64::try_from(dim).ok()?))
}

/// The same for tensors that are few enough to compute with; sides of zero hide no large ones.
pub(super) fn count(dims: &[i64]) -> Option<usize> {
    let extent = dims.iter().try_fold(1_i64, |n, &side| n.checked_mul(side.max(1)))?;
    elements(dims).filter(|_| extent <= MAX_ELEMENTS as i64).map(|n| n as usize)
}

/// Whether a data type (by the standard's number) is a floating-point one, float 8 included.
pub(super) fn is_float(data_type: i32) -> bool {
    matches!(data_type, 1 | 10 | 11 | 16..=20 | 23)
}

/// Whether a tensor of a data type may be learned: floating-point numbers, and what quantisation
/// makes of them (weights of 8 and 4 bits, biases of 32).
pub(super) fn is_learnable(data_type: i32) -> bool {
    is_float(data_type) || matches!(data_type, 2 | 3 | 6 | 21 | 22)
}

/// The smallest number of an integer type that activations are quantised to.
pub(super) fn smallest(data_type: i32) -> Option<f64> {
    match data_type {
        2 | 4 | 21 => Some(0.0),
        3 => Some(-128.0),
        5 => Some(-32_768.0),
        22 => Some(-8.0),
        _ => None,
    }
}

fn typed(tensor: &proto::Tensor) -> Option<Data> {
    Some(match tensor.data_type {
        1 => Data::Floats(tensor.floats.iter().map(|&float| f64::from(float)).collect()),
        11 => Data::Floats(tensor.doubles.clone()),
        10 | 16 => {
            let bits = tensor.int32s.iter().map(|&int| int as u16);
            Data::Floats(bits.map(|bits| short_float(tensor.data_type, bits)).collect())
        }
        7 => Data::Ints(tensor.int64s.clone()),
        12 | 13 => Data::Ints(tensor.uint64s.iter().map(|&int| int as i64).collect()),
        2..=6 | 9 => Data::Ints(tensor.int32s.iter().map(|&int| i64::from(int)).collect()),
        _ => return None,
    })
}

fn raw(data_type: i32, bytes: &[u8]) -> Option<Data> {
    fn each<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
        let (whole, _) = bytes.as_chunks::<N>();
        whole.iter().map(|chunk| read(*chunk)).collect()
    }
    Some(match data_type {
        1 => Data::Floats(each(bytes, |b| f64::from(f32::from_le_bytes(b)))),
        11 => Data::Floats(each(bytes, f64::from_le_bytes)),
        10 | 16 => Data::Floats(each(bytes, |b| short_float(data_type, u16::from_le_bytes(b)))),
        2 | 9 => Data::Ints(each(bytes, |[byte]: [u8; 1]| i64::from(byte))),
        3 => Data::Ints(each(bytes, |b| i64::from(i8::from_le_bytes(b)))),
        4 => Data::Ints(each(bytes, |b| i64::from(u16::from_le_bytes(b)))),
        5 => Data::Ints(each(bytes, |b| i64::from(i16::from_le_bytes(b)))),
        6 => Data::Ints(each(bytes, |b| i64::from(i32::from_le_bytes(b)))),
        12 => Data::Ints(each(bytes, |b| i64::from(u32::from_le_bytes(b)))),
        7 | 13 => Data::Ints(each(bytes, i64::from_le_bytes)),
        _ => return None,
    })
}

/// A number of 16 bits: IEEE half precision (type 10) or the upper half of a `f32` (type 16).
fn short_float(data_type: i32, bits: u16) -> f64 {
    if data_type == 16 {
        return f64::from(f32::from_bits(u32::from(bits) << 16));
    }
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff) / 1024.0);
    sign * match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_are_read_as_numpy_reads_them() {
        // numpy: np.array([bits], np.uint16).view(np.float16); bfloat16 by torch's view
        let cases = [
            (10, 0x3c00, 1.0),
            (10, 0xc000, -2.0),
            (10, 0x0001, 5.960_464_477_539_063e-8),
            (10, 0x3555, 0.333_251_953_125),
            (16, 0x3f80, 1.0),
            (16, 0xc2c8, -100.0),
        ];
        for (data_type, bits, expected) in cases {
            assert_eq!(short_float(data_type, bits), expected, "{bits:x}");
        }
    }

    #[test]
    fn tensors_whose_numbers_do_not_fit_their_shape_have_none() {
        let row = proto::Tensor {
            dims: vec![2],
            data_type: 7,
            raw: [3_i64, -1].iter().flat_map(|int| int.to_le_bytes()).collect(),
            ..Default::default()
        };
        assert_eq!(Numbers::of(&row), Some(Numbers::row(vec![3, -1])));
        for dims in [vec![3], vec![-2], vec![i64::MAX, 4], vec![1 << 20]] {
            assert_eq!(Numbers::of(&proto::Tensor { dims, ..row.clone() }), None);
        }
        assert_eq!(Numbers::of(&proto::Tensor { skipped: true, ..row.clone() }), None);
        assert_eq!(Numbers::of(&proto::Tensor { location: 1, ..row }), None);
    }
}
