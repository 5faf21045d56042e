//! What SQLite and PostgreSQL say differently, all in one place. Everything else in `db` is SQL both understand.

use super::error::{DbError, DbErrorKind};
use super::pool::Connection;
use super::schema::log_head;
use crate::domain::money::AMOUNT_MINOR_MAX;
use diesel::connection::{AnsiTransactionManager, Connection as _, SimpleConnection as _, TransactionManager};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use diesel::sql_types::{BigInt, Bool, Text};
use std::borrow::Cow;

/// The escape character of LIKE patterns; SQLite has none unless it is named.
pub const LIKE_ESCAPE: char = '\\';

diesel::define_sql_function! {
    /// The text with differences of case folded away, by Unicode: [`register`] gives it to SQLite, whose own knows only
    /// ASCII; on PostgreSQL a migration makes it, because its own follows the locale of the cluster.
    #[sql_name = "plaza_lower"]
    fn lower(text: Text) -> Text;
}

/// Gives a new connection to SQLite the functions the queries need.
fn register(conn: &mut SqliteConnection) -> Result<(), diesel::result::Error> {
    lower_utils::register_impl(conn, |text: String| folded(&text))
}

/// Case folded away: what has the same capitals is the same (`ß` and `ss`, the signs of mu, the two small sigmas), whichever
/// of them is asked for.
fn folded(text: &str) -> String {
    // Lower case first: the capital sharp s has no other capitals.
    text.to_lowercase().to_uppercase().to_lowercase().replace('ς', "σ")
}

/// A text somebody asks for, as both databases take it: PostgreSQL knows no NUL. No text of the mall holds a control
/// character, so another one finds as little.
#[must_use]
pub fn askable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{1}")) } else { Cow::Borrowed(text) }
}

