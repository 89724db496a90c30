//! Python pickles, read without building an object or importing a name.
//!
//! A pickle is a program. [`token`] reads its instructions one by one and refuses all that are not on
//! its list; [`machine`] runs them on a stack of plain [`Value`]s, where a class is a name that must
//! be on [`class`]'s list, a call one that [`call`] can work out, and an object that name with its
//! arguments and state. Protocols 2 to 5.

mod call;
mod class;
mod machine;
mod token;
mod value;

use std::collections::HashSet;
use std::io::Read;

use self::machine::Machine;
use self::token::{Token, Tokens};
use super::sink::Flow;
use crate::error::Result;

pub(super) use self::class::Class;
pub(super) use self::value::{Kind, Value};

/// The one value of a small pickle.
///
/// # Errors
/// Names the byte where the pickle is cut off, refers to itself, exceeds a limit, or does what is not
/// on the lists.
pub(super) fn read(input: impl Read) -> Result<Value> {
    let mut tokens = Tokens::new(input);
    let mut machine = Machine::new(None, None);
    loop {
        let (offset, token) = tokens.next()?;
        match machine.step(offset, token)? {
            Flow::On => (),
            Flow::Stop => return machine.result(offset),
        }
    }
}

/// What later instructions of the pickle fetch from its memo: nothing else must be kept.
///
/// # Errors
/// As [`read`], without what only the stack can tell.
pub(super) fn fetched(input: impl Read) -> Result<HashSet<u32>> {
    let mut tokens = Tokens::new(input);
    let mut fetched = HashSet::new();
    loop {
        match tokens.next()?.1 {
            Token::Get(id) => drop(fetched.insert(id)),
            Token::Stop => return Ok(fetched),
            _ => (),
        }
    }
}

/// Hands the dicts of a pickled list to `each`, one after the other, and keeps none of them.
///
/// `fetched` is what [`fetched`] found in the same pickle.
///
/// # Errors
/// As [`read`], or what `each` returns.
pub(super) fn each_of_list(
    input: impl Read,
    fetched: HashSet<u32>,
    each: &mut dyn FnMut(Value) -> Result<Flow>,
) -> Result<()> {
    let mut tokens = Tokens::new(input);
    let mut machine = Machine::new(Some(fetched), Some(each));
    loop {
        let (offset, token) = tokens.next()?;
        if machine.step(offset, token)? == Flow::Stop {
            return Ok(());
        }
    }
}
