//! Where a mall is kept, and the settings of the commands that only need to know that.

use super::values::{SettingError, secret};
use crate::db::place::{Place, PostgresUrl};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// Where the journal is.
#[derive(Clone, Debug, Args)]
pub struct StorageSettings {
    /// Directory of the journal; made when missing. One mall at a time may use it.
    #[arg(long, env = "PLAZA_DATA_DIR", default_value = "./plaza-data", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// Address of a PostgreSQL database, `postgres://user:password@host:port/database`. Empty: an SQLite file in the
    /// data directory. With an address there is no data directory.
    #[arg(
        long,
        env = "PLAZA_DATABASE_URL",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database_url: SecretString,
    /// File that holds the address of the PostgreSQL database, in place of the setting itself.
    #[arg(long, env = "PLAZA_DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
}

/// Settings of `plaza verify`.
#[derive(Clone, Debug, Args)]
pub struct VerifySettings {
    /// Where the journal is.
    #[command(flatten)]
    pub storage: StorageSettings,
}

/// Settings of `plaza export`.
#[derive(Clone, Debug, Args)]
pub struct ExportSettings {
    /// Where the journal is.
    #[command(flatten)]
    pub storage: StorageSettings,
    /// The file to write, which must not exist; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub output: PathBuf,
    /// It is a mall that asks: end with its input.
    #[arg(long, hide = true)]
    pub guest: bool,
}

/// Settings of `plaza import`.
#[derive(Clone, Debug, Args)]
pub struct ImportSettings {
    /// Where the journal shall be; nothing may be there yet.
    #[command(flatten)]
    pub storage: StorageSettings,
    /// The file to read; `-` is standard input.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub input: PathBuf,
}

impl StorageSettings {
    /// The address of its database; none where it is in the data directory.
    ///
    /// # Errors
    /// The file of it cannot be read.
    pub fn address(&self) -> Result<Option<SecretString>, SettingError> {
        let url = secret("PLAZA_DATABASE_URL", &self.database_url, self.database_url_file.as_deref())?;
        Ok(Some(url).filter(|url| !url.expose_secret().is_empty()))
    }

    /// Where the journal is.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn place(&self) -> Result<Place, SettingError> {
        let Some(database_url) = self.address()? else { return Ok(Place::in_directory(&self.data_dir)) };
        let database_url = database_url.expose_secret();
        let refuse = |why: &str| SettingError(format!("PLAZA_DATABASE_URL: {why}"));
        let url: PostgresUrl = database_url.parse().map_err(refuse)?;
        let environment = std::env::var("PGSSLMODE").ok();
        if cfg!(not(feature = "postgres-tls")) && url.demands_tls(environment.as_deref()) {
            return Err(refuse(
                "this build cannot encrypt connections to PostgreSQL, and sslmode (or PGSSLMODE) demands it; build Plaza \
                 with --features postgres-tls, or choose another sslmode for a network you trust",
            ));
        }
        Ok(Place::Server(url))
    }
}
