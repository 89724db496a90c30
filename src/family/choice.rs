//! One of a few allowed values: drawn, changed, taken from a parent, and read with its place.

use rand::{Rng, RngExt};

use super::literal::{Kind, Literal, Value};
use crate::error::Result;

/// One of `all`, which are not none, each as likely as the others.
pub(super) fn draw<T: Copy>(all: &[T], rng: &mut dyn Rng) -> T {
    all[rng.random_range(0..all.len())]
}

/// One of `all` but `current`; `current` itself where there is no other.
pub(super) fn draw_other<T: Copy + PartialEq>(all: &[T], current: T, rng: &mut dyn Rng) -> T {
    let others: Vec<T> = all.iter().copied().filter(|other| *other != current).collect();
    if others.is_empty() { current } else { draw(&others, rng) }
}

/// Either parent's value.
pub(super) fn inherit<T>(mine: T, theirs: T, rng: &mut dyn Rng) -> T {
    if rng.random_bool(0.5) { mine } else { theirs }
}

/// The number in `value`, one of `allowed`; `what` says which number it is.
///
/// # Errors
/// What was found, where, and what is allowed.
pub(super) fn read_number(
    literal: &Literal<'_>,
    value: &Value,
    what: &str,
    allowed: &[u32],
) -> Result<u32> {
    let number = match value.kind {
        Kind::Integer(number) => u32::try_from(number).ok(),
        _ => None,
    };
    number.filter(|number| allowed.contains(number)).ok_or_else(|| {
        let (found, expected) = (value.describe(), one_of(allowed));
        literal.invalid(value.span.start, format!("{what} is {found}; expected {expected}"))
    })
}

/// The elements of `value`, a list of exactly `count` of `what`.
///
/// # Errors
/// What was found instead, and where.
pub(super) fn read_list<'v>(
    literal: &Literal<'_>,
    value: &'v Value,
    what: &str,
    count: usize,
) -> Result<&'v [Value]> {
    let items = literal.items(value, what)?;
    if items.len() == count {
        return Ok(items);
    }
    let message = format!("{} {what}; expected {count}", items.len());
    Err(literal.invalid(value.span.start, message))
}

/// `3, 5 or 7`.
pub(super) fn one_of(allowed: &[impl ToString]) -> String {
    let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// The numbers as JSON: `[3,5,7]`.
pub(super) fn json_list(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(","))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn other_values_are_drawn_but_the_current_one_is_not() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut seen = [false; 8];
        for _ in 0..100 {
            seen[draw_other(&[3, 5, 7], 5, &mut rng)] = true;
        }
        assert_eq!(seen, [false, false, false, true, false, false, false, true]);
        assert_eq!(draw_other(&[1], 1, &mut rng), 1);
        assert_eq!(inherit(4, 4, &mut rng), 4);
    }

    #[test]
    fn wrong_numbers_and_lists_say_what_is_allowed() {
        let literal = Literal::read("[3, 4, '5']").unwrap();
        let items = read_list(&literal, &literal.root, "kernels", 3).unwrap();
        assert_eq!(read_number(&literal, &items[0], "kernel 0", &[3, 5, 7]).unwrap(), 3);
        let error = |idx: usize| {
            let allowed: &[u32] = if idx == 1 { &[3, 5, 7] } else { &[1] };
            read_number(&literal, &items[idx], "its kernel", allowed).expect_err("wrong")
        };
        assert_eq!(error(1).to_string(), "1:5: its kernel is `4`; expected 3, 5 or 7");
        assert_eq!(error(2).to_string(), "1:8: its kernel is the string `5`; expected 1");
        let error = read_list(&literal, &literal.root, "kernels", 20).expect_err("3");
        assert_eq!(error.to_string(), "1:1: 3 kernels; expected 20");
        assert_eq!(json_list([3, 5]), "[3,5]");
    }
}
