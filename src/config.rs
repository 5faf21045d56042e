//! The command line and settings. Every setting is a flag and an environment variable.

use crate::bus::address::{Address, AddressError};
use crate::bus::jetstream::BrokerOptions;
use crate::db::open;
use crate::db::place::{Place, PostgresUrl};
use crate::domain::catalogue::Fulfilment;
use crate::domain::money::Currency;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An event-driven e-commerce mall in one process.
///
/// `plaza` alone is `plaza serve`: it starts a mall on <http://127.0.0.1:8080> and keeps it in ./plaza-data.
/// Durations are written 300ms, 5s, 30m or 2h.
#[derive(Debug, Parser)]
#[command(version, about, long_about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings of `plaza serve`, which is what happens without a command.
    #[command(flatten)]
    pub serve: ServeSettings,
}

/// What Plaza can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the mall (the default).
    Serve(Box<ServeSettings>),
    /// Check a journal: positions, hashes, versions, folds and invariants. The mall must not be running.
    Verify(VerifySettings),
    /// Write everything a mall holds as lines of JSON: a backup, or the way to another database. The mall may be
    /// running: the export is one moment of it.
    Export(ExportSettings),
    /// Read an export into an empty database. Positions, hashes and states are those of the exported mall.
    Import(ImportSettings),
    /// Make, list and revoke tokens of administrators and readers. A mall that has one asks everybody who they are.
    Token(TokenSettings),
    /// Print the OpenAPI 3.1 document of the REST interface.
    Openapi,
    /// Print the AsyncAPI 3.0 document of the event stream.
    Asyncapi,
}

/// Where the journal is.
#[derive(Clone, Args)]
pub struct StorageSettings {
    /// Directory of the journal; made when missing. One mall at a time may use it.
    #[arg(long, env = "PLAZA_DATA_DIR", default_value = "./plaza-data", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// Address of a PostgreSQL database, `postgres://user:password@host:port/database`. Empty: an SQLite file in the data
    /// directory. With an address there is no data directory.
    #[arg(
        long,
        env = "PLAZA_DATABASE_URL",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database_url: String,
    /// File that holds the address of the PostgreSQL database, in place of the setting itself.
    #[arg(long, env = "PLAZA_DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
}

/// How to write logs.
#[derive(Clone, Debug, Args)]
pub struct LogSettings {
    /// Which logs to write, as a filter: a level, or `target=level` pairs with commas.
    #[arg(long, env = "PLAZA_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How to write logs: for people or for machines.
    #[arg(long, env = "PLAZA_LOG_FORMAT", default_value = "text", value_enum)]
    pub log_format: LogFormat,
}

/// A log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

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
    pub nats_url: String,
    /// File that holds the addresses of the NATS servers, in place of the setting itself.
    #[arg(long, env = "PLAZA_NATS_URL_FILE", value_name = "FILE")]
    pub nats_url_file: Option<PathBuf>,
    /// File with the seed of an nkey user, or a NATS credentials file; takes the place of a login in the address.
    #[arg(long, env = "PLAZA_NATS_CREDS", value_name = "FILE")]
    pub nats_creds: Option<PathBuf>,
    /// Servers that keep each event. More than 1 needs a cluster; 3 survives the loss of one server.
    #[arg(long, env = "PLAZA_NATS_REPLICAS", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    pub nats_replicas: u8,
    /// The NATS servers run with `sync_interval: always`, which can not be asked for. Only then /status says that the
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
        if nats_url.trim().is_empty() {
            return match self.nats_creds {
                Some(_) => {
                    Err(SettingError("PLAZA_NATS_CREDS: needs PLAZA_NATS_URL, the broker to log in to".to_owned()))
                }
                None => Ok(None),
            };
        }
        let mut address = Address::parse(&nats_url).map_err(refused)?;
        if let Some(file) = &self.nats_creds {
            address = address.login_from(file).map_err(refused)?;
        }
        let replicas = usize::from(self.nats_replicas);
        Ok(Some(BrokerOptions { address, replicas, sync_always: self.nats_sync_always }))
    }
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

/// The administrator's secret.
#[derive(Clone, Args)]
pub struct AdminSettings {
    /// Secret of an administrator, at least 16 characters; `plaza token` makes others. A mall with neither is open:
    /// everybody may do everything, and only loopback is listened on.
    #[arg(long, env = "PLAZA_ADMIN_TOKEN", default_value = "", hide_default_value = true, hide_env_values = true)]
    pub admin_token: String,
    /// File that holds the secret of the administrator, in place of the setting itself.
    #[arg(long, env = "PLAZA_ADMIN_TOKEN_FILE", value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,
}

