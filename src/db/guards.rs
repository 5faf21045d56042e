//! What guards the journal in the database itself: triggers against change, and PostgreSQL's counter of positions.

use super::connection::Connection;
use super::error::DbError;
use super::schema::log_head;
use super::sql::Name;
use diesel::prelude::*;

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
