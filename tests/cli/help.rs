//! `--help` teaches: every command has an example.

use super::support::gennape;

#[test]
fn every_command_shows_an_example() {
    let overview = gennape(&["--help"]).succeeded().stdout;
    assert!(overview.contains("Examples:\n  gennape predict "), "{overview}");
    let commands = overview.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.contains(&"predict") && commands.contains(&"export"), "{overview}");
    for command in commands {
        let help = gennape(&[command, "--help"]).succeeded().stdout;
        let examples = help.split_once("\nExample").map(|(_, rest)| rest).unwrap_or_default();
        let examples: Vec<&str> =
            examples.lines().skip(1).take_while(|line| !line.is_empty()).collect();
        assert!(!examples.is_empty(), "{help}");
        // A line that is wrapped is no command any more: it would not run when copied.
        for example in examples {
            assert!(example.contains("gennape ") && example.len() <= 85, "{example}");
        }
    }
}

#[test]
fn the_examples_of_predict_and_inspect_run() {
    for command in ["predict", "inspect"] {
        let help = gennape(&[command, "--help"]).stdout;
        let quoted = help.lines().filter_map(|line| {
            let (_, rest) = line.trim().strip_prefix("gennape ")?.split_once(" '")?;
            Some(rest.split_once('\'')?.0.to_owned())
        });
        let quoted: Vec<String> = quoted.collect();
        assert!(!quoted.is_empty(), "{help}");
        for text in quoted {
            gennape(&[command, &text]).succeeded();
        }
    }
}

#[test]
fn wrong_arguments_end_in_code_2_and_the_usage() {
    for args in [&["predict"][..], &["predict", "whatever", "--format", "xml"], &["guess"], &[]] {
        let ran = gennape(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.contains("--help") || ran.stderr.contains("Usage"), "{}", ran.stderr);
    }
}

#[test]
fn completions_name_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = gennape(&["completions", shell]).succeeded().stdout;
        assert!(script.contains("predict") && script.contains("inspect"), "{shell}");
    }
}
