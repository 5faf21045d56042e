//! The tables: made, or brought up to date, in a database that is Plaza's or empty.

use super::error::OpenError;
use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::file;
use crate::db::place::Place;
use crate::db::sql::Name;
use crate::db::tenant::{self, Tenant};
use diesel::migration::MigrationSource;
use diesel::{RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::error::Error as StdError;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::Instant;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Makes or updates the tables of a database that is Plaza's or empty.
pub fn make_tables(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    let database = |source: DbError| OpenError::Database { place: place.clone(), source };
    let tenant = tenant::tenant(conn).map_err(database)?;
    if tenant == Tenant::Other {
        return Err(OpenError::Foreign(place.clone()));
    }
    let encoding = tenant::encoding(conn).map_err(database)?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { place: place.clone(), encoding });
    }
    // Before there are tables, or a start that was cut short would leave them without a sign, as somebody else's. Nothing
    // is written where nothing is new: a mall starts on a full disk, too, and can be looked at.
    if tenant == Tenant::Nobody {
        tenant::sign(conn).map_err(|error| OpenError::Migration { place: place.clone(), source: Box::new(error) })?;
    }
    migrate(conn, place)
}

/// An empty database of this version, in memory.
///
/// # Errors
/// There is no memory to be had.
pub fn blank() -> Result<SqliteConnection, DbError> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("blank-{}", MADE.fetch_add(1, Ordering::Relaxed));
    let mut conn = file::open_in_memory(&name)?;
    let made = conn.run_pending_migrations(SQLITE).map(drop);
    made.map_err(|error| DbError::because(DbErrorKind::Unavailable, "no tables can be made in memory", error))?;
    Ok(conn)
}

/// A file that is no SQLite database must not even be opened to write.
pub fn refuse_foreign_header(path: &Path) -> Result<(), OpenError> {
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

/// Refuses to read a mall of another version: its tables are others.
///
/// # Errors
/// [`OpenError::Older`], [`OpenError::Newer`], or the database failed.
pub fn refuse_other_version(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    // The database is only read: nothing is made that is not there.
    let query = "SELECT version AS name FROM __diesel_schema_migrations";
    let applied: Vec<Name> = diesel::sql_query(query)
        .load(conn)
        .map_err(|error| OpenError::Database { place: place.clone(), source: error.into() })?;
    match missing(conn, place, &applied.into_iter().map(|row| row.name).collect::<Vec<_>>())? {
        Some(migration) => Err(OpenError::Older { place: place.clone(), migration }),
        None => Ok(()),
    }
}

fn migrate(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    let applied = conn.applied_migrations().map_err(|source| failed(place, source))?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    let Some(first) = missing(conn, place, &applied)? else { return Ok(()) };
    let is_new = applied.is_empty();
    let began = Instant::now();
    if !is_new {
        tracing::info!(%place, %first, "the tables are brought up to date; a start that is cut short can be made again");
    }
    let migrations = conn.run_pending_migrations(known(conn)).map_err(|source| failed(place, source))?.len();
    if !is_new {
        tracing::info!(migrations, took_ms = began.elapsed().as_millis(), "the tables are up to date");
    }
    Ok(())
}

const fn known(conn: &Connection) -> EmbeddedMigrations {
    match conn {
        Connection::Sqlite(_) => SQLITE,
        Connection::Postgres(_) => POSTGRES,
    }
}

fn failed(place: &Place, source: Box<dyn StdError + Send + Sync>) -> OpenError {
    OpenError::Migration { place: place.clone(), source }
}

/// The first migration that was not made; one that this version does not know is refused.
fn missing(conn: &Connection, place: &Place, applied: &[String]) -> Result<Option<String>, OpenError> {
    let names = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&known(conn));
    let names = names.map_err(|source| failed(place, source))?;
    let mut names: Vec<String> = names.iter().map(|migration| migration.name().version().to_string()).collect();
    names.sort();
    if let Some(newer) = applied.iter().find(|version| !names.contains(version)) {
        return Err(OpenError::Newer { place: place.clone(), migration: newer.clone() });
    }
    Ok(names.into_iter().find(|name| !applied.contains(name)))
}
