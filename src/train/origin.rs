//! Which commit a file that the program writes comes from.

/// The commit that `GENNAPE_COMMIT` names where the program runs, or named where it was built; else
/// `unknown`.
pub fn commit() -> String {
    let told = std::env::var("GENNAPE_COMMIT").ok().filter(|commit| !commit.is_empty());
    told.unwrap_or_else(|| option_env!("GENNAPE_COMMIT").unwrap_or("unknown").to_owned())
}
