//! The broker a mall hands its events to.

use super::values::{SettingError, secret};
use crate::bus::broker::address::{Address, AddressError};
use crate::bus::broker::jetstream::BrokerOptions;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// The broker that carries events out.
#[derive(Clone, Debug, Args)]
pub struct BrokerSettings {
    /// NATS servers with JetStream that get every event: `nats://host:4222`, several with commas; `tls://` encrypts; a
    /// login is written `nats://user:password@host` or `nats://token@host`. Empty: events stay in this process.
    #[arg(
        long,
        env = "PLAZA_NATS_URL",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        value_name = "URL"
    )]
    pub nats_url: SecretString,
    /// File that holds the addresses of the NATS servers, in place of the setting itself.
    #[arg(long, env = "PLAZA_NATS_URL_FILE", value_name = "FILE")]
    pub nats_url_file: Option<PathBuf>,
    /// File with the seed of an nkey user, or a NATS credentials file; takes the place of a login in the address.
    #[arg(long, env = "PLAZA_NATS_CREDS", value_name = "FILE")]
    pub nats_creds: Option<PathBuf>,
    /// Servers that keep each event. More than 1 needs a cluster; 3 survives the loss of one server.
    #[arg(long, env = "PLAZA_NATS_REPLICAS", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    pub nats_replicas: u8,
    /// The NATS servers run with `sync_interval: always`, which cannot be asked for. Only then /status says that the
    /// stream is durable; the servers' default loses acknowledged events in a power cut, and Plaza refills them.
    #[arg(long, env = "PLAZA_NATS_SYNC_ALWAYS", value_parser = clap::builder::FalseyValueParser::new())]
    pub nats_sync_always: bool,
}

impl BrokerSettings {
    /// How to reach the broker; `None` without one.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn options(&self) -> Result<Option<BrokerOptions>, SettingError> {
        let refused = |error: AddressError| SettingError(error.to_string());
        let nats_url = secret("PLAZA_NATS_URL", &self.nats_url, self.nats_url_file.as_deref())?;
        if nats_url.expose_secret().trim().is_empty() {
            return match self.nats_creds {
                Some(_) => {
                    Err(SettingError("PLAZA_NATS_CREDS: needs PLAZA_NATS_URL, the broker to log in to".to_owned()))
                }
                None => Ok(None),
            };
        }
        let mut address = Address::parse(nats_url.expose_secret()).map_err(refused)?;
        if let Some(file) = &self.nats_creds {
            address = address.login_from(file).map_err(refused)?;
        }
        let replicas = usize::from(self.nats_replicas);
        Ok(Some(BrokerOptions { address, replicas, sync_always: self.nats_sync_always }))
    }
}
