//! The size of an image: as a person writes it, `224` or `192x256` for height x width, and what is
//! assumed where neither network nor caller says it.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::MAX_SIDE;
#[cfg(feature = "readers")]
use crate::note::{Note, NoteKind};

/// The image's side where neither the network nor the caller says one.
pub const DEFAULT_SIDE: u32 = 224;
/// The same for networks of few classes.
pub const DEFAULT_SMALL_SIDE: u32 = 32;
/// Classes up to which [`DEFAULT_SMALL_SIDE`] is assumed.
pub const SMALL_CLASSES: u32 = 100;

/// The note that `side` was assumed for the image of the file or model that is the `source`.
#[cfg(feature = "readers")]
pub(super) fn assumed(source: &str, side: u32) -> Note {
    let message = format!(
        "the {source} does not say how large its image is: {side} x {side} is assumed; say it with \
         an input size"
    );
    Note::new(NoteKind::ImageSize, message)
}

/// Height and width that `text` says.
///
/// ```
/// # use gennape::format::input_size;
/// assert_eq!(input_size("224")?, [224, 224]);
/// assert_eq!(input_size("192x256")?, [192, 256]);
/// assert!(input_size("0").is_err());
/// # Ok::<(), gennape::Error>(())
/// ```
///
/// # Errors
/// Where it is no size, or one of more than [`MAX_SIDE`] pixels a side.
pub fn input_size(text: &str) -> Result<[u32; 2]> {
    let side = |text: &str| text.trim().parse().ok().filter(|side| (1..=MAX_SIDE).contains(side));
    let (height, width) = text.split_once(['x', '×']).unwrap_or((text, text));
    let sides = side(height).zip(side(width)).map(|(height, width)| [height, width]);
    sides.ok_or_else(|| {
        let message = format!(
            "no size of an image; expected a side as in 224, or height x width as in 192x256, each \
             from 1 to {MAX_SIDE}"
        );
        Error::new(ErrorKind::Config, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_a_side_or_height_and_width() {
        let cases = [
            ("1", Some([1, 1])),
            (" 192 × 256 ", Some([192, 256])),
            ("", None),
            ("x", None),
            ("224x", None),
            ("-3", None),
            ("1x2x3", None),
            ("4294967296", None),
        ];
        for (text, size) in cases {
            assert_eq!(input_size(text).ok(), size, "{text}");
        }
        assert_eq!(input_size(&MAX_SIDE.to_string()).ok(), Some([MAX_SIDE; 2]));
        assert!(input_size(&(MAX_SIDE + 1).to_string()).is_err());
    }
}
