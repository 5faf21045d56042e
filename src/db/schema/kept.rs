//! Statements that stay prepared on SQLite.
//!
//! diesel prepares `UPDATE` and `ON CONFLICT DO UPDATE` anew every time: what its builders make may be another statement
//! for other values. These are the same text for every row of a table, so the connection keeps them.

use super::shape::{Shape, Stored};
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};

/// A row whose values can be bound to a statement.
pub trait Bound: Stored {
    /// Binds the values of the columns that `wants` says yes to, in their order. What is to stand before a value, `wants`
    /// writes.
    ///
    /// # Errors
    /// A value cannot be bound.
    fn bind<'b>(
        &'b self,
        out: AstPass<'_, 'b, Sqlite>,
        wants: impl FnMut(&'static str, &mut AstPass<'_, 'b, Sqlite>) -> bool,
    ) -> QueryResult<()>;
}

/// Inserts a row, or changes the one of its key.
pub struct Upsert<'r, R>(pub &'r R);

/// Changes the row of a key.
pub struct Update<'r, R>(pub &'r R);

impl<R: Bound> QueryFragment<Sqlite> for Upsert<'_, R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let Shape { table, columns, key, changing } = R::SHAPE;
        out.push_sql("INSERT INTO ");
        out.push_sql(table);
        list(&mut out, " (", columns);
        out.push_sql(") VALUES (");
        let mut between = Between::new(", ");
        self.0.bind(out.reborrow(), |_, out| between.push(out))?;
        list(&mut out, ") ON CONFLICT (", key);
        out.push_sql(") DO UPDATE SET ");
        let mut between = Between::new(", ");
        for column in *changing {
            between.push(&mut out);
            out.push_sql(column);
            out.push_sql(" = excluded.");
            out.push_sql(column);
        }
        Ok(())
    }
}

impl<R: Bound> QueryFragment<Sqlite> for Update<'_, R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let Shape { table, key, changing, .. } = R::SHAPE;
        out.push_sql("UPDATE ");
        out.push_sql(table);
        for (word, named, between) in [(" SET ", changing, ", "), (" WHERE ", key, " AND ")] {
            out.push_sql(word);
            let mut between = Between::new(between);
            self.0.bind(out.reborrow(), |column, out| {
                let is_named = named.contains(&column);
                if is_named {
                    between.push(out);
                    out.push_sql(column);
                    out.push_sql(" = ");
                }
                is_named
            })?;
        }
        Ok(())
    }
}

impl<R> RunQueryDsl<SqliteConnection> for Upsert<'_, R> {}
impl<R> RunQueryDsl<SqliteConnection> for Update<'_, R> {}

/// What stands between two pieces, and not before the first.
struct Between(&'static str, bool);

impl Between {
    const fn new(text: &'static str) -> Self {
        Self(text, false)
    }

    /// Comes to the next piece.
    fn push(&mut self, out: &mut AstPass<'_, '_, Sqlite>) -> bool {
        if std::mem::replace(&mut self.1, true) {
            out.push_sql(self.0);
        }
        true
    }
}

fn list(out: &mut AstPass<'_, '_, Sqlite>, before: &str, names: &[&str]) {
    out.push_sql(before);
    let mut between = Between::new(", ");
    for name in names {
        between.push(out);
        out.push_sql(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::connection::Connection;
    use crate::db::schema::{HoldRow, ReservationRow, reservations};
    use crate::db::testbed::Mall;
    use diesel::connection::{InstrumentationEvent, SimpleConnection};
    use diesel::query_builder::QueryId;
    use diesel::{Connection as _, QueryDsl, debug_query};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn reservation(status: &str) -> ReservationRow<'_> {
        ReservationRow { order_id: "o".into(), store_id: "s".into(), lines: "[]".into(), status: status.into() }
    }

    #[test]
    fn a_statement_names_every_column_once_and_changes_those_that_change() {
        let row = reservation("reserved");
        assert_eq!(
            debug_query::<Sqlite, _>(&Upsert(&row)).to_string(),
            "INSERT INTO reservations (order_id, store_id, lines, status) VALUES (?, ?, ?, ?) ON CONFLICT (order_id, \
             store_id) DO UPDATE SET status = excluded.status -- binds: [\"o\", \"s\", \"[]\", \"reserved\"]"
        );
        assert_ne!(
            <Upsert<'_, ReservationRow<'_>> as QueryId>::query_id(),
            <Upsert<'_, HoldRow<'_>> as QueryId>::query_id()
        );
    }

    #[test]
    fn what_is_prepared_is_prepared_once() {
        let mut mall = Mall::open("kept");
        let Connection::Sqlite(conn) = &mut mall.conn else { panic!("no SQLite") };
        let kept = Arc::new(AtomicUsize::new(0));
        let counts = kept.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counts.fetch_add(1, Ordering::Relaxed);
            }
        });
        conn.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
        for status in ["reserved", "released", "reserved", "shipped"] {
            assert_eq!(Upsert(&reservation(status)).execute(conn).unwrap(), 1);
        }
        assert_eq!(kept.load(Ordering::Relaxed), 1, "one statement for four rows");
        let rows: Vec<String> = reservations::table.select(reservations::status).load(conn).unwrap();
        assert_eq!(rows, ["shipped"]);
    }
}
