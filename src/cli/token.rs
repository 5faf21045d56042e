//! `plaza token`: tokens of administrators and readers, on a stopped mall's database or over the REST of a running one.

use super::access::{TokenAction, TokenSettings, WhichMall};
use crate::actors::tokens::{NewToken, Tokens};
use crate::bus::memory::MemoryBus;
use crate::db::journal::InlineJournal;
use crate::db::journal::writer::{Writer, abort};
use crate::db::open::{Birth, DirectoryLock, Loss, OpenError};
use crate::db::pool::open_reader;
use crate::db::reads::SqlReadModel;
use crate::db::{open, reads};
use crate::domain::money::Currency;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;
use crate::ports::changes::{TokenRecord, TokenRole};
use crate::ports::journal::Append;
use crate::ports::reads::ReadModel;
use crate::ports::time::{Clock, Entropy};
use crate::system::{SystemClock, SystemEntropy};
use anyhow::{Context, Result, bail};
use awc::http::{Method, StatusCode, header};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a running mall may take to answer. Above its own deadline for a request (10 s).
const PATIENCE: Duration = Duration::from_secs(15);

/// Does what the command says, and prints what comes of it.
///
/// # Errors
/// The mall cannot be reached or opened, or it refuses; the text says what to do.
pub fn run(settings: &TokenSettings) -> Result<()> {
    actix::System::new().block_on(async {
        match &settings.action {
            TokenAction::Create { name, read_only, currency, mall } => {
                let role = if *read_only { TokenRole::Reader } else { TokenRole::Admin };
                // The secret alone, so that a script can take it as it is.
                println!("{}", create(mall, name, role, *currency).await?);
            }
            TokenAction::List { mall } => list(mall).await?.iter().for_each(Listed::print),
            TokenAction::Revoke { name, mall } => {
                revoke(mall, name).await?;
                eprintln!("{name} is revoked");
            }
        }
        Ok(())
    })
}

async fn create(mall: &WhichMall, name: &str, role: TokenRole, currency: Currency) -> Result<String> {
    if let Some(target) = &mall.target {
        let body = json!({"name": name, "role": role.as_str()});
        let made = call(mall, target, Method::POST, "/api/v1/tokens", Some(body)).await?;
        return made["token"].as_str().map(str::to_owned).context("the mall answered without a token");
    }
    let stopped = Stopped::open(mall, Some(currency)).await?;
    let Stopped { tokens, journal, clock, .. } = &stopped;
    let append = |_: &NewToken| Append::default();
    let made = tokens.create(None, name, role, journal, clock, &SystemEntropy, append).await?;
    if tokens.count().0 == 0 {
        eprintln!("no token of this mall is an administrator's: without PLAZA_ADMIN_TOKEN nobody can change it");
    }
    Ok(made.secret)
}

async fn list(mall: &WhichMall) -> Result<Vec<Listed>> {
    if let Some(target) = &mall.target {
        let mut listed = call(mall, target, Method::GET, "/api/v1/tokens", None).await?;
        return serde_json::from_value(listed["items"].take()).context("the mall answered with something else");
    }
    // Reading disturbs nobody: the mall may be running.
    let mut conn = open::open_to_read(&mall.storage.place()?)?;
    Ok(reads::tokens::list(&mut conn)?.into_iter().map(Listed::from).collect())
}

async fn revoke(mall: &WhichMall, name: &str) -> Result<()> {
    if let Some(target) = &mall.target {
        return call(mall, target, Method::DELETE, &format!("/api/v1/tokens/{name}"), None).await.map(drop);
    }
    let stopped = Stopped::open(mall, None).await?;
    let Stopped { tokens, journal, clock, .. } = &stopped;
    tokens.revoke(None, name, false, journal, clock).await?;
    match tokens.count() {
        (0, 0) => eprintln!("it was the last: without PLAZA_ADMIN_TOKEN everybody on this machine may do everything"),
        (0, _) => eprintln!("it was the last administrator's: without PLAZA_ADMIN_TOKEN nobody can change this mall"),
        _ => {}
    }
    Ok(())
}

/// A token as it is printed.
#[derive(Deserialize)]
struct Listed {
    name: String,
    role: String,
    created_at: String,
    revoked_at: Option<String>,
}

