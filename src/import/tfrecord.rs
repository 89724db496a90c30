//! TFRecord files: frames of bytes, each with checksums of its length and of itself.
//!
//! `u64` length, `u32` masked CRC-32C of the length, the bytes, `u32` masked CRC-32C of the bytes; all
//! little endian. A length is believed only once its checksum is right and it is within limits.

use std::io::{ErrorKind as IoKind, Read};

use crate::error::{Error, ErrorKind, Result};

/// Bytes of one frame: NAS-Bench-101's have below 2,000.
const MAX_FRAME_BYTES: u64 = 1 << 20;

/// The frames of a stream.
pub(super) struct Frames<R> {
    input: R,
    /// Bytes before the next frame.
    offset: u64,
    number: u64,
}

impl<R: Read> Frames<R> {
    /// The frames of `input`.
    pub(super) fn new(input: R) -> Self {
        Self { input, offset: 0, number: 0 }
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// Names frame and byte where the stream is cut off, a checksum is wrong, or a frame too long.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut head = [0; 12];
        let n_read = self.fill(&mut head)?;
        if n_read == 0 {
            return Ok(None);
        }
        if n_read < head.len() {
            return Err(self.cut_off());
        }
        let (length, sum) = head.split_at(8);
        if masked_crc32c(length) != little_endian(sum) {
            let way_out = "no TFRecord, or a damaged one; fetch it again";
            return Err(self.broken(&format!("the checksum of its length is wrong: {way_out}")));
        }
        let length = u64::from_le_bytes(length.try_into().unwrap_or_default());
        if length > MAX_FRAME_BYTES {
            let message = format!("it has {length} bytes; expected at most {MAX_FRAME_BYTES}");
            return Err(self.broken(&message));
        }
        let mut bytes = vec![0; length as usize];
        let mut sum = [0; 4];
        if self.fill(&mut bytes)? < bytes.len() || self.fill(&mut sum)? < sum.len() {
            return Err(self.cut_off());
        }
        if masked_crc32c(&bytes) != little_endian(&sum) {
            return Err(self.broken("its checksum is wrong: the file is damaged; fetch it again"));
        }
        self.offset += (head.len() + bytes.len() + sum.len()) as u64;
        self.number += 1;
        Ok(Some(bytes))
    }

    /// Reads as much of `buffer` as there is.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut n_read = 0;
        while n_read < buffer.len() {
            match self.input.read(&mut buffer[n_read..]) {
                Ok(0) => break,
                Ok(n) => n_read += n,
                Err(error) if error.kind() == IoKind::Interrupted => (),
                Err(error) => return Err(self.broken(&format!("can't read it: {error}"))),
            }
        }
        Ok(n_read)
    }

    fn cut_off(&self) -> Error {
        self.broken("the file is cut off inside of it; fetch it again")
    }

    /// An error in the frame that comes next.
    pub(super) fn broken(&self, what: &str) -> Error {
        let Self { number, offset, .. } = self;
        Error::new(ErrorKind::Syntax, format!("frame {number} at byte {offset}: {what}"))
    }
}

fn little_endian(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().unwrap_or_default())
}

/// TensorFlow rotates and shifts its checksums, so that a checksum of checksums is no special case.
fn masked_crc32c(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize];
    !bytes.iter().fold(!0, step)
}

/// Castagnoli's polynomial, bits reversed, for each byte.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: &[u8]) -> Vec<u8> {
        let length = (bytes.len() as u64).to_le_bytes();
        let sums = [masked_crc32c(&length), masked_crc32c(bytes)].map(u32::to_le_bytes);
        [&length, &sums[0][..], bytes, &sums[1]].concat()
    }

    #[test]
    fn checksums_are_castagnolis() {
        // RFC 3720, appendix B.4
        let ascending: Vec<u8> = (0..32).collect();
        let cases: [(&[u8], u32); 4] = [
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (&ascending, 0x46dd_794e),
            (b"123456789", 0xe306_9283),
        ];
        for (bytes, expected) in cases {
            assert_eq!(crc32c(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn frames_follow_each_other() {
        let stream = [frame(b"first"), frame(b""), frame(b"third")].concat();
        let mut frames = Frames::new(stream.as_slice());
        for expected in [&b"first"[..], b"", b"third"] {
            assert_eq!(frames.next().unwrap().as_deref(), Some(expected));
        }
        assert_eq!(frames.next().unwrap(), None);
    }

    #[test]
    fn damage_is_named_with_frame_and_byte() {
        let good = [frame(b"first"), frame(b"second")].concat();
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] ^= byte;
            bytes
        };
        let giant_length = u64::MAX.to_le_bytes();
        let giant = [&giant_length[..], &masked_crc32c(&giant_length).to_le_bytes()].concat();
        let cases = [
            (good[..30].to_vec(), "frame 1 at byte 21: the file is cut off"),
            (good[..good.len() - 1].to_vec(), "frame 1 at byte 21: the file is cut off"),
            (with(0, 1), "frame 0 at byte 0: the checksum of its length is wrong: no TFRecord"),
            (with(28, 0x80), "frame 1 at byte 21: the checksum of its length is wrong"),
            (with(14, 1), "frame 0 at byte 0: its checksum is wrong"),
            (
                good[..21].iter().copied().chain(giant).collect(),
                "frame 1 at byte 21: it has 18446744073709551615 bytes; expected at most 1048576",
            ),
            (
                b"{\"json\": \"no frames\"}".to_vec(),
                "frame 0 at byte 0: the checksum of its length",
            ),
        ];
        for (stream, expected) in cases {
            let mut frames = Frames::new(stream.as_slice());
            let error = loop {
                match frames.next() {
                    Ok(Some(_)) => (),
                    Ok(None) => panic!("{expected}"),
                    Err(error) => break error,
                }
            };
            assert!(error.message().starts_with(expected), "{error}");
        }
    }
}