impl fmt::Debug for AdminSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminSettings").finish_non_exhaustive()
    }
}

impl AdminSettings {
    /// The secret; `None` when the settings have none.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn secret(&self) -> Result<Option<String>, SettingError> {
        let token = secret("PLAZA_ADMIN_TOKEN", &self.admin_token, self.admin_token_file.as_deref())?;
        match token.chars().count() {
            // A file that was named and holds nothing must not open the mall.
            0 if self.admin_token_file.is_none() => Ok(None),
            0..16 => Err(SettingError("PLAZA_ADMIN_TOKEN: must have at least 16 characters".to_owned())),
            _ if !token.bytes().all(|byte| byte.is_ascii_graphic()) => Err(SettingError(
                "PLAZA_ADMIN_TOKEN: must be visible ASCII characters, as a header carries them".to_owned(),
            )),
            _ => Ok(Some(token)),
        }
    }
}

/// A setting that is a secret, or what the file holds that is named in its place.
fn secret(name: &str, value: &str, file: Option<&Path>) -> Result<String, SettingError> {
    let Some(file) = file else { return Ok(value.to_owned()) };
    if !value.is_empty() {
        return Err(SettingError(format!("{name}: set it or {name}_FILE, not both")));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| SettingError(format!("{name}_FILE: {} cannot be read: {error}", file.display())))?;
    // Editors end a file with a line break.
    Ok(text.trim().to_owned())
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

/// Settings of `plaza serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeSettings {
    /// Address and port to listen on; port 0 takes a free one. Any address but loopback needs a token.
    #[arg(long, env = "PLAZA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
    /// Where the journal is.
    #[command(flatten)]
    pub storage: StorageSettings,
    /// Where the events are copied to.
    #[command(flatten)]
    pub broker: BrokerSettings,
    /// The one currency of the mall, ISO 4217. Fixed when the journal is made.
    #[arg(long, env = "PLAZA_CURRENCY", default_value = "EUR", value_name = "CODE")]
    pub currency: Currency,
    /// From the submit to the bank's verdict.
    #[arg(long, env = "PLAZA_PAYMENT_DELAY", default_value = "5s", value_parser = duration, allow_hyphen_values = true, value_name = "TIME")]
    pub payment_delay: Duration,
    /// Who confirms payments: Plaza itself (`internal`), or an outside bank that is asked on `plaza.req.bank.hold` and
    /// answers on `plaza.cmd.bank.confirm` or `.reject` (`external`). Counts for orders submitted from now on.
    #[arg(long, env = "PLAZA_PAYMENT_PROVIDER", default_value = "internal", value_parser = provider, value_name = "WHO")]
    pub payment_provider: Fulfilment,
    /// From the submit to a store's verdict, for stores created without a delay of their own.
    #[arg(long, env = "PLAZA_STORE_DELAY", default_value = "15s", value_parser = duration, allow_hyphen_values = true, value_name = "TIME")]
    pub store_delay: Duration,
    /// From payment to shipping. 0s: paying delivers at once.
    #[arg(long, env = "PLAZA_SHIPPING_DELAY", default_value = "0s", value_parser = duration, allow_hyphen_values = true, value_name = "TIME")]
    pub shipping_delay: Duration,
    /// How long after the longest delay a missing verdict becomes `CONFIRMATION_TIMEOUT`. Too short rejects orders
    /// while the mall recovers from a restart; too long keeps hopeless orders pending.
    #[arg(long, env = "PLAZA_GRACE", default_value = "30s", value_parser = duration, allow_hyphen_values = true, value_name = "TIME")]
    pub grace: Duration,
    /// From acceptance to expiry of an order nobody pays. Stock and money stay reserved that long.
    #[arg(long, env = "PLAZA_PAY_DEADLINE", default_value = "30m", value_parser = duration, allow_hyphen_values = true, value_name = "TIME")]
    pub pay_deadline: Duration,
    /// Divides every delay and deadline: 10 makes an order ten times as fast. 1 to 1000.
    #[arg(long, env = "PLAZA_SPEED", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub speed: u32,
    /// Who the administrator is.
    #[command(flatten)]
    pub admin: AdminSettings,
    /// Origins that browsers may call the API from, with commas; same-origin pages always may.
    #[arg(long, env = "PLAZA_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN")]
    pub cors_origins: Vec<String>,
    /// Requests a second one peer may send; 0 is no limit. Empty: no limit on loopback, 200 elsewhere.
    #[arg(long, env = "PLAZA_RATE_LIMIT", value_name = "PER_SECOND")]
    pub rate_limit: Option<u32>,
    /// Requests that may change something at a time; more are answered 503. Too low refuses bursts, too high lets
    /// waiting requests pile up behind a slow disk.
    #[arg(long, env = "PLAZA_ADMISSION_LIMIT", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub admission_limit: u32,
    /// Threads that serve HTTP. 0: one a core.
    #[arg(long, env = "PLAZA_HTTP_WORKERS", default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub http_workers: usize,
    /// Threads that actors live on. 0: half the cores, at least one.
    #[arg(long, env = "PLAZA_ACTOR_THREADS", default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub actor_threads: usize,
    /// Fill an empty mall with demo stores and products.
    #[arg(long, env = "PLAZA_DEMO", value_parser = clap::builder::FalseyValueParser::new())]
    pub demo: bool,
    /// How to write logs.
    #[command(flatten)]
    pub logs: LogSettings,
}

