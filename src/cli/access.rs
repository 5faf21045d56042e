//! The secret of the settings, and the settings of `plaza token`.

use super::storage::StorageSettings;
use super::values::{SettingError, secret};
use crate::domain::money::Currency;
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// The administrator's secret.
#[derive(Clone, Debug, Args)]
pub struct AdminSettings {
    /// Secret of an administrator, at least 16 characters; `plaza token` makes others. A mall with neither is open:
    /// everybody may do everything, and only loopback is listened on.
    #[arg(long, env = "PLAZA_ADMIN_TOKEN", default_value = "", hide_default_value = true, hide_env_values = true)]
    pub admin_token: SecretString,
    /// File that holds the secret of the administrator, in place of the setting itself.
    #[arg(long, env = "PLAZA_ADMIN_TOKEN_FILE", value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,
}

impl AdminSettings {
    /// The secret; `None` when the settings have none.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn secret(&self) -> Result<Option<SecretString>, SettingError> {
        let token = secret("PLAZA_ADMIN_TOKEN", &self.admin_token, self.admin_token_file.as_deref())?;
        let text = token.expose_secret();
        match text.chars().count() {
            // A file that was named and holds nothing must not open the mall.
            0 if self.admin_token_file.is_none() => Ok(None),
            0..16 => Err(SettingError("PLAZA_ADMIN_TOKEN: must have at least 16 characters".to_owned())),
            _ if !text.bytes().all(|byte| byte.is_ascii_graphic()) => Err(SettingError(
                "PLAZA_ADMIN_TOKEN: must be visible ASCII characters, as a header carries them".to_owned(),
            )),
            _ => Ok(Some(token)),
        }
    }
}

/// Settings of `plaza token`.
#[derive(Clone, Debug, Args)]
pub struct TokenSettings {
    /// What to do.
    #[command(subcommand)]
    pub action: TokenAction,
}

/// What can be done with tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenAction {
    /// Make a token, and print its secret alone on standard output. It is shown this once.
    Create {
        /// Whose it is: letters, digits, dots, dashes and underscores.
        name: String,
        /// Its holder may read everything but the list of tokens, and change nothing.
        #[arg(long)]
        read_only: bool,
        /// The currency of a mall that is founded by its first token; an existing one keeps its own.
        #[arg(long, env = "PLAZA_CURRENCY", default_value = "EUR", value_name = "CODE")]
        currency: Currency,
        /// Which mall.
        #[command(flatten)]
        mall: WhichMall,
    },
    /// List the tokens, newest first; revoked ones stay in the list. Reads the database of a running mall too.
    List {
        /// Which mall.
        #[command(flatten)]
        mall: WhichMall,
    },
    /// Revoke a token. It is refused at once.
    Revoke {
        /// Whose it is.
        name: String,
        /// Which mall.
        #[command(flatten)]
        mall: WhichMall,
    },
}

/// The mall whose tokens are meant: a stopped one by its database, a running one by its address.
#[derive(Clone, Debug, Args)]
pub struct WhichMall {
    /// Address of a running mall, `http://127.0.0.1:8080`; it is asked as the administrator of `--admin-token`. Without
    /// it the mall must be stopped.
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// The administrator of the running mall.
    #[command(flatten)]
    pub admin: AdminSettings,
    /// Where the journal of the stopped mall is.
    #[command(flatten)]
    pub storage: StorageSettings,
}
