//! The tables: made, or brought up to date, in a database that is Plaza's or empty.

use super::error::OpenError;
use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::file;
use crate::db::place::Place;
use crate::db::tenant::{self, Tenant};
use diesel::SqliteConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

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
    Ok(())
}
