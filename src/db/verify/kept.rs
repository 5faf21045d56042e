//! What no event makes, of a customer the hash of their token: rows held against their own seals, and consumers against the
//! journal.

use super::problems::Problems;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::rows::seal;
use crate::db::schema::shape::Stored;
use crate::db::schema::{
    ConsumerRow, CustomerRow, LogRow, ReplyRow, StatisticsRow, TokenRow, consumers, customers, idempotency, log,
    statistics, tokens,
};
use diesel::prelude::*;

/// Rows read at a time from the tables that grow.
const CHUNK: i64 = 4_000;

/// Compares rows with their seals; those of a version before seals have none.
pub fn compare(conn: &mut Connection, head: u64, problems: &mut Problems) -> Result<(), DbError> {
    macro_rules! rows {
        ($table:ident $row:ident by $key:expr) => {
            for row in $table::table.select($row::as_select()).load::<$row<'_>>(conn)? {
                check(&row, row.seal.as_deref(), &$key(&row), problems);
            }
        };
    }
    rows!(log LogRow by |row: &LogRow<'_>| row.log_id.to_string());
    rows!(tokens TokenRow by |row: &TokenRow<'_>| row.name.to_string());
    rows!(statistics StatisticsRow by |row: &StatisticsRow<'_>| format!("{}/{}", row.step_s, row.slot));
    rows!(consumers ConsumerRow by |row: &ConsumerRow<'_>| row.name.to_string());
    for row in consumers::table.select(ConsumerRow::as_select()).load::<ConsumerRow<'_>>(conn)? {
        if u64::try_from(row.position).is_ok_and(|position| position > head) {
            problems.note(|| format!("consumers {} is at {}, the journal ends at {head}", row.name, row.position));
        }
    }
    let mut after = String::new();
    loop {
        let further = customers::table.filter(customers::id.gt(&after)).order(customers::id.asc()).limit(CHUNK);
        let rows: Vec<CustomerRow<'_>> = further.select(CustomerRow::as_select()).load(conn)?;
        let Some(last) = rows.last() else { break };
        after = last.id.to_string();
        for row in &rows {
            check(row, row.seal.as_deref(), &row.id, problems);
        }
    }
    let mut after: Vec<u8> = Vec::new();
    loop {
        let further = idempotency::table.filter(idempotency::key.gt(&after)).order(idempotency::key.asc()).limit(CHUNK);
        let rows: Vec<ReplyRow<'_>> = further.select(ReplyRow::as_select()).load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.key.to_vec();
        for row in &rows {
            // The key is a hash of a secret of the caller's: it is not told.
            check(row, row.seal.as_deref(), "(a key)", problems);
        }
    }
}

fn check<R: Stored>(row: &R, has: Option<&[u8]>, key: &str, problems: &mut Problems) {
    if has.is_some_and(|has| has != &*seal::of(row)) {
        let table = R::SHAPE.table;
        problems.note(|| format!("{table} {key} is not what was written"));
    }
}