/// A setting that can not be used, with the reason; the text names the setting.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct SettingError(String);

impl SettingError {
    /// A variable that is no setting, and the setting it comes nearest to.
    #[must_use]
    pub fn unknown(variable: &str, nearest: &str) -> Self {
        Self(format!("{variable} is not a setting of Plaza; did you mean {nearest}? `plaza --help` has them all"))
    }
}

impl fmt::Debug for StorageSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StorageSettings").field("place", &self.place().map(|place| place.to_string())).finish()
    }
}

impl StorageSettings {
    /// Where the journal is.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn place(&self) -> Result<Place, SettingError> {
        let database_url = secret("PLAZA_DATABASE_URL", &self.database_url, self.database_url_file.as_deref())?;
        if database_url.is_empty() {
            return Ok(Place::File(self.data_dir.join(open::FILE)));
        }
        let refuse = |why: &str| SettingError(format!("PLAZA_DATABASE_URL: {why}"));
        let url: PostgresUrl = database_url.parse().map_err(refuse)?;
        let environment = std::env::var("PGSSLMODE").ok();
        if cfg!(not(feature = "postgres-tls")) && url.demands_tls(environment.as_deref()) {
            return Err(refuse(
                "this build can not encrypt connections to PostgreSQL, and sslmode (or PGSSLMODE) demands it; build Plaza \
                 with --features postgres-tls, or choose another sslmode for a network you trust",
            ));
        }
        Ok(Place::Server(url))
    }
}

impl ServeSettings {
    /// Checks what a flag parser can not.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn check(&self) -> Result<(), SettingError> {
        let refuse = |text: &str| Err(SettingError(text.to_owned()));
        self.storage.place()?;
        if self.broker.options()?.is_none() && self.payment_provider == Fulfilment::External {
            return refuse(
                "PLAZA_PAYMENT_PROVIDER: external needs PLAZA_NATS_URL, the broker over which the bank is asked and answers",
            );
        }
        self.admin.secret()?;
        for origin in self.origins() {
            let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            if host.is_none_or(|host| host.is_empty() || host.contains(['/', '*', ' ', '?', '#', '@'])) {
                return refuse(&format!(
                    "PLAZA_CORS_ORIGINS: {origin} is not an origin like https://shop.example:8443"
                ));
            }
        }
        let day = crate::domain::catalogue::CONFIRMATION_DELAY_MS_MAX;
        if self.store_delay > Duration::from_millis(day) {
            return refuse("PLAZA_STORE_DELAY: must be at most 24h");
        }
        Ok(())
    }

    /// Checks that a mall is not open to other machines; `closed` when it has a token.
    ///
    /// # Errors
    /// The text names the setting.
    pub fn check_reach(&self, closed: bool) -> Result<(), SettingError> {
        let listen = self.listen;
        if closed || listen.ip().is_loopback() {
            return Ok(());
        }
        Err(SettingError(format!(
            "PLAZA_LISTEN: {listen} can be reached from other machines, and this mall asks nobody who they are; make a token \
             (plaza token create NAME), set PLAZA_ADMIN_TOKEN, or listen on 127.0.0.1"
        )))
    }

    /// The origins whose pages may call the API; an empty setting means none.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.cors_origins.iter().map(|origin| origin.trim()).filter(|origin| !origin.is_empty())
    }

    /// Requests a second one peer may send; `None` is no limit.
    #[must_use]
    pub fn requests_per_second(&self) -> Option<u32> {
        match self.rate_limit {
            Some(0) => None,
            Some(limit) => Some(limit),
            None if self.listen.ip().is_loopback() => None,
            None => Some(200),
        }
    }
}