impl From<TokenRecord> for Listed {
    fn from(token: TokenRecord) -> Self {
        Self {
            name: token.name.to_string(),
            role: token.role.as_str().to_owned(),
            created_at: token.created_at.to_string(),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
        }
    }
}

impl Listed {
    fn print(&self) {
        let Self { name, role, created_at, revoked_at } = self;
        let state = revoked_at.as_ref().map_or_else(|| "in use".to_owned(), |at| format!("revoked {at}"));
        println!("{name:24} {role:8} made {created_at}  {state}");
    }
}

/// A stopped mall, held by this process.
struct Stopped {
    tokens: Arc<Tokens>,
    journal: InlineJournal,
    clock: SystemClock,
    _lock: Option<DirectoryLock>,
}

impl Stopped {
    /// Opens it. Where there is none it is founded with the currency in `founded`, or refused without.
    async fn open(mall: &WhichMall, founded: Option<Currency>) -> Result<Self> {
        let place = mall.storage.place()?;
        let held = |error: OpenError| match error {
            OpenError::Locked(place) => {
                anyhow::anyhow!("a plaza has {place} open: name it with --target URL, or stop it")
            }
            other => other.into(),
        };
        let currency = match (open::open_to_read(&place), founded) {
            (Ok(mut conn), _) => reads::log::identity(&mut conn)?.currency,
            (Err(OpenError::Missing(_)), Some(currency)) => {
                eprintln!("there was no mall in {place}: founding one, in {currency}");
                currency
            }
            (Err(error), _) => return Err(error.into()),
        };
        let lock = open::lock(&place).map_err(held)?;
        let at = SystemClock::starting_at(Timestamp(0)).now();
        let birth = Birth { log_id: SystemEntropy.uuid(), currency, at };
        let opened = open::open(&place, birth, Loss::Refused).map_err(held)?;
        let clock = Arc::new(SystemClock::starting_at(opened.mall.newest));
        let writer = Writer::new(
            opened.engine,
            opened.tail,
            Arc::new(MemoryBus::default()),
            Arc::new(Metrics::default()),
            clock,
            Box::new(abort),
        );
        let journal = InlineJournal::new(writer);
        let reads: Box<dyn ReadModel> = Box::new(SqlReadModel::inline(open_reader(&place)?));
        let tokens = Arc::new(Tokens::load(None, &*reads).await?);
        Ok(Self { tokens, journal, clock: SystemClock::starting_at(opened.mall.newest), _lock: lock })
    }
}

/// Asks a running mall.
async fn call(mall: &WhichMall, target: &str, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
    let target = target.trim_end_matches('/');
    if !target.starts_with("http://") {
        bail!("--target: {target} is not an address like http://127.0.0.1:8080; this command speaks plain HTTP only");
    }
    let client = awc::Client::builder().timeout(PATIENCE).finish();
    let mut request = client.request(method, format!("{target}{path}"));
    let secret = mall.admin.secret()?;
    if let Some(secret) = &secret {
        request = request.insert_header((header::AUTHORIZATION, format!("Bearer {}", secret.expose_secret())));
    }
    let sent = match &body {
        Some(body) => request.send_json(body),
        None => request.send(),
    };
    // awc's errors cannot cross threads, so their words go on alone.
    let mut answer = sent.await.map_err(|error| anyhow::anyhow!("{target} does not answer: {error}"))?;
    let status = answer.status();
    let bytes = answer.body().await.map_err(|error| anyhow::anyhow!("{target} broke off: {error}"))?;
    if status == StatusCode::NO_CONTENT {
        return Ok(Value::Null);
    }
    let said: Value = serde_json::from_slice(&bytes).with_context(|| format!("{target} is not a mall: {status}"))?;
    if status.is_success() {
        return Ok(said);
    }
    let detail = said["detail"].as_str().unwrap_or("it said nothing more");
    match status {
        StatusCode::UNAUTHORIZED if secret.is_none() => {
            bail!(
                "{target} asks who you are; name an administrator's token in PLAZA_ADMIN_TOKEN or PLAZA_ADMIN_TOKEN_FILE"
            )
        }
        StatusCode::UNAUTHORIZED => {
            bail!("{target} does not know the token in PLAZA_ADMIN_TOKEN; it is another mall's, or was revoked")
        }
        StatusCode::FORBIDDEN => bail!("{detail}; the token in PLAZA_ADMIN_TOKEN is not an administrator's"),
        _ => bail!("{detail}"),
    }
}
