//! Sessions of a PostgreSQL server: how they are opened and set, and the lock that keeps a mall to one process.

use super::error::{DbError, DbErrorKind};
use super::place::PostgresUrl;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

/// What every session is told. A statement that waits for a lock is a defect, or somebody at work by hand: 2 s. A
/// session that was left with an open transaction would stop the vacuum: 10 s. Statements are many and short: no JIT.
const SETTINGS: &str = "SET application_name = 'plaza';
SET client_min_messages = warning;
SET lock_timeout = '2s';
SET idle_in_transaction_session_timeout = '10s';
SET synchronous_commit = on;
SET jit = off;";

/// The writer waits longer than readers: a full group on a slow disk is no reason to begin it again.
const WRITER: &str = "SET statement_timeout = '15s'";

/// Readers cannot write, and a list takes milliseconds; the audit asks for more ([`super::sql::unhurried`]).
const READER: &str = "SET statement_timeout = '5s'; SET default_transaction_read_only = on;";

/// The advisory lock of a mall, `PLZA` in ASCII. Advisory locks belong to a database: one mall in each.
const MALL_LOCK: i64 = 0x504C_5A41;

/// A session that writes. Its statements may take as long as they take, as migrations do, until [`limit`].
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when there is no session to be had.
pub fn open_writer(url: &PostgresUrl) -> Result<PgConnection, DbError> {
    open(url, "")
}

/// Ends statements of the writer that take too long.
///
/// # Errors
/// The database refused.
pub fn limit(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(WRITER)
}

/// A session that reads.
///
/// # Errors
/// As [`open_writer`].
pub fn open_reader(url: &PostgresUrl) -> Result<PgConnection, DbError> {
    open(url, READER)
}

fn open(url: &PostgresUrl, further: &str) -> Result<PgConnection, DbError> {
    let refused = |what: String| {
        DbError::because(DbErrorKind::Unavailable, format!("no session of {url}"), url.redact(what.trim()))
    };
    let mut conn = PgConnection::establish(&url.for_libpq()).map_err(|error| refused(error.to_string()))?;
    conn.batch_execute(&format!("{SETTINGS}{further}")).map_err(|error| refused(error.to_string()))?;
    // What errors mean is told from their messages; who may not choose their language has to hope for English.
    let _ = conn.batch_execute("SET lc_messages = 'C'");
    Ok(conn)
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

/// Takes the mall for this session, until it ends. Answers whether it was free.
///
/// # Errors
/// The database failed.
pub fn take_mall(conn: &mut PgConnection) -> QueryResult<bool> {
    let query = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS taken").bind::<BigInt, _>(MALL_LOCK);
    Ok(query.get_result::<Taken>(conn)?.taken)
}

/// Which session this is, told apart from a later one under the same process id.
#[derive(Clone, Debug, QueryableByName)]
pub struct SessionId {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pid: i32,
    #[diesel(sql_type = Text)]
    since: String,
}

/// Which session this is.
///
/// # Errors
/// The database failed.
pub fn identify(conn: &mut PgConnection) -> QueryResult<SessionId> {
    diesel::sql_query("SELECT pid, backend_start::text AS since FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        .get_result(conn)
}

/// Ends a session this process has lost, which the server may not know yet: it would keep the mall locked.
///
/// # Errors
/// The database failed.
pub fn end(conn: &mut PgConnection, session: &SessionId) -> QueryResult<()> {
    let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2";
    let query = diesel::sql_query(ended).bind::<diesel::sql_types::Integer, _>(session.pid);
    query.bind::<Text, _>(&session.since).execute(conn).map(drop)
}
