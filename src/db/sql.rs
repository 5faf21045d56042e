//! SQL the two databases say differently: patterns and case, sums, snapshots. All other queries are SQL both
//! understand.

use super::connection::Connection;
use super::error::DbError;
use crate::domain::money::AMOUNT_MINOR_MAX;
use diesel::connection::{AnsiTransactionManager, Connection as _, SimpleConnection as _, TransactionManager};
use diesel::dsl::sql;
use diesel::expression::{AppearsOnTable, SelectableExpression, SqlLiteral, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
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

/// A condition that is written out, so that SQLite sees that a partial index fits; a value that is bound says nothing
/// before it is there. Unlike diesel's own pieces of SQL it may stay prepared: it is the same text every time.
#[derive(Clone, Copy, Debug)]
pub struct Written(pub &'static str);

impl Expression for Written {
    type SqlType = Bool;
}

impl QueryId for Written {
    type QueryId = ();
    // Statements are told apart by their whole text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: diesel::backend::Backend> QueryFragment<DB> for Written {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<Table> SelectableExpression<Table> for Written {}
impl<Table> AppearsOnTable<Table> for Written {}

impl<GroupedBy> ValidGrouping<GroupedBy> for Written {
    type IsAggregate = is_aggregate::No;
}

/// Gives a new connection to SQLite the functions the queries need.
///
/// # Errors
/// The database refused.
pub fn register(conn: &mut SqliteConnection) -> Result<(), diesel::result::Error> {
    lower_utils::register_impl(conn, |text: String| folded(&text))
}

/// Case folded away: what has the same capitals is the same (`ß` and `ss`, the signs of mu, the two small sigmas),
/// whichever of them is asked for.
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

/// Lets the rest of this transaction take as long as it takes: what reads or writes everything is not a query gone
/// wrong.
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

/// A row of one text, for queries of the system tables.
#[derive(QueryableByName)]
pub struct Name {
    /// The column `name`.
    #[diesel(sql_type = Text)]
    pub name: String,
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
