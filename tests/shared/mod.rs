//! What integration tests read from the shared folder, which `GENNAPE_SHARED` names.
//!
//! Check networks have numbers by an independent counter. Without the folder a test says its name
//! and that it is skipped.

use std::path::PathBuf;

use gennape::family::{self, Architecture, Variant};

/// Check networks of the families that are known so far, at least.
const MIN_NETWORKS: usize = 90;

/// An architecture with the variant that is meant, and what is expected of the network.
pub(crate) struct CheckNetwork {
    pub(crate) architecture: Box<dyn Architecture>,
    pub(crate) variant: &'static Variant,
    pub(crate) expected: serde_json::Value,
}

/// The shared folder, or a line that says which test is skipped without it.
pub(crate) fn shared(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("GENNAPE_SHARED").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped {test}: GENNAPE_SHARED is not set");
    }
    folder
}

/// Every check network of a known family, if the shared folder is there.
pub(crate) fn check_networks(test: &str) -> Option<Vec<CheckNetwork>> {
    let file = std::fs::read_to_string(shared(test)?.join("golden/family_checks.json")).unwrap();
    let checks: Vec<serde_json::Value> = serde_json::from_str(&file).unwrap();
    let networks: Vec<_> = checks.into_iter().filter_map(known_network).collect();
    assert!(networks.len() >= MIN_NETWORKS, "only {} networks of known families", networks.len());
    Some(networks)
}

fn known_network(check: serde_json::Value) -> Option<CheckNetwork> {
    let family = match check["family"].as_str().unwrap() {
        // the network of NAS-Bench-301, under the name of its space
        "darts" if check["C"] == 32 => "nb301",
        name => name,
    };
    let text = check["text"].as_str().unwrap();
    let architecture = family::by_name(family).ok()?.parse(text);
    let architecture = architecture.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let variant = variant_of(architecture.as_ref(), &check);
    Some(CheckNetwork { architecture, variant, expected: check })
}

/// What the check's `w` and `pool_bn` say, else the variant with its image and classes.
fn variant_of(architecture: &dyn Architecture, check: &serde_json::Value) -> &'static Variant {
    let named = |name: &str| family::variant(architecture.family(), name).unwrap();
    let classes = check["classes"].as_u64().unwrap_or(10);
    let fits = |variant: &&Variant| {
        let is_side = check["input"][0] == variant.input.h;
        u64::from(variant.classes) == classes && (classes == 1000 || is_side)
    };
    match architecture.family().name() {
        "darts" if check["pool_bn"] == true => named("cifar10-pool-bn"),
        "ofa_mbv3" if check["w"] == 1.2 => named("imagenet-w1.2"),
        _ => architecture
            .variants()
            .into_iter()
            .find(fits)
            .unwrap_or_else(|| panic!("no variant for {check}")),
    }
}
