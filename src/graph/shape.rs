//! Output sizes of windowed operators (convolutions and pools).

use super::node::Shape;

/// How many pixels a window adds around the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// `k / 2` on each side: the default of every family here.
    Half,
    /// As much as makes the result `ceil(in / stride)`.
    Same,
    /// Pixels before and after, for height and width.
    Explicit([[u32; 2]; 2]),
}

/// A window: size, stride, dilation, padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Height and width.
    pub kernel: [u32; 2],
    /// Vertical and horizontal step.
    pub stride: [u32; 2],
    /// Distance between the window's pixels.
    pub dilation: u32,
    /// Border.
    pub padding: Padding,
    /// Whether a last, incomplete step counts (pools only).
    pub ceil: bool,
}

impl Window {
    /// A square window of `k` pixels, stride `s`, padding `k / 2`.
    pub const fn square(k: u32, s: u32) -> Self {
        Self { kernel: [k, k], stride: [s, s], dilation: 1, padding: Padding::Half, ceil: false }
    }

    /// The map that the window leaves of `input`, or `None` where it does not fit.
    ///
    /// Floor((in + before + after - dilation (k - 1) - 1) / stride) + 1, or ceil where `ceil` is
    /// set; then a last window that starts wholly in the padding is dropped.
    ///
    /// ```
    /// # use gennape::graph::{Shape, Window};
    /// let halved = Window::square(3, 2).output(Shape::new(32, 32, 16), 64);
    /// assert_eq!(halved, Some(Shape::new(16, 16, 64)));
    /// ```
    pub fn output(&self, input: Shape, channels: u32) -> Option<Shape> {
        Some(Shape::new(self.side(0, input.h)?, self.side(1, input.w)?, channels))
    }

    fn side(&self, axis: usize, size: u32) -> Option<u32> {
        let (kernel, stride) = (self.kernel[axis], self.stride[axis]);
        if kernel == 0 || stride == 0 || self.dilation == 0 || size == 0 {
            return None;
        }
        let [before, after] = match self.padding {
            Padding::Half => [self.dilation.checked_mul(kernel / 2)?; 2],
            Padding::Same => return Some(size.div_ceil(stride)),
            Padding::Explicit(pads) => pads[axis],
        };
        let span = self.dilation.checked_mul(kernel - 1)?.checked_add(1)?;
        let room = size.checked_add(before)?.checked_add(after)?.checked_sub(span)?;
        let steps = if self.ceil { room.div_ceil(stride) } else { room / stride };
        let starts_in_padding = self.ceil && steps * stride >= size + before;
        Some(steps + 1 - u32::from(starts_in_padding))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_sides_follow_the_pytorch_formula() {
        struct Case {
            window: Window,
            side: u32,
            expected: Option<u32>,
        }
        let explicit = |k, s, before, after, dilation, ceil| Window {
            kernel: [k, k],
            stride: [s, s],
            dilation,
            padding: Padding::Explicit([[before, after]; 2]),
            ceil,
        };
        // torch.nn.Conv2d / MaxPool2d on 1 x 1 x side x side
        let cases = [
            Case { window: Window::square(3, 1), side: 32, expected: Some(32) },
            Case { window: Window::square(3, 2), side: 32, expected: Some(16) },
            Case { window: Window::square(3, 2), side: 33, expected: Some(17) },
            Case { window: explicit(2, 2, 0, 0, 1, false), side: 7, expected: Some(3) },
            Case { window: explicit(2, 2, 0, 0, 1, true), side: 7, expected: Some(4) },
            Case { window: explicit(3, 2, 1, 1, 1, true), side: 6, expected: Some(4) },
            Case { window: explicit(2, 2, 1, 1, 1, true), side: 5, expected: Some(3) },
            Case { window: explicit(3, 1, 2, 2, 2, false), side: 8, expected: Some(8) },
            Case { window: explicit(5, 1, 0, 0, 1, false), side: 4, expected: None },
        ];
        for Case { window, side, expected } in cases {
            let got = window.output(Shape::new(side, side, 1), 1).map(|shape| shape.h);
            assert_eq!(got, expected, "{window:?} on {side}");
        }
    }
}
