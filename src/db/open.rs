//! Opening a mall's database: lock, identity, migrations, and a look at the end of the journal.
//!
//! A start on a damaged, foreign or newer file refuses, and says what to do, instead of guessing.

use super::chain::{self, HashedEvent};
use super::dialect::{self, Tenant};
use super::error::DbError;
use super::journal::engine::Engine;
use super::journal::writer::Tail;
use super::place::Place;
use super::pool::{self, Connection};
use super::schema::{events, log};
use super::{queries, session};
use crate::domain::money::Currency;
use crate::domain::time::Timestamp;
use crate::ports::reads::LogIdentity;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::error::Error as StdError;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use uuid::Uuid;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How long a start waits for a session of a process that has just died to end on the server.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// How many of the newest events have their hashes checked at a start: enough to notice a torn end, few enough not to
/// be noticed (a whole start on a million events took 25 to 74 ms, docs/PERFORMANCE.md). `plaza verify` checks all of them.
const TAIL_CHECKED: i64 = 10_000;

/// The name of the lock file beside it.
const LOCK_FILE: &str = "plaza.lock";

/// Why a mall could not be opened. Every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory can not be used.
    #[error(
        "the data directory {path} can not be used: {source}; choose another with --data-dir or mend its permissions"
    )]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database server does not answer.
    #[error("PLAZA_DATABASE_URL: {place} can not be reached ({}); start the server, or mend the address", describe(.source))]
    Unreachable {
        /// The database.
        place: Place,
        /// What the connection said.
        source: DbError,
    },
    /// Another process has the mall open.
    #[error("another plaza has {0} open; stop it first, or {elsewhere}", elsewhere = .0.elsewhere())]
    Locked(Place),
    /// It is not a Plaza database.
    #[error("{0} is not a Plaza database, and not empty; {elsewhere}", elsewhere = .0.elsewhere())]
    Foreign(Place),
    /// The database does not hold Unicode.
    #[error("{place} is encoded in {encoding}; Plaza needs a database made with ENCODING 'UTF8'")]
    Encoding {
        /// The database.
        place: Place,
        /// Its encoding.
        encoding: String,
    },
    /// The database was written by a newer Plaza.
    #[error("{place} was written by a newer Plaza (it knows migration {migration}); use that version")]
    Newer {
        /// The database.
        place: Place,
        /// A migration this build does not have.
        migration: String,
    },
    /// The mall was founded with another currency.
    #[error("PLAZA_CURRENCY is {asked}, but this mall trades in {founded}; its currency can not be changed")]
    Currency {
        /// The setting.
        asked: Currency,
        /// The journal's.
        founded: Currency,
    },
    /// There is no journal to check.
    #[error("there is no journal at {0}; name its directory with --data-dir, or its database with --database-url")]
    Missing(Place),
    /// The journal is damaged.
    #[error("{place} is damaged: {what}; restore a backup, or see what is left with `plaza verify`")]
    Damaged {
        /// The database.
        place: Place,
        /// What is wrong.
        what: String,
    },
    /// A migration failed.
    #[error("the tables of {place} could not be brought up to date: {source}; restore a backup or report this")]
    Migration {
        /// The database.
        place: Place,
        /// What the database said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The database failed.
    #[error("{place} could not be read ({}); check the disk, or restore a backup", describe(.source))]
    Database {
        /// The database.
        place: Place,
        /// What the database said.
        source: DbError,
    },
}

fn describe(error: &DbError) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// An opened mall.
pub struct Opened {
    /// What writes the journal.
    pub engine: Engine,
    /// Where the journal ends.
    pub tail: Tail,
    /// When its newest event happened; the clock must not be behind it.
    pub newest: Timestamp,
    /// What journal this is.
    pub log: LogIdentity,
}

/// What a new journal is born with.
#[derive(Clone, Copy, Debug)]
pub struct Birth {
    /// Its identity, if it is new.
    pub log_id: Uuid,
    /// The currency it trades in, or has to trade in.
    pub currency: Currency,
    /// The time of birth.
    pub at: Timestamp,
}

