//! What SQLite and PostgreSQL say differently, all in one place. Everything else in `db` is SQL both understand.

use super::error::{DbError, DbErrorKind};
use super::pool::Connection;
use crate::domain::money::AMOUNT_MINOR_MAX;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

/// The escape character of LIKE patterns; SQLite has none unless it is named.
pub const LIKE_ESCAPE: char = '\\';

diesel::define_sql_function! {
    /// The text in lower case, by Unicode: [`register`] replaces SQLite's own, which knows only ASCII.
    fn lower(text: Text) -> Text;
}

/// Gives a new connection the functions the queries need.
///
/// # Errors
/// The database refused.
pub fn register(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    match conn {
        Connection::Sqlite(conn) => lower_utils::register_impl(conn, |text: String| text.to_lowercase()),
        Connection::Postgres(_) => Ok(()),
    }
}

/// The LIKE pattern of texts that contain `part`, with its wildcards taken literally.
#[must_use]
pub fn contains(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if c == '%' || c == '_' || c == LIKE_ESCAPE {
            pattern.push(LIKE_ESCAPE);
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Hidden orders. A literal, because SQLite uses a partial index only for the very term it was made with, and a bound
/// value is not one.
pub fn order_is_archived() -> SqlLiteral<Bool> {
    sql("orders.archived = 1")
}

/// The sum of a column of amounts, at most what money can hold: summing as integers would fail on overflow.
pub fn capped_sum(column: &'static str) -> SqlLiteral<diesel::sql_types::BigInt> {
    sql(&format!("CAST(MIN({AMOUNT_MINOR_MAX}.0, TOTAL({column})) AS BIGINT)"))
}

/// Runs `f` on one unchanging state of the database.
///
/// A deferred SQLite transaction in WAL mode is a snapshot; PostgreSQL needs REPEATABLE READ for it.
///
/// # Errors
/// What `f` returns, or the transaction could not begin or end.
pub fn snapshot<T>(conn: &mut Connection, f: impl FnOnce(&mut Connection) -> Result<T, DbError>) -> Result<T, DbError> {
    conn.transaction(f)
}

/// The triggers without which the journal could be changed or cut.
const GUARDS: [&str; 2] = ["events_are_never_changed", "events_are_never_deleted"];

/// The triggers of the journal that are missing.
///
/// # Errors
/// The database could not be asked.
pub fn missing_guards(conn: &mut Connection) -> Result<Vec<&'static str>, DbError> {
    let present: Vec<Name> =
        diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
            .load(conn)?;
    Ok(GUARDS.into_iter().filter(|guard| !present.iter().any(|row| row.name == *guard)).collect())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The mark of a Plaza database in the file's header (`application_id`): `PLZA` in ASCII.
const APPLICATION_ID: i32 = 0x504C_5A41;

#[derive(QueryableByName)]
struct Header {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    application_id: i32,
}

/// Whether the file carries Plaza's mark, or holds nothing yet.
///
/// # Errors
/// The database could not be asked, for example because it is damaged.
pub fn is_ours_or_empty(conn: &mut Connection) -> Result<bool, DbError> {
    let header: Header = diesel::sql_query("PRAGMA application_id").get_result(conn)?;
    let tables: Vec<Name> = diesel::sql_query("SELECT name FROM sqlite_master LIMIT 1").load(conn)?;
    Ok(header.application_id == APPLICATION_ID || tables.is_empty())
}

/// Marks the file as a Plaza database.
///
/// # Errors
/// The database refused.
pub fn sign(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    conn.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))
}

/// What a message of the database means. diesel passes SQLite's result code on as its text only (`sqlite3_errstr`).
#[must_use]
pub fn kind_of(message: &str) -> DbErrorKind {
    if message.contains("locked") || message.contains("busy") {
        DbErrorKind::Busy
    } else if message.contains("malformed") || message.contains("not a database") {
        DbErrorKind::Corrupt
    } else {
        DbErrorKind::Unavailable
    }
}

/// Settings of the one connection that writes.
///
/// The time-out comes first: switching to WAL needs a lock. FULL makes a commit survive a power cut. A checkpoint every
/// 4000 pages (16 MB) keeps the log short, and what it grew to in a burst is given back beyond 64 MB.
const WRITER: &str = "PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;";

/// Settings of a connection that reads: 8 MB of pages of its own; the rest is mapped, which all connections share.
const READER: &str = "PRAGMA busy_timeout = 5000;
PRAGMA query_only = ON;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -8000;
PRAGMA mmap_size = 268435456;";

/// Makes a new connection the writer.
///
/// # Errors
/// The database refused a setting.
pub fn make_writer(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    conn.batch_execute(WRITER)?;
    register(conn)
}

/// Makes a new connection a reader.
///
/// # Errors
/// The database refused a setting.
pub fn make_reader(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    conn.batch_execute(READER)?;
    register(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_taken_literally() {
        assert_eq!(contains("50%_a\\b"), r"%50\%\_a\\b%");
        assert_eq!(contains(""), "%%");
    }
}
