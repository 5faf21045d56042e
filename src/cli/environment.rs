//! The environment's `PLAZA_*` variables: one that is no setting stops the start.
//!
//! A misspelled `PLAZA_ADMIN_TOKEN` would open a mall, a misspelled `PLAZA_DATABASE_URL` would start an empty one
//! beside the real one, and neither would say so.

use super::command::Cli;
use super::values::SettingError;
use clap::CommandFactory;
use std::collections::BTreeSet;

/// What starts like a setting and is none: the tests' own variables, and what Kubernetes makes of a Service that is
/// called `plaza` (`PLAZA_SERVICE_HOST`, `PLAZA_PORT_8080_TCP_ADDR`, …).
const FOREIGN: [&str; 3] = ["PLAZA_TEST_", "PLAZA_SERVICE_", "PLAZA_PORT_"];

/// Checks the names of all `PLAZA_*` variables of the environment.
///
/// # Errors
/// The text names the variable, and the setting it comes nearest to.
pub fn check() -> anyhow::Result<()> {
    Ok(check_names(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?)
}

fn check_names(names: impl IntoIterator<Item = String>) -> Result<(), SettingError> {
    let known = settings();
    for name in names {
        let is_foreign = name == "PLAZA_PORT" || FOREIGN.iter().any(|prefix| name.starts_with(prefix));
        if name.starts_with("PLAZA_") && !is_foreign && !known.contains(&name) {
            return Err(SettingError::unknown(&name, nearest(&name, &known)));
        }
    }
    Ok(())
}

/// The variables of all commands.
fn settings() -> BTreeSet<String> {
    fn collect(command: &clap::Command, names: &mut BTreeSet<String>) {
        names.extend(command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned())));
        command.get_subcommands().for_each(|command| collect(command, names));
    }
    let mut names = BTreeSet::new();
    collect(&Cli::command(), &mut names);
    names
}

fn nearest<'a>(name: &str, known: &'a BTreeSet<String>) -> &'a str {
    let nearest = known.iter().max_by(|a, b| {
        let likeness = |other: &str| strsim::jaro_winkler(name, other);
        likeness(a).total_cmp(&likeness(b))
    });
    nearest.map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> Option<String> {
        check_names([name.to_owned()]).err().map(|error| error.to_string())
    }

    #[test]
    fn a_misspelled_setting_is_named_with_the_one_that_was_meant() {
        for (wrong, meant) in [
            ("PLAZA_ADMIN_TOKN", "PLAZA_ADMIN_TOKEN"),
            ("PLAZA_DATABSE_URL", "PLAZA_DATABASE_URL"),
            ("PLAZA_NATS_PASSWORD", "PLAZA_NATS_"),
            ("PLAZA_LISTEN_ADDR", "PLAZA_LISTEN"),
            ("PLAZA_admin_token", "PLAZA_"),
        ] {
            let said = said(wrong).unwrap_or_else(|| panic!("{wrong} passes"));
            assert!(said.contains(wrong) && said.contains(meant), "{said}");
        }
    }

    #[test]
    fn settings_and_what_is_nobodys_setting_pass() {
        for name in [
            "PLAZA_LISTEN",
            "PLAZA_ADMIN_TOKEN_FILE",
            "PLAZA_TEST_X",
            "PLAZA_SERVICE_HOST",
            "PLAZA_PORT",
            "PLAZA_PORT_80_TCP",
            "HOME",
        ] {
            assert_eq!(said(name), None);
        }
    }
}
