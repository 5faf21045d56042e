//! Opening a mall's database: lock, identity, migrations, and a look at the end of the journal.
//!
//! A start on a damaged, foreign or newer file refuses, and says what to do, instead of guessing.

mod error;
mod lock;
mod tables;
mod tail;

pub use error::OpenError;
pub use lock::{DirectoryLock, lock, take};

use super::connection::Connection;
use super::error::DbError;
use super::journal::engine::Engine;
use super::journal::group::Tail;
use super::place::Place;
use super::schema::{LogRow, log};
use super::tenant::{self, Tenant};
use super::{pool, reads};
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

/// Opens the database to write, makes or updates its tables, and checks its end.
///
/// # Errors
/// [`OpenError`] says what is wrong and what to do.
pub fn open(place: &Place, birth: Birth) -> Result<Opened, OpenError> {
    let mut conn = open_to_write(place)?;
    let (tail, mall, log) = prepare(&mut conn, place, birth)?;
    let engine = Engine::take(conn, place).map_err(|source| OpenError::Database { place: place.clone(), source })?;
    Ok(Opened { engine, tail, mall, log })
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
        let row = LogRow { one: 1, log_id, currency, created_at: birth.at.0 };
        diesel::insert_into(log::table).values(row).execute(conn)?;
    }
    Ok(())
}
