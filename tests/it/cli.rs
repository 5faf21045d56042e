//! The command line: what it says about itself.

use crate::app::plaza;
use clap::CommandFactory;
use plaza::cli::command::Cli;

fn output(args: &[&str]) -> String {
    let output = plaza().args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn help_names_every_setting_with_flag_and_variable() {
    let help = output(&["--help"]);
    for name in [
        "LISTEN",
        "DATA_DIR",
        "DATABASE_URL",
        "NATS_URL",
        "CURRENCY",
        "PAYMENT_DELAY",
        "STORE_DELAY",
        "SHIPPING_DELAY",
        "GRACE",
        "PAY_DEADLINE",
        "SPEED",
        "ADMIN_TOKEN",
        "LOG",
        "LOG_FORMAT",
    ] {
        let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
        assert!(help.contains(&flag) && help.contains(&format!("PLAZA_{name}")), "{name} is not in the help");
    }
    for argument in Cli::command().get_arguments().filter(|argument| argument.get_long().is_some()) {
        let (name, variable) = (argument.get_id(), argument.get_env().map(|name| name.to_string_lossy().into_owned()));
        // A loss is accepted once and by hand: a variable would accept the next one as well.
        let is_by_hand = *name == "accept_loss" && variable.is_none();
        assert!(is_by_hand || variable.is_some_and(|name| help.contains(&name)), "{name} has no variable in the help");
        assert!(argument.get_help().is_some(), "{name} has no help");
    }
    for (name, default) in [
        ("--listen", "127.0.0.1:8080"),
        ("--payment-delay", "5s"),
        ("--store-delay", "15s"),
        ("--pay-deadline", "30m"),
        ("--grace", "30s"),
    ] {
        assert!(help.contains(&format!("[default: {default}]")), "{name} does not show {default}");
    }
}

#[test]
fn every_command_is_in_the_help() {
    let help = output(&["--help"]);
    for command in ["serve", "verify", "export", "import", "openapi", "asyncapi"] {
        assert!(help.contains(command), "{command} is not in the help");
    }
    assert!(output(&["--version"]).starts_with("plaza "));
}

#[test]
fn the_committed_openapi_document_is_up_to_date() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json"))
        .expect("openapi.json is committed; make it with `cargo run -- openapi > openapi.json`");
    let now = output(&["openapi"]);
    assert!(committed == now, "openapi.json is stale; make it anew with `cargo run -- openapi > openapi.json`");
}

#[test]
fn the_committed_asyncapi_document_is_up_to_date() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/asyncapi.yaml"))
        .expect("asyncapi.yaml is committed; make it with `cargo run -- asyncapi > asyncapi.yaml`");
    let now = output(&["asyncapi"]);
    assert!(committed == now, "asyncapi.yaml is stale; make it anew with `cargo run -- asyncapi > asyncapi.yaml`");
}

#[test]
fn verify_says_when_there_is_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let verified = plaza().args(["verify", "--data-dir"]).arg(dir.path()).output().unwrap();
    let said = String::from_utf8(verified.stderr).unwrap();
    assert!(!verified.status.success() && said.contains("no journal") && said.contains("--data-dir"), "{said}");
}