/// Holds the data directory for this process until dropped.
#[derive(Debug)]
pub struct DirectoryLock(#[allow(dead_code, reason = "the lock is held as long as the file is open")] File);

/// Takes the directory of a file for this process, and makes it if need be. A database on a server is taken by the session
/// that writes; there is nothing to hold then.
///
/// # Errors
/// [`OpenError::Directory`]; [`OpenError::Locked`] when another process has it.
pub fn lock(place: &Place) -> Result<Option<DirectoryLock>, OpenError> {
    let Place::File(path) = place else { return Ok(None) };
    let directory = path.parent().unwrap_or(Path::new("."));
    let unusable = |source| OpenError::Directory { path: directory.to_owned(), source };
    std::fs::create_dir_all(directory).map_err(unusable)?;
    let options = File::options().create(true).write(true).truncate(false).open(directory.join(LOCK_FILE));
    let file = options.map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(DirectoryLock(file))),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(place.clone())),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// Opens the database to write, makes or updates its tables, and checks its end.
///
/// # Errors
/// [`OpenError`] says what is wrong and what to do.
pub fn open(place: &Place, birth: Birth) -> Result<Opened, OpenError> {
    let mut conn = open_to_write(place)?;
    let (tail, newest, log) = prepare(&mut conn, place, birth)?;
    let engine = Engine::take(conn, place).map_err(|source| OpenError::Database { place: place.clone(), source })?;
    Ok(Opened { engine, tail, newest, log })
}

/// Opens a database to fill it: its tables are made, and no mall is founded in it.
///
/// # Errors
/// As [`open`].
pub fn open_to_fill(place: &Place) -> Result<Connection, OpenError> {
    let mut conn = open_to_write(place)?;
    make_tables(&mut conn, place)?;
    Ok(conn)
}

/// Opens a database to write, and takes it for this process; of a file, see [`lock`].
fn open_to_write(place: &Place) -> Result<Connection, OpenError> {
    if let Place::File(path) = place {
        refuse_foreign_header(path)?;
    }
    let mut conn = pool::open_writer(place).map_err(|source| match place {
        Place::Server(_) => OpenError::Unreachable { place: place.clone(), source },
        Place::File(_) | Place::Memory(_) => OpenError::Database { place: place.clone(), source },
    })?;
    take(&mut conn, place)?;
    Ok(conn)
}

/// Opens a journal to read it: it has to be there. A mall may be running on it.
///
/// # Errors
/// [`OpenError::Missing`] when there is none, [`OpenError::Unreachable`] when the server does not answer.
pub fn open_to_read(place: &Place) -> Result<Connection, OpenError> {
    if let Place::File(path) = place
        && !path.exists()
    {
        return Err(OpenError::Missing(place.clone()));
    }
    let database = |source| OpenError::Database { place: place.clone(), source };
    let mut conn = pool::open_reader(place).map_err(|source| match place {
        Place::Server(_) => OpenError::Unreachable { place: place.clone(), source },
        Place::File(_) | Place::Memory(_) => database(source),
    })?;
    match dialect::tenant(&mut conn).map_err(database)? {
        Tenant::Plaza => Ok(conn),
        Tenant::Nobody => Err(OpenError::Missing(place.clone())),
        Tenant::Other => Err(OpenError::Foreign(place.clone())),
    }
}

/// Takes a database on a server for this process. One that was killed a moment ago may still be on its way out.
///
/// # Errors
/// [`OpenError::Locked`] when another process has it.
pub fn take(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    let Connection::Postgres(session) = conn else { return Ok(()) };
    let started = Instant::now();
    loop {
        let taken = session::take_mall(session);
        match taken.map_err(|error| OpenError::Database { place: place.clone(), source: error.into() })? {
            true => return Ok(()),
            false if started.elapsed() >= LOCK_PATIENCE => return Err(OpenError::Locked(place.clone())),
            false => std::thread::park_timeout(LOCK_PATIENCE / 40),
        }
    }
}

/// Makes or updates the tables of a database that is Plaza's or empty.
fn make_tables(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    let database = |source: DbError| OpenError::Database { place: place.clone(), source };
    if dialect::tenant(conn).map_err(database)? == Tenant::Other {
        return Err(OpenError::Foreign(place.clone()));
    }
    let encoding = dialect::encoding(conn).map_err(database)?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { place: place.clone(), encoding });
    }
    migrate(conn, place)
}

fn prepare(conn: &mut Connection, place: &Place, birth: Birth) -> Result<(Tail, Timestamp, LogIdentity), OpenError> {
    let database = |source: DbError| OpenError::Database { place: place.clone(), source };
    make_tables(conn, place)?;
    found(conn, birth).map_err(|error| database(error.into()))?;
    let log = queries::log::identity(conn).map_err(database)?;
    if log.currency != birth.currency {
        return Err(OpenError::Currency { asked: birth.currency, founded: log.currency });
    }
    let (tail, newest) = check_tail(conn, place)?;
    Ok((tail, newest, log))
}

