//! The vocabulary of atomic operators: numbers, names and what kind of thing each one is.
//!
//! Numbers 0 to 26 are those of the original GENNAPE vocabulary, so its files can be read; 27 and
//! up are ours. Shapes and costs are elsewhere ([`super::shape`], [`super::cost`]).

use serde::{Deserialize, Serialize};

/// Declares [`Op`] from one table: number, variant, name.
macro_rules! ops {
    ($($number:literal $variant:ident $name:literal $doc:literal;)*) => {
        /// One atomic operator; the discriminant is its number in files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Op {
            $(
                #[doc = $doc]
                #[serde(rename = $name)]
                $variant = $number,
            )*
        }

        impl Op {
            /// Every operator, by ascending number.
            pub const ALL: &[Op] = &[$(Op::$variant,)*];

            /// The name, as own JSON and reports write it.
            pub fn name(self) -> &'static str {
                match self { $(Op::$variant => $name,)* }
            }
        }
    };
}

ops! {
    0 Unknown "unknown" "Any operator not in this table.";
    1 Input "input" "The image.";
    2 Output "output" "The logits.";
    3 Conv "conv" "2-D convolution with one group.";
    4 Depthwise "depthwise" "Convolution with as many groups as input and output channels.";
    5 BatchNorm "batchnorm" "Batch normalisation.";
    6 Relu "relu" "max(x, 0).";
    7 Relu6 "relu6" "Clip to 0..6.";
    8 Linear "linear" "Dense layer: product with a constant matrix.";
    9 Add "add" "Sum (or difference) of activations.";
    10 Mul "mul" "Product (or quotient) of activations.";
    11 Concat "concat" "Concatenation along channels.";
    12 MaxPool "maxpool" "Maximum over a window.";
    13 AvgPool "avgpool" "Mean over a window.";
    14 Sigmoid "sigmoid" "Logistic function.";
    15 Tanh "tanh" "Hyperbolic tangent.";
    16 Swish "swish" "x * sigmoid(x), SiLU.";
    17 Gelu "gelu" "Gaussian error linear unit, all forms.";
    18 Pad "pad" "Padding, only in original graphs.";
    19 GlobalAvgPool "globalavgpool" "Mean over height and width.";
    20 SpaceToBatch "spacetobatch" "Part of TensorFlow's dilated convolution, only in original graphs.";
    21 BatchToSpace "batchtospace" "Part of TensorFlow's dilated convolution, only in original graphs.";
    22 SpaceToDepth "spacetodepth" "Pixel unshuffle.";
    23 DepthToSpace "depthtospace" "Pixel shuffle.";
    24 Global "global" "In the original vocabulary, never seen.";
    25 Identity "identity" "The tensor itself; removed by the canonical form.";
    26 Zero "zero" "A tensor of zeros that the network still uses.";
    27 GroupConv "groupconv" "Convolution with several groups that is not depthwise.";
    28 ConvTranspose "convtranspose" "Transposed convolution.";
    29 Matmul "matmul" "Product of two activations.";
    30 Softmax "softmax" "Softmax inside the network.";
    31 LayerNorm "layernorm" "LayerNorm, RMSNorm.";
    32 GroupNorm "groupnorm" "GroupNorm, InstanceNorm, LRN.";
    33 HSwish "hswish" "x * relu6(x + 3) / 6.";
    34 HSigmoid "hsigmoid" "relu6(x + 3) / 6.";
    35 LeakyRelu "leakyrelu" "Leaky, parametric, randomised ReLU.";
    36 Elu "elu" "ELU, SELU, CELU.";
    37 Mish "mish" "x * tanh(softplus(x)).";
    38 Softplus "softplus" "Softplus, softsign.";
    39 Upsample "upsample" "Any resize by interpolation.";
    40 GlobalMaxPool "globalmaxpool" "Maximum over height and width.";
    41 Reduce "reduce" "Any other reduction on the data path.";
    42 Elementwise "elementwise" "Any other function of one input.";
    43 Embedding "embedding" "Table look-up.";
    44 Recurrent "recurrent" "LSTM, GRU, RNN.";
}

impl Op {
    /// The number in files: 0 to 26 of the original vocabulary, 27 and up ours.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The operator with this number, if there is one.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// The operator with this name, if there is one.
    ///
    /// ```
    /// # use gennape::graph::Op;
    /// assert_eq!(Op::from_name("avgpool").map(Op::number), Some(13));
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// A convolution of any kind (transposed too).
    pub fn is_conv(self) -> bool {
        matches!(self, Self::Conv | Self::Depthwise | Self::GroupConv | Self::ConvTranspose)
    }

    /// A convolution whose groups keep channels apart.
    pub fn is_grouped_conv(self) -> bool {
        matches!(self, Self::Depthwise | Self::GroupConv)
    }

    /// Holds a weight tensor that is multiplied with the data.
    pub fn has_weights(self) -> bool {
        self.is_conv() || matches!(self, Self::Linear | Self::Embedding | Self::Recurrent)
    }

    /// A normalisation layer.
    pub fn is_norm(self) -> bool {
        matches!(self, Self::BatchNorm | Self::LayerNorm | Self::GroupNorm)
    }

    /// A pointwise non-linearity.
    pub fn is_activation(self) -> bool {
        matches!(
            self,
            Self::Relu
                | Self::Relu6
                | Self::Sigmoid
                | Self::Tanh
                | Self::Swish
                | Self::Gelu
                | Self::Softmax
                | Self::HSwish
                | Self::HSigmoid
                | Self::LeakyRelu
                | Self::Elu
                | Self::Mish
                | Self::Softplus
                | Self::Elementwise
        )
    }

    /// Pooling over a window.
    pub fn is_window_pool(self) -> bool {
        matches!(self, Self::MaxPool | Self::AvgPool)
    }

    /// Pooling over the whole map.
    pub fn is_global_pool(self) -> bool {
        matches!(self, Self::GlobalAvgPool | Self::GlobalMaxPool | Self::Global)
    }

    /// The operator whose learned embedding stands in where the weights never saw this one.
    pub fn fallback(self) -> Self {
        match self {
            Self::Global | Self::GlobalMaxPool | Self::Reduce => Self::GlobalAvgPool,
            Self::GroupConv | Self::ConvTranspose => Self::Conv,
            Self::Matmul | Self::Embedding | Self::Recurrent => Self::Linear,
            Self::Softmax | Self::HSigmoid => Self::Sigmoid,
            Self::LayerNorm | Self::GroupNorm => Self::BatchNorm,
            Self::HSwish | Self::Mish => Self::Swish,
            Self::LeakyRelu | Self::Elu | Self::Softplus => Self::Relu,
            Self::Upsample | Self::Elementwise => Self::Identity,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_positions_and_names_are_unique() {
        for (position, op) in Op::ALL.iter().enumerate() {
            assert_eq!(op.number() as usize, position, "{op:?}");
            assert_eq!(Op::from_name(op.name()), Some(*op));
            assert_eq!(Op::from_number(position as u64), Some(*op));
        }
        assert_eq!(Op::from_number(45), None);
    }

    #[test]
    fn fallback_is_always_an_operator_of_the_original_vocabulary() {
        for op in Op::ALL {
            assert!(op.fallback().number() <= 26, "{op:?}");
        }
    }
}
