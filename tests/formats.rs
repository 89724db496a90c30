//! docs/formats.md keeps what it promises: every example in it is read as what its fence says.
//!
//! The second word of a fence is a family, or `graph`, `lines`, `records`.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeMap;

use gennape::family::FAMILIES;
use gennape::format::lines::Lines;
use gennape::format::record::{Entry, Record};
use gennape::format::{self, Parsed};

const PAGE: &str = include_str!("../docs/formats.md");

/// An example: the line of the page at which it begins, what it is, its text.
struct Example {
    line: usize,
    kind: String,
    text: String,
}

fn examples() -> Vec<Example> {
    let mut found = Vec::new();
    let mut open: Option<Example> = None;
    for (idx, line) in PAGE.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(example)) => found.push(example),
            (Some(fence), None) => {
                let kind = fence.split_whitespace().nth(1).unwrap_or_default().to_owned();
                open = Some(Example { line: idx + 2, kind, text: String::new() });
            }
            (None, Some(mut example)) => {
                example.text += line;
                example.text.push('\n');
                open = Some(example);
            }
            (None, None) => (),
        }
    }
    found
}

/// The networks of an example, as its kind says they are.
fn read(example: &Example) -> Vec<Parsed> {
    let Example { line, kind, text } = example;
    let fail = |error: gennape::Error| -> ! { panic!("docs/formats.md:{line}: {error}") };
    match &kind[..] {
        "lines" => text
            .lines()
            .map(|line| match Entry::parse(line, 1) {
                Ok(entry) => entry.network().unwrap_or_else(|error| fail(error)),
                Err(_) => format::parse(line).unwrap_or_else(|error| fail(error)),
            })
            .collect(),
        "records" => Lines::new(text.as_bytes())
            .map(|line| {
                let (number, line) = line.unwrap();
                Record::parse(&line, number).unwrap_or_else(|error| fail(error)).arch
            })
            .collect(),
        _ => vec![format::parse(text).unwrap_or_else(|error| fail(error))],
    }
}

#[test]
fn every_example_of_the_page_is_read_as_what_it_says() {
    let mut n_read: BTreeMap<String, usize> = BTreeMap::new();
    for example in examples() {
        let Example { line, kind, .. } = &example;
        let is_format = ["graph", "lines", "records"].contains(&&kind[..]);
        for parsed in read(&example) {
            if let Parsed::Architecture(architecture) = &parsed {
                let graph = architecture.build(architecture.variants()[0]);
                assert!(graph.is_ok(), "docs/formats.md:{line}: {graph:?}");
                let family = architecture.family().name();
                assert!(is_format || family == kind, "docs/formats.md:{line} is of {family}");
            }
            assert_eq!(matches!(parsed, Parsed::Graph { .. }), kind == "graph", "line {line}");
        }
        *n_read.entry(kind.clone()).or_default() += 1;
    }
    for family in FAMILIES {
        assert!(n_read.contains_key(family.name()), "no example of {}", family.name());
    }
    assert!(["graph", "lines", "records"].iter().all(|kind| n_read.contains_key(*kind)));
}
