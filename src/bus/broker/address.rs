//! Where the broker is and who we are to it, read from settings. Secrets are taken out of the addresses, so that no log
//! and no error can show them.

use async_nats::ServerAddr;
use nkeys::KeyPair;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::path::Path;

/// Where the broker is and who we are to it.
#[derive(Clone, Debug)]
pub struct Address {
    /// The servers, without secrets. Never empty.
    pub servers: Vec<ServerAddr>,
    /// Who we are.
    pub login: Login,
}

/// Who we are to the broker.
#[derive(Clone, Debug)]
pub enum Login {
    /// Nobody in particular.
    None,
    /// A user with a password.
    Password(String, SecretString),
    /// A shared secret.
    Token(SecretString),
    /// The seed of an nkey.
    Seed(SecretString),
    /// The text of a credentials file: a JWT and the seed of its nkey.
    Credentials(SecretString),
}

/// An address that cannot be used; the text names the setting and shows no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl Address {
    /// Reads `nats://[user:password@|token@]host[:port]`, several with commas; `tls://` encrypts. The login of the
    /// first address that has one is used for all.
    ///
    /// # Errors
    /// The text is no such address, or names a transport this build does not have.
    pub fn parse(urls: &str) -> Result<Self, AddressError> {
        let mut address = Self { servers: Vec::new(), login: Login::None };
        for url in urls.split(',').map(str::trim).filter(|url| !url.is_empty()) {
            let (server, login) = parse_one(url)?;
            if matches!(address.login, Login::None) {
                address.login = login;
            }
            address.servers.push(server);
        }
        if address.servers.is_empty() {
            return refuse("holds no address; write nats://host:4222");
        }
        Ok(address)
    }

    /// Takes the login from a file instead: the seed of an nkey (`SU…`), or a credentials file as `nsc` writes it.
    ///
    /// # Errors
    /// The file cannot be read, or is neither.
    pub fn login_from(mut self, file: &Path) -> Result<Self, AddressError> {
        let refuse = |what: &str| Err(AddressError(format!("PLAZA_NATS_CREDS: {} {what}", file.display())));
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => return refuse(&format!("cannot be read: {error}")),
        };
        self.login = match text.trim() {
            seed if seed.starts_with("SU") && seed.lines().count() == 1 => match KeyPair::from_seed(seed) {
                Ok(_) => Login::Seed(seed.into()),
                Err(_) => return refuse("holds a damaged seed of an nkey"),
            },
            creds if creds.contains("BEGIN NATS USER JWT") => Login::Credentials(creds.into()),
            _ => return refuse("holds neither the seed of an nkey user nor NATS credentials"),
        };
        Ok(self)
    }
}

fn refuse<T>(what: &str) -> Result<T, AddressError> {
    Err(AddressError(format!("PLAZA_NATS_URL: {what}")))
}

fn parse_one(text: &str) -> Result<(ServerAddr, Login), AddressError> {
    // What the reader says is not passed on: it may repeat the address, password and all.
    let Ok(server) = text.parse::<ServerAddr>() else {
        return refuse("is not an address like nats://host:4222 or tls://user:password@host");
    };
    if server.is_websocket() {
        return refuse("this build speaks nats:// and tls://, not ws:// or wss://");
    }
    if server.host().is_empty() {
        return refuse("an address has no host; write nats://host:4222");
    }
    let login = match (server.username(), server.password()) {
        (Some(user), Some(password)) => Login::Password(decoded(user), decoded(password).into()),
        (Some(token), None) => Login::Token(decoded(token).into()),
        (None, _) => Login::None,
    };
    let mut bare = server.into_inner();
    // Both can only fail for addresses without a host.
    let _ = (bare.set_username(""), bare.set_password(None));
    match ServerAddr::from_url(bare) {
        Ok(server) => Ok((server, login)),
        Err(_) => refuse("cannot be used without its login"),
    }
}

/// Undoes the percent-encoding of a part of an address.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn logins_leave_the_addresses() {
        let address = Address::parse("nats://ann:p%40ss%25w@a:4222, tls://b").unwrap();
        assert!(
            matches!(&address.login, Login::Password(user, password) if user == "ann" && password.expose_secret() == "p@ss%w")
        );
        assert!(address.servers.iter().all(|server| !server.has_user_pass() && server.password().is_none()));
        assert!(address.servers[1].tls_required());
        assert!(!format!("{address:?}").contains("p@ss"));
        assert_eq!((address.servers[0].host(), address.servers[1].port()), ("a", 4222));
        assert!(
            matches!(Address::parse("nats://s3cret@a").unwrap().login, Login::Token(token) if token.expose_secret() == "s3cret")
        );
        assert!(matches!(Address::parse("localhost:4333").unwrap().login, Login::None));
    }

    #[test]
    fn refusals_name_the_setting_and_hide_the_secret() {
        for bad in ["", " , ", "http://u:s3cret@a", "ws://u:s3cret@a", "wss://a", "nats://u:s3cret@a:99999", "nats://"]
        {
            let error = Address::parse(bad).err().unwrap_or_else(|| panic!("{bad} was taken")).to_string();
            assert!(error.starts_with("PLAZA_NATS_URL") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn files_hold_seeds_or_credentials() {
        let dir = tempfile::tempdir().unwrap();
        let login = |text: &str| {
            let file = dir.path().join("login");
            std::fs::write(&file, text).unwrap();
            Address::parse("nats://a").unwrap().login_from(&file)
        };
        let seed = KeyPair::new_user().seed().unwrap();
        assert!(
            matches!(login(&format!("{seed}\n")).unwrap().login, Login::Seed(read) if read.expose_secret() == seed)
        );
        assert!(login("SUAXYZ\n").is_err_and(|error| error.to_string().contains("damaged")));
        assert!(matches!(login("-----BEGIN NATS USER JWT-----\nx").unwrap().login, Login::Credentials(_)));
        assert!(login("hello").is_err_and(|error| error.to_string().starts_with("PLAZA_NATS_CREDS")));
        assert!(Address::parse("nats://a").unwrap().login_from(&dir.path().join("none")).is_err());
    }
}
