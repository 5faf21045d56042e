//! The counter of a journal on a server, and what it says of a transaction that ended without an answer.

use crate::db::error::{DbError, DbErrorKind};
use crate::db::journal::group::Group;
use crate::db::schema::log_head;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

/// The row of `log_head`: where the journal ends, after how many commits, and whose turn it is to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Head {
    pub position: i64,
    pub commits: i64,
    pub epoch: i64,
}

/// What became of a group whose transaction ended without an answer.
pub enum Outcome {
    Committed,
    Undone,
}

/// Whether what a working server refuses passes by itself: a lock somebody holds, a full disk, a server that is short
/// of memory or about to change. What has not been written may wait for as long as it takes. diesel does not hand the
/// code of an error on; messages are asked for in English.
pub fn passes(error: &DieselError) -> bool {
    let DieselError::DatabaseError(_, said) = error else { return false };
    let known = [
        "deadlock detected",
        "No space left on device",
        "could not extend file",
        "could not write",
        "out of memory",
        "out of shared memory",
        "read-only transaction",
        "recovery",
        "shutting down",
        "starting up",
        "too many",
        "remaining connection slots",
    ];
    DbError::kind_of(error) == DbErrorKind::Busy || known.iter().any(|part| said.message().contains(part))
}

/// Whether the event at the end of the group is the one this process made: its hash covers all before it.
pub fn ends_as_written(group: &Group<'_>, hash: Option<&[u8]>) -> bool {
    group.events.is_empty() || hash == Some(group.tail.hash.as_slice())
}

pub fn head(conn: &mut PgConnection) -> QueryResult<Head> {
    log_head::table.select((log_head::position, log_head::commits, log_head::epoch)).first(conn)
}

/// Moves the counter on. It is not where it was left: somebody else writes.
pub fn advance(conn: &mut PgConnection, before: Head, after: Head) -> QueryResult<()> {
    let unmoved = log_head::table
        .filter(log_head::position.eq(before.position))
        .filter(log_head::commits.eq(before.commits))
        .filter(log_head::epoch.eq(before.epoch));
    let next = (log_head::position.eq(after.position), log_head::commits.eq(after.commits));
    match diesel::update(unmoved).set(next).execute(conn)? {
        1 => Ok(()),
        _ => Err(DieselError::NotFound),
    }
}

pub fn fenced(seen: Head, known: Head) -> ! {
    tracing::error!(?seen, ?known, "another process writes this journal: this one ends, what it has answered stands");
    std::process::exit(3)
}