/// A file that is no SQLite database must not even be opened to write.
fn refuse_foreign_header(path: &Path) -> Result<(), OpenError> {
    use std::io::Read;
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let mut header = Vec::with_capacity(16);
    let read = file.by_ref().take(16).read_to_end(&mut header);
    match read {
        Ok(0) => Ok(()),
        Ok(_) if header == b"SQLite format 3\0" => Ok(()),
        Ok(_) => Err(OpenError::Foreign(Place::File(path.to_owned()))),
        Err(source) => Err(OpenError::Directory { path: path.to_owned(), source }),
    }
}

fn migrate(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    let failed = |source| OpenError::Migration { place: place.clone(), source };
    let known = match conn {
        Connection::Sqlite(_) => SQLITE,
        Connection::Postgres(_) => POSTGRES,
    };
    let applied = conn.applied_migrations().map_err(failed)?;
    let names = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&known).map_err(failed)?;
    let names: Vec<String> = names.iter().map(|migration| migration.name().version().to_string()).collect();
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|version| !names.contains(version)) {
        return Err(OpenError::Newer { place: place.clone(), migration: newer });
    }
    if applied.len() < names.len() {
        conn.run_pending_migrations(known).map_err(failed)?;
    }
    dialect::sign(conn).map_err(|error| failed(Box::new(error)))
}

fn found(conn: &mut Connection, birth: Birth) -> QueryResult<()> {
    let founded: i64 = log::table.count().get_result(conn)?;
    if founded == 0 {
        let row = (
            log::one.eq(1),
            log::log_id.eq(birth.log_id.to_string()),
            log::currency.eq(birth.currency.as_str()),
            log::created_at.eq(birth.at.0),
        );
        diesel::insert_into(log::table).values(row).execute(conn)?;
    }
    Ok(())
}

type TailRow = (i64, String, String, i64, String, String, i64, String, String, Vec<u8>);

/// Checks positions and hashes of the newest events.
fn check_tail(conn: &mut Connection, place: &Place) -> Result<(Tail, Timestamp), OpenError> {
    let database = |error: diesel::result::Error| OpenError::Database { place: place.clone(), source: error.into() };
    let damaged = |what: String| OpenError::Damaged { place: place.clone(), what };
    let head: Option<i64> = events::table.select(diesel::dsl::max(events::position)).first(conn).map_err(database)?;
    let head = head.unwrap_or(0);
    let counter = dialect::wrong_counter(conn, head);
    if let Some(wrong) = counter.map_err(|source| OpenError::Database { place: place.clone(), source })? {
        return Err(damaged(wrong));
    }
    let rows: Vec<TailRow> = events::table
        .filter(events::position.ge(head - TAIL_CHECKED))
        .order(events::position)
        .load(conn)
        .map_err(database)?;
    let Some(first) = rows.first() else {
        return Ok((Tail { position: 0, hash: chain::GENESIS }, Timestamp(0)));
    };
    let mut expected = first.0;
    // The first row of the stretch is trusted, unless it is the first of all.
    let mut previous = (expected == 1).then_some(chain::GENESIS);
    let mut newest = Timestamp(0);
    for row in &rows {
        if row.0 != expected {
            return Err(damaged(format!("event {expected} is missing")));
        }
        let stored =
            <[u8; 32]>::try_from(row.9.as_slice()).map_err(|_| damaged(format!("event {expected} has no hash")))?;
        if previous.is_some_and(|previous| hash(&previous, row) != stored) {
            return Err(damaged(format!("event {expected} does not match its hash")));
        }
        (previous, newest, expected) = (Some(stored), newest.max(Timestamp(row.6)), expected + 1);
    }
    let hash = previous.unwrap_or(chain::GENESIS);
    Ok((Tail { position: head.cast_unsigned(), hash }, newest))
}

fn hash(previous: &[u8; 32], row: &TailRow) -> [u8; 32] {
    let event = HashedEvent {
        position: row.0.cast_unsigned(),
        stream: &row.1,
        stream_id: &row.2,
        version: row.3.cast_unsigned(),
        name: &row.4,
        payload: &row.5,
        occurred_at: row.6,
        correlation_id: &row.7,
        causation_id: &row.8,
    };
    chain::next_hash(previous, &event)
}
