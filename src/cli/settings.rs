//! Settings of `plaza serve`.

use super::access::AdminSettings;
use super::broker::BrokerSettings;
use super::logs::LogSettings;
use super::storage::StorageSettings;
use super::values::{SettingError, provider};
use crate::domain::money::Currency;
use crate::domain::participant::Fulfilment;
use crate::domain::time::duration;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use std::net::SocketAddr;
use std::time::Duration;

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
    #[arg(long, env = "PLAZA_HTTP_WORKERS", default_value_t = 0, value_parser = threads(), hide_default_value = true, value_name = "N")]
    pub http_workers: usize,
    /// Threads that actors live on. 0: half the cores, at least one.
    #[arg(long, env = "PLAZA_ACTOR_THREADS", default_value_t = 0, value_parser = threads(), hide_default_value = true, value_name = "N")]
    pub actor_threads: usize,
    /// Open a journal although it is older than it was, or another one, as after a backup was restored; or although its file
    /// is damaged. The log says what is missing or wrong; nothing is deleted.
    #[arg(long)]
    pub accept_loss: bool,
    /// Fill an empty mall with demo stores and products.
    #[arg(long, env = "PLAZA_DEMO", value_parser = clap::builder::FalseyValueParser::new())]
    pub demo: bool,
    /// Stop, as with SIGTERM, when standard input ends: a mall that a script has started ends with it, however that ends.
    #[arg(long, env = "PLAZA_ENDS_WITH_STDIN", value_parser = clap::builder::FalseyValueParser::new())]
    pub ends_with_stdin: bool,
    /// How to write logs.
    #[command(flatten)]
    pub logs: LogSettings,
}

/// The most threads of one kind: actix starts no more workers.
const THREADS_MAX: u64 = 512;

fn threads() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(..=THREADS_MAX)
}

impl ServeSettings {
    /// Checks what a flag parser cannot.
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
        let day = crate::domain::store::CONFIRMATION_DELAY_MS_MAX;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command::Cli;
    use clap::Parser;
    use secrecy::ExposeSecret;

    fn serve(args: &[&str]) -> ServeSettings {
        Cli::try_parse_from([&["plaza"], args].concat()).unwrap().serve
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
        assert_eq!(named.admin.secret().unwrap().unwrap().expose_secret(), "0123456789abcdef");
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
    fn no_secret_is_shown() {
        let given =
            ["--admin-token", "s3cret", "--nats-url", "nats://u:s3cret@a", "--database-url", "postgres://u:s3cret@a/b"];
        assert!(!format!("{:?}", serve(&given)).contains("s3cret"));
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
    fn there_are_only_so_many_threads() {
        for (flag, count, is_taken) in
            [("--http-workers", "512", true), ("--http-workers", "513", false), ("--actor-threads", "100000", false)]
        {
            assert_eq!(Cli::try_parse_from(["plaza", flag, count]).is_ok(), is_taken, "{flag} {count}");
        }
    }

    #[test]
    fn loopback_has_no_rate_limit_unless_asked() {
        assert_eq!(serve(&[]).requests_per_second(), None);
        assert_eq!(serve(&["--rate-limit", "7"]).requests_per_second(), Some(7));
        assert_eq!(serve(&["--listen", "10.0.0.1:80"]).requests_per_second(), Some(200));
    }
}
