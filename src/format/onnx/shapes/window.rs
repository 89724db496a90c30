//! Shapes of convolutions and pools: windows that move over the axes behind batch and channels.

use super::super::call::Call;
use super::{Dims, OneShape};

/// A window of any rank, as attributes state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Window {
    pub(in super::super) kernel: Vec<i64>,
    pub(in super::super) strides: Vec<i64>,
    pub(in super::super) dilations: Vec<i64>,
    pads: Vec<i64>,
    auto_pad: String,
    ceil: bool,
}

impl Window {
    /// The window of `call` whose kernel is `kernel` where no attribute says so.
    pub(in super::super) fn of(call: &Call, kernel: Option<&[i64]>) -> Option<Self> {
        let kernel = call.attributes.ints("kernel_shape").or(kernel)?.to_vec();
        let rank = kernel.len();
        let row = |name, default, len| {
            let given = call.attributes.ints(name).map(<[i64]>::to_vec);
            given.filter(|ints| ints.len() == len).unwrap_or_else(|| vec![default; len])
        };
        let (strides, dilations) = (row("strides", 1, rank), row("dilations", 1, rank));
        let is_sane = |&side: &i64| (1..=1 << 24).contains(&side);
        let sides = || kernel.iter().chain(&strides).chain(&dilations);
        let pads = row("pads", 0, 2 * rank);
        let is_near = |pad: &i64| (-1 << 24..=1 << 24).contains(pad);
        (sides().all(is_sane) && pads.iter().all(is_near)).then_some(())?;
        Some(Self {
            pads,
            auto_pad: call.attributes.text("auto_pad").to_owned(),
            ceil: call.attributes.int("ceil_mode", 0) == 1,
            kernel,
            strides,
            dilations,
        })
    }

    /// Positions of the window on axis `idx`, which is `side` long; none where it does not fit.
    fn positions(&self, idx: usize, side: i64) -> Option<i64> {
        let (stride, span) = (self.strides[idx], self.dilations[idx] * (self.kernel[idx] - 1) + 1);
        match &self.auto_pad[..] {
            "SAME_UPPER" | "SAME_LOWER" => return Some((side + stride - 1) / stride),
            "VALID" => return Some((side - span) / stride + 1).filter(|_| side >= span),
            _ => (),
        }
        let [before, after] = [self.pads[idx], self.pads[idx + self.kernel.len()]];
        let room = side.checked_add(before)?.checked_add(after)?.checked_sub(span)?;
        if room < 0 {
            return None;
        }
        let steps = if self.ceil { (room + stride - 1) / stride } else { room / stride };
        let starts_in_padding = self.ceil && steps * stride >= side + before;
        Some(steps + 1 - i64::from(starts_in_padding))
    }

    /// Whether the window is as large as the map `dims` and is applied once.
    pub(in super::super) fn covers(&self, dims: &[i64], result: &[i64]) -> bool {
        dims.get(2..) == Some(&self.kernel[..]) && result.iter().skip(2).all(|&side| side == 1)
    }
}

/// Which input of a convolution is its kernel.
fn kernel_input(op: &str) -> usize {
    if op == "QLinearConv" { 3 } else { 1 }
}

/// The kernel's shape behind its two channel axes, of a convolution whose kernel has a shape.
pub(in super::super) fn kernel_sides<'a>(call: &Call<'a>) -> Option<&'a [i64]> {
    call.dims(kernel_input(call.op))?.get(2..)
}

/// A convolution.
pub(super) fn conv(call: &Call) -> OneShape {
    let kernel = call.dims(kernel_input(call.op));
    let (Some(dims), Some(window)) = (call.dims(0), Window::of(call, kernel_sides(call))) else {
        return Ok(None);
    };
    let bias = if call.op == "QLinearConv" { 8 } else { 2 };
    let c_out = kernel.and_then(|kernel| kernel.first().copied());
    let Some(c_out) = c_out.or_else(|| call.dims(bias)?.first().copied()) else { return Ok(None) };
    if let (Some(kernel), Some(&c_in)) = (kernel, dims.get(1)) {
        let groups = call.attributes.int("group", 1);
        let reads = kernel.get(1).and_then(|&per_group| per_group.checked_mul(groups));
        // a block may be filled up with channels that nothing writes
        let fits = |reads: i64| reads == c_in || call.op == "BlockedConv" && reads >= c_in;
        if !reads.is_some_and(fits) || groups < 1 {
            return Err(format!("a kernel of {kernel:?} in {groups} groups does not fit {dims:?}"));
        }
    }
    moved(&window, dims, c_out)
}

/// A pool.
pub(super) fn pool(call: &Call) -> OneShape {
    let (Some(dims), Some(window)) = (call.dims(0), Window::of(call, None)) else {
        return Ok(None);
    };
    let Some(&channels) = dims.get(1) else { return Ok(None) };
    moved(&window, dims, channels)
}

fn moved(window: &Window, dims: &[i64], channels: i64) -> OneShape {
    if dims.len() != window.kernel.len() + 2 {
        return Err(format!("a window of {:?} does not fit {dims:?}", window.kernel));
    }
    let mut result = vec![dims[0], channels];
    for (idx, &side) in dims[2..].iter().enumerate() {
        let positions = window.positions(idx, side).filter(|&positions| positions > 0);
        result.push(
            positions
                .ok_or_else(|| format!("a window of {:?} does not fit {dims:?}", window.kernel))?,
        );
    }
    Ok(Some(result))
}

/// A transposed convolution.
pub(super) fn conv_transpose(call: &Call) -> OneShape {
    let (Some(dims), Some(kernel)) = (call.dims(0), call.dims(1)) else { return Ok(None) };
    let Some(window) = Window::of(call, kernel.get(2..)) else { return Ok(None) };
    if dims.len() != window.kernel.len() + 2 || kernel.len() != dims.len() || kernel[0] != dims[1] {
        return Err(format!("a kernel of {kernel:?} does not fit {dims:?}"));
    }
    let mut result = vec![dims[0], kernel[1].saturating_mul(call.attributes.int("group", 1))];
    let stated = call.attributes.ints("output_shape");
    let extra = call.attributes.ints("output_padding");
    for (idx, &side) in dims[2..].iter().enumerate() {
        let full = (side - 1).saturating_mul(window.strides[idx]);
        let span = window.dilations[idx] * (window.kernel[idx] - 1) + 1;
        let extra = extra.and_then(|extra| extra.get(idx)).copied().unwrap_or(0);
        let pads = window.pads[idx].saturating_add(window.pads[idx + window.kernel.len()]);
        let stated = stated.and_then(|sides| sides.get(idx + sides.len() - window.kernel.len()));
        result.push(match (stated, &window.auto_pad[..]) {
            (Some(&side), _) => side,
            (None, "SAME_UPPER" | "SAME_LOWER") => side.saturating_mul(window.strides[idx]),
            _ => full.saturating_add(span).saturating_add(extra).saturating_sub(pads),
        });
    }
    Ok(Some(result))
}

/// A map reduced to one pixel.
pub(super) fn global(dims: &[i64]) -> Dims {
    dims.iter().enumerate().map(|(idx, &side)| if idx < 2 { side } else { 1 }).collect()
}
