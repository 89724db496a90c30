//! The side of the image, which is part of a subnet's text: the same weights run on any.

use rand::Rng;

use crate::error::Result;
use crate::family::Variant;
use crate::family::choice::{draw, draw_other};
use crate::family::literal::{Kind, Literal, Value};
use crate::graph::Shape;
use crate::note::{Note, NoteKind};

const KEYS: [&str; 3] = ["r", "image_size", "resolution"];
/// The side where a text names none: the one that most accuracies are given at.
const DEFAULT: u32 = 224;
/// Sides that any network here can run on: these and every fourth between them.
const RUNS: [u32; 2] = [32, 1024];

/// The sides from which a space draws.
#[derive(Debug, Clone, Copy)]
pub(in crate::family) struct Sides {
    pub(in crate::family) first: u32,
    pub(in crate::family) last: u32,
    pub(in crate::family) step: u32,
}

/// An image's side in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::family) struct Side {
    pub(in crate::family) pixels: u32,
    /// Whether the text left it out.
    is_assumed: bool,
}

impl Sides {
    /// How many there are.
    pub(in crate::family) fn count(self) -> usize {
        self.all().len()
    }

    /// Any of them.
    pub(in crate::family) fn draw(self, rng: &mut dyn Rng) -> Side {
        Side { pixels: draw(&self.all(), rng), is_assumed: false }
    }

    /// Any but `current`.
    pub(in crate::family) fn draw_other(self, current: Side, rng: &mut dyn Rng) -> Side {
        Side { pixels: draw_other(&self.all(), current.pixels, rng), is_assumed: false }
    }

    /// All of them, with the step from `current`.
    pub(in crate::family) fn others(self, current: Side) -> Vec<(String, Side)> {
        let step = |pixels| {
            let change = format!("image side {pixels} instead of {}", current.pixels);
            (change, Side { pixels, is_assumed: false })
        };
        self.all().into_iter().map(step).collect()
    }

    fn all(self) -> Vec<u32> {
        (self.first..=self.last).step_by(self.step as usize).collect()
    }
}

impl Side {
    /// The side that the dict in `dict` names, if it names one.
    pub(in crate::family) fn read_entry(literal: &Literal<'_>, dict: &Value) -> Result<Self> {
        match dict.entry(&KEYS).filter(|value| value.kind != Kind::Nothing) {
            Some(value) => Self::read(literal, value),
            None => Ok(Self { pixels: DEFAULT, is_assumed: true }),
        }
    }

    /// The number in `value`, or in a list of it alone.
    pub(in crate::family) fn read(literal: &Literal<'_>, value: &Value) -> Result<Self> {
        let number = match value.items() {
            Some([only]) => only,
            _ => value,
        };
        let [first, last] = RUNS;
        let pixels = match number.kind {
            Kind::Integer(pixels) => u32::try_from(pixels).ok(),
            _ => None,
        };
        let fits = |pixels: &u32| (first..=last).contains(pixels) && pixels.is_multiple_of(4);
        let pixels = pixels.filter(fits).ok_or_else(|| {
            let found = number.describe();
            let message = format!(
                "the image's side is {found}; expected a multiple of 4 from {first} to {last}"
            );
            literal.invalid(number.span.start, message)
        })?;
        Ok(Self { pixels, is_assumed: false })
    }

    /// The image of `variant` in this size.
    pub(in crate::family) fn image(self, variant: &Variant) -> Shape {
        Shape::new(self.pixels, self.pixels, variant.input.c)
    }

    /// Whether the side was assumed, and whether it is none of `sides`.
    pub(in crate::family) fn notes(self, sides: Sides) -> Vec<Note> {
        let Sides { first, last, step } = sides;
        let assumed = self.is_assumed.then(|| {
            let message = format!("no image side is given, so it is {DEFAULT}; write `\"r\": 192`");
            Note::new(NoteKind::Assumed, message)
        });
        let outside = !sides.all().contains(&self.pixels);
        let outside = outside.then(|| {
            let message = format!(
                "an image side of {} is none of the space, which has {first} to {last} in steps of \
                 {step}",
                self.pixels
            );
            Note::new(NoteKind::Outside, message)
        });
        assumed.into_iter().chain(outside).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: Sides = Sides { first: 128, last: 224, step: 32 };

    fn read(text: &str) -> Result<Side> {
        let literal = Literal::read(text)?;
        Side::read_entry(&literal, &literal.root)
    }

    #[test]
    fn sides_have_three_names_and_may_be_lists_of_one() {
        for text in ["{'r': 192}", "{'image_size': 192}", "{'resolution': (192,)}", "f(r=[192])"] {
            let side = read(text).unwrap();
            assert_eq!((side.pixels, side.notes(SIDES)), (192, Vec::new()), "{text}");
        }
        assert_eq!(SIDES.count(), 4);
    }

    #[test]
    fn what_is_assumed_or_outside_is_noted() {
        let cases = [("{}", NoteKind::Assumed, 224), ("{'r': 132}", NoteKind::Outside, 132)];
        for (text, kind, pixels) in cases {
            let side = read(text).unwrap();
            let notes = side.notes(SIDES);
            assert_eq!((side.pixels, notes.len(), notes[0].kind), (pixels, 1, kind), "{notes:?}");
        }
    }

    #[test]
    fn sides_that_no_network_runs_on_are_errors() {
        for (text, found) in [
            ("{'r': 225}", "`225`"),
            ("{'r': 28}", "`28`"),
            ("{'r': 1028}", "`1028`"),
            ("{'r': -4}", "`-4`"),
            ("{'r': [192, 224]}", "a list of 2"),
        ] {
            let expected = format!(
                "1:7: the image's side is {found}; expected a multiple of 4 from 32 to 1024"
            );
            assert_eq!(read(text).expect_err(text).to_string(), expected);
        }
    }
}
