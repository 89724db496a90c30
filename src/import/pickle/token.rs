//! The instructions of a pickle, read one by one; those that plain data does not need are refused.

use std::io::{ErrorKind as IoKind, Read};

use crate::error::{Error, ErrorKind, Result};

/// Bytes of one string.
const MAX_STRING_BYTES: u64 = 1 << 20;

/// An instruction with what it carries.
#[derive(Debug, PartialEq)]
pub(super) enum Token {
    Nothing,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Mark,
    EmptyList,
    EmptyDict,
    EmptySet,
    EmptyTuple,
    /// A tuple of this many values from the stack.
    TupleOf(usize),
    /// A tuple, list or set of all values behind the mark.
    Sequence,
    /// A dict of all pairs behind the mark.
    Dict,
    Append,
    /// Appends all values behind the mark.
    Appends,
    SetItem,
    /// Sets all pairs behind the mark.
    SetItems,
    /// A class, its module and name in the instruction.
    Global(String, String),
    /// A class, its module and name on the stack.
    StackGlobal,
    /// An object of class and arguments.
    NewObject,
    /// A call of function and arguments.
    Reduce,
    /// Gives an object its state.
    Build,
    Get(u32),
    Put(u32),
    /// Puts the top under the next free number.
    Memoize,
    /// Says nothing of the value (protocol, frames).
    Ignored,
    Stop,
}

/// The instructions of a stream.
pub(super) struct Tokens<R> {
    input: R,
    offset: u64,
}

impl<R: Read> Tokens<R> {
    /// The instructions of `input`.
    pub(super) fn new(input: R) -> Self {
        Self { input, offset: 0 }
    }

    /// The next instruction and the byte it stands at.
    ///
    /// # Errors
    /// Where the stream is cut off or the instruction is not on the list.
    pub(super) fn next(&mut self) -> Result<(u64, Token)> {
        let start = self.offset;
        let [code] = self.array()?;
        let token = match code {
            0x80 => self.protocol(start)?,
            0x95 => self.array::<8>().map(|_| Token::Ignored)?,
            b'N' => Token::Nothing,
            0x88 => Token::Bool(true),
            0x89 => Token::Bool(false),
            b'K' | b'M' | b'J' | 0x8a => self.integer(start, code)?,
            b'G' => Token::Float(f64::from_be_bytes(self.array()?)),
            0x8c | b'X' | 0x8d => self.text(start, code)?,
            b'C' | b'B' | 0x8e => {
                let length = self.length(code == b'C', code == 0x8e)?;
                Token::Bytes(self.bytes(start, length)?)
            }
            b'c' => Token::Global(self.line(start)?, self.line(start)?),
            b'h' => Token::Get(u32::from(self.array::<1>()?[0])),
            b'j' => Token::Get(u32::from_le_bytes(self.array()?)),
            b'q' => Token::Put(u32::from(self.array::<1>()?[0])),
            b'r' => Token::Put(u32::from_le_bytes(self.array()?)),
            _ => plain(code).ok_or_else(|| refused(start, code))?,
        };
        Ok((start, token))
    }

    fn protocol(&mut self, start: u64) -> Result<Token> {
        match self.array()? {
            [2..=5] => Ok(Token::Ignored),
            [other] => {
                let message = format!("pickle protocol {other}; expected 2 to 5");
                Err(broken(start, message))
            }
        }
    }

    fn integer(&mut self, start: u64, code: u8) -> Result<Token> {
        Ok(Token::Integer(match code {
            b'K' => i64::from(self.array::<1>()?[0]),
            b'M' => i64::from(u16::from_le_bytes(self.array()?)),
            b'J' => i64::from(i32::from_le_bytes(self.array()?)),
            _ => {
                let [length] = self.array()?;
                let digits = self.bytes(start, u64::from(length))?;
                if digits.len() > 8 {
                    return Err(broken(start, "a whole number of more than 64 bits"));
                }
                let sign = if digits.last().is_some_and(|byte| *byte > 127) { 0xff } else { 0 };
                let mut bytes = [sign; 8];
                bytes[..digits.len()].copy_from_slice(&digits);
                i64::from_le_bytes(bytes)
            }
        }))
    }

    fn text(&mut self, start: u64, code: u8) -> Result<Token> {
        let length = self.length(code == 0x8c, code == 0x8d)?;
        let bytes = self.bytes(start, length)?;
        String::from_utf8(bytes).map(Token::Text).map_err(|_| broken(start, "a string is no UTF-8"))
    }

    /// A length of one, four or eight bytes.
    fn length(&mut self, is_short: bool, is_long: bool) -> Result<u64> {
        Ok(match (is_short, is_long) {
            (true, _) => u64::from(self.array::<1>()?[0]),
            (_, true) => u64::from_le_bytes(self.array()?),
            _ => u64::from(u32::from_le_bytes(self.array()?)),
        })
    }

    fn bytes(&mut self, start: u64, length: u64) -> Result<Vec<u8>> {
        if length > MAX_STRING_BYTES {
            let message =
                format!("a string of {length} bytes; expected at most {MAX_STRING_BYTES}");
            return Err(Error::new(ErrorKind::TooLarge, format!("byte {start}: {message}")));
        }
        let mut bytes = vec![0; length as usize];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Up to the end of the line.
    fn line(&mut self, start: u64) -> Result<String> {
        const MAX_NAME_BYTES: usize = 200;
        let mut name = String::new();
        loop {
            match self.array()? {
                [b'\n'] => return Ok(name),
                [byte] if byte.is_ascii_graphic() && name.len() < MAX_NAME_BYTES => {
                    name.push(char::from(byte));
                }
                _ => return Err(broken(start, "a class without a proper name")),
            }
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        let offset = self.offset;
        self.input.read_exact(buffer).map_err(|error| match error.kind() {
            IoKind::UnexpectedEof => broken(offset, "the pickle is cut off here; fetch it again"),
            _ => broken(offset, format!("can't read on from here: {error}")),
        })?;
        self.offset += buffer.len() as u64;
        Ok(())
    }
}

/// The instructions that carry nothing.
fn plain(code: u8) -> Option<Token> {
    Some(match code {
        b'(' => Token::Mark,
        b']' => Token::EmptyList,
        b'}' => Token::EmptyDict,
        0x8f => Token::EmptySet,
        b')' => Token::EmptyTuple,
        0x85 => Token::TupleOf(1),
        0x86 => Token::TupleOf(2),
        0x87 => Token::TupleOf(3),
        b't' | b'l' | 0x91 => Token::Sequence,
        b'd' => Token::Dict,
        b'a' => Token::Append,
        b'e' | 0x90 => Token::Appends,
        b's' => Token::SetItem,
        b'u' => Token::SetItems,
        0x93 => Token::StackGlobal,
        0x81 => Token::NewObject,
        b'R' => Token::Reduce,
        b'b' => Token::Build,
        0x94 => Token::Memoize,
        b'.' => Token::Stop,
        _ => return None,
    })
}

fn refused(start: u64, code: u8) -> Error {
    let shown = char::from(code).escape_default();
    let message = format!(
        "instruction 0x{code:02x} (`{shown}`) is not needed for plain data, so it is refused; is \
         this a pickle of protocol 2 to 5?"
    );
    broken(start, message)
}

/// An error at byte `offset` of the pickle.
pub(super) fn broken(offset: u64, message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Syntax, format!("byte {offset}: {message}"))
}
