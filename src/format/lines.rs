//! The lines of a records' stream, numbered, each in memory alone.
//!
//! Whoever opens the file hands the stream in, uncompressed. What a line holds is read by
//! [`super::record`].

use std::io::{self, BufRead, Read};

use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::literal::MAX_TEXT_BYTES;

/// Bytes of one line.
pub const MAX_LINE_BYTES: usize = MAX_TEXT_BYTES;

/// The lines of a stream that are not blank, with their numbers from 1.
///
/// A stream without any is an error, and so are a line that is too long or no UTF-8, and a stream
/// that breaks off (a truncated gzip file); nothing follows an error.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    number: u32,
    found_any: bool,
    is_done: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `input`.
    pub fn new(input: R) -> Self {
        Self { input, number: 0, found_any: false, is_done: false }
    }

    /// The next line, blank or not; `None` at the end.
    fn line(&mut self) -> Result<Option<String>> {
        self.number += 1;
        let number = self.number;
        let failed =
            |kind, message| Error::new(kind, message).at(Place { line: number, column: 1 });
        let mut bytes = Vec::new();
        let limit = MAX_LINE_BYTES as u64 + 1;
        self.input.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(|error| {
            let message = match error.kind() {
                io::ErrorKind::UnexpectedEof => {
                    "the stream breaks off here; the file is cut off, fetch it again".to_owned()
                }
                _ => format!("can't read on from here: {error}"),
            };
            failed(ErrorKind::Io, message)
        })?;
        if bytes.len() > MAX_LINE_BYTES {
            let message =
                format!("a line of more than {MAX_LINE_BYTES} bytes; expected one record");
            return Err(failed(ErrorKind::TooLarge, message));
        }
        let is_end = bytes.is_empty();
        if is_end && !self.found_any {
            let message = r#"no records; expected lines of {"id": ..., "arch": ..., ...}"#;
            return Err(Error::new(ErrorKind::Record, message));
        }
        let not_text = |_| {
            let message = "no UTF-8 text; a compressed file must end in .gz".to_owned();
            failed(ErrorKind::Record, message)
        };
        if is_end {
            return Ok(None);
        }
        let mut line = String::from_utf8(bytes).map_err(not_text)?;
        line.truncate(line.trim_end_matches(['\n', '\r']).len());
        Ok(Some(line))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<(u32, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_done {
            match self.line() {
                Ok(Some(line)) if line.trim().is_empty() => (),
                Ok(Some(line)) => {
                    self.found_any = true;
                    return Some(Ok((self.number, line)));
                }
                Ok(None) => self.is_done = true,
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that breaks off behind its bytes, as a truncated gzip file does.
    struct BreaksOff(&'static [u8]);

    impl Read for BreaksOff {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                n_read => Ok(n_read),
            }
        }
    }

    #[test]
    fn lines_are_numbered_and_blank_ones_left_out() {
        let lines: Vec<_> = Lines::new(&b"\n{}\r\n  \n[]"[..]).map(Result::unwrap).collect();
        assert_eq!(lines, [(2, "{}".to_owned()), (4, "[]".to_owned())]);
    }

    #[test]
    fn streams_without_records_and_broken_ones_end_in_one_error() {
        let long = vec![b' '; MAX_LINE_BYTES + 1];
        let cases: [(Box<dyn Read>, usize, &str); 5] = [
            (
                Box::new(&b""[..]),
                0,
                r#"no records; expected lines of {"id": ..., "arch": ..., ...}"#,
            ),
            (
                Box::new(&b"\n \n"[..]),
                0,
                r#"no records; expected lines of {"id": ..., "arch": ..., ...}"#,
            ),
            (
                Box::new(BreaksOff(b"{}\n{}\n{\"id\"")),
                2,
                "3:1: the stream breaks off here; the file is cut off, fetch it again",
            ),
            (
                Box::new(&b"{}\n\x1f\x8b\x08\n{}"[..]),
                1,
                "2:1: no UTF-8 text; a compressed file must end in .gz",
            ),
            (
                Box::new(long.as_slice()),
                0,
                "1:1: a line of more than 1048576 bytes; expected one record",
            ),
        ];
        for (stream, n_good, expected) in cases {
            let lines: Vec<_> = Lines::new(io::BufReader::new(stream)).collect();
            assert_eq!(lines.iter().filter(|line| line.is_ok()).count(), n_good);
            let errors: Vec<_> = lines.into_iter().filter_map(Result::err).collect();
            assert_eq!(errors.len(), 1);
            assert_eq!(errors[0].to_string(), expected);
        }
    }
}
