//! Weights that learned one family, asked about networks of others, one at a time.

use gennape::note::NoteKind;
use gennape::predict::{PredictOptions, Prediction, Predictor};

static WEIGHTS: &[u8] = include_bytes!("../www/public/weights/transfer.safetensors");

const NB201: &str =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|";

fn predict(text: &str) -> Prediction {
    let predictor = Predictor::load(WEIGHTS).expect("shipped weights load");
    predictor.predict(text, &PredictOptions::default()).expect(text)
}

#[test]
fn says_in_words_which_of_the_two_speaks() {
    let cases = [
        // eight layers, one after the other
        ("22222222", 0.0..=0.0, "chains of convolutions"),
        // a cell with branches, but fewer than those of the learned family
        (NB201, 0.5..=1.0, "branch"),
    ];
    for (text, share, words) in cases {
        let prediction = predict(text);
        assert!(share.contains(&prediction.networks_share.unwrap()), "{text}: {prediction:?}");
        let said = prediction.notes.iter().any(|note| {
            note.kind == NoteKind::Nearest
                && note.message.contains(words)
                && note.message.contains("expect an order, not an accuracy")
        });
        assert!(said, "{text}: {:?}", prediction.notes);
        assert!(prediction.head_outputs.is_empty());
        assert!(prediction.low < prediction.accuracy && prediction.accuracy < prediction.high);
    }
}

#[test]
fn larger_chains_rank_higher_and_ranks_fill_the_whole_range() {
    let chains = ["00000000", "10000000", "11100100", "11111111", "22122122", "22222222"];
    let ranks: Vec<f64> = chains.iter().map(|text| predict(text).rank.unwrap()).collect();
    assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
    assert!(ranks[0] < 0.02 && ranks[5] > 0.98, "{ranks:?}");
}

#[test]
fn the_family_that_was_learned_is_answered_by_its_own_target() {
    let cell =
        r#"{"matrix": [[0,1,1],[0,0,1],[0,0,0]], "ops": ["input", "conv3x3-bn-relu", "output"]}"#;
    let prediction = predict(cell);
    assert_eq!((prediction.networks_share, prediction.notes.len()), (None, 0));
    assert!(!prediction.head_outputs.is_empty());
}
