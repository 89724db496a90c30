//! Operations in a row, as Two-Path's blocks and Inception's paths have them: names, roles, rules.
//!
//! A row has at least one operation that transforms (`conv`) and at most one that only supports
//! (`supp`). Texts give the roles beside the names; they follow from the names, and are checked.

use std::fmt;

use rand::{Rng, RngExt};

use super::literal::{Literal, Value, shorten};
use super::nearest::nearest;
use crate::error::{Error, ErrorKind, Place, Result};

/// What an operation is to its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Transforms, and may take the row's stride.
    Conv,
    /// Supports: at most one in a row.
    Supp,
}

impl Role {
    /// As texts have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Conv => "conv",
            Self::Supp => "supp",
        }
    }
}

/// The operations of a family.
pub(super) trait PathOp: Copy + PartialEq + fmt::Debug + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// Their names, in the same order.
    const NAMES: &'static [&'static str];

    /// Its name.
    fn name(self) -> &'static str {
        let place = Self::ALL.iter().position(|op| *op == self);
        place.map_or("", |place| Self::NAMES[place])
    }

    /// Its role.
    fn role(self) -> Role;
}

/// What of a row breaks the rules, if anything does.
pub(super) fn broken_rule<O: PathOp>(ops: &[O]) -> Option<&'static str> {
    let n_supporting = ops.iter().filter(|op| op.role() == Role::Supp).count();
    match n_supporting {
        2.. => Some("more than one supp operation"),
        _ if n_supporting == ops.len() => Some("no conv operation"),
        _ => None,
    }
}

/// `n_ops` operations that keep the rules, all such rows with the same chance.
pub(super) fn sample<O: PathOp>(n_ops: usize, rng: &mut dyn Rng) -> Vec<O> {
    loop {
        let ops: Vec<O> = (0..n_ops).map(|_| any(rng)).collect();
        if broken_rule(&ops).is_none() {
            return ops;
        }
    }
}

/// Any operation.
fn any<O: PathOp>(rng: &mut dyn Rng) -> O {
    O::ALL[rng.random_range(0..O::ALL.len())]
}

/// Replaces, inserts or removes one operation, at random; the row may break the rules, or be as it
/// was.
pub(super) fn change_one<O: PathOp>(ops: &mut Vec<O>, rng: &mut dyn Rng) {
    let place = rng.random_range(0..ops.len());
    match rng.random_range(0..4) {
        0 => {
            ops.remove(place);
        }
        1 => ops.insert(place + rng.random_range(0..=1), any(rng)),
        _ => ops[place] = any(rng),
    }
}

/// What [`change_one`] draws from, with each step in words; the rows may break the rules.
pub(super) fn changes<O: PathOp>(ops: &[O]) -> Vec<(String, Vec<O>)> {
    let mut all = Vec::new();
    for (place, old) in ops.iter().enumerate() {
        let what = format!("{} (operation {})", old.name(), place + 1);
        for &new in O::ALL {
            let mut row = ops.to_vec();
            row[place] = new;
            all.push((format!("replace {what} by {}", new.name()), row));
        }
        let mut row = ops.to_vec();
        row.remove(place);
        all.push((format!("remove {what}"), row));
    }
    for place in 0..=ops.len() {
        for &new in O::ALL {
            let mut row = ops.to_vec();
            row.insert(place, new);
            all.push((format!("insert {} as operation {}", new.name(), place + 1), row));
        }
    }
    all
}

/// A word of a text and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) offset: usize,
}

/// A row as written: names, and roles where the text gives them.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) names: Vec<Word<'a>>,
    pub(super) roles: Option<Vec<Word<'a>>>,
    pub(super) offset: usize,
}

impl<'a> Row<'a> {
    /// The row whose names and roles are lists of strings.
    pub(super) fn of_values(
        literal: &Literal<'_>,
        names: &'a Value,
        roles: Option<&'a Value>,
    ) -> Result<Self> {
        let words = |value: &'a Value, what: &str| -> Result<Vec<Word<'a>>> {
            literal.items(value, what)?.iter().map(|item| word(literal, item, what)).collect()
        };
        Ok(Self {
            names: words(names, "operations")?,
            roles: roles.map(|roles| words(roles, "`conv` and `supp`")).transpose()?,
            offset: names.span.start,
        })
    }

    /// The operations, once names, roles and rules are found right. `what` is the row's name
    /// (`path 1, block 0`), `text` the whole text.
    pub(super) fn check<O: PathOp>(&self, text: &str, what: &str) -> Result<Vec<O>> {
        let ops: Vec<O> =
            self.names.iter().map(|name| op_called(text, *name)).collect::<Result<_>>()?;
        if let Some(roles) = &self.roles {
            check_roles(text, &ops, roles, self.offset)?;
        }
        match broken_rule(&ops) {
            None => Ok(ops),
            Some(broken) => {
                let message = format!(
                    "{what} has {broken}; expected one of {} at least, and one of {} at most",
                    names_of::<O>(Role::Conv),
                    names_of::<O>(Role::Supp)
                );
                Err(invalid(text, self.offset, message))
            }
        }
    }
}

fn word<'a>(literal: &Literal<'_>, value: &'a Value, what: &str) -> Result<Word<'a>> {
    value.text().map(|text| Word { text, offset: value.span.start + 1 }).ok_or_else(|| {
        let message = format!("expected a name in this list of {what}, found {}", value.describe());
        literal.invalid(value.span.start, message)
    })
}

fn op_called<O: PathOp>(text: &str, name: Word<'_>) -> Result<O> {
    let known = O::ALL.iter().copied().find(|op| op.name() == name.text);
    known.ok_or_else(|| {
        let meant = nearest(name.text, O::NAMES)
            .map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
        let (shown, all) = (shorten(name.text), O::NAMES.join(", "));
        let message = format!("unknown operation `{shown}`; {meant}expected one of {all}");
        invalid(text, name.offset, message)
    })
}

fn check_roles<O: PathOp>(text: &str, ops: &[O], roles: &[Word<'_>], offset: usize) -> Result<()> {
    if roles.len() != ops.len() {
        let message = format!(
            "{} types for {} operations; expected one each, or none at all",
            roles.len(),
            ops.len()
        );
        return Err(invalid(text, roles.first().map_or(offset, |role| role.offset), message));
    }
    match ops.iter().zip(roles).find(|(op, role)| op.role().name() != role.text) {
        None => Ok(()),
        Some((op, role)) => {
            let (name, found, right) = (op.name(), shorten(role.text), op.role().name());
            let message = format!("{name} is no `{found}` operation; expected `{right}`");
            Err(invalid(text, role.offset, message))
        }
    }
}

fn names_of<O: PathOp>(role: Role) -> String {
    let names: Vec<_> = O::ALL.iter().filter(|op| op.role() == role).map(|op| op.name()).collect();
    names.join(", ")
}

/// `ops` as JSON, names and roles: `"<names>":[...],"op_types":[...]`.
pub(super) fn to_json<O: PathOp>(ops: &[O], names_key: &str) -> String {
    let list = |words: Vec<&str>| format!(r#"["{}"]"#, words.join(r#"",""#));
    let names = list(ops.iter().map(|op| op.name()).collect());
    let roles = list(ops.iter().map(|op| op.role().name()).collect());
    format!(r#""{names_key}":{names},"op_types":{roles}"#)
}

/// A text that reads well but is none of its family: `message` at byte `offset`.
pub(super) fn invalid(text: &str, offset: usize, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArchitecture, message).at(Place::of(text, offset))
}
