//! Measured networks of a folder with records, for the figure: where the projection puts them.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::family::{FAMILIES, Family};
use crate::format::lines::Lines;
use crate::format::record::Record;
use crate::predict::{PredictOptions, Predictor};
use crate::train::data::{file_of, open};

/// Networks of each records' file, spread evenly over it.
const N_MARKED: usize = 60;

/// The places of some measured networks of every family; of families without records, none.
///
/// # Errors
/// Where a file can't be read, or a record of it can't be predicted.
pub fn places(predictor: &Predictor, folder: &Path) -> Result<Vec<Vec<[f64; 2]>>> {
    FAMILIES.iter().map(|family| of_family(predictor, *family, folder)).collect()
}

fn of_family(predictor: &Predictor, family: &dyn Family, folder: &Path) -> Result<Vec<[f64; 2]>> {
    let recorded = family.variants().iter().filter_map(|variant| variant.records);
    let names: BTreeSet<&str> = recorded.map(|records| records.family).collect();
    let paths = names.into_iter().filter_map(|name| file_of(folder, name));
    let places = paths.map(|path| of_file(predictor, &path)).collect::<Result<Vec<_>>>()?;
    Ok(places.concat())
}

fn of_file(predictor: &Predictor, path: &Path) -> Result<Vec<[f64; 2]>> {
    let named = |error: Error| error.in_file(path.display());
    let lines: Vec<_> = Lines::new(open(path)?).collect::<Result<_>>().map_err(named)?;
    let n = lines.len().min(N_MARKED);
    let place = |nth: usize| {
        let (number, line) = &lines[nth * lines.len() / n];
        let network = Record::parse(line, *number)?.arch;
        Ok(predictor.predict_parsed(&network, &PredictOptions::default())?.map)
    };
    let places = (0..n).into_par_iter().map(place).collect::<Result<Vec<_>>>().map_err(named)?;
    Ok(places.into_iter().flatten().map(|place| place.map(f64::from)).collect())
}
