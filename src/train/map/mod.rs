//! The map of all families (the paper's Figure 5): networks of every family's own sampler in the plane.
//!
//! Embeddings of some are brought into the plane by t-SNE; a small network learns where t-SNE puts
//! them and so places all others: those of the page's points file, measured ones, what a person pastes.
//! [`preservation`] says how much of the neighbourhoods is left. It needs no
//! records, and writes nothing: what comes out are weights with a projection, points and figures.

mod fit;
pub mod measured;
mod neighbours;
mod plane;
mod sample;
mod tsne;

pub mod figure;
pub mod points;
pub mod preservation;

use crate::error::{Error, ErrorKind, Result};
use crate::family::{FAMILIES, Family};
use crate::model::ensemble::Ensemble;
use crate::model::map::MapProjection;
use crate::model::weights::Weights;
use crate::predict::Predictor;
use crate::train::observer::Observer;

pub use sample::Drawn;

use preservation::{Compared, Row};

/// How large a map is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapConfig {
    /// Networks of each family on the page.
    pub points: usize,
    /// Those of them that t-SNE sees and the projection learns from.
    pub learned: usize,
    /// Those of the others on which both are measured.
    pub held_out: usize,
    /// Times the projection sees each network.
    pub epochs: usize,
}

impl Default for MapConfig {
    /// 13 families: 19,994 points, of which 5,200 are learned from and 2,600 measured on.
    fn default() -> Self {
        Self { points: 1538, learned: 400, held_out: 200, epochs: 300 }
    }
}

/// The networks of one family on the map.
#[derive(Debug, Clone)]
pub struct FamilyPoints {
    /// The family.
    pub family: &'static dyn Family,
    /// Its networks, each embedding once, in the order of their seeds.
    pub drawn: Vec<Drawn>,
    /// Where t-SNE puts the first of them.
    pub learned: Vec<[f64; 2]>,
    /// Where the projection puts them all.
    pub placed: Vec<[f64; 2]>,
}

/// A map, and how far it can be trusted.
#[derive(Debug)]
pub struct Map {
    /// The weights with the projection, as they will be read from their file.
    pub weights: Weights,
    /// The points of each family.
    pub families: Vec<FamilyPoints>,
    /// What is left of neighbourhoods.
    pub rows: Vec<Row>,
}

/// Draws, embeds, learns, places and measures.
///
/// # Errors
/// Where a family draws a network that can't be predicted.
pub fn make(weights: &Weights, config: &MapConfig, observer: &dyn Observer) -> Result<Map> {
    let predictor = Predictor::load(&weights.to_bytes()?)?;
    let drawn = FAMILIES
        .iter()
        .map(|family| sample::draw(&predictor, *family, config.points, observer))
        .collect::<Result<Vec<_>>>()?;
    let learned = part(predictor.ensemble(), &drawn, 0..config.learned);
    observer.note(&format!("t-SNE of {} networks", learned.points.len()));
    let plane = tsne::embed(&learned.points)?;
    observer.note(&format!("learning to place networks, {} times each", config.epochs));
    let parameters = fit::fit(&learned.points, &plane, config.epochs)?;

    let mut weights = weights.clone();
    MapProjection::store(parameters, &mut weights);
    let weights = Weights::from_bytes(&weights.to_bytes()?)?;
    let ensemble = Ensemble::load(weights.clone())?;
    let held_out = part(&ensemble, &drawn, config.learned..config.learned + config.held_out);
    observer.note(&format!("measuring on {} other networks", held_out.points.len()));
    let rows = measure(&ensemble, &learned, &plane, &held_out, config)?;
    let families = place(&ensemble, drawn, &learned.families, plane)?;
    Ok(Map { weights, families, rows })
}

/// Some networks of every family, in the space in which distances count.
struct Part {
    points: Vec<Vec<f64>>,
    families: Vec<usize>,
}

fn part(ensemble: &Ensemble, drawn: &[Vec<Drawn>], range: std::ops::Range<usize>) -> Part {
    let (mut points, mut families) = (Vec::new(), Vec::new());
    for (family, of_family) in drawn.iter().enumerate() {
        for one in of_family.iter().take(range.end).skip(range.start) {
            points.push(ensemble.standardised(&one.embedding));
            families.push(family);
        }
    }
    Part { points, families }
}

fn measure(
    ensemble: &Ensemble,
    learned: &Part,
    plane: &[[f64; 2]],
    held_out: &Part,
    config: &MapConfig,
) -> Result<Vec<Row>> {
    // as many of those that were seen as of the others, since the figures depend on the number
    let seen: Vec<usize> = (0..learned.points.len())
        .filter(|idx| rank_in_family(&learned.families, *idx) < config.held_out)
        .collect();
    let chosen = |idx: &usize| learned.points[*idx].clone();
    let seen_points: Vec<Vec<f64>> = seen.iter().map(chosen).collect();
    let seen_families: Vec<usize> = seen.iter().map(|idx| learned.families[*idx]).collect();
    let axes = plane::Axes::of(&learned.points)?;
    let projected = |points: &[Vec<f64>]| placed(ensemble, points);
    let tsne: Vec<[f64; 2]> = seen.iter().map(|idx| plane[*idx]).collect();
    let of = |name, points: &[Vec<f64>], families: &[usize], plane: &[[f64; 2]]| {
        preservation::measure(name, &Compared { points, families, plane })
    };
    let pca = |points: &[Vec<f64>]| points.iter().map(|z| axes.project(z)).collect::<Vec<_>>();
    let (others, kinds) = (&held_out.points, &held_out.families);
    Ok(vec![
        of("t-SNE, networks it saw", &seen_points, &seen_families, &tsne),
        of("projection, the same", &seen_points, &seen_families, &projected(&seen_points)?),
        of("projection, networks neither saw", others, kinds, &projected(others)?),
        of("PCA, the same", others, kinds, &pca(others)),
    ])
}

/// How many of the same family stand before it.
fn rank_in_family(families: &[usize], idx: usize) -> usize {
    families[..idx].iter().rev().take_while(|family| **family == families[idx]).count()
}

/// Where the ensemble's own projection puts standardised embeddings.
fn placed(ensemble: &Ensemble, standardised: &[Vec<f64>]) -> Result<Vec<[f64; 2]>> {
    let lost = || Error::new(ErrorKind::Internal, "the weights lost their projection");
    let map = ensemble.map().ok_or_else(lost)?;
    standardised.iter().map(|z| Ok(map.place(z)?.map(f64::from))).collect()
}

/// Every network at the place that the projection gives it.
fn place(
    ensemble: &Ensemble,
    drawn: Vec<Vec<Drawn>>,
    learned_families: &[usize],
    plane: Vec<[f64; 2]>,
) -> Result<Vec<FamilyPoints>> {
    let learned_of = |family: usize| {
        let both = learned_families.iter().zip(&plane);
        both.filter(|(of, _)| **of == family).map(|(_, point)| *point).collect()
    };
    let families = drawn.into_iter().enumerate().map(|(family, drawn)| {
        let points: Vec<_> =
            drawn.iter().map(|one| ensemble.standardised(&one.embedding)).collect();
        Ok(FamilyPoints {
            family: FAMILIES[family],
            learned: learned_of(family),
            placed: placed(ensemble, &points)?,
            drawn,
        })
    });
    families.collect()
}
