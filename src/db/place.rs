//! Where a mall's database is: a file, a server, or memory. The only type that holds the password of a database, which
//! it never shows.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The name of the database file in a data directory.
const FILE: &str = "plaza.db";

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// An SQLite file that only this process uses, and nobody after it: nothing of it survives a power cut.
    Scratch(PathBuf),
    /// An SQLite database in memory, of that name within this process; for deterministic runs.
    Memory(String),
    /// A database of a PostgreSQL server.
    Server(PostgresUrl),
}

impl Place {
    /// The database of a data directory.
    #[must_use]
    pub fn in_directory(directory: &Path) -> Self {
        Self::File(directory.join(FILE))
    }

    /// What to do when this place cannot be the one.
    #[must_use]
    pub const fn elsewhere(&self) -> &'static str {
        match self {
            Self::File(_) | Self::Scratch(_) | Self::Memory(_) => "choose another directory with --data-dir",
            Self::Server(_) => "choose another database with --database-url",
        }
    }

    /// What kind of database it is, as `/status` says it.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::File(_) | Self::Scratch(_) | Self::Memory(_) => "sqlite",
            Self::Server(_) => "postgres",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) | Self::Scratch(path) => write!(f, "{}", path.display()),
            Self::Memory(name) => write!(f, "{name}"),
            Self::Server(url) => write!(f, "{url}"),
        }
    }
}

/// The address of a PostgreSQL database, as libpq reads it. Shown without password and parameters.
#[derive(Clone)]
pub struct PostgresUrl(String);

/// Values of `sslmode` that promise encryption.
const ENCRYPTED: [&str; 3] = ["require", "verify-ca", "verify-full"];

/// What libpq is told unless the address says otherwise: give up connecting after 5 s, and notice within about 15 s
/// that the other side is gone without a word.
const UNLESS_SAID: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];

impl FromStr for PostgresUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Self(text.to_owned())),
            _ => Err("must be postgres://user:password@host:port/database, or empty for an SQLite file"),
        }
    }
}

impl PostgresUrl {
    /// The address in libpq's hands, secrets and all.
    pub(super) fn for_libpq(&self) -> String {
        let further = UNLESS_SAID.iter().filter(|(key, _)| self.parameter(key).is_none());
        let further: Vec<String> = further.map(|(key, value)| format!("{key}={value}")).collect();
        let joint = if self.query().is_some() { '&' } else { '?' };
        format!("{}{joint}{}", self.0, further.join("&"))
    }

    /// Whether encryption is demanded, here or by `PGSSLMODE`, whose value is passed in.
    #[must_use]
    pub fn demands_tls(&self, environment: Option<&str>) -> bool {
        self.parameter("sslmode").or(environment).is_some_and(|mode| ENCRYPTED.contains(&mode))
    }

    /// `text` without the secrets of this address: libpq quotes what it cannot read.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.replace(&self.0, &self.to_string());
        let said = [self.credentials().and_then(|(_, password)| password), self.parameter("password")];
        for secret in said.into_iter().flatten().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "***");
        }
        text
    }

    /// Everything behind the scheme.
    fn rest(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }

    /// What stands before and behind the `@`. Of several before the parameters the last one counts, and a port that is
    /// none was part of a password that should have been escaped: rather hide too much.
    fn parts(&self) -> (Option<&str>, &str) {
        let rest = self.rest();
        let head = &rest[..rest.find('?').unwrap_or(rest.len())];
        if let Some(at) = head.rfind('@') {
            return (Some(&rest[..at]), &rest[at + 1..]);
        }
        let hosts = head.split('/').next().unwrap_or_default();
        let is_plain =
            |host: &str| host.ends_with(']') || host.rsplit_once(':').is_none_or(|(_, port)| is_number(port));
        match rest.rsplit_once('@') {
            Some((before, server)) if !hosts.split(',').all(is_plain) => (Some(before), server),
            _ => (None, rest),
        }
    }

    /// User and password.
    fn credentials(&self) -> Option<(&str, Option<&str>)> {
        let before = self.parts().0?;
        Some(before.split_once(':').map_or((before, None), |(user, password)| (user, Some(password))))
    }

    /// Host and database, then the parameters.
    fn server(&self) -> &str {
        self.parts().1
    }

    fn query(&self) -> Option<&str> {
        self.server().split_once('?').map(|(_, query)| query)
    }

    fn parameter(&self, key: &str) -> Option<&str> {
        let mut pairs = self.query()?.rsplit('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split_once("://").map_or("postgres", |(scheme, _)| scheme);
        let server = self.server().split('?').next().unwrap_or_default();
        match self.credentials() {
            Some((user, _)) => write!(f, "{scheme}://{user}@{server}"),
            None => write!(f, "{scheme}://{server}"),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> PostgresUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_password_is_never_shown() {
        for (text, shown) in [
            ("postgres://u:hush@db:5432/mall", "postgres://u@db:5432/mall"),
            ("postgresql://u:hush@db/mall?sslmode=prefer", "postgresql://u@db/mall"),
            ("postgres://u:a/hush?b@db/mall", "postgres://u@db/mall"),
            ("postgres://db/mall?user=u&password=hush", "postgres://db/mall"),
            ("postgres://db:5432/mall?user=u&password=hush@hush", "postgres://db:5432/mall"),
            ("postgres://u:hush@[::1]:5432,db/mall?application_name=a@b", "postgres://u@[::1]:5432,db/mall"),
            ("postgres://u:x@hush@db/mall", "postgres://u@db/mall"),
            ("postgres:///mall?host=/run/postgresql", "postgres:///mall"),
        ] {
            let url = url(text);
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?} {:?}", Place::Server(url.clone())).contains("hush"));
            assert!(!url.redact(&format!("bad: \"{text}\"")).contains("hush"), "{text}");
        }
    }

    #[test]
    fn libpq_gets_patience_unless_it_was_given_some() {
        assert!(url("postgres://db/mall").for_libpq().starts_with("postgres://db/mall?connect_timeout=5&keepalives"));
        let patient = url("postgres://db/mall?connect_timeout=30").for_libpq();
        assert!(patient.starts_with("postgres://db/mall?connect_timeout=30&keepalives_idle=5&"), "{patient}");
    }

    #[test]
    fn encryption_may_be_demanded_in_two_places() {
        assert!(url("postgres://db/mall?sslmode=verify-full").demands_tls(None));
        assert!(url("postgres://db/mall").demands_tls(Some("require")));
        assert!(url("postgres://db/mall?sslmode=require&application_name=a@b").demands_tls(None));
        assert!(!url("postgres://db/mall?sslmode=prefer").demands_tls(Some("require")));
        assert!(!url("postgres://db/mall").demands_tls(None));
    }

    #[test]
    fn other_addresses_are_refused() {
        for bad in ["mysql://db/mall", "postgres:", "postgres://", "db", "file:x"] {
            assert!(bad.parse::<PostgresUrl>().is_err(), "{bad}");
        }
    }
}
