//! A layer's settings, read by name: numbers, pairs, words, with errors that say the name.

use serde_json::{Map, Value as Json};

use crate::error::{Error, ErrorKind, Result};

/// The settings of one layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Config<'a> {
    settings: &'a Map<String, Json>,
}

impl<'a> Config<'a> {
    pub(super) fn new(settings: &'a Map<String, Json>) -> Self {
        Self { settings }
    }

    /// The setting, unless it is absent or null.
    pub(super) fn get(self, key: &str) -> Option<&'a Json> {
        self.settings.get(key).filter(|value| !value.is_null())
    }

    /// A word.
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    /// Yes or no.
    pub(super) fn flag(self, key: &str, default: bool) -> bool {
        self.get(key).and_then(Json::as_bool).unwrap_or(default)
    }

    /// Any number.
    pub(super) fn number(self, key: &str) -> Option<f64> {
        self.get(key)?.as_f64()
    }

    /// A whole number from 0.
    ///
    /// # Errors
    /// Where the setting is missing or anything else.
    pub(super) fn count(self, key: &str) -> Result<u32> {
        let value = self.get(key).unwrap_or(&Json::Null);
        let whole = value
            .as_u64()
            .or_else(|| value.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as u64));
        whole.and_then(|n| u32::try_from(n).ok()).ok_or_else(|| unfit(key, value, "a whole number"))
    }

    /// The same with a value for its absence.
    ///
    /// # Errors
    /// Where the setting is no whole number.
    pub(super) fn count_or(self, key: &str, default: u32) -> Result<u32> {
        self.get(key).map_or(Ok(default), |_| self.count(key))
    }

    /// `n` whole numbers, or one for all of them.
    ///
    /// # Errors
    /// Where the setting is missing or anything else.
    pub(super) fn counts(self, key: &str, n: usize) -> Result<Vec<u32>> {
        let value = self.get(key).unwrap_or(&Json::Null);
        let read = |value: &Json| u32::try_from(value.as_u64()?).ok();
        let counts: Option<Vec<u32>> = match value.as_array() {
            Some(items) => items.iter().map(read).collect(),
            None => read(value).map(|one| vec![one; n]),
        };
        counts
            .filter(|counts| counts.len() == n)
            .ok_or_else(|| unfit(key, value, &format!("{n} whole numbers")))
    }

    /// The same with a value for its absence.
    ///
    /// # Errors
    /// Where the setting is anything else.
    pub(super) fn counts_or(self, key: &str, n: usize, default: u32) -> Result<Vec<u32>> {
        self.get(key).map_or_else(|| Ok(vec![default; n]), |_| self.counts(key, n))
    }

    /// Borders of `n` axes, before and after each: pairs, single numbers or one number for all.
    ///
    /// # Errors
    /// Where the setting is missing or anything else.
    pub(super) fn borders(self, key: &str, n: usize) -> Result<Vec<[u32; 2]>> {
        let value = self.get(key).unwrap_or(&Json::Null);
        let one = |value: &Json| u32::try_from(value.as_u64()?).ok();
        let pair = |value: &Json| match value.as_array().map(Vec::as_slice) {
            Some([before, after]) => Some([one(before)?, one(after)?]),
            Some(_) => None,
            None => one(value).map(|both| [both; 2]),
        };
        let borders: Option<Vec<[u32; 2]>> = match value.as_array() {
            // along one axis, a pair is before and after
            Some(items) if n == 1 && items.len() == 2 => pair(value).map(|pair| vec![pair]),
            Some(items) => items.iter().map(pair).collect(),
            None => one(value).map(|one| vec![[one; 2]; n]),
        };
        borders
            .filter(|borders| borders.len() == n)
            .ok_or_else(|| unfit(key, value, &format!("borders of {n} axes")))
    }

    /// Whole numbers of either sign, one or a list.
    pub(super) fn integers(self, key: &str) -> Option<Vec<i64>> {
        integers(self.get(key)?)
    }

    /// The shape with batch that an input layer, or a layer that stands first, declares.
    pub(super) fn input_shape(self) -> Option<&'a [Json]> {
        let shape =
            self.get("batch_shape").or_else(|| self.get("batch_input_shape"))?.as_array()?;
        // one input may be written as a list of one shape
        match &shape[..] {
            [Json::Array(only)] => Some(only),
            shape => Some(shape),
        }
    }
}

/// Whole numbers of either sign: one or a list.
pub(super) fn integers(json: &Json) -> Option<Vec<i64>> {
    match json {
        Json::Array(items) => items.iter().map(Json::as_i64).collect(),
        json => json.as_i64().map(|one| vec![one]),
    }
}

fn unfit(key: &str, value: &Json, expected: &str) -> Error {
    let seen = match value {
        Json::Null => "missing".to_owned(),
        value => format!("`{}`", crate::family::literal::shorten(&value.to_string())),
    };
    Error::new(ErrorKind::InvalidGraph, format!("\"{key}\" is {seen}; expected {expected}"))
}
