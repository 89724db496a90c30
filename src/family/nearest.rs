//! The known word that a misspelt one most likely means, for error messages.

/// The entry of `known` nearest to `word`, if it is near enough to be meant.
///
/// Near means an edit distance of at most half of the longer word's letters, or that one begins the
/// other. Complexity: O(known x letters^2); words beyond 64 letters are near to nothing.
pub(super) fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    const MAX_LETTERS: usize = 64;
    let letters: Vec<char> = word.chars().take(MAX_LETTERS + 1).collect();
    if letters.is_empty() || letters.len() > MAX_LETTERS {
        return None;
    }
    let distance = |candidate: &str| {
        let begins = candidate.starts_with(word) || word.starts_with(candidate);
        if begins { 1 } else { edit_distance(&letters, candidate) }
    };
    let best = known.iter().copied().min_by_key(|candidate| distance(candidate))?;
    (2 * distance(best) <= letters.len().max(best.len())).then_some(best)
}

/// Letters to insert, delete or replace until `letters` reads `other`.
fn edit_distance(letters: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=letters.len()).collect();
    for (n_read, letter) in other.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], n_read + 1);
        for (idx, &own) in letters.iter().enumerate() {
            let replaced = diagonal + usize::from(own != letter);
            diagonal = row[idx + 1];
            row[idx + 1] = replaced.min(diagonal + 1).min(row[idx] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_the_one_meant_and_noise_finds_none() {
        let known = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];
        let cases = [
            ("nor_conv3x3", Some("nor_conv_3x3")),
            ("nor_conv_5x5", Some("nor_conv_1x1")),
            ("skip", Some("skip_connect")),
            ("avgpool_3x3", Some("avg_pool_3x3")),
            ("None", Some("none")),
            ("", None),
            ("lorem ipsum", None),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), &known), None);
    }

    #[test]
    fn distances_are_levenshteins() {
        // the textbook pairs
        let cases = [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("", "abc", 3)];
        for (word, other, expected) in cases {
            let letters: Vec<char> = word.chars().collect();
            assert_eq!(edit_distance(&letters, other), expected, "{word} {other}");
        }
    }
}
