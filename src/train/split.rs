//! Which networks are learned from, chosen by, and reported on.
//!
//! The side is a function of the structural hash, so equal networks stand on one side in whatever
//! file, order or numbering they come, and a network added later moves no other. It knows nothing
//! of files and records.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, ErrorKind, Result};

/// The side on which a network stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Learned from.
    Train,
    /// Choices are made on it: epochs, settings, intervals.
    Validation,
    /// Reported on, once, at the end.
    Test,
}

impl Split {
    /// All sides, in the order in which they are used.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// The word for files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// Shares of the networks kept from learning; the rest is learned from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fractions {
    /// Share of the validation side, 0 to 1.
    pub validation: f64,
    /// Share of the test side, 0 to 1.
    pub test: f64,
}

impl Default for Fractions {
    /// 80 % train, 10 % validation, 10 % test.
    fn default() -> Self {
        Self { validation: 0.1, test: 0.1 }
    }
}

impl Fractions {
    /// Checks that something is left to learn from.
    ///
    /// # Errors
    /// Where a share is negative or no number, or both together reach 1.
    pub fn check(&self) -> Result<()> {
        let Self { validation, test } = *self;
        if validation >= 0.0 && test >= 0.0 && validation + test < 1.0 {
            return Ok(());
        }
        let message = format!(
            "validation = {validation} and test = {test} leave nothing to train on; expected two \
             shares from 0 up that sum to less than 1"
        );
        Err(Error::new(ErrorKind::Config, message))
    }
}

/// The side of the network with this hash.
///
/// xxh3 of hash and salt picks a point between 0 and 1: test comes first, then validation, so that
/// another share of validation leaves the test side as it is. Another salt gives another,
/// independent split.
///
/// ```
/// # use gennape::train::split::{Fractions, Split, split_of};
/// assert_eq!(split_of(7, 0, &Fractions::default()), Split::Train);
/// ```
pub fn split_of(structural_hash: u64, salt: u64, fractions: &Fractions) -> Split {
    let point = point_of(structural_hash, salt);
    if point < fractions.test {
        Split::Test
    } else if point < fractions.test + fractions.validation {
        Split::Validation
    } else {
        Split::Train
    }
}

/// A number in [0, 1) with 53 random bits.
fn point_of(structural_hash: u64, salt: u64) -> f64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&structural_hash.to_le_bytes());
    bytes[8..].copy_from_slice(&salt.to_le_bytes());
    (xxh3_64(&bytes) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    // Points from Python's xxhash: (xxh3_64(pack("<QQ", hash, salt)).intdigest() >> 11) / 2**53.
    #[test]
    fn a_network_stays_on_its_side_for_ever() {
        struct Case {
            hash: u64,
            salt: u64,
            point: f64,
            split: Split,
        }
        let case = |hash, salt, point, split| Case { hash, salt, point, split };
        let cases = [
            case(0, 0, 0.8150393007738989, Split::Train),
            case(1, 0, 0.15213972808574683, Split::Validation),
            case(6, 0, 0.013097193278869601, Split::Test),
            case(7, 0, 0.28056440347487255, Split::Train),
            case(7, 1, 0.9395565259273314, Split::Train),
            case(0xDEAD_BEEF_0123_4567, 0, 0.007289475931402722, Split::Test),
            case(u64::MAX, 0, 0.1588877767634832, Split::Validation),
            case(u64::MAX, u64::MAX, 0.4459552874392496, Split::Train),
        ];
        for Case { hash, salt, point, split } in cases {
            assert_eq!(point_of(hash, salt), point, "{hash} with salt {salt}");
            assert_eq!(split_of(hash, salt, &Fractions::default()), split, "{hash}, salt {salt}");
        }
    }

    #[test]
    fn refuses_shares_that_leave_nothing_to_learn_from() {
        let cases = [
            (0.0, 0.0, true),
            (0.5, 0.49, true),
            (0.5, 0.5, false),
            (-0.1, 0.1, false),
            (f64::NAN, 0.1, false),
        ];
        for (validation, test, is_fine) in cases {
            let checked = Fractions { validation, test }.check();
            assert_eq!(checked.is_ok(), is_fine, "{validation} and {test}");
        }
        let error = Fractions { validation: 0.75, test: 0.5 }.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().starts_with("validation = 0.75 and test = 0.5"), "{error}");
    }

    #[test]
    fn keeps_the_proportions_of_hashes_and_of_plain_counting() {
        let n = 100_000_u64;
        let cases = [
            Fractions::default(),
            Fractions { validation: 0.25, test: 0.0 },
            Fractions { validation: 0.0, test: 0.5 },
        ];
        for fractions in cases {
            for spread in [1, 0x9E37_79B9_7F4A_7C15_u64] {
                let mut counts = [0_usize; 3];
                for idx in 0..n {
                    counts[split_of(idx.wrapping_mul(spread), 1, &fractions) as usize] += 1;
                }
                let train = 1.0 - fractions.validation - fractions.test;
                let expected = [train, fractions.validation, fractions.test];
                for (split, share) in Split::ALL.into_iter().zip(expected) {
                    let found = counts[split as usize] as f64 / n as f64;
                    // Five standard deviations of a share of 100,000 draws are below .008.
                    let is_near = (found - share).abs() < 0.008 && (share > 0.0 || found == 0.0);
                    assert!(is_near, "{}: {found} of {share}", split.name());
                }
            }
        }
    }
}