/// The LIKE pattern of texts that contain `part`, with its wildcards taken literally.
#[must_use]
pub fn contains(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in askable(part).chars() {
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
pub fn order_is_archived(conn: &Connection) -> SqlLiteral<Bool> {
    sql(match conn {
        Connection::Sqlite(_) => "orders.archived = 1",
        Connection::Postgres(_) => "orders.archived",
    })
}

/// The sum of a column of amounts, at most what money can hold: summing as integers would fail on overflow.
pub fn capped_sum(conn: &Connection, column: &'static str) -> SqlLiteral<BigInt> {
    sql(&match conn {
        Connection::Sqlite(_) => format!("CAST(MIN({AMOUNT_MINOR_MAX}.0, TOTAL({column})) AS BIGINT)"),
        // Its sum of BIGINT is a NUMERIC, which does not overflow.
        Connection::Postgres(_) => format!("CAST(LEAST({AMOUNT_MINOR_MAX}, SUM({column})) AS BIGINT)"),
    })
}

/// Runs `f` on one unchanging state of the database.
///
/// A deferred SQLite transaction in WAL mode is a snapshot; PostgreSQL needs REPEATABLE READ for it.
///
/// # Errors
/// What `f` returns, or the transaction could not begin or end.
pub fn snapshot<T>(conn: &mut Connection, f: impl FnOnce(&mut Connection) -> Result<T, DbError>) -> Result<T, DbError> {
    let Connection::Postgres(session) = conn else { return conn.transaction(f) };
    match AnsiTransactionManager::begin_transaction_sql(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
        // Within a snapshot: it is one state already.
        Err(diesel::result::Error::AlreadyInTransaction) => return f(conn),
        begun => begun?,
    }
    let answer = f(conn);
    match &answer {
        Ok(_) => <Connection as diesel::Connection>::TransactionManager::commit_transaction(conn)?,
        // What made `f` fail says more than what makes this fail, and a broken session is not used again.
        Err(_) => drop(<Connection as diesel::Connection>::TransactionManager::rollback_transaction(conn)),
    }
    answer
}

/// Lets the rest of this transaction take as long as it takes: what reads or writes everything is not a query gone wrong.
///
/// # Errors
/// The database refused.
pub fn unhurried(conn: &mut Connection) -> Result<(), DbError> {
    match conn {
        Connection::Sqlite(_) => Ok(()),
        Connection::Postgres(session) => Ok(session
            .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")?),
    }
}

/// The triggers without which the journal could be changed or cut; PostgreSQL can also empty a table at once.
pub const GUARDS: [&str; 2] = ["events_are_never_changed", "events_are_never_deleted"];
const TRUNCATE_GUARD: &str = "events_are_never_truncated";

/// The triggers of the journal that are missing.
///
/// # Errors
/// The database could not be asked.
pub fn missing_guards(conn: &mut Connection) -> Result<Vec<&'static str>, DbError> {
    let (triggers, further) = match conn {
        Connection::Sqlite(_) => {
            ("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'", None)
        }
        Connection::Postgres(_) => (
            "SELECT tgname::text AS name FROM pg_trigger WHERE tgrelid = to_regclass('events') AND tgenabled IN ('O', 'A')",
            Some(TRUNCATE_GUARD),
        ),
    };
    let present: Vec<Name> = diesel::sql_query(triggers).load(conn)?;
    let guards = GUARDS.into_iter().chain(further);
    Ok(guards.filter(|guard| !present.iter().any(|row| row.name == *guard)).collect())
}

/// What is wrong with the counter of positions, when `head` is the newest one. Only PostgreSQL has it.
///
/// # Errors
/// The database could not be asked.
pub fn wrong_counter(conn: &mut Connection, head: i64) -> Result<Option<String>, DbError> {
    let Connection::Postgres(session) = conn else { return Ok(None) };
    let counted: Option<i64> = log_head::table.select(log_head::position).first(session).optional()?;
    Ok((counted != Some(head)).then(|| format!("log_head counts {counted:?} positions, the journal has {head}")))
}

/// Sets the counter of positions, where there is one, behind a journal that was not written by a writer.
///
/// # Errors
/// The database failed.
pub fn count_on_from(conn: &mut Connection, head: i64) -> QueryResult<()> {
    let Connection::Postgres(session) = conn else { return Ok(()) };
    diesel::update(log_head::table).set(log_head::position.eq(head)).execute(session).map(drop)
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

/// Whose tables a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// Plaza's.
    Plaza,
    /// Nobody's: it is empty.
    Nobody,
    /// Somebody else's.
    Other,
}

/// Whose tables the database holds: the file carries Plaza's mark, the server has its tables.
///
/// # Errors
/// The database could not be asked, for example because it is damaged.
pub fn tenant(conn: &mut Connection) -> Result<Tenant, DbError> {
    match conn {
        Connection::Sqlite(_) => file_tenant(conn),
        Connection::Postgres(_) => server_tenant(conn),
    }
}

fn file_tenant(conn: &mut Connection) -> Result<Tenant, DbError> {
    let header: Header = diesel::sql_query("PRAGMA application_id").get_result(conn)?;
    let tables: Vec<Name> = diesel::sql_query("SELECT name FROM sqlite_master LIMIT 1").load(conn)?;
    Ok(match (header.application_id == APPLICATION_ID, tables.is_empty()) {
        (true, _) => Tenant::Plaza,
        (false, true) => Tenant::Nobody,
        (false, false) => Tenant::Other,
    })
}

/// Tables, views and the like of the schema that unqualified names lead to. The table of migrations alone is what a start
/// that was cut short leaves behind.
const RELATIONS: &str = "SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
AND relnamespace = to_regnamespace(quote_ident(current_schema())) AND relname <> '__diesel_schema_migrations'";

/// Columns only Plaza's tables have.
const MARKS: &str = "SELECT attname::text AS name FROM pg_attribute
WHERE (attrelid = to_regclass('log') AND attname = 'log_id') OR (attrelid = to_regclass('log_head') AND attname = 'epoch')";

fn server_tenant(conn: &mut Connection) -> Result<Tenant, DbError> {
    let (marks, relations): (Vec<Name>, Vec<Name>) =
        (diesel::sql_query(MARKS).load(conn)?, diesel::sql_query(RELATIONS).load(conn)?);
    Ok(match (marks.len() == 2, relations.is_empty()) {
        (true, _) => Tenant::Plaza,
        (false, true) => Tenant::Nobody,
        (false, false) => Tenant::Other,
    })
}

/// The encoding of the database's texts.
///
/// # Errors
/// The database could not be asked.
pub fn encoding(conn: &mut Connection) -> Result<String, DbError> {
    let Connection::Postgres(session) = conn else { return Ok("UTF8".to_owned()) };
    let query = "SELECT current_setting('server_encoding') AS name";
    Ok(diesel::sql_query(query).get_result::<Name>(session)?.name)
}

/// Marks the database as Plaza's; on a server its tables do.
///
/// # Errors
/// The database refused.
pub fn sign(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    match conn {
        Connection::Sqlite(conn) => conn.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}")),
        Connection::Postgres(_) => Ok(()),
    }
}

/// What an error of the database means. diesel passes SQLite's result code on as its text only (`sqlite3_errstr`), and
/// of PostgreSQL's codes tells few apart.
#[must_use]
pub fn kind_of(kind: DatabaseErrorKind, message: &str) -> DbErrorKind {
    if matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand) {
        return DbErrorKind::Unavailable;
    }
    let is_timeout = message.contains("canceling statement due to");
    if is_timeout || message.contains("locked") || message.contains("busy") {
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

/// Makes a new connection to SQLite the writer.
///
/// # Errors
/// The database refused a setting.
pub fn make_writer(conn: &mut SqliteConnection) -> Result<(), diesel::result::Error> {
    conn.batch_execute(WRITER)?;
    register(conn)
}

/// Makes a new connection to SQLite a reader.
///
/// # Errors
/// The database refused a setting.
pub fn make_reader(conn: &mut SqliteConnection) -> Result<(), diesel::result::Error> {
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
        assert!(!contains("a\0b").contains('\0'));
    }
}
