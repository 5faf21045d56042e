//! Opening a mall's database: lock, identity, migrations, and a look at the end of the journal.
//!
//! A start on a damaged, foreign or newer file refuses, and says what to do, instead of guessing.

mod error;
mod lock;
mod tables;
mod tail;

pub use error::OpenError;
pub use lock::{DirectoryLock, lock, take};
pub use tables::{blank, refuse_other_version};

use super::connection::Connection;
use super::error::{DbError, DbErrorKind};
use super::journal::engine::Engine;
use super::journal::group::Tail;
use super::journal::head::{Head, HeadFile, remembered};
use super::place::Place;
use super::schema::{LogRow, log};
use super::tenant::{self, Tenant};
use super::{integrity, lookout, pool, reads};
use crate::domain::money::Currency;
use crate::domain::time::Timestamp;
use crate::ports::mall::KnownMall;
use crate::ports::reads::LogIdentity;
use diesel::prelude::*;
use tables::{make_tables, refuse_foreign_header};
use tail::check_tail;
use uuid::Uuid;

/// An opened mall.
pub struct Opened {
    /// What writes the journal.
    pub engine: Engine,
    /// Where the journal ends.
    pub tail: Tail,
    /// What the mall knows of itself.
    pub mall: KnownMall,
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

/// What becomes of a journal that is older than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It is not opened.
    Refused,
    /// It is opened, and the log is told what is missing.
    Accepted,
}

impl Loss {
    /// Refuses a journal that went back, or tells the log what is missing.
    fn of(self, place: &Place, what: String) -> Result<(), OpenError> {
        match self {
            Self::Refused => return Err(went_back(place, what)),
            Self::Accepted => tracing::error!(%place, "the journal went back, which is accepted: {what}"),
        }
        Ok(())
    }
}

/// Opens the database to write, makes or updates its tables, and checks its end.
///
/// # Errors
/// [`OpenError`] says what is wrong and what to do.
pub fn open(place: &Place, birth: Birth, loss: Loss) -> Result<Opened, OpenError> {
    if let Place::File(path) = place
        && let Some(head) = remembered(path)
        && head.tail.position > 0
        && std::fs::metadata(path).map_or(0, |known| known.len()) == 0
    {
        let what = format!("its file is gone, or empty, and {} events had been written", head.tail.position);
        loss.of(place, what)?;
    }
    let mut conn = open_to_write(place)?;
    let database = |source| OpenError::Database { place: place.clone(), source };
    if matches!(place, Place::File(path) if integrity::is_waited_for(path)) {
        match integrity::check(&mut conn) {
            Err(error) if error.kind() == DbErrorKind::Corrupt && loss == Loss::Accepted => {
                tracing::error!(%place, %error, "it is damaged, which is accepted");
            }
            Err(error) if error.kind() == DbErrorKind::Corrupt => {
                return Err(OpenError::Damaged { place: place.clone(), what: error.to_string() });
            }
            checked => checked.map_err(database)?,
        }
    }
    // Before anything is changed in it.
    if tenant::tenant(&mut conn).map_err(database)? == Tenant::Plaza
        && let Some(what) = missing(&mut conn, place).map_err(database)?
    {
        loss.of(place, what)?;
    }
    let (tail, mall, log) = prepare(&mut conn, place, birth)?;
    let noted = match place {
        Place::File(path) => Some(HeadFile::begin(path, Head { log_id: log.log_id, tail })),
        _ => None,
    };
    let engine = Engine::take(conn, place, noted).map_err(database)?;
    Ok(Opened { engine, tail, mall, log })
}

fn went_back(place: &Place, what: String) -> OpenError {
    let rescued = match place {
        Place::File(path) => lookout::rescued(path),
        _ => None,
    };
    let rescued = rescued.map_or_else(String::new, |path| {
        format!(
            ". A mall that lost its file left {}: with that name changed to plaza.db nothing is missing",
            path.display()
        )
    });
    OpenError::WentBack { place: place.clone(), what, rescued }
}

/// What is missing of a journal, by what is remembered of its end. It may be of an older version.
///
/// # Errors
/// The database failed.
pub fn missing(conn: &mut Connection, place: &Place) -> Result<Option<String>, DbError> {
    let Place::File(path) = place else { return Ok(None) };
    let Some(Head { log_id, tail: Tail { position, hash } }) = remembered(path) else { return Ok(None) };
    let found: Option<String> = log::table.select(log::log_id).first(conn).optional()?;
    if found.is_none_or(|found| found != log_id.to_string()) {
        return Ok(Some(format!("it is another journal than {log_id}, of which {position} events had been written")));
    }
    let end = reads::log::end(conn)?;
    if position > end {
        let missing = position - end;
        return Ok(Some(format!("it ends at event {end}, and {position} had been written: {missing} are missing")));
    }
    let is_same = position == 0 || reads::log::hash_at(conn, position)?.as_deref() == Some(hash.as_slice());
    Ok((!is_same).then(|| format!("its event {position} is another one than had been written")))
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

/// Opens a database to write, and takes it for this process; of a file, see [`lock()`].
fn open_to_write(place: &Place) -> Result<Connection, OpenError> {
    if let Place::File(path) = place {
        refuse_foreign_header(path)?;
    }
    let mut conn = pool::open_writer(place).map_err(|source| match place {
        Place::Server(_) => OpenError::Unreachable { place: place.clone(), source },
        Place::File(_) | Place::Scratch(_) | Place::Memory(_) => OpenError::Database { place: place.clone(), source },
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
        Place::File(_) | Place::Scratch(_) | Place::Memory(_) => database(source),
    })?;
    match tenant::tenant(&mut conn).map_err(database)? {
        Tenant::Plaza => Ok(conn),
        Tenant::Nobody => Err(OpenError::Missing(place.clone())),
        Tenant::Other => Err(OpenError::Foreign(place.clone())),
    }
}

/// The end of the journal of a mall that is not running.
///
/// # Errors
/// The end is damaged, or the database failed.
pub fn tail(conn: &mut Connection, place: &Place) -> Result<Tail, OpenError> {
    check_tail(conn, place).map(|(tail, _newest)| tail)
}

fn prepare(conn: &mut Connection, place: &Place, birth: Birth) -> Result<(Tail, KnownMall, LogIdentity), OpenError> {
    let database = |source: DbError| OpenError::Database { place: place.clone(), source };
    make_tables(conn, place)?;
    found(conn, birth).map_err(|error| database(error.into()))?;
    let log = reads::log::identity(conn).map_err(database)?;
    if log.currency != birth.currency {
        return Err(OpenError::Currency { asked: birth.currency, founded: log.currency });
    }
    let (tail, newest) = check_tail(conn, place)?;
    let mall = reads::log::mall(conn, log.log_id, newest).map_err(database)?;
    Ok((tail, mall, log))
}

fn found(conn: &mut Connection, birth: Birth) -> QueryResult<()> {
    let founded: i64 = log::table.count().get_result(conn)?;
    if founded == 0 {
        let (log_id, currency) = (birth.log_id.to_string().into(), birth.currency.as_str().into());
        let row = LogRow::new(log_id, currency, birth.at.0);
        diesel::insert_into(log::table).values(row).execute(conn)?;
    }
    Ok(())
}