/// Parses `internal` or `external`.
fn provider(text: &str) -> Result<Fulfilment, String> {
    Fulfilment::parse(text).ok_or_else(|| "who confirms payments is internal or external".to_owned())
}

/// Parses `300ms`, `5s`, `30m` or `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let help = || "a duration is a whole number and a unit: 300ms, 5s, 30m, 2h".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(help)?;
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(help()),
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms)).ok_or_else(help)?;
    // Ten years: beyond that, sums of times would leave what a timestamp can hold.
    if millis > 315_360_000_000 {
        Err("a duration is at most ten years".to_owned())
    } else {
        Ok(Duration::from_millis(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(args: &[&str]) -> ServeSettings {
        Cli::try_parse_from([&["plaza"], args].concat()).unwrap().serve
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        for bad in ["", "5", "s", "1.5s", "-1s", "5 s", "99999999999999999999s", "9999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_open_address_needs_a_token() {
        let open = serve(&["--listen", "0.0.0.0:8080"]);
        assert!(open.check_reach(false).unwrap_err().to_string().starts_with("PLAZA_LISTEN"));
        assert_eq!(open.check_reach(true), Ok(()));
        assert_eq!(serve(&[]).check_reach(false), Ok(()));
        assert!(serve(&["--admin-token", "short"]).check().is_err());
        assert!(serve(&["--admin-token", "0123456789abcdef\u{e9}"]).check().is_err());
        assert_eq!(serve(&["--admin-token", "0123456789abcdef"]).check(), Ok(()));
    }

    #[test]
    fn a_secret_may_be_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "0123456789abcdef\n").unwrap();
        let path = file.path().display().to_string();
        let named = serve(&["--admin-token-file", &path]);
        assert_eq!(named.admin.secret().unwrap().as_deref(), Some("0123456789abcdef"));
        let both = serve(&["--admin-token-file", &path, "--admin-token", "0123456789abcdef"]);
        assert!(both.check().unwrap_err().to_string().contains("not both"));
        std::fs::write(file.path(), "\n").unwrap();
        assert!(named.check().is_err(), "an empty file must not open the mall");
        for (flag, name) in [("admin-token", "ADMIN_TOKEN"), ("database-url", "DATABASE_URL"), ("nats-url", "NATS_URL")]
        {
            let missing = serve(&[&format!("--{flag}-file"), "/nowhere"]).check().unwrap_err().to_string();
            assert!(missing.starts_with(&format!("PLAZA_{name}_FILE")), "{missing}");
        }
    }

    #[test]
    fn a_bad_broker_address_stops_the_start() {
        assert!(serve(&[]).broker.options().unwrap().is_none());
        let given = serve(&["--nats-url", "nats://a:4222", "--nats-replicas", "3", "--nats-sync-always"]);
        let options = given.broker.options().unwrap().unwrap();
        assert_eq!((options.replicas, options.sync_always, options.address.servers.len()), (3, true, 1));
        for bad in [["--nats-url", "http://u:s3cret@a"], ["--nats-creds", "/nowhere"]] {
            let error = serve(&bad).check().unwrap_err().to_string();
            assert!(error.starts_with("PLAZA_NATS_") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn an_outside_bank_needs_a_broker() {
        let error = serve(&["--payment-provider", "external"]).check().unwrap_err().to_string();
        assert!(error.contains("PLAZA_PAYMENT_PROVIDER") && error.contains("PLAZA_NATS_URL"), "{error}");
        assert_eq!(serve(&["--payment-provider", "external", "--nats-url", "nats://a:4222"]).check(), Ok(()));
    }

    #[test]
    fn loopback_has_no_rate_limit_unless_asked() {
        assert_eq!(serve(&[]).requests_per_second(), None);
        assert_eq!(serve(&["--rate-limit", "7"]).requests_per_second(), Some(7));
        assert_eq!(serve(&["--listen", "10.0.0.1:80"]).requests_per_second(), Some(200));
    }
}
