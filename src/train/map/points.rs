//! The points file of the page: places, families, clusters and accuracies of some thousand networks.
//!
//! Eight bytes say what a point is, since its architecture is a seed. docs/weights-format.md has the
//! layout; `www/src/map/points.ts` reads it.

use serde::Serialize;

use super::FamilyPoints;
use crate::error::{Error, ErrorKind, Result};

/// The file's first bytes.
const MAGIC: &[u8; 4] = b"GMAP";
/// Raised whenever the layout changes.
const VERSION: u32 = 1;
/// The column's number that stands for no accuracy.
const NO_ACCURACY: u16 = u16::MAX;
/// Columns of 16 bits begin at a multiple of this.
const ALIGNMENT: usize = 4;

/// What the file says of itself, as JSON.
#[derive(Serialize)]
struct Header {
    version: u32,
    low: [f64; 2],
    high: [f64; 2],
    clusters: usize,
    families: Vec<FamilyHeader>,
}

/// One family; its points follow those of the family before.
#[derive(Serialize)]
struct FamilyHeader {
    name: &'static str,
    title: &'static str,
    points: usize,
    target: Option<String>,
    accuracy: Option<[f64; 2]>,
}

/// The file's bytes; equal points give equal bytes.
///
/// # Errors
/// Where the header can't be written.
pub fn to_bytes(families: &[FamilyPoints], clusters: usize) -> Result<Vec<u8>> {
    let axis = |axis: usize| Scale::of(families.iter().flat_map(|f| &f.placed).map(|p| p[axis]));
    let (x, y) = (axis(0), axis(1));
    let header = Header {
        version: VERSION,
        low: [x.low, y.low],
        high: [x.high, y.high],
        clusters,
        families: families.iter().map(header_of).collect(),
    };
    let mut json = serde_json::to_vec(&header)
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    json.resize(json.len().next_multiple_of(ALIGNMENT), b' ');
    let mut bytes = MAGIC.to_vec();
    bytes.extend((json.len() as u32).to_le_bytes());
    bytes.extend(json);
    let points = || families.iter().flat_map(|family| &family.placed);
    bytes.extend(points().flat_map(|p| x.share(p[0]).to_le_bytes()));
    bytes.extend(points().flat_map(|p| y.share(p[1]).to_le_bytes()));
    bytes.extend(families.iter().flat_map(accuracies).flat_map(u16::to_le_bytes));
    let drawn = || families.iter().flat_map(|family| &family.drawn);
    bytes.extend(drawn().map(|one| one.cluster as u8));
    bytes.extend(families.iter().flat_map(gaps));
    Ok(bytes)
}

fn header_of(family: &FamilyPoints) -> FamilyHeader {
    let scale = accuracy_scale(family);
    FamilyHeader {
        name: family.family.name(),
        title: family.family.title(),
        points: family.drawn.len(),
        target: family.drawn.iter().find_map(|one| one.target.clone()),
        accuracy: scale.map(|scale| [scale.low, scale.high]),
    }
}

fn accuracy_scale(family: &FamilyPoints) -> Option<Scale> {
    let known = || family.drawn.iter().filter_map(|one| one.accuracy);
    known().next().map(|_| Scale::of(known()))
}

fn accuracies(family: &FamilyPoints) -> Vec<u16> {
    let scale = accuracy_scale(family);
    let number = |accuracy: Option<f64>| match (accuracy, &scale) {
        (Some(accuracy), Some(scale)) => scale.share(accuracy),
        _ => NO_ACCURACY,
    };
    family.drawn.iter().map(|one| number(one.accuracy)).collect()
}

/// How many seeds each is behind the one before; the first one's is its seed.
fn gaps(family: &FamilyPoints) -> Vec<u8> {
    let before = std::iter::once(0).chain(family.drawn.iter().map(|one| one.seed));
    family.drawn.iter().zip(before).map(|(one, before)| (one.seed - before) as u8).collect()
}

/// Numbers between two ends as 16 bits, without the last value.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let ends = |(low, high): (f64, f64), x: f64| (low.min(x), high.max(x));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), ends);
        Self { low, high }
    }

    fn share(&self, value: f64) -> u16 {
        let width = (self.high - self.low).max(f64::MIN_POSITIVE);
        ((value - self.low) / width * f64::from(NO_ACCURACY - 1)).round() as u16
    }
}

#[cfg(test)]
mod tests {
    use super::super::Drawn;
    use super::*;
    use crate::family::by_name;

    fn drawn(seed: u64, accuracy: Option<f64>) -> Drawn {
        let target = accuracy.map(|_| "nb201/cifar10".to_owned());
        Drawn { seed, embedding: Vec::new(), cluster: seed as usize % 3, accuracy, target }
    }

    fn of(name: &str, drawn: Vec<Drawn>, placed: Vec<[f64; 2]>) -> FamilyPoints {
        FamilyPoints { family: by_name(name).unwrap(), drawn, learned: Vec::new(), placed }
    }

    #[test]
    fn columns_stand_behind_a_header_of_whole_words() {
        let measured = vec![drawn(2, Some(0.25)), drawn(5, Some(0.75))];
        let families = [
            of("nb201", measured, vec![[-1.0, 0.0], [1.0, 4.0]]),
            of("hiaml", vec![drawn(0, None)], vec![[0.0, 2.0]]),
        ];
        let bytes = to_bytes(&families, 3).unwrap();
        assert_eq!(&bytes[..4], b"GMAP");
        let length = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
        assert_eq!(length % 4, 0);
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        assert_eq!(header["low"], serde_json::json!([-1.0, 0.0]));
        assert_eq!(header["families"][0]["accuracy"], serde_json::json!([0.25, 0.75]));
        assert_eq!(header["families"][0]["target"], "nb201/cifar10");
        assert_eq!(header["families"][1]["target"], serde_json::Value::Null);
        let columns = &bytes[8 + length..];
        let half = u16::to_le_bytes(32767);
        assert_eq!(columns[..6], [0, 0, 254, 255, half[0], half[1]], "x");
        assert_eq!(columns[6..12], [0, 0, 254, 255, half[0], half[1]], "y");
        assert_eq!(columns[12..18], [0, 0, 254, 255, 255, 255], "accuracies");
        assert_eq!(columns[18..21], [2, 2, 0], "clusters");
        assert_eq!(columns[21..], [2, 3, 0], "gaps");
    }
}
